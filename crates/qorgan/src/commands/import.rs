//! `qorgan import signals`: a file of signals, from the machine of the server. Beside a running server it uses that
//! server's database.
//!
//! It works as an account, under that account's rights and row security, in a session of its own that ends with it.
//! Rows go in by the hundred, each batch in one unit of work: a run that was interrupted is run again, and what is in
//! already counts as repeated.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use qorgan_api::problem::words_of;
use qorgan_api::request::Language;
use qorgan_domain::calendar::local_date;
use qorgan_domain::identity::Username;
use qorgan_domain::ids::SessionId;
use qorgan_domain::signals::import::{FeedError, ImportDefaults, ImportFormat, Imported, RowProblem, feed};
use qorgan_domain::signals::{ImportSource, SignalChannel};
use qorgan_storage::identity::NewSession;
use qorgan_storage::signals::ImportRun;
use qorgan_storage::{AccessError, Database, Entry, EntryRefusal, Failure as Refusable, StorageError, Tx};
use serde::Serialize;
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use super::{print_json, started};
use crate::cli::{ImportCommand, ImportSignals};
use crate::database::OpenDatabase;
use crate::settings::layers::Environment;
use crate::{Failure, output, wiring};

const ACTION: &str = "importing signals";
/// Longest time that one run may take.
const SESSION: TimeDelta = TimeDelta::hours(12);

/// Runs one of the commands.
pub(crate) fn run(command: ImportCommand, environment: &Environment) -> Result<(), Failure> {
    let ImportCommand::Signals(wanted) = command;
    let plan = Plan::of(&wanted)?;
    let mut file = File::open(&wanted.file).map_err(Failure::of(format!("opening {}", wanted.file.display())))?;
    let sha256 = fingerprint(&mut file).map_err(Failure::of(format!("reading {}", wanted.file.display())))?;
    let settings = started(&wanted.common, wanted.common.flags()?, environment)?;
    let opened = OpenDatabase::for_command(&settings)?;
    let database = wiring::database(&settings, &opened.server_url);
    let worked = in_session(&database, &plan.username, |session| {
        let mut run = ImportRun::new(plan.source.clone(), sha256, wanted.dry_run);
        let done = bring_in(&database, session, &plan, &mut run, file, !wanted.json)?;
        Ok((run, done))
    });
    drop(database);
    let closed = opened.close();
    let (run, done) = worked?;
    closed?;
    report(&wanted, &plan, &run, &done)
}

/// What was asked for, checked.
struct Plan {
    username: Username,
    source: ImportSource,
    format: ImportFormat,
    defaults: ImportDefaults,
}

impl Plan {
    /// Every argument that cannot be used, at once.
    fn of(wanted: &ImportSignals) -> Result<Self, Failure> {
        let mut wrong = Vec::new();
        let username =
            Username::new(&wanted.acting_as).map_err(|_| wrong.push("--as: not a user name".to_owned())).ok();
        let stem = wanted.file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let source = ImportSource::new(wanted.source.as_deref().unwrap_or(stem));
        let source = source.map_err(|_| wrong.push(NO_SOURCE.to_owned())).ok();
        let format = match &wanted.format {
            Some(word) => word.parse().ok(),
            None => by_ending(&wanted.file),
        };
        if format.is_none() {
            wrong.push("--format: csv or ndjson (by default the file's ending)".to_owned());
        }
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

const NO_SOURCE: &str =
    "--source: 1 to 64 of a-z, 0-9, dot, underscore, hyphen (by default the file's name without its ending)";

fn by_ending(file: &Path) -> Option<ImportFormat> {
    match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "txt" => Some(ImportFormat::Csv),
        "ndjson" | "jsonl" => Some(ImportFormat::Ndjson),
        _ => None,
    }
}

fn fingerprint(file: &mut File) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
    }
    file.rewind()?;
    Ok(hash.finalize().into())
}

/// Works in a session of the account, which ends in any case.
fn in_session<T>(
    database: &Database,
    username: &Username,
    work: impl FnOnce(SessionId) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let account = database.account_for_login(username.as_str()).map_err(Failure::of(ACTION))?;
    let account = account.filter(|account| !account.disabled);
    let account = account.ok_or_else(|| Failure::of(ACTION)(format!("there is no working account {username}")))?;
    let (session, now) = (SessionId::from_uuid(Uuid::now_v7()), now());
    let request_id = format!("import/{session}");
    let new = NewSession {
        session,
        user: account.user,
        now,
        expires: now + SESSION,
        refresh_hash: None,
        action: "import",
        request_id: &request_id,
    };
    database.session_open(&new).map_err(Failure::of(ACTION))?;
    let worked = work(session);
    let ended = database.session_revoke(session, self::now(), "import_done").map_err(Failure::of(ACTION));
    let value = worked?;
    ended.map(|()| value)
}

/// PostgreSQL keeps microseconds.
fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// Why a batch was not taken.
#[derive(Debug, Error)]
enum Trouble {
    #[error("the account may not import signals")]
    Forbidden,
    #[error("the session has ended")]
    Ended,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<AccessError> for Trouble {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Denied(_) => Self::Forbidden,
            AccessError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<EntryRefusal> for Trouble {
    fn from(_: EntryRefusal) -> Self {
        Self::Ended
    }
}

impl Refusable for Trouble {
    fn refusal(&self) -> Option<&str> {
        matches!(self, Self::Forbidden).then_some("forbidden")
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
    let unit = |work: &mut dyn FnMut(&mut Tx<'_>) -> Result<Vec<RowProblem>, AccessError>| {
        let entry = Entry { session, now: now(), request_id: request_id.clone(), idempotency: None };
        database.run::<_, Trouble>(&entry, |tx| Ok(work(tx)?))
    };
    let begun = unit(&mut |tx| tx.signal_import_begin(run).map(|()| Vec::new()));
    begun.map_err(Failure::of(ACTION))?;
    let bar = progress(&file, shows);
    let today = local_date(now());
    let fed = feed(plan.format, bar.wrap_read(file), plan.defaults, today, |rows| {
        let mut rows = Some(rows);
        unit(&mut |tx| tx.signal_import_batch(run, rows.take().unwrap_or_default()))
    });
    bar.finish_and_clear();
    let done = fed.map_err(failure)?;
    run.counts.rejected = done.rejected;
    unit(&mut |tx| tx.signal_import_end(run).map(|()| Vec::new())).map_err(Failure::of(ACTION))?;
    Ok(done)
}

fn failure(error: FeedError<Trouble>) -> Failure {
    match error {
        FeedError::Header(columns) => {
            let line = |(column, invalid): (String, _)| format!("{column}: {}", words_of(&invalid, Language::En));
            Failure::Usage(columns.into_iter().map(line).collect())
        }
        FeedError::TooLong(invalid) => Failure::Usage(vec![words_of(&invalid, Language::En)]),
        FeedError::Read(error) => Failure::of("reading the file")(error),
        FeedError::Taker(trouble) => Failure::of(ACTION)(trouble),
    }
}

/// A bar for people at a terminal, nothing for others.
fn progress(file: &File, shows: bool) -> ProgressBar {
    let length = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    if !shows || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}");
    let bar = ProgressBar::new(length);
    style.map(|style| bar.clone().with_style(style)).unwrap_or(bar)
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

#[derive(Serialize)]
struct BadRow<'a> {
    row: u64,
    field: &'a str,
    code: &'a str,
    message: String,
}

impl<'a> From<&'a RowProblem> for BadRow<'a> {
    fn from(problem: &'a RowProblem) -> Self {
        Self {
            row: problem.row,
            field: &problem.field,
            code: problem.invalid.code(),
            message: words_of(&problem.invalid, Language::En),
        }
    }
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

/// Row, field and reason of what was rejected; no value of it.
fn write_bad_rows(path: &PathBuf, rows: &[BadRow<'_>]) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(["row", "field", "code", "message"])?;
    for bad in rows {
        table.write_record([bad.row.to_string().as_str(), bad.field, bad.code, &bad.message])?;
    }
    table.flush()?;
    Ok(())
}
