//! A native model of AWS, driven by its configuration.

pub mod clock;
pub mod cognito;
pub mod credentials;
pub mod identity;
