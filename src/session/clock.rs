//! The server's clock, as far as its answers tell it.

/// How far the server's clock is ahead of the local one. All times are seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    offset: i64,
}

impl Clock {
    /// From the `iat` of a token that was issued just now, never of one from storage.
    pub fn from_issued_at(issued_at: i64, local: i64) -> Self {
        Self { offset: issued_at.saturating_sub(local) }
    }

    /// With a known offset.
    pub fn with_offset(offset: i64) -> Self {
        Self { offset }
    }

    /// Seconds that the server is ahead.
    pub fn offset(self) -> i64 {
        self.offset
    }

    /// The server's time at a local time.
    pub fn server_time(self, local: i64) -> i64 {
        local.saturating_add(self.offset)
    }
}
