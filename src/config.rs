//! Pools and routes as the face hands them over, in a form that cannot be wrong.

use std::rc::Rc;

use crate::cognito::AppClient;
use crate::error::{Error, ErrorCode};
use crate::json::Json;
use crate::text;

/// What a client is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where users sign in.
    pub user_pool: Option<Rc<UserPool>>,
    /// Where credentials come from.
    pub identity_pool: Option<Rc<IdentityPool>>,
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
    /// The ids of both.
    pub app_client: Rc<AppClient>,
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
    /// The URL that its JSON calls are POSTed to.
    pub endpoint: String,
    /// The URL that STS's calls are POSTed to.
    pub sts_endpoint: String,
    /// Who hands out the credentials.
    pub flow: CredentialFlow,
    /// Whose credentials they are, where the call does not say.
    pub role: RoleChoice,
    /// Who says who the user is.
    pub login: LoginSource,
}

/// Who hands out an identity's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialFlow {
    /// The identity pool.
    Enhanced,
    /// STS, for a token of the identity pool's.
    Classic,
}

/// Who says who the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginSource {
    /// The session with the user pool.
    UserPool,
    /// The app: tokens of any identity providers.
    Logins,
    /// The app's back end: a developer-authenticated identity.
    DeveloperIdentity,
}

/// Whose credentials sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The signed-in user's.
    User,
    /// A guest's.
    Guest,
}

/// Which role credentials are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleChoice {
    /// What the identity pool's own rules give.
    Pool,
    /// The role of the user's group.
    Group,
    /// This one, by its ARN.
    Arn(String),
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
    /// Whether its calls carry the hash of their body.
    pub content_sha256: ContentSha256,
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
    /// Whose credentials sign.
    pub identity: Identity,
    /// Of which role.
    pub role: RoleChoice,
    /// Whether the signature covers the body.
    pub payload: PayloadSigning,
}

/// Whether a signature covers the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadSigning {
    /// It does.
    Signed,
    /// `UNSIGNED-PAYLOAD`.
    Unsigned,
}

/// Whether a call carries `x-amz-content-sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentSha256 {
    /// It does.
    Send,
    /// Only where the service that is signed for wants it.
    Omit,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

            /// From its name.
            pub fn parse(name: &str) -> Option<Self> {
                one_of(name, Self::NAMED)
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
named!(CredentialFlow { Enhanced = "enhanced", Classic = "classic" });
named!(LoginSource { UserPool = "user-pool", Logins = "logins", DeveloperIdentity = "developer-identity" });
named!(Identity { User = "user", Guest = "guest" });
named!(PayloadSigning { Signed = "signed", Unsigned = "unsigned" });
named!(ContentSha256 { Send = "send", Omit = "omit" });
named!(Probes { On = "on", Off = "off" });
named!(Locale { En = "en", Ja = "ja" });

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
    /// module (ADR 7). The face has checked it and told the developer of every mistake; what still does not fit is no `CoreConfig`.
    ///
    /// # Errors
    /// `invalid-configuration`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Json::parse(text).as_ref().and_then(Self::read).ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidConfiguration,
                "The core module cannot read its configuration.",
                "Pass what createClient() makes.",
            )
        })
    }

    fn read(json: &Json<'_>) -> Option<Self> {
        let (storage, locale) = (named(json, "storage", StorageKind::NAMED)?, named(json, "locale", Locale::NAMED)?);
        let refresh_ahead = json.integer("refreshAhead")?;
        let user_pool = optional(json, "userPool", UserPool::read)?;
        let identity_pool = optional(json, "identityPool", IdentityPool::read)?;
        let mut routes = Vec::new();
        for route in json.get("routes")?.items() {
            routes.push(Route::read(route)?);
        }
        Some(Self { user_pool, identity_pool, routes, storage, refresh_ahead, locale })
    }
}

// In each of these, all that can fail comes first and all that is owned comes last: then there is nothing to drop half-way.

impl UserPool {
    fn read(json: &Json<'_>) -> Option<Rc<Self>> {
        let (pool_id, client_id) = (filled(json, "userPoolId")?, filled(json, "clientId")?);
        let (region, endpoint) = (filled(json, "region")?, filled(json, "endpoint")?);
        text::cut(pool_id, |b| b == b'_')?;
        Some(Rc::new(Self {
            app_client: Rc::new(AppClient { user_pool_id: pool_id.to_owned(), client_id: client_id.to_owned() }),
            region: region.to_owned(),
            endpoint: endpoint.to_owned(),
        }))
    }
}

impl IdentityPool {
    fn read(json: &Json<'_>) -> Option<Rc<Self>> {
        let (pool_id, endpoint) = (filled(json, "identityPoolId")?, filled(json, "endpoint")?);
        let (sts_endpoint, flow) = (filled(json, "stsEndpoint")?, named(json, "flow", CredentialFlow::NAMED)?);
        let (login, role) = (named(json, "login", LoginSource::NAMED)?, RoleChoice::parse(filled(json, "role")?));
        Some(Rc::new(Self {
            pool_id: pool_id.to_owned(),
            endpoint: endpoint.to_owned(),
            sts_endpoint: sts_endpoint.to_owned(),
            flow,
            role,
            login,
        }))
    }
}

impl RoleChoice {
    /// From its name: whatever is no other is an ARN.
    pub fn parse(name: &str) -> Self {
        match name {
            "pool" => Self::Pool,
            "group" => Self::Group,
            arn => Self::Arn(arn.to_owned()),
        }
    }
}

impl Route {
    fn read(json: &Json<'_>) -> Option<Self> {
        let pattern = filled(json, "match")?;
        host(pattern)?;
        let (probes, content_sha256) =
            (named(json, "probes", Probes::NAMED)?, named(json, "contentSha256", ContentSha256::NAMED)?);
        let credentials = optional(json, "credentials", |mode| CredentialsMode::parse(mode.as_str()?))?;
        let kind = optional(json, "kind", |kind| RouteKind::parse(kind.as_str()?))?;
        let auth = match json.text("auth")? {
            "none" => Auth::None,
            "bearer" => Auth::Bearer(named(json, "token", TokenUse::NAMED)?),
            "iam" => Auth::Iam(Signing::read(json)?),
            _ => return None,
        };
        let mut headers = Vec::new();
        for pair in json.get("headers")?.items() {
            let [name, value] = pair.items() else { return None };
            headers.push((name.as_str()?.to_owned(), value.as_str()?.to_owned()));
        }
        Some(Self { pattern: pattern.to_owned(), auth, credentials, headers, content_sha256, kind, probes })
    }
}

impl Signing {
    fn read(json: &Json<'_>) -> Option<Self> {
        let (service, region) = (filled(json, "service")?, filled(json, "region")?);
        let (identity, payload) =
            (named(json, "identity", Identity::NAMED)?, named(json, "payload", PayloadSigning::NAMED)?);
        let role = filled(json, "role")?;
        let sign_as = optional(json, "signAs", SignAs::read)?;
        Some(Self {
            service: service.to_owned(),
            region: region.to_owned(),
            sign_as,
            identity,
            role: RoleChoice::parse(role),
            payload,
        })
    }
}

impl SignAs {
    fn read(json: &Json<'_>) -> Option<Self> {
        let (origin, path_prefix, strip_prefix) =
            (filled(json, "origin")?, json.text("pathPrefix")?, json.text("stripPrefix")?);
        let host = host(origin)?;
        Some(Self {
            origin: origin.to_owned(),
            host: host.to_owned(),
            path_prefix: path_prefix.to_owned(),
            strip_prefix: strip_prefix.to_owned(),
        })
    }
}

/// A text that is not empty.
#[inline(never)]
fn filled<'a>(json: &'a Json<'_>, key: &str) -> Option<&'a str> {
    json.text(key).filter(|text| !text.is_empty())
}

/// `Some(None)` where there is no such member: only a member that does not fit fails.
fn optional<T>(json: &Json<'_>, key: &str, read: impl Fn(&Json<'_>) -> Option<T>) -> Option<Option<T>> {
    match json.get(key) {
        None => Some(None),
        Some(member) => read(member).map(Some),
    }
}

fn named<T: Copy>(json: &Json<'_>, key: &str, names: &[(&str, T)]) -> Option<T> {
    one_of(json.text(key)?, names)
}

#[inline(never)]
fn one_of<T: Copy>(given: &str, names: &[(&str, T)]) -> Option<T> {
    names.iter().find(|(name, _)| *name == given).map(|(_, choice)| *choice)
}

/// The `Host` of an http(s) URL or of a route's pattern. A token never goes to a host that is not named.
fn host(url: &str) -> Option<&str> {
    let (_scheme, rest) = text::cut(url, |b| b == b'/')?;
    let host = text::parts(rest.strip_prefix('/')?, |b| b == b'/').next()?;
    (!host.is_empty() && !text::contains(host, "*")).then_some(host)
}

#[cfg(test)]
mod tests;
