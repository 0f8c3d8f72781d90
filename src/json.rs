//! JSON (RFC 8259), as much as AWS's services and the session record need.
//!
//! `serde_json` would be a quarter of the module's whole budget. Numbers stay text, because floating point parsing is
//! as large again.

use std::borrow::Cow;

/// A document nested deeper than this is refused: no service sends one, and the parser recurses.
const MAX_DEPTH: u32 = 32;

/// A JSON value that borrows from its text where it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is written.
    Number(&'a str),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object's members, in their order.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Reads a whole document, `None` where it is not JSON.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(MAX_DEPTH)?;
        parser.skip_whitespace();
        (parser.at == text.len()).then_some(value)
    }

    /// The members of an object, none for any other value.
    pub fn members(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of an array, none for any other value.
    pub fn items(&self) -> &[Json<'a>] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// A member; of several with the same name the last, as `JSON.parse` has it.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.members().iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a member that is a string, owned.
    #[inline(never)]
    pub fn string(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    /// The text of a member that is a string.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The whole part of a member that is a number. `1.7E9` is one: so Cognito Identity writes its times.
    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Self::Number(digits) => integer(digits),
            _ => None,
        }
    }
}

/// The largest whole number up to which each has a floating point number of its own (`Number.MAX_SAFE_INTEGER`).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// Moves the point by the exponent, and cuts off what then stands behind it.
fn integer(number: &str) -> Option<i64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    let (mut value, mut shift, mut behind_point, mut sign) = (0.0, 0, 0, 1.0);
    let mut bytes = number.bytes();
    for byte in &mut bytes {
        match byte {
            b'-' => sign = -sign,
            b'.' => behind_point = 1,
            b'e' | b'E' => break,
            _ => {
                value = value * 10.0 + f64::from(digit(byte)?);
                shift -= behind_point;
            }
        }
    }
    let (mut exponent, mut exponent_sign) = (0, 1);
    for byte in bytes {
        match byte {
            b'-' => exponent_sign = -1,
            b'+' => {}
            _ => exponent = (exponent * 10 + i32::from(digit(byte)?)).min(999),
        }
    }
    shift += exponent * exponent_sign;
    for _ in 0..shift {
        value *= 10.0;
    }
    for _ in shift..0 {
        value /= 10.0;
    }
    (value <= MAX_SAFE_INTEGER).then_some((value * sign) as i64)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    /// The next byte. At the end it is NUL, which no JSON holds.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        while skipped(self.peek()) {
            self.at += 1;
        }
    }

    fn skip_whitespace(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// Takes `byte` after any whitespace, `None` where something else stands there.
    #[inline(never)]
    fn take(&mut self, byte: u8) -> Option<()> {
        self.skip_whitespace();
        (self.peek() == byte).then(|| self.at += 1)
    }

    fn since(&self, start: usize) -> Option<&'a str> {
        self.text.get(start..self.at)
    }

    fn value(&mut self, depth: u32) -> Option<Json<'a>> {
        let depth = depth.checked_sub(1)?;
        self.skip_whitespace();
        match self.peek() {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Json::String),
            b'-' | b'0'..=b'9' => self.number().map(Json::Number),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: u32) -> Option<Json<'a>> {
        let mut members = Vec::new();
        self.take(b'{')?;
        if self.take(b'}').is_none() {
            loop {
                self.skip_whitespace();
                let key = self.string()?;
                self.take(b':')?;
                members.push((key, self.value(depth)?));
                if self.take(b',').is_none() {
                    self.take(b'}')?;
                    break;
                }
            }
        }
        Some(Json::Object(members))
    }

    fn array(&mut self, depth: u32) -> Option<Json<'a>> {
        let mut items = Vec::new();
        self.take(b'[')?;
        if self.take(b']').is_none() {
            loop {
                items.push(self.value(depth)?);
                if self.take(b',').is_none() {
                    self.take(b']')?;
                    break;
                }
            }
        }
        Some(Json::Array(items))
    }

    /// More liberal than RFC 8259 section 6 (`01` passes): what a number is worth is [`integer`]'s to say.
    fn number(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.skip(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        self.since(start)
    }

    fn word(&mut self) -> Option<Json<'a>> {
        let start = self.at;
        self.skip(|byte| byte.is_ascii_lowercase());
        Some(match self.since(start)? {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            _ => return None,
        })
    }

    #[inline(never)]
    fn string(&mut self) -> Option<Cow<'a, str>> {
        (self.peek() == b'"').then(|| self.at += 1)?;
        let plain = self.plain()?;
        if self.peek() == b'"' {
            self.at += 1;
            return Some(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        // A backslash, or what may not stand in a string.
        while self.peek() != b'"' {
            text.push(self.escaped()?);
            text.push_str(self.plain()?);
        }
        self.at += 1;
        Some(Cow::Owned(text))
    }

    /// Everything up to the next quote, backslash or control character (which RFC 8259 section 7 wants escaped).
    fn plain(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.skip(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
        self.since(start)
    }

    fn escaped(&mut self) -> Option<char> {
        (self.peek() == b'\\').then(|| self.at += 1)?;
        let byte = self.peek();
        self.at += 1;
        Some(match byte {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.unicode(),
            b'"' | b'\\' | b'/' => char::from(byte),
            _ => return None,
        })
    }

    /// One UTF-16 unit or a pair of them. A half that stands alone is no character: U+FFFD takes its place.
    fn unicode(&mut self) -> Option<char> {
        let mut code = self.hex4()?;
        let after = self.at;
        if let (0xd800..0xdc00, Some("\\u")) = (code, self.text.get(after..after + 2)) {
            self.at += 2;
            match self.hex4()? {
                low @ 0xdc00..0xe000 => code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00),
                _ => self.at = after,
            }
        }
        Some(char::from_u32(code).unwrap_or('\u{fffd}'))
    }

    fn hex4(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            code = code << 4 | char::from(self.peek()).to_digit(16)?;
            self.at += 1;
        }
        Some(code)
    }
}

/// Writes one object, member by member.
#[derive(Default)]
pub struct ObjectWriter(String);

// Called from dozens of places: inlining would cost kilobytes.
impl ObjectWriter {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a string.
    #[inline(never)]
    pub fn string(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        self.quoted(value);
        self
    }

    /// Adds a number.
    #[inline(never)]
    pub fn integer(&mut self, key: &str, value: i64) -> &mut Self {
        self.key(key);
        push_integer(&mut self.0, value);
        self
    }

    /// Adds an object.
    #[inline(never)]
    pub fn object(&mut self, key: &str, value: &mut Self) -> &mut Self {
        self.key(key);
        self.0.push_str(&value.finish());
        self
    }

    /// The JSON text; the writer is empty again.
    #[inline(never)]
    pub fn finish(&mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        std::mem::take(&mut self.0)
    }

    fn key(&mut self, key: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.quoted(key);
        self.0.push(':');
    }

    fn quoted(&mut self, text: &str) {
        self.0.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.0.push('\\');
                    self.0.push(character);
                }
                '\0'..=' ' if character != ' ' => {
                    let code = character as u32;
                    self.0.push_str("\\u00");
                    self.0.extend([code >> 4, code & 15].iter().filter_map(|&digit| char::from_digit(digit, 16)));
                }
                _ => self.0.push(character),
            }
        }
        self.0.push('"');
    }
}

/// Appends a number in decimal, without the formatting machinery.
#[inline(never)]
pub fn push_integer(text: &mut String, value: i64) {
    if value < 0 {
        text.push('-');
    }
    let magnitude = value.unsigned_abs();
    if magnitude >= 10 {
        push_integer(text, (magnitude / 10) as i64);
    }
    text.push(char::from(b'0' + (magnitude % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(ours: &Json<'_>, theirs: &serde_json::Value) -> bool {
        use serde_json::Value;
        match (ours, theirs) {
            (Json::Null, Value::Null) => true,
            (Json::Bool(a), Value::Bool(b)) => a == b,
            // serde_json's own floating point is off by a bit now and then.
            (Json::Number(a), Value::Number(b)) => {
                let (a, b) = (a.parse::<f64>().unwrap(), b.as_f64().unwrap());
                (a - b).abs() <= b.abs() * 1e-14
            }
            (Json::String(a), Value::String(b)) => a == b,
            (Json::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            (Json::Object(a), Value::Object(b)) => {
                b.iter().all(|(key, value)| ours.get(key).is_some_and(|ours| same(ours, value)))
                    && a.iter().all(|(key, _)| b.contains_key(key.as_ref()))
            }
            _ => false,
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_what_serde_json_writes(value in any_json()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                let theirs: serde_json::Value = serde_json::from_str(&text).unwrap();
                prop_assert!(same(&Json::parse(&text).unwrap(), &theirs));
            }
        }

        #[test]
        fn survives_anything(text in r#"[\[\]{}",:\\u0-9a-fntr+.eE \t-]{0,40}|.{0,40}"#) {
            if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) {
                prop_assert!(same(&Json::parse(&text).unwrap(), &theirs));
            } else {
                let _ = Json::parse(&text);
            }
        }

        #[test]
        fn writes_what_serde_json_reads(key in any::<String>(), value in any::<String>(), number in -i64::MAX..) {
            let text = ObjectWriter::new()
                .string(&key, &value)
                .object("inner", ObjectWriter::new().integer("number", number))
                .object("empty", &mut ObjectWriter::new())
                .finish();
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            if key != "inner" && key != "empty" {
                prop_assert_eq!(read[&key].as_str(), Some(value.as_str()));
            }
            prop_assert_eq!(read["inner"]["number"].as_i64(), Some(number));
        }
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", "<html>", "{", "{\"a\"}", "[1,]", "\"a", "\"\u{1}\"", "\"\\x\"", "\"\\u12\"", "{} {}", "nul"] {
            assert_eq!(Json::parse(text), None, "{text}");
        }
        assert_eq!(Json::parse(&"[".repeat(100_000)), None);
    }

    #[test]
    fn joins_surrogate_pairs() {
        let read = |text| Json::parse(text).unwrap().as_str().unwrap().to_owned();
        assert_eq!(read(r#""\ud83d\ude00""#), "😀");
        assert_eq!(read(r#""\ud83d!""#), "\u{fffd}!");
        assert_eq!(read(r#""\ude00\ud83d""#), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn reads_times_in_any_notation() {
        for (text, value) in [
            ("1.7123456789E9", Some(1_712_345_678)),
            ("1.7e9", Some(1_700_000_000)),
            ("1712345678.25", Some(1_712_345_678)),
            ("17123e-1", Some(1_712)),
            ("-1.5e1", Some(-15)),
            ("-9007199254740991", Some(-9_007_199_254_740_991)),
            ("9007199254740993", None),
            ("0e99", Some(0)),
            ("1e99", None),
            ("1e99999999999999999999", None),
            ("1e-99999999999999999999", Some(0)),
            ("1-?", None),
        ] {
            assert_eq!(integer(text), value, "{text}");
        }
    }
}
