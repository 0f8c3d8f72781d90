use super::*;
use serde_json::{Value, json};

fn core(routes: Value) -> Value {
    json!({
        "userPool": {
            "userPoolId": "ap-northeast-1_AbCdEfGhI", "clientId": "client", "region": "ap-northeast-1",
            "endpoint": "https://cognito-idp.ap-northeast-1.amazonaws.com/",
        },
        "identityPool": {
            "identityPoolId": "ap-northeast-1:1", "region": "ap-northeast-1",
            "endpoint": "https://cognito-identity.ap-northeast-1.amazonaws.com/",
        },
        "routes": routes, "storage": "session", "refreshAhead": 60, "locale": "en",
    })
}

fn route(changes: Value) -> Value {
    let mut route = json!({
        "match": "https://abc123.execute-api.ap-northeast-1.amazonaws.com/api/*", "auth": "iam", "token": "id", "headers": [],
        "service": "execute-api", "probes": "on",
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
    assert_eq!((pool.pool_name.as_str(), pool.region.as_str()), ("AbCdEfGhI", "ap-northeast-1"));
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
fn malformed_pools_are_refused() {
    for (pool, field, value) in [
        ("userPool", "userPoolId", "AbCdEfGhI"),
        ("userPool", "userPoolId", "_AbCdEfGhI"),
        ("userPool", "userPoolId", "ap-northeast-1_"),
        ("userPool", "clientId", ""),
        ("userPool", "region", ""),
        ("userPool", "endpoint", "cognito-idp.ap-northeast-1.amazonaws.com"),
        ("identityPool", "identityPoolId", "ap-northeast-1"),
        ("identityPool", "region", ""),
        ("identityPool", "endpoint", ""),
    ] {
        let mut core = core(json!([]));
        core[pool][field] = json!(value);
        assert_eq!(parse(core).unwrap_err().code(), ErrorCode::InvalidConfiguration, "{pool}.{field} {value}");
    }
}

#[test]
fn the_region_is_given_or_read_from_an_aws_host() {
    assert_eq!(signing(json!({})).region, "ap-northeast-1");
    assert_eq!(signing(json!({ "region": "eu-west-1" })).region, "eu-west-1");
    for (pattern, region) in [
        ("https://u.lambda-url.us-east-1.on.aws/*", "us-east-1"),
        ("https://a.execute-api.cn-north-1.amazonaws.com.cn/*", "cn-north-1"),
        ("https://a.execute-api.us-west-2.api.aws", "us-west-2"),
        ("https://a-vpce-1.execute-api.us-west-2.amazonaws.com/v1", "us-west-2"),
        ("https://a.appsync-api.us-west-2.amazonaws.com/graphql", "us-west-2"),
    ] {
        assert_eq!(signing(json!({ "match": pattern })).region, region);
    }
    let sign_as =
        json!({ "origin": "https://a.execute-api.us-east-2.amazonaws.com", "pathPrefix": "", "stripPrefix": "" });
    assert_eq!(signing(json!({ "match": "https://d1.cloudfront.net/*", "signAs": sign_as })).region, "us-east-2");
}

#[test]
fn the_region_is_never_guessed() {
    for pattern in [
        "https://api.example.com/*",
        "https://a.execute-api.us-east-1.example.com/*",
        "https://execute-api.us-east-1.amazonaws.com/*",
        "https://api.example.com/a.execute-api.us-east-1.amazonaws.com",
        "https://a.execute-api",
    ] {
        let refused = parse_route(json!({ "match": pattern })).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidConfiguration, "{pattern}");
        assert!(refused.message().contains("region"), "{pattern}");
    }
    assert!(parse_route(json!({ "region": "", "match": "https://api.example.com/*" })).is_err());
    assert!(parse_route(json!({ "service": "" })).is_err());
}

#[test]
fn a_route_has_an_origin_without_a_wildcard() {
    for pattern in
        ["/api/*", "*", "https://*.example.com/*", "https:///x", "ftp://example.com/", "https://user@example.com/", ""]
    {
        assert!(parse_route(json!({ "match": pattern, "auth": "bearer" })).is_err(), "{pattern}");
    }
    assert!(parse_route(json!({ "match": "http://127.0.0.1:3000/a/*/b", "auth": "bearer" })).is_ok());
}

#[test]
fn sign_as_has_a_host_and_prefixes_without_a_slash_at_their_end() {
    let parsed = |origin: &str, prefix: &str, strip: &str| {
        parse_route(
            json!({ "signAs": { "origin": origin, "pathPrefix": prefix, "stripPrefix": strip }, "region": "us-east-1" }),
        )
    };
    let Auth::Iam(Signing { sign_as: Some(sign_as), .. }) = parsed("http://127.0.0.1:8080", "/api/", "/").unwrap().auth
    else {
        panic!("no signAs");
    };
    assert_eq!(
        (sign_as.host.as_str(), sign_as.path_prefix.as_str(), sign_as.strip_prefix.as_str()),
        ("127.0.0.1:8080", "/api", "")
    );
    assert!(parsed("abc123", "", "").is_err());
    assert!(parsed("https://a", "api", "").is_err());
    assert!(parsed("https://a", "", "api").is_err());
}
