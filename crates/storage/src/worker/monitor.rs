//! Whether the worker of this process is well, for `/readyz`.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How the worker of a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerState {
    /// This process runs none.
    None,
    /// It is the one that works.
    Leading,
    /// Another process works; this one takes its place when needed.
    StandingBy,
    /// Its last turn failed, as while the database is away.
    Failing,
    /// It ended, or has not come back from its last turn.
    Stalled,
}

impl WorkerState {
    /// Its code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Leading => "leading",
            Self::StandingBy => "standing_by",
            Self::Failing => "failing",
            Self::Stalled => "stalled",
        }
    }
}

/// What the worker's thread says of itself.
#[derive(Debug, Default)]
pub struct WorkerMonitor(Mutex<Option<Word>>);

#[derive(Debug, Clone, Copy)]
struct Word {
    state: WorkerState,
    at: Instant,
    /// How long it may stay silent.
    patience: Duration,
}

impl WorkerMonitor {
    /// Says how a turn went; `patience` is how long the next word may take.
    pub fn say(&self, state: WorkerState, patience: Duration) {
        let word = Word { state, at: Instant::now(), patience };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
    }

    /// How the worker is.
    #[must_use]
    pub fn state(&self) -> WorkerState {
        let word = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match word {
            None => WorkerState::None,
            Some(word) if word.at.elapsed() > word.patience => WorkerState::Stalled,
            Some(word) => word.state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_falls_silent_is_seen() {
        let monitor = WorkerMonitor::default();
        assert_eq!(monitor.state(), WorkerState::None);
        monitor.say(WorkerState::Leading, Duration::from_secs(60));
        assert_eq!(monitor.state(), WorkerState::Leading);
        monitor.say(WorkerState::Leading, Duration::ZERO);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(monitor.state(), WorkerState::Stalled);
    }
}
