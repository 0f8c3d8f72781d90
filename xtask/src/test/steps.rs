//! The steps of `cargo xtask test`, cheapest first.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};

use super::{Failure, Group};
use crate::house::House;
use crate::setup::{self, Part, Tool, tools};
use crate::tally::{self, Runner, Tally};
use crate::{build, demo, process};

type Outcome = Result<Tally, Failure>;

/// A step: what it is called, where it belongs, what it does.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) group: Group,
    pub(super) run: fn(&House) -> Outcome,
}

pub(super) const ALL: &[Step] = &[
    Step { name: "rustfmt", group: Group::Rust, run: rustfmt },
    Step { name: "clippy", group: Group::Rust, run: clippy },
    Step { name: "clippy for WebAssembly", group: Group::Rust, run: clippy_wasm },
    Step { name: "native tests", group: Group::Rust, run: native_tests },
    Step { name: "package and its sizes", group: Group::Npm, run: package },
    Step { name: "types and lints of pkg", group: Group::Npm, run: pkg_lints },
    Step { name: "types and lints of www", group: Group::Npm, run: www_lints },
    Step { name: "lints of tests", group: Group::Npm, run: tests_lints },
    Step { name: "tests of pkg", group: Group::Npm, run: pkg_tests },
    Step { name: "publint and attw", group: Group::Npm, run: tarball_lints },
    Step { name: "packaging", group: Group::Npm, run: packaging },
    Step { name: "WebAssembly in Chromium", group: Group::Web, run: chromium },
    Step { name: "WebAssembly in Firefox", group: Group::Web, run: firefox },
    Step { name: "oracles in Node", group: Group::Oracles, run: oracles_node },
    Step { name: "oracles in Python", group: Group::Oracles, run: oracles_python },
    Step { name: "end to end", group: Group::E2e, run: end_to_end },
    Step { name: "main job", group: Group::E2e, run: main_job },
];

fn rustfmt(house: &House) -> Outcome {
    quiet(house.command("cargo").args(["fmt", "--all", "--check"]))
}

fn clippy(house: &House) -> Outcome {
    quiet(house.command("cargo").args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

/// With each feature alone too: that is how the package's modules are built.
fn clippy_wasm(house: &House) -> Outcome {
    setup::ensure(house, &[Part::Base])?;
    for features in [
        &["--all-targets"][..],
        &["--no-default-features", "--features", "client"],
        &["--no-default-features", "--features", "diagnosis"],
        &["--no-default-features", "--features", "exchange"],
        &["--no-default-features", "--features", "sigv4"],
    ] {
        let mut cargo = house.command("cargo");
        cargo
            .args(["clippy", "--package", "gatepass", "--target", "wasm32-unknown-unknown", "--locked"])
            .args(features);
        process::run(cargo.args(["--", "-D", "warnings"]))?;
    }
    Ok(Tally::default())
}

fn native_tests(house: &House) -> Outcome {
    counted(Runner::Cargo, house.command("cargo").args(["test", "--workspace", "--no-fail-fast", "--locked"]))
}

fn package(house: &House) -> Outcome {
    build::run(house)?;
    Ok(Tally::default())
}

fn pkg_lints(house: &House) -> Outcome {
    setup::ensure(house, &[Part::Npm("pkg")])?;
    npm(house, "pkg", "types")?;
    npm(house, "pkg", "lint")
}

fn www_lints(house: &House) -> Outcome {
    setup::ensure(house, Part::DEMO)?;
    build::package(house)?;
    quiet(house.npm_bin("www", "tsc").arg("--noEmit"))?;
    npm(house, "www", "lint")
}

fn tests_lints(house: &House) -> Outcome {
    setup::ensure(house, &[Part::Npm("tests")])?;
    npm(house, "tests", "lint")
}

fn pkg_tests(house: &House) -> Outcome {
    build::package(house)?;
    let mut command = house.command("npm");
    counted(Runner::Node, command.current_dir(house.root.join("pkg")).args(["run", "--silent", "test"]))
}

fn tarball_lints(house: &House) -> Outcome {
    setup::ensure(house, &[Part::Npm("tests")])?;
    let tarball = tarball(house)?;
    quiet(house.npm_bin("tests", "publint").arg("--strict").arg(&tarball))?;
    quiet(house.npm_bin("tests", "attw").args(["--profile", "esm-only"]).arg(&tarball))
}

fn packaging(house: &House) -> Outcome {
    node_tests(house, "tests/packaging", &[("GATEPASS_TARBALL", tarball(house)?)])
}

fn chromium(house: &House) -> Outcome {
    wasm_pack(house, Part::Chromedriver, "--chrome")
}

fn firefox(house: &House) -> Outcome {
    setup::ensure(house, &[Part::Tool(Tool::Geckodriver)])?;
    wasm_pack(house, Part::Firefox, "--firefox")
}

fn wasm_pack(house: &House, browser: Part, flag: &str) -> Outcome {
    setup::ensure(house, &[Part::Base, Part::Tool(Tool::WasmBindgen), Part::Tool(Tool::WasmPack), browser])?;
    let mut command = tools::command(house, Tool::WasmPack)?;
    counted(Runner::Cargo, command.args(["test", "--headless", flag, "--mode", "no-install"]))
}

fn oracles_node(house: &House) -> Outcome {
    setup::ensure(house, &[Part::Python])?;
    let signers = [
        ("GATEPASS_TARBALL", tarball(house)?),
        ("HTTP_REQUEST", http_request(house)?),
        ("PYTHON", setup::python(house)?),
    ];
    node_tests(house, "tests/oracles", &signers)
}

/// The aws-sigv4 crate's HTTP layer as a program.
fn http_request(house: &House) -> Result<PathBuf> {
    process::run(house.command("cargo").args(["build", "--quiet", "--package", "http-request", "--locked"]))?;
    Ok(house.target.join("debug/http-request"))
}

fn oracles_python(house: &House) -> Outcome {
    setup::ensure(house, &[Part::Python])?;
    let server = demo::local_aws(house)?;
    let mut python = house.command(&setup::python(house)?.to_string_lossy());
    python.env("LOCAL_AWS", server).env("PYTHONDONTWRITEBYTECODE", "1");
    counted(Runner::Unittest, python.args(["-m", "unittest", "discover", "-s", "tests/oracles", "-p", "test_*.py"]))
}

fn end_to_end(house: &House) -> Outcome {
    demo::page(house)?;
    let page = house.root.join("www/dist");
    node_tests(house, "tests/e2e", &[("GATEPASS_TARBALL", tarball(house)?), ("DEMO_PAGE", page)])
}

fn main_job(house: &House) -> Outcome {
    setup::ensure(house, Part::BROWSER)?;
    demo::page(house)?;
    Ok(demo::drive(house, demo::local_aws(house)?)?)
}

/// `node --test` on a folder's tests, which find the local AWS and what else they are about in their environment.
fn node_tests(house: &House, folder: &str, subjects: &[(&str, PathBuf)]) -> Outcome {
    setup::ensure(house, Part::BROWSER)?;
    let mut tests = Vec::new();
    find_tests(&house.root.join(folder), &mut tests)?;
    tests.sort();
    if tests.is_empty() {
        // It would pass by testing nothing.
        return Err(anyhow!("there is no *.test.mjs in {folder}").into());
    }
    let mut node = house.command("node");
    node.env("LOCAL_AWS", demo::local_aws(house)?);
    node.envs(subjects.iter().map(|(name, path)| (name, path)));
    counted(Runner::Node, node.args(["--test", "--test-reporter=spec"]).args(tests))
}

fn find_tests(folder: &Path, tests: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.to_string_lossy();
        if path.is_dir() && !name.ends_with("node_modules") {
            find_tests(&path, tests)?;
        } else if name.ends_with(".test.mjs") || name.ends_with(".test.js") {
            tests.push(path);
        }
    }
    Ok(())
}

/// The package as npm would publish it. Packed anew each time, because nothing else tells whether it is up to date.
pub(crate) fn tarball(house: &House) -> Result<PathBuf> {
    build::package(house)?;
    let folder = house.target.join("package");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut npm = house.command("npm");
    npm.current_dir(house.root.join("pkg")).args(["pack", "--json", "--ignore-scripts", "--pack-destination"]);
    let said = process::output(npm.arg(&folder))?;
    let said: serde_json::Value = serde_json::from_str(&said).context("`npm pack --json` did not print JSON")?;
    let packed = said.as_array().and_then(|packages| packages.first());
    let name = packed.and_then(|package| package.get("filename")).and_then(|name| name.as_str());
    Ok(folder.join(name.context("`npm pack` did not name the tarball")?))
}

fn npm(house: &House, folder: &str, script: &str) -> Outcome {
    quiet(house.command("npm").current_dir(house.root.join(folder)).args(["run", "--silent", script]))
}

/// A command that has no tests to count.
fn quiet(command: &mut Command) -> Outcome {
    process::run(command)?;
    Ok(Tally::default())
}

/// A test runner: what it reports is counted, and a runner that reports nothing has failed.
fn counted(runner: Runner, command: &mut Command) -> Outcome {
    let (status, said) = process::tee(command)?;
    let tally = tally::read(runner, &said).filter(|tally| tally.passed + tally.failed > 0);
    match tally {
        Some(tally) if status.success() && tally.failed == 0 => Ok(tally),
        Some(tally) if tally.failed > 0 => Err(Failure::Tests(tally)),
        Some(_) => Err(anyhow!("no test failed, but it ended with {status} before the last").into()),
        None => Err(anyhow!("it reported no tests ({status})").into()),
    }
}
