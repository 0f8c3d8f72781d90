//! Runs the local AWS until it is told to stop.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Parser;
use local_aws::control;
use local_aws::server::{BASE_WORLD, LocalAws};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::signal;

/// A model of Cognito, API Gateway, Lambda function URLs and CloudFront on 127.0.0.1.
#[derive(Parser)]
struct Arguments {
    /// Serve a built web app from this directory, on the control port
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,
    /// The control port; 0 takes any that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// The world configuration (JSON) to use in the place of the built-in one
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// The origin of the page that calls the doors, in the place of the control origin
    #[arg(long, value_name = "URL")]
    page_origin: Option<String>,
    /// Stop when standard input is closed
    #[arg(long)]
    exit_with_stdin: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let world = match &arguments.world {
        Some(file) => {
            std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?
        }
        None => BASE_WORLD.to_owned(),
    };
    let listener = TcpListener::bind(("127.0.0.1", arguments.port))
        .await
        .map_err(|error| format!("cannot listen on 127.0.0.1:{}: {error}; choose another --port", arguments.port))?;
    let aws = LocalAws::start(&listener, serde_json::from_str(&world)?, arguments.page_origin).await?;
    let control_origin = aws.origins().control.clone();
    let serving = axum::serve(listener, control::router(aws, arguments.page.as_deref()));

    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", json!({ "ready": true, "control": control_origin }))?;
    stdout.flush()?;

    tokio::select! {
        served = serving.into_future() => Ok(served?),
        () = told_to_stop(arguments.exit_with_stdin) => Ok(()),
    }
}

async fn told_to_stop(exit_with_stdin: bool) {
    let stdin_closed = async {
        if exit_with_stdin {
            let mut ignored = Vec::new();
            // An error reading it means that it is gone as well.
            let _ = tokio::io::stdin().read_to_end(&mut ignored).await;
        } else {
            std::future::pending().await
        }
    };
    tokio::select! {
        () = stdin_closed => {}
        _ = signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
