//! `qorgan import facts`: tables of earlier years, row by row filed as reports.

use std::fs::File;

use qorgan_api::routes::reference::code_of;
use qorgan_domain::calendar::local_date;
use qorgan_domain::identity::Username;
use qorgan_domain::ids::SessionId;
use qorgan_domain::lists::{Columns, Imported, ListFormat, OtherColumns, RawRow, Reading, TextEncoding, feed};
use qorgan_domain::register::import::{Demands, FactField, RowRules, check};
use qorgan_domain::signals::ImportSource;
use qorgan_storage::Database;
use qorgan_storage::register::import::FactImportRun;
use serde::Serialize;

use super::{ACTION, BadRow, Named, failure, fingerprint, in_session, now, progress, unit, write_bad_rows};
use crate::cli::ImportFacts;
use crate::commands::{print_json, started};
use crate::database::OpenDatabase;
use crate::settings::layers::Environment;
use crate::{Failure, output, wiring};

/// Most rows of a file: what a region counts in decades.
const MAX_ROWS: u64 = 1_000_000;
/// Rows of one unit of work. Each locks a dozen keys of its child, and PostgreSQL has room for some thousands.
const UNIT_ROWS: usize = 100;

/// Runs the command.
pub(super) fn run(wanted: &ImportFacts, environment: &Environment) -> Result<(), Failure> {
    let plan = Plan::of(wanted)?;
    let mut file = File::open(&wanted.file).map_err(Failure::of(format!("opening {}", wanted.file.display())))?;
    let sha256 = fingerprint(&mut file).map_err(Failure::of(format!("reading {}", wanted.file.display())))?;
    let settings = started(&wanted.common, wanted.common.flags()?, environment)?;
    let opened = OpenDatabase::for_command(&settings)?;
    let database = wiring::database(&settings, &opened.server_url);
    let worked = in_session(&database, &plan.username, ACTION, |session| {
        let mut run = FactImportRun::new(plan.source.clone(), sha256, wanted.dry_run);
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
    reading: Reading,
    columns: Columns<FactField>,
    /// What blank cells hold, by field.
    defaults: Vec<(FactField, String)>,
}

impl Plan {
    /// Every argument that cannot be used, at once.
    fn of(wanted: &ImportFacts) -> Result<Self, Failure> {
        let mut wrong = Vec::new();
        let Named { username, source, format } =
            Named::of(&wanted.acting_as, &wanted.file, wanted.source.as_deref(), wanted.format.as_deref(), &mut wrong);
        let encoding = wanted.encoding.as_deref().map_or(Ok(TextEncoding::Utf8), str::parse);
        if encoding.is_err() {
            wrong.push("--encoding: utf-8, windows-1251 or kz-1048".to_owned());
        }
        if encoding != Ok(TextEncoding::Utf8) && format == Some(ListFormat::Ndjson) {
            wrong.push("--encoding: NDJSON is UTF-8".to_owned());
        }
        let others = if wanted.ignore_unknown { OtherColumns::PassedOver } else { OtherColumns::Refused };
        let mut columns = FactField::columns(Demands::Report).others(others);
        for (field, column) in pairs("--map", &wanted.map, &mut wrong) {
            columns = columns.renamed(&column, field);
        }
        let defaults = pairs("--default", &wanted.default, &mut wrong);
        match (username, source, format, encoding) {
            (Some(username), Some(source), Some(format), Ok(encoding)) if wrong.is_empty() => Ok(Self {
                username,
                source,
                reading: Reading { format, encoding, max_rows: MAX_ROWS },
                columns,
                defaults,
            }),
            _ => Err(Failure::Usage(wrong)),
        }
    }

    /// A row with what is said of all rows in its blank cells.
    fn filled(&self, mut raw: RawRow<FactField>) -> RawRow<FactField> {
        if !raw.cells.is_empty() {
            for (field, value) in &self.defaults {
                raw.cells.entry(*field).or_insert_with(|| value.clone());
            }
        }
        raw
    }
}

/// `field=text` of a flag that may be given several times.
fn pairs(flag: &str, given: &[String], wrong: &mut Vec<String>) -> Vec<(FactField, String)> {
    let mut pairs = Vec::new();
    for text in given {
        match text.split_once('=').map(|(field, rest)| (field.trim().parse(), rest.trim())) {
            Some((Ok(field), rest)) if !rest.is_empty() => pairs.push((field, rest.to_owned())),
            _ => {
                let fields: Vec<&str> = FactField::ALL.iter().map(|field| field.as_str()).collect();
                wrong.push(format!("{flag}: field=…, the field one of {}", fields.join(", ")));
                return Vec::new();
            }
        }
    }
    pairs
}

fn bring_in(
    database: &Database,
    session: SessionId,
    plan: &Plan,
    run: &mut FactImportRun,
    file: File,
    shows: bool,
) -> Result<Imported, Failure> {
    let request_id = format!("import/{}", run.id);
    unit(database, session, &request_id, |tx| tx.fact_import_begin(run)).map_err(Failure::of(ACTION))?;
    let bar = progress(&file, shows);
    let rules = RowRules { demands: Demands::Report, today: local_date(now()), words: code_of };
    let fed = feed(
        plan.reading,
        bar.wrap_read(file),
        &plan.columns,
        |raw| check(plan.filled(raw), rules),
        |mut rows| {
            let mut problems = Vec::new();
            while !rows.is_empty() {
                let rest = rows.split_off(rows.len().min(UNIT_ROWS));
                let part = std::mem::replace(&mut rows, rest);
                problems.extend(unit(database, session, &request_id, |tx| tx.fact_import_batch(run, part))?);
            }
            Ok(problems)
        },
    );
    bar.finish_and_clear();
    let done = fed.map_err(failure)?;
    run.counts.rejected = done.rejected;
    unit(database, session, &request_id, |tx| tx.fact_import_end(run)).map_err(Failure::of(ACTION))?;
    Ok(done)
}

/// What became of the file, as a machine reads it.
#[derive(Serialize)]
struct Outcome<'a> {
    id: Option<String>,
    source: &'a str,
    dry_run: bool,
    new: u64,
    matched: u64,
    review: u64,
    repeated: u64,
    rejected: u64,
    rows: Vec<BadRow<'a>>,
}

/// Prints the result. Rows that were rejected are a no: exit code 1.
fn report(wanted: &ImportFacts, plan: &Plan, run: &FactImportRun, done: &Imported) -> Result<(), Failure> {
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
            new: counts.new_facts,
            matched: counts.matched,
            review: counts.review,
            repeated: counts.repeated,
            rejected: counts.rejected,
            rows,
        })?;
    } else {
        let verb = if wanted.dry_run { "Would be filed" } else { "Filed" };
        let mut text = format!(
            "{verb}: {} new, {} matched, {} to review; {} filed before, {} rejected\n",
            counts.new_facts, counts.matched, counts.review, counts.repeated, counts.rejected
        );
        if wanted.bad_rows.is_none() {
            for bad in &rows {
                text.push_str(&format!("row {} {}: {}\n", bad.row, bad.field, bad.message));
            }
        }
        output::print(&text)?;
    }
    if counts.rejected > 0 { Err(Failure::Negative) } else { Ok(()) }
}
