//! What a page downloads, beside what it may.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::house::House;
use crate::process;

/// A limit in bytes after brotli 11, and what we would like to reach.
struct Budget {
    what: &'static str,
    limit: u64,
    aim: Option<u64>,
    /// What is failed above: the limit, or, where that is missed for now, what was reached (ADR 9). It only ever goes down.
    held: u64,
}

/// A page with `createClient`, SRP sign-in, Bearer and SigV4 calls must not cost more than aws-amplify's auth and api
/// do, and should not cost more than amazon-cognito-identity-js and aws4fetch.
const BUDGETS: &[Budget] = &[
    Budget { what: "page", limit: 44_800, aim: Some(27_200), held: 63_800 },
    Budget { what: "diagnosis, en", limit: 60_000, aim: None, held: 60_000 },
    Budget { what: "diagnosis, ja", limit: 60_000, aim: None, held: 60_000 },
    // All that signs, without the core: what it adds there cannot be more.
    Budget { what: "sigv4 module", limit: 14_000, aim: None, held: 14_000 },
];

/// Prints the sizes beside their budgets and fails where one is larger than may be.
pub(crate) fn check(house: &House) -> Result<()> {
    let mut node: Command = house.command("node");
    let measured = process::output(node.arg("pkg/scripts/sizes.mjs"))?;
    let rows: Value = serde_json::from_str(&measured).context("pkg/scripts/sizes.mjs did not print JSON")?;
    let rows = rows.as_array().context("pkg/scripts/sizes.mjs did not print a list")?;

    println!("\n{:<22} {:>9} {:>9} {:>9}   budget (brotli)", "bytes", "raw", "gzip", "brotli 11");
    let mut over = Vec::new();
    for row in rows {
        let size = |name: &str| row.get(name).and_then(Value::as_u64).context("a size is missing");
        let what = row.get("what").and_then(Value::as_str).context("a name is missing")?;
        let brotli = size("brotli")?;
        let verdict = BUDGETS.iter().find(|budget| budget.what == what).map(|budget| budget.judge(brotli));
        println!(
            "{what:<22} {:>9} {:>9} {brotli:>9}   {}",
            size("raw")?,
            size("gzip")?,
            verdict.as_deref().unwrap_or("")
        );
        if BUDGETS.iter().any(|budget| budget.what == what && brotli > budget.held) {
            over.push(what);
        }
    }
    println!("page: createClient, SRP sign-in, Bearer and SigV4 calls; JavaScript and WebAssembly\n");
    if let Some(budget) =
        BUDGETS.iter().find(|budget| !rows.iter().any(|row| row.get("what") == Some(&budget.what.into())))
    {
        bail!("the size of `{}` was not measured", budget.what);
    }
    if !over.is_empty() {
        bail!("larger than may be: {}", over.join(", "));
    }
    Ok(())
}

impl Budget {
    fn judge(&self, brotli: u64) -> String {
        let verdict = match brotli {
            _ if brotli <= self.limit => "ok",
            _ if brotli <= self.held => "over, as known (ADR 9)",
            _ => "OVER",
        };
        let aim = self.aim.map(|aim| format!(", aim {aim}: {:.0} %", percent(brotli, aim))).unwrap_or_default();
        format!("{verdict}: {:.0} % of {}{aim}", percent(brotli, self.limit), self.limit)
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole as f64
}
