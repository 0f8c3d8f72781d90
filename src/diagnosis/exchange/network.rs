//! No answer at all: the helper knows what a script cannot.

use super::causes::{Suspects, certain, likely};
use super::{Failure, Reply};
use crate::cors::Part;
use crate::diagnosis::Verdict;
use crate::diagnosis::code::Code;

/// Why there is no answer to a part, given the answer to the request where there is one.
pub(super) fn lost(failure: Option<Failure>, part: Part, response: Option<&Reply>) -> Suspects {
    let answered_otherwise = part == Part::Preflight && response.is_some_and(|reply| reply.answer().is_some());
    match failure {
        // nothing says that it was asked
        None if answered_otherwise => {
            (Verdict::Ambiguous, vec![Code::PreflightNotGiven, Code::PreflightConnectionLost])
        }
        Some(_) if answered_otherwise => certain(Code::PreflightConnectionLost),
        Some(Failure::Dns) => certain(Code::HostNotFound),
        Some(Failure::Refused) => certain(Code::ConnectionRefused),
        Some(Failure::Reset) => certain(Code::ConnectionReset),
        Some(Failure::Tls) => certain(Code::CertificateInvalid),
        Some(Failure::Timeout | Failure::ConnectTimeout) => certain(Code::TimedOut),
        Some(Failure::NotHttp) => certain(Code::NotHttp),
        Some(Failure::TooLarge) => certain(Code::AnswerTooLarge),
        Some(Failure::Other) => likely(&[Code::Unreachable]),
        // nobody looked
        None => (Verdict::Ambiguous, vec![Code::Unreachable]),
    }
}
