//! A native model of AWS for the demo and the tests: a user pool, an identity pool, and the front doors of an API,
//! driven by their configuration ([`world::World`]), which can be patched while they run.

pub mod clock;
pub mod cognito;
pub mod connection;
pub mod control;
pub mod credentials;
pub mod doors;
pub mod functions;
pub mod glob;
pub mod iam;
pub mod identity;
pub mod message;
pub mod request_log;
pub mod routes;
pub mod scenarios;
pub mod server;
pub mod sigv4;
pub mod sts;
pub mod world;
