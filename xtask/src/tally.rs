//! How many tests a step ran: read from what the test runners themselves report, never assumed.

use std::ops::AddAssign;

/// Tests that passed and tests that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The runner whose report is to be read.
#[derive(Clone, Copy)]
pub(crate) enum Runner {
    /// libtest, and wasm-bindgen's runner, which reports as it does: `test result: ok. 3 passed; 0 failed; …`.
    Cargo,
    /// `node --test`: `ℹ pass 3`, `ℹ fail 0` on a terminal, `# pass 3`, `# fail 0` elsewhere.
    Node,
    /// Python's unittest: `Ran 3 tests in 0.1s`, `FAILED (failures=1, errors=1)`.
    Unittest,
}

/// The sum of all reports in the output, or none where there is no report in it.
pub(crate) fn read(runner: Runner, said: &str) -> Option<Tally> {
    let mut lines = said.lines().map(str::trim);
    match runner {
        Runner::Cargo => sum(lines.filter_map(cargo)),
        Runner::Node => sum(lines.filter_map(node)),
        Runner::Unittest => {
            let ran = lines.find_map(|line| before(line.strip_prefix("Ran ")?, " test"))?;
            Some(unittest(ran, lines.find(|line| line.starts_with("OK") || line.starts_with("FAILED"))?))
        }
    }
}

fn sum(reports: impl Iterator<Item = Tally>) -> Option<Tally> {
    reports.fold(None, |sum: Option<Tally>, report| {
        let mut sum = sum.unwrap_or_default();
        sum += report;
        Some(sum)
    })
}

/// `main job: 5 of 5 steps passed`
pub(crate) fn main_job(said: &str) -> Option<Tally> {
    let line = said.lines().rev().find_map(|line| line.trim().strip_prefix("main job: "))?;
    let (passed, rest) = line.split_once(" of ")?;
    let (passed, all) = (passed.parse().ok()?, rest.strip_suffix(" steps passed")?.parse::<u64>().ok()?);
    Some(Tally { passed, failed: all.checked_sub(passed)? })
}

fn cargo(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?;
    Some(Tally { passed: before(counts, " passed")?, failed: before(counts, " failed")? })
}

fn node(line: &str) -> Option<Tally> {
    let report = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?;
    let count = |name| report.strip_prefix(name).and_then(|rest: &str| rest.parse().ok());
    match (count("pass "), count("fail ")) {
        (Some(passed), _) => Some(Tally { passed, failed: 0 }),
        (_, Some(failed)) => Some(Tally { passed: 0, failed }),
        _ => None,
    }
}

/// unittest counts the failed and the skipped among the tests that ran: `FAILED (failures=1, errors=1, skipped=2)`.
fn unittest(ran: u64, verdict: &str) -> Tally {
    let reasons: Vec<&str> = verdict.split(['(', ')', ',']).map(str::trim).collect();
    let count = |name| reasons.iter().find_map(|reason| reason.strip_prefix(name)?.parse::<u64>().ok()).unwrap_or(0);
    let failed = count("failures=") + count("errors=");
    Tally { passed: ran.saturating_sub(failed + count("skipped=")), failed }
}

/// The number right before a word.
fn before(text: &str, word: &str) -> Option<u64> {
    text.split(word).next()?.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Runner, Tally, main_job, read};

    #[test]
    fn cargo_reports_are_summed() {
        let said = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                    test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(read(Runner::Cargo, said), Some(Tally { passed: 5, failed: 1 }));
    }

    #[test]
    fn node_reports_are_read() {
        let said = "✔ a test (1ms)\nℹ tests 3\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\n";
        assert_eq!(read(Runner::Node, said), Some(Tally { passed: 2, failed: 1 }));
        assert_eq!(read(Runner::Node, "1..3\n# pass 3\n# fail 0\n"), Some(Tally { passed: 3, failed: 0 }));
    }

    #[test]
    fn unittest_counts_the_failed_among_those_that_ran() {
        let said = "Ran 7 tests in 1.234s\n\nFAILED (failures=1, errors=2, skipped=1)\n";
        assert_eq!(read(Runner::Unittest, said), Some(Tally { passed: 3, failed: 3 }));
        assert_eq!(read(Runner::Unittest, "Ran 1 test in 0.1s\n\nOK\n"), Some(Tally { passed: 1, failed: 0 }));
    }

    #[test]
    fn a_runner_that_reported_nothing_has_no_tally() {
        assert_eq!(read(Runner::Cargo, "error: could not compile"), None);
        assert_eq!(main_job("step 1 passed"), None);
    }

    #[test]
    fn the_main_job_counts_its_steps() {
        let said = "(1) sign in\nmain job: 4 of 5 steps passed\n";
        assert_eq!(main_job(said), Some(Tally { passed: 4, failed: 1 }));
    }
}
