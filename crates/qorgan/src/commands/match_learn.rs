//! `qorgan match learn`: weights of matching from decisions, as `POST /register/match-rules/learn` does it.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::calendar::local_date;
use qorgan_domain::identity::Username;
use qorgan_domain::policy::Action;
use qorgan_domain::register::learning::{LearnedWeight, Learning, LearningReport};
use qorgan_storage::register::{DatedMatchRules, LearnError};
use qorgan_storage::{AccessError, Entry, EntryRefusal, Failure as Refusable, StorageError};
use serde::Serialize;
use thiserror::Error;

use super::import::in_session;
use super::{print_json, started};
use crate::database::OpenDatabase;
use crate::matching::arguments::Learn;
use crate::settings::layers::Environment;
use crate::{Failure, output, wiring};

const ACTION: &str = "learning";

/// Why nothing was learned.
#[derive(Debug, Error)]
enum Trouble {
    #[error("the account may not keep the rules of matching")]
    Forbidden,
    #[error("the session has ended")]
    Ended,
    #[error(transparent)]
    Learn(#[from] LearnError),
}

impl From<StorageError> for Trouble {
    fn from(error: StorageError) -> Self {
        Self::Learn(error.into())
    }
}

impl From<AccessError> for Trouble {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Denied(_) => Self::Forbidden,
            AccessError::Storage(error) => error.into(),
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
        match self {
            Self::Forbidden => Some("forbidden"),
            Self::Learn(LearnError::Refused(refusal)) => Some(refusal.code()),
            Self::Learn(LearnError::DateTaken) => Some("match_rules_date_taken"),
            Self::Learn(LearnError::Storage(_)) | Self::Ended => None,
        }
    }
}

/// Runs the command.
pub(super) fn run(wanted: &Learn, environment: &Environment) -> Result<(), Failure> {
    let username = Username::new(&wanted.acting_as).map_err(|_| Failure::usage("--as: not a user name"))?;
    let now = super::import::now();
    let tomorrow = local_date(now).succ_opt().unwrap_or(NaiveDate::MAX);
    let from = wanted.from.unwrap_or(tomorrow);
    if from < tomorrow {
        return Err(Failure::usage("--from: tomorrow at the earliest"));
    }
    let settings = started(&wanted.common, wanted.common.flags()?, environment)?;
    let opened = OpenDatabase::for_command(&settings)?;
    let database = wiring::database(&settings, &opened.server_url);
    let learned = in_session(&database, &username, ACTION, |session| {
        let entry = Entry { session, now, request_id: format!("learning/{session}"), idempotency: None };
        database
            .run::<_, Trouble>(&entry, |tx| {
                let permit = tx.authorize(Action::MatchRulesManage)?;
                let learned = tx.match_rules_learn(&permit, from, Learning { spread: wanted.spread })?;
                if !wanted.dry_run {
                    tx.match_rules_publish(&permit, &learned)?;
                }
                Ok(learned)
            })
            .map_err(Failure::of(ACTION))
    });
    drop(database);
    let closed = opened.close();
    let learned = learned?;
    closed?;
    report(wanted, &learned, now)
}

/// What was learned, as a machine reads it.
#[derive(Serialize)]
struct Outcome<'a> {
    dry_run: bool,
    valid_from: NaiveDate,
    learned_on: NaiveDate,
    at: DateTime<Utc>,
    source: &'a str,
    #[serde(flatten)]
    report: &'a LearningReport,
}

fn report(wanted: &Learn, learned: &DatedMatchRules, now: DateTime<Utc>) -> Result<(), Failure> {
    let Some((report, learned_on)) = &learned.learned else {
        return Err(Failure::of(ACTION)("nothing was learned"));
    };
    if wanted.json {
        let outcome = Outcome {
            dry_run: wanted.dry_run,
            valid_from: learned.valid_from,
            learned_on: *learned_on,
            at: now,
            source: &learned.source,
            report,
        };
        return print_json(&outcome);
    }
    output::print(&text(wanted.dry_run, learned.valid_from, report))
}

fn text(dry_run: bool, valid_from: NaiveDate, report: &LearningReport) -> String {
    let verb = if dry_run { "Would be learned" } else { "Learned" };
    let mut text = format!(
        "{verb} from {} decisions for one event and {} for two; in force from {valid_from} on\n\n{:<10}{:<10}{:>7}{:>11}{:>8}{:>9}\n",
        report.same, report.different, "field", "agreement", "same", "different", "set", "learned"
    );
    for LearnedWeight { field, agreement, same, different, set, learned } in &report.weights {
        text += &format!("{field:<10}{agreement:<10}{same:>7}{different:>11}{set:>8.2}{learned:>9.2}\n");
    }
    for (name, threshold) in [("automatic", report.automatic), ("review", report.review)] {
        text += &format!("{name:<38}{:>8.2}{:>9.2}\n", threshold.set, threshold.learned);
    }
    let (before, after) = (report.before, report.after);
    text += &format!("\n{:<38}{:>8}{:>9}\n", "of the decided pairs", "set", "learned");
    for (name, set, learned) in [
        ("one event, joined by itself", before.same_matched, after.same_matched),
        ("one event, nobody asked", before.same_missed, after.same_missed),
        ("two events, joined by themselves", before.different_matched, after.different_matched),
        ("two events, nobody asked", before.different_apart, after.different_apart),
    ] {
        text += &format!("{name:<38}{set:>8}{learned:>9}\n");
    }
    text
}
