//! Random requests, signed by us and by the aws-sigv4 crate's own HTTP layer.
//!
//! Where the two differ on purpose the generators keep out of the way:
//! - a raw reserved character in a path that is encoded once: the crate leaves it, S3 encodes it (so do we, and botocore's callers);
//! - escapes in a query that are no UTF-8: the crate signs U+FFFD, we sign the bytes that are sent.

use super::*;
use aws_sigv4::http_request::{
    self, PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode,
};
use aws_sigv4::sign::v4;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::time::{Duration, SystemTime};

const LAST_SECOND: i64 = 253_402_300_799;

type Pairs = Vec<(String, String)>;

#[derive(Clone, Debug)]
struct Case {
    method: &'static str,
    host: &'static str,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    secret: String,
    token: Option<String>,
    region: String,
    service: String,
    seconds: i64,
    settings: Settings,
}

fn text_of(tokens: &'static [&'static str], length: usize) -> impl Strategy<Value = String> {
    vec(select(tokens), 0..length).prop_map(|tokens| tokens.concat())
}

fn path(encoding: PathEncoding) -> BoxedStrategy<String> {
    // As the clients of AWS encode an object's key: what is encoded in another way, S3 encodes anew.
    const ENCODED: &[&str] = &["a", "B", "0", "-", "_", ".", "~", "..", "%20", "%E3%81%82", "%25", "%2B"];
    const RAW: &[&str] = &[
        "a",
        "Z",
        ".",
        "..",
        "~",
        "%20",
        "%2F",
        "%E3%81%82",
        "!",
        "'",
        "(",
        ")",
        "*",
        ":",
        "@",
        "$",
        "&",
        "+",
        ",",
        ";",
        "=",
    ];
    let segment = match encoding {
        PathEncoding::Single => text_of(ENCODED, 5).boxed(),
        PathEncoding::Double => text_of(RAW, 5).boxed(),
    };
    vec(segment, 0..6).prop_map(|segments| format!("/{}", segments.join("/"))).boxed()
}

fn query() -> impl Strategy<Value = String> {
    const TOKENS: &[&str] = &[
        "a",
        "b",
        "A",
        "0",
        "-",
        "_",
        ".",
        "~",
        "%20",
        "+",
        "%2B",
        "%2F",
        "%2f",
        "/",
        "?",
        ":",
        "@",
        "!",
        "'",
        "(",
        ")",
        "*",
        "%26",
        "%3D",
        "%25",
        "%E3%81%82",
        "%zz",
        "%41",
        "%7E",
    ];
    let pair = (text_of(TOKENS, 4), option::of(text_of(TOKENS, 5))).prop_map(|(name, value)| match value {
        Some(value) => format!("{name}={value}"),
        None => name,
    });
    vec(pair, 0..6).prop_map(|pairs| pairs.join("&"))
}

fn header() -> impl Strategy<Value = (String, String)> {
    let name = select(
        &[
            "Content-Type",
            "content-type",
            "X-Amz-Meta-B",
            "x-amz-meta-a",
            "X-AMZ-META-A",
            "My-Header",
            "Accepted",
            "x-amz",
            "User-Agent",
            "X-Api-Key",
            "authorization",
        ][..],
    );
    let value = text_of(&["a", "B", " ", "  ", "   ", ",", ";", "\"", "=", "/", "1"], 8);
    (name.prop_map(str::to_owned), value)
}

fn settings() -> impl Strategy<Value = Settings> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(double, normalized, payload, signed)| {
        Settings {
            path_encoding: if double { PathEncoding::Double } else { PathEncoding::Single },
            path_normalization: if normalized { PathNormalization::Normalized } else { PathNormalization::Verbatim },
            payload_header: if payload { PayloadHeader::Add } else { PayloadHeader::Omit },
            session_token: if signed { SessionTokenMode::Signed } else { SessionTokenMode::Appended },
            headers: HeaderSelection::All,
        }
    })
}

fn case() -> impl Strategy<Value = Case> {
    let request = settings().prop_flat_map(|settings| {
        (
            select(&["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"][..]),
            select(
                &["abc123.execute-api.ap-northeast-1.amazonaws.com", "127.0.0.1:8443", "bucket.s3.amazonaws.com"][..],
            ),
            path(settings.path_encoding),
            query(),
            vec(header(), 0..6),
            option::of(vec(any::<u8>(), 0..300)),
            Just(settings),
        )
    });
    let identity = (
        "[A-Za-z0-9+/]{1,80}",
        option::of("[A-Za-z0-9+/=]{1,200}"),
        "[a-z]{2}-[a-z]{4,9}-[1-9]",
        "[a-z0-9-]{1,20}",
        0..=LAST_SECOND,
    );
    (request, identity).prop_map(|(request, identity)| {
        let (method, host, path, query, headers, body, settings) = request;
        let (secret, token, region, service, seconds) = identity;
        Case { method, host, path, query, headers, body, secret, token, region, service, seconds, settings }
    })
}

impl Case {
    fn request(&self) -> Request<'_> {
        Request { method: self.method, host: self.host, path: &self.path, query: &self.query, headers: &self.headers }
    }

    fn payload(&self) -> Payload<'_> {
        self.body.as_deref().map_or(Payload::Unsigned, Payload::Bytes)
    }

    fn credentials(&self) -> Credentials<'_> {
        Credentials {
            access_key_id: "AKIDEXAMPLE",
            secret_access_key: &self.secret,
            session_token: self.token.as_deref(),
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope { region: &self.region, service: &self.service }
    }

    fn time(&self) -> DateTime {
        DateTime::from_unix_seconds(self.seconds).unwrap()
    }

    fn sign(&self, settings: &Settings) -> Signed {
        let keys = &mut SigningKeyCache::new();
        sign(&self.request(), self.payload(), self.credentials(), self.scope(), &self.time(), settings, keys).unwrap()
    }

    /// What the crate signs: its headers, its parameters and its signature.
    fn signed_by_the_crate(&self, location: SignatureLocation) -> (Pairs, Pairs, String) {
        let identity =
            aws_credential_types::Credentials::from_keys("AKIDEXAMPLE", &self.secret, self.token.clone()).into();
        let mut settings = SigningSettings::default();
        settings.signature_location = location;
        settings.expires_in = Some(Duration::from_secs(900));
        settings.percent_encoding_mode = match self.settings.path_encoding {
            PathEncoding::Double => PercentEncodingMode::Double,
            PathEncoding::Single => PercentEncodingMode::Single,
        };
        settings.uri_path_normalization_mode = match self.settings.path_normalization {
            PathNormalization::Normalized => UriPathNormalizationMode::Enabled,
            PathNormalization::Verbatim => UriPathNormalizationMode::Disabled,
        };
        settings.payload_checksum_kind = match self.settings.payload_header {
            PayloadHeader::Add => PayloadChecksumKind::XAmzSha256,
            PayloadHeader::Omit => PayloadChecksumKind::NoHeader,
        };
        settings.session_token_mode = match self.settings.session_token {
            SessionTokenMode::Signed => http_request::SessionTokenMode::Include,
            SessionTokenMode::Appended => http_request::SessionTokenMode::Exclude,
        };
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(self.seconds.unsigned_abs()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let request = SignableRequest::new(
            self.method,
            format!("https://{}{}{query}", self.host, self.path),
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
            self.body.as_deref().map_or(SignableBody::UnsignedPayload, SignableBody::Bytes),
        )
        .unwrap();
        let (instructions, signature) = http_request::sign(request, &params).unwrap().into_parts();
        let mut headers: Vec<_> =
            instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        headers.sort();
        let params =
            instructions.params().iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
        (headers, params, signature)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn header_form_is_the_crates(case in case()) {
        let signed = case.sign(&case.settings);
        let (expected, _, signature) = case.signed_by_the_crate(SignatureLocation::Headers);
        let mut headers: Vec<_> = signed.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        headers.sort();
        prop_assert_eq!(headers, expected, "{}", signed.canonical_request);
        prop_assert_eq!(signed.signature, signature);
    }

    #[test]
    fn query_form_is_the_crates(case in case()) {
        let keys = &mut SigningKeyCache::new();
        let presigned = presign(
            &case.request(), case.payload(), case.credentials(), case.scope(), &case.time(), 900, &case.settings, keys,
        ).unwrap();
        let (_, params, signature) = case.signed_by_the_crate(SignatureLocation::QueryParams);
        prop_assert_eq!(&presigned.signature, &signature, "{}", presigned.canonical_request);
        let pairs: Vec<_> = presigned.query.split('&').collect();
        for (name, value) in params {
            let mut pair = format!("{name}=");
            encode::push_encoded(&mut pair, &value);
            prop_assert!(pairs.contains(&pair.as_str()), "{} in {}", pair, presigned.query);
        }
    }

    /// What a proxy, a browser or a `Headers` object may do to headers does nothing to the signature.
    #[test]
    fn order_and_case_of_headers_do_not_matter(case in case(), seed in any::<u64>()) {
        let mut headers = case.headers.clone();
        headers.sort_by_key(|(name, _)| name.to_lowercase());
        headers.dedup_by_key(|(name, _)| name.to_lowercase());
        let straight = Case { headers, ..case };
        let mut other = straight.clone();
        let middle = seed as usize % (other.headers.len() + 1);
        other.headers.rotate_left(middle);
        for (name, value) in &mut other.headers {
            *name = if seed % 3 == 0 { name.to_uppercase() } else { name.to_lowercase() };
            *value = format!(" {} ", value.replace(' ', "  "));
        }
        prop_assert_eq!(straight.sign(&straight.settings).headers, other.sign(&other.settings).headers);
    }

    /// Headers that a browser or CloudFront sets or changes do nothing to the signature either.
    #[test]
    fn headers_that_do_not_last_are_not_signed(case in case(), agent in "[ -~]{0,20}") {
        let durable = Settings { headers: HeaderSelection::Durable, ..case.settings };
        let mut changed = case.clone();
        changed.headers.retain(|(name, _)| is_durable(name));
        for name in ["User-Agent", "Accept-Encoding", "Via", "X-Forwarded-For", "Referer", "Cookie"] {
            changed.headers.push((name.to_owned(), agent.clone()));
        }
        let signed = case.sign(&durable);
        prop_assert_eq!(&signed.headers, &changed.sign(&durable).headers);
        // Every durable header is.
        for (name, _) in case.headers.iter().filter(|(name, _)| is_durable(name)) {
            let line = format!("\n{}:", name.to_lowercase());
            prop_assert!(signed.canonical_request.contains(&line));
        }
    }

    /// A kept key is the right one: whatever was signed before.
    #[test]
    fn the_cache_changes_no_signature(cases in vec(case(), 1..12)) {
        let mut keys = SigningKeyCache::new();
        for case in cases.iter().chain(cases.iter().rev()) {
            let cached = sign(
                &case.request(), case.payload(), case.credentials(), case.scope(), &case.time(), &case.settings, &mut keys,
            ).unwrap();
            prop_assert_eq!(cached.signature, case.sign(&case.settings).signature);
        }
    }

    /// The query that is sent instead means the same to a form's reader, and is signed the same.
    #[test]
    fn the_unambiguous_query_is_signed_the_same(case in case()) {
        let query = unambiguous_query(&case.query);
        prop_assert!(!query.contains('+'));
        let rewritten = Case { query, ..case.clone() };
        prop_assert_eq!(rewritten.sign(&case.settings), case.sign(&case.settings));
    }
}

fn is_durable(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "content-type" || name.starts_with("x-amz-")
}
