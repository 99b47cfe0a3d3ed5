//! `qorgan import signals`: a file of signals.

use std::fs::File;

use qorgan_domain::calendar::local_date;
use qorgan_domain::identity::Username;
use qorgan_domain::ids::SessionId;
use qorgan_domain::lists::ListFormat;
use qorgan_domain::signals::import::{ImportDefaults, Imported, feed};
use qorgan_domain::signals::{ImportSource, SignalChannel};
use qorgan_storage::Database;
use qorgan_storage::signals::ImportRun;
use serde::Serialize;

use super::{ACTION, BadRow, Named, failure, fingerprint, in_session, now, progress, unit, write_bad_rows};
use crate::cli::ImportSignals;
use crate::commands::{print_json, started};
use crate::database::OpenDatabase;
use crate::settings::layers::Environment;
use crate::{Failure, output, wiring};

/// Runs the command.
pub(super) fn run(wanted: &ImportSignals, environment: &Environment) -> Result<(), Failure> {
    let plan = Plan::of(wanted)?;
    let mut file = File::open(&wanted.file).map_err(Failure::of(format!("opening {}", wanted.file.display())))?;
    let sha256 = fingerprint(&mut file).map_err(Failure::of(format!("reading {}", wanted.file.display())))?;
    let settings = started(&wanted.common, wanted.common.flags()?, environment)?;
    let opened = OpenDatabase::for_command(&settings)?;
    let database = wiring::database(&settings, &opened.server_url);
    let worked = in_session(&database, &plan.username, ACTION, |session| {
        let mut run = ImportRun::new(plan.source.clone(), sha256, wanted.dry_run);
        let done = bring_in(&database, session, &plan, &mut run, file, !wanted.json)?;
        Ok((run, done))
    });
    drop(database);
    let closed = opened.close();
    let (run, done) = worked?;
    closed?;
    report(wanted, &plan, &run, &done)
}

/// What was asked for, checked.
struct Plan {
    username: Username,
    source: ImportSource,
    format: ListFormat,
    defaults: ImportDefaults,
}

impl Plan {
    /// Every argument that cannot be used, at once.
    fn of(wanted: &ImportSignals) -> Result<Self, Failure> {
        let mut wrong = Vec::new();
        let Named { username, source, format } =
            Named::of(&wanted.acting_as, &wanted.file, wanted.source.as_deref(), wanted.format.as_deref(), &mut wrong);
        let channel: Option<Option<SignalChannel>> =
            wanted.channel.as_ref().map_or(Some(None), |word| word.parse().ok().map(Some));
        if channel.is_none() {
            wrong.push("--channel: not a channel, such as raid or asppm_screening".to_owned());
        }
        match (username, source, format, channel) {
            (Some(username), Some(source), Some(format), Some(channel)) if wrong.is_empty() => {
                Ok(Self { username, source, format, defaults: ImportDefaults { channel } })
            }
            _ => Err(Failure::Usage(wrong)),
        }
    }
}

fn bring_in(
    database: &Database,
    session: SessionId,
    plan: &Plan,
    run: &mut ImportRun,
    file: File,
    shows: bool,
) -> Result<Imported, Failure> {
    let request_id = format!("import/{}", run.id);
    unit(database, session, &request_id, |tx| tx.signal_import_begin(run)).map_err(Failure::of(ACTION))?;
    let bar = progress(&file, shows);
    let today = local_date(now());
    let fed = feed(plan.format, bar.wrap_read(file), plan.defaults, today, |rows| {
        unit(database, session, &request_id, |tx| tx.signal_import_batch(run, rows))
    });
    bar.finish_and_clear();
    let done = fed.map_err(failure)?;
    run.counts.rejected = done.rejected;
    unit(database, session, &request_id, |tx| tx.signal_import_end(run)).map_err(Failure::of(ACTION))?;
    Ok(done)
}

/// What became of the file, as a machine reads it.
#[derive(Serialize)]
struct Outcome<'a> {
    id: Option<String>,
    source: &'a str,
    dry_run: bool,
    accepted: u64,
    repeated: u64,
    rejected: u64,
    rows: Vec<BadRow<'a>>,
}

/// Prints the result. Rows that were rejected are a no: exit code 1.
fn report(wanted: &ImportSignals, plan: &Plan, run: &ImportRun, done: &Imported) -> Result<(), Failure> {
    let rows: Vec<BadRow<'_>> = done.problems.iter().map(BadRow::from).collect();
    if let Some(path) = &wanted.bad_rows {
        write_bad_rows(path, &rows).map_err(Failure::of(format!("writing {}", path.display())))?;
    }
    let counts = run.counts;
    if wanted.json {
        print_json(&Outcome {
            id: (!wanted.dry_run).then(|| run.id.to_string()),
            source: plan.source.as_str(),
            dry_run: wanted.dry_run,
            accepted: counts.accepted,
            repeated: counts.repeated,
            rejected: counts.rejected,
            rows,
        })?;
    } else {
        let verb = if wanted.dry_run { "would be filed" } else { "filed" };
        let mut text =
            format!("{} {verb}, {} filed before, {} rejected\n", counts.accepted, counts.repeated, counts.rejected);
        if wanted.bad_rows.is_none() {
            for bad in &rows {
                text.push_str(&format!("row {} {}: {}\n", bad.row, bad.field, bad.message));
            }
        }
        output::print(&text)?;
    }
    if counts.rejected > 0 { Err(Failure::Negative) } else { Ok(()) }
}
