//! AWS credentials: whose, of which role, how often they are fetched, and when they go.

use gatepass::web::client::Client;
use js_sys::{Array, JSON, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::face::{Page, STS, code, config, get, js, keys, route, set_clock, sign_in, text, tokens, wait};

/// Credentials that live a quarter of an hour, each of a key of its own; identities, each with a number of its own. What a test has to
/// answer otherwise comes first.
pub fn network(first: &str) -> String {
    js("globalThis.serial = 0; globalThis.realNow ??= Date.now");
    format!(
        "const target = (request.headers.get('x-amz-target') ?? '').split('.').pop();
         const form = request.url === '{STS}';
         const number = ++globalThis.serial;
         const end = Math.floor(realNow.call(Date) / 1000) + (globalThis.ahead ?? 0) + 900;
         {first}
         if (target === 'InitiateAuth') return [200, `{signed_in}`];
         if (target === 'GetTokensFromRefreshToken') return [200, `{renewed}`];
         if (target === 'GetId') return [200, JSON.stringify({{ IdentityId: `us-east-1:${{number}}` }})];
         if (target === 'GetOpenIdToken') return [200, JSON.stringify({{ IdentityId: 'us-east-1:me', Token: 'open-id-token' }})];
         if (target === 'GetCredentialsForIdentity') {{
           const {{ IdentityId }} = JSON.parse(body);
           return [200, JSON.stringify({{ IdentityId, Credentials:
             {{ AccessKeyId: `ASIA${{number}}`, SecretKey: 'secret-key', SessionToken: 'session-token', Expiration: end }} }})];
         }}
         if (form) return [200, `<R><Credentials><AccessKeyId>ASIASTS</AccessKeyId><SecretAccessKey>k</SecretAccessKey>
           <SessionToken>t</SessionToken><Expiration>${{new Date(end * 1000).toISOString()}}</Expiration></Credentials></R>`];
         return [200, '{{}}'];",
        signed_in = tokens("hana", "1", 3600, "refresh-1"),
        renewed = tokens("hana", "2", 3600, "refresh-2"),
    )
}

pub const IAM: &str = r#""auth":"iam""#;

fn open(storage: &str, first: &str) -> Page {
    Page::open(storage, &route(IAM), &network(first))
}

pub async fn credentials(client: &Client, options: &str) -> Result<JsValue, JsValue> {
    wait(client.credentials(js(options))).await
}

pub async fn key(client: &Client, options: &str) -> String {
    text(&credentials(client, options).await.unwrap(), "accessKeyId")
}

/// The operations but those of the user pool, whose number they have.
pub fn asked(page: &Page) -> Vec<String> {
    let operations = page.operations();
    let ours = |name: &String| !["InitiateAuth", "GetTokensFromRefreshToken", "RevokeToken"].contains(&name.as_str());
    operations.into_iter().filter(ours).collect()
}

/// What was sent to the service of this operation, newest last.
pub fn bodies(page: &Page, operation: &str) -> Vec<JsValue> {
    let of = |call: &JsValue| text(&get(call, "headers"), "x-amz-target").ends_with(operation);
    page.sent.iter().filter(of).map(|call| JSON::parse(&text(&call, "body")).unwrap()).collect()
}

pub fn stored(storage: &str) -> String {
    js(&format!("JSON.stringify({{ ...{storage} }})")).as_string().unwrap()
}

pub async fn all(calls: impl IntoIterator<Item = Promise>) -> Array {
    let calls: Array = calls.into_iter().collect();
    wait(Promise::all(&calls)).await.unwrap().unchecked_into()
}

#[wasm_bindgen_test]
async fn they_have_the_shape_of_an_aws_sdk_provider() {
    let page = open("session", "");
    sign_in(&page).await.unwrap();
    // The SDK passes options of its own.
    let given = credentials(&page.client, "({ callerClientConfig: { region: 'x' } })").await.unwrap();
    assert_eq!(keys(&given), ["accessKeyId", "secretAccessKey", "sessionToken", "expiration", "identityId"]);
    assert!(get(&given, "expiration").is_instance_of::<js_sys::Date>());
    assert_eq!(text(&given, "secretAccessKey"), "secret-key");
    assert!(text(&given, "identityId").starts_with("us-east-1:"));
}

#[wasm_bindgen_test]
async fn nobody_is_no_guest_and_asks_for_nothing() {
    let page = open("session", "");
    assert_eq!(code(&credentials(&page.client, "undefined").await.unwrap_err()), "not-signed-in");
    assert_eq!(code(&page.fetch("/", "({})").await.unwrap_err()), "not-signed-in");
    assert_eq!(page.sent.length(), 0);
}

#[wasm_bindgen_test]
async fn they_are_fetched_once_for_all_calls_and_tabs() {
    for storage in ["local", "custom"] {
        js(&format!("globalThis.slowStorage = {SLOW_STORAGE}"));
        let page = open(storage, "");
        let other = page.another_tab();
        sign_in(&page).await.unwrap();
        assert!(asked(&page).is_empty());
        let calls = (0..20).map(|_| page.client.credentials(JsValue::UNDEFINED));
        let given = all(calls.chain((0..20).map(|_| other.credentials(JsValue::UNDEFINED)))).await;
        assert_eq!(asked(&page), ["GetId", "GetCredentialsForIdentity"]);
        assert!(given.iter().all(|one| text(&one, "accessKeyId") == text(&given.get(0), "accessKeyId")));
        // A tab that comes later, or a reload.
        assert_eq!(key(&page.another_tab(), "undefined").await, text(&given.get(0), "accessKeyId"));
        assert_eq!(asked(&page).len(), 2);
        js("delete globalThis.slowStorage");
    }
}

/// A storage as an app may bring it: every method takes its time.
const SLOW_STORAGE: &str = "(() => { const held = new Map(); const later = async (work) => { await new Promise((done) => setTimeout(done)); return work(); };
    return { getItem: (key) => later(() => held.get(key) ?? null), setItem: (key, value) => later(() => held.set(key, value)),
        removeItem: (key) => later(() => held.delete(key)) }; })()";

#[wasm_bindgen_test]
async fn they_are_renewed_ahead_of_their_end_and_the_identity_is_known_then() {
    let page = open("session", "");
    sign_in(&page).await.unwrap();
    let first = key(&page.client, "undefined").await;
    set_clock(590);
    assert_eq!(key(&page.client, "undefined").await, first);
    set_clock(601);
    js("globalThis.ahead = 601");
    let calls = all((0..10).map(|_| page.client.credentials(JsValue::UNDEFINED))).await;
    js("delete globalThis.ahead");
    assert_ne!(text(&calls.get(0), "accessKeyId"), first);
    assert_eq!(asked(&page), ["GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity"]);
}

#[wasm_bindgen_test]
async fn a_clock_that_is_hours_off_says_nothing_of_their_end() {
    for off in [-5 * 3600, 5 * 3600] {
        set_clock(0);
        let answers = network("");
        set_clock(off);
        js("globalThis.serverNow = () => realNow.call(Date)");
        let page = Page::open("session", &route(IAM), &answers);
        sign_in(&page).await.unwrap();
        let given = credentials(&page.client, "undefined").await.unwrap();
        assert_eq!(key(&page.client, "undefined").await, text(&given, "accessKeyId"));
        assert_eq!(asked(&page).len(), 2);
        // By the device's own clock, which is what the AWS SDK reads.
        let left =
            js_sys::Reflect::get(&given, &"expiration".into()).unwrap().unchecked_into::<js_sys::Date>().get_time()
                - js_sys::Date::now();
        assert!((left / 1000.0 - 900.0).abs() < 60.0, "{left}");
    }
}

#[wasm_bindgen_test]
async fn new_ones_are_fetched_once_however_many_want_them() {
    let page = open("local", "");
    let other = page.another_tab();
    sign_in(&page).await.unwrap();
    let first = key(&page.client, "undefined").await;
    let force = || js("({ forceRefresh: true })");
    let given =
        all([page.client.credentials(force()), page.client.credentials(force()), other.credentials(force())]).await;
    let keys: Vec<_> = given.iter().map(|one| text(&one, "accessKeyId")).collect();
    assert!(keys.iter().all(|key| *key == keys[0] && *key != first), "{first} {keys:?}");
    assert_eq!(asked(&page).len(), 3);
    assert_eq!(key(&other, "undefined").await, keys[0]);
    assert_ne!(key(&page.client, "({ forceRefresh: true })").await, keys[0]);
}

#[wasm_bindgen_test]
async fn a_guest_is_one_only_where_the_app_asks_and_stays_the_same() {
    let page = open("local", "");
    let guest = "({ identity: 'guest' })";
    let first = credentials(&page.client, guest).await.unwrap();
    assert!(
        bodies(&page, "GetId")
            .iter()
            .chain(&bodies(&page, "GetCredentialsForIdentity"))
            .all(|body| get(body, "Logins").is_undefined())
    );
    sign_in(&page).await.unwrap();
    let user = credentials(&page.client, "undefined").await.unwrap();
    assert_ne!(text(&user, "identityId"), text(&first, "identityId"));
    wait(page.client.sign_out(JsValue::UNDEFINED)).await.unwrap();
    assert!(!stored("localStorage").contains("secret-key"));
    // The next visit is the same guest's.
    let again = credentials(&page.another_tab(), guest).await.unwrap();
    assert_eq!(text(&again, "identityId"), text(&first, "identityId"));
    assert_ne!(text(&again, "accessKeyId"), text(&first, "accessKeyId"));
    for options in ["{ identity: 'someone' }", "{ identity: 5 }", "{ identity: '' }", "{ role: 5 }", "{ role: '' }"] {
        let error = credentials(&page.client, &["(", options, ")"].concat()).await.unwrap_err();
        assert_eq!(code(&error), "invalid-argument", "{options}");
    }
}

#[wasm_bindgen_test]
async fn a_route_of_guests_asks_for_a_guest() {
    let page =
        Page::open("session", &route(IAM).replace(r#""identity":"user""#, r#""identity":"guest""#), &network(""));
    assert_eq!(page.fetch("/", "({})").await.unwrap().status(), 200);
    assert_eq!(asked(&page), ["GetId", "GetCredentialsForIdentity"]);
    assert!(get(&bodies(&page, "GetId")[0], "Logins").is_undefined());
}

#[wasm_bindgen_test]
async fn an_identity_that_is_gone_is_replaced() {
    let gone = "if (target === 'GetCredentialsForIdentity' && JSON.parse(body).IdentityId === globalThis.gone)
        return [400, JSON.stringify({ __type: 'ResourceNotFoundException', message: `Identity '${gone}' not found.` })];";
    let page = open("local", gone);
    let first = credentials(&page.client, "({ identity: 'guest' })").await.unwrap();
    js_sys::Reflect::set(&js_sys::global(), &"gone".into(), &get(&first, "identityId")).unwrap();
    let second = credentials(&page.client, "({ identity: 'guest', forceRefresh: true })").await.unwrap();
    assert_ne!(text(&second, "identityId"), text(&first, "identityId"));
    assert_eq!(
        text(&credentials(&page.another_tab(), "({ identity: 'guest' })").await.unwrap(), "identityId"),
        text(&second, "identityId")
    );
    js("delete globalThis.gone");
}

#[wasm_bindgen_test]
async fn the_role_is_the_pools_or_the_groups_or_the_one_that_is_named() {
    js(
        "globalThis.claims = { 'cognito:roles': ['arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/b'], 'cognito:preferred_role': 'arn:aws:iam::1:role/b' }",
    );
    let page = open("session", "");
    sign_in(&page).await.unwrap();
    let role = |number: usize| get(&bodies(&page, "GetCredentialsForIdentity")[number], "CustomRoleArn");
    let by_rule = key(&page.client, "undefined").await;
    assert!(role(0).is_undefined());
    let by_group = key(&page.client, "({ role: 'group' })").await;
    assert_eq!(role(1), "arn:aws:iam::1:role/b");
    key(&page.client, "({ role: 'arn:aws:iam::1:role/a' })").await;
    assert_eq!(role(2), "arn:aws:iam::1:role/a");
    // Each has its own.
    assert_eq!(
        (key(&page.client, "undefined").await, key(&page.client, "({ role: 'group' })").await),
        (by_rule, by_group)
    );
    assert_eq!(asked(&page).len(), 4);
    assert_eq!(code(&credentials(&page.client, "({ role: 'admin' })").await.unwrap_err()), "invalid-argument");
    assert_eq!(
        code(&credentials(&page.client, "({ identity: 'guest', role: 'group' })").await.unwrap_err()),
        "invalid-argument"
    );
}

#[wasm_bindgen_test]
async fn an_ambiguous_role_is_told_with_the_roles() {
    js("globalThis.claims = { 'cognito:roles': ['arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/b'] }");
    let page = open("session", "");
    sign_in(&page).await.unwrap();
    let error = credentials(&page.client, "({ role: 'group' })").await.unwrap_err();
    assert_eq!(code(&error), "role-ambiguous");
    assert!(text(&error, "message").contains("arn:aws:iam::1:role/a arn:aws:iam::1:role/b"));
    assert!(asked(&page).is_empty());
}

#[wasm_bindgen_test]
async fn the_classic_flow_takes_the_groups_role_to_sts() {
    js("globalThis.claims = { 'cognito:roles': ['arn:aws:iam::1:role/a'] }");
    let config = config("session", &route(IAM))
        .replace(r#""flow":"enhanced","role":"pool""#, r#""flow":"classic","role":"group""#);
    let page = Page::configured(config, &network(""));
    sign_in(&page).await.unwrap();
    assert_eq!(key(&page.client, "undefined").await, "ASIASTS");
    assert_eq!(key(&page.client, "undefined").await, "ASIASTS");
    assert_eq!(asked(&page), ["GetId", "GetOpenIdToken"]);
    let to_sts: Vec<_> = page.sent.iter().filter(|call| text(call, "url") == STS).collect();
    assert_eq!(to_sts.len(), 1);
    assert_eq!(text(&get(&to_sts[0], "headers"), "content-type"), "application/x-www-form-urlencoded");
    assert!(
        text(&to_sts[0], "body").contains("&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa&WebIdentityToken=open-id-token")
    );
    assert_eq!(code(&credentials(&page.client, "({ role: 'pool' })").await.unwrap_err()), "invalid-argument");
}

#[wasm_bindgen_test]
async fn other_groups_that_a_refresh_brings_meanwhile_are_asked_for_anew() {
    let expired = "if (target === 'GetTokensFromRefreshToken') return [200, globalThis.renewed];
        if (target === 'GetId' && !globalThis.sent.some((call) => (call.headers['x-amz-target'] ?? '').endsWith('GetTokensFromRefreshToken')))
        return [400, JSON.stringify({ __type: 'NotAuthorizedException', message: 'Invalid login token. Token expired: 2 >= 1' })];";
    let page = open("session", expired);
    js_sys::Reflect::set(&js_sys::global(), &"sent".into(), &page.sent).unwrap();
    sign_in(&page).await.unwrap();
    js("globalThis.claims = { 'cognito:roles': ['arn:aws:iam::1:role/new'] }");
    let renewed = tokens("hana", "3", 3600, "refresh-3");
    js_sys::Reflect::set(&js_sys::global(), &"renewed".into(), &renewed.into()).unwrap();
    let given = key(&page.client, "undefined").await;
    assert_eq!(key(&page.client, "undefined").await, given);
    assert_eq!(asked(&page).last().unwrap(), "GetCredentialsForIdentity");
}

#[wasm_bindgen_test]
async fn they_go_with_the_user() {
    let page = open("local", "");
    let other = page.another_tab();
    sign_in(&page).await.unwrap();
    let first = key(&page.client, "undefined").await;
    assert_eq!(key(&other, "undefined").await, first);
    wait(page.client.sign_out(JsValue::UNDEFINED)).await.unwrap();
    assert!(!stored("localStorage").contains(&first));
    assert_eq!(code(&credentials(&other, "undefined").await.unwrap_err()), "not-signed-in");
    sign_in(&page).await.unwrap();
    assert_ne!(key(&other, "undefined").await, first);
    // The identity of the same user was known.
    assert_eq!(asked(&page), ["GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity"]);
}

#[wasm_bindgen_test]
async fn who_signs_out_while_they_are_fetched_leaves_none_behind() {
    let slow = "if (target === 'GetCredentialsForIdentity') await globalThis.gate;";
    js("globalThis.gate = new Promise((open) => { globalThis.openGate = open })");
    let page = open("local", slow);
    sign_in(&page).await.unwrap();
    let fetching = page.client.credentials(JsValue::UNDEFINED);
    while asked(&page).len() < 2 {
        wait(js("new Promise((done) => setTimeout(done))").into()).await.unwrap();
    }
    wait(page.client.sign_out(JsValue::UNDEFINED)).await.unwrap();
    js("openGate()");
    assert_eq!(code(&wait(fetching).await.unwrap_err()), "not-signed-in");
    assert!(!stored("localStorage").contains("secret-key"));
}

#[wasm_bindgen_test]
async fn a_session_that_is_over_takes_them_along() {
    let over = "if (target === 'GetTokensFromRefreshToken')
        return [400, JSON.stringify({ __type: 'NotAuthorizedException', message: 'Refresh Token has been revoked' })];";
    let page = open("session", over);
    sign_in(&page).await.unwrap();
    key(&page.client, "undefined").await;
    assert_eq!(code(&wait(page.client.session(js("({ refresh: true })"))).await.unwrap_err()), "session-expired");
    assert!(!stored("sessionStorage").contains("secret-key"));
}

#[wasm_bindgen_test]
async fn an_id_token_that_the_identity_pool_calls_expired_is_renewed_once() {
    let expired = "if (target === 'GetId' && !globalThis.sent.some((call) => (call.headers['x-amz-target'] ?? '').endsWith('GetTokensFromRefreshToken')))
        return [400, JSON.stringify({ __type: 'NotAuthorizedException', message: 'Invalid login token. Token expired: 2 >= 1' })];";
    let page = open("session", expired);
    js_sys::Reflect::set(&js_sys::global(), &"sent".into(), &page.sent).unwrap();
    sign_in(&page).await.unwrap();
    key(&page.client, "undefined").await;
    assert_eq!(
        page.operations(),
        ["InitiateAuth", "GetId", "GetTokensFromRefreshToken", "GetId", "GetCredentialsForIdentity"]
    );
    drop(page);
    let page = open(
        "session",
        "if (target === 'GetId') return [400, JSON.stringify({ __type: 'NotAuthorizedException', message: 'Token expired' })];",
    );
    sign_in(&page).await.unwrap();
    assert_eq!(code(&credentials(&page.client, "undefined").await.unwrap_err()), "session-expired");
    assert_eq!(asked(&page).len(), 2);
}

#[wasm_bindgen_test]
async fn a_renewal_that_fails_ahead_of_time_harms_nobody() {
    let down = "if (target === 'GetCredentialsForIdentity' && globalThis.down) return [503, '<html>'];";
    let page = open("session", down);
    sign_in(&page).await.unwrap();
    let first = key(&page.client, "undefined").await;
    js("globalThis.down = true");
    set_clock(700);
    assert_eq!(key(&page.client, "undefined").await, first);
    // And is not tried at every call.
    assert_eq!(key(&page.client, "undefined").await, first);
    assert_eq!(asked(&page).len(), 3);
    set_clock(901);
    let error = credentials(&page.client, "undefined").await.unwrap_err();
    assert_eq!((code(&error).as_str(), get(&error, "retryable")), ("service-error", JsValue::TRUE));
    js("delete globalThis.down; globalThis.ahead = 901");
    assert_ne!(key(&page.client, "undefined").await, first);
    js("delete globalThis.ahead");
}

#[wasm_bindgen_test]
async fn a_storage_that_is_full_leaves_them_to_this_page() {
    js("globalThis.setItem = Storage.prototype.setItem;
        Storage.prototype.setItem = function (name, value) { if (value.includes('secret-key')) throw new DOMException('full', 'QuotaExceededError'); setItem.call(this, name, value); }");
    let page = open("session", "");
    sign_in(&page).await.unwrap();
    let first = key(&page.client, "undefined").await;
    assert_eq!(key(&page.client, "undefined").await, first);
    assert_eq!(asked(&page).len(), 2);
    js("Storage.prototype.setItem = setItem");
    assert!(!stored("sessionStorage").contains("secret-key"));
}

/// The seconds that a URL says it is good for, and the access key in it.
async fn presigned(page: &Page, options: &str) -> (i32, String) {
    let url = wait(page.client.presign(0, "https://api.test/".into(), js(options))).await.unwrap().as_string().unwrap();
    let member = |name: &str| {
        let (_, rest) = url.split_once(name).unwrap();
        rest.split(['&', '%']).next().unwrap().to_owned()
    };
    (member("X-Amz-Expires=").parse().unwrap(), member("X-Amz-Credential="))
}

#[wasm_bindgen_test]
async fn a_url_that_would_outlive_them_gets_new_ones_and_says_what_is_true() {
    // They live 900 seconds.
    let page = open("session", "");
    sign_in(&page).await.unwrap();
    let (seconds, first) = presigned(&page, "({ expiresIn: 604800 })").await;
    assert!((895..=900).contains(&seconds), "{seconds}");
    assert_eq!(presigned(&page, "({ expiresIn: 604800 })").await.1, first);
    set_clock(250);
    js("globalThis.ahead = 250");
    let (seconds, second) = presigned(&page, "({ expiresIn: 120 })").await;
    assert_eq!((seconds, &second), (120, &first));
    set_clock(305);
    js("globalThis.ahead = 305");
    assert_eq!(presigned(&page, "({ expiresIn: 60 })").await.1, first);
    let (seconds, third) = presigned(&page, "undefined").await;
    assert_ne!(third, first);
    assert!((895..=900).contains(&seconds), "{seconds}");
    js("delete globalThis.ahead");
    assert_eq!(asked(&page), ["GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity"]);
}
