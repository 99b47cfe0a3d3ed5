//! `qorgan statistics …`: the ledger of counts, from the machine of the server. Beside a running server it uses that server's
//! database, and nobody waits for it.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use chrono::Utc;
use indicatif::ProgressBar;
use qorgan_storage::statistics::ledger::{self, Difference, Verification};

use super::{print_json, started};
use crate::cli::{Common, StatisticsCommand};
use crate::database::OpenDatabase;
use crate::settings::Settings;
use crate::settings::layers::Environment;
use crate::{Failure, output};

/// Runs one of the commands.
pub(crate) fn run(command: StatisticsCommand, environment: &Environment) -> Result<(), Failure> {
    let settings = |common: &Common| started(common, common.flags()?, environment);
    match command {
        StatisticsCommand::Verify { samples, seed, json, common } => verify(&settings(&common)?, samples, seed, json),
        StatisticsCommand::Rebuild { json, common } => rebuild(&settings(&common)?, json),
    }
}

fn verify(settings: &Settings, samples: usize, seed: u64, json: bool) -> Result<(), Failure> {
    let database = OpenDatabase::for_command(settings)?;
    let found = ledger::verify(&mut database.owner()?, samples, seed, Utc::now());
    let found = found.map_err(Failure::of("verifying the ledger"))?;
    database.close()?;
    if json {
        print_json(&found)?;
    } else {
        output::print(&told(&found))?;
    }
    if found.agrees() { Ok(()) } else { Err(Failure::Negative) }
}

/// Cells only: what they count, by the ledger and by the versions.
fn told(found: &Verification) -> String {
    let mut text = format!("compared every entry of the ledger, {} counts and {} cells\n", found.counts, found.cells);
    if found.agrees() {
        return text + "ledger, rollups and versions agree\n";
    }
    // Writing to a string cannot fail.
    let _ =
        writeln!(text, "{} entries are missing or too many, {} cells differ", found.wrong_entries, found.wrong_cells);
    for Difference { attributes, from, to, moment, cell, ledger, recounted } in &found.differences {
        let by = attributes.join(",");
        let _ = writeln!(
            text,
            "{from} to {to} as of {moment} by {by}: {cell}: ledger {ledger}, versions {recounted}{}",
            if ledger == recounted { ", other keys" } else { "" }
        );
    }
    text + "`qorgan statistics rebuild` makes them right\n"
}

fn rebuild(settings: &Settings, json: bool) -> Result<(), Failure> {
    let database = OpenDatabase::for_command(settings)?;
    let bar = if json || !io::stderr().is_terminal() { ProgressBar::hidden() } else { ProgressBar::new(0) };
    let done = ledger::rebuild(&mut database.owner()?, |at, of| {
        bar.set_length(of as u64);
        bar.set_position(at as u64);
    });
    bar.finish_and_clear();
    let done = done.map_err(Failure::of("rebuilding the ledger"))?;
    database.close()?;
    if json {
        print_json(&done)
    } else {
        output::print(&format!("posted {} corrections, made {} rollups anew\n", done.corrections, done.rollups))
    }
}
