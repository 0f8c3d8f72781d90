//! The face's side, and a network that is a JavaScript function.

use gatepass::web::client::Client;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

pub const API: &str = "https://api.test";
pub const POOL: &str = "https://pool.test/";
pub const STS: &str = "https://sts.test/";

/// A client with the given storage and routes (JSON), and the `fetch` in force while it lives.
pub struct Page {
    pub client: Client,
    pub events: Array,
    pub sent: Array,
    config: String,
    real_fetch: JsValue,
}

impl Page {
    /// `network` is the body of an async JavaScript function of `request` (a `Request`) that gives `[status, body, headers]`, or throws.
    pub fn open(storage: &str, routes: &str, network: &str) -> Self {
        Self::configured(config(storage, routes), network)
    }

    /// With a configuration of its own.
    pub fn configured(config: String, network: &str) -> Self {
        let (events, sent) = (Array::new(), Array::new());
        let global = js_sys::global();
        let real_fetch = get(&global, "fetch");
        let fake = Function::new_with_args(
            "sent",
            &format!(
                "return async (input, init) => {{
                    const request = new Request(input, init);
                    const body = await request.clone().text();
                    sent.push({{ url: request.url, method: request.method, credentials: request.credentials, redirect: request.redirect,
                        headers: Object.fromEntries(request.headers), body, referrer: request.referrer, addressSpace: init?.targetAddressSpace }});
                    const [status, answer, headers] = await (async () => {{ {network} }})();
                    const now = globalThis.serverNow?.() ?? Date.now();
                    const date = request.url.startsWith('{API}') ? {{}} : {{ date: new Date(now).toUTCString() }};
                    return new Response(answer, {{ status, headers: {{ ...date, ...headers }} }});
                }}"
            ),
        );
        Reflect::set(&global, &"fetch".into(), &fake.call1(&JsValue::NULL, &sent).unwrap()).unwrap();
        let client = client(&config, &events);
        Self { client, events, sent, config, real_fetch }
    }

    /// A second client with the same configuration: what a second tab, or a reload, has.
    pub fn another_tab(&self) -> Client {
        client(&self.config, &Array::new())
    }

    /// A call of the first route.
    pub async fn fetch(&self, path: &str, init: &str) -> Result<Response, JsValue> {
        let url = JsValue::from_str(&[API, path].concat());
        wait(self.client.fetch(0, url, js(init))).await.map(JsCast::unchecked_into)
    }

    /// What was sent, newest last, only calls to the API.
    pub fn calls(&self) -> Vec<JsValue> {
        self.sent.iter().filter(|call| text(call, "url").starts_with(API)).collect()
    }

    /// Which of Cognito's operations were asked for.
    pub fn operations(&self) -> Vec<String> {
        let targets = self.sent.iter().map(|call| text(&get(&call, "headers"), "x-amz-target"));
        targets.filter(|target| !target.is_empty()).map(|target| target.split_once('.').unwrap().1.to_owned()).collect()
    }
}

/// What the face hands over: a user pool, an identity pool, and the given storage and routes (JSON).
pub fn config(storage: &str, routes: &str) -> String {
    format!(
        r#"{{"userPool":{{"userPoolId":"us-east-1_Pool","clientId":"client","region":"us-east-1","endpoint":"{POOL}"}},
        "identityPool":{{"identityPoolId":"us-east-1:pool","endpoint":"{POOL}","stsEndpoint":"{STS}","flow":"enhanced","role":"pool","login":"user-pool"}},
        "routes":{routes},"storage":"{storage}","refreshAhead":60,"locale":"en"}}"#
    )
}

fn client(config: &str, events: &Array) -> Client {
    let host = Function::new_with_args(
        "events",
        "const answered = new WeakMap();
         return { memory: new Map(), storage: globalThis.slowStorage, logins: globalThis.logins,
            developerIdentity: globalThis.developerIdentity, emit: (event) => events.push(event.type),
            answered: (response, request, route, canonicalRequest) => answered.set(response, { request, route, canonicalRequest }), question: (response) => answered.get(response),
            diagnosis: async () => globalThis.diagnosisModule ?? Promise.reject(new Error('not in this test')) }",
    );
    let host = host.call1(&JsValue::NULL, events).unwrap();
    Client::new(config, host.unchecked_into()).ok().unwrap()
}

impl Drop for Page {
    fn drop(&mut self) {
        Reflect::set(&js_sys::global(), &"fetch".into(), &self.real_fetch).unwrap();
        set_clock(0);
        for name in ["diagnosisModule", "serverNow", "logins", "developerIdentity", "claims"] {
            js(&format!("delete globalThis.{name}"));
        }
        for storage in ["sessionStorage", "localStorage"] {
            js(&format!("{storage}.clear()"));
        }
    }
}

/// A route to the API with the given members.
pub fn route(members: &str) -> String {
    let common = r#""token":"id","headers":[],"service":"execute-api","region":"us-east-1","identity":"user","role":"pool",
        "payload":"signed","contentSha256":"omit","probes":"off""#;
    format!(r#"[{{"match":"{API}/*",{members},{common}}}]"#)
}

/// An unsigned token of `user`, with the claims of `globalThis.claims`, that lives an hour and ends `seconds` from now.
pub fn token(user: &str, serial: &str, seconds: i32) -> String {
    let code = format!(
        "(() => {{ const now = Math.floor(Date.now() / 1000);
            const part = (value) => btoa(JSON.stringify(value)).replace(/=+$/, '').replace(/\\+/g, '-').replace(/\\//g, '_');
            return [part({{}}), part({{ sub: 'sub-{user}', 'cognito:username': '{user}', 'cognito:groups': ['admin'], jti: '{serial}', ...globalThis.claims,
                iat: now + {seconds} - 3600, exp: now + {seconds} }}), 'sig'].join('.'); }})()"
    );
    js(&code).as_string().unwrap()
}

/// Sets the device's clock so many seconds off.
pub fn set_clock(seconds: i32) {
    js("globalThis.realNow ??= Date.now");
    js(&format!("Date.now = () => realNow.call(Date) + {seconds} * 1000"));
}

/// A Cognito answer with tokens, as the JSON text of `AuthenticationResult`'s holder.
pub fn tokens(user: &str, serial: &str, seconds: i32, refresh: &str) -> String {
    let (id, access) =
        (token(user, &[serial, "-id"].concat(), seconds), token(user, &[serial, "-access"].concat(), seconds));
    format!(
        r#"{{"AuthenticationResult":{{"IdToken":"{id}","AccessToken":"{access}","RefreshToken":"{refresh}","ExpiresIn":3600}}}}"#
    )
}

/// Signs in with `USER_PASSWORD_AUTH`, which the network must answer.
pub async fn sign_in(page: &Page) -> Result<JsValue, JsValue> {
    wait(page.client.sign_in(js("({ username: 'hana', password: 'secret-password', flow: 'USER_PASSWORD_AUTH' })")))
        .await
}

pub async fn wait(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// The value of a JavaScript expression.
pub fn js(expression: &str) -> JsValue {
    js_sys::eval(expression).unwrap()
}

pub fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

pub fn text(value: &JsValue, key: &str) -> String {
    get(value, key).as_string().unwrap_or_default()
}

pub fn header(call: &JsValue, name: &str) -> String {
    text(&get(call, "headers"), name)
}

/// `error.code`, and that it is a real `Error`.
pub fn code(error: &JsValue) -> String {
    assert!(
        error.is_instance_of::<js_sys::Error>(),
        "{}",
        JSON::stringify(error).map(String::from).unwrap_or_default()
    );
    text(error, "code")
}

/// The own keys of an object.
pub fn keys(value: &JsValue) -> Vec<String> {
    Object::keys(value.unchecked_ref::<Object>()).iter().filter_map(|key| key.as_string()).collect()
}
