//! `cargo xtask build`: leaves pkg/ ready for `npm pack`, and holds its sizes against the budgets.

mod sizes;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gatepass::diagnosis::Locale;
use gatepass::diagnosis::text::of_page;

use crate::clock::Stopwatch;
use crate::house::House;
use crate::setup::{self, Part, Tool, tools};
use crate::{lockfile, process};

/// A WebAssembly module of the package: the crate's feature that holds its exports, and its file in pkg/dist.
struct Module {
    feature: &'static str,
    name: &'static str,
    hashing: Hashing,
}

/// How the module hashes.
enum Hashing {
    /// A loop of a few hundred bytes.
    Small,
    /// Its rounds written out: a kilobyte more, and three times as fast.
    Fast,
}

const MODULES: &[Module] = &[
    Module { feature: "client", name: "core", hashing: Hashing::Small },
    Module { feature: "diagnosis", name: "diagnosis", hashing: Hashing::Small },
    Module { feature: "exchange", name: "exchange", hashing: Hashing::Small },
    Module { feature: "sigv4", name: "signer", hashing: Hashing::Fast },
];

/// Builds the package, prints its sizes and fails where one is over its budget.
pub(crate) fn run(house: &House) -> Result<()> {
    package(house)?;
    sizes::check(house)
}

/// Builds the package.
pub(crate) fn package(house: &House) -> Result<()> {
    if !house.built.package.get() {
        make(house)?;
        house.built.package.set(true);
    }
    Ok(())
}

fn make(house: &House) -> Result<()> {
    let watch = Stopwatch::start();
    undo_wasm_pack(house)?;
    setup::ensure(house, Part::BUILD)?;
    let dist = house.root.join("pkg/dist");
    if dist.exists() {
        fs::remove_dir_all(&dist).with_context(|| format!("cannot empty {}", dist.display()))?;
    }
    println!("build: TypeScript");
    process::run(house.command("npm").current_dir(house.root.join("pkg")).args(["run", "--silent", "build"]))?;
    for module in MODULES {
        println!("build: WebAssembly module {} (feature {})", module.name, module.feature);
        let wasm = compile(house, module)?;
        let glue = bind(house, module, &wasm)?;
        inline(house, module, &glue)?;
    }
    texts(house, &dist)?;
    println!("build: pkg/ is ready for `npm pack` ({:.0} s)", watch.elapsed().as_secs_f64());
    Ok(())
}

/// Compiles the crate with the module's exports and keeps the result apart: every feature's ends up in the same file.
fn compile(house: &House, module: &Module) -> Result<PathBuf> {
    let target = house.target.join("modules");
    let mut cargo = house.command("cargo");
    // With the crate type `rlib` beside it, cargo leaves link-time optimisation out: an eighth of the module.
    cargo.args([
        "rustc",
        "--quiet",
        "--package",
        "gatepass",
        "--lib",
        "--crate-type",
        "cdylib",
        "--release",
        "--locked",
    ]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--no-default-features", "--features", module.feature]);
    // The pinned stable compiler, with the flags that it still calls unstable (ADR 8).
    cargo.env("RUSTC_BOOTSTRAP", "1").args(OWN_STANDARD_LIBRARY).env("RUSTFLAGS", module.flags());
    cargo.arg("--target-dir").arg(&target);
    process::run(&mut cargo)?;
    let built = target.join("wasm32-unknown-unknown/release/gatepass.wasm");
    let kept = folder(house, module)?.join("compiled.wasm");
    fs::copy(&built, &kept).with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(kept)
}

/// The standard library that rustup brings is compiled for speed, and for unwinding.
const OWN_STANDARD_LIBRARY: &[&str] = &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

/// A panic is a trap without a message, which `inline.mjs` notices; nothing formats where it was, or a `Debug`.
/// With half a megabyte of stack in the place of a whole one all addresses are a byte shorter.
const SMALL_CODE: &str =
    "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none -Clink-arg=-zstack-size=524288";

impl Module {
    /// In the place of .cargo/config.toml's, which would have every module hash in the smallest way.
    fn flags(&self) -> String {
        match self.hashing {
            Hashing::Small => format!("{SMALL_CODE} --cfg sha2_backend_soft=\"compact\""),
            Hashing::Fast => SMALL_CODE.to_owned(),
        }
    }
}

/// Makes the JavaScript glue and optimises the module. Returns the glue's folder.
fn bind(house: &House, module: &Module, wasm: &Path) -> Result<PathBuf> {
    let expected = lockfile::version(house, "wasm-bindgen")?;
    let said = process::output(tools::command(house, Tool::WasmBindgen)?.arg("--version"))?;
    if said.trim() != format!("wasm-bindgen {expected}") {
        bail!("the wasm-bindgen command is `{}` and the crate is {expected}; they must be equal", said.trim());
    }
    let glue = folder(house, module)?.join("glue");
    let mut bindgen = tools::command(house, Tool::WasmBindgen)?;
    // Without the default path there is no `new URL(…, import.meta.url)`, which bundlers would chase.
    bindgen.args(["--target", "web", "--omit-default-module-path", "--remove-producers-section"]);
    bindgen.args(["--out-name", module.name, "--out-dir"]).arg(&glue).arg(wasm);
    process::run(&mut bindgen)?;

    let bound = glue.join(format!("{}_bg.wasm", module.name));
    let optimised = glue.join("optimised.wasm");
    // npm's binaryen, pinned in pkg's lock file; distributions ship versions that break the externref table in silence.
    let mut wasm_opt = house.npm_bin("pkg", "wasm-opt");
    process::run(wasm_opt.arg(&bound).arg("-o").arg(&optimised).args(FEATURES).args(WASM_OPT))?;
    Ok(glue)
}

/// What rustc's wasm32 target turns on.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// For size, after a pass that brings the control flow into a form with more to find. A large function that is called once stays one: in
/// its caller its locals would be far numbers.
const WASM_OPT: &[&str] = &[
    "--one-caller-inline-max-function-size=30",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Puts glue and module into one ES module of pkg/dist.
fn inline(house: &House, module: &Module, glue: &Path) -> Result<()> {
    process::run(house.command("node").args(["pkg/scripts/inline.mjs", module.name]).arg(glue))
}

/// What the diagnosis says, a file for each language: a page downloads its own.
fn texts(house: &House, dist: &Path) -> Result<()> {
    for locale in [Locale::En, Locale::Ja] {
        let name = format!("diagnosis-{}", locale.as_str());
        let texts = house.target.join("modules").join(format!("{name}.json"));
        fs::write(&texts, serde_json::to_string(&of_page(locale))?)?;
        process::run(house.command("node").args(["pkg/scripts/letters.mjs", &name]).arg(&texts))?;
        let declaration = format!("{name}.d.ts");
        fs::copy(house.root.join("pkg/src").join(&declaration), dist.join(declaration))?;
    }
    Ok(())
}

fn folder(house: &House, module: &Module) -> Result<PathBuf> {
    let folder = house.target.join("modules").join(module.name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// What `wasm-pack build` overwrites in pkg/, and what it adds (docs/adr/0005-wasm-pack-and-pkg.md).
const OVERWRITTEN: &[&str] = &["package.json", "README.md", "LICENSE-APACHE", "LICENSE-MIT"];
const ADDED: &[&str] =
    &["gatepass.js", "gatepass.d.ts", "gatepass_bg.js", "gatepass_bg.wasm", "gatepass_bg.wasm.d.ts", ".gitignore"];

/// Puts pkg/ back as it was before a `wasm-pack build`, if there was one.
fn undo_wasm_pack(house: &House) -> Result<()> {
    let pkg = house.root.join("pkg");
    if !is_wasm_packs(fs::read_to_string(pkg.join("package.json")).ok().as_deref()) {
        return Ok(());
    }
    println!("build: pkg/package.json is wasm-pack's; restoring ours from git");
    process::run(house.command("git").current_dir(&pkg).args(["checkout", "--quiet", "--"]).args(OVERWRITTEN))
        .context("pkg/package.json is missing or wasm-pack's; restore it with `git checkout pkg`")?;
    ADDED.iter().try_for_each(|file| remove(&pkg.join(file)))
}

/// Ours names its entries; wasm-pack's does not. One that cannot be read is
/// somebody's unfinished work, and is left alone.
fn is_wasm_packs(manifest: Option<&str>) -> bool {
    let Some(manifest) = manifest.filter(|manifest| !manifest.is_empty()) else { return true };
    serde_json::from_str::<serde_json::Value>(manifest).is_ok_and(|manifest| manifest.get("exports").is_none())
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_wasm_packs;

    #[test]
    fn tells_our_manifest_from_wasm_packs() {
        assert!(is_wasm_packs(Some(r#"{ "name": "gatepass", "main": "gatepass.js" }"#)));
        assert!(is_wasm_packs(None));
        assert!(!is_wasm_packs(Some(r#"{ "name": "gatepass", "expo"#)));
        assert!(!is_wasm_packs(Some(r#"{ "name": "gatepass", "exports": {} }"#)));
    }
}
