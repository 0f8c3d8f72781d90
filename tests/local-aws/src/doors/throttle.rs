//! Throttling: the token bucket of API Gateway.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A stage's limits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Throttling {
    /// How many requests may come at once.
    pub burst_limit: u32,
    /// How many requests a second are given back.
    pub rate_limit: u32,
}

/// What each door has left.
#[derive(Debug, Default)]
pub struct Buckets(Mutex<BTreeMap<String, Bucket>>);

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled_at: OffsetDateTime,
}

impl Buckets {
    /// Takes a token from a door's bucket, if there is one.
    pub fn take(&self, door: &str, limits: Throttling, now: OffsetDateTime) -> bool {
        let full = f64::from(limits.burst_limit);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(door.to_owned()).or_insert(Bucket { tokens: full, filled_at: now });
        let refill = (now - bucket.filled_at).as_seconds_f64().max(0.0) * f64::from(limits.rate_limit);
        bucket.tokens = (bucket.tokens + refill).min(full);
        bucket.filled_at = now;
        let taken = bucket.tokens >= 1.0;
        if taken {
            bucket.tokens -= 1.0;
        }
        taken
    }

    /// Fills every bucket.
    pub fn reset(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    #[test]
    fn a_burst_empties_the_bucket_and_time_fills_it() {
        let buckets = Buckets::default();
        let limits = Throttling { burst_limit: 2, rate_limit: 1 };
        let start = OffsetDateTime::UNIX_EPOCH;
        assert!(buckets.take("a", limits, start) && buckets.take("a", limits, start));
        assert!(!buckets.take("a", limits, start));
        assert!(buckets.take("b", limits, start));
        assert!(buckets.take("a", limits, start + Duration::SECOND));
    }

    #[test]
    fn a_limit_of_nothing_lets_nothing_through() {
        let limits = Throttling { burst_limit: 0, rate_limit: 0 };
        assert!(!Buckets::default().take("a", limits, OffsetDateTime::UNIX_EPOCH));
    }
}
