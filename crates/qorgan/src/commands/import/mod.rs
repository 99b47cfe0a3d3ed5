//! `qorgan import …`: files, from the machine of the server. Beside a running server it uses that server's database.
//!
//! It works as an account, under that account's rights and row security, in a session of its own that ends with it.
//! Rows go in by the hundred, each batch in one unit of work: a run that was interrupted is run again, and what is in
//! already counts as repeated.

mod facts;
mod signals;

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek};
use std::path::Path;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use qorgan_api::problem::words_of;
use qorgan_api::request::Language;
use qorgan_domain::identity::Username;
use qorgan_domain::ids::SessionId;
use qorgan_domain::lists::{FeedError, ListFormat, RowProblem};
use qorgan_domain::signals::ImportSource;
use qorgan_storage::identity::NewSession;
use qorgan_storage::{AccessError, Database, Entry, EntryRefusal, Failure as Refusable, StorageError, Tx};
use serde::Serialize;
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use crate::Failure;
use crate::cli::ImportCommand;
use crate::settings::layers::Environment;

const ACTION: &str = "importing";
/// Longest time that one run may take.
const SESSION: TimeDelta = TimeDelta::hours(12);

/// Runs one of the commands.
pub(crate) fn run(command: ImportCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        ImportCommand::Signals(wanted) => signals::run(&wanted, environment),
        ImportCommand::Facts(wanted) => facts::run(&wanted, environment),
    }
}

/// Which file, for whom: what all imports ask for, checked. What is wrong is added to `wrong`.
struct Named {
    username: Option<Username>,
    source: Option<ImportSource>,
    format: Option<ListFormat>,
}

impl Named {
    fn of(acting_as: &str, file: &Path, source: Option<&str>, format: Option<&str>, wrong: &mut Vec<String>) -> Self {
        let username = Username::new(acting_as).map_err(|_| wrong.push("--as: not a user name".to_owned())).ok();
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let source = ImportSource::new(source.unwrap_or(stem)).map_err(|_| wrong.push(NO_SOURCE.to_owned())).ok();
        let format = match format {
            Some(word) => word.parse().ok(),
            None => by_ending(file),
        };
        if format.is_none() {
            wrong.push("--format: csv or ndjson (by default the file's ending)".to_owned());
        }
        Self { username, source, format }
    }
}

const NO_SOURCE: &str =
    "--source: 1 to 64 of a-z, 0-9, dot, underscore, hyphen (by default the file's name without its ending)";

fn by_ending(file: &Path) -> Option<ListFormat> {
    match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "txt" => Some(ListFormat::Csv),
        "ndjson" | "jsonl" => Some(ListFormat::Ndjson),
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

/// Works in a session of the account, which ends in any case. `action` says what is done, for who reads that it failed.
pub(super) fn in_session<T>(
    database: &Database,
    username: &Username,
    action: &'static str,
    work: impl FnOnce(SessionId) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let account = database.account_for_login(username.as_str()).map_err(Failure::of(action))?;
    let account = account.filter(|account| !account.disabled);
    let account = account.ok_or_else(|| Failure::of(action)(format!("there is no working account {username}")))?;
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
    database.session_open(&new).map_err(Failure::of(action))?;
    let worked = work(session);
    let ended = database.session_revoke(session, self::now(), "import_done").map_err(Failure::of(action));
    let value = worked?;
    ended.map(|()| value)
}

/// PostgreSQL keeps microseconds.
pub(super) fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A unit of work of the session.
fn unit<T>(
    database: &Database,
    session: SessionId,
    request_id: &str,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, AccessError>,
) -> Result<T, Trouble> {
    let entry = Entry { session, now: now(), request_id: request_id.to_owned(), idempotency: None };
    database.run::<_, Trouble>(&entry, |tx| Ok(work(tx)?))
}

/// Why a batch was not taken.
#[derive(Debug, Error)]
enum Trouble {
    #[error("the account may not import this")]
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

/// Row, field and reason of what was rejected; no value of it.
fn write_bad_rows(path: &Path, rows: &[BadRow<'_>]) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(["row", "field", "code", "message"])?;
    for bad in rows {
        table.write_record([bad.row.to_string().as_str(), bad.field, bad.code, &bad.message])?;
    }
    table.flush()?;
    Ok(())
}
