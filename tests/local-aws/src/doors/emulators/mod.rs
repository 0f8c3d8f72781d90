//! The emulators that people develop against, with what they do differently from the services.

pub mod floci;
pub mod localstack;
pub mod sam_local;
pub mod serverless_offline;
