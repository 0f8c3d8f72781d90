//! The control plane: what a page or a test needs to know, and the ways to change the world while it runs.

use std::collections::BTreeMap;
use std::path::Path;

use axum::body::Bytes;
use axum::extract::{Path as UrlPath, Query, Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use json_patch::Patch;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use tower_http::services::{ServeDir, ServeFile};

use crate::cognito::{UserConfig, UserStatus};
use crate::doors::web_socket::Close;
use crate::scenarios::{Scenario, State as ScenarioState};
use crate::server::LocalAws;
use crate::world::{InvalidWorld, rewrite_strings, substitute};

/// The control plane, and the page if there is one.
pub fn router(aws: LocalAws, page: Option<&Path>) -> Router {
    let control = Router::new()
        .route("/local-aws/outputs.json", get(outputs))
        .route("/local-aws/world", get(world))
        .route("/local-aws/patch", post(patch))
        .route("/local-aws/reset", post(reset))
        .route("/local-aws/clock", post(advance_clock))
        .route("/local-aws/credentials/expire", post(expire_credentials))
        .route("/local-aws/developer-identity", post(developer_identity))
        .route("/local-aws/open-id-token", post(open_id_token))
        .route("/local-aws/requests", get(requests))
        .route("/local-aws/connections/close", post(close_connections))
        .route("/local-aws/scenarios/{id}/fix", post(fix))
        .route("/local-aws/scenarios/{id}/break", post(break_again))
        .with_state(aws)
        .layer(cors())
        .layer(from_fn(only_from_this_machine));
    match page {
        // A single-page app has its routes in the browser.
        Some(page) => control.fallback_service(ServeDir::new(page).fallback(ServeFile::new(page.join("index.html")))),
        None => control,
    }
}

/// Pages of this machine may use the control plane, wherever they are served from.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(|origin, _| is_loopback_origin(origin)))
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
}

/// A name that an attacker's DNS points here is another Host; a page from elsewhere is another Origin, and may send
/// what needs no preflight.
async fn only_from_this_machine(request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST);
    let origin = request.headers().get(ORIGIN);
    if host.is_some_and(is_loopback_host) && origin.is_none_or(is_loopback_origin) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "The control plane answers this machine's own pages and programs only.\n")
            .into_response()
    }
}

fn is_loopback_host(host: &HeaderValue) -> bool {
    host.to_str().is_ok_and(is_loopback)
}

fn is_loopback_origin(origin: &HeaderValue) -> bool {
    origin.to_str().is_ok_and(|origin| origin.split_once("://").is_some_and(|(_, authority)| is_loopback(authority)))
}

fn is_loopback(authority: &str) -> bool {
    let authority = authority.parse::<Authority>();
    authority.is_ok_and(|authority| ["127.0.0.1", "localhost", "[::1]"].contains(&authority.host()))
}

async fn outputs(State(aws): State<LocalAws>) -> Json<Value> {
    let (world, authorities) = (aws.world(), aws.authorities());
    let doors = world.doors.iter().filter_map(|(name, door)| {
        let origin = format!("http://{}", authorities.get(name)?);
        let door = json!({ "origin": origin, "kind": door.kind(), "region": world.region, "service": door.service() });
        Some((name.clone(), door))
    });
    // The page offers only those of whom it can say in a word what they may call.
    let (ambiguous, users): (Vec<&UserConfig>, Vec<&UserConfig>) =
        world.user_pool.users.iter().partition(|user| world.user_pool.prefers_no_role(user));
    let client = world.user_pool.clients.first().map(|client| client.id.as_str());
    Json(json!({
        "region": world.region,
        "userPool": {
            "userPoolId": world.user_pool.id,
            "clientId": client,
            "endpoint": format!("{}/", aws.origins().user_pool),
        },
        "identityPool": {
            "identityPoolId": world.identity_pool.id,
            "endpoint": format!("{}/", aws.origins().identity_pool),
        },
        "openIdProviders": world.identity_pool.open_id_providers,
        "sts": { "endpoint": format!("{}/", aws.origins().sts) },
        "users": users.iter().map(|shown| user(shown)).collect::<Vec<_>>(),
        "ambiguousUsers": ambiguous
            .iter()
            .map(|user| json!({ "username": user.username, "password": user.password }))
            .collect::<Vec<_>>(),
        "doors": Value::Object(doors.collect()),
        "scenarios": aws.scenarios().iter().map(|(s, state)| scenario(&aws, s, *state)).collect::<Vec<_>>(),
    }))
}

fn user(user: &UserConfig) -> Value {
    let (role, en, ja) = if user.status == UserStatus::ForceChangePassword {
        (
            "must-change-password",
            "Has a temporary password and must set a new one",
            "仮パスワードのため、新しいパスワードの設定が必要",
        )
    } else if user.groups.iter().any(|group| group == "admin") {
        ("admin", "May call the general and the admin API", "一般用と管理者用の API を呼び出せる")
    } else {
        ("general", "May call the general API only", "一般用の API だけを呼び出せる")
    };
    json!({ "username": user.username, "password": user.password, "role": role, "about": { "en": en, "ja": ja } })
}

/// A scenario as the outside sees it, with the origins and the token that somebody has kept filled in.
fn scenario(aws: &LocalAws, scenario: &Scenario, state: ScenarioState) -> Value {
    let mut json = json!(scenario.about);
    if let Some(members) = json.as_object_mut() {
        members.insert("state".into(), json!(state));
    }
    if let Some(token) = aws.old_token() {
        substitute(&mut json, "$OLD_TOKEN", token);
    }
    let authorities = aws.authorities();
    rewrite_strings(&mut json, &|text| filled(text, "$door(", "http://", &authorities));
    rewrite_strings(&mut json, &|text| filled(text, "$host(", "", &authorities));
    json
}

/// The text with the doors' authorities in the place of `$door(name)` or `$host(name)`.
fn filled(text: &str, opening: &str, scheme: &str, authorities: &BTreeMap<String, String>) -> Option<String> {
    let (before, rest) = text.split_once(opening)?;
    let (name, after) = rest.split_once(')')?;
    let authority = authorities.get(name)?;
    let after = filled(after, opening, scheme, authorities).unwrap_or_else(|| after.to_owned());
    Some(format!("{before}{scheme}{authority}{after}"))
}

async fn fix(State(aws): State<LocalAws>, UrlPath(id): UrlPath<String>) -> Result<Json<Value>, Refusal> {
    set_scenario(&aws, &id, ScenarioState::Fixed).await
}

async fn break_again(State(aws): State<LocalAws>, UrlPath(id): UrlPath<String>) -> Result<Json<Value>, Refusal> {
    set_scenario(&aws, &id, ScenarioState::Broken).await
}

async fn set_scenario(aws: &LocalAws, id: &str, state: ScenarioState) -> Result<Json<Value>, Refusal> {
    let changed = aws.set_scenario(id, state).await.ok_or_else(|| Refusal::NoSuchScenario(id.to_owned()))?;
    changed.map_err(Refusal::World)?;
    let found = aws.scenarios().into_iter().find(|(scenario, _)| scenario.about.id == id);
    found.map(|(s, state)| Json(scenario(aws, s, state))).ok_or_else(|| Refusal::NoSuchScenario(id.to_owned()))
}

async fn world(State(aws): State<LocalAws>) -> Result<Json<Value>, Refusal> {
    aws.world().to_json().map(Json).map_err(Refusal::World)
}

async fn patch(State(aws): State<LocalAws>, Json(mut patch): Json<Value>) -> Result<Json<Value>, Refusal> {
    substitute(&mut patch, "$PAGE", &aws.origins().page);
    let patch: Patch =
        serde_json::from_value(patch).map_err(|error| Refusal::World(InvalidWorld(error.to_string())))?;
    aws.patch(patch).await.map_err(Refusal::World)?;
    world(State(aws)).await
}

async fn reset(State(aws): State<LocalAws>) -> Result<StatusCode, Refusal> {
    aws.reset().await.map_err(Refusal::World)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

async fn advance_clock(State(aws): State<LocalAws>, Json(advance): Json<Advance>) -> Json<Value> {
    aws.clock().advance(advance.advance_seconds);
    Json(json!({ "now": aws.clock().now_unix_secs() }))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expire {
    access_key_id: Option<String>,
}

/// Of one access key, or of all.
async fn expire_credentials(State(aws): State<LocalAws>, body: Bytes) -> Result<StatusCode, Refusal> {
    let expire: Expire = if body.is_empty() { Expire::default() } else { read(&body)? };
    match expire.access_key_id {
        None => aws.credentials().expire_all(),
        Some(key) if aws.credentials().expire(&key) => {}
        Some(key) => return Err(Refusal::NotFound(format!("nobody was given the access key {key:?}"))),
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Developer {
    user: String,
}

/// What the app's back end answers after its own sign-in.
async fn developer_identity(State(aws): State<LocalAws>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Developer { user } = read(&body)?;
    let identity = aws.identity_pool().developer_identity(&user);
    let (identity_id, token) = identity.map_err(|exception| Refusal::NotFound(exception.message))?;
    Ok(Json(json!({ "identityId": identity_id, "token": token })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenIdSignIn {
    sub: String,
    #[serde(default)]
    claims: Map<String, Value>,
}

/// A sign-in with another provider.
async fn open_id_token(State(aws): State<LocalAws>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let OpenIdSignIn { sub, claims } = read(&body)?;
    let signed_in = aws.identity_pool().open_id_sign_in(&sub, &claims);
    let none = || Refusal::NotFound("the identity pool has no OpenID Connect provider".to_owned());
    let (provider, token) = signed_in.ok_or_else(none)?;
    Ok(Json(json!({ "provider": provider, "token": token })))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::Malformed(error.to_string()))
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn requests(State(aws): State<LocalAws>, Query(Since { since }): Query<Since>) -> Json<Value> {
    Json(json!(aws.log().since(since)))
}

/// How WebSockets are to be ended: by default as API Gateway does after ten idle minutes or two hours.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CloseConnections {
    /// The API's door; all of them without.
    #[serde(default)]
    door: Option<String>,
    /// The status code.
    #[serde(default = "going_away")]
    code: u16,
    /// The reason.
    #[serde(default)]
    reason: String,
}

/// RFC 6455, section 7.4.1.
const fn going_away() -> u16 {
    1001
}

async fn close_connections(State(aws): State<LocalAws>, Json(wish): Json<CloseConnections>) -> Json<Value> {
    let close = Close { code: wish.code, reason: wish.reason };
    Json(json!({ "closed": aws.connections().close(wish.door.as_deref(), &close) }))
}

enum Refusal {
    NoSuchScenario(String),
    NotFound(String),
    Malformed(String),
    World(InvalidWorld),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::NoSuchScenario(id) => (StatusCode::NOT_FOUND, format!("there is no scenario {id:?}")),
            Self::NotFound(message) => (StatusCode::NOT_FOUND, message),
            Self::Malformed(message) => (StatusCode::BAD_REQUEST, message),
            Self::World(invalid) => (StatusCode::BAD_REQUEST, invalid.to_string()),
        };
        (status, Json(json!({ "error": message }))).into_response()
    }
}
