//! A stale edit: the present version and what differs, so that an app can merge instead of asking a person to write
//! everything again.

use chrono::{DateTime, Utc};
use qorgan_domain::cases::CaseEventKind;
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;
use qorgan_domain::tasks::TaskStatus;
use qorgan_storage::cases::{Case, FieldChange, Task};
use qorgan_storage::{Authorized, StorageError, Tx};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{Problem, ProblemCode};
use crate::request::{IfMatch, Language, etag};
use crate::routes::cases::view::CaseView;
use crate::routes::tasks::view::TaskView;

/// A stale edit (`stale_version`): a problem document with what a merge needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaleProblem {
    /// Address of the page that explains the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// HTTP status.
    #[schema(example = 412)]
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// Path of the request.
    pub instance: String,
    /// Always `stale_version`.
    #[schema(example = "stale_version")]
    pub code: String,
    /// The present version.
    pub current_version: i64,
    /// The present version and its `ETag`.
    pub current: CurrentVersion,
    /// The fields that differ from what the client read, as far as that is known, with their present values. Where it
    /// is empty, read the resource again.
    pub differs: Vec<Difference>,
    /// Id of the request, for support.
    pub request_id: String,
}

/// The version of a resource as it is now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CurrentVersion {
    /// The version.
    pub version: i64,
    /// What to send as `If-Match`.
    #[schema(example = "\"7\"")]
    pub etag: String,
}

/// A field that differs from what the client read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Difference {
    /// The field, as the resource names it.
    #[schema(example = "risk_level")]
    pub field: String,
    /// Its present value, as far as the caller may read it.
    pub value: Value,
    /// Whether the request wants to change this field to something else: then somebody must choose. Other fields can
    /// be taken over as they are.
    pub conflict: bool,
    /// The kind of event that changed it last, where events are kept.
    pub change: Option<CaseEventKind>,
    /// When it changed last, where that is known.
    pub at: Option<DateTime<Utc>>,
    /// Who changed it last.
    pub by: Option<Named>,
    /// For which organisation.
    pub organisation: Option<Named>,
}

/// A user or an organisation, by id and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Named {
    /// Its id.
    pub id: Uuid,
    /// The name that colleagues see.
    pub name: String,
}

impl From<(Uuid, String)> for Named {
    fn from((id, name): (Uuid, String)) -> Self {
        Self { id, name }
    }
}

/// The fields that a request wants to change, with the values it wants, named as the resource names them.
pub type Wanted = Map<String, Value>;

/// `stale_version` with the present version and what differs.
pub fn stale(current: i64, differs: &[Difference]) -> Problem {
    Problem::new(ProblemCode::StaleVersion)
        .with("current_version", current)
        .with("current", CurrentVersion { version: current, etag: etag(current).1 })
        .with("differs", differs)
}

/// Refuses a change of a case made on another version, and says what changed since that one.
///
/// # Errors
/// `stale_version` (412).
pub fn case_unchanged(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    if_match: IfMatch,
    wanted: &Wanted,
    language: Language,
) -> Result<(), Problem> {
    if case.version == if_match.0 { Ok(()) } else { Err(case_stale(tx, case, if_match.0, wanted, language)?) }
}

/// The same for a change that another one overtook between reading and writing.
pub fn case_overtaken(
    tx: &mut Tx<'_>,
    error: StorageError,
    (case, action): (CaseId, Action),
    read: i64,
    wanted: &Wanted,
    language: Language,
) -> Problem {
    if !matches!(error, StorageError::Stale) {
        return error.into();
    }
    let again = tx.case_for(case, action).map_err(Problem::from);
    match again.and_then(|case| case_stale(tx, &case, read, wanted, language)) {
        Ok(problem) | Err(problem) => problem,
    }
}

fn case_stale(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    read: i64,
    wanted: &Wanted,
    language: Language,
) -> Result<Problem, Problem> {
    // A version that never was: nothing can be said of what it differs in.
    let changes = if read > case.version { Vec::new() } else { tx.case_changed_since(case, read)? };
    let evidence = tx.case_evidence(case)?;
    let present = json(&CaseView::of(case, &evidence, tx, language))?;
    tx.audit_many(Action::CaseRead, vec![case.id.as_uuid()]);
    let differs: Vec<Difference> = changes.into_iter().map(|change| difference(change, &present, wanted)).collect();
    Ok(stale(case.version, &differs))
}

fn difference(change: FieldChange, present: &Value, wanted: &Wanted) -> Difference {
    let value = present[&change.field].clone();
    Difference {
        conflict: wanted.get(&change.field).is_some_and(|wanted| *wanted != value),
        field: change.field,
        value,
        change: Some(change.kind),
        at: Some(change.at),
        by: Some(change.actor.into()),
        organisation: Some(change.organisation.into()),
    }
}

/// Refuses a change of a record whose history is not kept by fields: what the request wants to change and what has
/// another value now. The caller audits that `view` was shown.
///
/// # Errors
/// `stale_version` (412).
pub fn record_unchanged(
    (current, changed_at): (i64, DateTime<Utc>),
    if_match: IfMatch,
    wanted: &Wanted,
    view: &impl Serialize,
) -> Result<(), Problem> {
    if if_match.0 == current {
        return Ok(());
    }
    let present = json(view)?;
    let differs: Vec<Difference> = wanted
        .iter()
        .filter(|(field, value)| present[field.as_str()] != **value)
        .map(|(field, _)| Difference {
            field: field.clone(),
            value: present[field.as_str()].clone(),
            conflict: true,
            change: None,
            at: Some(changed_at),
            by: None,
            organisation: None,
        })
        .collect();
    Err(stale(current, &differs))
}

/// Refuses a change of a task made on another version: what a device that was offline must know is that somebody
/// finished it.
///
/// # Errors
/// `stale_version` (412).
pub fn task_unchanged(tx: &mut Tx<'_>, task: &Task, if_match: IfMatch) -> Result<(), Problem> {
    if task.version == if_match.0 {
        return Ok(());
    }
    let fields: &[&str] = match task.status {
        TaskStatus::Open => &[],
        TaskStatus::Done => &["status", "finished_by", "finished_at"],
        TaskStatus::Continued | TaskStatus::CarriedOver => &["status"],
        TaskStatus::Waived => &["status", "finished_by", "finished_at", "waive_reason"],
    };
    let at = task.finished.map(|(_, at)| at);
    let present = json(&TaskView::from(task.clone()))?;
    tx.audit_many(Action::CaseRead, vec![task.id.as_uuid()]);
    let differs: Vec<Difference> = fields
        .iter()
        .map(|field| Difference {
            field: (*field).to_owned(),
            value: present[*field].clone(),
            conflict: *field == "status",
            change: None,
            at,
            by: None,
            organisation: None,
        })
        .collect();
    Err(stale(task.version, &differs))
}

fn json(view: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(view).map_err(|error| {
        tracing::error!(%error, "an answer is not JSON");
        Problem::new(ProblemCode::Internal)
    })
}
