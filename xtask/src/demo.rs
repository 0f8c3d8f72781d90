//! `cargo xtask demo`: the local AWS with the demo page, for a person or for a script that drives it.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{ChildStdin, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::house::House;
use crate::process::{self, Running};
use crate::setup::{self, Part};
use crate::{build, tally};

/// Who looks at the demo.
pub(crate) enum Audience {
    /// Somebody with a browser, until Ctrl-C; port 0 is any free one.
    Person { port: u16 },
    /// The script that goes through the main job and ends.
    Script,
}

pub(crate) fn run(house: &House, audience: Audience) -> Result<()> {
    setup::ensure(house, Part::DEMO)?;
    if let Audience::Script = audience {
        setup::ensure(house, Part::BROWSER)?;
    }
    page(house)?;
    let server = local_aws(house)?;
    match audience {
        Audience::Person { port } => show(house, server, port),
        Audience::Script => drive(house, server).map(|_| ()),
    }
}

/// Builds the demo page into www/dist.
pub(crate) fn page(house: &House) -> Result<()> {
    if !house.built.page.get() {
        build::package(house)?;
        setup::ensure(house, Part::DEMO)?;
        println!("build: the demo page");
        process::run(house.command("npm").current_dir(house.root.join("www")).args(["run", "--silent", "build"]))?;
        house.built.page.set(true);
    }
    Ok(())
}

/// Builds the local AWS and returns the program.
pub(crate) fn local_aws(house: &House) -> Result<PathBuf> {
    println!("build: the local AWS (the first time a minute or two)");
    process::run(house.command("cargo").args(["build", "--quiet", "--package", "local-aws", "--locked"]))?;
    Ok(house.target.join("debug/local-aws"))
}

fn show(house: &House, server: PathBuf, port: u16) -> Result<()> {
    let mut local = LocalAws::start(house, server, port)?;
    println!("\n  The demo is at  {}\n  Ctrl-C ends it.\n", local.control);
    local.running.wait()?;
    bail!("the local AWS has ended by itself")
}

/// Drives the main job through the page. Returns what was passed and failed.
pub(crate) fn drive(house: &House, server: PathBuf) -> Result<tally::Tally> {
    let local = LocalAws::start(house, server, 0)?;
    let mut node = house.command("node");
    let (status, said) = process::tee(node.args(["tests/e2e/demo.mjs", "--url", &local.control]))?;
    if !status.success() {
        bail!("the main job failed");
    }
    tally::main_job(&said).context("the main job did not say how many of its steps passed")
}

/// A local AWS that ends with this value; and with this process, whatever ends it, because its standard input closes.
struct LocalAws {
    running: Running,
    control: String,
    /// Held open here, because waiting for a child closes its standard input.
    _lifeline: ChildStdin,
}

impl LocalAws {
    fn start(house: &House, server: PathBuf, port: u16) -> Result<Self> {
        let mut command = house.command(&server.to_string_lossy());
        command.args(["--exit-with-stdin", "--port", &port.to_string(), "--page"]).arg(house.root.join("www/dist"));
        let mut running = Running::start(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let stdout = running.child.stdout.take().context("the local AWS has no standard output")?;
        let lifeline = running.child.stdin.take().context("the local AWS has no standard input")?;
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        reader.read_line(&mut line).context("cannot read what the local AWS says")?;
        let ready: Value = serde_json::from_str(&line).unwrap_or_default();
        let Some(control) = ready.get("control").and_then(Value::as_str) else {
            // It has said on its standard error why not; a port in use is the likely reason.
            bail!("the local AWS did not start");
        };
        let control = control.to_owned();
        // A pipe that nobody reads would stop the server once it is full.
        thread::spawn(move || reader.read_to_end(&mut Vec::new()));
        Ok(Self { running, control, _lifeline: lifeline })
    }
}
