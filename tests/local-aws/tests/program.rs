//! The program itself: its one line on standard output, the page it serves, and the ways in which it ends.

#![cfg(test)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

struct Program {
    child: Child,
    control: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready["ready"], true);
        Self { child, control: ready["control"].as_str().unwrap().to_owned() }
    }

    async fn get(&self, path: &str) -> String {
        reqwest::get(format!("{}{path}", self.control)).await.unwrap().text().await.unwrap()
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-aws"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn it_ends_when_standard_input_is_closed() {
    let mut program = Program::start(&["--exit-with-stdin"]);
    let outputs: Value = serde_json::from_str(&program.get("/local-aws/outputs.json").await).unwrap();
    assert!(outputs["doors"]["http-api"]["origin"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    drop(program.child.stdin.take());
    assert!(program.child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_told_to() {
    for signal in ["-INT", "-TERM"] {
        // Standard input stays open, and is being read.
        let mut program = Program::start(&["--exit-with-stdin"]);
        let pid = program.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert!(program.child.wait().unwrap().success(), "{signal}");
    }
}

#[tokio::test]
async fn it_serves_a_page_and_its_routes() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenarios");
    let index = tempfile::tempdir().unwrap();
    std::fs::write(index.path().join("index.html"), "<p>page</p>").unwrap();
    std::fs::copy(page.join("H01.json"), index.path().join("asset.json")).unwrap();
    let mut program = Program::start(&[
        "--exit-with-stdin",
        "--page",
        index.path().to_str().unwrap(),
        "--page-origin",
        "http://p.example",
    ]);
    assert_eq!(program.get("/").await, "<p>page</p>");
    assert_eq!(program.get("/lab/H01").await, "<p>page</p>");
    assert!(program.get("/asset.json").await.contains("\"H01\""));
    let world: Value = serde_json::from_str(&program.get("/local-aws/world").await).unwrap();
    assert_eq!(world["doors"]["http-api"]["corsConfiguration"]["allowOrigins"][0], "http://p.example");
    drop(program.child.stdin.take());
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn it_says_what_it_cannot_use() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, says) in [
        (["--port", &port], format!("cannot listen on 127.0.0.1:{port}")),
        (["--world", "/nowhere.json"], "cannot read /nowhere.json".to_owned()),
    ] {
        let output = command(&arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && stderr.contains(&says), "{stderr}");
    }
}
