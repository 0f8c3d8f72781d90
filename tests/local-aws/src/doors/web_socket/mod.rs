//! WebSocket APIs of API Gateway, and what AWS IoT has in common with them: a handshake that is authorized once, and a
//! connection that stays.

mod api;
mod connections;
mod iot;
mod session;

use std::sync::Arc;

use serde_json::Value;

pub use self::api::{Authorization, Authorizer, Integration, Route, WebSocketApi};
pub use self::connections::{Close, Connections};
pub use self::iot::Iot;
pub use self::session::serve;
use super::{Aws, strip_base_path};
use crate::message::{Request, Response};
use crate::world::Door;

/// A handshake that was accepted.
#[derive(Debug)]
pub struct Accepted {
    /// The door of the API.
    pub api: Arc<str>,
    /// The subprotocol, if one was agreed on.
    pub protocol: Option<String>,
    /// Who connected, as the functions behind the routes see it.
    pub caller: Value,
}

/// Answers a handshake at a door; `None` when there is nothing but HTTP behind it.
pub fn handshake(aws: Aws<'_>, door: &str, request: &Request) -> Option<Result<Accepted, Response>> {
    let (name, base_path, api) = match aws.world.doors.get(door)? {
        Door::CustomDomain(domain) => {
            let (base_path, name, api) = domain.mapping(aws, request)?;
            (name, Some(base_path), api)
        }
        own => (door, None, own),
    };
    let accepted = match api {
        Door::WebSocket(api) => {
            let path = strip_base_path(&request.path, base_path.unwrap_or(&api.stage));
            api::authorize(api, aws, door, path, request).map(|caller| (None, caller))
        }
        Door::Iot(_) => iot::authorize(aws, request).map(|caller| (Some("mqtt".to_owned()), caller)),
        _ => return None,
    };
    let accepted = accepted.map(|(protocol, caller)| Accepted { api: name.into(), protocol, caller });
    aws.log.note(door, request, accepted.as_ref().map_or_else(|refusal| refusal.status, |_| 101));
    Some(accepted)
}

/// Whether a request wants to become a WebSocket (RFC 6455, section 4.2.1).
fn is_upgrade(request: &Request) -> bool {
    let lists = |name: &str, token: &str| {
        let mut tokens = request.headers.get_all(name).flat_map(|value| value.split(','));
        tokens.any(|listed| listed.trim().eq_ignore_ascii_case(token))
    };
    request.method == "GET" && lists("upgrade", "websocket") && lists("connection", "upgrade")
}
