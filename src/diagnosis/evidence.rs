//! What a page can find out, as data.

use super::words::joined;
use crate::cors::{Credentials, Engine, HeaderList};

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
    /// Which half of the exchange failed, where the browser lets that be known.
    pub phase: Option<Phase>,
    /// Which half of a GET with made-up values of the call's headers failed, from how long it took.
    pub timed: Option<Phase>,
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
            phase: None,
            timed: None,
            observations: Vec::new(),
        }
    }

    /// What a probe saw, if it was sent.
    pub fn of(&self, probe: &Probe) -> Option<&Outcome> {
        self.observations.iter().find(|seen| seen.probe == *probe).map(|seen| &seen.outcome)
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

/// Which half of a preflighted exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The answer to `OPTIONS`.
    Preflight,
    /// The answer to the call.
    Actual,
}

/// Which half fails, from how long calls took that were sent in pairs. Of each pair the second asks for a header that nobody allows,
/// so it ends with its preflight; where the preflight of the first passes, that takes a round trip longer.
pub fn phase_by_time(times: &[f64]) -> Option<Phase> {
    let (pairs, _) = times.as_chunks::<2>();
    let longer = pairs.iter().filter(|[first, second]| *first > *second * 1.2).count();
    let (firsts, seconds) = (median(pairs.iter().map(|pair| pair[0])), median(pairs.iter().map(|pair| pair[1])));
    if pairs.len() < 3 || seconds <= 0.0 {
        None
    } else if firsts > seconds * 1.3 && longer * 5 >= pairs.len() * 4 {
        Some(Phase::Actual)
    } else if firsts < seconds * 1.15 && longer * 2 <= pairs.len() {
        Some(Phase::Preflight)
    } else {
        None
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = Vec::new();
    for value in values {
        sorted.insert(sorted.partition_point(|other| *other < value), value);
    }
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// A request that a diagnosis may send: always a GET of the failed call's own URL, or a HEAD of the page itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Probe {
    /// `mode: "no-cors"`: is anything there?
    NoCors,
    /// No headers, no credentials: does a plain answer pass the CORS check?
    Simple,
    /// The same with `credentials: "include"`.
    SimpleIncluding,
    /// One header with a made-up value: does the preflight allow it?
    Header(String),
    /// A header name that nobody allows, so that success means `Access-Control-Allow-Headers: *`.
    RandomHeader,
    /// All names of the call's headers with made-up values, for timing.
    MadeUpHeaders,
    /// The app's own headers with their own values, as a GET without credentials.
    AllHeaders,
    /// The same with `credentials: "include"`.
    AllHeadersIncluding,
    /// `redirect: "manual"`: is there a redirect that passes the CORS check?
    ManualRedirect,
    /// HEAD of the page's own URL: does the network work at all?
    Control,
}

impl Probe {
    /// A stable name, for the evidence.
    pub fn name(&self) -> String {
        match self {
            Self::NoCors => "no-cors-get".to_owned(),
            Self::Simple => "simple-get".to_owned(),
            Self::SimpleIncluding => "simple-get-include".to_owned(),
            Self::Header(name) => joined(&["get-with-", name]),
            Self::RandomHeader => "get-with-random-header".to_owned(),
            Self::MadeUpHeaders => "get-with-made-up-headers".to_owned(),
            Self::AllHeaders => "get-with-all-headers".to_owned(),
            Self::AllHeadersIncluding => "get-with-all-headers-include".to_owned(),
            Self::ManualRedirect => "get-redirect-manual".to_owned(),
            Self::Control => "head-of-the-page".to_owned(),
        }
    }

    /// The credentials mode that it is sent with.
    pub const fn credentials(&self) -> Credentials {
        match self {
            Self::SimpleIncluding | Self::AllHeadersIncluding => Credentials::Include,
            Self::Control => Credentials::SameOrigin,
            _ => Credentials::Omit,
        }
    }

    /// The headers that it is sent with. Only [`Probe::AllHeaders`] carries the app's own values, and only to the app's own URL.
    pub fn headers(&self, of_call: &HeaderList) -> HeaderList {
        match self {
            Self::Header(name) => HeaderList(vec![made_up(name)]),
            Self::RandomHeader => HeaderList(vec![made_up(RANDOM_HEADER)]),
            Self::MadeUpHeaders => HeaderList(of_call.0.iter().map(|(name, _)| made_up(name)).collect()),
            Self::AllHeaders | Self::AllHeadersIncluding => of_call.clone(),
            Self::NoCors | Self::Simple | Self::SimpleIncluding | Self::ManualRedirect | Self::Control => {
                HeaderList::default()
            }
        }
    }
}

/// No server lists this name.
pub const RANDOM_HEADER: &str = "x-gatepass-probe";

/// A header with a value that forces a preflight and means nothing.
fn made_up(name: &str) -> (String, String) {
    let value = match name.to_ascii_lowercase().as_str() {
        "authorization" => "Bearer gatepass-probe",
        "content-type" => "application/json",
        _ => "gatepass_probe:", // unsafe in every safelisted header too
    };
    (name.to_owned(), value.to_owned())
}

/// What one probe saw.
#[derive(Clone, Debug)]
pub struct Observation {
    /// What was sent.
    pub probe: Probe,
    /// What came back.
    pub outcome: Outcome,
    /// How long it took, in milliseconds.
    pub took: f64,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The CORS check passed.
    Readable {
        /// Any.
        status: u16,
        /// Those that the script may read.
        headers: HeaderList,
        /// The beginning of the body.
        body: String,
    },
    /// Something answered.
    Opaque,
    /// A redirect, left alone.
    Redirect,
    /// `TypeError`.
    Failed,
}

impl Outcome {
    /// Whether the browser let the page have it.
    pub const fn passed(&self) -> bool {
        !matches!(self, Self::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_takes_a_round_trip_longer_got_past_its_preflight() {
        let actual = [41.0, 20.0, 44.0, 22.0, 90.0, 21.0, 40.0, 19.0, 42.0, 60.0];
        assert_eq!(phase_by_time(&actual), Some(Phase::Actual));
        let preflight = [20.0, 21.0, 22.0, 20.0, 19.0, 20.0, 80.0, 20.0, 21.0, 22.0];
        assert_eq!(phase_by_time(&preflight), Some(Phase::Preflight));
    }

    #[test]
    fn noise_and_too_little_say_nothing() {
        assert_eq!(phase_by_time(&[41.0, 20.0, 44.0, 22.0]), None);
        assert_eq!(phase_by_time(&[30.0, 20.0, 20.0, 30.0, 25.0, 20.0, 30.0, 25.0]), None);
    }
}
