//! The program `qorgan`: reads the configuration, wires storage and API together, and offers the commands.
//!
//! The only reader of environment variables and configuration files; it holds no rule of the domain, no SQL and no
//! route. Start at [`cli`] for the commands, [`settings`] for what can be configured, [`serve`] for the wiring.

#![warn(clippy::unwrap_used, clippy::expect_used)]

pub mod cli;
mod commands;
mod database;
pub mod demo;
mod failure;
mod keys;
mod logging;
mod matching;
mod output;
pub mod serve;
pub mod settings;
mod stop;
mod wiring;
mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

pub use failure::Failure;
use settings::layers::Environment;

/// Runs a command line; the answer is the process's exit code: 0 done, 1 failed, 2 usage.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> ExitCode {
    let cli = match cli::Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => {
            // Help goes to standard output, complaints to standard error; a closed pipe is nobody's mistake.
            let _ = answer.print();
            return ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2));
        }
    };
    // A variable that is not UTF-8 cannot be one of ours.
    let environment: Environment = variables
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    match commands::run(cli, &environment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}
