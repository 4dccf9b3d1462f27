//! Child processes that lead a group of their own, so that one signal reaches all of theirs (workerd, chromium).
//!
//! Plain `std` processes, not tokio's: a shared edge or driver outlives the runtime of the test that started it.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a start may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running child, its stdin and the lines of its stdout.
pub(crate) struct Process {
    child: Child,
    /// Dropped or closed with us: the children take that as a call to stop.
    pub(crate) stdin: ChildStdin,
    lines: Mutex<Receiver<String>>,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let program = command.get_program().display().to_string();
        let child = command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("could not start {program}: {error}"));
        let stdin = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _nobody_waits = sender.send(line);
            }
        });
        Self { child, stdin, lines: Mutex::new(lines) }
    }

    /// The first line that `pick` accepts. `None` when the child ended or took too long.
    pub(crate) fn line<T>(&self, pick: impl Fn(&str) -> Option<T>) -> Option<T> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let line = lines.recv_timeout(PATIENCE).ok()?;
            if let Some(found) = pick(&line) {
                return Some(found);
            }
        }
    }

    /// SIGKILL for the whole group: nobody gets to flush anything.
    pub(crate) fn kill_9(&mut self) {
        self.signal(Signal::KILL);
        let _reaped = self.child.wait();
    }

    /// SIGTERM for the child alone, which stops its own children in order.
    pub(crate) fn stop(&mut self) {
        if let Some(pid) = self.pid() {
            let _already_gone = rustix::process::kill_process(pid, Signal::TERM);
        }
        let _reaped = self.child.wait();
        self.signal(Signal::KILL); // whoever of the group is still there
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.pid() {
            let _already_gone = kill_process_group(group, signal);
        }
    }

    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }
}
