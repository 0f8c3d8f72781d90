//! What was tried and what came back, as sentences.

use crate::cors::Credentials;
use crate::diagnosis::EvidenceItem;
use crate::diagnosis::clock::{self, Times};
use crate::diagnosis::evidence::{Connection, Entry, Evidence, Observation, Outcome, Outside, Phase, Probe};
use crate::diagnosis::failure::Locale;
use crate::diagnosis::words::{digits, joined};

/// Everything known, in the order in which it was learnt.
pub(in crate::diagnosis) fn evidence_items(evidence: &Evidence, locale: Locale) -> Vec<EvidenceItem> {
    let say = |en: &str, ja: &str| match locale {
        Locale::En => en.to_owned(),
        Locale::Ja => ja.to_owned(),
    };
    let mut items = Vec::new();
    let (outcome, text) = match evidence.connection {
        Connection::Online => ("yes", say("The browser is online.", "ブラウザーはオンラインです。")),
        Connection::Offline => ("no", say("The browser is offline.", "ブラウザーはオフラインです。")),
    };
    items.push(EvidenceItem::new("online", outcome, None, text));
    if let Some(policy) = &evidence.csp {
        let text = match locale {
            Locale::En => joined(&["The page's policy blocked it: ", policy]),
            Locale::Ja => joined(&["ページのポリシーが遮断しました: ", policy]),
        };
        items.push(EvidenceItem::new("csp-violation", "yes", None, text));
    }
    if evidence.entry == Entry::Missing {
        let text = say(
            "The browser recorded no network request for the call.",
            "この呼び出しのネットワークリクエストは記録されていません。",
        );
        items.push(EvidenceItem::new("resource-timing", "no", None, text));
    }
    if let Some(phase) = evidence.phase {
        let text = match phase {
            Phase::Preflight => say("It failed during the preflight.", "プリフライトの段階で失敗しました。"),
            Phase::Actual => say(
                "The preflight passed; the answer to the call failed.",
                "プリフライトは通り、本体の応答で失敗しました。",
            ),
        };
        items.push(EvidenceItem::new("phase", "yes", None, text));
    }
    if evidence.outside == Outside::Passes {
        let text = say(
            "Outside the browser the dev server found nothing wrong.",
            "ブラウザーの外では、開発サーバーは問題を見つけませんでした。",
        );
        items.push(EvidenceItem::new("dev-server", "yes", None, text));
    }
    let sent = evidence.observations.iter().filter(|seen| seen.outcome != Outcome::Unsent);
    items.extend(sent.map(|seen| observation(evidence, seen, locale)));
    items
}

fn observation(evidence: &Evidence, seen: &Observation, locale: Locale) -> EvidenceItem {
    let (outcome, status) = match &seen.outcome {
        Outcome::Readable { status, .. } => ("readable", Some(*status)),
        Outcome::Opaque => ("opaque", None),
        Outcome::Redirect => ("redirect", None),
        Outcome::Failed | Outcome::Unsent => ("failed", None),
    };
    let what = match locale {
        Locale::En => what_en(&seen.probe),
        Locale::Ja => what_ja(&seen.probe),
    };
    let half = match outcome {
        "failed" => clock::ended(evidence, seen, Times::Count).map(|ended| ended.phase),
        _ => None,
    };
    let came = match (locale, status, outcome) {
        (Locale::En, Some(status), _) => joined(&["could be read, status ", &digits(status)]),
        (Locale::En, None, "opaque") => "was answered".to_owned(),
        (Locale::En, None, "redirect") => "was redirected".to_owned(),
        (Locale::En, None, _) => match half {
            Some(Phase::Preflight) => "failed, with its preflight".to_owned(),
            Some(Phase::Actual) => "failed, after its preflight had passed".to_owned(),
            None => "failed".to_owned(),
        },
        (Locale::Ja, Some(status), _) => joined(&["読み取り可 (ステータス ", &digits(status), ")"]),
        (Locale::Ja, None, "opaque") => "応答あり".to_owned(),
        (Locale::Ja, None, "redirect") => "リダイレクト".to_owned(),
        (Locale::Ja, None, _) => match half {
            Some(Phase::Preflight) => "プリフライトで失敗".to_owned(),
            Some(Phase::Actual) => "プリフライト通過後に失敗".to_owned(),
            None => "失敗".to_owned(),
        },
    };
    let text = match locale {
        Locale::En => joined(&[&what, " ", &came, "."]),
        Locale::Ja => joined(&[&what, ": ", &came]),
    };
    EvidenceItem::new(seen.probe.name(), outcome, status, text)
}

fn what_en(probe: &Probe) -> String {
    let what = match probe {
        Probe::NoCors => "A GET without CORS",
        Probe::Simple(_) => "A GET without headers",
        Probe::Header(name, _) => &joined(&["A GET with the header ", name]),
        Probe::RandomHeader => "A GET with a header that nobody lists",
        Probe::MadeUpHeaders(_) => "A GET with made-up values of the call's headers",
        Probe::AllHeaders(_) => "A GET with the call's own headers",
        Probe::ManualRedirect => "A GET that does not follow redirects",
        Probe::Control => "A request to the page's own server",
        Probe::NullOrigin => "A GET from a frame without an origin",
        Probe::RedirectAway => "A GET that may not leave the API's origin",
    };
    joined(&[what, if probe.credentials() == Credentials::Include { ", with credentials," } else { "" }])
}

fn what_ja(probe: &Probe) -> String {
    let what = match probe {
        Probe::NoCors => "CORS なしの GET",
        Probe::Simple(_) => "ヘッダーなしの GET",
        Probe::Header(name, _) => &joined(&["ヘッダー ", name, " 付きの GET"]),
        Probe::RandomHeader => "どこにも登録されていないヘッダー付きの GET",
        Probe::MadeUpHeaders(_) => "仮の値のヘッダー付きの GET",
        Probe::AllHeaders(_) => "元のヘッダー付きの GET",
        Probe::ManualRedirect => "リダイレクトを追わない GET",
        Probe::Control => "ページ自身のサーバーへのリクエスト",
        Probe::NullOrigin => "オリジンのないフレームからの GET",
        Probe::RedirectAway => "API のオリジンから出られない GET",
    };
    joined(&[what, if probe.credentials() == Credentials::Include { " (credentials あり)" } else { "" }])
}
