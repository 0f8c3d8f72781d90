//! The password policy.

use super::aws_json::{Exception, ExceptionName};
use super::config::PasswordPolicy;

/// The characters that Cognito counts as symbols.
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";

/// Holds a new password against the policy.
///
/// # Errors
/// `InvalidPasswordException` with the first rule that it breaks.
pub fn check(policy: &PasswordPolicy, password: &str) -> Result<(), Exception> {
    let lacks = |required: bool, has: &dyn Fn(char) -> bool| required && !password.chars().any(has);
    let broken = if password.chars().count() < policy.minimum_length {
        "Password not long enough"
    } else if lacks(policy.require_uppercase, &|c| c.is_ascii_uppercase()) {
        "Password must have uppercase characters"
    } else if lacks(policy.require_lowercase, &|c| c.is_ascii_lowercase()) {
        "Password must have lowercase characters"
    } else if lacks(policy.require_numbers, &|c| c.is_ascii_digit()) {
        "Password must have numeric characters"
    } else if lacks(policy.require_symbols, &|c| SYMBOLS.contains(c)) {
        "Password must have symbol characters"
    } else {
        return Ok(());
    };
    Err(ExceptionName::InvalidPasswordException.with(format!("Password did not conform with policy: {broken}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        let broken_rule = |password| check(&PasswordPolicy::default(), password).unwrap_err().message;
        assert!(broken_rule("aA1!").ends_with("not long enough"));
        assert!(broken_rule("aaaaaa1!").ends_with("uppercase characters"));
        assert!(broken_rule("AAAAAA1!").ends_with("lowercase characters"));
        assert!(broken_rule("aaaaaaA!").ends_with("numeric characters"));
        assert!(broken_rule("aaaaaaA1").ends_with("symbol characters"));
        assert_eq!(check(&PasswordPolicy::default(), "aaaaaA1!"), Ok(()));
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        let policy = PasswordPolicy { minimum_length: 8, ..PasswordPolicy::default() };
        assert!(check(&policy, "ああaA1!").is_err());
    }

    #[test]
    fn a_rule_that_is_off_is_not_asked_for() {
        let policy = PasswordPolicy {
            minimum_length: 1,
            require_uppercase: false,
            require_lowercase: false,
            require_numbers: false,
            require_symbols: false,
        };
        assert_eq!(check(&policy, "a"), Ok(()));
        assert!(check(&policy, "").is_err());
    }
}
