//! `docs/diagnosis.md`, from the same source as the findings. `BLESS=1 cargo test diagnosis::page` writes it.

use super::code::Code;
use super::evidence::{Context, Isolation, Page};
use super::facts::Facts;
use super::failure::{Auth, FailedRequest, FailedRoute, Locale, Probes, RouteKind};
use super::fix::{self, FixId};
use super::text::text;
use crate::cors::{Credentials, Engine, Mode, Redirect};
use std::fmt::Write as _;

/// The call that the page's examples are filled in for.
fn example() -> Facts {
    let headers = [("authorization", "Bearer …"), ("content-type", "application/json")];
    let request = FailedRequest {
        url: "https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod/items".to_owned(),
        method: "POST".to_owned(),
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

const INTRODUCTION: &str = "\
# What gatepass finds, and how to mend it

Generated from `src/diagnosis`; do not edit. Each heading is the `code` of a finding. The examples are filled in for a page at
`https://app.example.com` that sends `POST` with `authorization` and `content-type` to
`https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod/items`; a diagnosis in your app is filled in for your own call.
Add the values to what is configured already. Words in capitals (`RESOURCE_ID`, `ACCOUNT_ID`) are yours to fill in.
";

/// The page.
pub fn markdown() -> String {
    let facts = example();
    let mut recipes: Vec<(String, FixId, RouteKind)> = Vec::new();
    let mut findings = String::new();
    for code in Code::ALL {
        let words = text(*code, Locale::En);
        let (name, layer) = (code.name(), code.layer().name());
        let (title, detail) = (facts.fill(words.title), facts.fill(words.detail));
        // writing to a string cannot fail
        let _ = write!(findings, "\n## {name}\n\n**{title}.**\n\n{detail}\n\nLayer: {layer}.");
        let mut links: Vec<String> = Vec::new();
        for id in code.fixes() {
            for kind in doors(id) {
                let Some(recipe) = fix::recipe_of(id, *kind) else { continue };
                let link = format!("[{}](#{})", recipe.title, anchor(recipe.title));
                if !links.contains(&link) {
                    links.push(link);
                }
                if !recipes.iter().any(|(title, ..)| title == recipe.title) {
                    recipes.push((recipe.title.to_owned(), id, *kind));
                }
            }
        }
        if !links.is_empty() {
            let _ = write!(findings, " Fixes: {}.", links.join(", "));
        }
        findings.push('\n');
    }
    let mut page = format!("{INTRODUCTION}{findings}\n# Fixes\n");
    for (title, id, kind) in recipes {
        let _ = write!(page, "\n## {title}\n");
        for fix in fix::fill([id].into_iter(), &facts, kind, Locale::En) {
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
        FixId::AllowCredentials | FixId::ExposeHeaders => &[RouteKind::HttpApi, RouteKind::RestApi],
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
    fn the_committed_page_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnosis.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, markdown()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap();
        assert!(committed == markdown(), "docs/diagnosis.md is stale: BLESS=1 cargo test diagnosis::page");
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        for name in
            ["$ORIGIN", "$METHOD", "$HEADERS", "$API", "$MISSING", "$ARN", "$PATH", "$HOST", "$REGION", "$STAGE"]
        {
            assert!(!markdown().contains(name), "{name}");
        }
    }

    #[test]
    fn no_fix_opens_the_door_to_everyone() {
        let page = markdown();
        for opening in ["allow_origins = [\"*\"]", "AllowOrigins: ['*']", "Origin: \"'*'\"", "--principal '*'"] {
            assert!(!page.contains(opening), "{opening}");
        }
    }
}
