//! From a user's token to credentials. What other clients make of it is in `tests/oracles/cognito`.

use serde_json::{Map, Value, json};

use super::*;
use crate::clock::Clock;

const PROVIDER: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_A";

struct World {
    clock: Clock,
    users: UserPool,
    credentials: CredentialStore,
    pool: IdentityPool,
}

impl World {
    fn new(pool: Value) -> Self {
        let client = |id| json!({ "id": id, "explicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
        let clients = ["c", "foreign"].map(client);
        let users = json!({
            "id": "us-east-1_A",
            "clients": clients,
            "groups": [{ "name": "admin", "roleArn": "arn:aws:iam::1:role/Admin" }],
            "users": [
                { "username": "u", "password": "p" },
                { "username": "admin", "password": "p", "groups": ["admin"] },
            ],
        });
        let mut config = json!({
            "id": "us-east-1:pool",
            "cognitoIdentityProviders": [{ "providerName": PROVIDER, "clientId": "c" }],
            "roles": { "authenticated": "arn:aws:iam::1:role/User", "unauthenticated": "arn:aws:iam::1:role/Guest" },
            "roleMappings": {
                (format!("{PROVIDER}:c")): { "type": "Token", "ambiguousRoleResolution": "AuthenticatedRole" },
            },
        });
        config.as_object_mut().unwrap().extend(pool.as_object().unwrap().clone());
        let clock = Clock::default();
        let users = UserPool::new(serde_json::from_value(users).unwrap(), clock.clone());
        let credentials = CredentialStore::new(clock.clone());
        let config = serde_json::from_value(config).unwrap();
        let around =
            Surroundings { user_pools: vec![users.clone()], credentials: credentials.clone(), clock: clock.clone() };
        let trust = json!([{
            "Effect": "Allow",
            "Principal": { "Federated": "cognito-identity.amazonaws.com" },
            "Action": "sts:AssumeRoleWithWebIdentity",
        }]);
        let role = json!({ "policies": {}, "assumeRolePolicy": trust });
        let roles = serde_json::from_value(json!({ "User": role, "Admin": role, "Guest": role })).unwrap();
        let pool = IdentityPool::new(config, roles, around);
        Self { clock, users, credentials, pool }
    }

    fn logins(&self, username: &str, client: &str, token: &str) -> Value {
        let parameters = json!({ "USERNAME": username, "PASSWORD": "p" });
        let input = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client, "AuthParameters": parameters });
        let answer = self.users.operate("InitiateAuth", input).unwrap();
        json!({ PROVIDER: answer["AuthenticationResult"][token] })
    }

    fn get_id(&self, logins: Value) -> Result<String, Exception> {
        let answer = self.pool.operate("GetId", json!({ "IdentityPoolId": "us-east-1:pool", "Logins": logins }))?;
        Ok(answer["IdentityId"].as_str().unwrap().to_owned())
    }

    fn role(&self, identity: &str, logins: Value) -> Result<String, Exception> {
        let input = json!({ "IdentityId": identity, "Logins": logins });
        let answer = self.pool.operate("GetCredentialsForIdentity", input)?;
        let issued = &answer["Credentials"];
        let found = self.credentials.find(issued["AccessKeyId"].as_str().unwrap()).unwrap();
        assert_eq!(found.secret_access_key, issued["SecretKey"]);
        assert_eq!(found.session_token, issued["SessionToken"]);
        assert_eq!(found.identity_id.as_deref(), Some(identity));
        // Seconds since 1970, as a number: not ISO 8601, and not milliseconds.
        assert_eq!(issued["Expiration"], json!(found.expiration.unix_timestamp()));
        Ok(found.role_arn)
    }
}

#[test]
fn a_user_has_one_identity_and_the_role_of_the_group() {
    let world = World::new(json!({}));
    let logins = |username| world.logins(username, "c", "IdToken");
    let (user, admin) = (world.get_id(logins("u")).unwrap(), world.get_id(logins("admin")).unwrap());
    assert_eq!(world.get_id(logins("u")).unwrap(), user);
    assert_ne!(user, admin);
    assert!(user.starts_with("us-east-1:"));
    assert_eq!(world.role(&user, logins("u")).as_deref(), Ok("arn:aws:iam::1:role/User"));
    assert_eq!(world.role(&admin, logins("admin")).as_deref(), Ok("arn:aws:iam::1:role/Admin"));
    assert_eq!(world.role(&user, logins("admin")).unwrap_err().name, ExceptionName::NotAuthorizedException);
    assert_eq!(world.role(&user, json!({})).unwrap_err().name, ExceptionName::NotAuthorizedException);
}

#[test]
fn only_a_fresh_id_token_of_the_pools_client_is_a_login() {
    let world = World::new(json!({}));
    let message = |logins| world.get_id(logins).unwrap_err().message;
    assert_eq!(message(world.logins("u", "c", "AccessToken")), "Invalid login token. Not an ID token.");
    assert_eq!(message(world.logins("u", "foreign", "IdToken")), "Invalid login token. Incorrect token audience.");
    assert!(message(json!({ PROVIDER: "x" })).starts_with("Invalid login token. Not a valid"));
    assert!(message(json!({ "accounts.example.com": "x" })).starts_with("Token is not from a supported provider"));
    let logins = world.logins("u", "c", "IdToken");
    world.clock.advance(3_600);
    assert!(message(logins).starts_with("Invalid login token. Token expired"));
}

#[test]
fn guests_are_let_in_only_where_the_pool_says_so() {
    let refused = World::new(json!({}));
    assert_eq!(refused.get_id(json!({})).unwrap_err().name, ExceptionName::NotAuthorizedException);
    let open = World::new(json!({ "allowUnauthenticatedIdentities": true }));
    let guest = open.get_id(json!({})).unwrap();
    assert_ne!(open.get_id(json!({})).unwrap(), guest);
    assert_eq!(open.role(&guest, json!({})).as_deref(), Ok("arn:aws:iam::1:role/Guest"));
    let closed = IdentityPoolConfig { allow_unauthenticated_identities: false, ..open.pool.state().config.clone() };
    open.pool.reconfigure(closed, BTreeMap::new());
    assert_eq!(open.role(&guest, json!({})).unwrap_err().name, ExceptionName::NotAuthorizedException);
}

#[test]
fn what_does_not_exist_or_has_no_role_is_an_exception_of_its_own() {
    let world = World::new(json!({ "allowUnauthenticatedIdentities": true, "roles": {} }));
    let unknown = world.pool.operate("GetId", json!({ "IdentityPoolId": "us-east-1:other" }));
    assert_eq!(unknown.unwrap_err().name, ExceptionName::ResourceNotFoundException);
    let missing = world.pool.operate("GetId", json!({}));
    assert_eq!(missing.unwrap_err().name, ExceptionName::ValidationException);
    assert_eq!(world.role("us-east-1:x", json!({})).unwrap_err().name, ExceptionName::ResourceNotFoundException);
    let guest = world.get_id(json!({})).unwrap();
    let no_role = world.role(&guest, json!({})).unwrap_err().name;
    assert_eq!(no_role, ExceptionName::InvalidIdentityPoolConfigurationException);
    world.pool.reset();
    assert_eq!(world.role(&guest, json!({})).unwrap_err().name, ExceptionName::ResourceNotFoundException);
}

#[test]
fn logins_presented_together_are_linked_to_one_identity() {
    let outside = json!([{ "providerName": "accounts.example.com", "clientIds": ["app"] }]);
    let world = World::new(json!({ "openIdProviders": outside }));
    let there = |sub: &str| {
        let (provider, token) = world.pool.open_id_sign_in(sub, &Map::new()).unwrap();
        json!({ provider: token })
    };
    let both = |first: &Value, second: Value| {
        let members = first.as_object().unwrap().iter().chain(second.as_object().unwrap());
        Value::Object(members.map(|(name, token)| (name.clone(), token.clone())).collect())
    };
    let here = world.logins("u", "c", "IdToken");
    let mine = world.get_id(here.clone()).unwrap();
    assert_eq!(world.get_id(both(&here, there("me"))).as_ref(), Ok(&mine));
    assert_eq!(world.get_id(there("me")).as_ref(), Ok(&mine));
    // The mapping is the user pool's: by the other login alone it is the pool's own role.
    assert_eq!(world.role(&mine, there("me")).as_deref(), Ok("arn:aws:iam::1:role/User"));

    let other = world.get_id(there("somebody")).unwrap();
    assert_ne!(other, mine);
    let conflict = ExceptionName::ResourceConflictException;
    assert_eq!(world.get_id(both(&here, there("somebody"))).unwrap_err().name, conflict);
    assert_eq!(world.role(&mine, both(&here, there("somebody"))).unwrap_err().name, conflict);
    assert_eq!(world.role(&other, here).unwrap_err().name, ExceptionName::NotAuthorizedException);
}

#[test]
fn a_guest_who_signs_in_keeps_the_identity_unless_there_is_one_already() {
    let world = World::new(json!({ "allowUnauthenticatedIdentities": true }));
    let guest = world.get_id(json!({})).unwrap();
    let logins = world.logins("admin", "c", "IdToken");
    assert_eq!(world.role(&guest, logins.clone()).as_deref(), Ok("arn:aws:iam::1:role/Admin"));
    assert_eq!(world.get_id(logins.clone()).as_ref(), Ok(&guest));
    assert_eq!(world.role(&guest, json!({})).unwrap_err().name, ExceptionName::NotAuthorizedException);
    let another = world.get_id(json!({})).unwrap();
    assert_eq!(world.role(&another, logins).unwrap_err().name, ExceptionName::ResourceConflictException);
}

#[test]
fn the_apps_back_end_says_who_its_users_are() {
    let world = World::new(json!({ "developerProviderName": "login.example.com" }));
    let (identity, token) = world.pool.developer_identity("u").unwrap();
    let own = |token: &str| json!({ "cognito-identity.amazonaws.com": token });
    assert_eq!(world.role(&identity, own(&token)).as_deref(), Ok("arn:aws:iam::1:role/User"));
    assert_eq!(world.get_id(own(&token)).as_ref(), Ok(&identity));
    let mut linking = own(&token);
    let here = world.logins("u", "c", "IdToken");
    linking[PROVIDER] = here[PROVIDER].clone();
    assert!(world.role(&identity, linking).is_ok());
    assert_eq!(world.get_id(here).as_ref(), Ok(&identity), "a login beside the pool's own token is linked, too");

    let (other, _) = world.pool.developer_identity("v").unwrap();
    for refused in [world.role(&other, own(&token)), world.role(&identity, json!({})), world.role(&identity, own("x"))]
    {
        assert_eq!(refused.unwrap_err().name, ExceptionName::NotAuthorizedException);
    }
    world.clock.advance(900);
    assert_eq!(world.role(&identity, own(&token)).unwrap_err().name, ExceptionName::NotAuthorizedException);
    assert!(World::new(json!({})).pool.developer_identity("u").is_err());
    let unsigned = world.pool.operate("GetOpenIdTokenForDeveloperIdentity", json!({})).unwrap_err().name;
    assert_eq!(unsigned, ExceptionName::MissingAuthenticationTokenException);
}

#[test]
fn a_token_for_sts_says_who_the_identity_is_and_how_that_is_known() {
    let world = World::new(json!({ "roleMappings": {}, "allowUnauthenticatedIdentities": true }));
    let token = |logins: Value| {
        let id = world.get_id(logins.clone()).unwrap();
        let answer = world.pool.operate("GetOpenIdToken", json!({ "IdentityId": id, "Logins": logins })).unwrap();
        assert_eq!(answer["IdentityId"], json!(id));
        let claims = open_id::verified(answer["Token"].as_str().unwrap(), world.clock.now_unix_secs()).unwrap();
        assert_eq!(claims.text("sub"), Some(id.as_str()));
        assert_eq!(claims.text("aud"), Some("us-east-1:pool"));
        assert_eq!(claims.number("exp").unwrap() - claims.number("iat").unwrap(), 600);
        claims.texts("amr").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(token(json!({})), ["unauthenticated"]);
    let amr = token(world.logins("u", "c", "IdToken"));
    assert_eq!(amr[..2], ["authenticated", PROVIDER]);
    assert!(amr[2].starts_with(&format!("{PROVIDER}:CognitoSignIn:")));
}

#[test]
fn the_classic_flow_can_be_closed_and_does_not_go_with_role_mappings() {
    for (pool, said) in [
        (json!({ "allowClassicFlow": false, "roleMappings": {} }), "not enabled"),
        (json!({ "allowClassicFlow": true }), "not supported with RoleMappings"),
    ] {
        let world = World::new(pool);
        let logins = world.logins("u", "c", "IdToken");
        let input = json!({ "IdentityId": world.get_id(logins.clone()).unwrap(), "Logins": logins });
        let refused = world.pool.operate("GetOpenIdToken", input).unwrap_err();
        assert_eq!(refused.name, ExceptionName::InvalidParameterException);
        assert!(refused.message.contains(said), "{}", refused.message);
    }
}
