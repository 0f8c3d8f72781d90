//! Signing in: gives out requests, takes answers, says what comes next.

use std::rc::Rc;

use zeroize::Zeroizing;

use super::refusal::{self, During};
use super::srp::{Natural, PasswordVerifier, Srp};
use super::timestamp::timestamp;
use super::{AppClient, Tokens, message};
use crate::error::{Error, ErrorCode};
use crate::json::{Json, ObjectWriter};
use crate::secret::Secret;
use crate::service::{Answer, Request};

/// How the password is proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// `USER_SRP_AUTH`: the password never leaves the page.
    #[default]
    UserSrp,
    /// `USER_PASSWORD_AUTH`: the password is sent, over TLS.
    UserPassword,
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// Send this, then call [`SignIn::answer`].
    Send(Request),
    /// Ask the user for a new password, then call [`SignIn::new_password`].
    NewPassword(NewPasswordRequired),
    /// Done.
    SignedIn(Tokens),
}

/// The `NEW_PASSWORD_REQUIRED` challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasswordRequired {
    /// Attributes that must be given with the new password, without `userAttributes.` before them.
    pub required_attributes: Vec<String>,
    /// The attributes that the user has already.
    pub user_attributes: Vec<(String, String)>,
}

/// One sign-in, from the user's name to the tokens.
pub struct SignIn {
    client: Rc<AppClient>,
    /// What was typed; after the first answer, what the user is called in the pool.
    username: String,
    proof: Option<Proof>,
    challenge: Option<Challenge>,
}

/// What proves the password when the pool asks for it, once.
struct Proof {
    srp: Srp,
    password: Secret,
}

/// An open `NEW_PASSWORD_REQUIRED`.
struct Challenge {
    session: Option<String>,
}

impl SignIn {
    /// Starts with `InitiateAuth`. `a` is SRP's random number.
    pub fn start<T: Natural>(
        client: Rc<AppClient>,
        username: &str,
        password: Secret,
        flow: Flow,
        a: Zeroizing<[u8; 32]>,
    ) -> (Self, Request) {
        let mut parameters = ObjectWriter::new();
        parameters.string("USERNAME", username);
        let (request, proof) = match flow {
            Flow::UserSrp => {
                let srp = Srp::new::<T>(a);
                let parameters = parameters.string("SRP_A", srp.public());
                (message::initiate_auth(&client, "USER_SRP_AUTH", parameters), Some(Proof { srp, password }))
            }
            Flow::UserPassword => {
                let parameters = parameters.string("PASSWORD", password.expose());
                (message::initiate_auth(&client, "USER_PASSWORD_AUTH", parameters), None)
            }
        };
        (Self { client, username: username.to_owned(), proof, challenge: None }, request)
    }

    /// Takes the answer to the last request. `now` is the server's time in seconds since 1970, as well as it is known.
    ///
    /// # Errors
    /// What the pool refused. A sign-in that [is open](Self::is_open) then may be answered again, any other must start again.
    pub fn answer<T: Natural>(&mut self, answer: &Answer, now: i64) -> Result<Step, Error> {
        let during = if self.challenge.is_some() { During::Challenge } else { During::SignIn };
        let json = answer.read().map_err(|exception| {
            let error = refusal::error(exception, during);
            if error.code() == ErrorCode::ChallengeExpired {
                self.challenge = None;
            }
            error
        })?;
        if let Some(tokens) = message::tokens(answer, &json)? {
            self.challenge = None;
            return Ok(Step::SignedIn(tokens));
        }
        let parameters = json.get("ChallengeParameters").unwrap_or(&Json::Null);
        match (json.text("ChallengeName"), self.proof.take()) {
            (Some("PASSWORD_VERIFIER"), Some(proof)) => {
                self.verify_password::<T>(&proof, parameters, json.text("Session"), timestamp(now)).map(Step::Send)
            }
            (Some("NEW_PASSWORD_REQUIRED"), _) => {
                if let Some(user_id) = parameters.text("USER_ID_FOR_SRP") {
                    user_id.clone_into(&mut self.username);
                }
                self.challenge = Some(Challenge { session: json.string("Session") });
                Ok(Step::NewPassword(new_password_required(parameters)))
            }
            (None | Some("PASSWORD_VERIFIER"), _) => Err(answer.incomplete()),
            (Some(name), _) => {
                self.challenge = None;
                Err(unsupported(name))
            }
        }
    }

    /// Whether a challenge waits for [`Self::new_password`].
    pub fn is_open(&self) -> bool {
        self.challenge.is_some()
    }

    /// Answers `NEW_PASSWORD_REQUIRED`. May be called again when the pool refused the password.
    ///
    /// # Errors
    /// `challenge-expired` where no challenge is open.
    pub fn new_password(&self, password: &Secret, attributes: &[(String, String)]) -> Result<Request, Error> {
        let Some(challenge) = &self.challenge else {
            let message = "No challenge is waiting for an answer";
            return Err(Error::new(ErrorCode::ChallengeExpired, message, "Start the sign-in again."));
        };
        let mut responses = ObjectWriter::new();
        responses.string("USERNAME", &self.username).string("NEW_PASSWORD", password.expose());
        for (name, value) in attributes {
            responses.string(&[ATTRIBUTE, name].concat(), value);
        }
        let session = challenge.session.as_deref();
        Ok(message::respond_to_auth_challenge(&self.client, "NEW_PASSWORD_REQUIRED", session, &mut responses))
    }

    fn verify_password<T: Natural>(
        &mut self,
        proof: &Proof,
        parameters: &Json<'_>,
        session: Option<&str>,
        timestamp: String,
    ) -> Result<Request, Error> {
        let text = |key| parameters.text(key).unwrap_or_default();
        let user_id = parameters.text("USER_ID_FOR_SRP").unwrap_or(&self.username);
        let secret_block = text("SECRET_BLOCK");
        let verifier = PasswordVerifier { user_id, salt: text("SALT"), server_public: text("SRP_B"), secret_block };
        let pool_name = self.client.pool_name();
        let signature = proof.srp.password_claim_signature::<T>(&verifier, pool_name, &proof.password, &timestamp)?;
        let mut responses = ObjectWriter::new();
        responses
            .string("USERNAME", user_id)
            .string("PASSWORD_CLAIM_SECRET_BLOCK", secret_block)
            .string("PASSWORD_CLAIM_SIGNATURE", &signature)
            .string("TIMESTAMP", &timestamp);
        let request = message::respond_to_auth_challenge(&self.client, "PASSWORD_VERIFIER", session, &mut responses);
        self.username = user_id.to_owned();
        Ok(request)
    }
}

/// What an attribute's name has before it in `NEW_PASSWORD_REQUIRED`.
const ATTRIBUTE: &str = "userAttributes.";

/// Both parameters are JSON in a string.
fn new_password_required(parameters: &Json<'_>) -> NewPasswordRequired {
    let inner = |key| parameters.text(key).and_then(Json::parse).unwrap_or(Json::Null);
    let required = inner("requiredAttributes");
    let names = required.items().iter().filter_map(Json::as_str);
    let attributes = inner("userAttributes");
    let pairs = attributes.members().iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    NewPasswordRequired {
        required_attributes: names.map(|name| name.strip_prefix(ATTRIBUTE).unwrap_or(name).to_owned()).collect(),
        user_attributes: pairs.map(|(name, value)| (name.to_string(), value.to_owned())).collect(),
    }
}

fn unsupported(challenge: &str) -> Error {
    Error::new(
        ErrorCode::UnsupportedChallenge,
        ["The user pool asks for the challenge ", challenge, ", which this version cannot answer"].concat(),
        "Turn the requirement off for this user or app client.",
    )
}

#[cfg(test)]
mod tests;
