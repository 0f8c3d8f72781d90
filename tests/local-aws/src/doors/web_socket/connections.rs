//! The connections that are open, so that a command from outside can end them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The open connections of all doors.
#[derive(Debug, Default)]
pub struct Connections(Mutex<BTreeMap<String, Open>>);

#[derive(Debug)]
struct Open {
    api: String,
    close: UnboundedSender<Close>,
}

/// How a connection is ended (RFC 6455, section 7.1.5 and 7.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The status code.
    pub code: u16,
    /// The reason.
    pub reason: String,
}

impl Connections {
    /// Notes a new connection to an API; what comes out of the receiver ends it.
    pub fn open(&self, api: &str, id: &str) -> UnboundedReceiver<Close> {
        let (close, closed) = unbounded_channel();
        self.locked(|open| open.insert(id.to_owned(), Open { api: api.to_owned(), close }));
        closed
    }

    /// Forgets a connection.
    pub fn remove(&self, id: &str) {
        self.locked(|open| open.remove(id));
    }

    /// Ends the connections to an API, or to all. Says how many there were.
    pub fn close(&self, api: Option<&str>, close: &Close) -> usize {
        self.locked(|open| {
            let ended = open.values().filter(|connection| api.is_none_or(|api| api == connection.api));
            ended.filter(|connection| connection.close.send(close.clone()).is_ok()).count()
        })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Open>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
