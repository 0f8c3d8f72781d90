//! Broken set-ups: each is a configuration with one fault, a call that fails because of it, and what mends it.

use json_patch::Patch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::world::{InvalidWorld, substitute};

const FILES: [&str; 22] = [
    include_str!("H01.json"),
    include_str!("H02.json"),
    include_str!("H03.json"),
    include_str!("H04.json"),
    include_str!("H05.json"),
    include_str!("H09.json"),
    include_str!("H12.json"),
    include_str!("R01.json"),
    include_str!("R02.json"),
    include_str!("R06.json"),
    include_str!("R09.json"),
    include_str!("R10.json"),
    include_str!("R11.json"),
    include_str!("R12.json"),
    include_str!("R25.json"),
    include_str!("R26.json"),
    include_str!("R27.json"),
    include_str!("C01.json"),
    include_str!("C02.json"),
    include_str!("C05.json"),
    include_str!("L02.json"),
    include_str!("S01.json"),
];

/// A set-up with one fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// What the outside sees of it.
    pub about: About,
    /// What it adds to the world (RFC 7386), the fault included.
    pub world: Value,
    /// What mends the fault (RFC 6902). Empty when the caller has to change something.
    #[serde(default)]
    pub fix: Patch,
}

/// What the outside sees of a scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct About {
    /// The case it shows.
    pub id: String,
    /// The article that tells of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Where the fault lies.
    pub layer: String,
    /// What is wrong.
    pub title: Text,
    /// How somebody gets there.
    pub story: Text,
    /// What mends it.
    pub fix_title: Text,
    /// The call that fails.
    pub request: Call,
    /// The call after the fix, where the caller has to change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_request: Option<Call>,
    /// The route of the SDK's configuration that the call takes.
    pub route: Value,
    /// The route after the fix, where the caller has to change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_route: Option<Value>,
    /// Who is signed in.
    pub user: User,
    /// What a browser makes of it.
    pub expect: Expectation,
}

/// A text in both languages.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

/// A call that the page makes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Where to.
    pub url: String,
    /// The method.
    pub method: String,
    /// Headers that the page sets itself.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The credentials mode, where the page sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
}

/// Who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum User {
    /// A member of the group `general`.
    General,
    /// A member of the group `admin`.
    Admin,
    /// Nobody.
    None,
}

/// What a browser makes of the call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expectation {
    /// The finding that names the fault.
    pub code: String,
    /// Chromium's `Network.CorsError`; `None` when the answer can be read.
    pub cors_error: Option<String>,
    /// The status of the answer that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The status once it is mended.
    pub fixed_status: u16,
}

/// Whether the fault is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is.
    #[default]
    Broken,
    /// It is mended.
    Fixed,
}

/// All scenarios, for a page of this origin.
///
/// # Errors
/// When one of them does not read.
pub fn all(page: &str) -> Result<Vec<Scenario>, InvalidWorld> {
    let read = |file: &&str| {
        let mut scenario: Value = serde_json::from_str(file)?;
        substitute(&mut scenario, "$PAGE", page);
        serde_json::from_value(scenario)
    };
    let scenarios: Result<_, serde_json::Error> = FILES.iter().map(read).collect();
    scenarios.map_err(|error| InvalidWorld(error.to_string()))
}
