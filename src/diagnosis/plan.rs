//! Which probe comes next. Bounded: at most [`LIMIT`] requests, and none where the first look already says it all.

use super::evidence::{Evidence, Isolation, Outcome, Probe};
use super::facts::Facts;
use super::failure::{Auth, Failure, Probes};
use super::reason::at_first_sight;

/// No more requests than this for one diagnosis.
pub const LIMIT: usize = 15;

/// A call that may get past its preflight, and one that cannot.
pub const TIMED: [Probe; 2] = [Probe::MadeUpHeaders, Probe::RandomHeader];

/// A round trip of so many milliseconds can be told from noise.
const FAR: f64 = 8.0;

/// Of a call's own headers, so many are tried one by one.
const SWEEP: usize = 7;

/// The next probe, or nothing when no further one would teach anything.
pub fn next_probe(failure: &Failure, evidence: &Evidence) -> Option<Probe> {
    let facts = Facts::new(&failure.request, &failure.route, &evidence.page);
    if failure.route.probes == Probes::Off
        || evidence.observations.len() >= LIMIT
        || at_first_sight(failure, &facts, evidence).is_some()
    {
        return None;
    }
    wanted(&facts, evidence).into_iter().find(|probe| evidence.of(probe).is_none())
}

/// How many pairs of [`TIMED`] to send for [`super::evidence::phase_by_time`]; none where something that was read tells the halves
/// apart already.
pub fn timed_pairs(failure: &Failure, evidence: &Evidence) -> usize {
    let facts = Facts::new(&failure.request, &failure.route, &evidence.page);
    let pairs = (LIMIT.saturating_sub(evidence.observations.len()) / 2).min(5);
    let seen = |probe: &Probe| evidence.of(probe).map(Outcome::passed);
    // near servers answer within the browser's own noise
    let far = evidence.observations.iter().any(|seen| seen.probe == Probe::Simple && seen.took >= FAR);
    let dark = far
        && facts.preflighted
        && evidence.phase.is_none()
        && seen(&Probe::NoCors) == Some(true)
        && seen(&Probe::Simple) == Some(false)
        && seen(&Probe::AllHeaders) != Some(true);
    if dark && pairs >= 3 && !facts.unsafe_names.is_empty() { pairs } else { 0 }
}

/// Everything worth sending, given what came back so far, in order.
fn wanted(facts: &Facts, evidence: &Evidence) -> Vec<Probe> {
    let seen = |probe: &Probe| evidence.of(probe).map(Outcome::passed);
    let mut probes = Vec::new();
    // COEP makes no-cors answers fail for reasons of its own
    if evidence.page.isolation == Isolation::Open {
        probes.push(Probe::NoCors);
        match seen(&Probe::NoCors) {
            None => return probes,
            Some(false) => {
                probes.push(Probe::Control);
                probes.push(Probe::ManualRedirect);
                return probes;
            }
            Some(true) => {}
        }
    }
    probes.push(Probe::Simple);
    match seen(&Probe::Simple) {
        None => {}
        Some(true) => {
            if facts.includes_credentials() {
                probes.push(Probe::SimpleIncluding);
            }
            if facts.preflighted {
                sweep(facts, &mut probes);
            }
            // once every header passes alone, see them together
            let all_pass = facts.unsafe_names.iter().all(|name| seen(&Probe::Header(name.clone())) == Some(true));
            if all_pass {
                together(facts, &mut probes);
            }
        }
        Some(false) => {
            // the answer to the real token may pass where the answer to none does not
            together(facts, &mut probes);
            probes.push(Probe::ManualRedirect);
        }
    }
    probes
}

/// One header at a time, then one or two that the call does not have: if they pass, the preflight as such is good.
fn sweep(facts: &Facts, probes: &mut Vec<Probe>) {
    for name in facts.unsafe_names.iter().take(SWEEP) {
        probes.push(Probe::Header(name.clone()));
    }
    for name in ["content-type", "authorization"] {
        if !facts.unsafe_names.iter().any(|own| own == name) {
            probes.push(Probe::Header(name.to_owned()));
            break;
        }
    }
    probes.push(Probe::RandomHeader);
}

/// The call's own headers together, as a GET, where that is not simply the call again.
fn together(facts: &Facts, probes: &mut Vec<Probe>) {
    // a signature is for one method only
    if facts.unsafe_names.is_empty() || (facts.auth == Auth::Iam && !facts.is_get()) {
        return;
    }
    if facts.includes_credentials() || !facts.is_get() {
        probes.push(Probe::AllHeaders);
    }
    if facts.includes_credentials() && !facts.is_get() {
        probes.push(Probe::AllHeadersIncluding);
    }
}
