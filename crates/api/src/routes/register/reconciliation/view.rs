//! How reconciliations look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::children::Iin;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{FactId, OrganisationId, ReconciliationId, ReconciliationItemId, ReportId, UserId};
use qorgan_domain::register::import::{EventRow, RowPlace};
use qorgan_domain::register::reconciliation::{
    DifferingField, ItemOrigin, ReconciliationOutcome, ReconciliationStatus, Resolution,
};
use qorgan_domain::register::{FactKind, FactNumber};
use qorgan_domain::signals::ImportSource;
use qorgan_domain::territory::Kato;
use qorgan_storage::register::reconciliation::{OutcomeCount, Reconciliation, ReconciliationItem};
use serde::Serialize;
use utoipa::ToSchema;

/// The address of a reconciliation.
pub fn location(id: ReconciliationId) -> String {
    format!("/api/v1/register/reconciliations/{id}")
}

/// A list that is compared with the register.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reconciliation)]
pub struct ReconciliationView {
    /// Its id.
    pub id: ReconciliationId,
    /// What it is called.
    pub title: ImportSource,
    /// Whose list it is.
    pub agency: AgencyCode,
    /// The first day of its period.
    pub from: NaiveDate,
    /// The last day of its period.
    pub to: NaiveDate,
    /// The kind of events that it lists; all where there is none.
    pub kind: Option<FactKind>,
    /// The territory that it covers; the region where there is none.
    pub territory: Option<Kato>,
    /// Where it stands.
    pub status: ReconciliationStatus,
    /// The organisation that uploaded it.
    pub organisation_id: OrganisationId,
    /// Who in person.
    pub created_by: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// From when on what the rows say is erased.
    pub erase_after: Option<DateTime<Utc>>,
    /// When it was.
    pub erased_at: Option<DateTime<Utc>>,
    /// The version this is; as in `ETag`.
    pub version: i64,
}

impl From<&Reconciliation> for ReconciliationView {
    fn from(list: &Reconciliation) -> Self {
        Self {
            id: list.id,
            title: list.title.clone(),
            agency: list.agency.clone(),
            from: list.period.0,
            to: list.period.1,
            kind: list.kind,
            territory: list.kato.clone(),
            status: list.status,
            organisation_id: list.organisation.id,
            created_by: list.created_by,
            created_at: list.created_at,
            closed_at: list.closed_at,
            erase_after: list.erase_after,
            erased_at: list.erased_at,
            version: list.version,
        }
    }
}

/// How many items of an outcome there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationCount)]
pub struct CountView {
    /// The outcome.
    pub outcome: ReconciliationOutcome,
    /// All of them.
    pub all: i64,
    /// Those that are settled.
    pub resolved: i64,
}

/// A reconciliation with what came of it. `rows` = `matched` + `differing` + `uncertain` + `only_there` + `bad`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationSummary)]
pub struct SummaryView {
    /// The reconciliation.
    #[serde(flatten)]
    pub reconciliation: ReconciliationView,
    /// Rows of the list that hold anything.
    pub rows: i64,
    /// Items by outcome, every outcome once.
    pub counts: Vec<CountView>,
}

impl SummaryView {
    /// Puts both together.
    pub fn of(list: &Reconciliation, counts: &[OutcomeCount]) -> Self {
        let rows = counts.iter().filter(|count| count.outcome != ReconciliationOutcome::OnlyHere);
        Self {
            reconciliation: list.into(),
            rows: rows.map(|count| count.all).sum(),
            counts: counts
                .iter()
                .map(|count| CountView { outcome: count.outcome, all: count.all, resolved: count.resolved })
                .collect(),
        }
    }
}

/// The fact that a row is, or may be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationFact)]
pub struct KnownFactView {
    /// Its id, where the caller may read it.
    pub id: Option<FactId>,
    /// Its number.
    pub number: FactNumber,
}

/// What a row of the list says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationRow)]
pub struct RowView {
    /// Violence or suicidal behaviour.
    pub kind: Option<FactKind>,
    /// The form by which violence is counted.
    pub main_form: Option<&'static str>,
    /// How far suicidal behaviour went.
    pub level: Option<&'static str>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// Where it took place, as written.
    pub territory: Option<String>,
    /// In what surroundings.
    pub setting: Option<&'static str>,
    /// The child's last name.
    pub last_name: Option<String>,
    /// The child's first name.
    pub first_name: Option<String>,
    /// The child's patronymic.
    pub patronymic: Option<String>,
    /// The child's date of birth.
    pub birth_date: Option<NaiveDate>,
    /// The child's sex.
    pub sex: Option<&'static str>,
    /// The child's ИИН.
    pub iin: Option<String>,
    /// What happened.
    pub description: Option<String>,
}

impl From<EventRow> for RowView {
    fn from(row: EventRow) -> Self {
        let person = row.person;
        Self {
            kind: row.kind,
            main_form: row.main_form.map(|form| form.as_str()),
            level: row.level.map(|level| level.as_str()),
            occurred_on: row.occurred_on,
            territory: row.place.map(|place| match place {
                RowPlace::Kato(kato) => kato.as_str().to_owned(),
                RowPlace::Name(name) => name.as_str().to_owned(),
            }),
            setting: row.setting.map(|setting| setting.as_str()),
            last_name: person.last_name.map(|name| name.as_str().to_owned()),
            first_name: person.first_name.map(|name| name.as_str().to_owned()),
            patronymic: person.patronymic.map(|name| name.as_str().to_owned()),
            birth_date: person.birth_date,
            sex: person.sex.map(|sex| sex.as_str()),
            iin: person.iin.as_ref().map(Iin::expose).map(str::to_owned),
            description: row.description.map(|text| text.as_str().to_owned()),
        }
    }
}

/// What is wrong with a field of a bad row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationProblem)]
pub struct RowProblemView {
    /// The field; empty where the row as a whole is meant.
    pub field: String,
    /// What is wrong with it.
    pub code: String,
}

/// A row of the list, or a fact that it lacks, with what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationItem)]
pub struct ItemView {
    /// Its id.
    pub id: ReconciliationItemId,
    /// Row or fact.
    pub origin: ItemOrigin,
    /// The number of the row in its file.
    pub row: Option<i32>,
    /// The id of the row in its source.
    pub external_id: Option<String>,
    /// What the row says; `null` for facts, bad rows, and once it is erased.
    pub content: Option<RowView>,
    /// What came of it.
    pub outcome: ReconciliationOutcome,
    /// The fact that it is, or may be.
    pub fact: Option<KnownFactView>,
    /// How sure it is that the child is the same: a probability.
    pub score: Option<f64>,
    /// Whether row and fact name one number of the investigation (ЕРДР) or of the book of records (КУИ).
    pub same_number: bool,
    /// What list and register know differently; values only in the fact, for who may read it.
    pub differing: Vec<DifferingField>,
    /// What is wrong with a bad row.
    pub problems: Vec<RowProblemView>,
    /// How it was settled.
    pub resolution: Option<Resolution>,
    /// Why.
    pub resolution_reason: Option<String>,
    /// The number of the fact that it was settled with.
    pub resolution_fact_number: Option<FactNumber>,
    /// The report that was filed from it.
    pub report_id: Option<ReportId>,
    /// Who settled it.
    pub resolved_by: Option<UserId>,
    /// When.
    pub resolved_at: Option<DateTime<Utc>>,
    /// The version this is; as in `ETag`.
    pub version: i64,
}

impl From<ReconciliationItem> for ItemView {
    fn from(item: ReconciliationItem) -> Self {
        let in_reach = item.fact_in_reach;
        Self {
            id: item.id,
            origin: item.origin,
            row: item.row_number,
            external_id: item.external_id,
            content: item.content.map(RowView::from),
            outcome: item.outcome,
            fact: item.fact.map(|(id, number)| KnownFactView { id: in_reach.then_some(id), number }),
            score: item.score,
            same_number: item.same_number,
            differing: item.differing,
            problems: item.problems.into_iter().map(|(field, code)| RowProblemView { field, code }).collect(),
            resolution: item.resolution,
            resolution_reason: item.resolution_reason,
            resolution_fact_number: item.resolution_fact,
            report_id: item.report,
            resolved_by: item.resolved.map(|(by, _)| by),
            resolved_at: item.resolved.map(|(_, at)| at),
            version: item.version,
        }
    }
}
