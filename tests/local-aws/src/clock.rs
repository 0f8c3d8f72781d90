//! The one place that reads the system's time. Its offset can be moved, so that tests make tokens and credentials
//! expire, and clients' clocks look wrong, without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use time::{Duration, OffsetDateTime};

/// Fifty years: beyond, a time may have no four-digit year, or lie before 1970.
const MAX_OFFSET_SECS: i64 = 50 * 365 * 24 * 3_600;

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

    /// Moves the clock forward, or back when `seconds` is negative, but no farther than [`MAX_OFFSET_SECS`].
    pub fn advance(&self, seconds: i64) {
        let advanced = |offset: i64| offset.saturating_add(seconds).clamp(-MAX_OFFSET_SECS, MAX_OFFSET_SECS);
        self.offset_secs.update(Ordering::Relaxed, Ordering::Relaxed, advanced);
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

    #[test]
    fn it_goes_only_so_far() {
        let clock = Clock::default();
        for seconds in [i64::MAX, i64::MAX, i64::MIN, i64::MIN] {
            clock.advance(seconds);
            assert!((1970..=9999).contains(&clock.now().year()), "{seconds}");
        }
    }
}
