//! A connection that is open: messages go to routes, and what the routes answer goes back.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::api::{Integration, WebSocketApi, connection_id};
use super::{Accepted, Close, Connections};
use crate::doors::request_id;
use crate::world::{Door, World};

/// The status code of an orderly end (RFC 6455, section 7.4.1).
const NORMAL_CLOSURE: u16 = 1000;
/// The status code of an end because of a message that is too long.
const MESSAGE_TOO_BIG: u16 = 1009;
/// The longest message that API Gateway takes, in bytes.
const LONGEST_MESSAGE: usize = 128 * 1024;

/// What becomes of a message.
enum Outcome {
    Reply(Value),
    Nothing,
    Disconnect,
}

/// Serves a connection until either side ends it. `world` is asked anew for each message.
pub async fn serve(
    mut socket: WebSocket,
    accepted: Accepted,
    connections: &Connections,
    world: impl Fn() -> Arc<World> + Send,
) {
    let id = connection_id();
    let mut closed = connections.open(&accepted.api, &id);
    let close = converse(&mut socket, &accepted, &id, &mut closed, world).await;
    connections.remove(&id);
    if let Some(Close { code, reason }) = close {
        // The other side may have gone already.
        let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
        // Whoever closes waits for the other's close frame.
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

/// Goes on until the connection is to be closed, or the other side has closed it.
async fn converse(
    socket: &mut WebSocket,
    accepted: &Accepted,
    id: &str,
    closed: &mut UnboundedReceiver<Close>,
    world: impl Fn() -> Arc<World> + Send,
) -> Option<Close> {
    loop {
        let message = tokio::select! {
            message = socket.recv() => message?.ok()?,
            close = closed.recv() => return close,
        };
        let text = match message {
            Message::Text(text) if text.len() > LONGEST_MESSAGE => {
                return Some(Close { code: MESSAGE_TOO_BIG, reason: "Message Too Long".to_owned() });
            }
            Message::Text(text) => text,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => return None,
        };
        let outcome = match world().doors.get(&*accepted.api) {
            Some(Door::WebSocket(api)) => take_route(api, accepted, id, &text),
            _ => Outcome::Nothing,
        };
        match outcome {
            Outcome::Reply(reply) => socket.send(Message::Text(reply.to_string().into())).await.ok()?,
            Outcome::Nothing => {}
            Outcome::Disconnect => {
                return Some(Close { code: NORMAL_CLOSURE, reason: "Connection Closed Normally".to_owned() });
            }
        }
    }
}

fn take_route(api: &WebSocketApi, accepted: &Accepted, id: &str, message: &str) -> Outcome {
    let json = serde_json::from_str::<Value>(message).ok();
    let action = json.as_ref().and_then(|json| json.get("action")).and_then(Value::as_str);
    let named = action.and_then(|action| api.routes.get_key_value(action));
    let Some((route_key, route)) = named.or_else(|| api.routes.get_key_value("$default")) else {
        return Outcome::Reply(json!({ "message": "Forbidden", "connectionId": id, "requestId": request_id() }));
    };
    match route.integration {
        Integration::Echo => Outcome::Reply(json!({
            "routeKey": route_key,
            "connectionId": id,
            "body": message,
            "identity": accepted.caller.get("identity"),
            "claims": accepted.caller.get("claims"),
        })),
        Integration::Silent => Outcome::Nothing,
        Integration::Disconnect => Outcome::Disconnect,
    }
}
