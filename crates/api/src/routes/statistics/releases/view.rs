//! How releases look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{OrganisationId, ReleaseId, ReleasePartId, UserId};
use qorgan_domain::policy::{Action, Actor, may_ever};
use qorgan_domain::statistics::Dimension;
use qorgan_domain::statistics::release::{
    FrozenCell, PartAnswer, PartOutcome, PartState, ReleasePeriodKind, ReleaseStatus,
};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Reason;
use qorgan_storage::statistics::releases::{FrozenTable, Release, ReleasePart};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::request::Language;

/// The days of the events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleasePeriod)]
pub struct PeriodView {
    /// Its length.
    kind: ReleasePeriodKind,
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
}

/// A release of the register's counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Release)]
pub struct ReleaseView {
    /// Its id.
    id: ReleaseId,
    /// The days of the events.
    period: PeriodView,
    /// The first, second … of its period; a later one takes the place of the one before, which stays readable.
    #[schema(example = 1)]
    edition: i32,
    /// The edition that it takes the place of.
    supersedes: Option<ReleaseId>,
    /// The published edition that took its place.
    superseded_by: Option<ReleaseId>,
    /// The register as it read at the end of this day: what was recorded later is not in it.
    as_of: NaiveDate,
    /// Where it stands.
    status: ReleaseStatus,
    /// The last day on which agencies may answer; after it silence does not hold the release up.
    confirm_by: NaiveDate,
    /// When it was proposed.
    proposed_at: DateTime<Utc>,
    /// Who proposed it; for the statistics office.
    proposed_by: Option<UserId>,
    /// When it was published or withdrawn.
    settled_at: Option<DateTime<Utc>>,
    /// Who published or withdrew it; for the statistics office.
    settled_by: Option<UserId>,
    /// Why it was withdrawn.
    #[schema(value_type = Option<String>)]
    withdraw_reason: Option<Reason>,
    /// Its version, for `If-Match`.
    version: i64,
}

impl ReleaseView {
    /// As this actor may see it.
    pub fn of(release: &Release, actor: &Actor) -> Self {
        let office = may_ever(actor, Action::ReleaseManage);
        let period = &release.period;
        Self {
            id: release.id,
            period: PeriodView { kind: period.kind(), from: period.from(), to: period.to() },
            edition: release.edition,
            supersedes: release.supersedes,
            superseded_by: release.superseded_by,
            as_of: release.as_of,
            status: release.status,
            confirm_by: release.confirm_by,
            proposed_at: release.proposed_at,
            proposed_by: office.then_some(release.proposed_by),
            settled_at: release.settled_at,
            settled_by: release.settled_by.filter(|_| office),
            withdraw_reason: release.withdraw_reason.clone(),
            version: release.version,
        }
    }
}

/// A release with the tables that the caller may read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleaseWithTables)]
pub struct ReleaseFullView {
    #[serde(flatten)]
    release: ReleaseView,
    /// Its tables, at `/statistics/releases/{id}/tables/{code}`; empty where it is not published, but for the statistics office.
    tables: Vec<TableHeadView>,
}

impl ReleaseFullView {
    /// With these tables.
    pub fn of(release: &Release, tables: &[FrozenTable], actor: &Actor, language: Language) -> Self {
        let tables = tables.iter().map(|table| TableHeadView::of(table, language)).collect();
        Self { release: ReleaseView::of(release, actor), tables }
    }
}

/// What a table of a release is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleaseTableHead)]
pub struct TableHeadView {
    /// Its code.
    #[schema(example = "month_kind")]
    code: String,
    /// Its name in the language of the answer.
    #[schema(example = "Facts by month and kind")]
    name: String,
    /// By what facts are grouped in it.
    dimensions: Vec<Dimension>,
}

impl TableHeadView {
    /// In one language.
    pub fn of(table: &FrozenTable, language: Language) -> Self {
        Self { code: table.code.clone(), name: name(table, language).to_owned(), dimensions: table.dimensions.clone() }
    }
}

/// The name of a table.
pub fn name(table: &FrozenTable, language: Language) -> &str {
    let [ru, kk, en] = &table.names;
    match language {
        Language::Ru => ru,
        Language::Kk => kk,
        Language::En => en,
    }
}

/// The part of an agency in a release.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleasePart)]
pub struct PartView {
    /// Its id.
    id: ReleasePartId,
    /// The release.
    release_id: ReleaseId,
    /// The agency whose organisations reported these facts first.
    agency: AgencyCode,
    /// The city or district in which these organisations stand.
    territory: Kato,
    /// All facts of the part, exact.
    #[schema(example = 12)]
    facts: i64,
    /// How it stands: the last answer counts.
    state: PartState,
    /// What was said of it, in order.
    answers: Vec<AnswerView>,
    /// How it went into the release that was published.
    outcome: Option<PartOutcome>,
    /// Why the statistics office published against an objection.
    #[schema(value_type = Option<String>)]
    outcome_reason: Option<Reason>,
    /// Its version, for `If-Match`.
    version: i64,
}

/// What an agency said of its part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleasePartAnswerGiven)]
pub struct AnswerView {
    /// What.
    answer: PartAnswer,
    /// Why.
    #[schema(value_type = Option<String>)]
    comment: Option<Reason>,
    /// By which organisation.
    organisation_id: OrganisationId,
    /// When.
    answered_at: DateTime<Utc>,
}

impl From<&ReleasePart> for PartView {
    fn from(part: &ReleasePart) -> Self {
        let answers = part.answers.iter().map(|given| AnswerView {
            answer: given.answer,
            comment: given.comment.clone(),
            organisation_id: given.organisation,
            answered_at: given.at,
        });
        Self {
            id: part.id,
            release_id: part.release,
            agency: part.agency.clone(),
            territory: part.place.clone(),
            facts: part.facts,
            state: part.state(),
            answers: answers.collect(),
            outcome: part.outcome.as_ref().map(|(outcome, _)| *outcome),
            outcome_reason: part.outcome.as_ref().and_then(|(_, reason)| reason.clone()),
            version: part.version(),
        }
    }
}

/// A part with its numbers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleasePartWithTables)]
pub struct PartFullView {
    #[serde(flatten)]
    part: PartView,
    /// Its tables, exact: what its organisations reported first.
    tables: Vec<PartTableView>,
}

/// A table of a part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleasePartTable)]
pub struct PartTableView {
    #[serde(flatten)]
    head: TableHeadView,
    /// One row a cell that is not empty: a member for every dimension and `count`.
    #[schema(value_type = Vec<Object>, example = json!([{"month": "2026-03", "kind": "violence", "count": 12}]))]
    rows: Vec<Map<String, Value>>,
    /// All facts together.
    #[schema(example = 12)]
    total: i64,
}

impl PartFullView {
    /// With these tables.
    pub fn of(part: &ReleasePart, tables: &[FrozenTable], language: Language) -> Self {
        let tables = tables.iter().map(|table| PartTableView {
            head: TableHeadView::of(table, language),
            rows: table.cells.iter().map(|cell| row(&table.dimensions, cell)).collect(),
            total: table.total,
        });
        Self { part: PartView::from(part), tables: tables.collect() }
    }
}

fn row(dimensions: &[Dimension], (values, count): &FrozenCell) -> Map<String, Value> {
    let mut row = named(dimensions, values);
    row.insert("count".to_owned(), (*count).into());
    row
}

/// The values of a cell by their dimensions.
pub fn named(dimensions: &[Dimension], values: &[Option<String>]) -> Map<String, Value> {
    dimensions.iter().zip(values).map(|(of, value)| (of.to_string(), value.clone().into())).collect()
}
