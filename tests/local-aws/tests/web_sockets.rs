//! WebSocket APIs and AWS IoT: who gets in, what is said inside, and how it ends.

#![cfg(test)]

mod support;

use aws_sigv4::http_request::SignatureLocation;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use support::Running;
use support::signer::Signer;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message, client::IntoClientRequest as _};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Connects, or says the status and the body of the refusal.
async fn connect(url: &str, headers: &[(&str, &str)]) -> Result<Socket, (u16, Value)> {
    let mut request = url.replace("http://", "ws://").into_client_request().unwrap();
    for (name, value) in headers {
        let name = tokio_tungstenite::tungstenite::http::HeaderName::try_from(*name).unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => {
            let body = answer.body().as_deref().unwrap_or_default();
            Err((answer.status().as_u16(), serde_json::from_slice(body).unwrap_or(Value::Null)))
        }
        Err(other) => panic!("{other}"),
    }
}

async fn say(socket: &mut Socket, text: &str) -> Value {
    socket.send(Message::text(text)).await.unwrap();
    serde_json::from_str(socket.next().await.unwrap().unwrap().to_text().unwrap()).unwrap()
}

/// How the server ends it.
async fn end(socket: &mut Socket) -> CloseFrame {
    match socket.next().await.unwrap().unwrap() {
        Message::Close(Some(frame)) => frame,
        other => panic!("{other:?}"),
    }
}

/// A signer of handshakes, and the URL that it has signed.
async fn presigned(signer: &Signer, path: &str) -> String {
    let url = format!("{}{path}", signer.door("web-socket-iam"));
    let parameters = signer.signing.sign("GET", &url, &[], b"");
    let encoded = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    format!("{url}{}{}", if url.contains('?') { '&' } else { '?' }, query.join("&"))
}

#[tokio::test]
async fn a_signed_handshake_opens_a_connection() {
    let mut signer = Signer::start().await;
    let url = format!("{}/prod", signer.door("web-socket-iam"));
    let (status, body) = connect(&url, &[]).await.unwrap_err();
    assert_eq!((status, &body["message"]), (403, &json!("Missing Authentication Token")));
    assert!(body["connectionId"].is_string() && body["requestId"].is_string());

    // A browser can set no header; a program can.
    let signed = signer.signing.sign("GET", &url, &[], b"");
    let signed: Vec<(&str, &str)> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = say(&mut connect(&url, &signed).await.unwrap(), "hello").await;
    assert_eq!((&answer["routeKey"], &answer["body"]), (&json!("$default"), &json!("hello")));

    signer.signing.location = SignatureLocation::QueryParams;
    let url = presigned(&signer, "/prod?room=%E6%9C%AC").await;
    let mut socket = connect(&url, &[]).await.unwrap();
    let answer = say(&mut socket, r#"{"action":"nothing that there is a route for"}"#).await;
    assert!(answer["identity"]["userArn"].as_str().unwrap().contains(":assumed-role/admin/"), "{answer}");
    // It stays open when the signature ends, and nobody comes in with it any more.
    signer.running.aws.clock().advance(61);
    assert_eq!(say(&mut socket, "again").await["body"], "again");
    let (status, body) = connect(&url, &[]).await.unwrap_err();
    assert_eq!(status, 403);
    assert!(body["message"].as_str().unwrap().starts_with("Signature expired: "), "{body}");

    signer.running.aws.clock().reset();
    let (status, _) = connect(&url.replace("room=", "room=x"), &[]).await.unwrap_err();
    assert_eq!(status, 403);
    let elsewhere = presigned(&signer, "/dev").await;
    assert_eq!(connect(&elsewhere, &[]).await.unwrap_err().1["message"], "Forbidden");
    let plain = signer.running.send("GET", &presigned(&signer, "/prod").await, &[]).await;
    assert_eq!(plain.status(), 426);

    let general = signer.running.credentials(&signer.running.tokens_of("hanako").await).await;
    signer.signing.credentials = general;
    let (status, body) = connect(&presigned(&signer, "/prod").await, &[]).await.unwrap_err();
    assert_eq!(status, 403);
    assert!(body["message"].as_str().unwrap().ends_with("wsock0iam0/prod/$connect"), "{body}");
}

#[tokio::test]
async fn a_custom_domain_leads_to_a_web_socket_api() {
    let mut signer = Signer::start().await;
    signer.signing.location = SignatureLocation::QueryParams;
    let domain = signer.door("mapped-domain");
    let url = presigned(&signer, "/socket").await.replace(&signer.door("web-socket-iam"), &domain);
    assert_eq!(connect(&url, &[]).await.unwrap_err().0, 403, "signed for another host");
    let parameters = signer.signing.sign("GET", &format!("{domain}/socket"), &[], b"");
    let query: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")))
        .collect();
    let mut socket = connect(&format!("{domain}/socket?{}", query.join("&")), &[]).await.unwrap();
    assert_eq!(say(&mut socket, "hello").await["body"], "hello");
}

#[tokio::test]
async fn an_authorizer_reads_a_token_from_the_query() {
    let running = Running::start().await;
    let url = format!("{}/prod", running.door("web-socket-token"));
    assert_eq!(connect(&url, &[]).await.unwrap_err().0, 401);
    assert_eq!(connect(&format!("{url}?token=abc"), &[]).await.unwrap_err().0, 403);
    let tokens = running.sign_in("hanako").await;
    assert_eq!(connect(&format!("{url}?token={}", tokens.access), &[]).await.unwrap_err().0, 403);
    let mut socket = connect(&format!("{url}?token={}", tokens.id), &[]).await.unwrap();
    assert_eq!(say(&mut socket, "hello").await["claims"]["cognito:username"], "hanako");
    running.aws.clock().advance(3_601);
    assert_eq!(connect(&format!("{url}?token={}", tokens.id), &[]).await.unwrap_err().0, 403);
    let statuses: Vec<u16> = running.aws.log().since(0).iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [401, 403, 403, 101, 403]);
}

#[tokio::test]
async fn routes_and_commands_end_connections() {
    let running = Running::start().await;
    let token = running.sign_in("hanako").await.id;
    let url = format!("{}/prod?token={token}", running.door("web-socket-token"));
    let mut socket = connect(&url, &[]).await.unwrap();
    socket.send(Message::text(r#"{"action":"silent"}"#)).await.unwrap();
    assert_eq!(say(&mut socket, "heard").await["body"], "heard");
    socket.send(Message::text(r#"{"action":"close"}"#)).await.unwrap();
    assert_eq!(u16::from(end(&mut socket).await.code), 1000);

    let mut sockets = [connect(&url, &[]).await.unwrap(), connect(&url, &[]).await.unwrap()];
    // The server knows of a connection before it says anything on it.
    for socket in &mut sockets {
        say(socket, "here").await;
    }
    let close = async |body: Value| running.post("/local-aws/connections/close", &body).await;
    assert_eq!(close(json!({ "door": "web-socket-iam" })).await, (200, json!({ "closed": 0 })));
    assert_eq!(close(json!({ "door": "web-socket-token" })).await, (200, json!({ "closed": 2 })));
    for socket in &mut sockets {
        assert_eq!(u16::from(end(socket).await.code), 1001);
    }
    let mut socket = connect(&url, &[]).await.unwrap();
    say(&mut socket, "here").await;
    close(json!({ "code": 1011, "reason": "gone" })).await;
    let frame = end(&mut socket).await;
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (1011, "gone"));

    running.patch(json!([{ "op": "remove", "path": "/doors/web-socket-token/routes/$default" }])).await;
    let mut socket = connect(&url, &[]).await.unwrap();
    assert_eq!(say(&mut socket, "hello").await["message"], "Forbidden");
    let too_long = "x".repeat(128 * 1024 + 1);
    socket.send(Message::text(too_long)).await.unwrap();
    assert_eq!(u16::from(end(&mut socket).await.code), 1009);
}
