//! AWS credentials of users whom the app names itself.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::credentials::{IAM, all, asked, bodies, credentials, key, network, stored};
use crate::face::{Page, code, config, get, js, keys, route, text, wait};

/// An app without a user pool that names its users itself.
fn open_app(login: &str, flow: &str, role: &str, first: &str) -> Page {
    let config = config("local", &route(IAM))
        .replace(r#""login":"user-pool""#, &format!(r#""login":"{login}""#))
        .replace(r#""flow":"enhanced","role":"pool""#, &format!(r#""flow":"{flow}","role":"{role}""#));
    let (before, rest) = config.split_once(r#""userPool""#).unwrap();
    let (_, after) = rest.split_once(r#""identityPool""#).unwrap();
    Page::configured([before, r#""identityPool""#, after].concat(), &network(first))
}

/// An app whose user is `globalThis.user`, by an ID token that is another at each call; `globalThis.asked` counts them.
const LOGINS: &str = "globalThis.asked = 0; globalThis.user = 'hana'; globalThis.logins = async () => user && {
    'accounts.google.com': `h.${btoa(JSON.stringify({ iss: 'google', sub: user, jti: ++asked }))}.s`, 'graph.facebook.com': `h.${btoa(`{\"sub\":\"${user}\"}`)}.s` }";

#[wasm_bindgen_test]
async fn the_apps_logins_are_asked_for_at_renewal_only() {
    js(LOGINS);
    let page = open_app("logins", "enhanced", "pool", "");
    let calls = all((0..10).map(|_| page.client.credentials(JsValue::UNDEFINED))).await;
    let first = text(&calls.get(0), "accessKeyId");
    assert_eq!(key(&page.client, "undefined").await, first);
    assert_eq!(js("asked"), 1);
    let given = get(&bodies(&page, "GetId")[0], "Logins");
    assert_eq!(keys(&given), ["accounts.google.com", "graph.facebook.com"]);
    let force = || js("({ forceRefresh: true })");
    all([page.client.credentials(force()), page.client.credentials(force())]).await;
    assert_eq!((js("asked"), asked(&page).len()), (JsValue::from(2), 3));

    // Another user: nothing of the first is used.
    wait(page.client.sign_out(JsValue::UNDEFINED)).await.unwrap();
    assert!(!stored("localStorage").contains("secret-key"));
    assert_eq!(page.events.join(" "), "signed-out");
    js("user = 'taro'");
    assert_ne!(key(&page.client, "undefined").await, first);
    assert_eq!(asked(&page)[3..], ["GetId", "GetCredentialsForIdentity"]);
}

#[wasm_bindgen_test]
async fn whoever_did_not_fetch_them_asks_the_app_once_whose_they_are() {
    js(LOGINS);
    let page = open_app("logins", "enhanced", "pool", "");
    let first = key(&page.client, "undefined").await;
    // A reload of the same user.
    let reloaded = page.another_tab();
    assert_eq!(key(&reloaded, "undefined").await, first);
    assert_eq!(key(&reloaded, "undefined").await, first);
    assert_eq!((js("asked"), asked(&page).len()), (JsValue::from(2), 2));
    // A reload after the user changed, and one that wants others at once.
    js("user = 'taro'");
    let second = key(&page.another_tab(), "undefined").await;
    assert_ne!(second, first);
    assert_ne!(key(&page.another_tab(), "({ forceRefresh: true })").await, second);
    assert_eq!(asked(&page)[2..], ["GetId", "GetCredentialsForIdentity", "GetCredentialsForIdentity"]);
    // Those of the former went.
    assert!(!stored("localStorage").contains(&first));
}

#[wasm_bindgen_test]
async fn tokens_that_name_nobody_are_told_apart_by_themselves() {
    js("globalThis.token = 'opaque-1'; globalThis.logins = () => ({ 'graph.facebook.com': token })");
    let page = open_app("logins", "enhanced", "pool", "");
    let first = key(&page.client, "undefined").await;
    assert_eq!(key(&page.another_tab(), "undefined").await, first);
    js("token = 'opaque-2'");
    assert_ne!(key(&page.another_tab(), "undefined").await, first);
    assert!(!stored("localStorage").contains("opaque"));
    drop(page);

    js(
        "globalThis.developerIdentity = () => ({ identityId, token: 'dev-token' }); globalThis.identityId = 'us-east-1:a'",
    );
    let page = open_app("developer-identity", "enhanced", "pool", "");
    let first = key(&page.client, "undefined").await;
    assert_eq!(key(&page.another_tab(), "undefined").await, first);
    js("globalThis.identityId = 'us-east-1:b'");
    assert_eq!(text(&credentials(&page.another_tab(), "undefined").await.unwrap(), "identityId"), "us-east-1:b");
}

#[wasm_bindgen_test]
async fn an_app_that_says_that_nobody_is_there_drops_them() {
    js(LOGINS);
    let page = open_app("logins", "enhanced", "pool", "");
    key(&page.client, "undefined").await;
    js("user = null");
    assert_eq!(code(&credentials(&page.another_tab(), "undefined").await.unwrap_err()), "not-signed-in");
    assert!(!stored("localStorage").contains("secret-key"));
    // The first has none left, and asks, too.
    assert_eq!(code(&credentials(&page.client, "undefined").await.unwrap_err()), "not-signed-in");
    assert_eq!(asked(&page).len(), 2);
}

#[wasm_bindgen_test]
async fn a_user_who_changes_between_two_renewals_is_another_one() {
    js(LOGINS);
    let page = open_app("logins", "enhanced", "pool", "");
    let first = credentials(&page.client, "undefined").await.unwrap();
    js("user = 'taro'");
    let second = credentials(&page.client, "({ forceRefresh: true })").await.unwrap();
    assert_ne!(text(&second, "identityId"), text(&first, "identityId"));
    assert_eq!(key(&page.client, "undefined").await, text(&second, "accessKeyId"));
    assert_eq!(asked(&page)[2..], ["GetId", "GetCredentialsForIdentity"]);
}

#[wasm_bindgen_test]
async fn the_next_user_does_not_join_what_was_begun_for_the_former() {
    js(LOGINS);
    let slow = "if (target === 'GetId' && globalThis.user === 'hana') await globalThis.gate;";
    js("globalThis.gate = new Promise((open) => { globalThis.openGate = open })");
    let page = open_app("logins", "enhanced", "pool", slow);
    let former = page.client.credentials(JsValue::UNDEFINED);
    while asked(&page).is_empty() {
        wait(js("new Promise((done) => setTimeout(done))").into()).await.unwrap();
    }
    wait(page.client.sign_out(JsValue::UNDEFINED)).await.unwrap();
    js("user = 'taro'");
    let next = key(&page.client, "undefined").await;
    js("openGate()");
    assert_eq!(code(&wait(former).await.unwrap_err()), "not-signed-in");
    assert_eq!(key(&page.client, "undefined").await, next);
}

#[wasm_bindgen_test]
async fn an_app_that_names_nobody_gets_no_guest() {
    for (logins, expected) in [
        ("() => undefined", "not-signed-in"),
        ("async () => null", "not-signed-in"),
        ("() => ({})", "invalid-argument"),
        ("() => ({ 'accounts.google.com': 1 })", "invalid-argument"),
        ("() => ({ 'accounts.google.com': '' })", "invalid-argument"),
    ] {
        js(&format!("globalThis.logins = {logins}"));
        let page = open_app("logins", "enhanced", "pool", "");
        assert_eq!(code(&credentials(&page.client, "undefined").await.unwrap_err()), expected, "{logins}");
        assert_eq!(page.sent.length(), 0);
    }
    js("globalThis.logins = async () => { throw 'my own' }");
    let page = open_app("logins", "enhanced", "pool", "");
    assert_eq!(credentials(&page.client, "undefined").await.unwrap_err(), "my own");
}

#[wasm_bindgen_test]
async fn the_apps_back_end_may_authenticate_the_user() {
    js("globalThis.developerIdentity = async () => ({ identityId: 'us-east-1:dev', token: 'dev-token' })");
    let page = open_app("developer-identity", "enhanced", "pool", "");
    assert_eq!(text(&credentials(&page.client, "undefined").await.unwrap(), "identityId"), "us-east-1:dev");
    assert_eq!(asked(&page), ["GetCredentialsForIdentity"]);
    let logins = get(&bodies(&page, "GetCredentialsForIdentity")[0], "Logins");
    assert_eq!(text(&logins, "cognito-identity.amazonaws.com"), "dev-token");
    drop(page);

    js("globalThis.developerIdentity = () => ({ identityId: 'us-east-1:dev', token: 'dev-token' })");
    let page = open_app("developer-identity", "classic", "arn:aws:iam::1:role/a", "");
    assert_eq!(key(&page.client, "undefined").await, "ASIASTS");
    assert!(asked(&page).is_empty());
    js("globalThis.developerIdentity = () => ({ token: 'dev-token' })");
    drop(page);
    js("globalThis.developerIdentity = () => ({ token: 'dev-token' })");
    let page = open_app("developer-identity", "enhanced", "pool", "");
    assert_eq!(code(&credentials(&page.client, "undefined").await.unwrap_err()), "invalid-argument");
}

#[wasm_bindgen_test]
async fn another_tab_that_drops_them_is_heard() {
    js("globalThis.logins = () => ({ 'accounts.google.com': 'g' })");
    let slow = "if (target === 'GetCredentialsForIdentity') await globalThis.gate;";
    js("globalThis.gate = new Promise((open) => { globalThis.openGate = open })");
    let page = open_app("logins", "enhanced", "pool", slow);
    let fetching = page.client.credentials(JsValue::UNDEFINED);
    while asked(&page).len() < 2 {
        wait(js("new Promise((done) => setTimeout(done))").into()).await.unwrap();
    }
    js(
        "dispatchEvent(new StorageEvent('storage', { key: 'gatepass:us-east-1:pool', oldValue: '{}', newValue: null })); openGate()",
    );
    assert_eq!(code(&wait(fetching).await.unwrap_err()), "not-signed-in");
    assert_eq!(js("localStorage.length"), 0);
}
