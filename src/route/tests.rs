use super::*;
use crate::config::{
    Auth, ContentSha256, CredentialsMode, Identity, PayloadSigning, Probes, RoleChoice, Route, SignAs, Signing,
    TokenUse,
};
use proptest::prelude::*;

const NOW: i64 = 1_440_938_160;

fn route(auth: Auth) -> Route {
    Route {
        pattern: "https://api.example.com/*".into(),
        auth,
        credentials: None,
        headers: Vec::new(),
        content_sha256: ContentSha256::Omit,
        kind: None,
        probes: Probes::On,
    }
}

fn iam(sign_as: Option<SignAs>) -> Auth {
    Auth::Iam(Signing {
        service: "execute-api".into(),
        region: "us-east-1".into(),
        sign_as,
        identity: Identity::User,
        role: RoleChoice::Pool,
        payload: PayloadSigning::Signed,
    })
}

fn sign_as(path_prefix: &str, strip_prefix: &str) -> SignAs {
    SignAs {
        origin: "https://abc.execute-api.us-east-1.amazonaws.com".into(),
        host: "abc.execute-api.us-east-1.amazonaws.com".into(),
        path_prefix: path_prefix.into(),
        strip_prefix: strip_prefix.into(),
    }
}

fn call<'a>(path: &'a str, headers: &'a [(String, String)]) -> Call<'a> {
    Call {
        url: Url { host: "api.example.com", path },
        page: Page::CrossOrigin,
        headers,
        credentials: None,
        redirect: RedirectMode::Follow,
    }
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn signed(route: &Route, path: &str) -> (String, String) {
    match plan(route, &call(path, &[])).authorization {
        Authorization::SigV4(SignedAs { host, path, .. }) => (host.to_owned(), path.into_owned()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_auth_gets_its_own() {
    assert_eq!(plan(&route(Auth::None), &call("/", &[])).authorization, Authorization::None);
    for token in [TokenUse::Id, TokenUse::Access] {
        assert_eq!(plan(&route(Auth::Bearer(token)), &call("/", &[])).authorization, Authorization::Bearer(token));
    }
    let route = route(iam(None));
    let (identity, role, payload) = (Identity::User, &RoleChoice::Pool, PayloadSigning::Signed);
    let expected = SignedAs {
        host: "api.example.com",
        path: "/a".into(),
        region: "us-east-1",
        service: "execute-api",
        identity,
        role,
        payload,
    };
    assert_eq!(plan(&route, &call("/a", &[])).authorization, Authorization::SigV4(expected));
}

#[test]
fn the_callers_authorization_stays_on_a_bearer_route_and_not_on_an_iam_route() {
    let headers = [header("AUTHORIZATION", "Basic x")];
    assert_eq!(plan(&route(Auth::Bearer(TokenUse::Id)), &call("/", &headers)).authorization, Authorization::None);
    let signed = route(iam(None));
    assert!(matches!(plan(&signed, &call("/", &headers)).authorization, Authorization::SigV4(_)));
}

#[test]
fn the_callers_headers_come_before_the_routes() {
    let mut route = route(Auth::None);
    route.headers = vec![header("X-Api-Key", "route"), header("x-stage", "beta")];
    let headers = [header("x-api-key", "caller")];
    assert_eq!(plan(&route, &call("/", &headers)).headers, [("x-stage", "beta")]);
}

#[test]
fn a_routes_own_authorization_is_for_routes_without_auth() {
    for (auth, expected) in [(Auth::None, 1), (Auth::Bearer(TokenUse::Id), 0), (iam(None), 0)] {
        let mut route = route(auth);
        route.headers = vec![header("Authorization", "Basic x")];
        assert_eq!(plan(&route, &call("/", &[])).headers.len(), expected, "{route:?}");
    }
}

#[test]
fn credentials_mode_in_its_order() {
    use CredentialsMode::{Include, Omit, SameOrigin};
    for (said, routes, page, expected) in [
        (Some(Include), Some(Omit), Page::CrossOrigin, Include),
        (Some(SameOrigin), Some(Include), Page::CrossOrigin, SameOrigin),
        (None, Some(Include), Page::CrossOrigin, Include),
        (None, Some(Omit), Page::SameOrigin, Omit),
        (None, None, Page::CrossOrigin, Omit),
        (None, None, Page::SameOrigin, SameOrigin),
    ] {
        let mut route = route(Auth::None);
        route.credentials = routes;
        let call = Call { credentials: said, page, ..call("/", &[]) };
        assert_eq!(plan(&route, &call).credentials, expected, "{said:?} {routes:?} {page:?}");
    }
}

#[test]
fn the_default_of_a_request_is_not_explicit() {
    use CredentialsMode::{Include, Omit, SameOrigin};
    for (init, request, expected) in [
        (None, None, None),
        (None, Some(SameOrigin), None),
        (None, Some(Include), Some(Include)),
        (None, Some(Omit), Some(Omit)),
        (Some(SameOrigin), None, Some(SameOrigin)),
        (Some(SameOrigin), Some(Include), Some(SameOrigin)),
    ] {
        assert_eq!(explicit_credentials(init, request), expected, "{init:?} {request:?}");
    }
}

#[test]
fn sign_as_is_what_stands_behind_the_distribution() {
    for (prefix, strip, sent, seen) in [
        ("", "", "/items/1", "/items/1"),
        ("", "", "/", "/"),
        ("/prod", "", "/items", "/prod/items"),
        ("/prod", "", "/", "/prod/"),
        ("", "/api", "/api/items", "/items"),
        ("", "/api", "/api", "/"),
        ("", "/api", "/api/", "/"),
        ("", "/api", "/apis/items", "/apis/items"),
        ("", "/api", "/items", "/items"),
        ("/prod", "/api", "/api/items", "/prod/items"),
        ("/api", "/api", "/api/api", "/api/api"),
    ] {
        let route = route(iam(Some(sign_as(prefix, strip))));
        let expected = ("abc.execute-api.us-east-1.amazonaws.com".to_owned(), seen.to_owned());
        assert_eq!(signed(&route, sent), expected, "{prefix} {strip} {sent}");
    }
}

#[test]
fn what_fetch_does_not_strip_is_not_redirected() {
    let key = vec![header("x-api-key", "k")];
    let bearer = Auth::Bearer(TokenUse::Id);
    for (auth, headers, caller, expected) in [
        (Auth::None, vec![], RedirectMode::Follow, RedirectMode::Follow),
        (bearer.clone(), vec![], RedirectMode::Follow, RedirectMode::Follow),
        (Auth::None, vec![header("Authorization", "x")], RedirectMode::Follow, RedirectMode::Follow),
        (Auth::None, key.clone(), RedirectMode::Follow, RedirectMode::Manual),
        (bearer, key.clone(), RedirectMode::Follow, RedirectMode::Manual),
        (iam(None), vec![], RedirectMode::Follow, RedirectMode::Manual),
        (iam(None), vec![], RedirectMode::Error, RedirectMode::Error),
        (Auth::None, key, RedirectMode::Error, RedirectMode::Error),
        (iam(None), vec![], RedirectMode::Manual, RedirectMode::Manual),
    ] {
        let mut route = route(auth);
        route.headers = headers;
        let call = Call { redirect: caller, ..call("/", &[]) };
        assert_eq!(plan(&route, &call).redirect, expected, "{route:?} {caller:?}");
    }
}

fn sent<'a>(plan: &'a Plan<'a>) -> Sent<'a> {
    Sent {
        plan,
        redirect: RedirectMode::Follow,
        body: Body::Replayable,
        attempt: Attempt::First,
        offset: 0,
        token_expires_at: Some(NOW + 600),
    }
}

fn answer(status: u16, text: &str) -> Answer<'_> {
    Answer { status, kind: Kind::Readable, date: None, age: None, www_authenticate: None, text, local_now: NOW }
}

fn bearer_plan(test: impl Fn(&Plan<'_>)) {
    test(&plan(&route(Auth::Bearer(TokenUse::Id)), &call("/", &[])));
}

fn iam_plan(test: impl Fn(&Plan<'_>)) {
    test(&plan(&route(iam(None)), &call("/", &[])));
}

#[test]
fn an_expired_token_is_replaced_once() {
    const UNAUTHORIZED: &str = r#"{"message":"Unauthorized"}"#;
    let rest = answer(401, r#"{"message":"The incoming token has expired"}"#);
    let http = Answer {
        www_authenticate: Some(r#"Bearer scope="" error="invalid_token" error_description="the token has expired""#),
        ..answer(401, UNAUTHORIZED)
    };
    bearer_plan(|plan| {
        let sent = sent(plan);
        for answer in [rest, http] {
            assert_eq!(after(&sent, &answer), Next::RetryWithFreshToken);
            assert_eq!(after(&Sent { attempt: Attempt::Second, ..sent }, &answer), Next::Done);
            assert_eq!(after(&Sent { body: Body::Consumed, ..sent }, &answer), Next::Done);
            assert_eq!(after(&sent, &Answer { status: 403, ..answer }), Next::Done);
        }
    });
    iam_plan(|plan| assert_eq!(after(&sent(plan), &rest), Next::Done));
}

#[test]
fn without_a_reason_the_tokens_own_expiry_decides() {
    let refused = answer(401, r#"{"message":"Unauthorized"}"#);
    bearer_plan(|plan| {
        let fresh = sent(plan);
        let expired = Sent { token_expires_at: Some(NOW), ..fresh };
        assert_eq!(after(&fresh, &refused), Next::Done);
        assert_eq!(after(&expired, &refused), Next::RetryWithFreshToken);
        assert_eq!(after(&Sent { token_expires_at: None, ..fresh }, &refused), Next::Done);
        // This clock is behind; the server's is what counts.
        let behind = Answer { date: Some("Sun, 30 Aug 2015 12:46:00 GMT"), ..refused };
        assert_eq!(after(&fresh, &behind), Next::RetryWithFreshToken);
        assert_eq!(after(&Sent { offset: 600, ..fresh }, &refused), Next::RetryWithFreshToken);
        let cached = Answer { age: Some("7"), ..behind };
        assert_eq!(after(&fresh, &cached), Next::Done);
        assert_eq!(after(&fresh, &Answer { age: Some("?"), ..behind }), Next::Done);
        assert_eq!(after(&fresh, &Answer { age: Some("0"), ..behind }), Next::RetryWithFreshToken);
        // The app's own 401 is no reason to send a call twice.
        assert_eq!(after(&fresh, &answer(401, r#"{"message":"Your subscription expired"}"#)), Next::Done);
        // A reason that is another one.
        let audience = r#"Bearer error="invalid_token" error_description="the token does not have a valid audience""#;
        assert_eq!(after(&expired, &Answer { www_authenticate: Some(audience), ..refused }), Next::Done);
    });
}

#[test]
fn a_date_that_is_refused_is_corrected_once() {
    let late = "Signature expired: 20150830T120000Z is now earlier than 20150830T123100Z (20150830T123600Z - 5 min.)";
    let early =
        "Signature not yet current: 20150830T130000Z is still later than 20150830T124100Z (20150830T123600Z + 5 min.)";
    let short = "Signature expired: 20150830T120000Z is now earlier than 20150830T123100Z";
    iam_plan(|plan| {
        let sent = sent(plan);
        for (text, local_now, offset) in
            [(late, NOW - 2160, 2160), (early, NOW + 1440, -1440), (short, NOW - 2160, 2160)]
        {
            let answer = Answer { local_now, ..answer(403, text) };
            assert_eq!(after(&sent, &answer), Next::RetryWithSkew(offset), "{text}");
            assert_eq!(after(&Sent { attempt: Attempt::Second, ..sent }, &answer), Next::Done);
            assert_eq!(after(&Sent { body: Body::Consumed, ..sent }, &answer), Next::Done);
            assert_eq!(after(&Sent { offset, ..sent }, &answer), Next::Done, "the same date again");
            assert_eq!(after(&sent, &Answer { status: 200, ..answer }), Next::Done);
        }
    });
    bearer_plan(|plan| assert_eq!(after(&sent(plan), &Answer { local_now: 0, ..answer(403, late) }), Next::Done));
}

#[test]
fn s3_tells_its_time_in_xml() {
    let refusal = |time| {
        format!(
            "<?xml version=\"1.0\"?>\n<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message><RequestTime>20150830T073600Z</RequestTime><ServerTime>{time}</ServerTime></Error>"
        )
    };
    iam_plan(|plan| {
        for (time, next) in [
            ("2015-08-30T12:36:00Z", Next::RetryWithSkew(18_000)),
            ("2015-08-30T12:36:00.123Z", Next::RetryWithSkew(18_000)),
            ("2015-08-30T12:36:00", Next::Done),
            ("20150830T123600Z", Next::Done),
            ("", Next::Done),
        ] {
            let text = refusal(time);
            let reply = Answer { local_now: NOW - 18_000, ..answer(403, &text) };
            assert_eq!(after(&sent(plan), &reply), next, "{time}");
        }
    });
}

#[test]
fn credentials_that_are_good_no_longer_are_replaced_once() {
    let refusals = [
        (403, r#"{"message":"The security token included in the request is expired"}"#),
        (403, r#"{"message":"The security token included in the request is invalid."}"#),
        (400, r#"{"errors":[{"errorType":"ExpiredTokenException","message":"x"}]}"#),
        (400, "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"),
        (400, "<Error><Code>InvalidToken</Code></Error>"),
        (403, "<Error><Code>InvalidAccessKeyId</Code></Error>"),
    ];
    iam_plan(|plan| {
        let sent = sent(plan);
        for (status, text) in refusals {
            let reply = answer(status, text);
            assert_eq!(after(&sent, &reply), Next::RetryWithFreshCredentials, "{text}");
            assert_eq!(after(&Sent { attempt: Attempt::Second, ..sent }, &reply), Next::Done, "{text}");
            assert_eq!(after(&Sent { body: Body::Consumed, ..sent }, &reply), Next::Done, "{text}");
            assert_eq!(after(&sent, &Answer { status: 200, ..reply }), Next::Done, "{text}");
        }
        let own = answer(400, r#"{"error":"ExpiredToken","message":"Your invitation's token is expired"}"#);
        assert_eq!(after(&sent, &own), Next::Done);
    });
    bearer_plan(|plan| assert_eq!(after(&sent(plan), &answer(403, refusals[0].1)), Next::Done));
}

#[test]
fn where_the_refusal_gives_no_reason_the_date_header_does() {
    let forbidden = Answer { date: Some("Sun, 30 Aug 2015 12:36:00 GMT"), ..answer(403, r#"{"message":"Forbidden"}"#) };
    iam_plan(|plan| {
        let sent = sent(plan);
        let five_hours_off = Answer { local_now: NOW - 18_000, ..forbidden };
        assert_eq!(after(&sent, &five_hours_off), Next::RetryWithSkew(18_000));
        assert_eq!(after(&sent, &Answer { age: Some("60"), ..five_hours_off }), Next::Done);
        assert_eq!(after(&sent, &Answer { date: None, ..five_hours_off }), Next::Done);
        // Refused for something else: the clocks agree.
        assert_eq!(after(&sent, &Answer { local_now: NOW - 120, ..forbidden }), Next::Done);
    });
}

#[test]
fn a_redirect_that_the_caller_did_not_ask_to_see_is_refused() {
    let redirect = Answer { kind: Kind::OpaqueRedirect, ..answer(0, "") };
    iam_plan(|plan| {
        assert_eq!(after(&sent(plan), &redirect), Next::RefuseRedirect);
        assert_eq!(after(&Sent { redirect: RedirectMode::Manual, ..sent(plan) }, &redirect), Next::Done);
    });
}

#[test]
fn bodies_are_read_only_where_they_decide() {
    bearer_plan(|plan| {
        assert_eq!(
            [200, 400, 401, 403, 500].map(|status| reads(plan, status) == Reads::Text),
            [false, false, true, false, false]
        );
    });
    iam_plan(|plan| {
        assert_eq!(
            [200, 400, 401, 403, 500].map(|status| reads(plan, status) == Reads::Text),
            [false, true, false, true, false]
        );
    });
}

#[test]
fn http_dates() {
    assert_eq!(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
    assert_eq!(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
    assert_eq!(parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT"), Some(951_782_400));
    for text in [
        "",
        "soon",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 6x Nov 1994 08:49:37 GMT",
    ] {
        assert_eq!(parse_http_date(text), None, "{text}");
    }
}

proptest! {
    /// Nobody who writes a body can make us panic, or try more than once.
    #[test]
    fn any_answer_is_survived(status: u16, text: String, date: Option<String>, age: Option<String>, local_now in -4e12 as i64..4e12 as i64) {
        let reply = Answer { date: date.as_deref(), age: age.as_deref(), local_now, ..answer(status, &text) };
        iam_plan(|plan| {
            after(&sent(plan), &reply);
            assert_eq!(after(&Sent { attempt: Attempt::Second, ..sent(plan) }, &reply), Next::Done);
        });
    }

    /// Wherever this clock is, the offset from the refusal puts the next signature at the server's time.
    #[test]
    fn the_offset_leads_to_the_servers_time(local_now in 0_i64..4_000_000_000) {
        prop_assume!((NOW - local_now).abs() >= 300);
        let text = "Signature expired: 20150830T000000Z is now earlier than 20150830T123100Z (20150830T123600Z - 5 min.)";
        iam_plan(|plan| {
            let reply = Answer { local_now, ..answer(403, text) };
            assert_eq!(after(&sent(plan), &reply), Next::RetryWithSkew(NOW - local_now));
        });
    }
}
