//! Which probes come next. Bounded by the failure's limits, and none where the first look already says it all.

use super::clock::{self, Times};
use super::evidence::{Evidence, Isolation, Probe};
use super::facts::Facts;
use super::failure::{Auth, Failure, Probes};
use super::reason::at_first_sight;
use crate::cors::{Credentials, Engine};

/// Of a call's own headers, so many are tried one by one.
const SWEEP: usize = 7;

/// Probes to send.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// They do not depend on each other and go out at once.
    Together(Vec<Probe>),
    /// Nothing else may be under way: its time counts.
    Alone(Probe),
}

/// What to send next; nothing when no further probe would teach anything.
pub fn next_step(failure: &Failure, evidence: &Evidence) -> Option<Step> {
    let facts = Facts::of(failure, &evidence.page);
    let left = failure.limits.requests.saturating_sub(evidence.requests());
    if failure.route.probes == Probes::Off || left == 0 || at_first_sight(failure, &facts, evidence).is_some() {
        return None;
    }
    let mut probes = wanted(&facts, evidence);
    let alone = halves(&facts, evidence);
    if facts.page.engine == Engine::Firefox {
        // it tells each probe's half at once
        probes.extend(alone);
        probes.retain(|probe| evidence.of(probe).is_none());
    } else {
        probes.retain(|probe| evidence.of(probe).is_none());
        // a presigned URL stays as it is, so its preflights are cached and their times say nothing
        if probes.is_empty() && !facts.is_presigned() {
            return alone.iter().find_map(|probe| clock::again(evidence, probe)).map(Step::Alone);
        }
    }
    probes.truncate(left);
    if probes.is_empty() { None } else { Some(Step::Together(probes)) }
}

/// Everything worth sending for what it brings back, given what came so far.
fn wanted(facts: &Facts, evidence: &Evidence) -> Vec<Probe> {
    let including = facts.includes_credentials();
    let simple = Probe::Simple(Credentials::Omit);
    let mut probes = Vec::new();
    // COEP makes no-cors answers fail for reasons of its own
    if evidence.page.isolation == Isolation::Open {
        probes.push(Probe::NoCors);
    }
    probes.push(simple.clone());
    if including {
        probes.push(Probe::Simple(Credentials::Include));
    }
    let Some(readable) = evidence.passed(&simple) else { return probes };
    if !readable && evidence.passed(&Probe::NoCors) == Some(false) {
        probes.extend([Probe::Control, Probe::ManualRedirect]);
    } else if readable {
        if including && evidence.passed(&Probe::Simple(Credentials::Include)) == Some(false) {
            probes.push(Probe::NullOrigin);
        }
        if facts.preflighted {
            sweep(facts, evidence, &mut probes);
        }
    } else {
        // a redirect is the one thing that can be told of an answer that nobody may read
        probes.push(Probe::RedirectAway);
        if evidence.of(&Probe::RedirectAway).is_some() && evidence.passed(&Probe::RedirectAway).is_none() {
            probes.push(Probe::ManualRedirect);
        }
        // the answer to the real token may pass where the answer to none does not
        together(facts, &mut probes);
    }
    probes
}

/// One header at a time, then one or two that the call does not have: if they pass, the preflight as such is good.
fn sweep(facts: &Facts, evidence: &Evidence, probes: &mut Vec<Probe>) {
    let header = |name: &str| Probe::Header(name.to_owned(), Credentials::Omit);
    let own = || facts.unsafe_names.iter().take(SWEEP);
    probes.extend(own().map(|name| header(name)));
    let other = ["content-type", "authorization"].into_iter().find(|other| own().all(|name| name != other));
    probes.extend(other.map(header));
    probes.push(Probe::RandomHeader);
    let passed = |name: &String| evidence.passed(&header(name));
    if own().all(|name| passed(name) == Some(true)) {
        // once every header passes alone, see them together
        together(facts, probes);
    }
}

/// The call's own headers together, as a GET, where that is not simply the call again.
fn together(facts: &Facts, probes: &mut Vec<Probe>) {
    // a signature is for one method only
    if facts.unsafe_names.is_empty() || (facts.auth == Auth::Iam && !facts.is_get()) {
        return;
    }
    if facts.includes_credentials() || !facts.is_get() {
        probes.push(Probe::AllHeaders(Credentials::Omit));
    }
    if facts.includes_credentials() && !facts.is_get() {
        probes.push(Probe::AllHeaders(Credentials::Include));
    }
}

/// Probes of which it matters which half fails: does the preflight pass for the call's headers, and if it does not, for which of them?
fn halves(facts: &Facts, evidence: &Evidence) -> Vec<Probe> {
    let mode = facts.credentials();
    let dark = evidence.passed(&Probe::Simple(mode)) == Some(false);
    // where a plain answer can be read, failure is the preflight's; where nothing answers there is nothing to learn
    if !facts.preflighted
        || facts.unsafe_names.is_empty()
        || !dark
        || evidence.passed(&Probe::NoCors) == Some(false)
        || evidence.passed(&Probe::AllHeaders(mode)) == Some(true)
    {
        return Vec::new();
    }
    let passes = |probe: &Probe| clock::preflight_passes(evidence, probe, Times::Count);
    let all = Probe::MadeUpHeaders(mode);
    let mut probes = vec![all.clone()];
    if passes(&all) != Some(false) {
        return probes;
    }
    let each = |mode: Credentials| {
        let names = facts.unsafe_names.iter().take(SWEEP);
        names.map(move |name| Probe::Header(name.clone(), mode)).collect::<Vec<Probe>>()
    };
    if facts.unsafe_names.len() > 1 {
        probes.extend(each(mode));
    }
    // none passes with credentials: then without?
    if mode == Credentials::Include && each(mode).iter().all(|probe| passes(probe) != Some(true)) {
        probes.extend(each(Credentials::Omit));
    }
    probes
}
