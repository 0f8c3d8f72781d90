//! What a page can find out, as data.

pub use super::probe::{Observation, Outcome, Probe};
use crate::cors::Engine;

/// Everything known when findings are made.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The page that made the call.
    pub page: Page,
    /// `navigator.onLine`.
    pub connection: Connection,
    /// A `securitypolicyviolation` event of `connect-src` for this URL: the policy that was in force.
    pub csp: Option<String>,
    /// The Resource Timing entry of the failed call.
    pub entry: Entry,
    /// The local network permission.
    pub local_network: Permission,
    /// What the dev server saw.
    pub outside: Outside,
    /// Which half of the exchange failed, where the browser lets that be known.
    pub phase: Option<Phase>,
    /// Probes in the order in which they were sent.
    pub observations: Vec<Observation>,
}

impl Evidence {
    /// What is known before anything was tried.
    pub const fn new(page: Page) -> Self {
        Self {
            page,
            connection: Connection::Online,
            csp: None,
            entry: Entry::Unknown,
            local_network: Permission::Unknown,
            outside: Outside::Unknown,
            phase: None,
            observations: Vec::new(),
        }
    }

    /// What a probe saw, if it was sent.
    pub fn of(&self, probe: &Probe) -> Option<&Observation> {
        self.observations.iter().find(|seen| seen.probe == *probe)
    }

    /// Whether a probe passed, if it was sent and could be.
    pub fn passed(&self, probe: &Probe) -> Option<bool> {
        self.of(probe).filter(|seen| seen.outcome != Outcome::Unsent).map(|seen| seen.outcome.passed())
    }

    /// The shortest Resource Timing duration of what failed.
    pub fn quickest_failure(&self) -> Option<f64> {
        let entries = self.observations.iter().map(|seen| seen.entry).chain([self.entry]);
        let durations =
            entries.filter_map(|entry| if let Entry::Took(duration) = entry { Some(duration) } else { None });
        durations.reduce(f64::min)
    }

    /// How many requests were made.
    pub fn requests(&self) -> usize {
        self.observations.iter().map(|seen| seen.times.len()).sum()
    }

    /// Adds what a probe saw, or how long it took this time if it was sent before.
    pub fn add(&mut self, seen: Observation) {
        match self.observations.iter_mut().find(|before| before.probe == seen.probe) {
            Some(before) => before.times.extend(seen.times),
            None => self.observations.push(seen),
        }
    }
}

/// The page that made the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// `location.origin`, or `null`.
    pub origin: String,
    /// `isSecureContext`.
    pub context: Context,
    /// `crossOriginIsolated`: then `no-cors` probes say nothing.
    pub isolation: Isolation,
    /// Whose browser.
    pub engine: Engine,
}

/// `isSecureContext`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// https, or loopback.
    Secure,
    /// http.
    Insecure,
}

/// `crossOriginIsolated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// The usual case.
    Open,
    /// COEP: `no-cors` answers are refused unless they opt in.
    Isolated,
}

/// `navigator.onLine`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// As far as the browser knows.
    Online,
    /// For sure.
    Offline,
}

/// The Resource Timing entry of the failed call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry {
    /// The buffer may be full, or the browser writes none.
    Unknown,
    /// The browser refused before the network (CSP, scheme, mode).
    Missing,
    /// In milliseconds. Firefox: exactly 0 when the preflight failed or there was no connection.
    Took(f64),
}

/// `navigator.permissions.query({ name: 'local-network' })`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// The browser does not know the name.
    Unknown,
    /// The user was not asked yet.
    Prompt,
    /// The page may.
    Granted,
    /// The page may not.
    Denied,
}

/// What the call meets outside the browser, as far as a dev server has repeated it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Nobody tried, or it could not be tried.
    Unknown,
    /// Nothing is wrong there.
    Passes,
}

/// Which half of a preflighted exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The answer to `OPTIONS`.
    Preflight,
    /// The answer to the call.
    Actual,
}
