//! `docs/diagnosis.md` and its Japanese twin, from the same source as the findings. `BLESS=1 cargo test diagnosis::page` writes them.

use super::code::Code;
use super::evidence::{Context, Isolation, Page, Phase};
use super::facts::Facts;
use super::failure::{Auth, FailedRequest, FailedRoute, Locale, Probes, RouteKind};
use super::fix::{self, FixId};
use super::reason::kind_of;
use super::text::text;
use crate::cors::{Credentials, Engine, Mode, Redirect};
use std::fmt::Write as _;

/// The call that the page's examples are filled in for.
fn example(method: &str) -> Facts {
    let headers = [("authorization", "Bearer …"), ("content-type", "application/json")];
    let request = FailedRequest {
        url: "https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod/items".to_owned(),
        method: method.to_owned(),
        headers: headers.into_iter().collect(),
        credentials: Credentials::Omit,
        mode: Mode::Cors,
        redirect: Redirect::Follow,
    };
    let route = FailedRoute {
        pattern: "https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod/*".to_owned(),
        auth: Auth::Bearer,
        kind: None,
        probes: Probes::Off,
        sign_as: None,
    };
    let page = Page {
        origin: "https://app.example.com".to_owned(),
        context: Context::Secure,
        isolation: Isolation::Open,
        engine: Engine::Chromium,
    };
    Facts::new(&request, &route, &page)
}

/// What a page says beside findings and fixes.
struct Frame {
    introduction: &'static str,
    layer: &'static str,
    cases: &'static str,
    fixes: &'static str,
    fix_heading: &'static str,
    stop: &'static str,
}

const ENGLISH: Frame = Frame {
    introduction: "\
# What gatepass finds, and how to mend it

日本語: [diagnosis.ja.md](diagnosis.ja.md)

Generated from `src/diagnosis`; do not edit. Each heading is the `code` of a finding. The examples are filled in for a page at
`https://app.example.com` that sends `POST` with `authorization` and `content-type` to
`https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod/items`; a diagnosis in your app is filled in for your own call.
Add the values to what is configured already. Words in capitals (`RESOURCE_ID`, `ACCOUNT_ID`) are yours to fill in. The cases are
those of the scenario lab (`cargo xtask demo`), where each can be seen broken and mended.
",
    layer: "Layer",
    cases: "Cases",
    fixes: "Fixes",
    fix_heading: "Fixes",
    stop: ".",
};

const JAPANESE: Frame = Frame {
    introduction: "\
# gatepass の診断結果と直し方

English: [diagnosis.md](diagnosis.md)

`src/diagnosis` から生成しています（直接編集しないでください）。見出しは診断結果の `code` です。例は、`https://app.example.com` のページが
`authorization` と `content-type` を付けて `https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod/items` に `POST` した場合の
ものです。実際の診断では、アプリ自身の値が入ります。値は現在の設定に追加してください。大文字の語（`RESOURCE_ID`、`ACCOUNT_ID`
など）は環境に合わせて置き換えます。「ケース」はシナリオラボ（`cargo xtask demo`）の番号で、壊れた状態と直した状態を確かめられます。
",
    layer: "レイヤー",
    cases: "ケース",
    fixes: "直し方",
    fix_heading: "直し方",
    stop: "。",
};

/// The page in a language.
pub fn markdown(locale: Locale) -> String {
    let frame = match locale {
        Locale::En => ENGLISH,
        Locale::Ja => JAPANESE,
    };
    let mut recipes: Vec<(String, FixId, RouteKind, Facts)> = Vec::new();
    let mut findings = String::new();
    for code in Code::ALL {
        let facts = example(if *code == Code::MethodLowerCase { "patch" } else { "POST" });
        let words = text(*code, locale);
        let (name, layer) = (code.name(), code.layer().name());
        let (title, detail) = (facts.fill(words.title), facts.fill(words.detail));
        // writing to a string cannot fail
        let stop = frame.stop;
        let _ = write!(findings, "\n## {name}\n\n**{title}{stop}**\n\n{detail}\n\n{}: {layer}{stop}", frame.layer);
        let mut links: Vec<String> = Vec::new();
        for id in code.fixes() {
            let known = kind_of(*code);
            for kind in known.as_ref().map_or(doors(id), std::slice::from_ref) {
                let Some(recipe) = fix::recipe_of(id, *kind, Phase::Preflight) else { continue };
                let Some(words) = fix::Recipe::ALL.get(recipe as usize) else { continue };
                let title = match locale {
                    Locale::En => words.titles.0,
                    Locale::Ja => words.titles.1,
                };
                let link = format!("[{title}](#{})", anchor(title));
                if !links.contains(&link) {
                    links.push(link);
                }
                if !recipes.iter().any(|(known, ..)| known == title) {
                    recipes.push((title.to_owned(), id, *kind, facts.clone()));
                }
            }
        }
        if !code.cases().is_empty() {
            let _ = write!(findings, " {}: {}{stop}", frame.cases, code.cases().join(", "));
        }
        if !links.is_empty() {
            let _ = write!(findings, " {}: {}{stop}", frame.fixes, links.join(", "));
        }
        findings.push('\n');
    }
    let mut page = format!("{}{findings}\n# {}\n", frame.introduction, frame.fix_heading);
    for (title, id, kind, facts) in recipes {
        let _ = write!(page, "\n## {title}\n");
        for fix in fix::fill([id].into_iter(), &facts, kind, Phase::Preflight, locale) {
            let (tool, language) = (fix.tool.title(), fix.tool.language());
            if language == "text" {
                let _ = write!(page, "\n{tool}: {}\n", fix.text);
            } else {
                let _ = write!(page, "\n{tool}:\n\n```{language}\n{}\n```\n", fix.text);
            }
        }
    }
    page
}

/// The front doors whose recipes differ.
const fn doors(id: FixId) -> &'static [RouteKind] {
    match id {
        FixId::Cors => &[RouteKind::HttpApi, RouteKind::RestApi, RouteKind::FunctionUrl, RouteKind::SamLocal],
        FixId::AllowCredentials => &[RouteKind::HttpApi, RouteKind::RestApi],
        FixId::OneOwner => &[RouteKind::Cloudfront, RouteKind::RestApi],
        _ => &[RouteKind::RestApi],
    }
}

/// As GitHub makes anchors of headings.
fn anchor(title: &str) -> String {
    title.to_lowercase().replace(' ', "-").replace([',', '\''], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_pages_are_fresh() {
        for (name, locale) in [("diagnosis.md", Locale::En), ("diagnosis.ja.md", Locale::Ja)] {
            let path = format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"));
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&path, markdown(locale)).unwrap();
            }
            let committed = std::fs::read_to_string(&path).unwrap();
            assert!(committed == markdown(locale), "docs/{name} is stale: BLESS=1 cargo test diagnosis::page");
        }
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        for name in
            ["$ORIGIN", "$METHOD", "$HEADERS", "$API", "$MISSING", "$ARN", "$PATH", "$HOST", "$REGION", "$STAGE"]
        {
            assert!(!markdown(Locale::En).contains(name) && !markdown(Locale::Ja).contains(name), "{name}");
        }
    }

    #[test]
    fn no_fix_opens_the_door_to_everyone() {
        let page = markdown(Locale::En);
        for opening in ["allow_origins = [\"*\"]", "AllowOrigins: ['*']", "Origin: \"'*'\"", "--principal '*'"] {
            assert!(!page.contains(opening), "{opening}");
        }
    }

    #[test]
    fn a_list_is_left_as_it_is_where_the_call_has_nothing_to_add() {
        let mut facts = example("GET");
        facts.unsafe_names.clear();
        for kind in
            [RouteKind::HttpApi, RouteKind::RestApi, RouteKind::FunctionUrl, RouteKind::SamLocal, RouteKind::Localstack]
        {
            for locale in [Locale::En, Locale::Ja] {
                let ids = [FixId::Cors, FixId::AllowCredentials, FixId::LocalstackOrigins];
                for fix in fix::fill(ids.into_iter(), &facts, kind, Phase::Preflight, locale) {
                    let says = fix.text.to_ascii_lowercase();
                    assert!(!says.contains("content-type") && !says.contains('\u{7f}'), "{kind:?}: {}", fix.text);
                }
            }
        }
    }

    #[test]
    fn a_finding_of_one_door_has_that_doors_fixes() {
        let page = markdown(Locale::En);
        let (_, section) = page.split_once("\n## cors-not-configured\n").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        assert!(section.contains("CORS settings of an HTTP API") && !section.contains("REST API"), "{section}");
    }

    #[test]
    fn a_fix_that_is_configuration_is_there_in_every_tool() {
        use super::fix::Tool::{Cdk, Cli, Cloudformation, Console, Sam, Terraform};
        let configured = [
            (FixId::Cors, RouteKind::HttpApi),
            (FixId::Cors, RouteKind::RestApi),
            (FixId::Cors, RouteKind::FunctionUrl),
            (FixId::AllowCredentials, RouteKind::HttpApi),
            (FixId::OptionsRoute, RouteKind::HttpApi),
            (FixId::FreeOptions, RouteKind::RestApi),
            (FixId::GatewayResponses, RouteKind::RestApi),
            (FixId::BinaryTypes, RouteKind::RestApi),
            (FixId::Deploy, RouteKind::RestApi),
            (FixId::LambdaPermission, RouteKind::RestApi),
            (FixId::CallerCredentials, RouteKind::RestApi),
            (FixId::IamPolicy, RouteKind::RestApi),
            (FixId::FunctionUrlPermission, RouteKind::FunctionUrl),
            (FixId::Timeouts, RouteKind::RestApi),
            (FixId::Limits, RouteKind::RestApi),
            (FixId::ResourcePolicy, RouteKind::RestApi),
            (FixId::Mapping, RouteKind::RestApi),
            (FixId::JwtAuthorizer, RouteKind::HttpApi),
            (FixId::CloudfrontErrorPages, RouteKind::Cloudfront),
            (FixId::CloudfrontOrigin, RouteKind::Cloudfront),
            (FixId::CloudfrontMethods, RouteKind::Cloudfront),
            (FixId::CloudfrontHost, RouteKind::Cloudfront),
            (FixId::CloudfrontCache, RouteKind::Cloudfront),
            (FixId::OneOwner, RouteKind::Cloudfront),
            (FixId::Waf, RouteKind::Cloudfront),
        ];
        for (id, kind) in configured {
            let tools: Vec<_> = fix::fill([id].into_iter(), &example("POST"), kind, Phase::Preflight, Locale::En)
                .into_iter()
                .map(|fix| fix.tool)
                .collect();
            for tool in [Console, Sam, Cloudformation, Terraform, Cdk, Cli] {
                assert!(tools.contains(&tool), "{id:?} for {kind:?} lacks {}", tool.title());
            }
        }
    }
}
