//! Ways in which a front door can be broken, and what each predicts for every probe.
//!
//! A theory is a small model of a server: how it treats a preflight, a GET without the app's headers (`open`) and the call itself.
//! From that the chance that a probe passes follows, and a theory that says 0 to something that was seen is out.

mod front_doors;

use super::clock::{self, Ended, Times};
use super::code::Code;
use super::evidence::{Evidence, Observation, Outcome, Phase, Probe};
use super::facts::Facts;
use super::failure::RouteKind;
use super::probe::RANDOM_HEADER;
use super::words::says;
use crate::cors::{CorsError, Credentials};

/// One way to be broken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Theory {
    pub code: Code,
    pub error: Option<CorsError>,
    /// How often it is met behind this kind of front door, before any evidence.
    pub weight: f32,
    pub model: Model,
}

/// How the server behaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model {
    pub reach: Reach,
    pub preflight: Preflight,
    /// The answer to a GET without the app's headers, or with made-up values of them.
    pub open: Cors,
    /// The answer to the call.
    pub call: Cors,
}

/// Whether anything answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Answers,
    Nothing,
    /// Answers with a redirect that carries a user name.
    RedirectWithCredentials,
}

/// What happens to preflights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preflight {
    Works,
    /// They get an answer without CORS headers, as everything does.
    NoCors,
    /// Every preflight fails, whatever it asks for.
    Broken,
    /// At least one header of the call is not in the list.
    SomeHeaders,
    /// `*` is in the list, and void for the call's credentials.
    WildcardHeaders,
    /// The call's method is not in the list.
    NoMethod,
    /// Passes without credentials only.
    NoCredentials,
}

/// How an answer fares in the CORS check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cors {
    Passes,
    /// Without credentials only.
    OmitOnly,
    Fails,
    /// Nobody can tell beforehand; of a hundred, so many pass.
    Maybe(u8),
}

impl Cors {
    fn chance(self, credentials: Credentials) -> f64 {
        let including = credentials == Credentials::Include;
        let chance = match self {
            Self::OmitOnly if including => 0.0,
            Self::Passes | Self::OmitOnly => 1.0,
            Self::Fails => 0.0,
            Self::Maybe(percent) => f64::from(percent) / 100.0,
        };
        // whether credentials would be allowed too is another matter
        if including { chance * 0.7 } else { chance }
    }
}

impl Theory {
    /// Which half of the exchange the theory says failed. Without a connection neither was finished.
    pub fn phase(&self) -> Option<Phase> {
        match (self.model.reach, self.model.preflight, self.model.call) {
            (Reach::Nothing | Reach::RedirectWithCredentials, ..) => None,
            (Reach::Answers, Preflight::Works, _) => Some(Phase::Actual),
            (Reach::Answers, ..) => Some(Phase::Preflight),
        }
    }

    /// The chance of what was seen, given this theory.
    pub fn likelihood(&self, facts: &Facts, evidence: &Evidence, times: Times) -> f64 {
        let seen: f64 = evidence
            .observations
            .iter()
            .map(|observation| self.chance_of(observation, facts, evidence, times))
            .product();
        let half = match (evidence.phase, self.phase()) {
            (Some(seen), Some(said)) if seen != said => 0.02,
            // without a connection there was no answer to the call
            (Some(Phase::Actual), None) => 0.02,
            _ => 1.0,
        };
        seen * half
    }

    /// The chance of what one probe saw.
    fn chance_of(&self, seen: &Observation, facts: &Facts, evidence: &Evidence, times: Times) -> f64 {
        let Passes { preflight, answer } = self.passes(&seen.probe, facts, evidence, times);
        match seen.outcome {
            Outcome::Unsent => 1.0,
            // the question is whether a redirect leads away, not whether anything answers
            Outcome::Opaque if seen.probe == Probe::RedirectAway => 1.0 - answer,
            Outcome::Failed => match clock::ended(evidence, seen, times) {
                None => 1.0 - preflight * answer,
                Some(Ended { phase, trust }) => {
                    let (early, late) = (1.0 - preflight, preflight * (1.0 - answer));
                    match phase {
                        Phase::Preflight => trust * early + (1.0 - trust) * late,
                        Phase::Actual => trust * late + (1.0 - trust) * early,
                    }
                }
            },
            _ => preflight * answer,
        }
    }

    /// The chances that a probe passes.
    fn passes(&self, probe: &Probe, facts: &Facts, evidence: &Evidence, times: Times) -> Passes {
        let model = self.model;
        let plain = |answer: f64| Passes { preflight: 1.0, answer };
        match probe {
            Probe::Control => plain(1.0),
            // an answer may object to being embedded: Cross-Origin-Resource-Policy, or the page's own embedder policy
            Probe::NoCors if model.reach == Reach::Answers => plain(0.995),
            Probe::ManualRedirect if model.reach == Reach::RedirectWithCredentials => plain(1.0),
            _ if model.reach != Reach::Answers => plain(0.0),
            Probe::NoCors => plain(0.0),
            Probe::Simple(Credentials::Include) => plain(self.open_again(evidence) * include_given_omit(model.open)),
            Probe::Simple(_) => plain(model.open.chance(Credentials::Omit)),
            Probe::Header(name, mode) => Passes {
                preflight: match without_credentials(name, *mode, evidence, times) {
                    // a list is the same list with credentials
                    Some(passes) if model.preflight == Preflight::SomeHeaders => {
                        if passes {
                            0.98
                        } else {
                            0.02
                        }
                    }
                    _ => self.preflight_allows(name, *mode, facts),
                },
                answer: self.made_up(*mode, evidence),
            },
            Probe::RandomHeader => Passes {
                preflight: self.preflight_allows(RANDOM_HEADER, Credentials::Omit, facts),
                answer: self.made_up(Credentials::Omit, evidence),
            },
            Probe::MadeUpHeaders(mode) => {
                Passes { preflight: self.preflight_of_get(facts, *mode), answer: self.made_up(*mode, evidence) }
            }
            Probe::AllHeaders(mode) => Passes {
                preflight: self.preflight_of_get(facts, *mode),
                answer: self.call_as_get(facts, evidence, *mode),
            },
            // a redirect whose answer passes the check; rare, and it says little about anything else
            Probe::ManualRedirect => plain(self.open_again(evidence)),
            Probe::NullOrigin => plain(self.open_again(evidence) * self.allows_any_origin()),
            // a redirect within the API's own origin cannot be told
            Probe::RedirectAway => plain(match self.code {
                Code::PreflightRedirected | Code::Redirected | Code::RedirectWithCredentials => 0.9,
                _ => 0.01,
            }),
        }
    }

    /// The chance that an answer that allows the page's origin does so by `*`.
    fn allows_any_origin(&self) -> f64 {
        match self.code {
            Code::WildcardWithCredentials => 0.95,
            // `*` would have been the finding
            Code::CredentialsNotAllowed => 0.05,
            _ => 0.5,
        }
    }

    /// The chance that an answer to made-up headers passes, once their preflight has.
    fn made_up(&self, mode: Credentials, evidence: &Evidence) -> f64 {
        match mode {
            Credentials::Include => match evidence.passed(&Probe::Simple(mode)) {
                Some(true) => 0.97,
                Some(false) => 0.03,
                None => self.open_again(evidence) * include_given_omit(self.model.open),
            },
            _ => self.open_again(evidence),
        }
    }

    /// A made-up header gets the answer that no header got; nearly always.
    fn open_again(&self, evidence: &Evidence) -> f64 {
        match evidence.passed(&Probe::Simple(Credentials::Omit)) {
            Some(true) => 0.97,
            Some(false) => 0.03,
            None => self.model.open.chance(Credentials::Omit),
        }
    }

    /// The chance that a preflight for one header passes.
    fn preflight_allows(&self, name: &str, mode: Credentials, facts: &Facts) -> f64 {
        let own = facts.unsafe_names.iter().any(|n| n == name);
        let random = name == RANDOM_HEADER;
        match self.model.preflight {
            Preflight::Broken | Preflight::NoCors => 0.0,
            Preflight::NoCredentials | Preflight::WildcardHeaders if mode == Credentials::Include => 0.0,
            Preflight::WildcardHeaders => 1.0,
            // the only header of the call is the one that is missing
            Preflight::SomeHeaders if own && facts.unsafe_names.len() == 1 => 0.0,
            Preflight::SomeHeaders if own => 0.5,
            Preflight::SomeHeaders if random => 0.0,
            Preflight::SomeHeaders => 0.6,
            // who has not met credentials may not have met this header either
            Preflight::NoCredentials if own => 0.8,
            Preflight::Works | Preflight::NoMethod | Preflight::NoCredentials => {
                if own {
                    1.0
                } else if random {
                    0.2
                } else {
                    0.7
                }
            }
        }
    }

    /// The chance that a preflight for all of the call's headers passes when the method is GET.
    fn preflight_of_get(&self, facts: &Facts, credentials: Credentials) -> f64 {
        let include = credentials == Credentials::Include;
        match self.model.preflight {
            Preflight::Broken | Preflight::NoCors | Preflight::SomeHeaders => 0.0,
            Preflight::NoCredentials | Preflight::WildcardHeaders if include => 0.0,
            Preflight::NoCredentials => 0.8,
            // the list may hold `*`, which is then void for headers as it is for methods
            Preflight::NoMethod if include => 0.7,
            Preflight::Works | Preflight::NoMethod | Preflight::WildcardHeaders => {
                if facts.preflighted || !include {
                    1.0
                } else {
                    0.9
                }
            }
        }
    }

    /// The chance that the call's answer passes when it is made as a GET. Another method's answer says little about GET's.
    fn call_as_get(&self, facts: &Facts, evidence: &Evidence, credentials: Credentials) -> f64 {
        let chance = self.model.call.chance(credentials);
        match (facts.is_get(), evidence.passed(&Probe::Simple(Credentials::Omit))) {
            (true, _) => chance,
            (false, Some(true)) => 0.55 + 0.4 * chance,
            // there may be no GET at all at this path
            (false, _) => 0.1 + 0.3 * chance,
        }
    }
}

/// Whether the preflight for a header passes without credentials, where one with credentials is looked at.
fn without_credentials(name: &str, mode: Credentials, evidence: &Evidence, times: Times) -> Option<bool> {
    if mode != Credentials::Include {
        return None;
    }
    clock::preflight_passes(evidence, &Probe::Header(name.to_owned(), Credentials::Omit), times)
}

/// The chance that an answer passes with credentials, if it passes without.
fn include_given_omit(open: Cors) -> f64 {
    match open {
        Cors::OmitOnly => 0.0,
        Cors::Passes | Cors::Maybe(_) => 0.7,
        Cors::Fails => 0.5,
    }
}

/// The chances of a probe: that its preflight passes, if it has one, and that its answer does then.
struct Passes {
    preflight: f64,
    answer: f64,
}

/// Theories about a call, as they are collected.
struct Theories<'a> {
    facts: &'a Facts,
    /// How much the theories that are being added count.
    scale: f32,
    found: Vec<Theory>,
}

impl Theories<'_> {
    /// Adds a table as it is.
    fn add(&mut self, table: &[Theory]) {
        for theory in table {
            self.add_one(*theory);
        }
    }

    /// Adds a table, `factor` times as often met, where a GET without the app's headers is answered like this.
    fn add_where(&mut self, open: Cors, factor: f32, table: &[Theory]) {
        for theory in table {
            self.add_one(Theory { weight: theory.weight * factor, model: Model { open, ..theory.model }, ..*theory });
        }
    }

    fn add_one(&mut self, mut theory: Theory) {
        if theory.model.preflight == Preflight::NoCors && !self.facts.preflighted {
            // a simple call gets the actual response's error where a preflighted one gets the preflight's
            theory.model.preflight = Preflight::Works;
            theory.error = Some(CorsError::MissingAllowOriginHeader);
        }
        // a theory about preflights says nothing about a call that had none
        if self.facts.preflighted || theory.model.preflight == Preflight::Works {
            theory.weight *= self.scale;
            self.found.push(theory);
        }
    }
}

/// Every theory about a call, over all the kinds of front door that it may have met.
pub(super) fn theories(facts: &Facts) -> Vec<Theory> {
    let mut theories = Theories { facts, scale: 1.0, found: Vec::new() };
    for (kind, share) in facts.kinds() {
        let before = theories.found.len();
        theories.scale = 1.0;
        front_doors::of(*kind, &mut theories);
        let of_kind = || theories.found.iter().skip(before);
        let sum: f32 = of_kind().map(|theory| theory.weight).sum();
        for theory in theories.found.iter_mut().skip(before) {
            theory.weight *= f32::from(*share) / sum.max(f32::MIN_POSITIVE);
        }
    }
    theories.scale = 1.0;
    front_doors::anywhere(&mut theories);
    theories.found
}

/// How well a readable answer fits a kind of front door.
pub(super) fn kind_fits(kind: RouteKind, body: &str) -> f64 {
    let rest_only = says(body, "Missing Authentication Token") || says(body, "Internal server error");
    let http_only = says(body, "{\"message\":\"Not Found\"}") || says(body, "Internal Server Error");
    match kind {
        RouteKind::HttpApi if rest_only => 0.05,
        RouteKind::RestApi if http_only => 0.1,
        _ => 1.0,
    }
}
