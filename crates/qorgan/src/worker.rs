//! The thread that chases deadlines: takes its turn, waits, takes the next, until the program stops.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{SubsecRound, Utc};
use qorgan_storage::worker::{Worker, WorkerMonitor, WorkerState};

use crate::settings::WorkerSettings;

/// How long a turn may take beyond the wait for it before the worker counts as stalled: statements end after 30 s.
const PATIENCE: Duration = Duration::from_secs(60);

/// The running thread. It ends with this value, after the turn under way.
pub(crate) struct RunningWorker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RunningWorker {
    /// Starts the thread on a connection of its own to `url`.
    pub(crate) fn start(settings: &WorkerSettings, url: &str, monitor: Arc<WorkerMonitor>) -> std::io::Result<Self> {
        let (stop, asked) = channel();
        let (settings, url) = (settings.clone(), url.to_owned());
        // From now on silence is noticed, also if the thread never takes a turn.
        monitor.say(WorkerState::StandingBy, settings.poll + PATIENCE);
        let thread = std::thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || run(&settings, &url, &monitor, &asked))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in a turn was caught and told; there is nothing else to learn.
            let _ = thread.join();
        }
    }
}

fn run(settings: &WorkerSettings, url: &str, monitor: &WorkerMonitor, asked: &Receiver<()>) {
    let mut worker = Worker::new(url.to_owned(), settings.batch);
    let mut was = WorkerState::None;
    loop {
        // A panic must not leave the region without a worker: the next turn begins on a fresh one.
        let turn = catch_unwind(AssertUnwindSafe(|| worker.turn(Utc::now().trunc_subsecs(6))));
        let state = match turn {
            Ok(Ok(done)) => {
                if done.deadlines > 0 {
                    tracing::info!(done.deadlines, done.reminders, done.escalations, "deadlines chased");
                }
                if worker.leads() { WorkerState::Leading } else { WorkerState::StandingBy }
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the worker's turn failed");
                WorkerState::Failing
            }
            Err(_) => {
                worker = Worker::new(url.to_owned(), settings.batch);
                WorkerState::Failing
            }
        };
        if state != was {
            tracing::info!(state = state.as_str(), "worker");
            was = state;
        }
        monitor.say(state, settings.poll + PATIENCE);
        match asked.recv_timeout(settings.poll) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
