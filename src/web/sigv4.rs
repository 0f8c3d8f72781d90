//! The exports of the signer's module: convert, call, convert back.
//!
//! One text goes in and one comes out: nothing is looked up in JavaScript, for that would cost more than the signature.

use std::cell::RefCell;

use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;
use zeroize::Zeroize;

use crate::error::Error;
use crate::sigv4::{
    self, Credentials, DateTime, HeaderSelection, PathEncoding, PathNormalization, Payload, PayloadHeader, Request,
    Scope, SessionTokenMode, Settings, SigningKeyCache, Url,
};

thread_local! {
    static KEYS: RefCell<SigningKeyCache> = const { RefCell::new(SigningKeyCache::new()) };
    /// Access key id, secret access key and session token, in lines.
    static CREDENTIALS: RefCell<String> = const { RefCell::new(String::new()) };
    static HASHES: RefCell<Vec<Option<Sha256>>> = const { RefCell::new(Vec::new()) };
}

/// Between the parts of an answer; in none of them.
const SEPARATOR: char = '\0';

/// Says whose the next signatures are: access key id, secret access key and session token, in lines. Most calls have those of the one before, and
/// a token is a thousand characters.
#[wasm_bindgen(js_name = setCredentials)]
pub fn set_credentials(lines: String) {
    CREDENTIALS.replace(lines).zeroize();
}

/// Signs in headers, or, for so many seconds, in the query.
///
/// The answer: the URL to send, the canonical request, the string to sign, the signature, and then names and values of the headers to set beside the
/// session token's. That of a failure begins with a separator: its message, and what to do.
#[wasm_bindgen]
pub fn sign(question: &str, unix_seconds: f64, expires: Option<f64>) -> String {
    // A growing answer would be copied again and again.
    let mut out = String::with_capacity(4096);
    let done = CREDENTIALS.with_borrow(|credentials| answer(&mut out, question, credentials, unix_seconds, expires));
    if let Err(error) = done {
        out.clear();
        push(&mut out, &[error.message(), error.help()]);
    }
    out
}

/// Wipes the keys and secrets that did not sign since this was last called, and says how many are left.
#[wasm_bindgen(js_name = forgetKeys)]
pub fn forget_keys() -> usize {
    KEYS.with_borrow_mut(SigningKeyCache::forget_unused)
}

/// Begins the SHA-256 of what comes in pieces, and gives its number. (A class of JavaScript's would be half a kilobyte more.)
#[wasm_bindgen(js_name = beginHash)]
pub fn begin_hash() -> usize {
    HASHES.with_borrow_mut(|hashes| {
        let free = hashes.iter().position(Option::is_none).unwrap_or(hashes.len());
        if free == hashes.len() {
            hashes.push(None);
        }
        if let Some(slot) = hashes.get_mut(free) {
            *slot = Some(Sha256::new());
        }
        free
    })
}

/// Takes the next piece.
#[wasm_bindgen(js_name = updateHash)]
pub fn update_hash(number: usize, piece: &[u8]) {
    HASHES.with_borrow_mut(|hashes| {
        if let Some(Some(hash)) = hashes.get_mut(number) {
            hash.update(piece);
        }
    });
}

/// Ends it, in hex.
#[wasm_bindgen(js_name = endHash)]
pub fn end_hash(number: usize) -> String {
    let hash = HASHES.with_borrow_mut(|hashes| hashes.get_mut(number).and_then(Option::take));
    hash.map_or_else(String::new, |hash| sigv4::hex(&hash.finalize()))
}

/// What is asked, in lines: a mark, method, URL, region, service, choices, then a name and a value for each header, an empty line, and the body or
/// its hash.
struct Question<'a> {
    method: &'a str,
    url: Url,
    scope: Scope<'a>,
    credentials: Credentials<'a>,
    headers: Vec<(String, String)>,
    payload: Payload<'a>,
    settings: Settings,
}

impl<'a> Question<'a> {
    fn parse(text: &'a str, mut credentials: &'a str) -> Result<Self, Error> {
        let credentials = Credentials {
            access_key_id: take_line(&mut credentials),
            secret_access_key: take_line(&mut credentials),
            session_token: Some(credentials).filter(|token| !token.is_empty()),
        };
        let mut rest = text;
        let mut line = || take_line(&mut rest);
        line();
        let method = line();
        let url = Url::parse(line())?;
        let scope = Scope { region: line(), service: line() };
        let choices = line();
        let mut headers = Vec::with_capacity(8);
        loop {
            match line() {
                "" => break,
                name => headers.push((name.to_owned(), line().to_owned())),
            }
        }
        let body = rest;
        let mut settings = Settings { headers: HeaderSelection::All, ..Settings::for_service(scope.service) };
        let mut payload = Payload::Bytes(body.as_bytes());
        for choice in choices.bytes() {
            match choice {
                b'h' => payload = Payload::Hash(body),
                b'u' => payload = Payload::Unsigned,
                b'1' => settings.path_encoding = PathEncoding::Single,
                b'2' => settings.path_encoding = PathEncoding::Double,
                b'n' => settings.path_normalization = PathNormalization::Normalized,
                b'v' => settings.path_normalization = PathNormalization::Verbatim,
                b's' => settings.session_token = SessionTokenMode::Signed,
                b'a' => settings.session_token = SessionTokenMode::Appended,
                b'd' => settings.headers = HeaderSelection::Durable,
                _ => {}
            }
        }
        // A server that is told nothing hashes the body.
        if payload == Payload::Unsigned {
            settings.payload_header = PayloadHeader::Add;
        }
        Ok(Self { method, url, scope, credentials, headers, payload, settings })
    }

    fn request(&self) -> Request<'_> {
        let own = self.headers.iter().find(|(name, _)| name == "host");
        Request {
            method: self.method,
            host: own.map_or(&self.url.host, |(_, host)| host),
            path: &self.url.path,
            query: &self.url.query,
            headers: &self.headers,
        }
    }
}

fn answer(
    out: &mut String,
    question: &str,
    credentials: &str,
    unix_seconds: f64,
    expires: Option<f64>,
) -> Result<(), Error> {
    let question = Question::parse(question, credentials)?;
    let Question { payload, credentials, scope, settings, .. } = &question;
    // An invalid `Date` is NaN, which as an integer would be 1970.
    let time = DateTime::from_unix_seconds(if unix_seconds.is_nan() { -1 } else { unix_seconds.floor() as i64 })?;
    let request = question.request();
    KEYS.with_borrow_mut(|keys| match expires {
        None => {
            let signed = sigv4::sign(&request, *payload, *credentials, *scope, &time, settings, keys)?;
            out.push_str(&question.url.with_query(request.query));
            push(out, &[&signed.canonical_request, &signed.string_to_sign, &signed.signature]);
            for (name, value) in signed.headers.iter().filter(|(name, _)| *name != "x-amz-security-token") {
                push(out, &[name, value]);
            }
            Ok(())
        }
        Some(expires) => {
            // A fraction of a second, and what is no number, become 0, which is refused.
            let expires = if expires.fract() == 0.0 { expires as u32 } else { 0 };
            let payload = if sigv4::is_s3(scope.service) { Payload::Unsigned } else { *payload };
            let signed = sigv4::presign(&request, payload, *credentials, *scope, &time, expires, settings, keys)?;
            out.push_str(&question.url.with_query(&signed.query));
            push(out, &[&signed.canonical_request, &signed.string_to_sign, &signed.signature]);
            Ok(())
        }
    })
}

/// The next line, taken off the rest.
fn take_line<'a>(rest: &mut &'a str) -> &'a str {
    let (line, after) = rest.split_at_checked(line_length(rest.as_bytes())).unwrap_or((rest, ""));
    *rest = after.get(1..).unwrap_or_default();
    line
}

/// Where the line ends. Eight bytes at a time: a session token is a thousand.
fn line_length(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    let holds_end = |word: &[u8; 8]| {
        let differing = u64::from_le_bytes(*word) ^ u64::from_le_bytes([b'\n'; 8]);
        // Whether a byte is zero: "Bit Twiddling Hacks", haszero.
        differing.wrapping_sub(0x0101_0101_0101_0101) & !differing & 0x8080_8080_8080_8080 != 0
    };
    let start = 8 * words.iter().take_while(|word| !holds_end(word)).count();
    let end = bytes.iter().skip(start).position(|byte| *byte == b'\n');
    end.map_or(bytes.len(), |end| start.saturating_add(end))
}

fn push(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push(SEPARATOR);
        out.push_str(part);
    }
}
