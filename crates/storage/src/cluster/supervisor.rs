//! Keeps PostgreSQL running: a thread waits for its end and starts it again unless the end was asked for.

use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};

use super::error::ClusterError;
use super::postmaster::{Launcher, signal_process};

/// Pause before the first new start, doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// After running this long a server counts as healthy, and the pause begins anew.
const HEALTHY: Duration = Duration::from_secs(10);

/// A running PostgreSQL and the thread that watches it.
#[derive(Debug)]
pub(super) struct Supervisor {
    watch: Arc<Watch>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Watch {
    launcher: Launcher,
    state: Mutex<State>,
    changed: Condvar,
}

/// The child is collected only with this locked, so a process id taken from it under the lock is never another's.
#[derive(Debug)]
struct State {
    child: Option<Child>,
    stopping: bool,
}

impl State {
    fn pid(&self) -> Option<Pid> {
        self.child.as_ref().and_then(|child| i32::try_from(child.id()).ok()).and_then(Pid::from_raw)
    }
}

impl Supervisor {
    /// Takes charge of a running server.
    pub(super) fn watch(launcher: Launcher, child: Child) -> Result<Self, ClusterError> {
        let state = Mutex::new(State { child: Some(child), stopping: false });
        let watch = Arc::new(Watch { launcher, state, changed: Condvar::new() });
        let mut supervisor = Self { watch: Arc::clone(&watch), thread: None };
        let thread = std::thread::Builder::new().name("postgres-supervisor".to_owned()).spawn(move || watch.run());
        match thread {
            Ok(thread) => supervisor.thread = Some(thread),
            Err(error) => {
                supervisor.end_unwatched();
                return Err(ClusterError::StartFailed { output: format!("no thread to watch it: {error}") });
            }
        }
        Ok(supervisor)
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.watch.lock().child.as_ref().map(Child::id)
    }

    /// Fast shutdown; firmer after half a minute.
    pub(super) fn stop(&mut self) -> Result<(), ClusterError> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        let result = self.watch.stop();
        if thread.join().is_err() {
            tracing::error!("the thread that watched PostgreSQL panicked");
        }
        result
    }

    /// Without a thread nobody else collects the child.
    fn end_unwatched(&self) {
        let mut state = self.watch.lock();
        if let (Some(pid), Some(mut child)) = (state.pid(), state.child.take()) {
            signal_process(pid, Signal::QUIT);
            let _ = child.wait();
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "stopping PostgreSQL");
        }
    }
}

impl Watch {
    /// A panic while the lock was held leaves the state whole: every change is one assignment.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let begun = Instant::now();
            let Some(pid) = self.lock().pid() else { return };
            wait_for_end(pid);
            if self.collect() {
                return;
            }
            if begun.elapsed() > HEALTHY {
                pause = FIRST_PAUSE;
            }
            if !self.start_again(&mut pause) {
                return;
            }
        }
    }

    /// Takes note of the end; whether it was asked for.
    fn collect(&self) -> bool {
        let mut state = self.lock();
        let status = state.child.take().map(|mut child| child.wait());
        self.changed.notify_all();
        if !state.stopping {
            let status = status.and_then(Result::ok).map(|status| status.to_string()).unwrap_or_default();
            tracing::error!(status, "PostgreSQL ended unexpectedly; starting it again");
        }
        state.stopping
    }

    /// Tries until a process runs; `false` when a stop was asked for meanwhile.
    fn start_again(&self, pause: &mut Duration) -> bool {
        loop {
            let state = self.lock();
            let waited = self.changed.wait_timeout_while(state, *pause, |state| !state.stopping);
            let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if state.stopping {
                return false;
            }
            *pause = LONGEST_PAUSE.min(*pause * 2);
            self.launcher.quit_leftovers();
            match self.launcher.spawn() {
                Ok(child) => {
                    tracing::info!(pid = child.id(), "PostgreSQL started again");
                    state.child = Some(child);
                    return true;
                }
                Err(error) => tracing::error!(%error, "PostgreSQL could not be started again"),
            }
        }
    }

    fn stop(&self) -> Result<(), ClusterError> {
        let mut state = self.lock();
        state.stopping = true;
        self.changed.notify_all();
        let mut killed = None;
        for (signal, patience) in [(Signal::INT, 30), (Signal::QUIT, 10), (Signal::KILL, 10)] {
            let Some(pid) = state.pid() else { break };
            if signal != Signal::INT {
                killed = Some(pid.as_raw_pid());
            }
            signal_process(pid, signal);
            let patience = Duration::from_secs(patience);
            let waited = self.changed.wait_timeout_while(state, patience, |state| state.child.is_some());
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        killed.map_or(Ok(()), |pid| Err(ClusterError::StopFailed { pid }))
    }
}

/// Waits without collecting the child: its process id stays its own until [`Watch::collect`].
fn wait_for_end(pid: Pid) {
    while let Err(error) = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
        if error != rustix::io::Errno::INTR {
            tracing::error!(%error, "could not wait for PostgreSQL");
            return;
        }
    }
}
