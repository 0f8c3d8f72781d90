//! The npm packages of a folder: exactly those of its lock file.

use std::fs;

use anyhow::{Context, Result};

use super::announce;
use crate::house::House;
use crate::process;

/// Runs `npm ci` where the lock file has changed since it last ran.
pub(crate) fn ensure(house: &House, folder: &str) -> Result<()> {
    let folder = house.root.join(folder);
    let lock = folder.join("package-lock.json");
    let locked = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    // `npm ci` empties node_modules, so the stamp goes with what it vouches for.
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == locked) {
        return Ok(());
    }
    announce(&format!("installing the npm packages of {}", folder.display()));
    let mut npm = house.command("npm");
    // No package's own script runs: none of ours needs one, and it is the way in for a stolen package.
    npm.current_dir(&folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    process::run(&mut npm)?;
    fs::write(&stamp, locked).with_context(|| format!("cannot write {}", stamp.display()))
}
