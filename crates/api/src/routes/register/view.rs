//! How reports and facts look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::children::Sex;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{CaseId, ChildId, FactId, ReportId, SignalId};
use qorgan_domain::register::matching::{Agreement, MatchEvidence, MatchField, MatchOutcome};
use qorgan_domain::register::{
    AgeGroup, ChangeKind, ChildRole, FactKind, FactNumber, FactStatus, Relation, Setting, SuicidalLevel, ViolenceForm,
};
use qorgan_domain::territory::Kato;
use qorgan_storage::register::{ExternalReference, Fact, FiledReport, Matching, Report};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::SystemCode;
use crate::routes::cases::view::{OrganisationNameView, PersonView};

/// Where an event took place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Place)]
pub struct PlaceView {
    /// City, district or settlement (KATO).
    pub territory: Kato,
    /// In what surroundings.
    pub setting: Setting,
}

/// A fact of the unified register, as it reads now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fact)]
pub struct FactView {
    /// Its id.
    pub id: FactId,
    /// The number people use.
    pub number: FactNumber,
    /// The version this is, from 1; as in `ETag`.
    pub version: i32,
    /// Where it stands.
    pub status: FactStatus,
    /// Violence or suicidal behaviour.
    pub kind: FactKind,
    /// The form by which violence is counted.
    pub main_form: Option<ViolenceForm>,
    /// All forms of violence, the main one among them.
    pub forms: Vec<ViolenceForm>,
    /// How far suicidal behaviour went.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// Where it took place.
    pub place: PlaceView,
    /// The child.
    pub child_id: ChildId,
    /// Sex of the child.
    pub sex: Sex,
    /// Age of the child on the day of the event, in full years.
    pub age_years: i16,
    /// The group in which that age is counted.
    pub age_group: Option<AgeGroup>,
    /// What the alleged perpetrator is to the child.
    pub alleged_perpetrator_relation: Option<Relation>,
    /// The agency that reported first.
    pub agency: AgencyCode,
    /// What made this version.
    pub change: ChangeKind,
    /// The fact that stands for this one, where it is merged.
    pub merged_into: Option<FactId>,
    /// The protocol of the session that decided, where one did.
    pub protocol_number: Option<String>,
    /// Why this version was made; `null` for the first.
    pub reason: Option<String>,
    /// When the fact was entered.
    pub created_at: DateTime<Utc>,
    /// When this version was made.
    pub recorded_at: DateTime<Utc>,
}

impl From<&Fact> for FactView {
    fn from(fact: &Fact) -> Self {
        let version = &fact.current;
        Self {
            id: fact.id,
            number: fact.number,
            version: version.version,
            status: version.status,
            kind: version.nature.kind(),
            main_form: version.nature.main_form(),
            forms: version.nature.forms().collect(),
            level: version.nature.level(),
            occurred_on: version.occurred_on,
            place: PlaceView { territory: version.kato.clone(), setting: version.setting },
            child_id: fact.child_id,
            sex: version.sex,
            age_years: version.age_years,
            age_group: AgeGroup::of(i32::from(version.age_years)),
            alleged_perpetrator_relation: version.relation,
            agency: version.agency.clone(),
            change: version.change,
            merged_into: version.merged_into,
            protocol_number: version.protocol_number.clone(),
            reason: version.reason.clone(),
            created_at: fact.created_at,
            recorded_at: version.recorded_at,
        }
    }
}

/// The number by which another system knows an event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExternalReference)]
pub struct ExternalReferenceView {
    /// The system.
    pub system: SystemCode,
    /// Its number there.
    pub number: String,
}

impl From<ExternalReference> for ExternalReferenceView {
    fn from(ExternalReference { system, number }: ExternalReference) -> Self {
        Self { system: SystemCode(system), number: number.into_string() }
    }
}

/// What one agency said about a fact.
#[derive(Serialize, ToSchema)]
#[schema(as = Report)]
pub struct ReportView {
    /// Its id.
    pub id: ReportId,
    /// The fact it tells of.
    pub fact_id: FactId,
    /// The child.
    pub child_id: ChildId,
    /// What the child was in the event.
    pub role: ChildRole,
    /// Violence or suicidal behaviour, as this agency saw it.
    pub kind: FactKind,
    /// The form by which it counts the violence.
    pub main_form: Option<ViolenceForm>,
    /// All forms that it saw.
    pub forms: Vec<ViolenceForm>,
    /// How far suicidal behaviour went.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// Where it took place.
    pub place: PlaceView,
    /// What the alleged perpetrator is to the child.
    pub alleged_perpetrator_relation: Option<Relation>,
    /// What happened, in the reporter's own words.
    pub description: String,
    /// Where other systems know the event.
    pub external_refs: Vec<ExternalReferenceView>,
    /// The case it was filed for; `null` where there is none that the caller may see.
    pub case_id: Option<CaseId>,
    /// Who filed it.
    pub reported_by: PersonView,
    /// For which organisation.
    pub organisation: OrganisationNameView,
    /// That organisation's agency.
    pub agency: AgencyCode,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<Report> for ReportView {
    fn from(report: Report) -> Self {
        let (organisation, name) = report.organisation;
        Self {
            id: report.id,
            fact_id: report.fact_id,
            child_id: report.child_id,
            role: report.child_role,
            kind: report.nature.kind(),
            main_form: report.nature.main_form(),
            forms: report.nature.forms().collect(),
            level: report.nature.level(),
            occurred_on: report.occurred_on,
            place: PlaceView { territory: report.kato, setting: report.setting },
            alleged_perpetrator_relation: report.relation,
            description: report.description.into_string(),
            external_refs: report.external_refs.into_iter().map(Into::into).collect(),
            case_id: report.case_id,
            reported_by: report.reported_by.into(),
            organisation: (organisation.id, name).into(),
            agency: organisation.agency,
            created_at: report.created_at,
        }
    }
}

/// A line of the explanation of a score.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchEvidence)]
pub struct EvidenceView {
    /// What was compared.
    pub field: MatchField,
    /// How far it agrees.
    pub agreement: Agreement,
    /// What that adds to the score.
    pub weight: f64,
}

impl From<MatchEvidence> for EvidenceView {
    fn from(MatchEvidence { field, agreement, weight }: MatchEvidence) -> Self {
        Self { field, agreement, weight }
    }
}

/// A fact, by id and number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FactName)]
pub struct FactNameView {
    /// Its id.
    pub id: FactId,
    /// The number people use.
    pub number: FactNumber,
}

/// A fact that a report was found near.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchCandidate)]
pub struct MatchCandidateView {
    /// Which; `null` where the caller may not know.
    pub fact: Option<FactNameView>,
    /// How near.
    pub score: f64,
    /// Why.
    pub evidence: Vec<EvidenceView>,
}

/// How a report was matched.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Match)]
pub struct MatchView {
    /// What became of the report.
    pub outcome: MatchOutcome,
    /// The facts that it was found near, the nearest first; one that it joined is the first. None for a report that was
    /// filed before.
    pub candidates: Vec<MatchCandidateView>,
    /// The fields in which the report differs from the fact that it joined, for who may amend the fact.
    pub differences: Vec<&'static str>,
}

impl From<Matching> for MatchView {
    fn from(matching: Matching) -> Self {
        let candidates = matching.candidates.into_iter().map(|candidate| MatchCandidateView {
            fact: candidate.fact.map(|(id, number)| FactNameView { id, number }),
            score: candidate.compared.score,
            evidence: candidate.compared.evidence.into_iter().map(Into::into).collect(),
        });
        Self { outcome: matching.outcome, candidates: candidates.collect(), differences: matching.differences }
    }
}

/// A filed report with the fact it tells of.
#[derive(Serialize, ToSchema)]
#[schema(as = FiledReport)]
pub struct FiledReportView {
    /// The report.
    pub report: ReportView,
    /// The fact.
    pub fact: FactView,
    /// How the report was matched with known facts.
    #[serde(rename = "match")]
    pub matching: MatchView,
    /// The signal by which the child's school was told just now; `null` where it was not.
    pub signal_id: Option<SignalId>,
}

impl From<FiledReport> for FiledReportView {
    fn from(filed: FiledReport) -> Self {
        Self {
            fact: (&filed.fact).into(),
            report: filed.report.into(),
            matching: filed.matching.into(),
            signal_id: filed.signal,
        }
    }
}

/// The address of a fact.
#[must_use]
pub fn location(id: FactId) -> String {
    format!("/api/v1/register/facts/{id}")
}
