//! Refreshing the tokens: one request, or two where the server knows only the other way.

use std::rc::Rc;

use super::Record;
use crate::cognito::refusal::{self, During};
use crate::cognito::{AppClient, message};
use crate::error::Error;
use crate::secret::Secret;
use crate::service::{Answer, Exception, Request};

/// The two ways to refresh. Cognito takes the first with and without rotation, the second only without; some of its
/// stand-ins know the second only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefreshWith {
    /// `GetTokensFromRefreshToken`
    #[default]
    GetTokensFromRefreshToken,
    /// `InitiateAuth` with `REFRESH_TOKEN_AUTH`
    RefreshTokenAuth,
}

impl RefreshWith {
    /// Cognito's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::GetTokensFromRefreshToken => "GetTokensFromRefreshToken",
            Self::RefreshTokenAuth => "REFRESH_TOKEN_AUTH",
        }
    }

    /// By its name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::GetTokensFromRefreshToken, Self::RefreshTokenAuth].into_iter().find(|way| way.name() == name)
    }

    fn other(self) -> Self {
        match self {
            Self::GetTokensFromRefreshToken => Self::RefreshTokenAuth,
            Self::RefreshTokenAuth => Self::GetTokensFromRefreshToken,
        }
    }
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// Send this, then call [`Refresh::answer`].
    Send(Request),
    /// Store this record and use it.
    Done(Rc<Record>),
}

/// One refresh.
pub struct Refresh {
    client: Rc<AppClient>,
    record: Rc<Record>,
    way: RefreshWith,
}

impl Refresh {
    /// Starts, in the way that worked the last time. `None` where the session has no refresh token.
    pub fn start(client: Rc<AppClient>, record: Rc<Record>) -> Option<(Self, Request)> {
        let way = record.refresh_with();
        let request = request(&client, record.tokens().refresh.as_ref()?, way);
        Some((Self { client, record, way }, request))
    }

    /// Takes the answer to the last request. `local` is the local clock, in seconds since 1970.
    ///
    /// # Errors
    /// Why there are no new tokens; [`Verdict::of`] says what that means for the session.
    pub fn answer(&mut self, answer: &Answer, local: i64) -> Result<Step, Error> {
        let json = match answer.read() {
            Ok(json) => json,
            Err(exception) => {
                let untried = self.way == self.record.refresh_with();
                return match &self.record.tokens().refresh {
                    Some(refresh) if untried && is_closed_way(&exception) => {
                        self.way = self.way.other();
                        Ok(Step::Send(request(&self.client, refresh, self.way)))
                    }
                    _ => Err(refusal::error(exception, During::Session)),
                };
            }
        };
        let tokens = message::tokens(answer, &json)?.ok_or_else(|| answer.incomplete())?;
        self.record.renewed(tokens, self.way, local).map(Rc::new).map(Step::Done)
    }
}

fn request(client: &AppClient, refresh: &Secret, way: RefreshWith) -> Request {
    match way {
        RefreshWith::GetTokensFromRefreshToken => message::get_tokens_from_refresh_token(client, refresh),
        RefreshWith::RefreshTokenAuth => message::refresh_token_auth(client, refresh),
    }
}

/// The server does not know the operation, or the app client does not allow it.
fn is_closed_way(exception: &Exception) -> bool {
    matches!(
        exception.name.as_str(),
        "UnknownOperationException" | "UnsupportedOperationException" | "FeatureUnavailableInTierException"
    ) || matches!((exception.status, exception.name.as_str()), (404 | 405 | 501, ""))
        || refusal::is_closed_flow(exception)
}
