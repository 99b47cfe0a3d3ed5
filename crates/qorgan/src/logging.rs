//! The log on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::Failure;
use crate::settings::{LogFormat, LogSettings};

/// Starts the log of this process.
pub(crate) fn start(settings: &LogSettings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(Failure::of("reading log.filter"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match settings.format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    }
    .map_err(Failure::of("starting the log"))?;
    // The text of a panic may quote what was being worked on; its place is enough to find the fault.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place = place.as_deref().unwrap_or("unknown"), "a fault in the program (panic)");
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_logged_by_its_place_alone() {
        // The log of a process starts once, so another process does the panicking.
        const MARK: &str = "QORGAN_TEST_PANIC";
        if std::env::var_os(MARK).is_some() {
            start(&LogSettings { filter: "info".to_owned(), format: LogFormat::Text }).unwrap();
            panic!("Секретная Алия");
        }
        let mut itself = std::process::Command::new(std::env::current_exe().unwrap());
        itself.args(["--exact", "logging::tests::a_panic_is_logged_by_its_place_alone", "--nocapture"]).env(MARK, "1");
        let output = itself.output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && log.contains("logging.rs:"), "{log}");
        assert!(!log.contains("Секретная"), "{log}");
    }
}
