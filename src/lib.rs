//! gatepass: the browser SDK for web apps that call Amazon API Gateway with Amazon Cognito.
//!
//! Every room but `web` is pure: time and random bytes are parameters, requests go out and responses come in as data.

pub mod calendar;
pub mod cognito;
pub mod config;
pub mod cors;
pub mod diagnosis;
pub mod error;
pub mod identity;
pub mod json;
pub mod route;
pub mod secret;
pub mod service;
pub mod session;
pub mod sigv4;
pub mod text;
#[cfg(target_arch = "wasm32")]
pub mod web;
