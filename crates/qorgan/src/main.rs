//! The program `qorgan`. Everything is in the library, so that tests can reach it.

#![warn(clippy::unwrap_used, clippy::expect_used)]

use std::process::ExitCode;

fn main() -> ExitCode {
    qorgan::run(std::env::args_os(), std::env::vars_os())
}
