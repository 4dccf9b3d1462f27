//! Every process that xtask starts, so that none survives it.
//!
//! Each child leads a process group of its own and is remembered until it was waited for. Ctrl-C, SIGTERM or a closed
//! terminal first ask all groups to stop, then kill what is left after a grace period, and end xtask. A group, not a
//! process, because cargo, npm and node have children themselves (rustc, workerd).

use std::{
    os::unix::process::CommandExt as _,
    process::{self, Child, Command},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpid};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

/// How long a group may take to stop by itself. node needs a moment to close workerd's databases.
const GRACE: Duration = Duration::from_secs(4);
/// How often we look whether a group is gone.
const LOOK_EVERY: Duration = Duration::from_millis(20);

static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());
static ENDING: AtomicBool = AtomicBool::new(false);

/// Starts `command` as leader of a new group and remembers it.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    let name = command.get_program().display().to_string();
    let child = command.process_group(0).spawn().with_context(|| format!("could not start {name}"))?;
    if let Some(group) = group(child.id()) {
        GROUPS.lock().unwrap_or_else(PoisonError::into_inner).push(group);
    }
    Ok(child)
}

/// Forgets a child that was waited for: its number may belong to somebody else from now on.
pub(crate) fn forget(child: &Child) {
    forget_id(child.id());
}

/// The same, where waiting consumed the child.
pub(crate) fn forget_id(id: u32) {
    let group = group(id);
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| Some(*known) != group);
}

/// Stops the whole group of one child and waits until it is gone.
pub(crate) fn stop(child: &Child) {
    if let Some(group) = group(child.id()) {
        stop_groups(&[group]);
    }
    forget(child);
}

/// From now on a signal stops all children and ends xtask. `exit_code` is 0 where Ctrl-C is the normal end.
pub(crate) fn stop_all_on_signal(exit_code: i32) -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("could not listen for signals")?;
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            ENDING.store(true, Ordering::SeqCst);
            eprintln!("\nstopping …");
            let groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner).clone();
            stop_groups(&groups);
            process::exit(exit_code);
        }
    });
    Ok(())
}

/// Called at the end of `main`: while a signal is ending us, our children's deaths are no failures to report, and the
/// exit code is the signal thread's to choose.
pub(crate) fn let_signal_end_us() {
    while ENDING.load(Ordering::SeqCst) {
        thread::park();
    }
}

fn stop_groups(groups: &[Pid]) {
    for group in groups {
        let _gone_already = kill_process_group(*group, Signal::TERM);
    }
    let deadline = crate::progress::now() + GRACE;
    while groups.iter().any(|group| is_alive(*group)) {
        if crate::progress::now() > deadline {
            for group in groups {
                let _gone_already = kill_process_group(*group, Signal::KILL);
            }
            return;
        }
        pause(LOOK_EVERY);
    }
}

/// A dead child that nobody waited for still looks alive, so its leader is collected first.
fn is_alive(group: Pid) -> bool {
    let _leader_runs_on = waitpid(Some(group), WaitOptions::NOHANG);
    test_kill_process_group(group).is_ok()
}

fn group(id: u32) -> Option<Pid> {
    i32::try_from(id).ok().and_then(Pid::from_raw)
}

#[expect(clippy::disallowed_methods, reason = "a native tool; the ban is for wasm")]
fn pause(time: Duration) {
    thread::sleep(time);
}
