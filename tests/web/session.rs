//! The life of the tokens.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::face::{Page, code, get, header, js, keys, route, set_clock, sign_in, text, token, tokens, wait};

/// How long before now a user signed in whose tokens have half a minute left: less than the minute ahead in which they are refreshed.
const ALMOST_AN_HOUR: i32 = 3570;

/// A network where a sign-in gives tokens that end in `seconds`, a refresh tokens that end an hour after them, and the API takes any
/// `Authorization` but `Bearer {refused}`.
fn network(seconds: i32, refused: &str) -> String {
    format!(
        "const target = request.headers.get('x-amz-target') ?? '';
         if (target.endsWith('InitiateAuth')) return [200, `{}`];
         if (target.endsWith('GetTokensFromRefreshToken')) return [200, `{}`];
         if (target) return [200, '{{}}'];
         return request.headers.get('authorization') === 'Bearer {refused}' ? [401, '{{\"message\":\"The incoming token has expired\"}}'] : [200, 'fine'];",
        tokens("hana", "1", seconds, "refresh-1"),
        tokens("hana", "2", seconds + 3600, "refresh-2"),
    )
}

#[wasm_bindgen_test]
async fn a_bearer_call_carries_the_id_token_or_the_access_token() {
    for (token, claim) in [("id", "1-id"), ("access", "1-access")] {
        let routes = route(r#""auth":"bearer""#).replace(r#""token":"id""#, &format!(r#""token":"{token}""#));
        let page = Page::open("session", &routes, &network(3600, ""));
        sign_in(&page).await.unwrap();
        page.fetch("/", "({})").await.unwrap();
        let authorization = header(&page.calls()[0], "authorization");
        let payload = authorization.strip_prefix("Bearer ").unwrap().split('.').nth(1).unwrap().to_owned();
        let claims = js(&format!("JSON.parse(atob('{payload}'.replace(/-/g, '+').replace(/_/g, '/')))"));
        assert_eq!(text(&claims, "jti"), claim);
        assert_eq!(page.operations(), ["InitiateAuth"]);
    }
}

#[wasm_bindgen_test]
async fn the_callers_authorization_stays() {
    let page = Page::open("memory", &route(r#""auth":"bearer""#), &network(3600, ""));
    page.fetch("/", "({ headers: { authorization: 'Bearer other' } })").await.unwrap();
    assert_eq!(header(&page.calls()[0], "authorization"), "Bearer other");
}

#[wasm_bindgen_test]
async fn many_calls_with_an_expiring_token_make_one_refresh() {
    set_clock(-ALMOST_AN_HOUR);
    let page = Page::open("local", &route(r#""auth":"bearer""#), &network(3600, ""));
    sign_in(&page).await.unwrap();
    set_clock(0);
    let calls: Array = (0..200)
        .map(|number| {
            page.client.fetch(0, JsValue::from_str(&format!("https://api.test/{number}")), JsValue::UNDEFINED)
        })
        .collect();
    wait(Promise::all(&calls)).await.unwrap();
    assert_eq!(page.calls().len(), 200);
    assert_eq!(page.operations(), ["InitiateAuth", "GetTokensFromRefreshToken"]);
    assert_eq!(page.events.join(" "), "signed-in token-refreshed");
}

#[wasm_bindgen_test]
async fn a_call_refused_for_its_expired_token_is_sent_once_more_with_its_body() {
    // One network for both: the refused token has to be the one that was signed in with.
    let page = Page::open(
        "memory",
        &route(r#""auth":"bearer""#),
        &network(3600, "").replace(
            "request.headers.get('authorization') === 'Bearer '",
            "request.headers.get('authorization').includes(globalThis.first)",
        ),
    );
    let step = sign_in(&page).await.unwrap();
    js_sys::Reflect::set(&js_sys::global(), &"first".into(), &get(&get(&step, "session"), "idToken")).unwrap();
    let response = page.fetch("/", "({ method: 'POST', body: 'the body' })").await.unwrap();
    assert_eq!(response.status(), 200);
    let bodies: Vec<_> = page.calls().iter().map(|call| text(call, "body")).collect();
    assert_eq!(bodies, ["the body", "the body"]);
    assert_eq!(page.operations(), ["InitiateAuth", "GetTokensFromRefreshToken"]);

    // A stream cannot be read twice, so its call is not tried twice.
    js_sys::Reflect::set(
        &js_sys::global(),
        &"first".into(),
        &get(&wait(page.client.session(JsValue::UNDEFINED)).await.unwrap(), "idToken"),
    )
    .unwrap();
    let stream = "({ method: 'POST', duplex: 'half', body: new Blob(['stream']).stream() })";
    assert_eq!(page.fetch("/", stream).await.unwrap().status(), 401);
    assert_eq!(page.calls().len(), 3);
}

#[wasm_bindgen_test]
async fn the_session_shows_its_claims_and_groups() {
    let page = Page::open("memory", &route(r#""auth":"bearer""#), &network(3600, ""));
    assert!(wait(page.client.session(JsValue::UNDEFINED)).await.unwrap().is_null());
    sign_in(&page).await.unwrap();
    let session = wait(page.client.session(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!((text(&session, "username").as_str(), text(&session, "userId").as_str()), ("hana", "sub-hana"));
    assert_eq!(js_sys::JSON::stringify(&get(&session, "groups")).unwrap(), "[\"admin\"]");
    assert!(get(&session, "expiresAt").is_instance_of::<js_sys::Date>());
    assert_eq!(text(&get(&session, "claims"), "sub"), "sub-hana");
    assert_eq!(keys(&session).len(), 9);
}

#[wasm_bindgen_test]
async fn signing_out_forgets_and_revokes() {
    let page = Page::open("session", &route(r#""auth":"bearer""#), &network(3600, ""));
    sign_in(&page).await.unwrap();
    wait(page.client.sign_out(JsValue::UNDEFINED)).await.unwrap();
    assert!(wait(page.client.session(JsValue::UNDEFINED)).await.unwrap().is_null());
    assert_eq!(js("sessionStorage.length"), 0);
    assert_eq!(page.operations(), ["InitiateAuth", "RevokeToken"]);
    assert_eq!(page.events.join(" "), "signed-in signed-out");
}

#[wasm_bindgen_test]
async fn only_an_answer_that_says_so_ends_a_session() {
    for (status, body, ends) in [
        (503, "<html>", false),
        (400, r#"{"__type":"TooManyRequestsException","message":"slow"}"#, false),
        (400, r#"{"__type":"NotAuthorizedException","message":"Refresh Token has been revoked"}"#, true),
    ] {
        set_clock(-ALMOST_AN_HOUR);
        let network = network(3600, "").replace(
            "if (target.endsWith('GetTokensFromRefreshToken'))",
            &format!("if (target.endsWith('GetTokensFromRefreshToken')) return [{status}, `{body}`]; if (target.endsWith('never'))"),
        );
        let page = Page::open("session", &route(r#""auth":"bearer""#), &network);
        sign_in(&page).await.unwrap();
        set_clock(0);
        let called = page.fetch("/", "({})").await;
        if ends {
            assert_eq!(code(&called.unwrap_err()), "session-expired");
            assert_eq!(js("sessionStorage.length"), 0);
        } else {
            // The token still lives half a minute.
            assert_eq!(called.unwrap().status(), 200);
            assert_eq!(js("sessionStorage.length"), 1);
        }
    }
}

#[wasm_bindgen_test]
async fn no_password_is_ever_stored() {
    let page = Page::open("local", &route(r#""auth":"bearer""#), &network(3600, ""));
    sign_in(&page).await.unwrap();
    let stored = js("JSON.stringify({ ...localStorage, ...sessionStorage })").as_string().unwrap();
    assert!(stored.contains("gatepass:us-east-1_Pool:client"));
    assert!(!stored.contains("secret-password"));
    assert!(token("hana", "x", 1).contains('.'));
}

#[wasm_bindgen_test]
async fn what_other_tabs_do_is_told() {
    let page = Page::open("local", &route(r#""auth":"bearer""#), &network(3600, ""));
    let other_tab = |key: &str, old: &str, new: &str| {
        js(&format!("dispatchEvent(new StorageEvent('storage', {{ key: {key}, oldValue: {old}, newValue: {new} }}))"));
    };
    let ours = "'gatepass:us-east-1_Pool:client'";
    other_tab(ours, "null", "'a'");
    other_tab(ours, "'a'", "'b'");
    other_tab("'another'", "'a'", "null");
    other_tab(ours, "'b'", "null");
    other_tab("null", "null", "null");
    assert_eq!(page.events.join(" "), "signed-in token-refreshed signed-out signed-out");
    page.client.close();
    other_tab(ours, "null", "'a'");
    assert_eq!(page.events.length(), 4);
}

/// A storage that takes its time: `setItem` and `removeItem` take effect in the order of the calls, later.
const SLOW_STORAGE: &str = "(() => { const held = new Map(); let queue = Promise.resolve();
    const later = (work) => (queue = queue.then(() => new Promise((done) => setTimeout(() => done(work()), 5))));
    return { getItem: (key) => later(() => held.get(key) ?? null), setItem: (key, value) => later(() => held.set(key, value)),
        removeItem: (key) => later(() => held.delete(key)) }; })()";

#[wasm_bindgen_test]
async fn a_user_who_signs_out_while_tokens_are_renewed_stays_signed_out() {
    js(&format!("globalThis.slowStorage = {SLOW_STORAGE}"));
    let page = Page::open("custom", &route(r#""auth":"bearer""#), &network(3600, ""));
    sign_in(&page).await.unwrap();
    for pause in 0..6 {
        sign_in(&page).await.unwrap();
        let renewal = page.client.session(js("({ refresh: true })"));
        wait(js(&format!("new Promise((done) => setTimeout(done, {pause} * 4))")).into()).await.unwrap();
        wait(page.client.sign_out(JsValue::UNDEFINED)).await.unwrap();
        let _ = wait(renewal).await;
        assert!(wait(page.client.session(JsValue::UNDEFINED)).await.unwrap().is_null(), "{pause}");
    }
}

#[wasm_bindgen_test]
async fn a_global_sign_out_that_reaches_nobody_is_an_error_and_still_signs_out_here() {
    let network = network(3600, "").replace(
        "if (target) return",
        "if (target.endsWith('GlobalSignOut')) throw new TypeError('Failed to fetch'); if (target) return",
    );
    let page = Page::open("session", &route(r#""auth":"bearer""#), &network);
    sign_in(&page).await.unwrap();
    assert_eq!(code(&wait(page.client.sign_out(js("({ global: true })"))).await.unwrap_err()), "network");
    assert!(wait(page.client.session(JsValue::UNDEFINED)).await.unwrap().is_null());
}

#[wasm_bindgen_test]
async fn a_pool_that_refuses_is_not_asked_by_every_call() {
    set_clock(-ALMOST_AN_HOUR);
    let network = network(3600, "").replace(
        "if (target.endsWith('GetTokensFromRefreshToken'))",
        "if (target.endsWith('GetTokensFromRefreshToken')) return [503, '']; if (target.endsWith('never'))",
    );
    let page = Page::open("session", &route(r#""auth":"bearer""#), &network);
    sign_in(&page).await.unwrap();
    set_clock(0);
    for _ in 0..5 {
        assert_eq!(page.fetch("/", "({})").await.unwrap().status(), 200);
    }
    assert_eq!(page.operations(), ["InitiateAuth", "GetTokensFromRefreshToken"]);
}

#[wasm_bindgen_test]
async fn a_new_password_needs_no_attributes() {
    let challenge = r#"{"ChallengeName":"NEW_PASSWORD_REQUIRED","Session":"s","ChallengeParameters":{"requiredAttributes":"[]","userAttributes":"{}"}}"#;
    let network = network(3600, "").replace("const target", &format!("if (request.headers.get('x-amz-target')?.endsWith('InitiateAuth')) return [200, `{challenge}`]; if (request.headers.get('x-amz-target')?.endsWith('RespondToAuthChallenge')) return [200, `{}`]; const target", tokens("hana", "1", 3600, "r")));
    for answer in ["({ newPassword: 'n' })", "({ newPassword: 'n', userAttributes: { name: 'Hana' } })"] {
        let page = Page::open("memory", &route(r#""auth":"bearer""#), &network);
        assert_eq!(text(&sign_in(&page).await.unwrap(), "challenge"), "NEW_PASSWORD_REQUIRED");
        let step = wait(page.client.respond_to_challenge(js(answer))).await.unwrap();
        assert_eq!(text(&step, "status"), "signed-in");
        let body = text(&page.sent.get(1), "body");
        assert_eq!(body.contains("userAttributes.name"), answer.contains("name"), "{body}");
    }
}
