//! What works, and should not be left so.

use super::causes::Scene;
use super::{Call, FOREIGN_ORIGIN};
use crate::cors::{Engine, Response, is_authorization_by_wildcard};
use crate::diagnosis::code::Code;

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

/// `*` had to cover `Authorization`.
fn authorization_by_wildcard(scene: &Scene<'_>, call: &Call) -> bool {
    let request = call.request();
    let asked = scene.preflight().filter(|_| request.crosses_origins() && call.engine != Engine::Spec);
    let Some(answered) = asked else { return false };
    let answer = Response { status: answered.status, headers: answered.headers.clone() };
    is_authorization_by_wildcard(&request, &answer, call.engine)
}
