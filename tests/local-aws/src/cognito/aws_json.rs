//! AWS JSON 1.1.
