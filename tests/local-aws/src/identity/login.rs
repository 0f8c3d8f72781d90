//! What a caller presents: logins, each a provider's name and its token.

use std::collections::BTreeMap;

use super::config::IdentityPoolConfig;
use super::open_id;
use crate::cognito::aws_json::{Exception, not_authorized};
use crate::cognito::{Claims, TokenFault, TokenUse, UserPool};

/// A user of a provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Login {
    /// The provider.
    pub provider_name: String,
    /// Who it is there.
    pub user: String,
}

/// A login whose token was verified.
pub struct Verified {
    /// Whose it is.
    pub login: Login,
    /// `{providerName}:{clientId}`, the key of a role mapping.
    pub mapping: String,
    /// What the token says.
    pub claims: Claims,
    /// What a token of the pool says of how the user was authenticated.
    pub amr: Vec<String>,
}

/// Everything that was presented, verified.
pub struct Presented {
    /// Logins with providers.
    pub logins: Vec<Verified>,
    /// A token of the pool itself, which the app's back end has got for the user.
    pub own: Option<Claims>,
}

/// Verifies every token that is presented.
///
/// # Errors
/// `NotAuthorizedException` for the first that is no good.
pub fn verify(
    pool: &IdentityPoolConfig,
    user_pools: &[UserPool],
    logins: &BTreeMap<String, String>,
    now: i64,
) -> Result<Presented, Exception> {
    let mut presented = Presented { logins: Vec::new(), own: None };
    for (provider_name, token) in logins {
        if provider_name == open_id::PROVIDER {
            let claims = open_id::verified(token, now).and_then(|claims| claims.for_client(&[&pool.id]));
            presented.own = Some(claims.map_err(refused)?);
        } else {
            presented.logins.push(verify_one(pool, user_pools, provider_name, token, now)?);
        }
    }
    Ok(presented)
}

fn verify_one(
    pool: &IdentityPoolConfig,
    user_pools: &[UserPool],
    provider_name: &str,
    token: &str,
    now: i64,
) -> Result<Verified, Exception> {
    if let Some(provider) = pool.open_id_providers.iter().find(|provider| provider.provider_name == provider_name) {
        let claims = provider.verified(token, now).map_err(refused)?;
        return Ok(verified(provider_name, claims, |user| format!("{provider_name}:{user}")));
    }
    let of_provider = |client: &&super::CognitoIdentityProvider| client.provider_name == provider_name;
    let clients: Vec<&str> =
        pool.cognito_identity_providers.iter().filter(of_provider).map(|client| client.client_id.as_str()).collect();
    let user_pool = user_pools.iter().find(|pool| pool.provider_name() == provider_name);
    let Some(user_pool) = user_pool.filter(|_| !clients.is_empty()) else {
        return Err(not_authorized("Token is not from a supported provider of this identity pool."));
    };
    let claims = user_pool
        .verify(token)
        .and_then(|claims| claims.of_use(TokenUse::Id))
        .and_then(|claims| claims.for_client(&clients))
        .map_err(refused)?;
    // As in an API's `requestContext.identity.cognitoAuthenticationProvider`.
    Ok(verified(provider_name, claims, |user| format!("{provider_name}:CognitoSignIn:{user}")))
}

fn verified(provider_name: &str, claims: Claims, qualified: impl FnOnce(&str) -> String) -> Verified {
    let user = claims.text("sub").unwrap_or_default().to_owned();
    Verified {
        mapping: format!("{provider_name}:{}", claims.client_id().unwrap_or_default()),
        amr: vec![provider_name.to_owned(), qualified(&user)],
        login: Login { provider_name: provider_name.to_owned(), user },
        claims,
    }
}

fn refused(fault: TokenFault) -> Exception {
    let said = match fault {
        TokenFault::Missing | TokenFault::Malformed => "Not a valid OpenId Connect identity token.".to_owned(),
        TokenFault::Signature => "Signature did not match.".to_owned(),
        TokenFault::Expired { exp, now } => format!("Token expired: {now} >= {exp}"),
        TokenFault::Issuer => "Issuer doesn't match providerName".to_owned(),
        TokenFault::Audience => "Incorrect token audience.".to_owned(),
        TokenFault::Use => "Not an ID token.".to_owned(),
    };
    not_authorized(format!("Invalid login token. {said}"))
}
