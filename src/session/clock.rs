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

    /// From a `Date` header. `age` is the answer's `Age` header: an answer from a cache (RFC 9111 section 5.1) tells
    /// of the past, and has misled signers before.
    pub fn from_date(date: i64, age: Option<&str>, local: i64) -> Option<Self> {
        age.is_none_or(|age| age == "0").then(|| Self::from_issued_at(date, local))
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
