//! `cargo xtask bench`: speed and size beside the peers; with `--diagnosis`, the diagnosis beside the browsers' own truth.

use anyhow::Result;

use crate::house::House;
use crate::setup::{self, Part, Tool};
use crate::{build, demo, process, test};

/// Speed and size: prints the table and writes target/bench.json.
pub(crate) fn peers(house: &House) -> Result<()> {
    setup::ensure(house, Part::BROWSER)?;
    build::package(house)?;
    let server = demo::local_aws(house)?;
    let mut node = house.command("node");
    node.env("LOCAL_AWS", server).arg("tests/bench/bench.mjs").arg(house.target.join("bench.json"));
    process::run(&mut node)
}

/// What Chromium and Firefox say about failed calls, and what we say: prints the table and writes target/bench-diagnosis.json.
/// Fails, after all of it, where something is not as it must be.
pub(crate) fn diagnosis(house: &House) -> Result<()> {
    setup::ensure(house, Part::BROWSER)?;
    setup::ensure(house, &[Part::Firefox, Part::Tool(Tool::Geckodriver)])?;
    let tarball = test::tarball(house)?;
    let mut node = house.command("node");
    node.env("LOCAL_AWS", demo::local_aws(house)?).env("GATEPASS_TARBALL", tarball);
    process::run(node.arg("tests/bench/diagnosis/diagnosis.mjs").arg(house.target.join("bench-diagnosis.json")))
}
