//! Reading and verifying a pool's tokens, for authorizers, the identity pool and the pool itself. Nothing but the
//! JWKS, the issuer and the time goes in, as with any verifier out there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::sha2::{Sha256, Sha512};
use rsa::signature::Verifier as _;
use rsa::{BigUint, RsaPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// There is none.
    Missing,
    /// Not three base64url parts of a JWS with an `alg` that is known, or its claims are no JSON object.
    Malformed,
    /// No key of the JWKS has the token's `kid`, or the signature does not fit it.
    Signature,
    /// `exp` has passed.
    Expired {
        /// The token's `exp`.
        exp: i64,
        /// The time it was checked at.
        now: i64,
    },
    /// Another pool's token.
    Issuer,
    /// Another client's token.
    Audience,
    /// An access token where an ID token is wanted, or the other way round.
    Use,
}

/// What a token is for: the claim `token_use`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenUse {
    /// Says who the user is.
    Id,
    /// Says what the client may do.
    Access,
}

/// A JSON Web Key Set (RFC 7517) of RSA keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// A signature algorithm (RFC 7518 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: user pools.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-512: identity pools.
    Rs512,
}

/// A public RSA key as Cognito publishes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Jwk {
    /// What it signs with.
    pub alg: Algorithm,
    /// The public exponent, base64url.
    pub e: String,
    /// The key's id.
    pub kid: String,
    /// `RSA`.
    pub kty: String,
    /// The modulus, base64url.
    pub n: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub key_use: String,
}

/// The claims of a token whose signature, issuer and expiry are right.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims(Map<String, Value>);

#[derive(Deserialize)]
struct JoseHeader {
    alg: Algorithm,
    kid: String,
}

/// Verifies a token as RFC 7515 section 5.2 and RFC 7519 section 7.2 say: the signature first, then the claims.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify(token: &str, jwks: &Jwks, issuer: &str, now: i64) -> Result<Claims, TokenFault> {
    if token.is_empty() {
        return Err(TokenFault::Missing);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenFault::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(TokenFault::Malformed)?;
    let header: JoseHeader = decode(header)?;
    let claims = Claims(decode(payload)?);
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenFault::Malformed)?;
    // The algorithm is the key's own, never the token's choice (RFC 8725 section 3.1).
    let known = |key: &&Jwk| key.kid == header.kid && key.alg == header.alg;
    let key = jwks.keys.iter().find(known).and_then(public_key).ok_or(TokenFault::Signature)?;
    Signature::try_from(signature.as_slice())
        .and_then(|signature| match header.alg {
            Algorithm::Rs256 => VerifyingKey::<Sha256>::new(key).verify(signed.as_bytes(), &signature),
            Algorithm::Rs512 => VerifyingKey::<Sha512>::new(key).verify(signed.as_bytes(), &signature),
        })
        .map_err(|_| TokenFault::Signature)?;
    if claims.text("iss") != Some(issuer) {
        return Err(TokenFault::Issuer);
    }
    match claims.number("exp") {
        Some(exp) if now < exp => Ok(claims),
        Some(exp) => Err(TokenFault::Expired { exp, now }),
        None => Err(TokenFault::Malformed),
    }
}

/// The claims as the token says them, before anything is verified: a service that takes tokens of several issuers has
/// to know whose keys to verify it with.
///
/// # Errors
/// [`TokenFault::Malformed`].
pub fn peek(token: &str) -> Result<Claims, TokenFault> {
    let payload = token.split('.').nth(1).ok_or(TokenFault::Malformed)?;
    decode(payload).map(Claims)
}

fn decode<T: for<'a> Deserialize<'a>>(part: &str) -> Result<T, TokenFault> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| TokenFault::Malformed)
}

fn public_key(jwk: &Jwk) -> Option<RsaPublicKey> {
    let number = |part: &str| URL_SAFE_NO_PAD.decode(part).ok().map(|bytes| BigUint::from_bytes_be(&bytes));
    RsaPublicKey::new(number(&jwk.n)?, number(&jwk.e)?).ok()
}

/// For what has already been verified elsewhere.
impl From<Map<String, Value>> for Claims {
    fn from(claims: Map<String, Value>) -> Self {
        Self(claims)
    }
}

impl Claims {
    /// The claims, if the token is of that use.
    ///
    /// # Errors
    /// [`TokenFault::Use`].
    pub fn of_use(self, wanted: TokenUse) -> Result<Self, TokenFault> {
        if self.token_use() == Some(wanted) { Ok(self) } else { Err(TokenFault::Use) }
    }

    /// The claims, if the token was issued to one of these clients.
    ///
    /// # Errors
    /// [`TokenFault::Audience`].
    pub fn for_client<S: AsRef<str>>(self, clients: &[S]) -> Result<Self, TokenFault> {
        let found = self.client_id().is_some_and(|id| clients.iter().any(|client| client.as_ref() == id));
        if found { Ok(self) } else { Err(TokenFault::Audience) }
    }

    /// The client that the token was issued to: an ID token says so in `aud`, an access token in `client_id`.
    pub fn client_id(&self) -> Option<&str> {
        self.text("aud").or_else(|| self.text("client_id"))
    }

    /// What the token is for.
    pub fn token_use(&self) -> Option<TokenUse> {
        self.0.get("token_use").and_then(|value| TokenUse::deserialize(value).ok())
    }

    /// The scopes of an access token.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.text("scope").unwrap_or_default().split_ascii_whitespace()
    }

    /// A claim that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A claim that is a whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// A claim that is a list of strings; empty when it is missing.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// All claims.
    pub const fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::keys;
    use super::*;

    const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_A";

    fn token(token_use: TokenUse, claims: Value) -> String {
        keys::sign(token_use, claims.as_object().unwrap())
    }

    fn id_token() -> String {
        token(TokenUse::Id, json!({ "iss": ISSUER, "exp": 100, "token_use": "id", "aud": "c" }))
    }

    fn check(token: &str) -> Result<Claims, TokenFault> {
        verify(token, &keys::jwks(), ISSUER, 99)
    }

    #[test]
    fn what_the_pool_signed_verifies_until_it_expires() {
        let claims = check(&id_token()).unwrap();
        assert_eq!((claims.client_id(), claims.token_use()), (Some("c"), Some(TokenUse::Id)));
        let late = verify(&id_token(), &keys::jwks(), ISSUER, 100);
        assert_eq!(late, Err(TokenFault::Expired { exp: 100, now: 100 }));
    }

    #[test]
    fn an_id_token_and_an_access_token_are_told_apart() {
        let access = json!({ "iss": ISSUER, "exp": 100, "token_use": "access", "client_id": "c", "scope": "a b" });
        let access = check(&token(TokenUse::Access, access)).unwrap();
        assert_eq!(access.scopes().collect::<Vec<_>>(), ["a", "b"]);
        assert!(access.clone().for_client(&["other", "c"]).is_ok());
        assert_eq!(access.of_use(TokenUse::Id), Err(TokenFault::Use));
        assert_eq!(check(&id_token()).unwrap().for_client(&["other"]), Err(TokenFault::Audience));
    }

    #[test]
    fn any_change_breaks_the_signature() {
        let good = id_token();
        let [header, _, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
        let payload = URL_SAFE_NO_PAD.encode(json!({ "iss": ISSUER, "exp": 999, "token_use": "id" }).to_string());
        assert_eq!(check(&format!("{header}.{payload}.{signature}")), Err(TokenFault::Signature));
        let short = URL_SAFE_NO_PAD.encode([1; 16]);
        assert_eq!(check(&good.replace(signature, &short)), Err(TokenFault::Signature));
        let no_keys = Jwks { keys: Vec::new() };
        assert_eq!(verify(&good, &no_keys, ISSUER, 99), Err(TokenFault::Signature));
    }

    #[test]
    fn the_algorithm_is_not_the_tokens_to_choose() {
        let good = id_token();
        let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
        let kid = decode::<Value>(header).unwrap()["kid"].clone();
        for alg in ["none", "HS256"] {
            let header = URL_SAFE_NO_PAD.encode(json!({ "kid": kid, "alg": alg }).to_string());
            assert_eq!(check(&format!("{header}.{payload}.{signature}")), Err(TokenFault::Malformed));
        }
    }

    #[test]
    fn another_pools_token_and_no_token_are_faults_of_their_own() {
        let other = token(TokenUse::Id, json!({ "iss": "https://other", "exp": 100, "token_use": "id" }));
        assert_eq!(check(&other), Err(TokenFault::Issuer));
        assert_eq!(check(""), Err(TokenFault::Missing));
        for malformed in ["abc", "a.b.c", "e30.e30.", "..", "日本.a.b"] {
            assert_eq!(check(malformed), Err(TokenFault::Malformed), "{malformed}");
        }
    }
}
