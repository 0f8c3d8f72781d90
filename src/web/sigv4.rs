//! The exports of the signer's module: convert, call, convert back.
//!
//! One text goes in and one comes out: nothing is looked up in JavaScript, for that would cost more than the signature.

use std::cell::RefCell;

use sha2::Digest;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::sigv4::{
    self, Credentials, DateTime, HeaderSelection, PathEncoding, PathNormalization, Payload, PayloadHeader, Request,
    Scope, SessionTokenMode, Settings, SigningKeyCache, Url,
};
use crate::text::next;

thread_local! {
    static KEYS: RefCell<SigningKeyCache> = const { RefCell::new(SigningKeyCache::new()) };
}

/// Between the parts of an answer; in none of them.
const SEPARATOR: char = '\0';

/// Signs in headers. The answer: the URL to send, the canonical request, the string to sign, the signature, and then names and values of the headers to
/// set. That of a failure begins with a separator: its message, and what to do.
#[wasm_bindgen]
pub fn sign(question: String, unix_seconds: f64) -> String {
    let question = Zeroizing::new(question);
    answer(Question::parse(&question).and_then(|question| question.sign(unix_seconds)))
}

/// Signs in the query. The answer is that of `sign`, without headers.
#[wasm_bindgen]
pub fn presign(question: String, unix_seconds: f64, expires: f64) -> String {
    let question = Zeroizing::new(question);
    answer(Question::parse(&question).and_then(|question| question.presign(unix_seconds, expires)))
}

/// The SHA-256 of what comes in pieces.
#[wasm_bindgen]
#[derive(Default)]
pub struct Sha256(sha2::Sha256);

#[wasm_bindgen]
impl Sha256 {
    /// Of nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// In hex.
    pub fn finish(self) -> String {
        sigv4::hex(&self.0.finalize())
    }
}

/// What is asked, in lines: method, URL, region, service, access key id, secret access key, session token, choices, then a name and a value for each
/// header, an empty line, and the body or its hash.
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
    fn parse(text: &'a str) -> Result<Self, Error> {
        let mut rest = Some(text);
        let mut line = || next(&mut rest, |byte| byte == b'\n').unwrap_or_default();
        let method = line();
        let url = Url::parse(line())?;
        let scope = Scope { region: line(), service: line() };
        let credentials = Credentials {
            access_key_id: line(),
            secret_access_key: line(),
            session_token: Some(line()).filter(|token| !token.is_empty()),
        };
        let choices = line();
        let mut headers = Vec::with_capacity(8);
        loop {
            match line() {
                "" => break,
                name => headers.push((name.to_owned(), line().to_owned())),
            }
        }
        let body = rest.unwrap_or_default();
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

    fn sign(&self, unix_seconds: f64) -> Result<String, Error> {
        let time = date_time(unix_seconds)?;
        let (request, url) = (self.request(), self.url.with_query(&self.url.query));
        let signed = KEYS.with_borrow_mut(|keys| {
            sigv4::sign(&request, self.payload, self.credentials, self.scope, &time, &self.settings, keys)
        })?;
        let mut out = url;
        push(&mut out, &[&signed.canonical_request, &signed.string_to_sign, &signed.signature]);
        for (name, value) in &signed.headers {
            push(&mut out, &[name, value]);
        }
        Ok(out)
    }

    fn presign(&self, unix_seconds: f64, expires: f64) -> Result<String, Error> {
        let time = date_time(unix_seconds)?;
        // A fraction of a second, and what is no number, become 0, which is refused.
        let expires = if expires.fract() == 0.0 { expires as u32 } else { 0 };
        let request = self.request();
        let presigned = KEYS.with_borrow_mut(|keys| {
            sigv4::presign(&request, self.payload, self.credentials, self.scope, &time, expires, &self.settings, keys)
        })?;
        let mut out = self.url.with_query(&presigned.query);
        push(&mut out, &[&presigned.canonical_request, &presigned.string_to_sign, &presigned.signature]);
        Ok(out)
    }
}

fn date_time(unix_seconds: f64) -> Result<DateTime, Error> {
    // An invalid `Date` is NaN, which as an integer would be 1970.
    DateTime::from_unix_seconds(if unix_seconds.is_nan() { -1 } else { unix_seconds.floor() as i64 })
}

fn answer(result: Result<String, Error>) -> String {
    result.unwrap_or_else(|error| {
        let mut out = String::new();
        push(&mut out, &[error.message(), error.help()]);
        out
    })
}

fn push(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push(SEPARATOR);
        out.push_str(part);
    }
}
