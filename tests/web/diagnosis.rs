//! What a failed call is diagnosed with, in what order, and how often.

use gatepass::web::diagnosis::diagnose;
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::face::{API, Page, get, js, route, text, wait};

const HELPER: &str = "/__gatepass/diagnose";

/// What the helper answers when it saw the fault.
const BLOCKED: &str = "[200, JSON.stringify({ outcome: 'blocked', diagnosis: { verdict: 'certain', request: {}, \
    findings: [{ code: 'options-missing', title: 'exactly this' }], evidence: [{ probe: 'options', outcome: 'no', text: 'OPTIONS got 403.' }] } })]";

/// A network in which every probe passes, and the helper gives `answer`.
fn network(answer: &str) -> String {
    format!("return request.method === 'POST' ? {answer} : [200, '']")
}

/// A `fetch` of this network while it lives.
fn open(network: &str) -> Page {
    Page::open("memory", &route(r#""auth":"none""#), network)
}

/// A failure of a call to this path, with what else there is to it.
fn failure(path: &str, more: &str) -> JsValue {
    js(&format!(
        "({{ request: {{ url: '{API}{path}', method: 'PUT', headers: [['authorization', 'Bearer secret']], credentials: 'omit', mode: 'cors',
            redirect: 'follow' }}, route: {{ match: '{API}{path}', auth: 'bearer', probes: 'on' }}, locale: 'en', timing: {{ start: 1, end: 2 }},
            error: {{ name: 'TypeError', message: 'Failed to fetch' }}, helper: '{HELPER}', ...{more} }})"
    ))
}

async fn diagnosed(failure: JsValue) -> JsValue {
    wait(diagnose(failure)).await.unwrap()
}

fn title(diagnosis: &JsValue) -> String {
    text(&get(&get(diagnosis, "findings"), "0"), "title")
}

fn evidence(diagnosis: &JsValue) -> Vec<String> {
    Array::from(&get(diagnosis, "evidence")).iter().map(|item| text(&item, "probe")).collect()
}

/// `GET`, `HEAD` for probes, `POST` for the helper, in the order in which they were sent.
fn sent(page: &Page) -> Vec<String> {
    page.sent.iter().map(|call| text(&call, "method")).collect()
}

#[wasm_bindgen_test]
async fn the_helpers_exact_answer_is_the_diagnosis() {
    let page = open(&network(BLOCKED));
    let diagnosis = diagnosed(failure("/exact", "{}")).await;
    assert_eq!((text(&diagnosis, "verdict").as_str(), title(&diagnosis).as_str()), ("certain", "exactly this"));
    // What the page saw itself comes first. The tests' page is isolated: no `no-cors` there.
    assert_eq!(evidence(&diagnosis), ["online", "resource-timing", "simple-get", "options"]);
    // The browser knows of no request, so the page's own policy is looked at before the server is.
    assert_eq!(sent(&page), ["GET", "POST"]);

    let asked = page.sent.get(1);
    let origin = text(&js("location"), "origin");
    assert_eq!(text(&asked, "url"), [&origin, HELPER].concat());
    assert_eq!(text(&get(&asked, "headers"), "content-type"), "application/json");
    let question = js_sys::JSON::parse(&text(&asked, "body")).unwrap();
    let request = get(&question, "request");
    assert_eq!([text(&request, "origin"), text(&request, "url")], [origin, [API, "/exact"].concat()]);
    assert_eq!(
        [text(&request, "method"), text(&request, "mode"), text(&request, "redirect"), text(&request, "credentials")],
        ["PUT", "cors", "follow", "omit"]
    );
    let header = get(&get(&request, "headers"), "0");
    assert_eq!([text(&header, "0"), text(&header, "1")], ["authorization", "Bearer secret"]);
    assert_eq!([text(&get(&question, "route"), "auth"), text(&question, "locale")], ["bearer", "en"]);
    // It has as long as the page waits.
    assert_eq!(get(&question, "timeout").as_f64(), Some(2_000.0));
}

#[wasm_bindgen_test]
async fn a_call_that_left_the_page_goes_to_the_helper_at_once() {
    // The browser notes what it sent, when the answer has come to its end.
    js(
        "globalThis.tried = (async () => { const start = performance.now(); await (await fetch('/tried')).text(); return { start, end: performance.now() } })()",
    );
    let timing = wait(js("tried").unchecked_into()).await.unwrap();
    let page = open(&network(BLOCKED));
    let failed = failure("/tried", "{}");
    js_sys::Reflect::set(&get(&failed, "request"), &"url".into(), &js("`${location.origin}/tried`")).unwrap();
    js_sys::Reflect::set(&failed, &"timing".into(), &timing).unwrap();
    assert_eq!(title(&diagnosed(failed).await), "exactly this");
    assert_eq!(sent(&page), ["POST"]);
}

#[wasm_bindgen_test]
async fn a_helper_that_fails_or_saw_nothing_wrong_leaves_it_to_the_probes() {
    let answers = [
        "[403, JSON.stringify({ message: 'no route' })]",
        "[200, 'no JSON']",
        "[200, 'null']",
        "[200, JSON.stringify({ outcome: 'readable', diagnosis: { findings: [{ title: 'wrong' }] } })]",
        "[200, JSON.stringify({ outcome: 'blocked' })]",
        "Promise.reject(new TypeError('Failed to fetch'))",
        "Response.error()",
    ];
    for (at, answer) in answers.iter().enumerate() {
        let page = open(&network(answer));
        let diagnosis = diagnosed(failure(&format!("/silent/{at}"), "{}")).await;
        assert!(evidence(&diagnosis).contains(&"get-with-authorization".to_owned()), "{answer}");
        // That it passes elsewhere is told.
        let passed = answer.contains("readable");
        assert_eq!(evidence(&diagnosis).contains(&"dev-server".to_owned()), passed, "{answer}");
        assert!(!["exactly this", "wrong"].contains(&title(&diagnosis).as_str()), "{answer}");
        drop(page);
    }
}

#[wasm_bindgen_test]
async fn the_helper_is_not_asked_where_there_is_none_or_nothing_to_ask() {
    let off = format!("{{ route: {{ match: '{API}/off', auth: 'none', probes: 'off' }} }}");
    let same_origin = format!("{{ request: {{ url: '{API}/s', method: 'GET', headers: [], mode: 'same-origin' }} }}");
    for (path, more) in [
        ("/absent", "{ helper: undefined }"),
        ("/elsewhere", "{ helper: 'https://elsewhere.test/diagnose' }"),
        ("/relative", "{ helper: 'diagnose' }"),
        ("/number", "{ helper: 1 }"),
        ("/off", off.as_str()),
        ("/same-origin", same_origin.as_str()),
    ] {
        let page = open(&network(BLOCKED));
        assert_ne!(title(&diagnosed(failure(path, more)).await), "exactly this", "{path}");
        assert!(!sent(&page).contains(&"POST".to_owned()), "{path}");
        drop(page);
    }
    // Two slashes would lead to another host.
    let page = open(&network(BLOCKED));
    diagnosed(failure("/slashes", "{ helper: '//elsewhere.test/diagnose' }")).await;
    let urls: Vec<_> = page.sent.iter().map(|call| text(&call, "url")).collect();
    let origin = text(&js("location"), "origin");
    assert!(urls.iter().all(|url| url.starts_with(&origin) || url.starts_with(API)), "{urls:?}");
}

#[wasm_bindgen_test]
async fn a_call_that_fails_again_has_its_diagnosis_unless_it_was_answered_in_between() {
    let _page = open(&network(BLOCKED));
    let without = "{ helper: undefined }";
    let first = diagnosed(failure("/again", without)).await;
    assert!(js_sys::Object::is(&diagnosed(failure("/again", without)).await, &first));
    let anew = diagnosed(failure("/again", "{ helper: undefined, anew: true }")).await;
    assert!(!js_sys::Object::is(&anew, &first));
    assert!(js_sys::Object::is(&diagnosed(failure("/again", without)).await, &anew));
}

#[wasm_bindgen_test]
async fn a_diagnosis_under_way_is_shared() {
    let page = open(&network(BLOCKED));
    let anew = "{ anew: true }";
    let (first, second) = (diagnose(failure("/shared", anew)), diagnose(failure("/shared", anew)));
    let both = wait(Promise::all_iterable(&Array::of2(&first, &second)).unchecked_into()).await.unwrap();
    assert!(js_sys::Object::is(&get(&both, "0"), &get(&both, "1")));
    assert_eq!(sent(&page), ["GET", "POST"]);
}

#[wasm_bindgen_test]
async fn a_route_is_diagnosed_once_at_a_time_and_the_helper_is_asked_for_each_call() {
    let page = open(&format!(
        "globalThis.most = Math.max(globalThis.most ?? 0, globalThis.inside = (globalThis.inside ?? 0) + 1);
         await new Promise((resolve) => setTimeout(resolve));
         globalThis.inside--;
         {}",
        network(BLOCKED)
    ));
    let same = format!("{{ route: {{ match: '{API}/*', auth: 'bearer', probes: 'on' }} }}");
    let calls: Array = ["/one", "/two", "/three"].iter().map(|path| diagnose(failure(path, &same))).collect();
    let all = wait(Promise::all_iterable(&calls).unchecked_into()).await.unwrap();
    for diagnosis in Array::from(&all).iter() {
        assert_eq!(title(&diagnosis), "exactly this");
    }
    assert_eq!(js("most").as_f64(), Some(1.0));
    assert_eq!(sent(&page), ["GET", "POST", "GET", "POST", "GET", "POST"]);
}

/// A client whose diagnosis module notes what it is asked, and does this.
fn open_client(network: &str, answer: &str) -> Page {
    let page = Page::open("memory", &route(r#""auth":"none""#), network);
    js(&format!(
        "globalThis.asked = []; globalThis.diagnosisModule = {{ diagnose: (failure) => {{ asked.push(failure); return {answer} }} }}"
    ));
    page
}

const FOUND: &str = "Promise.resolve({ verdict: 'certain', findings: [{ title: 'the headline' }] })";

#[wasm_bindgen_test]
async fn the_error_has_the_headline_the_diagnosis_and_its_cause_and_an_event_tells_of_it() {
    let page = open_client("throw (globalThis.original = new TypeError('Failed to fetch'))", FOUND);
    let error = page.fetch("/", "({})").await.unwrap_err();
    assert!(error.is_instance_of::<js_sys::TypeError>());
    assert_eq!(text(&error, "message"), "Failed to fetch (the headline)");
    assert_eq!(title(&get(&error, "diagnosis")), "the headline");
    assert_eq!(get(&error, "cause"), js("original"));
    assert_eq!(page.events.join(","), "diagnosis");
}

#[wasm_bindgen_test]
async fn an_abort_during_the_diagnosis_rejects_with_the_callers_reason() {
    let page = open_client("throw new TypeError('Failed to fetch')", "(stop.abort('my reason'), new Promise(() => 0))");
    js("globalThis.stop = new AbortController()");
    let error = page.fetch("/", "({ signal: stop.signal })").await.unwrap_err();
    assert_eq!(error.as_string().as_deref(), Some("my reason"));
    assert_eq!(page.events.length(), 0);
}

#[wasm_bindgen_test]
async fn the_face_is_told_what_a_response_answers_and_what_failed() {
    let page = open_client("if (globalThis.broken) throw new TypeError('Failed to fetch'); return [403, '{}']", FOUND);
    js("diagnosisModule.explainResponse = (answer) => { asked.push(answer); return { explained: true } }");
    let response = page.fetch("/a", "({ method: 'DELETE' })").await.unwrap();
    wait(page.client.explain(response.into())).await.unwrap();
    js("globalThis.broken = true");
    page.fetch("/b", "({})").await.unwrap_err();
    js("globalThis.broken = false");
    assert_eq!(
        js("asked.map(({ request }) => `${request.method} ${request.url}`).join()"),
        format!("DELETE {API}/a,GET {API}/b").as_str()
    );
    for other in ["new Response()", "undefined", "'text'"] {
        let error = wait(page.client.explain(js(other))).await.unwrap_err();
        assert_eq!(text(&error, "code"), "invalid-argument", "{other}");
    }
}

#[wasm_bindgen_test]
async fn a_call_that_succeeds_does_not_reach_for_the_diagnosis() {
    let page = open_client("return [200, 'fine']", FOUND);
    js(
        "Object.defineProperty(globalThis, 'diagnosisModule', { get: () => { throw new Error('reached for') }, configurable: true })",
    );
    page.fetch("/", "({})").await.unwrap();
    assert_eq!((page.sent.length(), page.events.length()), (1, 0));
}
