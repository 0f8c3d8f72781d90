//! Every vector of the suite that the aws-sigv4 crate ships, each stage asserted. See `testdata/README.md`.

use super::*;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

const EXAMPLE_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#[derive(Deserialize)]
struct Context {
    credentials: ContextCredentials,
    expiration_in_seconds: u32,
    normalize: bool,
    region: String,
    service: String,
    timestamp: String,
    #[serde(default)]
    omit_session_token: bool,
    sign_body: bool,
}

#[derive(Deserialize)]
struct ContextCredentials {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
}

/// A request file, taken apart: what the browser's `URL` and `Headers` would have done.
struct Parsed {
    method: String,
    path: String,
    query: String,
    host: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn read(case: &Path, name: &str) -> String {
    fs::read_to_string(case.join(name)).unwrap_or_else(|error| panic!("{}/{name}: {error}", case.display()))
}

fn parse(text: &str) -> Parsed {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    // A line that begins with a blank belongs to the one before (obs-fold, RFC 9112, 5.2).
    let head = head.replace("\n ", " ");
    let mut lines = head.lines();
    let request_line = lines.next().unwrap();
    let (method, target) = request_line.split_once(' ').unwrap();
    let target = target.strip_suffix(" HTTP/1.1").unwrap_or(target);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let host = headers.iter().find(|(name, _)| name == "Host").unwrap().1.clone();
    Parsed { method: method.into(), path: path.into(), query: query.into(), host, headers, body: body.into() }
}

impl Parsed {
    fn request(&self) -> Request<'_> {
        Request { method: &self.method, host: &self.host, path: &self.path, query: &self.query, headers: &self.headers }
    }

    /// Its headers in one form, without the order and the blanks that do not matter.
    fn sorted_headers(&self) -> Vec<(String, String)> {
        let mut headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
        headers.sort();
        headers
    }

    /// Its query in one order, and as the browser's `URL` would send it.
    fn sorted_query(&self) -> Vec<String> {
        let mut pairs: Vec<_> = self.query.replace('ሴ', "%E1%88%B4").split('&').map(str::to_owned).collect();
        pairs.sort();
        pairs
    }
}

fn cases() -> Vec<PathBuf> {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sigv4/testdata/v4");
    let mut cases: Vec<_> = fs::read_dir(suite).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn suite_cases() -> impl Iterator<Item = (PathBuf, Context)> {
    cases().into_iter().filter(|case| case.join("context.json").exists()).map(|case| {
        let context = serde_json::from_str(&read(&case, "context.json")).unwrap();
        (case, context)
    })
}

impl Context {
    fn settings(&self) -> Settings {
        Settings {
            // The suite's own default; it holds a path that was encoded once (`get-space-normalized`).
            path_encoding: PathEncoding::Single,
            path_normalization: if self.normalize {
                PathNormalization::Normalized
            } else {
                PathNormalization::Verbatim
            },
            payload_header: if self.sign_body { PayloadHeader::Add } else { PayloadHeader::Omit },
            session_token: if self.omit_session_token { SessionTokenMode::Appended } else { SessionTokenMode::Signed },
            headers: HeaderSelection::All,
        }
    }

    fn credentials(&self) -> Credentials<'_> {
        Credentials {
            access_key_id: &self.credentials.access_key_id,
            secret_access_key: &self.credentials.secret_access_key,
            session_token: self.credentials.token.as_deref(),
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope { region: &self.region, service: &self.service }
    }

    fn time(&self) -> DateTime {
        assert_eq!(self.timestamp, "2015-08-30T12:36:00Z", "the one moment of the suite");
        DateTime::from_unix_seconds(1_440_938_160).unwrap()
    }
}

#[test]
fn the_suite_is_whole() {
    assert_eq!(cases().len(), 40);
    assert_eq!(suite_cases().count(), 38);
}

#[test]
fn header_form() {
    for (case, context) in suite_cases() {
        let parsed = parse(&read(&case, "request.txt"));
        let name = case.display();
        let signed = sign(
            &parsed.request(),
            Payload::Bytes(parsed.body.as_bytes()),
            context.credentials(),
            context.scope(),
            &context.time(),
            &context.settings(),
            &mut SigningKeyCache::new(),
        )
        .unwrap();
        assert_eq!(signed.canonical_request, read(&case, "header-canonical-request.txt"), "{name}");
        assert_eq!(signed.string_to_sign, read(&case, "header-string-to-sign.txt"), "{name}");
        assert_eq!(signed.signature, read(&case, "header-signature.txt"), "{name}");

        let expected = parse(&read(&case, "header-signed-request.txt"));
        let mut sent = parsed;
        sent.headers.extend(signed.headers.into_iter().map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(sent.sorted_headers(), expected.sorted_headers(), "{name}");
    }
}

#[test]
fn query_form() {
    for (case, context) in suite_cases() {
        let parsed = parse(&read(&case, "request.txt"));
        let name = case.display();
        let presigned = presign(
            &parsed.request(),
            Payload::Bytes(parsed.body.as_bytes()),
            context.credentials(),
            context.scope(),
            &context.time(),
            context.expiration_in_seconds,
            &context.settings(),
            &mut SigningKeyCache::new(),
        )
        .unwrap();
        assert_eq!(presigned.canonical_request, read(&case, "query-canonical-request.txt"), "{name}");
        assert_eq!(presigned.string_to_sign, read(&case, "query-string-to-sign.txt"), "{name}");
        assert_eq!(presigned.signature, read(&case, "query-signature.txt"), "{name}");

        let expected = parse(&read(&case, "query-signed-request.txt"));
        let sent = Parsed { query: presigned.query, ..parsed };
        assert_eq!(sent.sorted_query(), expected.sorted_query(), "{name}");
    }
}

/// The two cases of the older suite: the path is encoded once more than it is sent.
#[test]
fn double_encoding() {
    for (name, scope) in [
        ("double-url-encode", Scope { region: "us-east-2", service: "lambda" }),
        ("double-encode-path", Scope { region: "us-east-1", service: "execute-api" }),
    ] {
        let case = cases().into_iter().find(|case| case.ends_with(name)).unwrap();
        let parsed = parse(&read(&case, "request.txt"));
        let signed = sign(
            &parsed.request(),
            Payload::Bytes(b""),
            Credentials { access_key_id: "AKIDEXAMPLE", secret_access_key: EXAMPLE_KEY, session_token: None },
            scope,
            &DateTime::from_unix_seconds(1_620_747_645).unwrap(),
            &Settings::for_service(scope.service),
            &mut SigningKeyCache::new(),
        )
        .unwrap();
        assert_eq!(signed.canonical_request, read(&case, "header-canonical-request.txt"), "{name}");
        if name == "double-url-encode" {
            assert_eq!(signed.string_to_sign, read(&case, "header-string-to-sign.txt").trim_end());
            let expected = parse(&read(&case, "header-signed-request.txt"));
            let expected = &expected.headers.iter().find(|(name, _)| name == "Authorization").unwrap().1;
            let (_, authorization) = signed.headers.iter().find(|(name, _)| *name == "authorization").unwrap();
            assert_eq!(authorization, expected.trim());
        }
    }
}
