//! The requests that a diagnosis may send, and what comes back.

use super::evidence::{Entry, Phase};
use super::words::joined;
use crate::cors::{Credentials, HeaderList};

/// A request that a diagnosis may send: always a GET of the failed call's own URL, or a HEAD of the page itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// `mode: "no-cors"`: is anything there?
    NoCors,
    /// No headers: does a plain answer pass the CORS check?
    Simple(Credentials),
    /// One header with a made-up value: does the preflight allow it?
    Header(String, Credentials),
    /// A header name that nobody allows, so that success means `Access-Control-Allow-Headers: *`, and failure takes as long as a
    /// preflight.
    RandomHeader,
    /// All names of the call's headers with made-up values: does the preflight for them pass?
    MadeUpHeaders(Credentials),
    /// The app's own headers with their own values, as a GET.
    AllHeaders(Credentials),
    /// `redirect: "manual"`: is there a redirect that passes the CORS check?
    ManualRedirect,
    /// HEAD of the page's own URL: does the network work at all?
    Control,
    /// No headers, from a frame without an origin: is `Access-Control-Allow-Origin` `*`?
    NullOrigin,
    /// `mode: "no-cors"`, from a frame that may call the API's origin only: does a redirect lead away?
    RedirectAway,
}

impl Probe {
    /// A stable name, for the evidence.
    pub fn name(&self) -> String {
        let name = match self {
            Self::NoCors => "no-cors-get",
            Self::Simple(_) => "simple-get",
            Self::Header(name, _) => &joined(&["get-with-", name]),
            Self::RandomHeader => "get-with-random-header",
            Self::MadeUpHeaders(_) => "get-with-made-up-headers",
            Self::AllHeaders(_) => "get-with-all-headers",
            Self::ManualRedirect => "get-redirect-manual",
            Self::Control => "head-of-the-page",
            Self::NullOrigin => "get-from-null-origin",
            Self::RedirectAway => "get-redirect-away",
        };
        joined(&[name, if self.credentials() == Credentials::Include { "-include" } else { "" }])
    }

    /// The credentials mode that it is sent with.
    pub const fn credentials(&self) -> Credentials {
        match self {
            Self::Simple(mode) | Self::Header(_, mode) | Self::MadeUpHeaders(mode) | Self::AllHeaders(mode) => *mode,
            Self::Control => Credentials::SameOrigin,
            _ => Credentials::Omit,
        }
    }

    /// The headers that it is sent with. Only [`Probe::AllHeaders`] carries the app's own values, and only to the app's own URL.
    pub fn headers(&self, of_call: &HeaderList) -> HeaderList {
        match self {
            Self::Header(name, _) => HeaderList(vec![made_up(name)]),
            Self::RandomHeader => HeaderList(vec![made_up(RANDOM_HEADER)]),
            Self::MadeUpHeaders(_) => HeaderList(of_call.0.iter().map(|(name, _)| made_up(name)).collect()),
            Self::AllHeaders(_) => of_call.clone(),
            _ => HeaderList::default(),
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
    /// What came back the first time.
    pub outcome: Outcome,
    /// How long it took each time, in milliseconds.
    pub times: Vec<f64>,
    /// The Resource Timing entry of one that failed.
    pub entry: Entry,
    /// Which half failed, where the browser tells.
    pub phase: Option<Phase>,
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
    /// The page does not permit it: no frame, no inline script.
    Unsent,
}

impl Outcome {
    /// Whether the browser let the page have it.
    pub const fn passed(&self) -> bool {
        !matches!(self, Self::Failed | Self::Unsent)
    }
}
