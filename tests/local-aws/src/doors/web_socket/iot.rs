//! The WebSocket of AWS IoT's device gateway, as far as its handshake: what is spoken afterwards is MQTT.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::is_upgrade;
use crate::doors::{Aws, identity_of, request_id};
use crate::iam::Decision;
use crate::message::{Request, Response};
use crate::sigv4::Service;
use crate::world::World;

/// A device gateway.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Iot {}

/// Lets a handshake through, or refuses it. Only a URL that was signed before the session token was put behind it is right.
pub(super) fn authorize(aws: Aws<'_>, request: &Request) -> Result<Value, Response> {
    if request.path != "/mqtt" {
        return Err(refused(404, "Not Found"));
    }
    let offered = request.headers.get_all("sec-websocket-protocol").flat_map(|value| value.split(','));
    // Without its subprotocol it is no MQTT.
    if !is_upgrade(request) || !offered.map(str::trim).any(|protocol| protocol == "mqtt") {
        return Err(refused(426, "Upgrade Required"));
    }
    let caller = aws.verify_signature(request, Service::IotDeviceGateway).map_err(|_| refused(403, "Forbidden"))?;
    // Which client may connect is asked of the policy once MQTT's CONNECT names it; that no client may is known before.
    let World { region, account_id, .. } = aws.world;
    let clients = format!("arn:aws:iot:{region}:{account_id}:client/*");
    match aws.decide(&caller, "iot:Connect", &clients) {
        Decision::Allowed => Ok(json!({ "identity": identity_of(&caller) })),
        Decision::ExplicitDeny | Decision::ImplicitDeny => Err(refused(403, "Forbidden")),
    }
}

/// What the gateway says, which no browser shows.
fn refused(status: u16, message: &str) -> Response {
    Response::json(status, &json!({ "message": message, "traceId": request_id() }))
}
