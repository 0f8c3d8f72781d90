//! S3: its errors, its CORS configuration and its bodies. Keys and listings are boto3's to prove.

#![cfg(test)]

mod support;

use aws_sigv4::http_request::SignatureLocation;
use reqwest::Response;
use serde_json::json;
use support::header;
use support::signer::Signer;

async fn start() -> Signer {
    let mut signer = Signer::start().await;
    signer.signing = signer.signing.of("s3");
    signer
}

/// The status, and what is in an element of the XML.
async fn refusal(response: Response, element: &str) -> (u16, String) {
    let (status, xml) = (response.status().as_u16(), response.text().await.unwrap());
    let (_, rest) = xml.split_once(&format!("<{element}>")).unwrap_or_else(|| panic!("{xml}"));
    (status, rest.split_once("</").unwrap().0.to_owned())
}

#[tokio::test]
async fn cors_is_what_the_bucket_says() {
    let signer = start().await;
    let (running, page) = (&signer.running, signer.running.control.as_str());
    let url = format!("{}/bucket/a", signer.door("s3"));
    let preflight = async |origin: &str, method: &str, headers: &str| {
        let asked = [
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", headers),
        ];
        running.send("OPTIONS", &url, &asked).await
    };
    let allowed = preflight(page, "PUT", "x-amz-date,Authorization").await;
    assert_eq!(allowed.status(), 200);
    for (name, value) in [
        ("access-control-allow-origin", page),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "GET, PUT, HEAD, DELETE"),
        ("access-control-allow-headers", "x-amz-date, authorization"),
        ("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
    ] {
        assert_eq!(header(&allowed, name), Some(value), "{name}");
    }
    for refused in [preflight("https://other.example", "PUT", "").await, preflight(page, "PATCH", "").await] {
        assert_eq!(header(&refused, "access-control-allow-origin"), None);
        assert_eq!(refusal(refused, "Code").await, (403, "AccessForbidden".into()));
    }

    // An error can be read as well as an object; a page that no rule names can read neither.
    for (origin, expected) in [(page, Some(page)), ("https://other.example", None)] {
        let answer = signer.send_to(&url, "PUT", &url, &[("origin", origin)], "body").await;
        assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, expected));
        let unsigned = running.send("GET", &url, &[("origin", origin)]).await;
        assert_eq!((unsigned.status().as_u16(), header(&unsigned, "access-control-allow-origin")), (403, expected));
    }

    let rule =
        json!([{ "AllowedOrigins": ["https://*.example"], "AllowedMethods": ["GET"], "AllowedHeaders": ["x-amz-*"] }]);
    signer.patch("/doors/s3/corsRules", rule).await;
    assert_eq!(preflight("https://app.example", "GET", "x-amz-date").await.status(), 200);
    assert_eq!(preflight("https://app.example", "GET", "x-amz-date,authorization").await.status(), 403);
    assert_eq!(preflight("http://app.example", "GET", "").await.status(), 403);
    signer.patch("/doors/s3/corsRules", json!([])).await;
    let disabled = refusal(preflight(page, "GET", "").await, "Message").await;
    assert_eq!(disabled, (403, "CORSResponse: CORS is not enabled for this bucket.".into()));
    let options = json!([{ "op": "add", "path": "/doors/s3/corsRules/-",
        "value": { "AllowedOrigins": ["*"], "AllowedMethods": ["OPTIONS"] } }]);
    assert_eq!(signer.running.post("/local-aws/patch", &options).await.0, 400);
}

#[tokio::test]
async fn who_may_not_is_told_so() {
    let mut signer = start().await;
    let url = format!("{}/bucket/a", signer.door("s3"));
    let unsigned = signer.running.send("GET", &url, &[]).await;
    assert_eq!(refusal(unsigned, "Code").await, (403, "AccessDenied".into()));
    let bearer = signer.running.send("GET", &url, &[("authorization", "Bearer abc")]).await;
    assert_eq!(refusal(bearer, "Message").await, (400, "Unsupported Authorization Type".into()));
    // Only who may list the bucket is told that there is nothing.
    assert_eq!(refusal(signer.send("GET", &url, "").await, "Code").await, (404, "NoSuchKey".into()));
    signer.running.patch(json!([{ "op": "remove", "path": "/roles/admin/policies/s3/1" }])).await;
    assert_eq!(refusal(signer.send("GET", &url, "").await, "Code").await, (403, "AccessDenied".into()));
    assert_eq!(
        refusal(signer.send("GET", &url.replace("/bucket/", "/other/"), "").await, "Code").await.1,
        "NoSuchBucket"
    );
    assert_eq!(refusal(signer.send("POST", &url, "").await, "Code").await, (501, "NotImplemented".into()));
    assert_eq!(signer.send("PUT", &url, "body").await.status(), 200);
    assert_eq!(signer.send("GET", &url, "").await.text().await.unwrap(), "body");

    let deny = json!([{ "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/a" }]);
    signer.patch("/roles/admin/policies/deny", deny).await;
    let (status, message) = refusal(signer.send("GET", &url, "").await, "Message").await;
    assert_eq!(status, 403);
    assert!(message.contains("on resource: &quot;arn:aws:s3:::bucket/a&quot; with an explicit deny"), "{message}");

    let general = signer.running.credentials(&signer.running.tokens_of("hanako").await).await;
    signer.signing.credentials = general;
    let (_, message) = refusal(signer.send("PUT", &url, "").await, "Message").await;
    assert!(message.contains("because no identity-based policy allows the s3:PutObject action"), "{message}");
}

#[tokio::test]
async fn a_signature_stands_in_one_place() {
    let mut signer = start().await;
    let url = format!("{}/bucket/a", signer.door("s3"));
    signer.signing.location = SignatureLocation::QueryParams;
    let parameters = signer.signing.sign("GET", &url, &[], b"");
    let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let presigned = format!("{url}?{}", query.join("&"));
    assert_eq!(signer.running.send("GET", &presigned, &[]).await.status(), 404);
    let both = signer.running.send("GET", &presigned, &[("authorization", "Bearer abc")]).await;
    let (status, message) = refusal(both, "Message").await;
    assert_eq!(status, 400);
    assert!(message.starts_with("Only one auth mechanism allowed"), "{message}");
    signer.running.aws.clock().advance(61);
    let expired = signer.running.send("GET", &presigned, &[]).await;
    assert_eq!(refusal(expired, "Message").await, (403, "Request has expired".into()));
}

#[tokio::test]
async fn a_body_in_chunks_is_put_together() {
    let signer = start().await;
    let url = format!("{}/bucket/a", signer.door("s3"));
    let put = async |chunks: &str, length: &str| {
        let headers = [
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("x-amz-decoded-content-length", length),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
            ("content-encoding", "aws-chunked"),
        ];
        signer.send_precomputed(&url, "PUT", &headers, chunks).await
    };
    // The CRC-32 of "123456789" is cbf43926.
    let chunks = "5\r\n12345\r\n4\r\n6789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
    let answer = put(chunks, "9").await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    let got = signer.send("GET", &url, "").await;
    assert_eq!((header(&got, "content-encoding"), header(&got, "content-length")), (None, Some("9")));
    assert_eq!(got.text().await.unwrap(), "123456789");
    assert_eq!(refusal(put(chunks, "8").await, "Code").await, (400, "IncompleteBody".into()));
    assert_eq!(refusal(put(&chunks.replace("y/Q5Jg", "AAAAAA"), "9").await, "Code").await, (400, "BadDigest".into()));
    assert_eq!(refusal(put("5\r\n1234", "5").await, "Code").await, (400, "IncompleteBody".into()));
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
