//! Stopping when asked: Ctrl-C, SIGTERM, or the terminal that was closed.
//!
//! Watched from the very start, not only while requests are served: an interruption during the first start must stop
//! the private PostgreSQL too. A second request ends the program at once.

use std::future::poll_fn;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use actix_web::rt::Runtime;
use actix_web::rt::signal::unix::{Signal, SignalKind, signal};

use crate::output;

type Action = Box<dyn FnOnce() + Send>;

/// Whether the program was asked to stop.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    asked: bool,
    action: Option<Action>,
}

impl Stop {
    /// Begins to watch for signals.
    pub(crate) fn watch() -> io::Result<Self> {
        let stop = Self::default();
        let watcher = stop.clone();
        let (ready, installed) = sync_channel(1);
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || watcher.run(&ready))?;
        installed.recv().unwrap_or_else(|_| Err(io::Error::other("the thread for signals ended")))?;
        Ok(stop)
    }

    /// Whether a stop was asked for.
    pub(crate) fn asked(&self) -> bool {
        self.lock().asked
    }

    /// What to do when asked; at once if that was before.
    pub(crate) fn then(&self, action: impl FnOnce() + Send + 'static) {
        let mut state = self.lock();
        if state.asked {
            drop(state);
            action();
        } else {
            state.action = Some(Box::new(action));
        }
    }

    /// Every change of the state is one assignment, so a panic elsewhere leaves it whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self) {
        let mut state = self.lock();
        if state.asked {
            output::complain("stopped at once, as asked twice");
            std::process::exit(1);
        }
        state.asked = true;
        let action = state.action.take();
        drop(state);
        tracing::info!("stopping");
        if let Some(action) = action {
            action();
        }
    }

    fn run(&self, ready: &SyncSender<io::Result<()>>) {
        let runtime = match Runtime::new() {
            Ok(runtime) => runtime,
            Err(error) => return drop(ready.send(Err(error))),
        };
        runtime.block_on(async {
            let mut signals = match installed() {
                Ok(signals) => signals,
                Err(error) => return drop(ready.send(Err(error))),
            };
            let _ = ready.send(Ok(()));
            loop {
                poll_fn(|context| {
                    // Every one is polled: each must leave its waker.
                    let arrived = signals.iter_mut().filter_map(|signal| match signal.poll_recv(context) {
                        Poll::Ready(Some(())) => Some(()),
                        Poll::Ready(None) | Poll::Pending => None,
                    });
                    if arrived.count() > 0 { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                self.ask();
            }
        });
    }
}

fn installed() -> io::Result<Vec<Signal>> {
    let mut signals = vec![signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    if !ignores_hangup() {
        signals.push(signal(SignalKind::hangup())?);
    }
    Ok(signals)
}

/// Whether the program was started to outlive its terminal (`nohup`). Handling the signal would undo that.
fn ignores_hangup() -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return true };
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // Bit 0 stands for signal 1, SIGHUP.
    ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).is_none_or(|bits| bits & 1 == 1)
}
