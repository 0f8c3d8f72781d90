//! How to mend it: lines to paste, filled in with the app's own origin, method and headers.
//!
//! Least privilege throughout: exact origins and never `*`, the headers of this call and no others, no credentials where no cookie
//! is needed.

#[cfg(feature = "texts")]
mod app;
#[cfg(feature = "texts")]
mod cloudfront;
#[cfg(feature = "texts")]
mod cors;
#[cfg(feature = "texts")]
mod gateway;

use super::Fix;
use super::evidence::Phase;
use super::facts::Facts;
use super::failure::{Locale, RouteKind};
use super::text;
use crate::text::{cut, parts};

/// What a fix is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Steps in the AWS console (or, for a page, in the browser).
    Console,
    /// AWS SAM.
    Sam,
    /// AWS CloudFormation.
    Cloudformation,
    /// Terraform.
    Terraform,
    /// AWS CDK v2, TypeScript.
    Cdk,
    /// AWS CLI.
    Cli,
    /// The app's or the function's own code.
    Code,
}

impl Tool {
    /// The reverse of [`tool`].
    fn of(digit: &str) -> Self {
        match digit {
            "0" => Self::Console,
            "1" => Self::Sam,
            "2" => Self::Cloudformation,
            "3" => Self::Terraform,
            "4" => Self::Cdk,
            "5" => Self::Cli,
            _ => Self::Code,
        }
    }

    /// The name that JavaScript sees.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Sam => "sam",
            Self::Cloudformation => "cloudformation",
            Self::Terraform => "terraform",
            Self::Cdk => "cdk",
            Self::Cli => "cli",
            Self::Code => "code",
        }
    }

    /// For headings.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Console => "Console",
            Self::Sam => "SAM",
            Self::Cloudformation => "CloudFormation",
            Self::Terraform => "Terraform",
            Self::Cdk => "CDK",
            Self::Cli => "AWS CLI",
            Self::Code => "Code",
        }
    }

    /// For code fences.
    pub const fn language(self) -> &'static str {
        match self {
            Self::Console => "text",
            Self::Sam | Self::Cloudformation => "yaml",
            Self::Terraform => "hcl",
            Self::Cdk | Self::Code => "ts",
            Self::Cli => "sh",
        }
    }
}

/// A way to mend something, in every tool that can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FixId {
    AllowCredentials,
    AllowList,
    Authorizer,
    AuthorizerLog,
    BinaryTypes,
    CallerCredentials,
    Clock,
    CloudfrontCache,
    CloudfrontErrorPages,
    CloudfrontHost,
    CloudfrontMethods,
    CloudfrontOrigin,
    Cors,
    CorsMode,
    Credentials,
    Csp,
    Deny,
    Deploy,
    ExposeHeaders,
    Extension,
    FinalUrl,
    FreeOptions,
    FunctionUrlCors,
    FunctionUrlPermission,
    FunctionWithoutCors,
    GatewayResponses,
    HostName,
    IamPolicy,
    JwtAuthorizer,
    LambdaPermission,
    Limits,
    LocalNetwork,
    LocalstackOrigins,
    Mapping,
    NoLogin,
    ObjectKey,
    OmitCredentials,
    OneOwner,
    OptionsRoute,
    PlainUrl,
    Presign,
    RequestForm,
    ResourcePolicy,
    RestCors,
    ReturnAllowOrigin,
    SamLocalCors,
    Scope,
    Server,
    SignAs,
    SignedRequest,
    Timeouts,
    Token,
    UpperCaseMethod,
    Waf,
    WafRule,
}

/// A recipe in words.
#[cfg(feature = "texts")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// For the documentation, English and Japanese. No page downloads them.
    #[cfg(not(target_arch = "wasm32"))]
    pub titles: (&'static str, &'static str),
    /// Each tool's lines: its digit, the English, the Japanese where it differs, and an end. One text compresses far better than
    /// many pointers.
    lines: &'static str,
}

/// A recipe in the form that [`fill`] reads. Code is the same in every language; steps and comments are not. What stands between two
/// `\u{7f}` is for calls whose headers need permission.
#[cfg(feature = "texts")]
macro_rules! recipe {
    ($name:ident = $title:literal | $title_ja:literal; $($tool:ident: $en:literal $(| $ja:literal)?,)*) => {
        pub(super) static $name: Words = Words {
            #[cfg(not(target_arch = "wasm32"))]
            titles: ($title, $title_ja),
            lines: concat!($(tool!($tool), $en, $("\u{1f}", $ja,)? "\u{1e}"),*),
        };
    };
}

/// A tool's digit.
#[cfg(feature = "texts")]
macro_rules! tool {
    (Console) => {
        "0"
    };
    (Sam) => {
        "1"
    };
    (Cloudformation) => {
        "2"
    };
    (Terraform) => {
        "3"
    };
    (Cdk) => {
        "4"
    };
    (Cli) => {
        "5"
    };
    (Code) => {
        "6"
    };
}
#[cfg(feature = "texts")]
use {recipe, tool};

/// Every recipe there is, in the order of a page's texts.
macro_rules! recipes {
    ($($name:ident = $room:ident::$words:ident,)*) => {
        /// A fix in all its tools.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Recipe { $($name,)* }

        #[cfg(feature = "texts")]
        impl Recipe {
            pub const ALL: &[&Words] = &[$(&$room::$words,)*];
        }
    };
}
recipes! {
    HttpApi = cors::HTTP_API,
    FunctionUrl = cors::FUNCTION_URL,
    SamLocal = cors::SAM_LOCAL,
    Function = cors::FUNCTION,
    RestApi = cors::REST_API,
    Localstack = cors::LOCALSTACK,
    HttpApiCredentials = cors::HTTP_API_CREDENTIALS,
    RestApiCredentials = cors::REST_API_CREDENTIALS,
    HttpApiExpose = cors::HTTP_API_EXPOSE,
    OptionsRoute = gateway::OPTIONS_ROUTE,
    FreeOptions = gateway::FREE_OPTIONS,
    GatewayResponses = gateway::GATEWAY_RESPONSES,
    BinaryTypes = gateway::BINARY_TYPES,
    Deploy = gateway::DEPLOY,
    LambdaPermission = gateway::LAMBDA_PERMISSION,
    CallerCredentials = gateway::CALLER_CREDENTIALS,
    IamPolicy = gateway::IAM_POLICY,
    FunctionUrlPermission = gateway::FUNCTION_URL_PERMISSION,
    Timeouts = gateway::TIMEOUTS,
    Limits = gateway::LIMITS,
    ResourcePolicy = gateway::RESOURCE_POLICY,
    Mapping = gateway::MAPPING,
    RequestForm = gateway::REQUEST_FORM,
    JwtAuthorizer = gateway::JWT_AUTHORIZER,
    FunctionWithout = cors::FUNCTION_WITHOUT,
    AllowList = cloudfront::ALLOW_LIST,
    ErrorPages = cloudfront::ERROR_PAGES,
    Origin = cloudfront::ORIGIN,
    Authorizer = gateway::AUTHORIZER,
    AuthorizerLog = gateway::AUTHORIZER_LOG,
    NoLogin = app::NO_LOGIN,
    WafRule = cloudfront::WAF_RULE,
    Cache = cloudfront::CACHE,
    Host = cloudfront::HOST,
    Methods = cloudfront::METHODS,
    OneOwner = cloudfront::ONE_OWNER,
    OnePlace = cors::ONE_PLACE,
    Waf = cloudfront::WAF,
    FinalUrl = app::FINAL_URL,
    Clock = app::CLOCK,
    CorsMode = app::CORS_MODE,
    Csp = app::CSP,
    Extension = app::EXTENSION,
    LocalNetwork = app::LOCAL_NETWORK,
    OmitCredentials = app::OMIT_CREDENTIALS,
    PlainUrl = app::PLAIN_URL,
    Server = app::SERVER,
    HostName = app::HOST_NAME,
    SignAs = app::SIGN_AS,
    SignedRequest = app::SIGNED_REQUEST,
    ObjectKey = app::OBJECT_KEY,
    Scope = app::SCOPE,
    Credentials = app::CREDENTIALS,
    Presign = app::PRESIGN,
    Deny = gateway::DENY,
    Token = app::TOKEN,
    UpperCaseMethod = app::UPPER_CASE_METHOD,
}

/// The recipe of a fix. CORS is configured in a place of its own in each kind of front door.
pub(super) fn recipe_of(id: FixId, kind: RouteKind, half: Phase) -> Option<Recipe> {
    Some(match (id, kind) {
        (FixId::Cors, RouteKind::HttpApi | RouteKind::Custom) => Recipe::HttpApi,
        (FixId::Cors, RouteKind::FunctionUrl) | (FixId::FunctionUrlCors, _) => Recipe::FunctionUrl,
        (FixId::Cors, RouteKind::SamLocal) | (FixId::SamLocalCors, _) => Recipe::SamLocal,
        // a REST API's OPTIONS says nothing about the answer to the call
        (FixId::Cors, RouteKind::RestApi | RouteKind::Cloudfront) if half == Phase::Actual => Recipe::Function,
        (FixId::Cors | FixId::RestCors, _) => Recipe::RestApi,
        (FixId::LocalstackOrigins, _) => Recipe::Localstack,
        (FixId::AllowCredentials, RouteKind::HttpApi | RouteKind::Custom) => Recipe::HttpApiCredentials,
        (FixId::AllowCredentials, _) => Recipe::RestApiCredentials,
        (FixId::ReturnAllowOrigin, _) => Recipe::Function,
        (FixId::ExposeHeaders, _) => Recipe::HttpApiExpose,
        (FixId::OptionsRoute, _) => Recipe::OptionsRoute,
        (FixId::FreeOptions, _) => Recipe::FreeOptions,
        (FixId::GatewayResponses, RouteKind::RestApi | RouteKind::Cloudfront) => Recipe::GatewayResponses,
        // HTTP APIs, function URLs and emulators have no gateway responses
        (FixId::GatewayResponses, _) => return None,
        (FixId::BinaryTypes, _) => Recipe::BinaryTypes,
        (FixId::Deploy, _) => Recipe::Deploy,
        (FixId::LambdaPermission, _) => Recipe::LambdaPermission,
        (FixId::CallerCredentials, _) => Recipe::CallerCredentials,
        (FixId::IamPolicy, _) => Recipe::IamPolicy,
        (FixId::FunctionUrlPermission, _) => Recipe::FunctionUrlPermission,
        (FixId::Timeouts, _) => Recipe::Timeouts,
        (FixId::Limits, _) => Recipe::Limits,
        (FixId::ResourcePolicy, _) => Recipe::ResourcePolicy,
        (FixId::Mapping, _) => Recipe::Mapping,
        (FixId::RequestForm, _) => Recipe::RequestForm,
        (FixId::JwtAuthorizer, _) => Recipe::JwtAuthorizer,
        (FixId::FunctionWithoutCors, _) => Recipe::FunctionWithout,
        (FixId::AllowList, _) => Recipe::AllowList,
        (FixId::CloudfrontErrorPages, _) => Recipe::ErrorPages,
        (FixId::CloudfrontOrigin, _) => Recipe::Origin,
        (FixId::Authorizer, _) => Recipe::Authorizer,
        (FixId::AuthorizerLog, _) => Recipe::AuthorizerLog,
        (FixId::NoLogin, _) => Recipe::NoLogin,
        (FixId::ObjectKey, _) => Recipe::ObjectKey,
        (FixId::WafRule, _) => Recipe::WafRule,
        (FixId::CloudfrontCache, _) => Recipe::Cache,
        (FixId::CloudfrontHost, _) => Recipe::Host,
        (FixId::CloudfrontMethods, _) => Recipe::Methods,
        (FixId::OneOwner, RouteKind::Cloudfront | RouteKind::Custom) => Recipe::OneOwner,
        (FixId::OneOwner, _) => Recipe::OnePlace,
        (FixId::Waf, _) => Recipe::Waf,
        (FixId::FinalUrl, _) => Recipe::FinalUrl,
        (FixId::Clock, _) => Recipe::Clock,
        (FixId::CorsMode, _) => Recipe::CorsMode,
        (FixId::Csp, _) => Recipe::Csp,
        (FixId::Extension, _) => Recipe::Extension,
        (FixId::LocalNetwork, _) => Recipe::LocalNetwork,
        (FixId::OmitCredentials, _) => Recipe::OmitCredentials,
        (FixId::PlainUrl, _) => Recipe::PlainUrl,
        (FixId::Server, _) => Recipe::Server,
        (FixId::HostName, _) => Recipe::HostName,
        (FixId::SignAs, _) => Recipe::SignAs,
        (FixId::SignedRequest, _) => Recipe::SignedRequest,
        (FixId::Scope, _) => Recipe::Scope,
        (FixId::Credentials, _) => Recipe::Credentials,
        (FixId::Presign, _) => Recipe::Presign,
        (FixId::Deny, _) => Recipe::Deny,
        (FixId::Token, _) => Recipe::Token,
        (FixId::UpperCaseMethod, _) => Recipe::UpperCaseMethod,
    })
}

/// A recipe's lines in a language: each tool's digit, and what it says.
fn lines(recipe: &'static str, locale: Locale) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut rest = recipe;
    std::iter::from_fn(move || {
        let (line, after) = cut(rest, |byte| byte == 0x1e)?;
        rest = after;
        let (digit, words) = line.split_at_checked(1).unwrap_or_default();
        let (en, ja) = cut(words, |byte| byte == 0x1f).unwrap_or((words, words));
        Some((
            digit,
            match locale {
                Locale::En => en,
                Locale::Ja => ja,
            },
        ))
    })
}

/// The lines of some fixes, filled in for a call. CloudFormation's lines are good in a SAM template too.
pub(super) fn fill(
    ids: impl Iterator<Item = FixId>,
    facts: &Facts,
    kind: RouteKind,
    half: Phase,
    locale: Locale,
) -> Vec<Fix> {
    let mut fixes: Vec<Fix> = Vec::new();
    for id in ids {
        let recipe = recipe_of(id, kind, half).map_or("", |recipe| text::recipe(recipe as usize));
        let mut has_sam = false;
        for (digit, text) in lines(recipe, locale) {
            let tool = Tool::of(digit);
            let text = facts.fill(&needed(text, facts));
            match tool {
                Tool::Sam => has_sam = true,
                Tool::Cloudformation if !has_sam => fixes.push(Fix { tool: Tool::Sam, text: text.clone() }),
                _ => {}
            }
            // two fixes of a finding can lead to the same place
            if !fixes.iter().any(|fix| fix.tool == tool && fix.text == text) {
                fixes.push(Fix { tool, text });
            }
        }
    }
    fixes
}

/// A template without the lists that stay as they are, since the call has nothing to add to them.
fn needed(template: &str, facts: &Facts) -> String {
    let mut needed = String::new();
    let mut is_list = false;
    for part in parts(template, |byte| byte == 0x7f) {
        if !is_list || !facts.unsafe_names.is_empty() {
            needed.push_str(part);
        }
        is_list = !is_list;
    }
    needed
}

/// A recipe's lines in one language, as [`fill`] reads them.
#[cfg(feature = "texts")]
pub(super) fn lines_in(words: &Words, locale: Locale) -> String {
    let mut whole = String::new();
    for (digit, text) in lines(words.lines, locale) {
        for part in [digit, text, "\u{1e}"] {
            whole.push_str(part);
        }
    }
    whole
}

/// A recipe's lines as they are written, both languages in them.
#[cfg(feature = "texts")]
pub(super) fn lines_of(recipe: usize) -> &'static str {
    Recipe::ALL.get(recipe).map_or("", |words| words.lines)
}
