//! Signature Version 4 as the doors check it, held against the signer of the aws-sigv4 crate.

#![cfg(test)]

mod support;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::SignatureLocation;
use local_aws::clock::Clock;
use local_aws::credentials::{CredentialStore, TemporaryCredentials};
use local_aws::message::{Headers, Request};
use local_aws::sigv4::{Lifetime, Refusal, Scope, Service, SignatureError, verify};
use proptest::prelude::*;
use support::Signing;
use time::{Duration, OffsetDateTime};

const ROLE: &str = "arn:aws:iam::123456789012:role/admin";

struct Case {
    service: Service,
    store: CredentialStore,
    now: OffsetDateTime,
    signing: Signing,
}

impl Case {
    fn new() -> Self {
        Self::of(Service::ExecuteApi)
    }

    /// A case of a service.
    fn of(service: Service) -> Self {
        let clock = Clock::default();
        let store = CredentialStore::new(clock.clone());
        let issued = store.issue(ROLE, "CognitoIdentityCredentials", None, Duration::HOUR);
        let credentials =
            Credentials::new(issued.access_key_id, issued.secret_access_key, Some(issued.session_token), None, "test");
        let signing = Signing::with(credentials, clock.now()).of(service.name());
        Self { service, store, now: clock.now(), signing }
    }

    /// A signed request as it arrives at `api.example`.
    fn signed(&self, method: &str, path_and_query: &str, headers: &[(&str, &str)], body: &str) -> Request {
        let mut headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let url = format!("http://api.example{path_and_query}");
        let added = self.signing.sign(method, &url, &headers, body.as_bytes());
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut query: Vec<String> = query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
        match self.signing.location {
            SignatureLocation::QueryParams => {
                query.extend(added.iter().map(|(name, value)| format!("{name}={}", encode(value))));
            }
            _ => headers.extend(added),
        }
        headers.push(("host".into(), "api.example".into()));
        Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: (!query.is_empty()).then(|| query.join("&")),
            headers: Headers::from_iter(headers),
            body: body.as_bytes().to_vec(),
        }
    }

    fn verify(&self, request: &Request) -> Result<TemporaryCredentials, SignatureError> {
        verify(request, Scope { region: "ap-northeast-1", service: self.service }, &self.store, self.now)
    }

    fn check(&self, request: &Request) -> Result<(), SignatureError> {
        self.verify(request).map(drop)
    }

    /// Checks a plain request after something was done to it.
    fn tampered(&self, tamper: impl FnOnce(&mut Request)) -> Result<(), SignatureError> {
        let mut request = self.signed("POST", "/api/admin/users?page=1&page=2", &[("x-amz-meta", "m")], "body");
        tamper(&mut request);
        self.check(&request)
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[track_caller]
fn assert_mismatch(result: Result<(), SignatureError>) {
    assert!(matches!(result, Err(SignatureError::Mismatch(_))), "{result:?}");
}

#[track_caller]
fn assert_refused(result: Result<(), SignatureError>, refusal: Refusal, part: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.refusal(), refusal);
    assert!(error.message().contains(part), "{}", error.message());
}

#[track_caller]
fn assert_invalid(result: Result<(), SignatureError>, part: &str) {
    assert_refused(result, Refusal::InvalidSignature, part);
}

#[test]
fn a_signature_is_accepted_and_says_whose_it_is() {
    let case = Case::new();
    let request = case.signed("POST", "/api/admin/users?page=1&page=2", &[("x-amz-meta", "m")], "body");
    let caller = case.verify(&request).unwrap();
    assert_eq!(caller.assumed_role_arn, "arn:aws:sts::123456789012:assumed-role/admin/CognitoIdentityCredentials");
}

#[test]
fn whatever_was_signed_cannot_be_changed() {
    let case = Case::new();
    assert_eq!(case.tampered(|_| {}), Ok(()));
    assert_mismatch(case.tampered(|request| request.method = "PUT".into()));
    assert_mismatch(case.tampered(|request| request.path = "/api/admin/user".into()));
    assert_mismatch(case.tampered(|request| request.query = Some("page=1&page=3".into())));
    assert_mismatch(case.tampered(|request| request.query = None));
    assert_mismatch(case.tampered(|request| request.body = b"Body".to_vec()));
    assert_mismatch(case.tampered(|request| request.headers.set("host", "other.example")));
    assert_mismatch(case.tampered(|request| request.headers.set("x-amz-meta", "n")));
    let gone = case.tampered(|request| request.headers.remove("x-amz-meta"));
    assert_refused(
        gone,
        Refusal::IncompleteSignature,
        "'x-amz-meta' is named as a SignedHeader, but it does not exist",
    );
}

#[test]
fn the_signature_itself_cannot_be_changed() {
    let case = Case::new();
    assert_mismatch(case.tampered(|request| {
        let mut authorization = request.headers.get("authorization").unwrap().to_owned();
        let last = authorization.pop().unwrap();
        authorization.push(if last == '0' { '1' } else { '0' });
        request.headers.set("authorization", authorization);
    }));
}

#[test]
fn the_message_shows_the_canonical_request_and_the_string_to_sign() {
    let case = Case::new();
    let message = case.tampered(|request| request.headers.set("host", "cdn.example")).unwrap_err().detailed_message();
    assert!(message.contains("The Canonical String for this request should have been\n'POST\n/api/admin/users\n"));
    assert!(message.contains("host:cdn.example\n"));
    assert!(message.contains("The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n"));
}

#[test]
fn an_amz_header_that_was_added_later_is_refused_except_cloudfronts_own() {
    let case = Case::new();
    assert_invalid(case.tampered(|request| request.headers.set("x-amz-extra", "1")), "not signed: x-amz-extra");
    assert_eq!(case.tampered(|request| request.headers.set("x-amz-cf-id", "1")), Ok(()));
    assert_eq!(case.tampered(|request| request.headers.set("user-agent", "another")), Ok(()));
}

#[test]
fn host_must_be_signed() {
    let case = Case::new();
    let unsigned = case.tampered(|request| {
        let authorization = request.headers.get("authorization").unwrap().replace("host;", "");
        request.headers.set("authorization", authorization);
    });
    assert_invalid(unsigned, "'Host' or ':authority' must be a 'SignedHeader'");
}

#[test]
fn five_minutes_either_way() {
    for (offset, refused) in [
        (Duration::minutes(-4), None),
        (Duration::minutes(4), None),
        (Duration::minutes(-6), Some("Signature expired: ")),
        (Duration::minutes(6), Some("Signature not yet current: ")),
    ] {
        let mut case = Case::new();
        case.signing.time = case.now + offset;
        match refused {
            None => assert_eq!(case.tampered(|_| {}), Ok(()), "{offset}"),
            Some(part) => assert_invalid(case.tampered(|_| {}), part),
        }
    }
}

#[test]
fn region_and_service_must_be_the_doors() {
    let mut case = Case::new();
    case.signing.region = "us-east-1".into();
    assert_invalid(case.tampered(|_| {}), "valid region");
    case = Case::new();
    case.signing.service = "lambda".into();
    assert_invalid(case.tampered(|_| {}), "correct service: 'execute-api'");
}

#[test]
fn the_session_token_belongs_to_the_key() {
    let case = Case::new();
    let without = case.tampered(|request| request.headers.set("x-amz-security-token", "another"));
    assert_refused(without, Refusal::UnrecognizedClient, "security token included in the request is invalid");
    let mut stranger = Case::new();
    stranger.store = CredentialStore::default();
    let unknown = stranger.tampered(|_| {});
    assert!(matches!(unknown, Err(SignatureError::UnknownKey(_))), "{unknown:?}");
}

#[test]
fn expired_credentials_are_told_apart_from_unknown_ones() {
    let case = Case::new();
    case.store.expire_all();
    let mut later = case;
    later.now += Duration::SECOND;
    assert_refused(later.tampered(|_| {}), Refusal::ExpiredToken, "included in the request is expired");
}

#[test]
fn a_bearer_token_is_an_incomplete_signature() {
    let case = Case::new();
    let with = |value: &str| {
        let request = Request {
            method: "GET".into(),
            path: "/".into(),
            query: None,
            headers: Headers::from_iter([("authorization", value)]),
            body: Vec::new(),
        };
        match case.check(&request) {
            Err(SignatureError::Incomplete(message)) => message,
            other => panic!("{other:?}"),
        }
    };
    // The hash is SHA-256 of "abc".
    let hash = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    assert_eq!(
        with("Bearer abc"),
        format!(
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded \
             with Base64): '{hash}'."
        )
    );
    let message = with("abc");
    assert!(message.starts_with("Authorization header requires 'Credential' parameter. "), "{message}");
    assert!(message.ends_with(&format!("Authorization={hash}")), "{message}");
}

#[test]
fn a_presigned_url_lasts_as_long_as_it_says() {
    let mut case = Case::new();
    case.signing.location = SignatureLocation::QueryParams;
    let request = case.signed("GET", "/api/admin/users?page=1", &[], "");
    assert_eq!(case.check(&request), Ok(()));
    case.now += Duration::seconds(61);
    assert_invalid(case.check(&request), "Signature expired: ");
}

#[test]
fn a_presigned_url_lasts_a_week_at_most() {
    let mut case = Case::new();
    case.signing.location = SignatureLocation::QueryParams;
    case.signing.lifetime = std::time::Duration::from_secs(7 * 24 * 3_600);
    let request = case.signed("GET", "/api/admin/users", &[], "");
    assert_eq!(case.check(&request), Ok(()));
    for (value, fault) in [
        ("604801", Lifetime::TooLong),
        ("-1", Lifetime::Negative),
        ("soon", Lifetime::NotANumber),
        ("", Lifetime::NotANumber),
    ] {
        let query = request.query.as_ref().unwrap().replace("604800", value);
        let changed = Request { query: Some(query), ..request.clone() };
        assert_eq!(case.check(&changed), Err(SignatureError::Lifetime(fault)), "{value}");
    }
}

#[test]
fn a_presigned_url_is_signed_in_every_part() {
    for service in [Service::ExecuteApi, Service::Lambda, Service::AppSync, Service::IotDeviceGateway, Service::S3] {
        let mut case = Case::of(service);
        case.signing.location = SignatureLocation::QueryParams;
        let request = case.signed("GET", "/a/b?page=1", &[], "");
        assert_eq!(case.check(&request), Ok(()), "{service:?}");
        let changed = |part: &str, other: &str| {
            let query = request.query.as_ref().unwrap();
            assert!(query.contains(part), "{part}");
            Request { query: Some(query.replace(part, other)), ..request.clone() }
        };
        for (part, other) in
            [("page=1", "page=2"), ("page=1", "page=1&page=1"), ("X-Amz-Expires=60", "X-Amz-Expires=61")]
        {
            assert_mismatch(case.check(&changed(part, other)));
        }
        assert_mismatch(case.check(&Request { method: "PUT".into(), ..request.clone() }));
        assert_mismatch(case.check(&Request { path: "/a/c".into(), ..request.clone() }));
        let body = Request { body: b"body".to_vec(), ..request.clone() };
        match service {
            Service::S3 => assert_eq!(case.check(&body), Ok(())),
            _ => assert_mismatch(case.check(&body)),
        }
    }
}

#[test]
fn only_iot_wants_the_session_token_behind_the_signature() {
    for service in [Service::ExecuteApi, Service::S3, Service::IotDeviceGateway] {
        let mut case = Case::of(service);
        case.signing.location = SignatureLocation::QueryParams;
        let token = encode(case.signing.credentials.session_token().unwrap());
        let own = case.signing.credentials.clone();
        case.signing.credentials =
            Credentials::new(own.access_key_id(), own.secret_access_key(), None, None, "without its token");
        let before = case.signed("GET", &format!("/mqtt?X-Amz-Security-Token={token}"), &[], "");
        let mut behind = case.signed("GET", "/mqtt", &[], "");
        behind.query = behind.query.map(|query| format!("{query}&X-Amz-Security-Token={token}"));
        let (right, wrong) = if service == Service::IotDeviceGateway { (behind, before) } else { (before, behind) };
        assert_eq!(case.check(&right), Ok(()), "{service:?}");
        assert_mismatch(case.check(&wrong));
    }
}

#[test]
fn s3_takes_a_path_as_it_was_sent() {
    let case = Case::of(Service::S3);
    for path in
        ["/b/a//c", "/b/a/../c", "/b/..", "/b/./a", "/b/a%20b", "/b/a%2Bb", "/b/%E6%9C%AC", "/b/%21%28%29", "/b//"]
    {
        let request = case.signed("PUT", path, &[], "body");
        assert_eq!(case.check(&request), Ok(()), "{path}");
    }
    // It is decoded and encoded in S3's own way, whichever way it came.
    for (signed, sent) in [
        ("/b/%21", "/b/!"),
        ("/b/a~", "/b/a%7E"),
        ("/b/%E6%9C%AC", "/b/%e6%9c%ac"),
        ("/b/a/c", "/b/a%2Fc"),
        ("/b/a%20c", "/b/a+c"),
    ] {
        let request = case.signed("PUT", signed, &[], "body");
        assert_eq!(case.check(&Request { path: sent.into(), ..request }), Ok(()), "{sent}");
        assert_mismatch(case.check(&case.signed("PUT", sent, &[], "body")));
    }
    let request = case.signed("GET", "/b/a?x=%20", &[], "");
    assert_eq!(case.check(&Request { query: Some("x=+".into()), ..request }), Ok(()));
    let request = case.signed("PUT", "/b/a/../c", &[], "body");
    assert_mismatch(case.check(&Request { path: "/b/c".into(), ..request }));
    let request = case.signed("PUT", "/b/a//c", &[], "body");
    assert_mismatch(case.check(&Request { path: "/b/a/c".into(), ..request }));
    // What another service would call the same path.
    let other = Case::new();
    let request = other.signed("PUT", "/b/a/../c", &[], "body");
    assert_eq!(other.check(&Request { path: "/b/c".into(), ..request }), Ok(()));
}

#[test]
fn s3_holds_the_body_against_its_header() {
    let case = Case::of(Service::S3);
    let request = case.signed("PUT", "/b/a", &[], "body");
    let changed = Request { body: b"Body".to_vec(), ..request.clone() };
    assert!(matches!(case.check(&changed), Err(SignatureError::Payload { .. })));
    let mut without = request.clone();
    without.headers.remove("x-amz-content-sha256");
    assert_eq!(case.check(&without), Err(SignatureError::PayloadHash(None)));
    let mut other = request;
    other.headers.set("x-amz-content-sha256", "abc");
    assert_eq!(case.check(&other), Err(SignatureError::PayloadHash(Some("abc".into()))));
    let unsigned = case.signed("PUT", "/b/a", &[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")], "");
    assert!(unsigned.headers.get_all("x-amz-content-sha256").any(|value| value == "UNSIGNED-PAYLOAD"));
}

#[test]
fn other_services_hold_the_body_against_the_header_too() {
    for claimed in ["UNSIGNED-PAYLOAD", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"] {
        for service in [Service::ExecuteApi, Service::Lambda] {
            let case = Case::of(service);
            let request = case.signed("POST", "/a", &[("x-amz-content-sha256", claimed)], "body");
            assert!(case.check(&request).is_err(), "{claimed}");
        }
    }
    let body = "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
    let case = Case::of(Service::Lambda);
    assert_eq!(case.check(&case.signed("POST", "/a", &[("x-amz-content-sha256", body)], "body")), Ok(()));
}

#[test]
fn s3_takes_fifteen_minutes() {
    for (minutes, refused) in [(-14, false), (14, false), (-16, true), (16, true)] {
        let mut case = Case::of(Service::S3);
        case.signing.time = case.now + Duration::minutes(minutes);
        let request = case.signed("GET", "/b/a", &[], "");
        assert_eq!(case.check(&request).is_err(), refused, "{minutes}");
    }
}

/// Everything but RFC 3986's unreserved characters.
fn encode_as_s3(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Signs with the aws-sigv4 crate at either place and has it checked.
fn signed_and_checked(
    service: Service,
    location: SignatureLocation,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<(), SignatureError> {
    let mut case = Case::of(service);
    case.signing.location = location;
    let request = case.signed("POST", target, headers, body);
    case.check(&request)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_aws_sigv4_signs_is_accepted(
        segments in prop::collection::vec("[a-zA-Z0-9._~-]{1,8}|(%[2-7][0-9A-F]){1,3}|\\.|\\.\\.|", 0..5),
        pairs in prop::collection::vec(("[a-z0-9_.~-]{1,6}", "([a-zA-Z0-9_.~-]|%E6%9C%AC|%20|%2F|%3D|%2B){0,6}"), 0..4),
        value in "[a-zA-Z0-9 ;,=/-]{0,20}",
        body in ".{0,40}",
        service in prop::sample::select(vec![Service::ExecuteApi, Service::Lambda, Service::AppSync]),
        in_query in any::<bool>(),
    ) {
        let path = format!("/{}", segments.join("/"));
        let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let target = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        let location = if in_query { SignatureLocation::QueryParams } else { SignatureLocation::Headers };
        let headers = [("x-amz-meta", value.trim())];
        prop_assert_eq!(signed_and_checked(service, location, &target, &headers, &body), Ok(()));
    }

    #[test]
    fn what_aws_sigv4_signs_for_s3_is_accepted(
        key in "([a-z]|[/.]{1,3}|.){0,12}",
        pairs in prop::collection::vec(("[a-z0-9-]{1,6}", ".{0,6}"), 0..4),
        body in ".{0,40}",
        in_query in any::<bool>(),
    ) {
        let key: Vec<String> = key.split('/').map(encode_as_s3).collect();
        let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode_as_s3(value))).collect();
        let target = format!("/b/{}?{}", key.join("/"), query.join("&"));
        let location = if in_query { SignatureLocation::QueryParams } else { SignatureLocation::Headers };
        prop_assert_eq!(signed_and_checked(Service::S3, location, &target, &[], &body), Ok(()));
    }
}
