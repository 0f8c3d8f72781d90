//! What the doors saw, for tests to look at.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::message::{Headers, Request};

const KEPT: usize = 1_000;

/// The last requests at all doors.
#[derive(Debug, Default)]
pub struct RequestLog(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    last_seq: u64,
    entries: VecDeque<Entry>,
}

/// A request that a door saw.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Counts up from 1 over all doors.
    pub seq: u64,
    /// The door's name.
    pub door: String,
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// As received.
    pub headers: Headers,
    /// What it was answered with.
    pub status: u16,
}

impl RequestLog {
    /// Notes a request.
    pub fn note(&self, door: &str, request: &Request, status: u16) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.last_seq += 1;
        let query = request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let entry = Entry {
            seq: log.last_seq,
            door: door.to_owned(),
            method: request.method.clone(),
            path: format!("{}{query}", request.path),
            headers: request.headers.clone(),
            status,
        };
        log.entries.push_back(entry);
        if log.entries.len() > KEPT {
            log.entries.pop_front();
        }
    }

    /// The requests after a sequence number.
    pub fn since(&self, seq: u64) -> Vec<Entry> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.entries.iter().filter(|entry| entry.seq > seq).cloned().collect()
    }
}
