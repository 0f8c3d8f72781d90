//! What the tests share: a running local AWS, users who sign in to it, and requests signed by the aws-sigv4 crate.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod browser;
pub mod play;
pub mod signer;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use local_aws::control;
use local_aws::server::{BASE_WORLD, LocalAws};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

pub type Headers = Vec<(String, String)>;

/// A running local AWS.
pub struct Running {
    pub client: Client,
    pub aws: LocalAws,
    pub control: String,
    signed_in: Mutex<BTreeMap<String, Tokens>>,
}

impl Running {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let aws = LocalAws::start(&listener, serde_json::from_str(BASE_WORLD).unwrap(), None).await.unwrap();
        let control = aws.origins().control.clone();
        let router = control::router(aws.clone(), None);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { client, aws, control, signed_in: Mutex::default() }
    }

    pub async fn outputs(&self) -> Value {
        self.get_json("/local-aws/outputs.json").await
    }

    pub async fn get_json(&self, path: &str) -> Value {
        self.client.get(format!("{}{path}", self.control)).send().await.unwrap().json().await.unwrap()
    }

    /// Posts to the control plane and returns the status and what came back.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let response = self.client.post(format!("{}{path}", self.control)).json(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    pub async fn patch(&self, operations: Value) {
        let (status, body) = self.post("/local-aws/patch", &operations).await;
        assert_eq!(status, 200, "{body}");
    }

    /// The origin of a door.
    pub fn door(&self, name: &str) -> String {
        format!("http://{}", self.aws.authorities()[name])
    }

    /// Sends a request.
    pub async fn send(&self, method: &str, url: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// Sends the preflight of a GET with `Authorization`.
    pub async fn preflight(&self, url: &str) -> Response {
        let headers = [
            ("origin", self.control.as_str()),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "authorization"),
        ];
        self.send("OPTIONS", url, &headers).await
    }

    /// Calls an operation of Cognito's.
    pub async fn aws_json(&self, endpoint: &str, target: &str, body: Value) -> Value {
        let request = self
            .client
            .post(endpoint)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(body.to_string());
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{target}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Signs a user in by password: the tokens.
    pub async fn sign_in(&self, username: &str) -> Tokens {
        let outputs = self.outputs().await;
        let users = outputs["users"].as_array().unwrap();
        let user = users.iter().find(|user| user["username"] == username).unwrap();
        let parameters = json!({ "USERNAME": username, "PASSWORD": user["password"] });
        let body = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": outputs["userPool"]["clientId"], "AuthParameters": parameters });
        let endpoint = outputs["userPool"]["endpoint"].as_str().unwrap();
        let answer = self.aws_json(endpoint, "AWSCognitoIdentityProviderService.InitiateAuth", body).await;
        let token = |name: &str| answer["AuthenticationResult"][name].as_str().unwrap().to_owned();
        Tokens { id: token("IdToken"), access: token("AccessToken") }
    }

    /// The tokens of a user who has signed in once and stays so.
    pub async fn tokens_of(&self, username: &str) -> Tokens {
        let mut signed_in = self.signed_in.lock().await;
        if let Some(tokens) = signed_in.get(username) {
            return tokens.clone();
        }
        let tokens = self.sign_in(username).await;
        signed_in.insert(username.to_owned(), tokens.clone());
        tokens
    }

    /// The credentials of the signed-in user's role.
    pub async fn credentials(&self, tokens: &Tokens) -> Credentials {
        let outputs = self.outputs().await;
        let pool = &outputs["identityPool"];
        let endpoint = pool["endpoint"].as_str().unwrap();
        let provider =
            format!("cognito-idp.ap-northeast-1.amazonaws.com/{}", outputs["userPool"]["userPoolId"].as_str().unwrap());
        let logins = json!({ provider: tokens.id });
        let body = json!({ "IdentityPoolId": pool["identityPoolId"], "Logins": logins });
        let id = self.aws_json(endpoint, "AWSCognitoIdentityService.GetId", body).await;
        let body = json!({ "IdentityId": id["IdentityId"], "Logins": logins });
        let answer = self.aws_json(endpoint, "AWSCognitoIdentityService.GetCredentialsForIdentity", body).await;
        let part = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
        Credentials::new(part("AccessKeyId"), part("SecretKey"), Some(part("SessionToken")), None, "test")
    }
}

/// The first value of a header.
pub fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[derive(Clone)]
pub struct Tokens {
    pub id: String,
    pub access: String,
}

/// What a signature is made for.
#[derive(Clone)]
pub struct Signing {
    pub credentials: Credentials,
    pub region: String,
    pub service: String,
    pub time: OffsetDateTime,
    pub location: SignatureLocation,
    /// How long a presigned URL lasts.
    pub lifetime: Duration,
}

impl Signing {
    pub fn with(credentials: Credentials, time: OffsetDateTime) -> Self {
        Self {
            credentials,
            region: "ap-northeast-1".into(),
            service: "execute-api".into(),
            time,
            location: SignatureLocation::Headers,
            lifetime: Duration::from_secs(60),
        }
    }

    /// The same for another service.
    pub fn of(self, service: &str) -> Self {
        Self { service: service.into(), ..self }
    }

    /// Signs with the aws-sigv4 crate: the headers or the query parameters to add.
    pub fn sign(&self, method: &str, url: &str, headers: &[(String, String)], body: &[u8]) -> Headers {
        // Whoever will send to a presigned URL of S3 says then what.
        let presigns = self.service == "s3" && self.location == SignatureLocation::QueryParams;
        let body = if presigns { SignableBody::UnsignedPayload } else { SignableBody::Bytes(body) };
        self.sign_body(method, url, headers, body)
    }

    /// The same with what stands in `x-amz-content-sha256` in the place of the body's hash.
    pub fn sign_precomputed(&self, method: &str, url: &str, headers: &[(String, String)]) -> Headers {
        let hash = headers.iter().find(|(name, _)| name == "x-amz-content-sha256").unwrap().1.clone();
        let others: Vec<_> = headers.iter().filter(|(name, _)| name != "x-amz-content-sha256").cloned().collect();
        self.sign_body(method, url, &others, SignableBody::Precomputed(hash))
    }

    fn sign_body(&self, method: &str, url: &str, headers: &[(String, String)], body: SignableBody<'_>) -> Headers {
        let identity = self.credentials.clone().into();
        let mut settings = SigningSettings::default();
        settings.signature_location = self.location;
        if self.location == SignatureLocation::QueryParams {
            settings.expires_in = Some(self.lifetime);
        }
        if self.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        if self.service == "iotdevicegateway" {
            settings.session_token_mode = SessionTokenMode::Exclude;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(SystemTime::from(self.time))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let request = SignableRequest::new(method, url, headers, body).unwrap();
        let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
        let headers = instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let query = instructions.params().iter().map(|(name, value)| ((*name).to_owned(), value.to_string()));
        headers.chain(query).collect()
    }
}
