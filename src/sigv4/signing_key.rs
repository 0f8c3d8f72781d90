//! Signing keys, kept: deriving one takes four HMACs, and it is the same for a day.

use super::{DateTime, Scope};
use aws_sigv4::sign::v4::generate_signing_key;
use std::fmt;
use zeroize::Zeroizing;

/// More scopes than an app calls in a day; the oldest key goes first.
const CAPACITY: usize = 8;

/// The signing keys that were derived, each for one secret, date, region and service.
///
/// Keys and secrets are zeroized when they are dropped: [`clear`](Self::clear) it when the credentials go.
#[derive(Default)]
pub struct SigningKeyCache {
    entries: Vec<Entry>,
}

struct Entry {
    secret_access_key: Zeroizing<String>,
    date: String,
    region: String,
    service: String,
    key: Zeroizing<[u8; 32]>,
}

impl SigningKeyCache {
    /// An empty cache.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Forgets and zeroizes every key.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The key, derived if it is not known yet.
    pub(super) fn get(&mut self, secret_access_key: &str, time: &DateTime, scope: Scope<'_>) -> Zeroizing<[u8; 32]> {
        let known = self.entries.iter().find(|entry| {
            entry.date == time.date()
                && entry.region == scope.region
                && entry.service == scope.service
                && *entry.secret_access_key == secret_access_key
        });
        if let Some(entry) = known {
            return entry.key.clone();
        }
        let mut key = Zeroizing::new([0; 32]);
        let derived = generate_signing_key(secret_access_key, time.system_time(), scope.region, scope.service);
        key.iter_mut().zip(derived.as_ref()).for_each(|(to, from)| *to = *from);
        if self.entries.len() == CAPACITY {
            self.entries.remove(0);
        }
        self.entries.push(Entry {
            secret_access_key: Zeroizing::new(secret_access_key.to_owned()),
            date: time.date().to_owned(),
            region: scope.region.to_owned(),
            service: scope.service.to_owned(),
            key: key.clone(),
        });
        key
    }
}

impl fmt::Debug for SigningKeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyCache").field("keys", &self.entries.len()).finish_non_exhaustive()
    }
}
