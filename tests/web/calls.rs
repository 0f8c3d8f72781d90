//! What a matched call is sent as.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::face::{API, Page, code, get, header, js, route, set_clock, sign_in, text, tokens, wait};

const OK: &str = "return [200, 'fine']";

/// Cognito's answers to a sign-in and to a call for credentials; whatever else is asked is answered by `api`.
fn signed_in_network(api: &str) -> String {
    format!(
        "const target = request.headers.get('x-amz-target') ?? '';
         if (target.endsWith('InitiateAuth')) return [200, `{}`];
         if (target.endsWith('GetId')) return [200, '{{\"IdentityId\":\"us-east-1:me\"}}'];
         if (target.endsWith('GetCredentialsForIdentity')) return [200, '{{\"IdentityId\":\"us-east-1:me\",\"Credentials\":{{\"AccessKeyId\":\"ASIAKEY\",\"SecretKey\":\"secret\",\"SessionToken\":\"session\",\"Expiration\":4102444800}}}}'];
         {api};",
        tokens("hana", "1", 3600, "refresh-1")
    )
}

#[wasm_bindgen_test]
async fn the_credentials_mode_is_the_callers_then_the_routes_then_omit() {
    let page = Page::open("memory", &route(r#""auth":"none""#), OK);
    page.fetch("/a", "({})").await.unwrap();
    page.fetch("/b", "({ credentials: 'include' })").await.unwrap();
    page.fetch("/c", "undefined").await.unwrap();
    let modes: Vec<_> = page.calls().iter().map(|call| text(call, "credentials")).collect();
    assert_eq!(modes, ["omit", "include", "omit"]);
    drop(page);

    let page = Page::open("memory", &route(r#""auth":"none","credentials":"include""#), OK);
    page.fetch("/a", "({})").await.unwrap();
    page.fetch("/b", "({ credentials: 'omit' })").await.unwrap();
    let request = js(&format!("new Request('{API}/c')"));
    wait(page.client.fetch(0, request, JsValue::UNDEFINED)).await.unwrap();
    let request = js(&format!("new Request('{API}/d', {{ credentials: 'omit' }})"));
    wait(page.client.fetch(0, request, JsValue::UNDEFINED)).await.unwrap();
    let modes: Vec<_> = page.calls().iter().map(|call| text(call, "credentials")).collect();
    assert_eq!(modes, ["include", "omit", "include", "omit"]);
}

#[wasm_bindgen_test]
async fn the_routes_headers_do_not_overrule_the_callers() {
    let routes = format!(
        r#"[{{"match":"{API}/*","auth":"none","token":"id","headers":[["x-api-key","route"],["x-more","1"]],"service":"execute-api","contentSha256":"omit","probes":"off"}}]"#
    );
    let page = Page::open("memory", &routes, OK);
    page.fetch("/", "({ headers: { 'X-Api-Key': 'caller' } })").await.unwrap();
    let call = &page.calls()[0];
    assert_eq!((header(call, "x-api-key").as_str(), header(call, "x-more").as_str()), ("caller", "1"));
    // Fetch takes none of these off a redirect to another origin.
    assert_eq!(text(call, "redirect"), "manual");
}

#[wasm_bindgen_test]
async fn a_request_as_init_keeps_its_members() {
    let page = Page::open("memory", &route(r#""auth":"none""#), OK);
    let init = js(&format!("new Request('{API}/', {{ method: 'PUT', headers: {{ 'x-a': '1' }} }})"));
    wait(page.client.fetch(0, JsValue::from_str(&format!("{API}/put")), init)).await.unwrap();
    let call = &page.calls()[0];
    assert_eq!((text(call, "method").as_str(), header(call, "x-a").as_str()), ("PUT", "1"));
}

// Chromium heeds it in fetch's second argument only, although a `Request` keeps it.
#[wasm_bindgen_test]
async fn the_callers_target_address_space_is_handed_on_where_the_browser_knows_it() {
    let kept = get(&js(&format!("new Request('{API}', {{ targetAddressSpace: 'local' }})")), "targetAddressSpace");
    let page = Page::open("memory", &route(r#""auth":"none""#), OK);
    let referrer = js("location.href").as_string().unwrap();
    for mode in ["omit", "include"] {
        let init = format!("({{ targetAddressSpace: 'local', credentials: '{mode}', referrer: '{referrer}' }})");
        page.fetch("/", &init).await.unwrap();
    }
    let mut calls = page.calls();
    drop(page);
    // Headers of a route make the redirect mode another one, and so another request.
    let routes = route(r#""auth":"none""#).replace(r#""headers":[]"#, r#""headers":[["x-api-key","route"]]"#);
    let page = Page::open("memory", &routes, OK);
    page.fetch("/", &format!("({{ targetAddressSpace: 'local', referrer: '{referrer}' }})")).await.unwrap();
    calls.extend(page.calls());
    assert_eq!(calls.len(), 3);
    for call in &calls {
        assert_eq!((get(call, "addressSpace"), text(call, "referrer")), (kept.clone(), referrer.clone()));
    }
    page.fetch("/", "({})").await.unwrap();
    assert!(get(&page.calls()[1], "addressSpace").is_undefined());
}

#[wasm_bindgen_test]
async fn without_a_user_nothing_is_sent() {
    for auth in [r#""auth":"bearer""#, r#""auth":"iam""#] {
        let page = Page::open("memory", &route(auth), OK);
        assert_eq!(code(&page.fetch("/", "({})").await.unwrap_err()), "not-signed-in");
        assert_eq!(page.sent.length(), 0);
    }
}

#[wasm_bindgen_test]
async fn an_abort_rejects_with_the_callers_reason() {
    let network = "const { signal } = request;
        return new Promise((_, reject) => signal.aborted ? reject(signal.reason) : signal.addEventListener('abort', () => reject(signal.reason)))";
    let page = Page::open("memory", &route(r#""auth":"none""#), network);
    js("globalThis.stop = new AbortController()");
    let call = page.fetch("/", "({ signal: stop.signal })");
    js("queueMicrotask(() => setTimeout(() => stop.abort('my reason')))");
    assert_eq!(call.await.unwrap_err().as_string().as_deref(), Some("my reason"));
}

#[wasm_bindgen_test]
async fn a_failed_diagnosis_leaves_the_browsers_own_error() {
    let page = Page::open(
        "memory",
        &route(r#""auth":"none""#),
        "throw (globalThis.original = new TypeError('Failed to fetch'))",
    );
    let error = page.fetch("/", "({})").await.unwrap_err();
    assert_eq!(error, get(&js_sys::global(), "original"));
}

#[wasm_bindgen_test]
async fn a_signed_call_carries_what_survives_a_browser_and_its_own_body() {
    let answers = signed_in_network("return [200, 'fine']");
    let page = Page::open("memory", &route(r#""auth":"iam""#), &answers);
    sign_in(&page).await.unwrap();
    page.fetch("/a b?q=1+2&e=%2F", "({ method: 'POST', body: new URLSearchParams({ k: 'v w' }) })").await.unwrap();
    page.fetch("/again", "({})").await.unwrap();

    let call = &page.calls()[0];
    let authorization = header(call, "authorization");
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=ASIAKEY/"), "{authorization}");
    assert!(
        authorization.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,"),
        "{authorization}"
    );
    assert_eq!(header(call, "x-amz-security-token"), "session");
    // What is sent is what was signed: the plus that servers read in two ways is gone, the body and its type are whole.
    assert_eq!(text(call, "url"), format!("{API}/a%20b?q=1%202&e=%2F"));
    assert_eq!(text(call, "body"), "k=v+w");
    assert!(header(call, "content-type").starts_with("application/x-www-form-urlencoded"));
    assert_eq!(text(call, "redirect"), "manual");
    // Credentials are asked for once.
    assert_eq!(page.operations(), ["InitiateAuth", "GetId", "GetCredentialsForIdentity"]);
}

#[wasm_bindgen_test]
async fn a_call_that_is_aborted_already_waits_for_nothing() {
    let page = Page::open("memory", &route(r#""auth":"bearer""#), OK);
    let error = page.fetch("/", "({ signal: AbortSignal.abort('too late') })").await.unwrap_err();
    assert_eq!((error.as_string().as_deref(), page.sent.length()), (Some("too late"), 0));
}

#[wasm_bindgen_test]
async fn an_opaque_call_carries_nothing_and_is_told_so() {
    for auth in [r#""auth":"bearer""#, r#""auth":"iam""#] {
        let page = Page::open("memory", &route(auth), OK);
        assert_eq!(code(&page.fetch("/", "({ mode: 'no-cors' })").await.unwrap_err()), "invalid-argument");
    }
    let page = Page::open("memory", &route(r#""auth":"none""#), OK);
    page.fetch("/", "({ mode: 'no-cors' })").await.unwrap();
}

/// The URL that `presign` gives for a route with these members.
async fn presigned(members: &str, url: &str, options: &str) -> Result<String, JsValue> {
    let page = Page::open("memory", &route(members), &signed_in_network(OK));
    sign_in(&page).await.unwrap();
    let url = wait(page.client.presign(0, JsValue::from_str(url), js(options))).await?;
    assert!(page.calls().is_empty());
    Ok(url.as_string().unwrap())
}

#[wasm_bindgen_test]
async fn a_presigned_url_is_the_callers_own_with_a_signature_for_what_stands_behind_it() {
    let url = presigned(r#""auth":"iam""#, &format!("{API}/a%20b?q=1+2&e"), "undefined").await.unwrap();
    assert!(
        url.starts_with(&format!("{API}/a%20b?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAKEY%2F")),
        "{url}"
    );
    for part in [
        "&X-Amz-Expires=900&",
        "&X-Amz-SignedHeaders=host&e=&q=1%202&X-Amz-Signature=",
        "&X-Amz-Security-Token=session&",
    ] {
        assert!(url.contains(part), "{part} in {url}");
    }

    let behind = r#""auth":"iam","signAs":{"origin":"https://origin.test","pathPrefix":"/prod","stripPrefix":"/api"}"#;
    let options = "({ expiresIn: 60, method: 'put', headers: { 'X-Own': '1' } })";
    let url = presigned(behind, &format!("{API}/api/x"), options).await.unwrap();
    assert!(url.starts_with(&format!("{API}/api/x?")), "{url}");
    assert!(url.contains("&X-Amz-Expires=60&") && url.contains("&X-Amz-SignedHeaders=host%3Bx-own&"), "{url}");

    let url = presigned(r#""auth":"iam""#, "wss://socket.test/prod", "undefined").await.unwrap();
    assert!(url.starts_with("wss://socket.test/prod?X-Amz-Algorithm="), "{url}");
}

#[wasm_bindgen_test]
async fn a_signature_that_a_url_has_is_replaced() {
    let old =
        format!("{API}/a?q=1&X-Amz-Algorithm=old&X-Amz-Credential=old&X-Amz-Date=old&X-Amz-Expires=1&X-Amz-Meta=m&x");
    let old = format!("{old}&X-Amz-Security-Token=old&X-Amz-SignedHeaders=old&X-Amz-Signature=old");
    let url = presigned(r#""auth":"iam""#, &old, "undefined").await.unwrap();
    assert_eq!(url.matches("X-Amz-Signature=").count(), 1, "{url}");
    assert!(!url.contains("=old") && url.contains("&X-Amz-Meta=m&") && url.contains("&q=1&x=&"), "{url}");
}

#[wasm_bindgen_test]
async fn what_cannot_be_presigned_is_refused() {
    for seconds in ["0", "604801", "1.5", "-1", "NaN", "'60'", "null"] {
        let options = format!("({{ expiresIn: {seconds} }})");
        let error = presigned(r#""auth":"iam""#, &format!("{API}/"), &options).await.unwrap_err();
        assert_eq!(
            (code(&error).as_str(), text(&error, "message").contains("good for")),
            ("invalid-argument", true),
            "{seconds}"
        );
    }
    let error = presigned(r#""auth":"bearer""#, &format!("{API}/"), "undefined").await.unwrap_err();
    assert_eq!(code(&error), "invalid-argument");
}

#[wasm_bindgen_test]
async fn what_a_refused_signature_was_computed_from_is_kept_for_an_explanation() {
    for (status, is_kept) in [(200, false), (400, true), (401, false), (403, true), (500, false)] {
        let answer = format!("return [{status}, 'an answer']");
        let page = Page::open("memory", &route(r#""auth":"iam""#), &signed_in_network(&answer));
        js("globalThis.diagnosisModule = { explainResponse: async (question) => question }");
        sign_in(&page).await.unwrap();
        let response = page.fetch("/a?b=c", "({})").await.unwrap();
        let question = wait(page.client.explain(response.into())).await.unwrap();
        let canonical_request = get(&question, "canonicalRequest").as_string();
        assert_eq!(
            canonical_request.is_some_and(|text| text.starts_with("GET\n/a\nb=c\nhost:api.test\nx-amz-date:")),
            is_kept,
            "{status}"
        );
    }
}

/// The hash that the signature of a call to the first route covers, and the hash of what was sent.
const HASHES: &str =
    "const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const sent = hex(await crypto.subtle.digest('SHA-256', await request.arrayBuffer()));
    return [200, sent + ' ' + request.headers.get('x-amz-content-sha256') + ' ' + request.headers.get('content-type')]";

/// What [`HASHES`] answers to a call with this init.
async fn hashes(auth: &str, init: &str) -> Result<Vec<String>, JsValue> {
    let routes = route(auth).replace(r#""contentSha256":"omit""#, r#""contentSha256":"send""#);
    let page = Page::open("memory", &routes, &signed_in_network(HASHES));
    sign_in(&page).await.unwrap();
    let response = page.fetch("/upload", init).await?;
    let text = wait(response.text().unwrap()).await.unwrap().as_string().unwrap();
    Ok(text.splitn(3, ' ').map(str::to_owned).collect())
}

const BODIES: [(&str, &str); 15] = [
    ("undefined", "null"),
    ("''", "text/plain;charset=UTF-8"),
    ("'あ \\ud800 lone'", "text/plain;charset=UTF-8"),
    ("'x'.repeat(100000)", "text/plain;charset=UTF-8"),
    ("new Uint8Array([1, 2, 3]).buffer", "null"),
    ("new Uint8Array(300000).fill(7).subarray(5)", "null"),
    ("new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)", "null"),
    ("new Float64Array([1.5, 2.5])", "null"),
    ("new Blob(['a', 'blob'], { type: 'text/x-blob' })", "text/x-blob"),
    ("new Blob([new Uint8Array(300000)])", "null"),
    ("new File(['a file'], 'name.txt')", "null"),
    (
        "(() => { const form = new FormData(); form.set('a', 'b'); form.set('f', new File(['x'], 'x.txt')); return form; })()",
        "multipart/form-data; boundary=",
    ),
    ("new URLSearchParams({ a: 'b c', d: 'é' })", "application/x-www-form-urlencoded;charset=UTF-8"),
    ("new Blob(['a', 'stream']).stream()", "null"),
    ("{ toString: () => 'an object' }", "text/plain;charset=UTF-8"),
];

#[wasm_bindgen_test]
async fn what_is_sent_is_what_was_hashed_whatever_the_body_is() {
    for auth in [r#""auth":"iam""#, r#""auth":"bearer""#, r#""auth":"none""#] {
        for (body, content_type) in BODIES {
            let answer = hashes(auth, &format!("({{ method: 'POST', body: {body} }})")).await.unwrap();
            assert_eq!(answer[0], answer[1], "{auth} {body}");
            assert!(answer[2].starts_with(content_type), "{auth} {body}: {}", answer[2]);
        }
        let answer = hashes(auth, "({})").await.unwrap();
        assert_eq!(answer[0], answer[1], "{auth} GET");
    }
}

#[wasm_bindgen_test]
async fn a_requests_own_body_is_hashed_and_sent_and_a_read_one_refused_as_fetch_does() {
    let routes = route(r#""auth":"iam""#).replace(r#""contentSha256":"omit""#, r#""contentSha256":"send""#);
    let page = Page::open("memory", &routes, &signed_in_network(HASHES));
    sign_in(&page).await.unwrap();
    for url in ["/upload", "/upload?a=b+c"] {
        let request = js(&format!(
            "new Request('{API}{url}', {{ method: 'PUT', body: 'own', headers: {{ 'content-type': 'x/y' }} }})"
        ));
        let response: web_sys::Response =
            wait(page.client.fetch(0, request, JsValue::UNDEFINED)).await.unwrap().unchecked_into();
        let text = wait(response.text().unwrap()).await.unwrap().as_string().unwrap();
        let (sent, rest) = text.split_once(' ').unwrap();
        assert_eq!(rest, format!("{sent} x/y"), "{url}");
    }
    assert_eq!(text(&page.calls()[1], "url"), format!("{API}/upload?a=b%20c"));

    let read = js(&format!(
        "(() => {{ const read = new Request('{API}/', {{ method: 'POST', body: 'x' }}); read.text(); return read; }})()"
    ));
    let error = wait(page.client.fetch(0, read, JsValue::UNDEFINED)).await.unwrap_err();
    assert_eq!(text(&error, "name"), "TypeError");
    let locked = "({ method: 'POST', body: (() => { const stream = new Blob(['x']).stream(); stream.getReader(); return stream; })() })";
    assert_eq!(text(&page.fetch("/", locked).await.unwrap_err(), "name"), "TypeError");
}

#[wasm_bindgen_test]
async fn a_stream_is_held_up_to_a_limit_and_goes_out_untouched_where_the_body_is_not_signed() {
    let endless = "({ method: 'POST', duplex: 'half', body: new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) }) })";
    let error = hashes(r#""auth":"iam""#, endless).await.unwrap_err();
    assert_eq!(code(&error), "invalid-argument");
    assert!(text(&error, "help").contains("payload: 'unsigned'"));

    let unsigned = route(r#""auth":"iam""#).replace(r#""payload":"signed""#, r#""payload":"unsigned""#);
    let page = Page::open(
        "memory",
        &unsigned,
        &signed_in_network("return [200, request.headers.get('x-amz-content-sha256')]"),
    );
    sign_in(&page).await.unwrap();
    for body in ["new Blob(['a stream']).stream()", "'a text'", "new Blob(['a blob'])"] {
        let response = page.fetch("/", &format!("({{ method: 'POST', duplex: 'half', body: {body} }})")).await.unwrap();
        assert_eq!(wait(response.text().unwrap()).await.unwrap().as_string().unwrap(), "UNSIGNED-PAYLOAD");
    }
    let sent: Vec<_> = page.calls().iter().map(|call| text(call, "body")).collect();
    assert_eq!(sent, ["a stream", "a text", "a blob"]);
}

#[wasm_bindgen_test]
async fn a_retry_sends_the_same_bytes_or_is_not_made() {
    // Refused once, by a server that is five hours ahead.
    let network = "globalThis.refusals ??= 0;
        const date = { date: new Date(Date.now() + 18000000).toUTCString() };
        return globalThis.refusals++ ? [200, 'fine'] : (globalThis.onRefusal?.(), [403, '{}', date])";
    let ok = "new Uint8Array([1, 2, 3])";
    let form = "(() => { const form = new FormData(); form.set('a', 'b'); return form; })()";
    let stream = "new Blob(['a stream']).stream()";
    for body in ["'text'", ok, form, stream, "new URLSearchParams({ a: 'b' })", "new Blob(['blob'])"] {
        let page = Page::open("memory", &route(r#""auth":"iam""#), &signed_in_network(network));
        sign_in(&page).await.unwrap();
        js("globalThis.refusals = 0");
        let response = page.fetch("/", &format!("({{ method: 'POST', body: {body} }})")).await.unwrap();
        let calls = page.calls();
        assert_eq!((response.status(), calls.len()), (200, 2), "{body}");
        assert_eq!(text(&calls[0], "body"), text(&calls[1], "body"), "{body}");
        assert_eq!(header(&calls[0], "content-type"), header(&calls[1], "content-type"), "{body}");
        assert_ne!(header(&calls[0], "x-amz-date"), header(&calls[1], "x-amz-date"), "{body}");
        // What was learnt holds for the next call.
        page.fetch("/", "({})").await.unwrap();
        assert_eq!(page.calls().len(), 3);
    }

    let page = Page::open("memory", &route(r#""auth":"iam""#), &signed_in_network(network));
    sign_in(&page).await.unwrap();
    js("globalThis.refusals = 0; globalThis.scratch = new Uint8Array(8); globalThis.onRefusal = () => scratch.fill(9)");
    let response = page.fetch("/", "({ method: 'POST', body: scratch })").await.unwrap();
    js("delete globalThis.onRefusal");
    assert_eq!((response.status(), page.calls().len()), (403, 1));
}

#[wasm_bindgen_test]
async fn credentials_that_the_api_refuses_are_replaced_once() {
    // The identity pool gives the same key again, which is refused again: there is no third time.
    let refused = r#"return [403, '{"message":"The security token included in the request is expired"}']"#;
    let page = Page::open("memory", &route(r#""auth":"iam""#), &signed_in_network(refused));
    sign_in(&page).await.unwrap();
    let response = page.fetch("/", "({ method: 'POST', body: 'x' })").await.unwrap();
    assert_eq!((response.status(), page.calls().len()), (403, 2));
    let asked = page.operations().iter().filter(|operation| *operation == "GetCredentialsForIdentity").count();
    assert_eq!(asked, 2);
}

#[wasm_bindgen_test]
async fn a_clock_that_is_hours_off_is_learnt_from_cognitos_answers() {
    set_clock(-18_000);
    js("globalThis.serverNow = () => realNow.call(Date)");
    let page = Page::open("memory", &route(r#""auth":"iam""#), &signed_in_network(OK));
    sign_in(&page).await.unwrap();
    page.fetch("/", "({})").await.unwrap();
    let expected =
        js("new Date(realNow.call(Date)).toISOString().replace(/[-:]/g, '').slice(0, 11)").as_string().unwrap();
    let date = header(&page.calls()[0], "x-amz-date");
    assert!(date.starts_with(&expected), "{date} {expected}");
}

#[wasm_bindgen_test]
async fn a_stream_is_held_up_to_a_limit_however_it_comes() {
    let stream = |mebibytes: u32| {
        format!(
            "new ReadableStream({{ left: {mebibytes},
                pull(to) {{ if (this.left === undefined) this.left = {mebibytes}; if (this.left-- > 0) to.enqueue(new Uint8Array(1 << 20)); else to.close(); }} }})"
        )
    };
    let page = Page::open("memory", &route(r#""auth":"iam""#), &signed_in_network(OK));
    sign_in(&page).await.unwrap();
    let send = |mebibytes| {
        let request =
            format!("new Request('{API}/', {{ method: 'POST', body: {}, duplex: 'half' }})", stream(mebibytes));
        wait(page.client.fetch(0, js(&request), JsValue::UNDEFINED))
    };
    // Of a stream Firefox makes a request whose body is a text.
    if js("new Request('https://a', { method: 'POST', body: new ReadableStream(), duplex: 'half' }).body").is_object() {
        send(2).await.unwrap();
        assert_eq!(code(&send(17).await.unwrap_err()), "invalid-argument");
    }
    let init = |mebibytes| format!("({{ method: 'POST', body: {}, duplex: 'half' }})", stream(mebibytes));
    page.fetch("/", &init(2)).await.unwrap();
    assert_eq!(code(&page.fetch("/", &init(17)).await.unwrap_err()), "invalid-argument");
    let lengths: Vec<_> = page.calls().iter().map(|call| text(call, "body").len()).collect();
    assert!(!lengths.is_empty() && lengths.iter().all(|length| *length == 2 << 20), "{lengths:?}");
}

#[wasm_bindgen_test]
async fn what_no_request_can_be_made_of_is_the_browsers_error_or_for_sign_and_presign_ours() {
    let page = Page::open("memory", &route(r#""auth":"iam""#), &signed_in_network(OK));
    sign_in(&page).await.unwrap();
    js(&format!(
        "globalThis.used = new Request('{API}/', {{ method: 'POST', body: 'x' }}); void used.text();
         globalThis.read = new ReadableStream({{ start(to) {{ to.enqueue(new Uint8Array(2)); to.close() }} }});
         globalThis.reading = (async () => {{ const reader = read.getReader(); await reader.read(); reader.releaseLock(); }})()"
    ));
    wait(js("reading").into()).await.unwrap();
    for (input, init) in [
        ("used", "undefined"),
        ("'https://api.test/'", "({ method: 'POST', body: read, duplex: 'half' })"),
        ("'https://api.test/'", "({ headers: { 'X-Own': 'a\\nb' } })"),
        ("'https://api.test/'", "({ body: 'of a GET' })"),
    ] {
        let thrown = wait(page.client.fetch(0, js(input), js(init))).await.unwrap_err();
        assert!(thrown.is_instance_of::<js_sys::TypeError>() && get(&thrown, "code").is_undefined(), "{input} {init}");
        let error = wait(page.client.sign(0, js(input), js(init))).await.unwrap_err();
        assert_eq!(code(&error), "invalid-argument", "{input} {init}");
        assert!(get(&error, "cause").is_instance_of::<js_sys::TypeError>());
    }
    for (input, options) in [("used", "undefined"), ("'https://api.test/'", "({ headers: { 'X-Own': 'a\\nb' } })")] {
        assert_eq!(code(&wait(page.client.presign(0, js(input), js(options))).await.unwrap_err()), "invalid-argument");
    }
    assert!(page.calls().is_empty());
}
