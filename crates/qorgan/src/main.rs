//! The program `qorgan`. Everything is in the library, so that tests can reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    qorgan::run(std::env::args_os(), std::env::vars_os())
}
