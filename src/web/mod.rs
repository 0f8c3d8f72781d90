//! The browser: the only room that knows JavaScript.

#[cfg(feature = "client")]
mod bigint;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "diagnosis")]
pub mod diagnosis;
mod error;
#[cfg(feature = "exchange")]
pub mod exchange;
#[cfg(feature = "diagnosis")]
mod helper;
mod js;
#[cfg(feature = "diagnosis")]
mod probe;
#[cfg(feature = "diagnosis")]
mod send;
