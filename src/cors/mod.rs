//! The Fetch standard's CORS protocol as pure functions: what a browser says to a given exchange, and every rule that it violates.
//!
//! Section names in the comments are those of <https://fetch.spec.whatwg.org/>. Where browsers differ in order or leniency, the
//! difference is data on [`Engine`].

mod cache;
mod check;
mod engine;
mod error;
mod exchange;
mod gurl;
mod list;
mod local_network;
mod request;
mod url;

#[cfg(test)]
pub(crate) mod cases;

pub use cache::{is_authorization_by_wildcard, preflight_max_age};
pub use check::{Access, Response, cors_check, is_redirect_status, preflight_check};
pub use engine::{Engine, Rule};
pub use error::{CorsError, Violation};
pub use exchange::{End, Exchange, Obstacle, Part, Ruling, Unanswered, rule};
pub use local_network::{AddressSpace, Crossing, LocalNetworkPermission, PageContext, local_network_check};
pub use request::{Credentials, HeaderList, Mode, Redirect, Request, normalize_method, unsafe_header_names};
pub use url::{Origin, Url};
