//! From a user's token to credentials. What other clients make of it is in `tests/oracles/cognito`.

use serde_json::{Value, json};

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
