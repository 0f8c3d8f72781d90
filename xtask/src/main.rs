//! The project's commands. Each sets up what it needs, so that a fresh clone with rustup and Node is enough.

mod bench;
mod build;
mod clock;
mod demo;
mod house;
mod lockfile;
mod process;
mod setup;
mod tally;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};

use demo::Audience;
use house::House;
use setup::Part;
use test::Selection;

const HELP: &str = "\
cargo xtask <command>

  setup                 install what the other commands need; quick when all is there
  demo [--port N]       build everything, start the local AWS and the demo page, print the URL
  demo --headless       drive the main job through that page in a real browser, one line a step
  test [GROUP…]         everything CI runs; groups: rust, npm, web, oracles, e2e
       [--keep-going]   go on after a step that failed
  build                 leave pkg/ ready for `npm pack`, and hold its sizes against the budgets
  bench                 speed and size beside the peers, as a table and in target/bench.json
  bench --diagnosis     the diagnosis beside what Chromium and Firefox say, as a table and in target/bench-diagnosis.json
";

fn main() -> ExitCode {
    match process::on_signal_end_children().and_then(|()| command()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let house = House::find()?;
    match words.as_slice() {
        ["setup"] => setup::ensure(&house, Part::ALL),
        ["demo"] => demo::run(&house, Audience::Person { port: 0 }),
        ["demo", "--port", port] => match port.parse() {
            Ok(port) => demo::run(&house, Audience::Person { port }),
            Err(_) => bail!("--port takes a port number, not `{port}`"),
        },
        ["demo", "--headless"] => demo::run(&house, Audience::Script),
        ["test", rest @ ..] => test::run(&house, &Selection::parse(rest)?),
        ["build"] => build::run(&house),
        ["bench"] => bench::peers(&house),
        ["bench", "--diagnosis"] => bench::diagnosis(&house),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => bail!("unknown command `{}`\n\n{HELP}", words.join(" ")),
    }
}
