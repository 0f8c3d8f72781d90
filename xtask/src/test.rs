//! `cargo xtask test`: everything that CI runs, each step announced and timed.

mod steps;

use anyhow::{Result, bail};

use crate::clock::Stopwatch;
use crate::house::House;
use crate::process;
use crate::tally::Tally;

pub(crate) use steps::tarball;

/// Which steps to run, and what a failed one means for the rest.
pub(crate) struct Selection {
    /// Empty for all of them.
    groups: Vec<Group>,
    after_failure: AfterFailure,
}

/// Steps that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Formatting, clippy, the native tests.
    Rust,
    /// The package: sizes, types, lints, and the tarball in an app of its own.
    Npm,
    /// The tests that are compiled to WebAssembly, in browsers.
    Web,
    /// The local AWS against clients, and the signer against signers, that nobody here wrote.
    Oracles,
    /// The packed package and the demo page in a browser.
    E2e,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterFailure {
    Stop,
    KeepGoing,
}

impl Selection {
    pub(crate) fn parse(words: &[&str]) -> Result<Self> {
        let mut selection = Self { groups: Vec::new(), after_failure: AfterFailure::Stop };
        for word in words {
            match *word {
                "--keep-going" => selection.after_failure = AfterFailure::KeepGoing,
                "rust" => selection.groups.push(Group::Rust),
                "npm" => selection.groups.push(Group::Npm),
                "web" => selection.groups.push(Group::Web),
                "oracles" => selection.groups.push(Group::Oracles),
                "e2e" => selection.groups.push(Group::E2e),
                other => bail!("unknown group `{other}`; there are rust, npm, web, oracles and e2e"),
            }
        }
        Ok(selection)
    }

    fn takes(&self, group: Group) -> bool {
        self.groups.is_empty() || self.groups.contains(&group)
    }
}

/// Runs the selected steps; the last line is the sum of all tests.
pub(crate) fn run(house: &House, selection: &Selection) -> Result<()> {
    let watch = Stopwatch::start();
    let mut sum = Tally::default();
    let mut failures = Vec::new();
    for step in steps::ALL.iter().filter(|step| selection.takes(step.group)) {
        println!("\n=== {} ===", step.name);
        let step_watch = Stopwatch::start();
        let outcome = (step.run)(house);
        let seconds = step_watch.elapsed().as_secs_f64();
        match outcome {
            Ok(tally) => {
                sum += tally;
                println!("=== {}: ok, {} ({seconds:.1} s) ===", step.name, describe(tally));
            }
            Err(failure) => {
                sum += failure.tally();
                println!("=== {}: FAILED, {failure} ({seconds:.1} s) ===", step.name);
                failures.push(step.name);
                if selection.after_failure == AfterFailure::Stop {
                    break;
                }
            }
        }
    }
    println!("\nin {:.0} s", watch.elapsed().as_secs_f64());
    if !failures.is_empty() {
        println!("failed: {}", failures.join(", "));
    }
    println!("tests: {} passed, {} failed", sum.passed, sum.failed);
    // The summary is the last line, whatever the outcome; the exit code says the rest.
    if failures.is_empty() { Ok(()) } else { process::exit_with_failure() }
}

fn describe(tally: Tally) -> String {
    match tally.passed {
        0 => "no tests of its own".to_owned(),
        passed => format!("{passed} passed"),
    }
}

/// Why a step failed.
pub(crate) enum Failure {
    /// Tests ran, and some failed.
    Tests(Tally),
    /// The step broke before or beside its tests.
    Broken(anyhow::Error),
}

impl Failure {
    /// A step that broke is one failure, so that the sum can never read as a success.
    fn tally(&self) -> Tally {
        match self {
            Self::Tests(tally) => *tally,
            Self::Broken(_) => Tally { passed: 0, failed: 1 },
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tests(tally) => write!(out, "{} passed, {} failed", tally.passed, tally.failed),
            Self::Broken(error) => write!(out, "{error:#}"),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

#[cfg(test)]
mod tests {
    use super::{AfterFailure, Group, Selection};

    #[test]
    fn without_groups_every_step_is_taken() {
        let selection = Selection::parse(&["--keep-going"]).unwrap();
        assert!(selection.takes(Group::Rust) && selection.takes(Group::E2e));
        assert_eq!(selection.after_failure, AfterFailure::KeepGoing);
    }

    #[test]
    fn groups_choose_their_steps_and_a_misspelt_one_is_refused() {
        let selection = Selection::parse(&["rust", "npm"]).unwrap();
        assert!(selection.takes(Group::Npm) && !selection.takes(Group::Web));
        assert!(Selection::parse(&["rusty"]).is_err());
    }
}
