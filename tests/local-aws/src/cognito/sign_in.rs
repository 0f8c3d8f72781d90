//! `InitiateAuth` and `RespondToAuthChallenge`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::aws_json::{Answer, Exception, ExceptionName, input, invalid_parameter, not_authorized};
use super::config::{ClientConfig, ExplicitAuthFlow, Feature, PreventUserExistenceErrors, UserStatus};
use super::srp::{ClientPublic, Handshake, Verifier};
use super::state::{State, required};
use super::user::User;
use super::{password, random};

/// `EEE MMM d HH:mm:ss 'UTC' yyyy`.
const TIMESTAMP: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short] [month repr:short] [day padding:none] [hour]:[minute]:[second] UTC [year]"
);

/// A challenge that was given out and waits for its answer.
#[derive(Debug)]
pub struct Challenge {
    client_id: String,
    expires: i64,
    kind: ChallengeKind,
}

#[derive(Debug)]
enum ChallengeKind {
    PasswordVerifier { user_id: String, handshake: Box<Handshake> },
    NewPasswordRequired { username: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InitiateAuthInput {
    auth_flow: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    auth_parameters: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RespondToAuthChallengeInput {
    challenge_name: Option<String>,
    client_id: Option<String>,
    session: Option<String>,
    #[serde(default)]
    challenge_responses: BTreeMap<String, String>,
}

/// `InitiateAuth`.
pub fn initiate_auth(state: &mut State, now: i64, body: Value) -> Answer {
    let InitiateAuthInput { auth_flow, client_id, auth_parameters } = input(body)?;
    let client = state.client(client_id)?;
    match required(auth_flow, "authFlow")?.as_str() {
        "USER_SRP_AUTH" => user_srp_auth(state, &client, &auth_parameters, now),
        "USER_PASSWORD_AUTH" => user_password_auth(state, &client, &auth_parameters, now),
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => refresh_token_auth(state, &client, &auth_parameters, now),
        other => Err(invalid_parameter(format!(
            "1 validation error detected: Value '{other}' at 'authFlow' failed to satisfy constraint: Member must \
             satisfy enum value set: [USER_SRP_AUTH, USER_PASSWORD_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN]"
        ))),
    }
}

fn user_srp_auth(state: &mut State, client: &ClientConfig, given: &BTreeMap<String, String>, now: i64) -> Answer {
    if !client.explicit_auth_flows.contains(&ExplicitAuthFlow::AllowUserSrpAuth) {
        return Err(invalid_parameter("USER_SRP_AUTH is not enabled for the client."));
    }
    let name = parameter(given, "USERNAME")?;
    let srp_a = ClientPublic::parse(parameter(given, "SRP_A")?).ok_or_else(|| invalid_parameter("Invalid SRP_A"))?;
    let (user_id, verifier) = match (state.user(name), client.prevent_user_existence_errors) {
        (Some(user), _) => (user.username.clone(), user.verifier.clone()),
        (None, PreventUserExistenceErrors::Legacy) => return Err(user_not_found()),
        // Nobody knows this password, so the challenge can be answered only wrongly.
        (None, PreventUserExistenceErrors::Enabled) => (name.to_owned(), state.nobody(name)),
    };
    let handshake = Handshake::new(verifier, srp_a);
    let secret_block = STANDARD.encode(random::bytes::<384>());
    let parameters = json!({
        "SALT": handshake.salt_hex(),
        "SECRET_BLOCK": secret_block,
        "SRP_B": handshake.public_hex(),
        "USERNAME": user_id,
        "USER_ID_FOR_SRP": user_id,
    });
    let kind = ChallengeKind::PasswordVerifier { user_id, handshake: Box::new(handshake) };
    state.challenges.insert(secret_block, Challenge::new(client, now, kind));
    Ok(json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters }))
}

fn user_password_auth(state: &mut State, client: &ClientConfig, given: &BTreeMap<String, String>, now: i64) -> Answer {
    if !client.explicit_auth_flows.contains(&ExplicitAuthFlow::AllowUserPasswordAuth) {
        return Err(invalid_parameter("USER_PASSWORD_AUTH flow not enabled for this client"));
    }
    let (name, password) = (parameter(given, "USERNAME")?, parameter(given, "PASSWORD")?);
    let user = match (state.user(name), client.prevent_user_existence_errors) {
        (Some(user), _) => user.clone(),
        (None, PreventUserExistenceErrors::Legacy) => return Err(user_not_found()),
        (None, PreventUserExistenceErrors::Enabled) => return Err(wrong_password()),
    };
    if user.verifier.fits(state.config.id.name(), &user.username, password) {
        password_proved(state, client, &user, now)
    } else {
        Err(wrong_password())
    }
}

fn refresh_token_auth(state: &mut State, client: &ClientConfig, given: &BTreeMap<String, String>, now: i64) -> Answer {
    // A client that rotates cannot have this flow: `GetTokensFromRefreshToken` is the only way.
    if client.refresh_token_rotation.feature == Feature::Enabled
        || !client.explicit_auth_flows.contains(&ExplicitAuthFlow::AllowRefreshTokenAuth)
    {
        return Err(invalid_parameter("REFRESH_TOKEN_AUTH is not enabled for the client."));
    }
    state.refresh(client, parameter(given, "REFRESH_TOKEN")?, now)
}

/// `RespondToAuthChallenge`.
pub fn respond_to_auth_challenge(state: &mut State, now: i64, body: Value) -> Answer {
    let RespondToAuthChallengeInput { challenge_name, client_id, session, challenge_responses } = input(body)?;
    let client = state.client(client_id)?;
    match required(challenge_name, "challengeName")?.as_str() {
        "PASSWORD_VERIFIER" => password_verifier(state, &client, &challenge_responses, now),
        "NEW_PASSWORD_REQUIRED" => {
            let session = session.ok_or_else(|| invalid_parameter("Missing required parameter Session"))?;
            new_password_required(state, &client, &session, &challenge_responses, now)
        }
        other => Err(invalid_parameter(format!("The local AWS has no challenge {other}"))),
    }
}

fn password_verifier(state: &mut State, client: &ClientConfig, given: &BTreeMap<String, String>, now: i64) -> Answer {
    let name = parameter(given, "USERNAME")?;
    let timestamp = canonical_timestamp(parameter(given, "TIMESTAMP")?)
        .ok_or_else(|| invalid_parameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english"))?;
    let secret_block = parameter(given, "PASSWORD_CLAIM_SECRET_BLOCK")?;
    let signature = parameter(given, "PASSWORD_CLAIM_SIGNATURE")?;
    let challenge = state.challenges.remove(secret_block).filter(|challenge| challenge.is_open(client, now));
    let Some(Challenge { kind: ChallengeKind::PasswordVerifier { user_id, handshake }, .. }) = challenge else {
        return Err(wrong_password());
    };
    let (Ok(block), Ok(signature)) = (STANDARD.decode(secret_block), STANDARD.decode(signature)) else {
        return Err(wrong_password());
    };
    let claim = [state.config.id.name().as_bytes(), user_id.as_bytes(), &block, timestamp.as_bytes()];
    let user = state.user(&user_id).filter(|user| user.goes_by(name, &state.config)).cloned();
    match user {
        Some(user) if handshake.accepts(&claim, &signature) => password_proved(state, client, &user, now),
        _ => Err(wrong_password()),
    }
}

/// The signature covers the timestamp as Cognito writes it, so one with a padded day is read and still does not fit.
fn canonical_timestamp(timestamp: &str) -> Option<String> {
    PrimitiveDateTime::parse(timestamp, TIMESTAMP).ok()?.format(TIMESTAMP).ok()
}

/// What follows the password depends on where the user stands.
fn password_proved(state: &mut State, client: &ClientConfig, user: &User, now: i64) -> Answer {
    match user.status {
        UserStatus::Confirmed => Ok(state.begin_session(client, user, now)),
        UserStatus::Unconfirmed => Err(ExceptionName::UserNotConfirmedException.with("User is not confirmed.")),
        UserStatus::ResetRequired => {
            Err(ExceptionName::PasswordResetRequiredException.with("Password reset required for the user"))
        }
        UserStatus::ForceChangePassword => {
            let session = random::opaque_token();
            let missing: Vec<String> = missing_attributes(state, &user.attributes)
                .iter()
                .map(|name| format!("userAttributes.{name}"))
                .collect();
            let attributes: Map<String, Value> =
                user.attributes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            let kind = ChallengeKind::NewPasswordRequired { username: user.username.clone() };
            state.challenges.insert(session.clone(), Challenge::new(client, now, kind));
            // Both lists are JSON in a string: challenge parameters can hold nothing else.
            Ok(json!({
                "ChallengeName": "NEW_PASSWORD_REQUIRED",
                "ChallengeParameters": {
                    "USER_ID_FOR_SRP": user.username,
                    "requiredAttributes": json!(missing).to_string(),
                    "userAttributes": Value::Object(attributes).to_string(),
                },
                "Session": session,
            }))
        }
    }
}

fn new_password_required(
    state: &mut State,
    client: &ClientConfig,
    session: &str,
    given: &BTreeMap<String, String>,
    now: i64,
) -> Answer {
    let name = parameter(given, "USERNAME")?;
    let new_password = parameter(given, "NEW_PASSWORD")?;
    let username = match state.challenges.get(session) {
        Some(Challenge { kind: ChallengeKind::NewPasswordRequired { username }, client_id, expires })
            if *client_id == client.id =>
        {
            if now >= *expires {
                return Err(not_authorized("Invalid session for the user, session is expired."));
            }
            username.clone()
        }
        _ => return Err(invalid_session()),
    };
    let mut user =
        state.user(&username).filter(|user| user.goes_by(name, &state.config)).cloned().ok_or_else(invalid_session)?;
    // What is refused here can be tried again with the same session.
    password::check(&state.config.password_policy, new_password)?;
    let given_attributes = given
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("userAttributes.")?.to_owned(), value.clone())));
    user.attributes.extend(given_attributes);
    if let Some(name) = missing_attributes(state, &user.attributes).first() {
        return Err(invalid_parameter(format!("Invalid attributes given, {name} is missing")));
    }
    user.verifier = Verifier::new(state.config.id.name(), &user.username, new_password);
    user.status = UserStatus::Confirmed;
    state.challenges.remove(session);
    state.users.insert(username, user.clone());
    Ok(state.begin_session(client, &user, now))
}

fn missing_attributes(state: &State, attributes: &BTreeMap<String, String>) -> Vec<String> {
    state.config.required_attributes.iter().filter(|name| !attributes.contains_key(*name)).cloned().collect()
}

fn parameter<'a>(given: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str, Exception> {
    given.get(name).map(String::as_str).ok_or_else(|| invalid_parameter(format!("Missing required parameter {name}")))
}

fn wrong_password() -> Exception {
    not_authorized("Incorrect username or password.")
}

fn user_not_found() -> Exception {
    ExceptionName::UserNotFoundException.with("User does not exist.")
}

fn invalid_session() -> Exception {
    not_authorized("Invalid session for the user.")
}

impl Challenge {
    fn new(client: &ClientConfig, now: i64, kind: ChallengeKind) -> Self {
        let expires = now.saturating_add(client.auth_session_validity);
        Self { client_id: client.id.clone(), expires, kind }
    }

    fn is_open(&self, client: &ClientConfig, now: i64) -> bool {
        self.client_id == client.id && now < self.expires
    }
}
