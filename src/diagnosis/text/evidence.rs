//! What was tried and what came back, as sentences.

use crate::diagnosis::EvidenceItem;
use crate::diagnosis::evidence::{Connection, Entry, Evidence, Observation, Outcome, Phase, Probe};
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
    if let Some(phase) = evidence.timed {
        let text = match phase {
            Phase::Preflight => {
                say("By the time it takes, the preflight fails.", "所要時間から見て、プリフライトが失敗しています。")
            }
            Phase::Actual => say(
                "By the time it takes, the preflight for these headers passes.",
                "所要時間から見て、これらのヘッダーのプリフライトは通っています。",
            ),
        };
        items.push(EvidenceItem::new("preflight-by-time", "yes", None, text));
    }
    items.extend(evidence.observations.iter().map(|seen| observation(seen, locale)));
    items
}

fn observation(seen: &Observation, locale: Locale) -> EvidenceItem {
    let (outcome, status) = match &seen.outcome {
        Outcome::Readable { status, .. } => ("readable", Some(*status)),
        Outcome::Opaque => ("opaque", None),
        Outcome::Redirect => ("redirect", None),
        Outcome::Failed => ("failed", None),
    };
    let what = match locale {
        Locale::En => what_en(&seen.probe),
        Locale::Ja => what_ja(&seen.probe),
    };
    let came = match (locale, status, outcome) {
        (Locale::En, Some(status), _) => joined(&["could be read, status ", &digits(status)]),
        (Locale::En, None, "opaque") => "was answered".to_owned(),
        (Locale::En, None, "redirect") => "was redirected".to_owned(),
        (Locale::En, None, _) => "failed".to_owned(),
        (Locale::Ja, Some(status), _) => joined(&["読み取り可 (ステータス ", &digits(status), ")"]),
        (Locale::Ja, None, "opaque") => "応答あり".to_owned(),
        (Locale::Ja, None, "redirect") => "リダイレクト".to_owned(),
        (Locale::Ja, None, _) => "失敗".to_owned(),
    };
    let text = match locale {
        Locale::En => joined(&[&what, " ", &came, "."]),
        Locale::Ja => joined(&[&what, ": ", &came]),
    };
    EvidenceItem::new(seen.probe.name(), outcome, status, text)
}

fn what_en(probe: &Probe) -> String {
    match probe {
        Probe::NoCors => "A GET without CORS".to_owned(),
        Probe::Simple => "A GET without headers".to_owned(),
        Probe::SimpleIncluding => "A GET without headers, with credentials,".to_owned(),
        Probe::Header(name) => joined(&["A GET with the header ", name]),
        Probe::RandomHeader => "A GET with a header that nobody lists".to_owned(),
        Probe::MadeUpHeaders => "A GET with made-up values of the call's headers".to_owned(),
        Probe::AllHeaders => "A GET with the call's own headers, without credentials,".to_owned(),
        Probe::AllHeadersIncluding => "A GET with the call's own headers, with credentials,".to_owned(),
        Probe::ManualRedirect => "A GET that does not follow redirects".to_owned(),
        Probe::Control => "A request to the page's own server".to_owned(),
    }
}

fn what_ja(probe: &Probe) -> String {
    match probe {
        Probe::NoCors => "CORS なしの GET".to_owned(),
        Probe::Simple => "ヘッダーなしの GET".to_owned(),
        Probe::SimpleIncluding => "ヘッダーなし、credentials ありの GET".to_owned(),
        Probe::Header(name) => joined(&["ヘッダー ", name, " 付きの GET"]),
        Probe::RandomHeader => "どこにも登録されていないヘッダー付きの GET".to_owned(),
        Probe::MadeUpHeaders => "仮の値のヘッダー付きの GET".to_owned(),
        Probe::AllHeaders => "元のヘッダー付き、credentials なしの GET".to_owned(),
        Probe::AllHeadersIncluding => "元のヘッダー付き、credentials ありの GET".to_owned(),
        Probe::ManualRedirect => "リダイレクトを追わない GET".to_owned(),
        Probe::Control => "ページ自身のサーバーへのリクエスト".to_owned(),
    }
}
