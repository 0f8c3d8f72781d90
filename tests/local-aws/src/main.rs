//! Runs the local AWS until it is told to stop.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use local_aws::control;
use local_aws::server::{BASE_WORLD, LocalAws};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

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

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = Runtime::new().map_err(Into::into).and_then(|runtime| {
        let ended = runtime.block_on(run(&arguments));
        // A thread may still be reading standard input; it must not keep us.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local-aws: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let world = match &arguments.world {
        Some(file) => {
            std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?
        }
        None => BASE_WORLD.to_owned(),
    };
    let listener = TcpListener::bind(("127.0.0.1", arguments.port))
        .await
        .map_err(|error| format!("cannot listen on 127.0.0.1:{}: {error}; choose another --port", arguments.port))?;
    let aws = LocalAws::start(&listener, serde_json::from_str(&world)?, arguments.page_origin.clone()).await?;
    let control_origin = aws.origins().control.clone();
    let serving = axum::serve(listener, control::router(aws, arguments.page.as_deref()));

    // Before anybody knows that we are there.
    let signalled = signals()?;
    let mut stdout = io::stdout();
    writeln!(stdout, "{}", json!({ "ready": true, "control": control_origin }))?;
    stdout.flush()?;

    tokio::select! {
        served = serving.into_future() => Ok(served?),
        () = told_to_stop(signalled, arguments.exit_with_stdin) => Ok(()),
    }
}

async fn told_to_stop(signalled: impl Future<Output = ()>, exit_with_stdin: bool) {
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
        () = signalled => {}
    }
}

/// Listens to signals from the moment of the call on.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move { drop(ctrl_c.recv().await) })
}
