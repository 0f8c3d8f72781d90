//! Cognito identity pool.
