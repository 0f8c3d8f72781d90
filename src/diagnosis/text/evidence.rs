//! What was tried and what came back, as sentences.

use super::phrase::{Phrase, phrase};
use crate::cors::Credentials;
use crate::diagnosis::EvidenceItem;
use crate::diagnosis::clock::{self, Times};
use crate::diagnosis::evidence::{Connection, Entry, Evidence, Observation, Outcome, Outside, Phase, Probe};
use crate::diagnosis::failure::Locale;
use crate::diagnosis::words::{digits, joined};

/// Everything known, in the order in which it was learnt.
pub(in crate::diagnosis) fn evidence_items(evidence: &Evidence, locale: Locale) -> Vec<EvidenceItem> {
    let mut items = Vec::new();
    let mut add = |probe: &str, outcome, said, more: &str| {
        items.push(EvidenceItem::new(probe, outcome, None, joined(&[phrase(said, locale), more])));
    };
    match evidence.connection {
        Connection::Online => add("online", "yes", Phrase::Online, ""),
        Connection::Offline => add("online", "no", Phrase::Offline, ""),
    }
    if let Some(policy) = &evidence.csp {
        add("csp-violation", "yes", Phrase::Blocked, policy);
    }
    if evidence.entry == Entry::Missing {
        add("resource-timing", "no", Phrase::Unrecorded, "");
    }
    match evidence.phase {
        Some(Phase::Preflight) => add("phase", "yes", Phrase::FailedAtPreflight, ""),
        Some(Phase::Actual) => add("phase", "yes", Phrase::FailedAtAnswer, ""),
        None => {}
    }
    if evidence.outside == Outside::Passes {
        add("dev-server", "yes", Phrase::NothingOutside, "");
    }
    let sent = evidence.observations.iter().filter(|seen| seen.outcome != Outcome::Unsent);
    items.extend(sent.map(|seen| observation(evidence, seen, locale)));
    items
}

fn observation(evidence: &Evidence, seen: &Observation, locale: Locale) -> EvidenceItem {
    let half = || clock::ended(evidence, seen, Times::Count).map(|ended| ended.phase);
    let (outcome, status, came) = match &seen.outcome {
        Outcome::Readable { status, .. } => ("readable", Some(*status), Phrase::CouldBeRead),
        Outcome::Opaque => ("opaque", None, Phrase::WasAnswered),
        Outcome::Redirect => ("redirect", None, Phrase::WasRedirected),
        Outcome::Failed | Outcome::Unsent => {
            let came = match half() {
                Some(Phase::Preflight) => Phrase::FailedWithPreflight,
                Some(Phase::Actual) => Phrase::FailedAfterPreflight,
                None => Phrase::Failed,
            };
            ("failed", None, came)
        }
    };
    let what = match &seen.probe {
        Probe::NoCors => Phrase::NoCors,
        Probe::Simple(_) => Phrase::Simple,
        Probe::Header(..) => Phrase::HeaderBegins,
        Probe::RandomHeader => Phrase::RandomHeader,
        Probe::MadeUpHeaders(_) => Phrase::MadeUpHeaders,
        Probe::AllHeaders(_) => Phrase::AllHeaders,
        Probe::ManualRedirect => Phrase::ManualRedirect,
        Probe::Control => Phrase::Control,
        Probe::NullOrigin => Phrase::NullOrigin,
        Probe::RedirectAway => Phrase::RedirectAway,
    };
    let say = |said| phrase(said, locale);
    let mut text = say(what).to_owned();
    if let Probe::Header(name, _) = &seen.probe {
        text.push_str(name);
        text.push_str(say(Phrase::HeaderEnds));
    }
    if seen.probe.credentials() == Credentials::Include {
        text.push_str(say(Phrase::WithCredentials));
    }
    text.push_str(say(came));
    if let Some(status) = status {
        text.push_str(&digits(status));
        text.push_str(say(Phrase::ReadEnds));
    }
    EvidenceItem::new(seen.probe.name(), outcome, status, text)
}
