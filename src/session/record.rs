//! The one stored record of a session, and what it asks for.

use super::{Clock, RefreshWith};
use crate::cognito::{Claims, Tokens};
use crate::error::Error;
use crate::json::{Json, ObjectWriter};
use crate::secret::Secret;

/// A record of another version is not understood, hence signed out.
const VERSION: i64 = 1;

/// What has to be done before a token is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The tokens are good.
    Use,
    /// The tokens have expired or soon will: refresh first.
    Refresh,
    /// Nobody is signed in.
    SignedOut,
}

/// A signed-in user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    tokens: Tokens,
    claims: Claims,
    expires_at: i64,
    clock: Clock,
    refresh_with: RefreshWith,
}

impl Record {
    /// From tokens that were issued just now; `local` is the local clock, in seconds since 1970.
    ///
    /// # Errors
    /// `bad-response` where they are not Cognito's.
    pub fn issued(tokens: Tokens, local: i64) -> Result<Self, Error> {
        let mut record = Self::new(tokens)?;
        record.clock = Clock::from_issued_at(record.claims.issued_at, local);
        Ok(record)
    }

    fn new(tokens: Tokens) -> Result<Self, Error> {
        let claims = Claims::read(tokens.id.expose())?;
        // Both tokens are handed out together, so the one that dies first counts.
        let expires_at = claims.expires_at.min(Claims::read(tokens.access.expose())?.expires_at);
        let (clock, refresh_with) = (Clock::default(), RefreshWith::default());
        Ok(Self { tokens, claims, expires_at, clock, refresh_with })
    }

    /// The same session with refreshed tokens. Without rotation the refresh token stays.
    ///
    /// # Errors
    /// `bad-response` where they are not Cognito's.
    pub fn renewed(&self, mut tokens: Tokens, refresh_with: RefreshWith, local: i64) -> Result<Self, Error> {
        tokens.refresh = tokens.refresh.or_else(|| self.tokens.refresh.clone());
        let issued = Self::issued(tokens, local)?;
        Ok(Self { refresh_with, ..issued })
    }

    /// Reads a stored record. Garbage, a half or another version is as good as none.
    pub fn parse(text: &str) -> Option<Self> {
        let json = Json::parse(text)?;
        if json.integer("v") != Some(VERSION) {
            return None;
        }
        // All that can fail comes first: then there is nothing to drop half-way.
        let (id, access) = (json.text("id")?, json.text("access")?);
        let (expires_in, clock_offset) = (json.integer("expiresIn")?, json.integer("clockOffset")?);
        let refresh_with = RefreshWith::from_name(json.text("refreshWith")?)?;
        let refresh = json.text("refresh").map(Secret::from);
        let mut record = Self::new(Tokens { id: id.into(), access: access.into(), refresh, expires_in }).ok()?;
        record.clock = Clock::with_offset(clock_offset);
        record.refresh_with = refresh_with;
        Some(record)
    }

    /// The text to store.
    pub fn to_text(&self) -> Secret {
        let mut json = ObjectWriter::new();
        json.integer("v", VERSION)
            .string("username", self.username())
            .string("id", self.tokens.id.expose())
            .string("access", self.tokens.access.expose())
            .integer("expiresIn", self.tokens.expires_in)
            .integer("obtainedAt", self.claims.issued_at)
            .integer("clockOffset", self.clock.offset())
            .string("refreshWith", self.refresh_with.name());
        if let Some(refresh) = &self.tokens.refresh {
            json.string("refresh", refresh.expose());
        }
        json.finish().into()
    }

    /// What has to be done before a token is used. `ahead` is how many seconds before its end a token is refreshed.
    pub fn plan(record: Option<&Self>, local: i64, ahead: i64) -> Plan {
        let Some(record) = record else {
            return Plan::SignedOut;
        };
        // A token that lives shorter than twice `ahead` would be refreshed at every call otherwise.
        let ahead = ahead.min(record.expires_at.saturating_sub(record.claims.issued_at) / 2);
        let alive = |ahead| record.is_alive(local.saturating_add(ahead));
        match record.tokens.refresh {
            Some(_) if !alive(ahead) => Plan::Refresh,
            None if !alive(0) => Plan::SignedOut,
            _ => Plan::Use,
        }
    }

    /// Whether the tokens have not expired yet: then they are still good when a refresh failed for a passing reason.
    pub fn is_alive(&self, local: i64) -> bool {
        self.clock.server_time(local) < self.expires_at
    }

    /// The tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The claims of the ID token: subject, groups, roles, preferred role.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The user's name in the pool.
    pub fn username(&self) -> &str {
        &self.claims.username
    }

    /// When the first of both tokens expires, in seconds since 1970 by the server's clock.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// What is known of the server's clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// How the tokens are refreshed.
    pub fn refresh_with(&self) -> RefreshWith {
        self.refresh_with
    }
}
