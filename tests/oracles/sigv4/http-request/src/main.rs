//! Signs each request that standard input holds, a line of JSON each, with the aws-sigv4 crate's `http_request`.

use std::io::{BufRead, BufWriter, Write, stdin, stdout};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    form: Form,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    /// Base64; none where the payload is not signed.
    payload: Option<String>,
    credentials: Keys,
    session_token: Token,
    region: String,
    service: String,
    /// Since 1970.
    seconds: u64,
    expires_in: u64,
    normalize_path: bool,
    double_encode: bool,
    content_sha256: ContentSha256,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    Header,
    Query,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Token {
    Signed,
    Appended,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ContentSha256 {
    Send,
    Omit,
}

fn main() -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    for line in stdin().lock().lines() {
        let answer = match signature(&line?) {
            Ok(signature) => json!({ "signature": signature }),
            Err(error) => json!({ "error": format!("{error:#}") }),
        };
        answer_with(&mut out, &answer)?;
    }
    Ok(())
}

fn answer_with(out: &mut impl Write, answer: &Value) -> Result<()> {
    writeln!(out, "{answer}")?;
    // Whoever shrinks a failing request waits for each answer.
    Ok(out.flush()?)
}

fn signature(line: &str) -> Result<String> {
    let case: Case = serde_json::from_str(line).context("no request")?;
    let identity = Credentials::from_keys(
        &case.credentials.access_key_id,
        &case.credentials.secret_access_key,
        case.credentials.session_token.clone(),
    )
    .into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(&case.region)
        .name(&case.service)
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(case.seconds))
        .settings(case.settings())
        .build()?
        .into();
    let payload = case.payload.as_deref().map(|base64| STANDARD.decode(base64)).transpose()?;
    let headers = case.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = payload.as_deref().map_or(SignableBody::UnsignedPayload, SignableBody::Bytes);
    let request = SignableRequest::new(&case.method, case.url.as_str(), headers, body)?;
    let (_, signature) = sign(request, &params)?.into_parts();
    Ok(signature)
}

impl Case {
    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        settings.signature_location = match self.form {
            Form::Header => SignatureLocation::Headers,
            Form::Query => SignatureLocation::QueryParams,
        };
        settings.expires_in = Some(Duration::from_secs(self.expires_in));
        settings.percent_encoding_mode =
            if self.double_encode { PercentEncodingMode::Double } else { PercentEncodingMode::Single };
        settings.uri_path_normalization_mode = UriPathNormalizationMode::from(self.normalize_path);
        settings.payload_checksum_kind = match self.content_sha256 {
            ContentSha256::Send => PayloadChecksumKind::XAmzSha256,
            ContentSha256::Omit => PayloadChecksumKind::NoHeader,
        };
        settings.session_token_mode = match self.session_token {
            Token::Signed => SessionTokenMode::Include,
            Token::Appended => SessionTokenMode::Exclude,
        };
        settings
    }
}
