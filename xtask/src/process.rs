//! Child processes: started in groups of their own, so that nothing outlives the command that started it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// On Ctrl-C (or a request to terminate) ends every child and whatever the child has started, then this process.
pub(crate) fn on_signal_end_children() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let groups = groups().clone();
        for group in &groups {
            end(*group);
        }
        // 128 + SIGINT, as a shell reports it.
        std::process::exit(130);
    })
    .context("cannot listen for Ctrl-C")
}

/// Ends this process with a failure that has already been explained.
pub(crate) fn exit_with_failure() -> ! {
    std::process::exit(1)
}

/// A child in a process group of its own, which ends with this value.
pub(crate) struct Running {
    pub(crate) child: Child,
    group: i32,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        // The lock is held until the group is written down: a signal in between would leave the child behind.
        let mut groups = groups();
        let child = command.process_group(0).spawn().with_context(|| format!("cannot start {}", describe(command)))?;
        let group = i32::try_from(child.id()).context("the process id is out of range")?;
        groups.insert(group);
        Ok(Self { child, group })
    }

    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait().context("cannot wait for a child process")?;
        // The signal handler is at work and ends this process when all children are gone.
        while INTERRUPTED.load(Ordering::SeqCst) {
            thread::park();
        }
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            drop(self.child.stdin.take());
            let _ = signal(self.group, Signal::SIGTERM);
            let _ = self.child.wait();
        }
        end(self.group);
        groups().remove(&self.group);
    }
}

/// Runs to the end; an exit code other than zero is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = Running::start(command)?.wait()?;
    success(command, status)
}

/// Runs to the end in silence and gives the standard output back; what it said is shown when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let mut running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let stderr = running.child.stderr.take().map(|stream| thread::spawn(move || read(stream)));
    let stdout = running.child.stdout.take().map(read).unwrap_or_default();
    let stderr = stderr.and_then(|thread| thread.join().ok()).unwrap_or_default();
    let status = running.wait()?;
    if !status.success() {
        print!("{stdout}");
        eprint!("{stderr}");
    }
    success(command, status).map(|()| stdout)
}

/// Runs to the end, shows the output as it comes and gives it back with the exit status.
pub(crate) fn tee(command: &mut Command) -> Result<(ExitStatus, String)> {
    let mut running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let stderr = running.child.stderr.take().map(|stream| thread::spawn(move || copy(stream, &mut std::io::stderr())));
    let mut said = running.child.stdout.take().map(|stream| copy(stream, &mut std::io::stdout())).unwrap_or_default();
    said.push_str(&stderr.and_then(|thread| thread.join().ok()).unwrap_or_default());
    Ok((running.wait()?, said))
}

fn success(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{} failed ({status})", describe(command));
    }
    Ok(())
}

/// The command as a person would type it.
fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn read(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    // A child that closes its output early has said all that it had to say.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn copy(stream: impl Read, shown: &mut impl Write) -> String {
    let mut reader = BufReader::new(stream);
    let (mut all, mut line) = (Vec::new(), Vec::new());
    while matches!(reader.read_until(b'\n', &mut line), Ok(read) if read > 0) {
        let _ = shown.write_all(&line).and_then(|()| shown.flush());
        all.append(&mut line);
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// Asks a process group to end, waits for it, and ends it by force when it does not.
fn end(group: i32) {
    if !signal(group, Signal::SIGTERM) {
        return;
    }
    for _ in 0..100 {
        if !alive(group) {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    let _ = signal(group, Signal::SIGKILL);
}

fn signal(group: i32, signal: Signal) -> bool {
    killpg(Pid::from_raw(group), signal).is_ok()
}

fn alive(group: i32) -> bool {
    killpg(Pid::from_raw(group), None).is_ok()
}

fn groups() -> MutexGuard<'static, BTreeSet<i32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}
