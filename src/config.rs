//! Pools and routes as the face hands them over, in a form that cannot be wrong.

use crate::error::{Error, ErrorCode};
use serde::Deserialize;

/// What a client is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where users sign in.
    pub user_pool: Option<UserPool>,
    /// Where credentials come from.
    pub identity_pool: Option<IdentityPool>,
    /// The routes, by the index that the face names.
    pub routes: Vec<Route>,
    /// Where tokens are kept.
    pub storage: StorageKind,
    /// How many seconds ahead of its expiry a token is refreshed.
    pub refresh_ahead: u32,
    /// The language of what is said to the developer.
    pub locale: Locale,
}

/// A user pool and its app client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPool {
    /// The whole id, e.g. `ap-northeast-1_AbCdEfGhI`.
    pub pool_id: String,
    /// The id without the region, e.g. `AbCdEfGhI`: what SRP hashes.
    pub pool_name: String,
    /// The app client.
    pub client_id: String,
    /// The region of the pool.
    pub region: String,
    /// The URL that its JSON calls are POSTed to.
    pub endpoint: String,
}

/// An identity pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPool {
    /// The whole id, e.g. `ap-northeast-1:c9f6…`.
    pub pool_id: String,
    /// The region of the pool.
    pub region: String,
    /// The URL that its JSON calls are POSTed to.
    pub endpoint: String,
}

/// One of the app's routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The pattern, as the app wrote it.
    pub pattern: String,
    /// How its calls are authorized.
    pub auth: Auth,
    /// The credentials mode of its calls, where the caller does not say.
    pub credentials: Option<CredentialsMode>,
    /// Headers of its calls, where the caller does not set them.
    pub headers: Vec<(String, String)>,
    /// What stands at its origin; a hint for the diagnosis.
    pub kind: Option<RouteKind>,
    /// Whether the diagnosis may send probes there.
    pub probes: Probes,
}

/// How the calls of a route are authorized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Not by us.
    None,
    /// With a token of the user pool.
    Bearer(TokenUse),
    /// With a signature.
    Iam(Signing),
}

/// What the signatures of a route are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The service's signing name.
    pub service: String,
    /// The region; never guessed.
    pub region: String,
    /// What stands behind the origin that the request goes to.
    pub sign_as: Option<SignAs>,
}

/// What the verifying server sees when a distribution stands before it and does not pass Host on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignAs {
    /// The origin, as the app wrote it.
    pub origin: String,
    /// Its `Host`.
    pub host: String,
    /// Put before the request's path: `/stage`, without a slash at its end; or empty.
    pub path_prefix: String,
    /// Taken from the request's path first: `/prefix`, without a slash at its end; or empty.
    pub strip_prefix: String,
}

/// Which token is the Bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenUse {
    /// The IdToken.
    Id,
    /// The AccessToken.
    Access,
}

/// Fetch's credentials mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialsMode {
    /// Neither sent nor taken.
    Omit,
    /// For the page's own origin only.
    SameOrigin,
    /// Always.
    Include,
}

/// Where tokens are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StorageKind {
    /// In the page.
    Memory,
    /// `sessionStorage`.
    Session,
    /// `localStorage`.
    Local,
    /// The app's own.
    Custom,
}

/// What stands at a route's origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteKind {
    /// API Gateway, HTTP API.
    HttpApi,
    /// API Gateway, REST API.
    RestApi,
    /// A Lambda function URL.
    FunctionUrl,
    /// A CloudFront distribution.
    Cloudfront,
    /// `sam local start-api`.
    SamLocal,
    /// LocalStack.
    Localstack,
    /// Anything else.
    Custom,
}

/// Whether the diagnosis may send requests of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probes {
    /// It may.
    On,
    /// It may not.
    Off,
}

/// The language of what is said to the developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Locale {
    /// English.
    En,
    /// Japanese.
    Ja,
}

impl CredentialsMode {
    /// As Fetch has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Omit => "omit",
            Self::SameOrigin => "same-origin",
            Self::Include => "include",
        }
    }

    /// From Fetch's name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Omit, Self::SameOrigin, Self::Include].into_iter().find(|mode| mode.as_str() == name)
    }
}

impl RouteKind {
    /// As the configuration has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HttpApi => "http-api",
            Self::RestApi => "rest-api",
            Self::FunctionUrl => "function-url",
            Self::Cloudfront => "cloudfront",
            Self::SamLocal => "sam-local",
            Self::Localstack => "localstack",
            Self::Custom => "custom",
        }
    }
}

impl Probes {
    /// As the configuration has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

impl Locale {
    /// As the configuration has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }
}

impl Auth {
    /// As the configuration has it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer(_) => "bearer",
            Self::Iam(_) => "iam",
        }
    }
}

impl Config {
    /// The route that the face matched.
    pub fn route(&self, index: usize) -> Result<&Route, Error> {
        self.routes.get(index).ok_or_else(|| {
            Error::new(
                ErrorCode::Unexpected,
                "There is no route of that number.",
                "Report this as a defect of gatepass.",
            )
        })
    }
}

/// The face's `CoreConfig`, as it comes over the edge. [`Config::try_from`] makes it a [`Config`].
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoreConfig {
    user_pool: Option<CoreUserPool>,
    identity_pool: Option<CoreIdentityPool>,
    routes: Vec<CoreRoute>,
    storage: StorageKind,
    refresh_ahead: u32,
    locale: Locale,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoreUserPool {
    user_pool_id: String,
    client_id: String,
    region: String,
    endpoint: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoreIdentityPool {
    identity_pool_id: String,
    region: String,
    endpoint: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoreRoute {
    #[serde(rename = "match")]
    pattern: String,
    auth: CoreAuth,
    token: TokenUse,
    credentials: Option<CredentialsMode>,
    headers: Vec<(String, String)>,
    service: String,
    region: Option<String>,
    sign_as: Option<CoreSignAs>,
    kind: Option<RouteKind>,
    probes: Probes,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CoreAuth {
    None,
    Bearer,
    Iam,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoreSignAs {
    origin: String,
    path_prefix: String,
    strip_prefix: String,
}

impl TryFrom<CoreConfig> for Config {
    type Error = Error;

    fn try_from(core: CoreConfig) -> Result<Self, Error> {
        let CoreConfig { user_pool, identity_pool, routes, storage, refresh_ahead, locale } = core;
        Ok(Self {
            user_pool: user_pool.map(UserPool::try_from).transpose()?,
            identity_pool: identity_pool.map(IdentityPool::try_from).transpose()?,
            routes: routes.into_iter().map(Route::try_from).collect::<Result<_, _>>()?,
            storage,
            refresh_ahead,
            locale,
        })
    }
}

impl TryFrom<CoreUserPool> for UserPool {
    type Error = Error;

    fn try_from(core: CoreUserPool) -> Result<Self, Error> {
        let CoreUserPool { user_pool_id: pool_id, client_id, region, endpoint } = core;
        let pool_name = match pool_id.split_once('_') {
            Some((prefix, name)) if !prefix.is_empty() && !name.is_empty() => name.to_owned(),
            _ => {
                return Err(invalid(
                    "userPool.userPoolId is not a user pool's id.",
                    "It has the form region_name, e.g. ap-northeast-1_AbCdEfGhI.",
                ));
            }
        };
        if client_id.is_empty() {
            return Err(invalid("userPool.clientId is empty.", "Give the id of the pool's app client."));
        }
        check_region(&region)?;
        host_of(&endpoint)?;
        Ok(Self { pool_id, pool_name, client_id, region, endpoint })
    }
}

impl TryFrom<CoreIdentityPool> for IdentityPool {
    type Error = Error;

    fn try_from(core: CoreIdentityPool) -> Result<Self, Error> {
        let CoreIdentityPool { identity_pool_id: pool_id, region, endpoint } = core;
        if !pool_id.split_once(':').is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty()) {
            return Err(invalid(
                "identityPool.identityPoolId is not an identity pool's id.",
                "It has the form region:uuid, e.g. ap-northeast-1:00000000-0000-0000-0000-000000000000.",
            ));
        }
        check_region(&region)?;
        host_of(&endpoint)?;
        Ok(Self { pool_id, region, endpoint })
    }
}

impl TryFrom<CoreRoute> for Route {
    type Error = Error;

    fn try_from(core: CoreRoute) -> Result<Self, Error> {
        let CoreRoute { pattern, auth, token, credentials, headers, service, region, sign_as, kind, probes } = core;
        let host = host_of(&pattern)?;
        let auth = match auth {
            CoreAuth::None => Auth::None,
            CoreAuth::Bearer => Auth::Bearer(token),
            CoreAuth::Iam => {
                let sign_as = sign_as.map(SignAs::try_from).transpose()?;
                let signed_host = sign_as.as_ref().map_or(host, |sign_as| &sign_as.host);
                let region = region.as_deref().or_else(|| region_of_host(signed_host));
                let region = region.filter(|region| !region.is_empty()).map(str::to_owned).ok_or_else(|| {
                    invalid(
                        "The region of a route with auth 'iam' is not known.",
                        "Its host is not an AWS host that names the region: give the route's region.",
                    )
                })?;
                if service.is_empty() {
                    return Err(invalid(
                        "The service of a route with auth 'iam' is empty.",
                        "Give it, e.g. execute-api.",
                    ));
                }
                Auth::Iam(Signing { service, region, sign_as })
            }
        };
        Ok(Self { pattern, auth, credentials, headers, kind, probes })
    }
}

impl TryFrom<CoreSignAs> for SignAs {
    type Error = Error;

    fn try_from(core: CoreSignAs) -> Result<Self, Error> {
        let CoreSignAs { origin, path_prefix, strip_prefix } = core;
        let host = host_of(&origin)?.to_owned();
        Ok(Self { origin, host, path_prefix: prefix(path_prefix)?, strip_prefix: prefix(strip_prefix)? })
    }
}

/// `/a/b` from `/a/b/`; nothing from `/`.
fn prefix(path: String) -> Result<String, Error> {
    if !path.is_empty() && !path.starts_with('/') {
        return Err(invalid("A path prefix of signAs does not begin with a slash.", "Write it as /prefix."));
    }
    Ok(path.trim_end_matches('/').to_owned())
}

/// The `Host` of an http(s) URL or of a route's pattern.
fn host_of(url: &str) -> Result<&str, Error> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.filter(|host| !host.is_empty() && !host.contains(['*', '@'])).ok_or_else(|| {
        invalid("A URL of the configuration has no origin.", "Write it with https:// and a host without a wildcard.")
    })
}

fn check_region(region: &str) -> Result<(), Error> {
    if region.is_empty() {
        return Err(invalid("The region of a pool is empty.", "Give it, e.g. ap-northeast-1."));
    }
    Ok(())
}

/// The region that an AWS host names: `….execute-api.{region}.amazonaws.com`, `….lambda-url.{region}.on.aws`.
fn region_of_host(host: &str) -> Option<&str> {
    let of_aws = [".amazonaws.com", ".amazonaws.com.cn", ".on.aws", ".api.aws"].iter().any(|end| host.ends_with(end));
    let mut labels = host.split('.').skip(1);
    labels.find(|label| matches!(*label, "execute-api" | "lambda-url" | "appsync-api"))?;
    labels.next().filter(|_| of_aws)
}

fn invalid(message: &'static str, help: &'static str) -> Error {
    Error::new(ErrorCode::InvalidConfiguration, message, help)
}

#[cfg(test)]
mod tests;
