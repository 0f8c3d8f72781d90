use super::tests::{HASH, TOKEN, canonical, explained, first, headers, signed};
use crate::diagnosis::failure::{Answer, Locale};
use crate::diagnosis::redact::redacted;

/// What S3 says to a signature that it does not compute: each text, and its bytes.
pub(super) fn s3_mismatch(canonical: &str) -> String {
    let bytes = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let to_sign = format!("AWS4-HMAC-SHA256\n20260101T120000Z\n20260101/eu-west-1/s3/aws4_request\n{HASH}");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we \
         calculated does not match the signature you provided.</Message><AWSAccessKeyId>ASIAEXAMPLE</AWSAccessKeyId>\
         <StringToSign>{to_sign}</StringToSign><SignatureProvided>deadbeef</SignatureProvided><StringToSignBytes>{}\
         </StringToSignBytes><CanonicalRequest>{}</CanonicalRequest><CanonicalRequestBytes>{}</CanonicalRequestBytes>\
         <RequestId>R1</RequestId></Error>",
        bytes(&to_sign),
        canonical.replace('&', "&amp;"),
        bytes(canonical)
    )
}

#[test]
fn the_canonical_request_of_s3_is_read_from_its_xml() {
    let of = |path: &str| canonical("GET", path, "a=1&b=2", "host:s3.eu-west-1.amazonaws.com", "UNSIGNED-PAYLOAD");
    let (ours, theirs) = (of("/bucket/c%2B%2B.txt"), of("/bucket/c%20%20.txt"));
    let url = "https://s3.eu-west-1.amazonaws.com/bucket/c++.txt";
    let mut answer = Answer { canonical_request: Some(ours.clone()), ..signed(url) };
    let diagnosis = explained(&answer, 403, &s3_mismatch(&theirs));
    let found = &diagnosis.findings[0];
    assert_eq!((found.code, found.failed_parameter.as_deref()), ("signature-object-key", Some("path")));
    assert!(found.detail.contains("%2B"), "{}", found.detail);
    // nothing of an API Gateway or a distribution: S3 was called itself
    let told = serde_json::to_string(found).unwrap();
    assert!(told.contains("encodeURIComponent") && !told.contains("signAs") && !told.contains("API Gateway"), "{told}");
    assert_eq!(first(&answer, 403, &s3_mismatch(&ours)), "signature-key");
    let evidence = &diagnosis.evidence[0].text;
    assert!(!evidence.contains("ASIAEXAMPLE") && !evidence.contains("deadbeef"), "{evidence}");

    // behind a distribution it is the origin path
    answer.route.sign_as = Some("https://s3.eu-west-1.amazonaws.com".to_owned());
    let found = explained(&answer, 403, &s3_mismatch(&of("/bucket/photos/c%2B%2B.txt"))).findings.remove(0);
    assert_eq!(found.code, "signature-path");
}

#[test]
fn what_to_sign_as_is_said_of_any_service() {
    let of = |host: &str| canonical("GET", "/cat.jpg", "", &format!("host:{host}"), "UNSIGNED-PAYLOAD");
    let answer =
        Answer { canonical_request: Some(of("d111.cloudfront.net")), ..signed("https://d111.cloudfront.net/cat.jpg") };
    for locale in [Locale::En, Locale::Ja] {
        let answer = Answer { locale, ..answer.clone() };
        let body = s3_mismatch(&of("photos.s3.eu-west-1.amazonaws.com"));
        let found = explained(&answer, 403, &body).findings.remove(0);
        assert_eq!(found.code, "cloudfront-signature-host");
        let told = serde_json::to_string(&found).unwrap();
        assert!(told.contains("signAs: 'https://photos.s3.eu-west-1.amazonaws.com'"), "{told}");
        assert!(!told.contains("API Gateway") && !told.contains("Gateway responses"), "{told}");
    }
}

#[test]
fn the_bytes_that_s3_spells_out_are_left_out_whole() {
    let body = s3_mismatch(&canonical("GET", "/bucket/a", "", &headers("s3.eu-west-1.amazonaws.com"), HASH));
    let bytes = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    // wherever the text is cut
    for end in 0..=body.len() {
        let told = redacted(body.get(..end).unwrap_or_default());
        for secret in [TOKEN, &TOKEN.replace('/', "%2F"), &bytes("IQoJ"), "deadbeef", "ASIAEXAMPLE"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
    assert!(
        redacted(&body)
            .ends_with("<CanonicalRequestBytes>[redacted]</CanonicalRequestBytes><RequestId>R1</RequestId></Error>")
    );
}
