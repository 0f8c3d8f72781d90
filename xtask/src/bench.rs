//! `cargo xtask bench`: speed and size beside the peers.

use anyhow::Result;

use crate::house::House;
use crate::setup::{self, Part};
use crate::{build, demo, process};

/// Runs the benchmarks; they print the table and write target/bench.json.
pub(crate) fn run(house: &House) -> Result<()> {
    setup::ensure(house, Part::BROWSER)?;
    build::package(house)?;
    let server = demo::local_aws(house)?;
    let mut node = house.command("node");
    node.env("LOCAL_AWS", server).arg("tests/bench/bench.mjs").arg(house.target.join("bench.json"));
    process::run(&mut node)
}
