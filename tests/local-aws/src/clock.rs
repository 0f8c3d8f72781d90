//! The one place that reads the system's time. Its offset can be moved, so that tests make tokens and credentials
//! expire, and clients' clocks look wrong, without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use time::{Duration, OffsetDateTime};

/// The local AWS's clock. Clones share one offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_secs: Arc<AtomicI64>,
}

impl Clock {
    /// The time in the local AWS.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's time")]
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from(SystemTime::now()) + Duration::seconds(self.offset_secs.load(Ordering::Relaxed))
    }

    /// The time in the local AWS, in seconds since 1970.
    pub fn now_unix_secs(&self) -> i64 {
        self.now().unix_timestamp()
    }

    /// Moves the clock forward, or back when `seconds` is negative.
    pub fn advance(&self, seconds: i64) {
        self.offset_secs.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Puts the clock right again.
    pub fn reset(&self) {
        self.offset_secs.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_offset() {
        let clock = Clock::default();
        let other = clock.clone();
        let before = clock.now_unix_secs();
        other.advance(3_600);
        assert!(clock.now_unix_secs() >= before + 3_600);
        clock.reset();
        assert!(other.now_unix_secs() < before + 3_600);
    }
}
