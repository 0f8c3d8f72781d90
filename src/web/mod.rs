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
#[cfg(any(feature = "client", feature = "diagnosis", feature = "exchange"))]
mod error;
#[cfg(feature = "exchange")]
pub mod exchange;
#[cfg(feature = "diagnosis")]
mod helper;
#[cfg(any(feature = "client", feature = "diagnosis", feature = "exchange"))]
mod js;
#[cfg(feature = "diagnosis")]
mod probe;
#[cfg(feature = "diagnosis")]
mod send;
#[cfg(feature = "sigv4")]
pub mod sigv4;
