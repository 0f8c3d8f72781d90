//! The exports of the core module: convert, call, convert back.

mod abort;
mod authorize;
mod body;
mod clock;
mod core;
mod credentials;
mod failure;
mod fetch;
mod host;
mod http;
mod lock;
mod presign;
mod promise;
mod request;
mod session;
mod storage;
mod tabs;
mod vault;

use std::borrow::Cow;
use std::future::Future;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use self::core::Core;
use self::credentials::{CredentialStore, Fetch};
use self::fetch::{Purpose, fetch};
use self::host::Host;
use self::promise::promise;
use self::request::Call;
use self::session::{Everywhere, SignInStep, Wanted};
use crate::cognito::Flow;
use crate::config::{Config, Identity, RoleChoice};
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::web::js;

/// One client, as the face holds it.
#[wasm_bindgen]
pub struct Client {
    core: Rc<Core>,
}

#[wasm_bindgen]
impl Client {
    /// From a configuration that the face has checked, as JSON.
    ///
    /// # Errors
    /// `invalid-configuration`.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str, host: Host) -> Result<Client, JsValue> {
        Ok(Self { core: Rc::new(Core::new(Config::parse(config)?, host)) })
    }

    /// `fetch` for a URL that the route of this number matches.
    pub fn fetch(&self, route: usize, input: JsValue, init: JsValue) -> Promise {
        self.run(move |core| async move { fetch(&core, route, Call::new(input, init)?, Purpose::Send).await })
    }

    /// The request that `fetch` would send.
    pub fn sign(&self, route: usize, input: JsValue, init: JsValue) -> Promise {
        self.run(move |core| async move { fetch(&core, route, Call::new(input, init)?, Purpose::HandOver).await })
    }

    /// A URL of the route of this number that carries its signature: `{ expiresIn?, method?, headers? }`.
    pub fn presign(&self, route: usize, input: JsValue, options: JsValue) -> Promise {
        self.run(move |core| async move { presign::presign(&core, route, input, &options).await })
    }

    /// Begins a sign-in: `{ username, password, flow? }`.
    #[wasm_bindgen(js_name = signIn)]
    pub fn sign_in(&self, options: JsValue) -> Promise {
        self.run(move |core| async move {
            let username = text(&options, "username")?;
            let password = Secret::from(text(&options, "password")?);
            let flow = match js::text(&options, "flow").as_str() {
                "" | "USER_SRP_AUTH" => Flow::UserSrp,
                "USER_PASSWORD_AUTH" => Flow::UserPassword,
                _ => return Err(invalid("flow takes 'USER_SRP_AUTH' or 'USER_PASSWORD_AUTH'").into()),
            };
            core.forget_user();
            step(core.session()?.sign_in(&username, password, flow).await?)
        })
    }

    /// Answers the open challenge: `{ newPassword, userAttributes? }`.
    #[wasm_bindgen(js_name = respondToChallenge)]
    pub fn respond_to_challenge(&self, answer: JsValue) -> Promise {
        self.run(move |core| async move {
            let password = Secret::from(text(&answer, "newPassword")?);
            let given = js::get(&answer, "userAttributes");
            let entries = js::call(&js::global("Object")?, "entries", &[&given]).unwrap_or(given);
            let attributes = js::pairs(&entries);
            step(core.session()?.new_password(&password, &attributes).await?)
        })
    }

    /// The session, or `null`: `{ refresh? }`.
    pub fn session(&self, options: JsValue) -> Promise {
        self.run(move |core| async move {
            let session = core.session()?;
            let current = session.record().await;
            let wanted = match &current {
                Some(record) if js::get(&options, "refresh").is_truthy() => {
                    Wanted::OtherThan(record.tokens().id.expose())
                }
                _ => Wanted::Live,
            };
            match session.usable(wanted).await? {
                Some(record) => session::view(&record),
                None => Ok(JsValue::NULL),
            }
        })
    }

    /// AWS credentials: `{ identity?, role?, forceRefresh? }`.
    pub fn credentials(&self, options: JsValue) -> Promise {
        self.run(move |core| async move {
            let (identity, role) = whose(&options, core.credential_store()?)?;
            let credentials = core.credentials(identity, &role, Fetch::asked(&options, 0)).await?;
            Ok(credentials::view(&credentials, core.clock_offset()))
        })
    }

    /// Explains a failure or a response.
    pub fn explain(&self, subject: JsValue) -> Promise {
        self.run(move |core| async move { failure::explain(&core, &subject).await })
    }

    /// Signs the user out: `{ global? }`.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&self, options: JsValue) -> Promise {
        self.run(move |core| async move {
            let everywhere = if js::get(&options, "global").is_truthy() { Everywhere::Yes } else { Everywhere::No };
            core.sign_out(everywhere).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Wipes what the client holds in memory, and listens to other tabs no longer.
    pub fn close(&self) {
        self.core.close();
    }

    fn run<F>(&self, work: impl FnOnce(Rc<Core>) -> F) -> Promise
    where
        F: Future<Output = Result<JsValue, JsValue>> + 'static,
    {
        promise(Box::pin(work(Rc::clone(&self.core))))
    }
}

fn step(step: SignInStep) -> Result<JsValue, JsValue> {
    let view = js::object();
    match step {
        SignInStep::SignedIn(record) => {
            js::set(&view, "status", "signed-in");
            js::set(&view, "session", session::view(&record)?);
        }
        SignInStep::NewPassword(challenge) => {
            js::set(&view, "status", "challenge");
            js::set(&view, "challenge", "NEW_PASSWORD_REQUIRED");
            js::set(&view, "requiredAttributes", js::strings(&challenge.required_attributes));
            let attributes = js::object();
            for (name, value) in &challenge.user_attributes {
                js::set(&attributes, name, value.as_str());
            }
            js::set(&view, "userAttributes", attributes);
        }
    }
    Ok(view)
}

/// `{ identity?, role? }`
fn whose(options: &JsValue, store: &CredentialStore) -> Result<(Identity, RoleChoice), Error> {
    let said = |member| {
        let value = js::get(options, member);
        (!value.is_undefined()).then(|| value.as_string().unwrap_or_default())
    };
    let identity = match said("identity") {
        None => Identity::User,
        Some(name) => Identity::parse(&name).ok_or_else(|| invalid("identity takes 'user' or 'guest'"))?,
    };
    let role = match said("role") {
        None => store.role(identity).clone(),
        Some(name) => RoleChoice::parse(&name),
    };
    match &role {
        RoleChoice::Arn(arn) if !arn.starts_with("arn:") => {
            Err(invalid("role takes 'pool', 'group' or the ARN of a role"))
        }
        _ => Ok((identity, role)),
    }
}

fn text(options: &JsValue, field: &str) -> Result<String, Error> {
    let value = js::text(options, field);
    if value.is_empty() {
        return Err(invalid([field, " must be a string that is not empty"].concat()));
    }
    Ok(value)
}

fn invalid(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorCode::InvalidArgument, message, "Check what is passed to the call.")
}
