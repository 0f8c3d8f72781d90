//! Refused signatures and rights: what the services say of them, and what of that can be put into a fix.

use super::Verdict;
use super::answer::Answered;
use super::canonical::{Place, compare, header, seen_in};
use super::code::Code;
use super::facts::{Facts, is_plain};
use super::failure::{Auth, RouteKind};
use super::fix::FixId;
use super::words::{joined, line_after, next_line, says};
use crate::cors::normalize_method;
use crate::text::{around, before, next, number};

/// What the services say, and what it is about; the first that is said counts.
const WORDS: &[(&str, Code)] = &[
    ("The request signature we calculated does not match", Code::SignatureMismatch),
    ("headers present in the request which were not signed", Code::SignatureMismatch),
    ("ContentSHA256Mismatch", Code::SignatureMismatch),
    ("Credential should be scoped", Code::SignatureScope),
    ("' is wrong; expecting '", Code::SignatureScope),
    ("ncorrect service \"", Code::SignatureScope),
    ("Date in Credential scope", Code::SignatureScope),
    ("Invalid key=value pair", Code::IncompleteSignature),
    ("Authorization header requires", Code::IncompleteSignature),
    ("Request has expired", Code::PresignedUrlExpired),
    ("Signature expired", Code::SignatureExpired),
    ("Signature not yet current", Code::SignatureExpired),
    ("RequestTimeTooSkewed", Code::SignatureExpired),
    ("security token included in the request is expired", Code::SecurityTokenRejected),
    ("ExpiredToken", Code::SecurityTokenRejected),
    ("security token included in the request is invalid", Code::AccessKeyUnknown),
    ("InvalidAccessKeyId", Code::AccessKeyUnknown),
    ("<Code>InvalidToken", Code::AccessKeyUnknown),
    ("User: anonymous is not", Code::ResourcePolicyDenied),
    ("is not authorized to perform: ", Code::IamNotAuthorized),
    ("<Code>AccessDenied", Code::IamNotAuthorized),
    ("\"UnauthorizedException\"", Code::AppsyncUnauthorized),
    ("Missing Authentication Token", Code::MissingAuthenticationToken),
];

/// Who denies, and what that means: an Allow helps only where none is missing elsewhere, and nothing denies.
const DENIALS: &[(&str, Code)] = &[
    ("resource-based policy", Code::ResourcePolicyDenied),
    ("session policy", Code::PolicyDenied),
    ("permissions boundary", Code::PolicyDenied),
    ("service control policy", Code::PolicyDenied),
    ("VPC endpoint policy", Code::PolicyDenied),
    ("explicit deny", Code::PolicyDenied),
    ("perform: lambda:Invoke", Code::FunctionUrlForbidden),
];

fn said(words: &[(&'static str, Code)], body: &str) -> Option<(&'static str, Code)> {
    words.iter().find(|(words, _)| says(body, words)).copied()
}

/// Codes, most likely first, where an answer is about a signature or a right.
pub(super) fn refusal(facts: &Facts, answered: &Answered) -> Option<(Verdict, Vec<Code>)> {
    let (_, code) = said(WORDS, &answered.body)?;
    // a distribution changes the host, and drops the header
    let cloudfront =
        facts.auth == Auth::Iam && (facts.kind() == RouteKind::Cloudfront || answered.headers.contains("x-cache"));
    let (code, other) = match code {
        Code::SignatureMismatch => match facts.difference.as_ref().map(|difference| difference.place) {
            Some(Place::Host) => (Code::CloudfrontSignatureHost, None),
            // called itself, S3 sees the path that was sent
            Some(Place::Path) if is_s3(&answered.body) && !facts.signed_as_another_host => {
                (Code::SignatureObjectKey, None)
            }
            Some(Place::Path) => (Code::SignaturePath, None),
            Some(Place::Nowhere) => (Code::SignatureKey, None),
            None if cloudfront && !facts.signed_as_another_host => (Code::CloudfrontSignatureHost, Some(code)),
            _ => (code, None),
        },
        Code::IncompleteSignature if facts.auth != Auth::Iam => (Code::BearerAtWrongPath, None),
        Code::SignatureExpired if facts.is_presigned() => (Code::PresignedUrlExpired, None),
        Code::IamNotAuthorized => (said(DENIALS, &answered.body).map_or(code, |(_, code)| code), None),
        Code::MissingAuthenticationToken if cloudfront => (code, Some(Code::CloudfrontAuthorizationDropped)),
        code => (code, None),
    };
    let verdict = if other.is_some() { Verdict::Likely } else { Verdict::Certain };
    Some((verdict, [Some(code), other].into_iter().flatten().collect()))
}

/// S3 alone answers in XML.
fn is_s3(body: &str) -> bool {
    says(body, "<Error>")
}

/// Whether the call's own time is not that of the answer; unknown where the page may not read it. `20260101T120000Z` beside
/// `Thu, 01 Jan 2026 12:00:00 GMT`.
pub(super) fn is_skewed(facts: &Facts, answered: &Answered) -> Option<bool> {
    let two = |text: &str, at: usize| number(text.get(at..at + 2)?);
    let (server, signed) = (answered.headers.get("date")?, facts.request.headers.get("x-amz-date")?);
    let month = two(&signed, 4)? as usize * 3;
    let is_same_day = server.get(8..11) == "...JanFebMarAprMayJunJulAugSepOctNovDec".get(month..month + 3)
        && two(&server, 5) == two(&signed, 6)
        && server.get(12..16) == signed.get(..4);
    let server = two(&server, 17)? * 60 + two(&server, 20)?;
    let signed = two(&signed, 9)? * 60 + two(&signed, 11)?;
    let apart = server.abs_diff(signed);
    // a day has 1440; around midnight it is another
    Some(if is_same_day { apart > 5 } else { apart < 1435 })
}

/// Before which words an answer tells what.
const TOLD: &[(&str, &str)] = &[
    ("ROLE", ":assumed-role/"),
    ("REGION", "expecting '"),
    ("SERVICE", "correct service: '"),
    ("SERVICE", "belongs to \""),
];

/// Takes from an answer what texts and fixes can be filled in with, if it has the form that it must have: whoever answers could write
/// any text there. `signed` is the canonical request of the call.
pub(super) fn learn(facts: &mut Facts, answered: &Answered, signed: Option<&str>) {
    let body = answered.body.as_str();
    let mut told: Vec<(&'static str, String)> = Vec::new();
    for (name, words) in TOLD {
        let word = around(body, words).map_or("", |(_, rest)| before(rest, |b| !is_of_word(b)));
        if !word.is_empty() {
            told.push((name, word.to_owned()));
        }
    }
    if let Some((policy, _)) = said(DENIALS, body) {
        // an explicit deny is the role's own where no other policy is named
        told.push(("POLICY", if policy == "explicit deny" { "IAM policy" } else { policy }.to_owned()));
    }
    let mut may = |action: &str, resource| {
        told.push(("ACTION", action.to_owned()));
        told.push(("ARN", resource));
    };
    if is_s3(body) {
        // it has no gateway responses
        facts.useless.push(FixId::GatewayResponses);
        let action = match normalize_method(&facts.request.method).as_str() {
            "GET" | "HEAD" => "s3:GetObject",
            "DELETE" => "s3:DeleteObject",
            _ => "s3:PutObject",
        };
        may(action, object(facts));
    } else if says(body, "\"UnauthorizedException\"") || says(body, "appsync:GraphQL") {
        may("appsync:GraphQL", joined(&["arn:aws:appsync:", facts.region(), ":ACCOUNT_ID:apis/API_ID/*"]));
    } else if let Some(resource) = denied_resource(facts, body) {
        may("execute-api:Invoke", resource);
    }
    facts.difference = signed.zip(seen_in(body)).map(|(signed, seen)| {
        let difference = compare(signed, &seen);
        match difference.place {
            Place::Host | Place::Path => told.extend(sign_as(facts, &seen).map(|sign_as| ("SIGN_AS", sign_as))),
            // where no line can be named, it can be the host that it was signed for
            Place::Elsewhere if !difference.line.is_empty() => facts.useless.push(FixId::SignAs),
            Place::Elsewhere | Place::Nowhere => {}
        }
        difference
    });
    facts.told = told;
}

const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn are_words(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_of_word)
}

/// The bucket stands before the host, or first in the path. What is encoded there is not in a policy.
fn object(facts: &Facts) -> String {
    let bucket = around(facts.host(), ".s3.").map_or("", |(bucket, _)| bucket);
    let path = facts.path().split_at_checked(usize::from(bucket.is_empty())).unwrap_or_default().1;
    let is_known = is_plain(path) && !says(path, "%");
    if is_known { joined(&["arn:aws:s3:::", bucket, path]) } else { "arn:aws:s3:::BUCKET/KEY".to_owned() }
}

/// `… is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`, if it is
/// the call's, as a policy can have it.
fn denied_resource(facts: &Facts, body: &str) -> Option<String> {
    let (caller, rest) = around(body, "on resource: arn:")?;
    let mut rest = Some(before(rest, |b| matches!(b, b' ' | b'"' | b'<')));
    let mut part = || next(&mut rest, |b| b == b':').unwrap_or_default();
    let (partition, service, region, account) = (part(), part(), part(), part());
    let of = rest?;
    let mut rest = Some(of);
    let mut part = || next(&mut rest, |b| b == b'/').unwrap_or_default();
    let (api, stage, method) = (part(), part(), part());
    let path = rest.unwrap_or_default();
    let is_masked = |(at, b): (usize, u8)| b.is_ascii_digit() || b == b'*' && at < 8;
    let is_right = partition.starts_with("aws")
        && service == "execute-api"
        && account.len() == 12
        && account.bytes().enumerate().all(is_masked)
        && [partition, region, api, stage].into_iter().all(are_words)
        && path.bytes().all(|b| is_of_word(b) || matches!(b, b'/' | b'.' | b'~' | b'%'))
        && method == normalize_method(&facts.request.method)
        && facts.may_be_at(api, path);
    // API Gateway shows the last four digits; the caller's account is known, and is this one where they are the same
    let own = around(caller, ":sts::").and_then(|(_, rest)| rest.get(..12)).unwrap_or_default();
    let is_own = own.bytes().all(|b| b.is_ascii_digit()) && own.get(8..) == account.get(8..);
    let account = if is_own {
        own
    } else if says(account, "*") {
        "*"
    } else {
        account
    };
    is_right.then(|| joined(&["arn:", partition, ":execute-api:", region, ":", account, ":", of]))
}

/// What to sign as: the host that the server saw, and what lies between the call's path and the one that it saw.
fn sign_as(facts: &Facts, seen: &str) -> Option<String> {
    let url = facts.url.as_ref()?;
    let host = header(seen, "host");
    // all services but S3 encode the path once more
    let mut encoded = next_line(&mut line_after(seen, 1));
    let mut path = String::new();
    while let Some((before, after)) = around(encoded, "%25") {
        path = joined(&[&path, before, "%"]);
        encoded = after;
    }
    path.push_str(encoded);
    let (mut strip, mut prefix) = ("", "");
    for (at, byte) in url.path().bytes().enumerate() {
        if byte == b'/'
            && let Some((left, rest)) = url.path().split_at_checked(at)
            && let Some(before) = path.strip_suffix(rest)
        {
            (strip, prefix) = (left, before);
            break;
        }
    }
    let origin = joined(&["'", &url.scheme, "://", host, prefix, "'"]);
    let is_right = !host.is_empty() && [host, prefix, strip].into_iter().all(is_plain);
    is_right.then(|| match strip {
        "" => origin,
        strip => joined(&["{ origin: ", &origin, ", stripPrefix: '", strip, "' }"]),
    })
}

#[cfg(test)]
mod s3_tests;
#[cfg(test)]
mod tests;
