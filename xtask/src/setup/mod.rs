//! Everything the commands need besides rustup and Node, installed once and checked in well under a second.

pub(crate) mod browser;
mod npm;
mod python;
pub(crate) mod tools;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::house::House;
use crate::process;

pub(crate) use python::interpreter as python;
pub(crate) use tools::Tool;

/// One thing to set up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Node itself, and the WebAssembly target of the toolchain.
    Base,
    /// The standard library's source: the package's modules compile their own (ADR 8).
    RustSource,
    /// A pinned command-line tool.
    Tool(Tool),
    /// The npm packages of a folder.
    Npm(&'static str),
    /// Chromium.
    Chromium,
    /// The driver of Chromium that wasm-pack takes.
    Chromedriver,
    /// Firefox.
    Firefox,
    /// The Python packages of the oracle tests.
    Python,
}

impl Part {
    /// What building the npm package takes.
    pub(crate) const BUILD: &'static [Self] =
        &[Self::Base, Self::RustSource, Self::Tool(Tool::WasmBindgen), Self::Npm("pkg")];
    /// What building the demo takes.
    pub(crate) const DEMO: &'static [Self] =
        &[Self::Base, Self::RustSource, Self::Tool(Tool::WasmBindgen), Self::Npm("pkg"), Self::Npm("www")];
    /// What running the JavaScript tests in Chromium takes.
    pub(crate) const BROWSER: &'static [Self] = &[Self::Npm("tests"), Self::Chromium];
    /// All there is.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Base,
        Self::RustSource,
        Self::Chromium,
        Self::Chromedriver,
        Self::Firefox,
        Self::Npm("pkg"),
        Self::Npm("www"),
        Self::Npm("tests"),
        Self::Python,
        Self::Tool(Tool::WasmBindgen),
        Self::Tool(Tool::WasmPack),
        Self::Tool(Tool::Geckodriver),
    ];
}

/// Installs those of the parts that are not there.
pub(crate) fn ensure(house: &House, parts: &[Part]) -> Result<()> {
    for part in parts {
        match part {
            Part::Base => node(house).and_then(|()| wasm_target(house))?,
            Part::RustSource => rust_source(house)?,
            Part::Tool(tool) => tools::ensure(house, *tool)?,
            Part::Npm(folder) => npm::ensure(house, folder)?,
            Part::Chromium => browser::ensure_chromium(house)?,
            Part::Chromedriver => browser::ensure_chromedriver(house)?,
            Part::Firefox => browser::ensure_firefox(house)?,
            Part::Python => python::ensure(house)?,
        }
    }
    Ok(())
}

/// Says what a long step is doing.
pub(crate) fn announce(what: &str) {
    println!("setup: {what}");
}

const NODE: u32 = 20;

fn node(house: &House) -> Result<()> {
    let Ok(version) = process::output(house.command("node").arg("--version")) else {
        bail!("Node.js {NODE} or newer is missing; install it from https://nodejs.org");
    };
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE) {
        bail!("Node.js {NODE} or newer is needed and this is {}; install it from https://nodejs.org", version.trim());
    }
    Ok(())
}

/// rust-toolchain.toml names the target, and rustup normally brings it; an older rustup or a distribution's Rust may not.
fn wasm_target(house: &House) -> Result<()> {
    let libraries = rustc_prints(house, &["target-libdir", "--target", TARGET])?;
    if libraries.exists() {
        return Ok(());
    }
    rustup(house, &["target", "add", TARGET])
}

fn rust_source(house: &House) -> Result<()> {
    if rustc_prints(house, &["sysroot"])?.join("lib/rustlib/src/rust/library/Cargo.lock").exists() {
        return Ok(());
    }
    rustup(house, &["component", "add", "rust-src"])
}

const TARGET: &str = "wasm32-unknown-unknown";

fn rustc_prints(house: &House, what: &[&str]) -> Result<PathBuf> {
    Ok(process::output(house.command("rustc").arg("--print").args(what))?.trim().into())
}

/// Adds to the pinned toolchain, which is the one that rustup takes in the house's folder.
fn rustup(house: &House, words: &[&str]) -> Result<()> {
    let words = words.join(" ");
    announce(&format!("rustup {words} (a few seconds)"));
    process::run(house.command("rustup").args(words.split(' ')))
        .with_context(|| format!("a part of the Rust toolchain is missing: run `rustup {words}`"))
}

/// Whether a program can be started at all.
fn works(command: &mut Command) -> bool {
    command.stdin(std::process::Stdio::null()).output().is_ok_and(|output| output.status.success())
}
