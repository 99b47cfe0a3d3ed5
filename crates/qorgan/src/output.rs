//! What the person at the terminal sees. Standard output carries results, standard error complaints and the log.

use std::io::{self, ErrorKind, Write};

use crate::Failure;

/// Writes a result. A reader that has gone away (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::of("writing to standard output")(error)),
        _ => Ok(()),
    }
}

/// Writes complaints, a line each. If even that fails, nobody is there to be told.
pub(crate) fn complain(text: &str) {
    for line in text.lines() {
        let _ = writeln!(io::stderr(), "qorgan: {line}");
    }
}
