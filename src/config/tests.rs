use super::*;
use serde_json::{Value, json};

fn core(routes: Value) -> Value {
    json!({
        "userPool": {
            "userPoolId": "ap-northeast-1_AbCdEfGhI", "clientId": "client", "region": "ap-northeast-1",
            "endpoint": "https://cognito-idp.ap-northeast-1.amazonaws.com/",
        },
        "identityPool": {
            "identityPoolId": "ap-northeast-1:1", "endpoint": "https://cognito-identity.ap-northeast-1.amazonaws.com/",
            "stsEndpoint": "https://sts.ap-northeast-1.amazonaws.com/", "flow": "enhanced", "role": "pool", "login": "user-pool",
        },
        "routes": routes, "storage": "session", "refreshAhead": 60, "locale": "en",
    })
}

fn route(changes: Value) -> Value {
    let mut route = json!({
        "match": "https://abc123.execute-api.ap-northeast-1.amazonaws.com/api/*", "auth": "iam", "token": "id", "headers": [],
        "service": "execute-api", "region": "ap-northeast-1", "identity": "user", "role": "pool", "payload": "signed",
        "contentSha256": "omit", "probes": "on",
    });
    route.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    route
}

fn parse(core: Value) -> Result<Config, Error> {
    Config::parse(&core.to_string())
}

fn parse_route(changes: Value) -> Result<Route, Error> {
    parse(core(json!([route(changes)]))).map(|config| config.route(0).unwrap().clone())
}

fn signing(changes: Value) -> Signing {
    match parse_route(changes).unwrap().auth {
        Auth::Iam(signing) => signing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_configuration() {
    let config = parse(core(json!([
        route(json!({ "auth": "bearer", "token": "access", "credentials": "include", "headers": [["x-api-key", "k"]], "kind": "http-api" })),
        route(json!({ "auth": "none", "probes": "off" })),
    ])))
    .unwrap();
    let pool = config.user_pool.as_ref().unwrap();
    assert_eq!((pool.app_client.pool_name(), pool.region.as_str()), ("AbCdEfGhI", "ap-northeast-1"));
    assert_eq!(config.identity_pool.as_ref().unwrap().pool_id, "ap-northeast-1:1");
    let bearer = config.route(0).unwrap();
    assert_eq!(bearer.auth, Auth::Bearer(TokenUse::Access));
    assert_eq!(bearer.credentials, Some(CredentialsMode::Include));
    assert_eq!(bearer.headers, [("x-api-key".to_owned(), "k".to_owned())]);
    assert_eq!(bearer.kind, Some(RouteKind::HttpApi));
    assert_eq!((&config.route(1).unwrap().auth, config.route(1).unwrap().probes), (&Auth::None, Probes::Off));
    assert_eq!(config.route(2).unwrap_err().code(), ErrorCode::Unexpected);
    assert_eq!((config.storage, config.refresh_ahead, config.locale), (StorageKind::Session, 60, Locale::En));
}

#[test]
fn pools_may_be_missing() {
    let core = json!({ "routes": [], "storage": "memory", "refreshAhead": 60, "locale": "ja" });
    let config = parse(core).unwrap();
    assert_eq!((config.user_pool, config.identity_pool), (None, None));
}

#[test]
fn what_the_face_does_not_make_is_refused() {
    for (pool, field, value) in [
        ("userPool", "userPoolId", "AbCdEfGhI"),
        ("userPool", "clientId", ""),
        ("userPool", "region", ""),
        ("userPool", "endpoint", ""),
        ("identityPool", "identityPoolId", ""),
        ("identityPool", "endpoint", ""),
    ] {
        let mut core = core(json!([]));
        core[pool][field] = json!(value);
        assert_eq!(parse(core).unwrap_err().code(), ErrorCode::InvalidConfiguration, "{pool}.{field} {value}");
    }
    for (field, value) in [
        ("auth", json!("basic")),
        ("auth", json!(null)),
        ("token", json!("refresh")),
        ("credentials", json!("always")),
        ("headers", json!([["x-api-key"]])),
        ("headers", json!([["x-api-key", 1]])),
        ("kind", json!("gateway")),
        ("probes", json!("maybe")),
    ] {
        let changes = json!({ "auth": "bearer", field: value });
        assert_eq!(parse_route(changes).unwrap_err().code(), ErrorCode::InvalidConfiguration, "{field} {value}");
    }
    for text in ["", "{}", "[]", "null"] {
        assert!(Config::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_signature_is_for_a_region_and_a_service_that_are_given() {
    let given = signing(json!({ "region": "eu-west-1", "service": "lambda" }));
    assert_eq!((given.region.as_str(), given.service.as_str(), given.sign_as), ("eu-west-1", "lambda", None));
    for field in ["region", "service"] {
        assert!(parse_route(json!({ field: "" })).is_err(), "{field}");
        assert!(parse_route(json!({ field: null })).is_err(), "{field}");
    }
}

#[test]
fn a_route_has_a_host_without_a_wildcard() {
    for pattern in ["/api/*", "*", "https://*.example.com/*", "https:///x", ""] {
        assert!(parse_route(json!({ "match": pattern, "auth": "bearer" })).is_err(), "{pattern}");
    }
    assert!(parse_route(json!({ "match": "http://127.0.0.1:3000/a/*/b", "auth": "bearer" })).is_ok());
}

#[test]
fn sign_as_has_a_host() {
    let parsed = |origin: &str| {
        parse_route(json!({ "signAs": { "origin": origin, "pathPrefix": "/api", "stripPrefix": "" } }))
            .map(|route| route.auth)
    };
    let Ok(Auth::Iam(Signing { sign_as: Some(sign_as), .. })) = parsed("http://127.0.0.1:8080") else {
        panic!("no signAs");
    };
    assert_eq!(
        (sign_as.host.as_str(), sign_as.path_prefix.as_str(), sign_as.strip_prefix.as_str()),
        ("127.0.0.1:8080", "/api", "")
    );
    assert!(parsed("abc123").is_err());
}
