//! A Python environment with the packages that the oracle tests hold us against.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{announce, browser, works};
use crate::house::House;
use crate::process;

const REQUIREMENTS: &str = "tests/oracles/requirements.txt";

/// The environment's interpreter.
pub(crate) fn interpreter(house: &House) -> Result<PathBuf> {
    Ok(home(house)?.join("bin/python"))
}

/// One environment for each set of requirements, so that clones of different ages can share the cache.
fn home(house: &House) -> Result<PathBuf> {
    let path = house.root.join(REQUIREMENTS);
    let requirements = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut hasher = DefaultHasher::new();
    requirements.hash(&mut hasher);
    Ok(house.cache.join(format!("oracles-{:016x}", hasher.finish())))
}

pub(crate) fn ensure(house: &House) -> Result<()> {
    let (home, interpreter) = (home(house)?, interpreter(house)?);
    let stamp = home.join("installed");
    // The interpreter is started because it stops working when the system's Python is upgraded.
    if stamp.exists() && works(house.command(&interpreter.to_string_lossy()).arg("--version")) {
        return Ok(());
    }
    if !works(house.command("python3").args(["-c", "import venv, ensurepip"])) {
        browser::apt(house, "Python 3 with venv", &["python3", "python3-venv"])?;
    }
    announce(&format!("installing the Python packages of {REQUIREMENTS} into {}", home.display()));
    process::output(house.command("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    let mut pip = house.command(&interpreter.to_string_lossy());
    process::run(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]))?;
    fs::write(&stamp, []).with_context(|| format!("cannot write {}", stamp.display()))
}
