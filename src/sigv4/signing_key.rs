//! Signing keys, kept: deriving one takes four HMACs, and it is the same for a day.

use super::encode::hex_value;
use super::{DateTime, Scope};
use aws_sigv4::sign::v4::calculate_signature;
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
    credential_scope: String,
    key: Zeroizing<[u8; 32]>,
    was_used: bool,
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

    /// Forgets and zeroizes the keys that were not used since this was last called, and says how many are left: for those who are not told when the
    /// credentials go.
    pub fn forget_unused(&mut self) -> usize {
        self.entries.retain_mut(|entry| std::mem::take(&mut entry.was_used));
        self.entries.len()
    }

    /// The key, derived if it is not known yet. `credential_scope` is the string of date, region and service.
    pub(super) fn get(
        &mut self,
        secret_access_key: &str,
        credential_scope: &str,
        time: &DateTime,
        scope: Scope<'_>,
    ) -> Zeroizing<[u8; 32]> {
        for entry in &mut self.entries {
            if entry.credential_scope == credential_scope && *entry.secret_access_key == secret_access_key {
                entry.was_used = true;
                return entry.key.clone();
            }
        }
        let key = signing_key(secret_access_key, time.date(), scope);
        if self.entries.len() == CAPACITY {
            self.entries.remove(0);
        }
        self.entries.push(Entry {
            secret_access_key: Zeroizing::new(secret_access_key.to_owned()),
            credential_scope: credential_scope.to_owned(),
            key: key.clone(),
            was_used: true,
        });
        key
    }
}

/// The key for a day, a region and a service. The crate's `generate_signing_key` brings a date library along (2 KB of the module), and
/// leaves a copy of the secret in memory.
fn signing_key(secret_access_key: &str, date: &str, scope: Scope<'_>) -> Zeroizing<[u8; 32]> {
    let mut secret = Zeroizing::new(String::with_capacity(4 + secret_access_key.len()));
    secret.push_str("AWS4");
    secret.push_str(secret_access_key);
    let date_key = hmac(secret.as_bytes(), date);
    let region_key = hmac(date_key.as_slice(), scope.region);
    let service_key = hmac(region_key.as_slice(), scope.service);
    hmac(service_key.as_slice(), "aws4_request")
}

/// HMAC-SHA-256: a signature is one, in hex.
fn hmac(key: &[u8], text: &str) -> Zeroizing<[u8; 32]> {
    let hex = Zeroizing::new(calculate_signature(key, text.as_bytes()));
    let mut digits = hex.bytes().filter_map(hex_value);
    let mut mac = Zeroizing::new([0; 32]);
    for byte in mac.iter_mut() {
        *byte = digits.next().unwrap_or_default() << 4 | digits.next().unwrap_or_default();
    }
    mac
}

impl fmt::Debug for SigningKeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyCache").field("keys", &self.entries.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sigv4::sign::v4::generate_signing_key;
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    proptest! {
        #[test]
        fn the_key_is_the_crates(secret in ".{0,100}", region in ".{0,20}", service in ".{0,20}", seconds in 0_i64..253_402_300_800) {
            let time = DateTime::from_unix_seconds(seconds).unwrap();
            let key = signing_key(&secret, time.date(), Scope { region: &region, service: &service });
            let system_time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
            let expected = generate_signing_key(&secret, system_time, &region, &service);
            prop_assert_eq!(key.as_slice(), expected.as_ref());
        }
    }
}
