//! What works, and should not be left so.

use super::causes::Scene;
use super::{Call, FOREIGN_ORIGIN, crosses};
use crate::cors::{Credentials, Engine};
use crate::diagnosis::code::Code;
use crate::diagnosis::words::says;

/// Findings that follow those that block.
pub(super) fn of(scene: &Scene<'_>, call: &Call) -> Vec<Code> {
    let mut codes = Vec::new();
    let reflected = scene
        .foreign
        .and_then(|answered| answered.headers.get("access-control-allow-origin"))
        .is_some_and(|value| value == FOREIGN_ORIGIN);
    if reflected {
        codes.push(Code::OriginReflected);
    }
    if authorization_by_wildcard(scene, call) {
        codes.push(Code::AuthorizationWildcard);
    }
    codes
}

/// `*` had to cover `Authorization`: the standard forbids it, and Chromium asks again before every call.
fn authorization_by_wildcard(scene: &Scene<'_>, call: &Call) -> bool {
    let listed = scene
        .preflight()
        .and_then(|answered| answered.headers.get("access-control-allow-headers"))
        .unwrap_or_default()
        .to_ascii_lowercase();
    crosses(call)
        && call.engine != Engine::Spec
        && call.request.credentials != Credentials::Include
        && scene.facts.unsafe_names.iter().any(|name| name == "authorization")
        && says(&listed, "*")
        && !says(&listed, "authorization")
}
