//! What a matched request gets: which auth, which token, which credentials mode, signed as what; and what its answer leads to.

mod answer;
mod clock;
mod plan;

pub use answer::{Answer, Attempt, Body, Kind, Next, Reads, Sent, after, reads};
pub use clock::{learned_offset, parse_http_date};
pub use plan::{Authorization, Call, Page, Plan, RedirectMode, SignedAs, Url, explicit_credentials, plan, signed_as};

#[cfg(test)]
mod tests;
