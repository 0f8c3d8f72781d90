//! Pools and routes as the face hands them over, in a form that cannot be wrong.

use crate::error::{Error, ErrorCode};
use crate::json::Json;

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
    pub refresh_ahead: i64,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// The IdToken.
    Id,
    /// The AccessToken.
    Access,
}

/// Fetch's credentials mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialsMode {
    /// Neither sent nor taken.
    Omit,
    /// For the page's own origin only.
    SameOrigin,
    /// Always.
    Include,
}

/// Where tokens are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probes {
    /// It may.
    On,
    /// It may not.
    Off,
}

/// The language of what is said to the developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// English.
    En,
    /// Japanese.
    Ja,
}

/// Gives an enum the names that the configuration has for its variants.
macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),+ }) => {
        impl $type {
            const NAMED: &'static [(&'static str, Self)] = &[$(($name, Self::$variant)),+];

            /// Its name, as the configuration has it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

named!(TokenUse { Id = "id", Access = "access" });
named!(CredentialsMode { Omit = "omit", SameOrigin = "same-origin", Include = "include" });
named!(StorageKind { Memory = "memory", Session = "session", Local = "local", Custom = "custom" });
named!(RouteKind {
    HttpApi = "http-api",
    RestApi = "rest-api",
    FunctionUrl = "function-url",
    Cloudfront = "cloudfront",
    SamLocal = "sam-local",
    Localstack = "localstack",
    Custom = "custom"
});
named!(Probes { On = "on", Off = "off" });
named!(Locale { En = "en", Ja = "ja" });

impl CredentialsMode {
    /// From Fetch's name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
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

impl Config {
    /// Reads the face's `CoreConfig`, which comes over the edge as JSON text: deserializing it with serde is a fifth of the whole
    /// module (ADR 6).
    ///
    /// # Errors
    /// `invalid-configuration`, naming the field.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let json = Json::parse(text).ok_or_else(|| missing("everything"))?;
        let routes = json.get("routes").map(Json::items).unwrap_or_default();
        Ok(Self {
            user_pool: present(&json, "userPool").map(UserPool::read).transpose()?,
            identity_pool: present(&json, "identityPool").map(IdentityPool::read).transpose()?,
            routes: routes.iter().map(Route::read).collect::<Result<_, _>>()?,
            storage: choice(&json, "storage", StorageKind::NAMED)?,
            refresh_ahead: json.integer("refreshAhead").ok_or_else(|| missing("refreshAhead"))?,
            locale: choice(&json, "locale", Locale::NAMED)?,
        })
    }
}

impl UserPool {
    fn read(json: &Json<'_>) -> Result<Self, Error> {
        let pool_id = text(json, "userPoolId")?;
        let pool_name = match pool_id.split_once('_') {
            Some((prefix, name)) if !prefix.is_empty() && !name.is_empty() => name.to_owned(),
            _ => {
                return Err(invalid(
                    "userPool.userPoolId is not a user pool's id.",
                    "It has the form region_name, e.g. ap-northeast-1_AbCdEfGhI.",
                ));
            }
        };
        Ok(Self {
            pool_id,
            pool_name,
            client_id: text(json, "clientId")?,
            region: text(json, "region")?,
            endpoint: endpoint(json)?,
        })
    }
}

impl IdentityPool {
    fn read(json: &Json<'_>) -> Result<Self, Error> {
        let pool_id = text(json, "identityPoolId")?;
        if !pool_id.split_once(':').is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty()) {
            return Err(invalid(
                "identityPool.identityPoolId is not an identity pool's id.",
                "It has the form region:uuid, e.g. ap-northeast-1:00000000-0000-0000-0000-000000000000.",
            ));
        }
        Ok(Self { pool_id, region: text(json, "region")?, endpoint: endpoint(json)? })
    }
}

impl Route {
    fn read(json: &Json<'_>) -> Result<Self, Error> {
        let pattern = text(json, "match")?;
        let auth = match json.text("auth") {
            Some("none") => Auth::None,
            Some("bearer") => Auth::Bearer(choice(json, "token", TokenUse::NAMED)?),
            Some("iam") => Auth::Iam(Signing::read(json, host_of(&pattern)?)?),
            _ => return Err(missing("auth")),
        };
        host_of(&pattern)?;
        let pairs = json.get("headers").map(Json::items).unwrap_or_default();
        let pair = |pair: &Json<'_>| match pair.items() {
            [name, value] => Some((name.as_str()?.to_owned(), value.as_str()?.to_owned())),
            _ => None,
        };
        Ok(Self {
            pattern,
            auth,
            credentials: optional(json, "credentials", CredentialsMode::NAMED)?,
            headers: pairs.iter().map(pair).collect::<Option<_>>().ok_or_else(|| missing("headers"))?,
            kind: optional(json, "kind", RouteKind::NAMED)?,
            probes: choice(json, "probes", Probes::NAMED)?,
        })
    }
}

impl Signing {
    fn read(json: &Json<'_>, host: &str) -> Result<Self, Error> {
        let sign_as = present(json, "signAs").map(SignAs::read).transpose()?;
        let signed_host = sign_as.as_ref().map_or(host, |sign_as| &sign_as.host);
        let region = json.text("region").or_else(|| region_of_host(signed_host));
        let region = region.filter(|region| !region.is_empty()).map(str::to_owned).ok_or_else(|| {
            invalid(
                "The region of a route with auth 'iam' is not known.",
                "Its host is not an AWS host that names the region: give the route's region.",
            )
        })?;
        Ok(Self { service: text(json, "service")?, region, sign_as })
    }
}

impl SignAs {
    fn read(json: &Json<'_>) -> Result<Self, Error> {
        let origin = text(json, "origin")?;
        let host = host_of(&origin)?.to_owned();
        let prefix = |key| prefix(json.text(key).unwrap_or_default());
        Ok(Self { origin, host, path_prefix: prefix("pathPrefix")?, strip_prefix: prefix("stripPrefix")? })
    }
}

/// A member that is there and not `null`.
fn present<'a, 'b>(json: &'a Json<'b>, key: &str) -> Option<&'a Json<'b>> {
    json.get(key).filter(|value| **value != Json::Null)
}

/// A text that is not empty.
fn text(json: &Json<'_>, key: &'static str) -> Result<String, Error> {
    json.text(key).filter(|text| !text.is_empty()).map(str::to_owned).ok_or_else(|| missing(key))
}

fn endpoint(json: &Json<'_>) -> Result<String, Error> {
    let endpoint = text(json, "endpoint")?;
    host_of(&endpoint)?;
    Ok(endpoint)
}

/// One of a few names.
fn choice<T: Copy>(json: &Json<'_>, key: &'static str, names: &[(&str, T)]) -> Result<T, Error> {
    optional(json, key, names)?.ok_or_else(|| missing(key))
}

/// One of a few names, or nothing; never another name.
fn optional<T: Copy>(json: &Json<'_>, key: &'static str, names: &[(&str, T)]) -> Result<Option<T>, Error> {
    let Some(value) = present(json, key) else { return Ok(None) };
    let found = names.iter().find(|(name, _)| value.as_str() == Some(name));
    found.map(|(_, choice)| Some(*choice)).ok_or_else(|| missing(key))
}

fn missing(field: &'static str) -> Error {
    Error::new(
        ErrorCode::InvalidConfiguration,
        ["The configuration's ", field, " is missing or not one of those it can be."].concat(),
        "Pass what createClient() makes.",
    )
}

/// `/a/b` from `/a/b/`; nothing from `/`.
fn prefix(path: &str) -> Result<String, Error> {
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
