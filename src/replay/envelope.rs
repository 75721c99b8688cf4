//! A command in a process group of its own, which ends with it or at the time limit, whatever it started.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::attempt::{Attempt, Ending};
use super::capture::Capture;
use super::command::Command;
use crate::lock::lock;

/// How a command is run.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Time after which its process group is ended.
    pub timeout: Duration,
    /// Time between asking the group to end (SIGTERM) and ending it (SIGKILL).
    pub grace: Duration,
    /// Working folder.
    pub dir: PathBuf,
}

/// How often an interruption is looked for.
const LOOK: Duration = Duration::from_millis(50);
/// How long what was written is waited for, once the group has ended.
const DRAIN: Duration = Duration::from_secs(2);

impl Envelope {
    /// Runs a command once: no standard input, output captured. When its first process has ended, or the time is over,
    /// or `stop` is set, every process of its group is ended. A process that made a group of its own is not reached.
    #[must_use]
    pub fn run(&self, command: &Command, stop: &AtomicBool) -> Attempt {
        let begun = Instant::now();
        let capture = Arc::new(Mutex::new(Capture::default()));
        let mut escaped = false;
        let ending = match self.start(command) {
            Err(error) => Ending::NotStarted(error.to_string()),
            Ok(mut child) => {
                let drained = drain(&mut child, &capture);
                let ending = match &drained {
                    Ok(_) => self.wait(&mut child, begun, stop),
                    Err(_) => unwatched(&mut child),
                };
                // The writing ends of the pipes are gone with the group, unless somebody took them along.
                let until = Instant::now() + DRAIN;
                escaped = drained.is_ok_and(|drained| {
                    (0..2).any(|_| drained.recv_deadline(until) == Err(RecvTimeoutError::Timeout))
                });
                match ending {
                    // As shells and `env` say that they did not find, or may not run, the command.
                    Ending::Failed(status @ (126 | 127)) => Ending::NotStarted(format!(
                        "status {status} says that the command was not found or may not be run"
                    )),
                    ending => ending,
                }
            }
        };
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let output = lock(&capture).kept();
        Attempt { ending, duration_ms, output, escaped }
    }

    fn start(&self, command: &Command) -> io::Result<Child> {
        let (program, arguments) = command.words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut process = std::process::Command::new(program);
        process
            .args(arguments)
            .envs(command.assignments.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut process, 0);
        process.spawn()
    }

    /// Waits for the first process, and ends the group.
    fn wait(&self, child: &mut Child, begun: Instant, stop: &AtomicBool) -> Ending {
        let Ok(ended) = watch(child) else { return unwatched(child) };
        let mut outcome = None;
        while outcome.is_none() {
            let left = self.timeout.saturating_sub(begun.elapsed());
            outcome = match ended.recv_timeout(left.min(LOOK)) {
                Ok(()) | Err(RecvTimeoutError::Disconnected) => Some(None),
                Err(RecvTimeoutError::Timeout) if stop.load(Ordering::Relaxed) => Some(Some(Ending::Stopped)),
                Err(RecvTimeoutError::Timeout) if begun.elapsed() >= self.timeout => Some(Some(Ending::TimedOut)),
                Err(RecvTimeoutError::Timeout) => None,
            };
        }
        let early = outcome.flatten();
        if early.is_some() {
            signal::ask_to_end(child);
            let _ = ended.recv_timeout(self.grace);
        }
        // Also when the first process has ended by itself: what it left behind goes with it. It was not yet waited for,
        // so that its number, which is the group's, cannot be another's.
        signal::end(child);
        let status = child.wait();
        early.unwrap_or_else(|| ending(status))
    }
}

/// Ends a process that nobody can watch: what it came to would say nothing.
fn unwatched(child: &mut Child) -> Ending {
    signal::end(child);
    let _ = child.wait();
    Ending::NotStarted("no thread could be started to watch it: raise the limit of processes (ulimit -u)".into())
}

fn ending(status: io::Result<ExitStatus>) -> Ending {
    let status = match status {
        Ok(status) => status,
        Err(error) => return Ending::NotStarted(format!("its status cannot be told: {error}")),
    };
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Ending::Signal(signal);
    }
    match status.code() {
        Some(0) => Ending::Passed,
        code => Ending::Failed(code.unwrap_or(-1)),
    }
}

/// Reads both outputs as they come; each end of one is told. Not joined: a process that left the group may hold them.
fn drain(child: &mut Child, capture: &Arc<Mutex<Capture>>) -> io::Result<Receiver<()>> {
    let (done, drained) = crossbeam_channel::bounded(2);
    let read = |mut pipe: Box<dyn Read + Send>, done: Sender<()>| {
        let capture = Arc::clone(capture);
        let reader = std::thread::Builder::new().spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                match pipe.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(len) => lock(&capture).add(&buffer[..len]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            let _ = done.send(());
        });
        reader.map(drop)
    };
    for pipe in
        [child.stdout.take().map(|out| Box::new(out) as Box<_>), child.stderr.take().map(|err| Box::new(err) as Box<_>)]
    {
        match pipe {
            Some(pipe) => read(pipe, done.clone())?,
            None => drop(done.send(())),
        }
    }
    Ok(drained)
}

/// Tells when the first process has ended, without taking its status away.
#[cfg(unix)]
fn watch(child: &Child) -> io::Result<Receiver<()>> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    let (done, ended) = crossbeam_channel::bounded(1);
    let pid = Pid::from_child(child);
    std::thread::Builder::new().spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), options), Err(rustix::io::Errno::INTR)) {}
        let _ = done.send(());
    })?;
    Ok(ended)
}

#[cfg(unix)]
mod signal {
    use std::process::Child;

    use rustix::process::{Pid, Signal, kill_process_group};

    /// A group that is gone needs no signal.
    pub(super) fn ask_to_end(child: &Child) {
        let _ = kill_process_group(Pid::from_child(child), Signal::TERM);
    }

    pub(super) fn end(child: &Child) {
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
}
