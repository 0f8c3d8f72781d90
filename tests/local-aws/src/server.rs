//! The running local AWS: one listener for each front door, all looking at the same world.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, FromRequestParts as _, State};
use axum::http;
use axum::middleware::map_response_with_state;
use axum::response::IntoResponse as _;
use json_patch::Patch;
use serde_json::Value;
use time::macros::format_description;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::cognito::UserPool;
use crate::connection::{Closing, DoorListener};
use crate::credentials::CredentialStore;
use crate::doors::Aws;
use crate::doors::cloudfront::Caches;
use crate::doors::s3::Objects;
use crate::doors::throttle::Buckets;
use crate::doors::web_socket::{self, Accepted, Connections};
use crate::identity::{IdentityPool, Surroundings};
use crate::message::{Headers, Request, Response};
use crate::request_log::RequestLog;
use crate::scenarios::{self, Scenario};
use crate::sts::Sts;
use crate::world::{InvalidWorld, World, substitute};

/// The world of the demo and the tests, before any scenario.
pub const BASE_WORLD: &str = include_str!("base.json");

/// More than any front door takes.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The running local AWS. Clones are the same one.
#[derive(Clone)]
pub struct LocalAws(Arc<Shared>);

struct Shared {
    origins: Origins,
    clock: Clock,
    user_pool: UserPool,
    identity_pool: IdentityPool,
    credentials: CredentialStore,
    buckets: Buckets,
    caches: Caches,
    connections: Connections,
    objects: Objects,
    log: RequestLog,
    scenarios: Vec<Scenario>,
    old_token: OnceLock<Option<String>>,
    /// The world as the scenarios leave it when none is fixed.
    start: World,
    state: Mutex<Current>,
}

/// The origins that are no front doors.
#[derive(Clone, Debug)]
pub struct Origins {
    /// The control plane and the page.
    pub control: String,
    /// The user pool.
    pub user_pool: String,
    /// The identity pool.
    pub identity_pool: String,
    /// The Security Token Service.
    pub sts: String,
    /// The page that calls the doors.
    pub page: String,
}

struct Current {
    world: Arc<World>,
    authorities: Arc<BTreeMap<String, String>>,
    /// The scenarios that are fixed.
    fixed: BTreeSet<String>,
    /// What was patched from outside, in order.
    patches: Vec<Patch>,
}

impl LocalAws {
    /// Starts everything but the control plane, whose listener is `control`.
    ///
    /// # Errors
    /// When the configuration is refused or no port is to be had.
    pub async fn start(control: &TcpListener, world: Value, page: Option<String>) -> io::Result<Self> {
        let (user_pool_listener, identity_pool_listener) = (listen().await?, listen().await?);
        let sts_listener = listen().await?;
        let control = origin(control)?;
        let origins = Origins {
            page: page.unwrap_or_else(|| control.clone()),
            control,
            user_pool: origin(&user_pool_listener)?,
            identity_pool: origin(&identity_pool_listener)?,
            sts: origin(&sts_listener)?,
        };
        let scenarios = scenarios::all(&origins.page).map_err(io::Error::other)?;
        let start = start_world(world, &scenarios, &origins.page).map_err(io::Error::other)?;

        let clock = Clock::default();
        let user_pool = UserPool::new(start.user_pool.clone(), clock.clone());
        let credentials = CredentialStore::new(clock.clone());
        let around = Surroundings {
            user_pools: vec![user_pool.clone()],
            credentials: credentials.clone(),
            clock: clock.clone(),
        };
        let identity_pool = IdentityPool::new(start.identity_pool.clone(), start.roles.clone(), around);
        serve(user_pool_listener, user_pool.router(), &clock);
        serve(identity_pool_listener, identity_pool.router(), &clock);

        let state = Mutex::new(Current {
            world: Arc::new(start.clone()),
            authorities: Arc::default(),
            fixed: BTreeSet::new(),
            patches: Vec::new(),
        });
        let (buckets, caches, connections, objects, log) = Default::default();
        let aws = Self(Arc::new(Shared {
            origins,
            clock,
            user_pool,
            identity_pool,
            credentials,
            buckets,
            caches,
            connections,
            objects,
            log,
            scenarios,
            old_token: OnceLock::new(),
            start,
            state,
        }));
        let sts = Router::new().fallback(at_sts).with_state(aws.clone());
        serve(sts_listener, sts, aws.clock());
        aws.open_doors().await?;
        Ok(aws)
    }

    /// The origins that are no front doors.
    pub fn origins(&self) -> &Origins {
        &self.0.origins
    }

    /// The clock that tokens, credentials and signatures are checked by.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The WebSockets that are open.
    pub fn connections(&self) -> &Connections {
        &self.0.connections
    }

    /// The identity pool.
    pub fn identity_pool(&self) -> &IdentityPool {
        &self.0.identity_pool
    }

    /// The credentials that were issued.
    pub fn credentials(&self) -> &CredentialStore {
        &self.0.credentials
    }

    /// What the doors saw.
    pub fn log(&self) -> &RequestLog {
        &self.0.log
    }

    /// The configuration at this moment.
    pub fn world(&self) -> Arc<World> {
        self.current().world.clone()
    }

    /// `host:port` of each door.
    pub fn authorities(&self) -> Arc<BTreeMap<String, String>> {
        self.current().authorities.clone()
    }

    /// The scenarios, each with its state.
    pub fn scenarios(&self) -> Vec<(&Scenario, scenarios::State)> {
        let fixed = self.current().fixed.clone();
        let state = |scenario: &Scenario| {
            if fixed.contains(&scenario.about.id) { scenarios::State::Fixed } else { scenarios::State::Broken }
        };
        self.0.scenarios.iter().map(|scenario| (scenario, state(scenario))).collect()
    }

    /// A token of the first user that has expired long ago.
    pub fn old_token(&self) -> Option<&str> {
        let users = &self.0.start.user_pool.users;
        let get = || users.first().and_then(|user| self.0.user_pool.day_old_id_token(&user.username));
        self.0.old_token.get_or_init(get).as_deref()
    }

    /// Fixes a scenario, or breaks it again. `None` when there is no such scenario.
    ///
    /// # Errors
    /// When the world that results is refused.
    pub async fn set_scenario(&self, id: &str, state: scenarios::State) -> Option<Result<(), InvalidWorld>> {
        self.0.scenarios.iter().find(|scenario| scenario.about.id == id)?;
        let changed = self.change(|current| match state {
            scenarios::State::Fixed => drop(current.fixed.insert(id.to_owned())),
            scenarios::State::Broken => drop(current.fixed.remove(id)),
        });
        Some(changed.await)
    }

    /// Patches the world.
    ///
    /// # Errors
    /// When the patch does not apply or the world that results is refused; then nothing has changed.
    pub async fn patch(&self, patch: Patch) -> Result<(), InvalidWorld> {
        self.change(|current| current.patches.push(patch)).await
    }

    /// Puts everything back to the start: the world, the users, tokens, credentials, limits and the clock.
    ///
    /// # Errors
    /// When the world is refused, which it was not at the start.
    pub async fn reset(&self) -> Result<(), InvalidWorld> {
        self.change(|current| {
            current.fixed.clear();
            current.patches.clear();
        })
        .await?;
        self.0.clock.reset();
        self.0.user_pool.reset();
        self.0.identity_pool.reset();
        self.0.credentials.reset();
        self.0.buckets.reset();
        self.0.caches.reset();
        self.0.objects.reset();
        Ok(())
    }

    async fn change(&self, change: impl FnOnce(&mut Current)) -> Result<(), InvalidWorld> {
        {
            let mut current = self.current();
            let mut next = Current {
                world: current.world.clone(),
                authorities: current.authorities.clone(),
                fixed: current.fixed.clone(),
                patches: current.patches.clone(),
            };
            change(&mut next);
            let mut world = self.0.start.clone();
            for scenario in self.0.scenarios.iter().filter(|scenario| next.fixed.contains(&scenario.about.id)) {
                world = world.patched(&scenario.fix)?;
            }
            for patch in &next.patches {
                world = world.patched(patch)?;
            }
            self.0.user_pool.reconfigure(world.user_pool.clone());
            self.0.identity_pool.reconfigure(world.identity_pool.clone(), world.roles.clone());
            next.world = Arc::new(world);
            *current = next;
        }
        self.open_doors().await.map_err(|error| InvalidWorld(error.to_string()))
    }

    /// Opens a listener for every door that has none.
    async fn open_doors(&self) -> io::Result<()> {
        let (world, mut authorities) = (self.world(), BTreeMap::clone(&self.authorities()));
        for name in world.doors.keys() {
            if authorities.contains_key(name) {
                continue;
            }
            let listener = listen().await?;
            authorities.insert(name.clone(), listener.local_addr()?.to_string());
            let router = Router::new().fallback(at_door).with_state((self.clone(), Arc::<str>::from(name.as_str())));
            let service = dated(router, &self.0.clock).into_make_service_with_connect_info::<Closing>();
            tokio::spawn(async move { axum::serve(DoorListener(listener), service).await });
        }
        self.current().authorities = Arc::new(authorities);
        Ok(())
    }

    /// Answers a request at a door; `None` when the door closes the connection instead.
    fn answer(&self, door: &str, request: &Request) -> Option<Response> {
        self.ask(|aws| (!aws.closes(door, request)).then(|| aws.answer(door, request)))
    }

    /// Answers a WebSocket's handshake; `None` when there is none at the door.
    fn handshake(&self, door: &str, request: &Request) -> Option<Result<Accepted, Response>> {
        self.ask(|aws| web_socket::handshake(aws, door, request))
    }

    fn ask<T>(&self, question: impl FnOnce(Aws<'_>) -> T) -> T {
        let (world, authorities) = (self.world(), self.authorities());
        question(Aws {
            world: &world,
            authorities: &authorities,
            user_pool: &self.0.user_pool,
            credentials: &self.0.credentials,
            now: self.0.clock.now(),
            buckets: &self.0.buckets,
            caches: &self.0.caches,
            objects: &self.0.objects,
            log: &self.0.log,
        })
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The base with what every scenario adds.
fn start_world(mut world: Value, scenarios: &[Scenario], page: &str) -> Result<World, InvalidWorld> {
    for scenario in scenarios {
        json_patch::merge(&mut world, &scenario.world);
    }
    substitute(&mut world, "$PAGE", page);
    World::from_json(world)
}

async fn listen() -> io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await
}

fn origin(listener: &TcpListener) -> io::Result<String> {
    listener.local_addr().map(|address| format!("http://{address}"))
}

fn serve(listener: TcpListener, router: Router, clock: &Clock) {
    let router = dated(router, clock);
    tokio::spawn(async move { axum::serve(listener, router).await });
}

fn dated(router: Router, clock: &Clock) -> Router {
    router.layer(map_response_with_state(clock.clone(), date))
}

/// `Date` (RFC 9110) by the clock that signatures are checked by: clients learn from it how wrong their own is.
async fn date(State(clock): State<Clock>, mut response: axum::response::Response) -> axum::response::Response {
    let format =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let now = clock.now().format(&format).ok();
    if let Some(now) = now.and_then(|now| http::HeaderValue::try_from(now).ok()) {
        response.headers_mut().insert(http::header::DATE, now);
    }
    response
}

async fn at_door(
    State((aws, door)): State<(LocalAws, Arc<str>)>,
    ConnectInfo(closing): ConnectInfo<Closing>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let (mut parts, body) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.ok();
    let Some(request) = received(http::Request::from_parts(parts, body)).await else {
        return http::StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let response = match (aws.handshake(&door, &request), upgrade) {
        (Some(Ok(accepted)), Some(upgrade)) => return connect(aws, accepted, upgrade),
        // Something in it is no handshake after all (RFC 6455, section 4.2.1).
        (Some(Ok(_)), None) => Some(Response::empty(400)),
        (Some(Err(refusal)), _) => Some(refusal),
        (None, _) => aws.answer(&door, &request),
    };
    let Some(response) = response else {
        closing.close();
        return http::StatusCode::NO_CONTENT.into_response();
    };
    sent(response)
}

fn connect(aws: LocalAws, accepted: Accepted, upgrade: WebSocketUpgrade) -> axum::response::Response {
    let protocol = accepted.protocol.clone();
    upgrade.protocols(protocol).on_upgrade(async move |socket| {
        web_socket::serve(socket, accepted, aws.connections(), || aws.world()).await;
    })
}

async fn at_sts(State(aws): State<LocalAws>, request: axum::extract::Request) -> axum::response::Response {
    let Some(request) = received(request).await else { return http::StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let sts = Sts { world: &aws.world(), credentials: aws.credentials(), now: aws.clock().now() };
    sent(sts.answer(&request))
}

/// The request with its whole body; `None` when that is too large.
async fn received(request: axum::extract::Request) -> Option<Request> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.ok()?;
    let value = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Some(Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: Headers::from_iter(parts.headers.iter().map(|(name, v)| (name.as_str(), value(v)))),
        body: body.to_vec(),
    })
}

fn sent(response: Response) -> axum::response::Response {
    let mut builder = http::Response::builder().status(response.status);
    for (name, value) in response.headers.iter() {
        builder = builder.header(name, value);
    }
    // A configuration can ask for a header that HTTP does not know.
    builder.body(Body::from(response.body)).unwrap_or_else(|error| {
        (http::StatusCode::INTERNAL_SERVER_ERROR, format!("the configured response is no HTTP: {error}"))
            .into_response()
    })
}
