//! How a case and its parts look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::lifecycle::{CaseEvidence, outlook};
use qorgan_domain::cases::{
    CaseAction, ClosureOutcome, EscalationTarget, ParticipantRole, ReviewConclusion, RiskLevel, Section, Stage,
};
use qorgan_domain::ids::{CaseId, ChildId, NoteId, OrganisationId, ReviewId, SignalId, UserId};
use qorgan_domain::policy::{Action, Subject, Verdict, decide};
use qorgan_domain::territory::Kato;
use qorgan_storage::Tx;
use qorgan_storage::cases::{Case, CaseListItem, Content, ContentView, NoteView, Participant, ReviewView};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::problem::messages;
use crate::request::Language;

/// A user, by id and by the name that colleagues see.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// The user.
    pub id: UserId,
    /// The name.
    pub name: String,
}

impl From<(UserId, String)> for PersonView {
    fn from((id, name): (UserId, String)) -> Self {
        Self { id, name }
    }
}

/// An organisation, by id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationNameView {
    /// The organisation.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
}

impl From<(OrganisationId, String)> for OrganisationNameView {
    fn from((id, name): (OrganisationId, String)) -> Self {
        Self { id, name }
    }
}

/// An organisation that works on a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipantView {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Its agency's code.
    pub agency: String,
    /// Lead or participant.
    pub role: ParticipantRole,
    /// Who works on the case there.
    pub assigned: Option<PersonView>,
    /// Since when it takes part.
    pub since: DateTime<Utc>,
}

impl From<&Participant> for ParticipantView {
    fn from(participant: &Participant) -> Self {
        Self {
            organisation_id: participant.organisation.id,
            name: participant.name.clone(),
            agency: participant.organisation.agency.as_str().to_owned(),
            role: participant.role,
            assigned: participant.assigned.clone().map(Into::into),
            since: participant.added_at,
        }
    }
}

/// How a case was, or is proposed to be, closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureView {
    /// How it ended.
    pub outcome: ClosureOutcome,
    /// Why it can be closed.
    pub reason: Option<String>,
    /// Who proposed it.
    pub proposed_by: Option<UserId>,
    /// When it was closed; `null` while it is proposed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Something that an action waits for.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingView {
    /// What is missing.
    pub code: String,
    /// The same in words.
    pub message: String,
}

/// An action that starts from the present stage and waits for something.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockedActionView {
    /// The action.
    pub action: CaseAction,
    /// What it waits for.
    pub missing: Vec<MissingView>,
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Case)]
pub struct CaseView {
    /// Its id.
    pub id: CaseId,
    /// The number people use.
    #[schema(example = "35-2026-000123-6")]
    pub number: String,
    /// Where it stands.
    pub stage: Stage,
    /// Since when.
    pub stage_since: DateTime<Utc>,
    /// How dangerous the situation is.
    pub risk_level: RiskLevel,
    /// A line.
    pub title: String,
    /// What is known.
    pub description: String,
    /// On what grounds it was opened.
    pub grounds: Option<String>,
    /// The child.
    pub child_id: ChildId,
    /// The signal it came from.
    pub signal_id: Option<SignalId>,
    /// Where it was opened (KATO).
    pub territory: Kato,
    /// The organisation responsible.
    pub lead: Option<ParticipantView>,
    /// The case manager.
    pub manager_id: Option<UserId>,
    /// All organisations that work on it, the lead first.
    pub participants: Vec<ParticipantView>,
    /// When the next review is due.
    pub review_due_on: Option<NaiveDate>,
    /// The boards it was brought to.
    pub escalated_to: Vec<EscalationTarget>,
    /// How it was, or is proposed to be, closed.
    pub closure: Option<ClosureView>,
    /// The case into which it was merged: work goes on there.
    pub merged_into: Option<CaseId>,
    /// When the child must be looked at again after closure; `null` once it was found safe.
    pub follow_up_due_on: Option<NaiveDate>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// By whom.
    pub opened_by: UserId,
    /// When anything of it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, as in `ETag`.
    pub version: i64,
    /// The actions of the lifecycle that the caller can take now.
    pub allowed_actions: Vec<CaseAction>,
    /// The actions that the caller could take if something were not missing.
    pub blocked_actions: Vec<BlockedActionView>,
}

impl CaseView {
    /// The case as the actor of the unit of work sees it.
    #[must_use]
    pub fn of(case: &Case, evidence: &CaseEvidence, tx: &Tx<'_>, language: Language) -> Self {
        let (allowed_actions, blocked_actions) = actions(case, evidence, tx, language);
        Self {
            id: case.id,
            number: case.number.clone(),
            stage: case.state.stage,
            stage_since: case.state.stage_since,
            risk_level: case.state.risk_level,
            title: case.title.clone(),
            description: case.description.clone(),
            grounds: case.grounds.clone(),
            child_id: case.child_id,
            signal_id: case.signal_id,
            territory: case.kato.clone(),
            lead: lead(case),
            manager_id: case.state.manager,
            participants: case.participants.iter().map(Into::into).collect(),
            review_due_on: case.state.review_due_on,
            escalated_to: case.escalated_to.clone(),
            closure: case.closure_outcome.map(|outcome| ClosureView {
                outcome,
                reason: case.closure_reason.clone(),
                proposed_by: case.state.closure_proposed_by,
                closed_at: case.closed_at,
            }),
            merged_into: case.merged_into,
            follow_up_due_on: case.follow_up_due_on,
            opened_at: case.opened_at,
            opened_by: case.opened_by,
            updated_at: case.updated_at,
            version: case.version,
            allowed_actions,
            blocked_actions,
        }
    }
}

fn lead(case: &Case) -> Option<ParticipantView> {
    case.participants.iter().find(|participant| participant.role == ParticipantRole::Lead).map(Into::into)
}

/// The actions open to the actor, and those that wait for something.
fn actions(
    case: &Case,
    evidence: &CaseEvidence,
    tx: &Tx<'_>,
    language: Language,
) -> (Vec<CaseAction>, Vec<BlockedActionView>) {
    let subject = case.subject();
    let decider = case.decider(tx.actor());
    let mut allowed = Vec::new();
    let mut blocked = Vec::new();
    for (action, missing) in outlook(&case.state, evidence, decider, tx.now()) {
        let right = Action::of_lifecycle(action);
        if decide(tx.actor(), right, &Subject::Case(&subject)) != Verdict::Allowed {
            continue;
        }
        if missing.is_empty() {
            allowed.push(action);
        } else {
            let missing = missing.iter().map(|gate| missing_view(gate.code.as_str(), language)).collect();
            blocked.push(BlockedActionView { action, missing });
        }
    }
    (allowed, blocked)
}

fn missing_view(code: &str, language: Language) -> MissingView {
    let message = messages::find(messages::MISSING, code)
        .map_or_else(|| code.to_owned(), |words| words.in_language(language).to_owned());
    MissingView { code: code.to_owned(), message }
}

/// A case as it stands in the worklist.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseListItem)]
pub struct CaseItemView {
    /// Its id.
    pub id: CaseId,
    /// The number people use.
    pub number: String,
    /// Where it stands.
    pub stage: Stage,
    /// How dangerous the situation is.
    pub risk_level: RiskLevel,
    /// A line.
    pub title: String,
    /// The child.
    pub child_id: ChildId,
    /// Last and first name of the child, where the caller may read the record.
    pub child_name: Option<String>,
    /// The organisation responsible.
    pub lead: Option<ParticipantView>,
    /// The case manager.
    pub manager_id: Option<UserId>,
    /// When the next review is due.
    pub review_due_on: Option<NaiveDate>,
    /// When the child must be looked at again after closure.
    pub follow_up_due_on: Option<NaiveDate>,
    /// When anything of it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, as in `ETag`.
    pub version: i64,
}

impl From<CaseListItem> for CaseItemView {
    fn from(CaseListItem { case, child }: CaseListItem) -> Self {
        Self {
            id: case.id,
            stage: case.state.stage,
            risk_level: case.state.risk_level,
            child_id: case.child_id,
            child_name: child.map(|(last, first)| format!("{last} {first}")),
            lead: lead(&case),
            manager_id: case.state.manager,
            review_due_on: case.state.review_due_on,
            follow_up_due_on: case.follow_up_due_on,
            updated_at: case.updated_at,
            version: case.version,
            number: case.number,
            title: case.title,
        }
    }
}

/// Who wrote something, for which organisation, when, in which section: seen by all who see the case.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthoredView {
    /// The section that protects the text.
    pub section: Section,
    /// The author.
    pub author: PersonView,
    /// The author's organisation.
    pub organisation: OrganisationNameView,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Whether the caller may read the text. Where not, its fields are `null`.
    pub readable: bool,
}

/// Splits content into what all see and the text, if the actor may read it.
pub fn open(content: Content) -> (AuthoredView, Option<Value>) {
    let text = match content.view {
        ContentView::Open(body) => Some(body),
        ContentView::Closed => None,
    };
    let authored = AuthoredView {
        section: content.section,
        author: content.author.into(),
        organisation: content.organisation.into(),
        created_at: content.at,
        readable: text.is_some(),
    };
    (authored, text)
}

/// A field of a text, if the text is open.
pub fn field(text: Option<&Value>, name: &str) -> Option<String> {
    text.and_then(|text| text[name].as_str()).map(str::to_owned)
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Note)]
pub struct NoteJson {
    /// Its id.
    pub id: NoteId,
    /// Author, organisation, time, section.
    #[serde(flatten)]
    pub authored: AuthoredView,
    /// The text; `null` where the section is closed to the caller.
    pub text: Option<String>,
    /// When it was written, if that was on a device without connection.
    pub written_at: Option<DateTime<Utc>>,
}

impl From<NoteView> for NoteJson {
    fn from(note: NoteView) -> Self {
        let (authored, text) = open(note.content);
        Self { id: note.id, authored, text: field(text.as_ref(), "text"), written_at: note.written_at }
    }
}

/// A review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Review)]
pub struct ReviewJson {
    /// Its id.
    pub id: ReviewId,
    /// What follows from it.
    pub conclusion: ReviewConclusion,
    /// When to look again.
    pub next_review_on: Option<NaiveDate>,
    /// Author, organisation, time, section.
    #[serde(flatten)]
    pub authored: AuthoredView,
    /// What was seen.
    pub summary: Option<String>,
    /// When it was written, if that was on a device without connection.
    pub written_at: Option<DateTime<Utc>>,
}

impl From<ReviewView> for ReviewJson {
    fn from(review: ReviewView) -> Self {
        let (authored, text) = open(review.content);
        Self {
            id: review.id,
            conclusion: review.conclusion,
            next_review_on: review.next_review_on,
            summary: field(text.as_ref(), "summary"),
            written_at: review.written_at,
            authored,
        }
    }
}

/// The address of a case.
#[must_use]
pub fn location(id: CaseId) -> String {
    format!("/api/v1/cases/{id}")
}

/// The body of a text with one field.
#[must_use]
pub fn text_of(name: &str, text: &str) -> Value {
    json!({ name: text })
}
