//! Browsers: those of the system, or the distribution's where there are none and we may install them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

use super::{announce, works};
use crate::house::House;
use crate::process;

const CHROMIUMS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FIREFOXES: &[&str] = &["firefox", "firefox-esr"];

/// The Chromium that tests start: the one that `CHROMIUM` names, else the system's.
pub(crate) fn chromium() -> Option<PathBuf> {
    match env::var_os("CHROMIUM") {
        Some(program) if !program.is_empty() => Some(PathBuf::from(program)),
        _ => on_path(CHROMIUMS),
    }
}

/// The browser alone, which is all that Playwright needs.
pub(crate) fn ensure_chromium(house: &House) -> Result<()> {
    if chromium().is_none() {
        apt(house, "Chromium", DEBIANS)?;
    }
    chromium().context("there is still no Chromium; name one in the environment variable CHROMIUM")?;
    Ok(())
}

/// The driver that wasm-pack's tests need, of the browser's version.
pub(crate) fn ensure_chromedriver(house: &House) -> Result<()> {
    if on_path(&["chromedriver"]).is_none() {
        apt(house, "chromedriver", DEBIANS)?;
    }
    ensure_chromium(house)?;
    let driver = on_path(&["chromedriver"]).context("there is still no chromedriver on the PATH")?;
    let browser = chromium().unwrap_or_default();
    match (major(&browser), major(&driver)) {
        (Some(browser), Some(driver)) if browser == driver => Ok(()),
        (found, driver) => bail!(
            "{} and chromedriver must be of one major version and are {found:?} and {driver:?}; \
             on Debian: apt-get install chromium chromium-driver",
            browser.display()
        ),
    }
}

/// Both at once, so that they are of one version. The Japanese font is for the screenshots and for whoever looks at the page in this browser.
const DEBIANS: &[&str] = &["chromium", "chromium-driver", "fonts-noto-cjk"];

pub(crate) fn ensure_firefox(house: &House) -> Result<()> {
    match on_path(FIREFOXES) {
        Some(_) => Ok(()),
        None => apt(house, "Firefox", &["firefox-esr"]),
    }
}

/// Installs the distribution's packages, where there is such a distribution and we may.
pub(crate) fn apt(house: &House, what: &str, packages: &[&str]) -> Result<()> {
    let packages = packages.join(" ");
    let command = format!("apt-get update && apt-get install -y --no-install-recommends {packages}");
    if !works(Command::new("apt-get").arg("--version")) {
        bail!("{what}: not found; install it with your system's package manager (on Debian: {packages})");
    }
    if !Uid::effective().is_root() {
        bail!("{what}: not found; install with: sudo sh -c '{command}'");
    }
    announce(&format!("{what}: {command}"));
    let mut shell = house.command("sh");
    process::run(shell.args(["-c", &command]).env("DEBIAN_FRONTEND", "noninteractive"))
        .with_context(|| format!("cannot install {what}"))
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// The first number of the version that a program says it has.
fn major(program: &Path) -> Option<u32> {
    let output = Command::new(program).arg("--version").output().ok()?;
    first_number(&String::from_utf8_lossy(&output.stdout))
}

fn first_number(said: &str) -> Option<u32> {
    said.split(|character: char| !character.is_ascii_digit()).find_map(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::first_number;

    #[test]
    fn reads_the_major_version_out_of_what_browser_and_driver_say() {
        assert_eq!(first_number("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n"), Some(156));
        assert_eq!(first_number("ChromeDriver 156.0.8078.79 (0a1b2c)\n"), Some(156));
        assert_eq!(first_number("no version"), None);
    }
}
