//! Which half of an exchange fails, from how long it takes.
//!
//! A call with a header that nobody allows ends with its preflight. Another one that fails takes as long if it ends there, too, and
//! longer by a whole request if its preflight passes. Noise only ever makes a request longer, so the shortest time of a few counts,
//! and a short one is proof where a long one is a hint.

use super::evidence::{Evidence, Observation, Phase, Probe};

/// A request of so many milliseconds can be told from the browser's own noise.
const FAR: f64 = 8.0;

/// So many times at most for one probe.
const MOST: usize = 5;

/// Whether times count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// They do.
    Count,
    /// As if no clock ticked: a busy machine makes them mislead.
    AreIgnored,
}

/// Which half failed, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    /// The half.
    pub phase: Phase,
    /// Of one.
    pub trust: f64,
}

/// Which half of a failed probe failed.
pub fn ended(evidence: &Evidence, seen: &Observation, times: Times) -> Option<Ended> {
    match (seen.phase, &seen.probe, times) {
        (Some(phase), ..) => Some(Ended { phase, trust: 0.99 }),
        (None, Probe::Header(..) | Probe::MadeUpHeaders(_), Times::Count) => by_time(evidence, seen).ok(),
        _ => None,
    }
}

/// Whether a probe's preflight passes, as far as that is known.
pub fn preflight_passes(evidence: &Evidence, probe: &Probe, times: Times) -> Option<bool> {
    let seen = evidence.of(probe)?;
    if seen.outcome.passed() {
        return Some(true);
    }
    ended(evidence, seen, times).map(|ended| ended.phase == Phase::Actual)
}

/// The probe to send once more, alone, to learn which half of `probe` fails; nothing where it is known, or cannot be.
pub fn again(evidence: &Evidence, probe: &Probe) -> Option<Probe> {
    match evidence.of(probe) {
        None => Some(probe.clone()),
        Some(seen) if seen.outcome.passed() || seen.phase.is_some() => None,
        Some(seen) => by_time(evidence, seen).err()?,
    }
}

/// Which half failed, or what is missing to tell.
fn by_time(evidence: &Evidence, seen: &Observation) -> Result<Ended, Option<Probe>> {
    let sent = |probe: &Probe| evidence.of(probe).map_or(0, |seen| seen.times.len());
    let request = shortest(evidence.observations.iter().filter(|seen| seen.probe == Probe::NoCors));
    // every header is a preflight at least
    let preflight = shortest(
        evidence
            .observations
            .iter()
            .filter(|seen| matches!(seen.probe, Probe::RandomHeader | Probe::Header(..) | Probe::MadeUpHeaders(_))),
    );
    let scale = request.min(preflight);
    // a clock that does not tick is no help
    if scale <= 0.0 {
        return Err(None);
    }
    let (far, enough) = if scale >= FAR { (true, 2) } else { (false, 4) };
    let calibrating = evidence.of(&Probe::RandomHeader);
    if sent(&Probe::RandomHeader) < enough || !calibrating.is_some_and(|seen| settled(seen, scale)) {
        return Err(Some(Probe::RandomHeader));
    }
    // the first one without CORS was sent among others
    if sent(&Probe::NoCors) < enough {
        return Err(Some(Probe::NoCors));
    }
    let longer = (shortest(std::iter::once(seen)) - preflight) / scale;
    match seen.times.len() {
        times if longer <= 0.3 && (far || times >= enough) => {
            // a list of headers that is `*` lets the calibrating one pass, too, and both take the same time
            Ok(Ended { phase: Phase::Preflight, trust: if far { 0.9 } else { 0.75 } })
        }
        times if longer >= 0.5 && times >= enough && settled(seen, scale) => {
            Ok(Ended { phase: Phase::Actual, trust: if far { 0.97 } else { 0.8 } })
        }
        times if times < MOST => Err(Some(seen.probe.clone())),
        _ => Err(None),
    }
}

/// Whether the two shortest times agree, and so were not lengthened, or there will be no more of them.
fn settled(seen: &Observation, scale: f64) -> bool {
    let shortest = shortest(std::iter::once(seen));
    let near = seen.times.iter().filter(|time| **time <= shortest + 0.3 * scale).count();
    near > 1 || seen.times.len() >= MOST
}

fn shortest<'a>(seen: impl Iterator<Item = &'a Observation>) -> f64 {
    seen.flat_map(|seen| &seen.times).copied().fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cors::Credentials;
    use crate::diagnosis::evidence::{Entry, Outcome};
    use crate::diagnosis::simulation::page;

    const CALL: Probe = Probe::MadeUpHeaders(Credentials::Omit);

    /// What is known after `requests`, `preflights` and `calls` took so long.
    fn timed(requests: &[f64], preflights: &[f64], calls: &[f64]) -> (Evidence, Option<Phase>, Option<Probe>) {
        let mut evidence = Evidence::new(page());
        for (probe, times) in [(Probe::NoCors, requests), (Probe::RandomHeader, preflights), (CALL, calls)] {
            let outcome = if probe == Probe::NoCors { Outcome::Opaque } else { Outcome::Failed };
            evidence.add(Observation { probe, outcome, times: times.to_vec(), entry: Entry::Unknown, phase: None });
        }
        let phase = evidence.of(&CALL).and_then(|seen| ended(&evidence, seen, Times::Count)).map(|ended| ended.phase);
        let next = again(&evidence, &CALL);
        (evidence, phase, next)
    }

    #[test]
    fn a_call_that_gets_past_its_preflight_takes_a_request_longer() {
        assert_eq!(timed(&[60.0, 20.0], &[21.0, 20.0], &[95.0, 43.0, 42.0]).1, Some(Phase::Actual));
        assert_eq!(timed(&[60.0, 20.0], &[21.0, 20.0], &[22.0]).1, Some(Phase::Preflight));
        // OPTIONS runs through a slow function
        assert_eq!(timed(&[60.0, 20.0], &[121.0, 120.0], &[142.0, 141.0]).1, Some(Phase::Actual));
        // GET does
        assert_eq!(timed(&[160.0, 120.0], &[21.0, 20.0], &[142.0, 141.0]).1, Some(Phase::Actual));
    }

    #[test]
    fn what_is_not_clear_yet_is_sent_again() {
        assert_eq!(timed(&[60.0, 20.0], &[20.0], &[40.0]).2, Some(Probe::RandomHeader));
        assert_eq!(timed(&[60.0], &[20.0, 20.0], &[40.0]).2, Some(Probe::NoCors));
        assert_eq!(timed(&[60.0, 20.0], &[20.0, 20.0], &[40.0]).2, Some(CALL));
        let (_, phase, next) = timed(&[60.0, 20.0], &[20.0, 20.0], &[28.0; 5]);
        assert_eq!((phase, next), (None, None));
    }

    #[test]
    fn times_that_do_not_agree_are_taken_again() {
        let unsure = timed(&[20.0, 20.0], &[20.0, 20.0], &[52.0, 38.0]);
        assert_eq!((unsure.1, unsure.2), (None, Some(CALL)));
        assert_eq!(timed(&[20.0, 20.0], &[20.0, 20.0], &[52.0, 38.0, 21.0]).1, Some(Phase::Preflight));
        assert_eq!(timed(&[20.0, 20.0], &[20.0, 20.0], &[52.0, 38.0, 41.0]).1, Some(Phase::Actual));
        // what the others are held against, too
        assert_eq!(timed(&[20.0, 20.0], &[35.0, 55.0], &[52.0]).2, Some(Probe::RandomHeader));
        // but not for ever
        let scattered = timed(&[20.0, 20.0], &[20.0, 20.0], &[130.0, 110.0, 90.0, 70.0, 50.0]);
        assert_eq!((scattered.1, scattered.2), (Some(Phase::Actual), None));
    }

    #[test]
    fn near_servers_take_more_and_prove_less_and_a_clock_that_does_not_tick_nothing() {
        assert_eq!(timed(&[2.0, 1.0], &[1.0, 1.0], &[2.0, 2.0]).1, None);
        let (evidence, phase, _) = timed(&[1.0; 4], &[1.0; 4], &[2.0; 4]);
        assert_eq!(phase, Some(Phase::Actual));
        assert!(evidence.of(&CALL).and_then(|seen| ended(&evidence, seen, Times::Count)).unwrap().trust < 0.9);
        let (_, phase, next) = timed(&[0.0], &[0.0], &[0.0]);
        assert_eq!((phase, next), (None, None));
    }
}
