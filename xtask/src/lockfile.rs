//! What Cargo.lock says about a crate's version: the wasm-bindgen command must be exactly as old as the crate.

use std::fs;

use anyhow::{Context, Result};

use crate::house::House;

/// The version of `name` that the workspace is locked to.
pub(crate) fn version(house: &House, name: &str) -> Result<String> {
    let path = house.root.join("Cargo.lock");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    find(&text, name).with_context(|| format!("{} does not name {name}", path.display()))
}

fn find(lock: &str, name: &str) -> Option<String> {
    let named = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != named);
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::find;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.79\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";

    #[test]
    fn finds_the_crate_and_not_one_whose_name_begins_alike() {
        assert_eq!(find(LOCK, "wasm-bindgen").as_deref(), Some("0.2.129"));
        assert_eq!(find(LOCK, "wasm"), None);
    }
}
