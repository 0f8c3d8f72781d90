//! The browser: the only room that knows JavaScript.

/// Smaller than the standard library's, and as fast.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

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
