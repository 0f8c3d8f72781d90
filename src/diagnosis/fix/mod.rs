//! How to mend it: lines to paste, filled in with the app's own origin, method and headers.
//!
//! Least privilege throughout: exact origins and never `*`, the headers of this call and no others, no credentials where no cookie
//! is needed.

mod app;
mod cloudfront;
mod cors;
mod gateway;

use super::Fix;
use super::evidence::Phase;
use super::facts::Facts;
use super::failure::{Locale, RouteKind};
use crate::text::cut;

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
    Csp,
    Deploy,
    ExposeHeaders,
    Extension,
    FinalUrl,
    FreeOptions,
    FunctionUrlCors,
    FunctionUrlPermission,
    FunctionWithoutCors,
    GatewayResponses,
    IamPolicy,
    JwtAuthorizer,
    LambdaPermission,
    Limits,
    LocalNetwork,
    LocalstackOrigins,
    Mapping,
    OmitCredentials,
    OneOwner,
    OptionsRoute,
    RequestForm,
    ResourcePolicy,
    RestCors,
    ReturnAllowOrigin,
    RightUrl,
    SamLocalCors,
    SignAs,
    Timeouts,
    Token,
    UpperCaseMethod,
    Waf,
}

/// A fix in all its tools.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    /// For the documentation, English and Japanese. No page downloads them.
    #[cfg(not(target_arch = "wasm32"))]
    pub titles: (&'static str, &'static str),
    /// Each tool's lines: its digit, the English, the Japanese where it differs, and an end. One text compresses far better than
    /// many pointers.
    lines: &'static str,
}

/// A recipe in the form that [`fill`] reads. Code is the same in every language; steps and comments are not.
macro_rules! recipe {
    ($name:ident = $title:literal | $title_ja:literal; $($tool:ident: $en:literal $(| $ja:literal)?,)*) => {
        pub(super) static $name: Recipe = Recipe {
            #[cfg(not(target_arch = "wasm32"))]
            titles: ($title, $title_ja),
            lines: concat!($(tool!($tool), $en, $("\u{1f}", $ja,)? "\u{1e}"),*),
        };
    };
}

/// A tool's digit.
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
use {recipe, tool};

/// The recipe of a fix. CORS is configured in a place of its own in each kind of front door.
pub(super) fn recipe_of(id: FixId, kind: RouteKind, half: Phase) -> Option<&'static Recipe> {
    Some(match (id, kind) {
        (FixId::Cors, RouteKind::HttpApi | RouteKind::Custom) => &cors::HTTP_API,
        (FixId::Cors, RouteKind::FunctionUrl) | (FixId::FunctionUrlCors, _) => &cors::FUNCTION_URL,
        (FixId::Cors, RouteKind::SamLocal) | (FixId::SamLocalCors, _) => &cors::SAM_LOCAL,
        // a REST API's OPTIONS says nothing about the answer to the call
        (FixId::Cors, RouteKind::RestApi | RouteKind::Cloudfront) if half == Phase::Actual => &cors::FUNCTION,
        (FixId::Cors | FixId::RestCors, _) => &cors::REST_API,
        (FixId::LocalstackOrigins, _) => &cors::LOCALSTACK,
        (FixId::AllowCredentials, RouteKind::HttpApi | RouteKind::Custom) => &cors::HTTP_API_CREDENTIALS,
        (FixId::AllowCredentials, _) => &cors::REST_API_CREDENTIALS,
        (FixId::ReturnAllowOrigin, _) => &cors::FUNCTION,
        (FixId::ExposeHeaders, RouteKind::RestApi | RouteKind::Cloudfront) => &cors::REST_API_EXPOSE,
        (FixId::ExposeHeaders, _) => &cors::HTTP_API_EXPOSE,
        (FixId::OptionsRoute, _) => &gateway::OPTIONS_ROUTE,
        (FixId::FreeOptions, _) => &gateway::FREE_OPTIONS,
        (FixId::GatewayResponses, RouteKind::RestApi | RouteKind::Cloudfront) => &gateway::GATEWAY_RESPONSES,
        // HTTP APIs, function URLs and emulators have no gateway responses
        (FixId::GatewayResponses, _) => return None,
        (FixId::BinaryTypes, _) => &gateway::BINARY_TYPES,
        (FixId::Deploy, _) => &gateway::DEPLOY,
        (FixId::LambdaPermission, _) => &gateway::LAMBDA_PERMISSION,
        (FixId::CallerCredentials, _) => &gateway::CALLER_CREDENTIALS,
        (FixId::IamPolicy, _) => &gateway::IAM_POLICY,
        (FixId::FunctionUrlPermission, _) => &gateway::FUNCTION_URL_PERMISSION,
        (FixId::Timeouts, _) => &gateway::TIMEOUTS,
        (FixId::Limits, _) => &gateway::LIMITS,
        (FixId::ResourcePolicy, _) => &gateway::RESOURCE_POLICY,
        (FixId::Mapping, _) => &gateway::MAPPING,
        (FixId::RequestForm, _) => &gateway::REQUEST_FORM,
        (FixId::JwtAuthorizer, _) => &gateway::JWT_AUTHORIZER,
        (FixId::FunctionWithoutCors, _) => &cors::FUNCTION_WITHOUT,
        (FixId::AllowList, _) => &cloudfront::ALLOW_LIST,
        (FixId::CloudfrontErrorPages, _) => &cloudfront::ERROR_PAGES,
        (FixId::CloudfrontOrigin, _) => &cloudfront::ORIGIN,
        (FixId::Authorizer, _) => &gateway::AUTHORIZER,
        (FixId::CloudfrontCache, _) => &cloudfront::CACHE,
        (FixId::CloudfrontHost, _) => &cloudfront::HOST,
        (FixId::CloudfrontMethods, _) => &cloudfront::METHODS,
        (FixId::OneOwner, RouteKind::Cloudfront | RouteKind::Custom) => &cloudfront::ONE_OWNER,
        (FixId::OneOwner, _) => &cors::ONE_PLACE,
        (FixId::Waf, _) => &cloudfront::WAF,
        (FixId::FinalUrl, _) => &app::FINAL_URL,
        (FixId::Clock, _) => &app::CLOCK,
        (FixId::CorsMode, _) => &app::CORS_MODE,
        (FixId::Csp, _) => &app::CSP,
        (FixId::Extension, _) => &app::EXTENSION,
        (FixId::LocalNetwork, _) => &app::LOCAL_NETWORK,
        (FixId::OmitCredentials, _) => &app::OMIT_CREDENTIALS,
        (FixId::RightUrl, _) => &app::RIGHT_URL,
        (FixId::SignAs, _) => &app::SIGN_AS,
        (FixId::Token, _) => &app::TOKEN,
        (FixId::UpperCaseMethod, _) => &app::UPPER_CASE_METHOD,
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
        let mut rest = recipe_of(id, kind, half).map_or("", |recipe| recipe.lines);
        let mut has_sam = false;
        while let Some((line, after)) = cut(rest, |byte| byte == 0x1e) {
            let (digit, words) = line.split_at_checked(1).unwrap_or_default();
            let (en, ja) = cut(words, |byte| byte == 0x1f).unwrap_or((words, words));
            let text = match locale {
                Locale::En => en,
                Locale::Ja => ja,
            };
            let tool = Tool::of(digit);
            let text = facts.fill(text);
            match tool {
                Tool::Sam => has_sam = true,
                Tool::Cloudformation if !has_sam => fixes.push(Fix { tool: Tool::Sam, text: text.clone() }),
                _ => {}
            }
            // two fixes of a finding can lead to the same place
            if !fixes.iter().any(|fix| fix.tool == tool && fix.text == text) {
                fixes.push(Fix { tool, text });
            }
            rest = after;
        }
    }
    fixes
}
