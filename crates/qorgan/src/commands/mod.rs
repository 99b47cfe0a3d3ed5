//! The commands, a file each.

mod config_check;
mod import;
mod match_lists;
mod migrate;
mod openapi;
mod permissions;
mod statistics;
mod user;

use crate::cli::{Cli, Command, Common, ConfigCommand};
use crate::settings::Settings;
use crate::settings::layers::{Environment, Flags, Layers};
use crate::{Failure, logging, output, serve};

/// Runs the command that was asked for.
pub(crate) fn run(cli: Cli, environment: &Environment) -> Result<(), Failure> {
    match cli.command {
        Command::Serve(flags) => {
            let settings = started(&flags.common, flags.flags()?, environment)?;
            serve::run(&settings)
        }
        Command::Migrate { common } => migrate::run(&started(&common, common.flags()?, environment)?),
        Command::Import { command } => import::run(command, environment),
        Command::Match { command } => match_lists::run(&command),
        Command::User { command } => user::run(command, environment),
        Command::Statistics { command } => statistics::run(command, environment),
        Command::Openapi => openapi::run(),
        Command::Permissions => permissions::run(),
        Command::Config { command: ConfigCommand::Check { json, serve } } => {
            config_check::run(&collected(&serve.common, serve.flags()?, environment), json)
        }
    }
}

/// The checked settings, with the log begun.
fn started(common: &Common, flags: Flags, environment: &Environment) -> Result<Settings, Failure> {
    let layers = collected(common, flags, environment);
    let settings = Settings::from_layers(&layers)?;
    logging::start(&settings.log)?;
    for notice in &layers.notices {
        tracing::warn!("{notice}");
    }
    Ok(settings)
}

fn collected(common: &Common, flags: Flags, environment: &Environment) -> Layers {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Layers::collect(flags, common.config.as_deref(), environment, cores)
}

/// A table for people or JSON for machines.
fn print_json<T: serde::Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::of("writing JSON"))?;
    output::print(&format!("{text}\n"))
}
