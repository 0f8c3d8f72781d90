//! Cognito user pool.
