//! One language's texts, told to the module when it starts.

use std::sync::OnceLock;

use super::END;
use crate::text::parts;

static TOLD: OnceLock<&'static str> = OnceLock::new();

/// Takes what `of_page` gives; a module speaks one language for as long as it lives.
pub fn tell(texts: String) {
    let _ = TOLD.set(texts.leak());
}

/// One part of it.
pub(super) fn part(place: usize) -> &'static str {
    let told = TOLD.get().copied().unwrap_or_default();
    parts(told, |byte| u32::from(byte) == u32::from(END)).nth(place).unwrap_or_default()
}
