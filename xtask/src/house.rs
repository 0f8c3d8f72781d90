//! Where things are: the repository, the build folder, the user's cache.

use std::cell::Cell;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::browser;

/// The places that the commands work in.
pub(crate) struct House {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's build folder.
    pub(crate) target: PathBuf,
    /// Tools of pinned versions, shared between clones.
    pub(crate) cache: PathBuf,
    /// What this command has built already.
    pub(crate) built: Built,
}

/// Each is built once in a command, however many steps need it.
#[derive(Default)]
pub(crate) struct Built {
    pub(crate) package: Cell<bool>,
    pub(crate) page: Cell<bool>,
}

impl House {
    pub(crate) fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().context("xtask has no parent folder")?.to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        let cache = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
            (Some(folder), _) if !folder.is_empty() => PathBuf::from(folder),
            (_, Some(home)) => PathBuf::from(home).join(".cache"),
            _ => anyhow::bail!("neither XDG_CACHE_HOME nor HOME is set, so there is no place for the tools"),
        };
        Ok(Self { root, target, cache: cache.join("gatepass"), built: Built::default() })
    }

    /// A command that runs in the repository and finds the pinned tools first.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.path());
        // The browser that the JavaScript tests start; they take it from here only.
        if let Some(chromium) = browser::chromium() {
            command.env("CHROMIUM", chromium);
        }
        command
    }

    /// A Node program that one of the npm folders has installed.
    pub(crate) fn npm_bin(&self, folder: &str, name: &str) -> Command {
        let program = self.root.join(folder).join("node_modules/.bin").join(name);
        let mut command = self.command(&program.to_string_lossy());
        command.current_dir(self.root.join(folder));
        command
    }

    fn path(&self) -> OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let tools = crate::setup::tools::folders(self);
        // A list that cannot be joined has a `:` in a folder's name; the inherited one is then the best there is.
        env::join_paths(tools.into_iter().chain(env::split_paths(&inherited))).unwrap_or(inherited)
    }
}
