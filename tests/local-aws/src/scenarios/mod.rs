//! Broken set-ups: each is a configuration with one fault, a call that fails because of it, and what mends it.
//!
//! In the texts of a file `$PAGE` is the page's origin. In what the outside sees `$door(name)` is a door's origin,
//! `$host(name)` its host and port, and `$OLD_TOKEN` an ID token of the first user that expired long ago.

use json_patch::Patch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::world::{InvalidWorld, substitute};

macro_rules! scenarios {
    ($($id:ident)*) => {
        const FILES: &[&str] = &[$(include_str!(concat!(stringify!($id), ".json"))),*];
    };
}

// One line each, sorted.
scenarios! {
    C01
    C02
    C03
    C04
    C05
    C06
    C07
    C08
    C09
    C10
    C11
    C12
    E01
    E02
    E03
    E04
    E05
    E06
    E07
    E08
    E09
    E10
    H01
    H02
    H03
    H04
    H05
    H06
    H07
    H08
    H09
    H10
    H11
    H12
    H13
    H14
    H15
    H16
    H17
    H18
    L01
    L02
    L03
    L04
    R01
    R02
    R03
    R04
    R05
    R06
    R07
    R08
    R09
    R10
    R11
    R12
    R13
    R14
    R15
    R16
    R17
    R18
    R19
    R20
    R21
    R22
    R23
    R24
    R25
    R26
    R27
    R28
    R29
    R30
    R31
    R32
    R33
    R34
    R35
    R36
    S01
    S02
    S03
    X01
    X02
    X03
    X04
    X05
    X06
}

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
    pub layer: Layer,
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
    /// What the browser is like, where that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Browser>,
    /// What the browser is like after the fix, where that is what has to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_browser: Option<Browser>,
    /// What a browser makes of it.
    pub expect: Expectation,
}

/// Where a fault lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The app's own call.
    Client,
    /// The page: its policy, its scheme, the browser around it.
    Page,
    /// Between the browser and the first server.
    Network,
    /// CloudFront.
    Cloudfront,
    /// API Gateway.
    ApiGateway,
    /// An authorizer of API Gateway.
    Authorizer,
    /// IAM policies and signatures.
    Iam,
    /// The function or service behind.
    Integration,
    /// A local emulator.
    Emulator,
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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    /// The request mode, where the page sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The redirect mode, where the page sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// The address space that the page says the server is in (Local Network Access).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_address_space: Option<String>,
}

/// What only a browser can be.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Browser {
    /// The page's content security policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csp: Option<String>,
    /// Whether it has no connection.
    #[serde(default, skip_serializing_if = "is_false")]
    pub offline: bool,
    /// Whether an extension blocks the URL.
    #[serde(default, skip_serializing_if = "is_false")]
    pub blocked: bool,
    /// Where the page is from, if not from this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageScheme>,
    /// What the user said to the page's wish to reach more private networks than its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_network: Option<Permission>,
}

/// The scheme of a page on the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageScheme {
    /// A secure context.
    Https,
    /// None.
    Http,
}

/// An answer to a permission prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Yes.
    Granted,
    /// No.
    Denied,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's own convention")]
fn is_false(value: &bool) -> bool {
    !value
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
    /// Chromium's `Network.CorsError`; `None` when the answer can be read, or the call fails for another reason.
    pub cors_error: Option<String>,
    /// What CDP names beside it: a header, a method, a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_parameter: Option<String>,
    /// Chromium's `errorText` where the call fails for no reason of CORS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_error: Option<String>,
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
