//! STS, the classic flow's last step: the identity pool's token becomes a role's credentials. Form in, XML out.

use super::{Credentials, refusal, xml};
use crate::calendar;
use crate::error::Error;
use crate::secret::Secret;
use crate::service::{Answer, Exception, FORM, Request};
use crate::text::{cut, number, push_percent_encoded};

/// `AssumeRoleWithWebIdentity` as a form. The session bears the identity's name, so that CloudTrail tells one user from another.
pub fn assume_role(role: &str, identity_id: &str, token: &Secret) -> Request {
    // An hour is what every role allows.
    let mut form =
        String::from("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&DurationSeconds=3600&RoleSessionName=");
    // Of `region:uuid`; a session's name takes no colon.
    encode(&mut form, cut(identity_id, |b| b == b':').map_or("gatepass", |(_, uuid)| uuid));
    form.push_str("&RoleArn=");
    encode(&mut form, role);
    form.push_str("&WebIdentityToken=");
    encode(&mut form, token.expose());
    Request { target: FORM, body: form.into() }
}

fn encode(form: &mut String, value: &str) {
    for byte in value.bytes() {
        push_percent_encoded(form, byte);
    }
}

/// The credentials of an answer.
///
/// # Errors
/// What STS refused, or that it is not STS that speaks.
pub fn credentials(answer: &Answer, identity_id: &str) -> Result<Credentials, Error> {
    let leaves = xml::leaves(&answer.body).unwrap_or_default();
    let text = |parent, name| xml::text(&leaves, parent, name);
    if (200..300).contains(&answer.status) {
        let member = |name| text("Credentials", name);
        let read = || {
            let (secret_access_key, session_token) = (member("SecretAccessKey")?, member("SessionToken")?);
            Some(Credentials {
                expiration: unix_seconds(member("Expiration")?)?,
                access_key_id: member("AccessKeyId")?.to_owned(),
                secret_access_key: secret_access_key.into(),
                session_token: session_token.into(),
                identity_id: identity_id.to_owned(),
            })
        };
        return read().ok_or_else(|| answer.incomplete());
    }
    Err(refusal::error(Exception {
        status: answer.status,
        name: text("Error", "Code").unwrap_or_default().to_owned(),
        message: text("Error", "Message").unwrap_or_default().to_owned(),
        request_id: text("ErrorResponse", "RequestId").map(str::to_owned).or_else(|| answer.request_id.clone()),
    }))
}

/// Seconds since 1970 of `2014-10-24T23:00:23Z`, with or without a fraction.
fn unix_seconds(text: &str) -> Option<i64> {
    let mut parts = [0; 6];
    for (part, from) in parts.iter_mut().zip([0, 5, 8, 11, 14, 17]) {
        let length = if from == 0 { 4 } else { 2 };
        *part = number(text.get(from..from + length)?)? as i64;
    }
    let [year, month, day, hour, minute, second] = parts;
    let seconds = ((calendar::days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    (text.get(10..11) == Some("T") && text.ends_with('Z')).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, error_type: None, request_id: None, body: body.into() }
    }

    /// As the API reference shows it.
    const ISSUED: &str = r#"<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>us-east-1:0123</SubjectFromWebIdentityToken>
    <Audience>us-east-1:pool</Audience>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::123456789012:assumed-role/admin/0123</Arn>
      <AssumedRoleId>AROACLKWSDQRAOEXAMPLE:0123</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <SessionToken>token+/=&amp;</SessionToken>
      <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
      <Expiration>2014-10-24T23:00:23Z</Expiration>
      <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId>
    </Credentials>
    <Provider>cognito-identity.amazonaws.com</Provider>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>ad4156e9-bce1-11e2-82e6-6b6efEXAMPLE</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>"#;

    #[test]
    fn asks_for_a_role_as_a_form() {
        let form = assume_role("arn:aws:iam::1:role/a+b", "us-east-1:0123-ab", &"a.b-_~&c=é".into());
        assert_eq!(
            form.body.expose(),
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&DurationSeconds=3600&RoleSessionName=0123-ab\
             &RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%2Bb&WebIdentityToken=a.b-_~%26c%3D%C3%A9"
        );
    }

    #[test]
    fn reads_the_credentials() {
        let read = credentials(&answer(200, ISSUED), "us-east-1:0123").unwrap();
        assert_eq!(read.access_key_id, "ASgeIAIOSFODNN7EXAMPLE");
        assert_eq!(read.secret_access_key.expose(), "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY");
        assert_eq!(read.session_token.expose(), "token+/=&");
        assert_eq!((read.expiration, read.identity_id.as_str()), (1_414_191_623, "us-east-1:0123"));
    }

    #[test]
    fn an_answer_that_lacks_something_is_bad() {
        for part in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Credentials"] {
            let body = ISSUED.replace(&format!("<{part}>"), "<Other>").replace(&format!("</{part}>"), "</Other>");
            assert_eq!(credentials(&answer(200, &body), "").unwrap_err().code(), ErrorCode::BadResponse, "{part}");
        }
        for body in ["", "<html><br></html>", "{}", &ISSUED.replace("23:00:23Z", "23:00:23+09:00")] {
            assert_eq!(credentials(&answer(200, body), "").unwrap_err().code(), ErrorCode::BadResponse, "{body}");
        }
        assert_eq!(unix_seconds("2014-10-24T23:00:23.999Z"), Some(1_414_191_623));
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        for (status, code, message, expected) in [
            (
                403,
                "AccessDenied",
                "Not authorized to perform sts:AssumeRoleWithWebIdentity",
                ErrorCode::IdentityRefused,
            ),
            (
                400,
                "ExpiredTokenException",
                "Token expired: current date/time 1 must be before the expiration date/time 0",
                ErrorCode::SessionExpired,
            ),
            (
                400,
                "InvalidIdentityToken",
                "No OpenIDConnect provider found in your account for https://cognito-identity.amazonaws.com",
                ErrorCode::IdentityRefused,
            ),
            (
                403,
                "IDPRejectedClaim",
                "The identity provider reported that authentication failed",
                ErrorCode::IdentityRefused,
            ),
            (400, "IDPCommunicationError", "The identity provider could not be reached", ErrorCode::ServiceError),
            (
                400,
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
                ErrorCode::InvalidConfiguration,
            ),
            (
                400,
                "ValidationError",
                "1 validation error detected: Value 'x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
                ErrorCode::InvalidConfiguration,
            ),
            (
                403,
                "RegionDisabledException",
                "STS is not activated in this region for account:123456789012.",
                ErrorCode::InvalidConfiguration,
            ),
            (400, "Throttling", "Rate exceeded", ErrorCode::Throttled),
            (
                503,
                "ServiceUnavailable",
                "The request has failed due to a temporary failure of the server.",
                ErrorCode::ServiceError,
            ),
            (500, "InternalFailure", "", ErrorCode::ServiceError),
            (400, "MalformedPolicyDocument", "?", ErrorCode::ServiceRefused),
        ] {
            let body = format!(
                r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"#
            );
            let error = credentials(&answer(status, &body), "").unwrap_err();
            assert_eq!(error.code(), expected, "{code}");
            assert_eq!(error.message(), if message.is_empty() { code } else { message });
            let service = error.service().unwrap();
            assert_eq!((service.exception.as_str(), service.request_id.as_deref()), (code, Some("r-1")));
        }
        assert_eq!(credentials(&answer(403, "<html>"), "").unwrap_err().code(), ErrorCode::BadResponse);
        assert_eq!(credentials(&answer(502, "<html>"), "").unwrap_err().code(), ErrorCode::ServiceError);
    }
}
