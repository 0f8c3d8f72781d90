//! Command-line tools of exactly one version, built by cargo into the user's cache.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::announce;
use crate::house::House;
use crate::{lockfile, process};

/// A tool that cargo installs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Makes the JavaScript glue, and runs the tests that are compiled to WebAssembly.
    WasmBindgen,
    /// Runs those tests in browsers.
    WasmPack,
    /// Drives Firefox.
    Geckodriver,
}

impl Tool {
    const ALL: [Self; 3] = [Self::WasmBindgen, Self::WasmPack, Self::Geckodriver];

    const fn krate(self) -> &'static str {
        match self {
            Self::WasmBindgen => "wasm-bindgen-cli",
            Self::WasmPack => "wasm-pack",
            Self::Geckodriver => "geckodriver",
        }
    }

    /// The program that shows that the tool is there.
    const fn program(self) -> &'static str {
        match self {
            Self::WasmBindgen => "wasm-bindgen",
            Self::WasmPack => "wasm-pack",
            Self::Geckodriver => "geckodriver",
        }
    }

    fn version(self, house: &House) -> Result<String> {
        match self {
            // The glue's format is private to a release: command and crate must be equal.
            Self::WasmBindgen => lockfile::version(house, "wasm-bindgen"),
            Self::WasmPack => Ok("0.15.1".to_owned()),
            Self::Geckodriver => Ok("0.37.1".to_owned()),
        }
    }

    fn home(self, house: &House) -> Result<PathBuf> {
        Ok(house.cache.join(format!("{}-{}", self.krate(), self.version(house)?)))
    }
}

/// The folders with the tools' programs, for the PATH.
pub(crate) fn folders(house: &House) -> Vec<PathBuf> {
    Tool::ALL.iter().filter_map(|tool| tool.home(house).ok()).map(|home| home.join("bin")).collect()
}

/// The tool's own command, from the cache and from nowhere else.
pub(crate) fn command(house: &House, tool: Tool) -> Result<Command> {
    let program = tool.home(house)?.join("bin").join(tool.program());
    Ok(house.command(&program.to_string_lossy()))
}

/// Builds the tool unless it is there.
pub(crate) fn ensure(house: &House, tool: Tool) -> Result<()> {
    let (home, version) = (tool.home(house)?, tool.version(house)?);
    // cargo moves the programs into place when all is built, so that a half-built tool is never found here.
    if home.join("bin").join(tool.program()).exists() {
        return Ok(());
    }
    let krate = tool.krate();
    announce(&format!("building {krate} {version} into {} (once; a minute or two)", home.display()));
    let mut cargo = house.command("cargo");
    cargo.args(["install", krate, "--version", &version, "--locked", "--root"]).arg(&home);
    // A tool is not part of the workspace's build folder, nor is it built with the workspace's flags.
    cargo.current_dir(std::env::temp_dir()).env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
    process::run(&mut cargo).with_context(|| format!("cannot install {krate} {version}"))
}
