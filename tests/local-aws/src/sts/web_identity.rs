//! `AssumeRoleWithWebIdentity`: the caller has no credentials yet, and proves who they are with a provider's token.

use serde::Deserialize;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::query::{Failure, Outcome, element};
use super::{Parameters, Sts};
use crate::cognito::{Claims, TokenFault, peek};
use crate::credentials::{Session, user_id};
use crate::iam::{Context, Statement, find_role};
use crate::identity::{open_id, session_context};

const ACTION: &str = "AssumeRoleWithWebIdentity";

/// Whom a token stands for.
struct WebIdentity {
    /// As trust policies name the provider.
    principal: String,
    /// As the answer names it.
    provider: String,
    /// What trust policies can ask.
    context: Context,
    claims: Claims,
}

/// A session policy, as it is passed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDocument {
    statement: StatementList,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum StatementList {
    One(Box<Statement>),
    Many(Vec<Statement>),
}

impl Sts<'_> {
    pub(super) fn assume_role_with_web_identity(self, parameters: &Parameters) -> Result<Outcome, Failure> {
        let role_arn = required(parameters, "RoleArn")?;
        let role_session_name = session_name(required(parameters, "RoleSessionName")?)?;
        let token = required(parameters, "WebIdentityToken")?;
        let seconds = duration(parameters)?;
        let session_policies = parameters.get("Policy").map(|policy| session_policies(policy)).transpose()?;
        if !is_role_arn(role_arn) {
            return Err(Failure::validation("Request ARN is invalid"));
        }

        let identity = self.identify(token)?;
        // A role that does not exist is answered as one that does not trust: nobody is to learn which there are.
        let role = find_role(&self.world.roles, role_arn)
            .filter(|_| role_arn.split(':').nth(4) == Some(self.world.account_id.as_str()))
            .filter(|role| role.trusts(&identity.principal, &identity.context))
            .ok_or_else(|| Failure::sender(403, "AccessDenied", format!("Not authorized to perform sts:{ACTION}")))?;
        if seconds > role.max_session_duration {
            let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
            return Err(Failure::validation(message));
        }

        let subject = identity.claims.text("sub").unwrap_or_default();
        let issued = self.credentials.assume(Session {
            role_arn,
            role_session_name,
            identity_id: (identity.principal == open_id::PROVIDER).then_some(subject),
            context: identity.context,
            session_policies,
            lifetime: Duration::seconds(seconds),
        });
        let user = element("AssumedRoleId", &user_id(&issued)) + &element("Arn", &issued.assumed_role_arn);
        let expiration = issued.expiration.replace_nanosecond(0).unwrap_or(issued.expiration);
        let credentials = element("AccessKeyId", &issued.access_key_id)
            + &element("SecretAccessKey", &issued.secret_access_key)
            + &element("SessionToken", &issued.session_token)
            + &element("Expiration", &expiration.format(&Rfc3339).unwrap_or_default());
        let result = element("Audience", identity.claims.text("aud").unwrap_or_default())
            + &format!("<AssumedRoleUser>{user}</AssumedRoleUser>")
            + &element("Provider", &identity.provider)
            + &format!("<Credentials>{credentials}</Credentials>")
            + &element("SubjectFromWebIdentityToken", subject);
        Ok(Outcome { action: ACTION, result })
    }

    /// Verifies the token with the keys of whoever it says has issued it, if the account knows them.
    fn identify(self, token: &str) -> Result<WebIdentity, Failure> {
        let invalid = |message: String| Failure::sender(400, "InvalidIdentityToken", message);
        let refused = |fault: TokenFault| match fault {
            TokenFault::Expired { exp, now } => {
                let message =
                    format!("Token expired: current date/time {now} must be before the expiration date/time {exp}");
                Failure::sender(400, "ExpiredTokenException", message)
            }
            TokenFault::Audience => invalid("Incorrect token audience".to_owned()),
            TokenFault::Missing | TokenFault::Malformed => {
                let message =
                    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
                invalid(message.to_owned())
            }
            // The code is certain; the text of this one is likely.
            TokenFault::Signature | TokenFault::Issuer | TokenFault::Use => {
                invalid("The ID Token provided is not a valid JWT. Signature verification failed.".to_owned())
            }
        };
        let now = self.now.unix_timestamp();
        let issuer = peek(token).map_err(refused)?.text("iss").unwrap_or_default().to_owned();
        if issuer == open_id::ISSUER {
            let claims = open_id::verified(token, now).map_err(refused)?;
            let amr: Vec<String> = claims.texts("amr").into_iter().map(str::to_owned).collect();
            let text = |name| claims.text(name).unwrap_or_default();
            let context = session_context(text("aud"), text("sub"), &amr);
            let provider = open_id::PROVIDER.to_owned();
            return Ok(WebIdentity { principal: provider.clone(), provider, context, claims });
        }
        let providers = &self.world.identity_pool.open_id_providers;
        let Some(provider) = providers.iter().find(|provider| provider.issuer() == issuer) else {
            return Err(invalid(format!("No OpenIDConnect provider found in your account for {issuer}")));
        };
        let claims = provider.verified(token, now).map_err(refused)?;
        let name = &provider.provider_name;
        let key = |claim: &str| (format!("{name}:{claim}"), claims.text(claim).unwrap_or_default().to_owned());
        let context = ["aud", "sub"]
            .map(key)
            .into_iter()
            .fold(Context::default(), |context, (key, value)| context.with(&key, value));
        let arn = format!("arn:aws:iam::{}:oidc-provider/{name}", self.world.account_id);
        Ok(WebIdentity { principal: arn.clone(), provider: arn, context, claims })
    }
}

fn required<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, Failure> {
    let member =
        || format!("{}{}", name.get(..1).unwrap_or_default().to_lowercase(), name.get(1..).unwrap_or_default());
    parameters.get(name).map(String::as_str).ok_or_else(|| constraint("null", &member(), "not be null"))
}

fn session_name(name: &str) -> Result<&str, Failure> {
    let quoted = format!("'{name}'");
    let fits = |character: char| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character);
    match name.len() {
        0 | 1 => Err(constraint(&quoted, "roleSessionName", "have length greater than or equal to 2")),
        2..=64 if name.chars().all(fits) => Ok(name),
        2..=64 => Err(constraint(&quoted, "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*")),
        _ => Err(constraint(&quoted, "roleSessionName", "have length less than or equal to 64")),
    }
}

/// `DurationSeconds`: from 15 minutes to 12 hours; an hour, if it is left out.
fn duration(parameters: &Parameters) -> Result<i64, Failure> {
    let Some(text) = parameters.get("DurationSeconds") else { return Ok(3_600) };
    let quoted = format!("'{text}'");
    match text.parse::<i64>() {
        Ok(900..=43_200) => Ok(text.parse().unwrap_or_default()),
        Ok(..900) => Err(constraint(&quoted, "durationSeconds", "have value greater than or equal to 900")),
        Ok(_) => Err(constraint(&quoted, "durationSeconds", "have value less than or equal to 43200")),
        Err(_) => Err(Failure::sender(400, "MalformedInput", "DurationSeconds is not a number")),
    }
}

fn constraint(value: &str, member: &str, must: &str) -> Failure {
    Failure::validation(format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: Member must {must}"
    ))
}

fn is_role_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "iam", "", account, resource]
        if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) && resource.starts_with("role/"))
}

fn session_policies(document: &str) -> Result<Vec<Statement>, Failure> {
    let malformed = || Failure::sender(400, "MalformedPolicyDocument", "Syntax errors in policy.");
    let document: PolicyDocument = serde_json::from_str(document).map_err(|_| malformed())?;
    let statements = match document.statement {
        StatementList::One(statement) => vec![*statement],
        StatementList::Many(statements) => statements,
    };
    if statements.iter().all(Statement::is_identity_based) { Ok(statements) } else { Err(malformed()) }
}
