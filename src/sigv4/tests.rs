//! What the vectors and the differential tests do not reach.

use super::*;
use crate::error::ErrorCode;

const CREDENTIALS: Credentials<'static> =
    Credentials { access_key_id: "AKIDEXAMPLE", secret_access_key: "not a secret", session_token: Some("a+token/==") };
const SCOPE: Scope<'static> = Scope { region: "ap-northeast-1", service: "execute-api" };

fn request<'a>(path: &'a str, query: &'a str, headers: &'a [(String, String)]) -> Request<'a> {
    Request { method: "POST", host: "abc123.execute-api.ap-northeast-1.amazonaws.com", path, query, headers }
}

fn time() -> DateTime {
    DateTime::from_unix_seconds(1_440_938_160).unwrap()
}

fn sign_with(
    request: &Request<'_>,
    credentials: Credentials<'_>,
    scope: Scope<'_>,
) -> Result<Signed, crate::error::Error> {
    let settings = Settings::for_service(scope.service);
    sign(request, Payload::Bytes(b"{}"), credentials, scope, &time(), &settings, &mut SigningKeyCache::new())
}

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The line of the canonical request with this number.
fn line(path: &str, query: &str, service: &str, number: usize) -> String {
    let signed = sign_with(&request(path, query, &[]), CREDENTIALS, Scope { service, ..SCOPE }).unwrap();
    signed.canonical_request.lines().nth(number).unwrap().to_owned()
}

fn path(path: &str, service: &str) -> String {
    line(path, "", service, 1)
}

fn query(query: &str) -> String {
    line("/", query, "execute-api", 2)
}

#[test]
fn paths_of_api_gateway_are_encoded_twice_and_normalized() {
    for (sent, canonical) in [
        ("", "/"),
        ("/", "/"),
        ("/a b", "/a%20b"),
        ("/%E3%81%82", "/%25E3%2581%2582"),
        ("/a%2Fb", "/a%252Fb"),
        ("/a//b///", "/a/b/"),
        ("/a/./b/../c", "/a/c"),
        ("/a/..", "/"),
        ("/../..", "/"),
        ("/.hidden/..", "/"),
        ("/..a/b.", "/..a/b."),
        ("/!'()*~", "/%21%27%28%29%2A~"),
        ("/items/@me:now", "/items/%40me%3Anow"),
    ] {
        assert_eq!(path(sent, "execute-api"), canonical, "{sent}");
        assert_eq!(path(sent, "lambda"), canonical, "{sent}");
    }
}

#[test]
fn paths_of_s3_are_decoded_and_encoded_once_and_not_normalized() {
    for (sent, canonical) in [
        ("", "/"),
        ("/a//b/../c", "/a//b/../c"),
        ("/%E3%81%82", "/%E3%81%82"),
        ("/%e3%81%82", "/%E3%81%82"),
        ("/a%2Fb", "/a/b"),
        ("/a%2Bb", "/a%2Bb"),
        ("/a+b", "/a%20b"),
        ("/a%7Eb%41", "/a~bA"),
        ("/%252F", "/%252F"),
        ("/100%", "/100%25"),
        ("/%zz", "/%25zz"),
        ("/!'()*~", "/%21%27%28%29%2A~"),
    ] {
        assert_eq!(path(sent, "s3"), canonical, "{sent}");
    }
}

#[test]
fn vpc_lattice_is_sent_an_unsigned_body_whatever_is_asked_for() {
    let signed =
        sign_with(&request("/", "", &[]), CREDENTIALS, Scope { service: "vpc-lattice-svcs", ..SCOPE }).unwrap();
    assert!(signed.headers.contains(&("x-amz-content-sha256", "UNSIGNED-PAYLOAD".to_owned())), "{:?}", signed.headers);
    assert!(signed.canonical_request.ends_with("\nUNSIGNED-PAYLOAD"));
}

#[test]
fn a_session_of_s3_express_has_its_token_in_a_header_of_its_own() {
    let session = Credentials { access_key_id: "ASIAEXAMPLE", session_token: None, ..CREDENTIALS };
    let token = headers(&[("x-amz-s3session-token", "a token")]);
    let signed = sign_with(&request("/", "", &token), session, Scope { service: "s3express", ..SCOPE }).unwrap();
    assert!(signed.canonical_request.contains("\nhost;x-amz-content-sha256;x-amz-date;x-amz-s3session-token\n"));
    assert!(sign_with(&request("/", "", &token), session, Scope { service: "s3", ..SCOPE }).is_err());
}

#[test]
fn a_signature_for_several_regions_is_refused_in_words() {
    let refused = sign_with(&request("/", "", &[]), CREDENTIALS, Scope { region: "*", service: "s3" }).unwrap_err();
    assert!(refused.message().contains("SigV4A"), "{refused:?}");
}

#[test]
fn queries_are_sorted_by_encoded_name_then_value() {
    for (sent, canonical) in [
        ("", ""),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1&a", "a=&a=1&a=2"),
        ("&&a=1&&", "a=1"),
        ("=v&=", "=&=v"),
        ("a=b=c", "a=b%3Dc"),
        // Capitals come first, and an encoded character is sorted by its escape.
        ("b=1&B=1&%E3%81%82=1&~=1", "%E3%81%82=1&B=1&b=1&~=1"),
        // Compared as whole pairs, `a-=1` would come first: `-` is before `=`.
        ("a-=1&a=1", "a=1&a-=1"),
        ("q=a+b", "q=a%20b"),
        ("q=a%2Bb", "q=a%2Bb"),
        ("q=%2f%7e", "q=%2F~"),
        ("q=あ", "q=%E3%81%82"),
        ("q=100%", "q=100%25"),
        ("q=%4", "q=%254"),
        ("q=%FF", "q=%FF"),
        ("q=!'()*", "q=%21%27%28%29%2A"),
    ] {
        assert_eq!(query(sent), canonical, "{sent}");
    }
}

#[test]
fn what_is_set_is_what_is_signed() {
    let caller =
        headers(&[("Content-Type", "application/json"), ("X-Amz-Date", "20000101T000000Z"), ("Accept", "*/*")]);
    let signed = sign_with(&request("/items", "", &caller), CREDENTIALS, SCOPE).unwrap();
    assert_eq!(
        signed.canonical_request,
        "POST\n/items\n\n\
         content-type:application/json\n\
         host:abc123.execute-api.ap-northeast-1.amazonaws.com\n\
         x-amz-date:20150830T123600Z\n\
         x-amz-security-token:a+token/==\n\n\
         content-type;host;x-amz-date;x-amz-security-token\n\
         44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    let names: Vec<_> = signed.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["x-amz-date", "x-amz-security-token", "authorization"]);
    let (_, authorization) = signed.headers.last().unwrap();
    assert_eq!(
        *authorization,
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/ap-northeast-1/execute-api/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature={}",
            signed.signature
        )
    );
}

#[test]
fn the_payload_header_is_added_where_it_is_wanted_and_corrected_where_it_is_wrong() {
    let wrong = headers(&[("X-Amz-Content-Sha256", "0000")]);
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a".to_owned();
    let of = |service, headers: &[(String, String)]| {
        let signed = sign_with(&request("/", "", headers), CREDENTIALS, Scope { service, ..SCOPE }).unwrap();
        signed.headers.into_iter().find(|(name, _)| *name == "x-amz-content-sha256").map(|(_, value)| value)
    };
    assert_eq!(of("execute-api", &[]), None);
    assert_eq!(of("lambda", &[]), None);
    assert_eq!(of("s3", &[]), Some(hash.clone()));
    assert_eq!(of("aoss", &[]), Some(hash.clone()));
    assert_eq!(of("execute-api", &wrong), Some(hash));
}

#[test]
fn a_hash_from_elsewhere_is_as_good_as_the_bytes() {
    let signed = |payload| {
        let settings = Settings::for_service("execute-api");
        let keys = &mut SigningKeyCache::new();
        sign(&request("/", "", &[]), payload, CREDENTIALS, SCOPE, &time(), &settings, keys).unwrap()
    };
    let hash = Payload::Hash("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    assert_eq!(signed(Payload::Bytes(b"{}")), signed(hash));
    assert!(signed(Payload::Unsigned).canonical_request.ends_with("\nUNSIGNED-PAYLOAD"));
}

#[test]
fn an_appended_token_is_sent_but_not_signed() {
    let scope = Scope { service: "iotdevicegateway", ..SCOPE };
    let signed = sign_with(&request("/mqtt", "", &[]), CREDENTIALS, scope).unwrap();
    assert!(!signed.canonical_request.contains("x-amz-security-token"));
    assert!(signed.headers.contains(&("x-amz-security-token", "a+token/==".to_owned())));

    let settings = Settings::for_service(scope.service);
    let keys = &mut SigningKeyCache::new();
    let url =
        presign(&request("/mqtt", "", &[]), Payload::Bytes(b""), CREDENTIALS, scope, &time(), 60, &settings, keys);
    let query = url.unwrap().query;
    assert!(query.ends_with("&X-Amz-Security-Token=a%2Btoken%2F%3D%3D"), "{query}");
}

#[test]
fn nothing_is_signed_for_an_unknown_region_service_or_user() {
    for (credentials, scope) in [
        (CREDENTIALS, Scope { region: "", ..SCOPE }),
        (CREDENTIALS, Scope { service: "", ..SCOPE }),
        (Credentials { access_key_id: "", ..CREDENTIALS }, SCOPE),
        (Credentials { secret_access_key: "", ..CREDENTIALS }, SCOPE),
    ] {
        let refused = sign_with(&request("/", "", &[]), credentials, scope).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidArgument);
    }
}

#[test]
fn what_would_become_something_else_in_the_scope_or_a_header_is_refused() {
    for (credentials, scope) in [
        (CREDENTIALS, Scope { region: "us-east-1 ", ..SCOPE }),
        (CREDENTIALS, Scope { service: "lambda\n", ..SCOPE }),
        (Credentials { access_key_id: "AKID, Signature=0", ..CREDENTIALS }, SCOPE),
        (Credentials { access_key_id: "AKID,Signature=0", ..CREDENTIALS }, SCOPE),
        (Credentials { access_key_id: "AKID/20150830", ..CREDENTIALS }, SCOPE),
        (CREDENTIALS, Scope { region: "us/east", ..SCOPE }),
        (CREDENTIALS, Scope { service: "s3/object", ..SCOPE }),
        (Credentials { session_token: Some("a\r\nb: c"), ..CREDENTIALS }, SCOPE),
        (Credentials { session_token: Some(""), ..CREDENTIALS }, SCOPE),
    ] {
        let refused = sign_with(&request("/", "", &[]), credentials, scope).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidArgument, "{scope:?}");
    }
}

#[test]
fn temporary_credentials_need_their_token() {
    let temporary = Credentials { access_key_id: "ASIAEXAMPLE", ..CREDENTIALS };
    assert!(sign_with(&request("/", "", &[]), temporary, SCOPE).is_ok());
    let refused = sign_with(&request("/", "", &[]), Credentials { session_token: None, ..temporary }, SCOPE);
    assert!(refused.unwrap_err().message().contains("session token"));
    let lasting = Credentials { session_token: None, ..CREDENTIALS };
    assert!(sign_with(&request("/", "", &[]), lasting, SCOPE).is_ok());
}

#[test]
fn of_all_headers_those_are_signed_that_nobody_changes() {
    let caller = headers(&[
        ("Accept", "*/*"),
        ("Accept-Language", "ja"),
        ("Access-Control-Request-Method", "GET"),
        ("CloudFront-Viewer-Country", "JP"),
        ("If-None-Match", "a"),
        ("Range", "bytes=0-1"),
        ("Set-Cookie", "a=b"),
        ("X-Amz-Cf-Id", "a"),
        ("X-Forwarded-For", "192.0.2.1"),
        ("User-Agent", "a"),
        ("Sec-Fetch-Mode", "cors"),
        ("Proxy-Authorization", "a"),
        ("Cookie", "a=b"),
        ("Origin", "https://app.example.com"),
        ("X-Api-Key", "k"),
        ("Accepted", "a"),
    ]);
    let settings = Settings { headers: HeaderSelection::All, ..Settings::for_service("execute-api") };
    let keys = &mut SigningKeyCache::new();
    let call = request("/", "", &caller);
    let signed = sign(&call, Payload::Bytes(b""), CREDENTIALS, SCOPE, &time(), &settings, keys).unwrap();
    assert!(
        signed.canonical_request.contains("\naccepted;host;x-amz-date;x-amz-security-token;x-api-key\n"),
        "{}",
        signed.canonical_request
    );
}

#[test]
fn a_value_that_cannot_be_sent_as_signed_is_refused() {
    for value in ["a\nb", "a\r\nb", "\0", "é", "あ"] {
        let host = Request { host: value, ..request("/", "", &[]) };
        assert_eq!(sign_with(&host, CREDENTIALS, SCOPE).unwrap_err().code(), ErrorCode::InvalidArgument, "{value:?}");
        let caller = headers(&[("x-amz-meta-name", value)]);
        let refused = sign_with(&request("/", "", &caller), CREDENTIALS, SCOPE).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidArgument, "{value:?}");
        assert!(refused.message().contains("x-amz-meta-name"), "{refused:?}");
        // What is not signed is not ours to judge.
        let caller = headers(&[("x-name", value)]);
        assert!(sign_with(&request("/", "", &caller), CREDENTIALS, SCOPE).is_ok(), "{value:?}");
    }
}

#[test]
fn a_url_is_good_for_a_second_to_a_week() {
    let signed_for = |expires| {
        let settings = Settings::for_service("execute-api");
        let keys = &mut SigningKeyCache::new();
        presign(&request("/", "", &[]), Payload::Unsigned, CREDENTIALS, SCOPE, &time(), expires, &settings, keys)
    };
    assert!(signed_for(1).is_ok());
    assert!(signed_for(604_800).is_ok());
    assert_eq!(signed_for(0).unwrap_err().code(), ErrorCode::InvalidArgument);
    assert_eq!(signed_for(604_801).unwrap_err().code(), ErrorCode::InvalidArgument);
}

#[test]
fn no_secret_is_in_any_debug() {
    let mut keys = SigningKeyCache::new();
    let settings = Settings::for_service("execute-api");
    let call = request("/", "", &[]);
    let signed = sign(&call, Payload::Unsigned, CREDENTIALS, SCOPE, &time(), &settings, &mut keys).unwrap();
    let url = presign(&call, Payload::Unsigned, CREDENTIALS, SCOPE, &time(), 60, &settings, &mut keys).unwrap();
    let all = format!("{CREDENTIALS:?} {keys:?} {signed:?} {url:?}");
    assert!(!all.contains("not a secret") && !all.contains("token/"), "{all}");
}

#[test]
fn keys_that_nobody_uses_are_forgotten() {
    let mut keys = SigningKeyCache::new();
    let use_key = |keys: &mut SigningKeyCache, secret| {
        keys.get(secret, "20150830/us-east-1/service/aws4_request", &time(), SCOPE);
    };
    use_key(&mut keys, "one secret");
    use_key(&mut keys, "another secret");
    assert_eq!(keys.forget_unused(), 2);
    use_key(&mut keys, "another secret");
    assert_eq!(keys.forget_unused(), 1);
    assert_eq!(keys.forget_unused(), 0);
}

#[test]
fn the_cache_forgets() {
    let mut keys = SigningKeyCache::new();
    keys.get("not a secret", "20150830/us-east-1/service/aws4_request", &time(), SCOPE);
    assert_eq!(format!("{keys:?}"), "SigningKeyCache { keys: 1, .. }");
    keys.clear();
    assert_eq!(format!("{keys:?}"), "SigningKeyCache { keys: 0, .. }");
}

#[test]
fn a_signature_that_a_query_has_is_taken_off_and_nothing_else() {
    for (query, rest) in [
        ("", ""),
        ("a=1&X-Amz-Signature=f&b", "a=1&b"),
        ("x-amz-date=d&X-AMZ-EXPIRES=9&X-Amz-Credential&a=X-Amz-Date", "a=X-Amz-Date"),
        ("X-Amz-Target=t&X-Amz-Dates=d&amz-date=d", "X-Amz-Target=t&X-Amz-Dates=d&amz-date=d"),
    ] {
        assert_eq!(without_signature(query), rest, "{query}");
    }
}
