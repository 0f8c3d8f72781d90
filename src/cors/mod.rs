//! The CORS protocol.
