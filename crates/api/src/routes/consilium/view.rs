//! How a session of the consilium looks in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::Section;
use qorgan_domain::consilium::{AgendaItem, BoardOutcome, BoardRole, ConflictGround, SessionStatus, Vote};
use qorgan_domain::ids::{
    CaseId, ConsiliumDecisionId, ConsiliumItemId, ConsiliumSessionId, OrganisationId, TaskId, UserId,
};
use qorgan_storage::cases::ContentView;
use qorgan_storage::consilium::{ConsiliumSession, DecisionView, ItemView, SeatView, SessionListItem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::routes::cases::view::{OrganisationNameView, PersonView};

/// The address of a session.
#[must_use]
pub fn location(id: ConsiliumSessionId) -> String {
    format!("/api/v1/consilium/sessions/{id}")
}

/// A session of the consilium.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsiliumSession)]
pub struct SessionView {
    /// Its id.
    pub id: ConsiliumSessionId,
    /// Who convened it.
    pub organisation: OrganisationNameView,
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub place: Option<String>,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// Where it stands.
    pub status: SessionStatus,
    /// From when its members may read its cases.
    pub access_from: DateTime<Utc>,
    /// The first moment at which they may not any more; closing or cancelling it ends it at once.
    pub access_until: DateTime<Utc>,
    /// How many of those who vote must be present, in percent.
    pub present_percent: u8,
    /// From how many agencies those who vote must come.
    pub agencies_present: u8,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was closed or cancelled.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// The board.
    pub members: Vec<BoardMemberView>,
    /// The agenda in order: all of it for who keeps the session; for a member, the cases that the seat opens now.
    pub items: Vec<AgendaItemView>,
    /// Its version, as in `ETag`.
    pub version: i64,
}

/// Somebody on the board.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoardMember)]
pub struct BoardMemberView {
    /// Who.
    pub user: PersonView,
    /// For which organisation.
    pub organisation: OrganisationNameView,
    /// Of which agency.
    pub agency: String,
    /// As what.
    pub role: BoardRole,
    /// Whether the role votes.
    pub votes: bool,
    /// Whether the member is present; `null` before that was recorded.
    pub present: Option<bool>,
}

/// A case on the agenda.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgendaItem)]
pub struct AgendaItemView {
    /// Its id.
    pub id: ConsiliumItemId,
    /// Its place on the agenda, from 1.
    pub position: i32,
    /// The case.
    pub case_id: CaseId,
    /// The number of the case.
    pub case_number: String,
    /// The section that protects the question.
    pub section: Section,
    /// Whether the caller may read the question. Where not, it is `null`.
    pub readable: bool,
    /// The question put to the board.
    pub question: Option<String>,
    /// Who does not vote on it; of declared interests the caller sees the own, who keeps the session sees all.
    pub conflicts: Vec<ConflictView>,
    /// What was decided.
    pub decision: Option<BoardDecisionView>,
}

/// Somebody who does not vote on a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConflictOfInterest)]
pub struct ConflictView {
    /// Who.
    pub user_id: UserId,
    /// On what ground.
    pub ground: ConflictGround,
    /// Why, as told.
    pub reason: Option<String>,
}

/// What was decided on a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoardDecision)]
pub struct BoardDecisionView {
    /// Its id.
    pub id: ConsiliumDecisionId,
    /// What it came to.
    pub outcome: BoardOutcome,
    /// The section that protects its text.
    pub section: Section,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// Who voted how.
    pub votes: Vec<VoteView>,
    /// Whether the caller may read text, opinions and tasks. Where not, they are `null`.
    pub readable: bool,
    /// Text, opinions, tasks.
    #[serde(flatten)]
    pub body: DecisionBodyView,
}

/// How a member voted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoardVote)]
pub struct VoteView {
    /// Who.
    pub user_id: UserId,
    /// How.
    pub vote: Vote,
}

/// What a section protects of a decision.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = BoardDecisionBody)]
pub struct DecisionBodyView {
    /// The text.
    pub text: Option<String>,
    /// What members said.
    pub opinions: Option<Vec<Opinion>>,
    /// The tasks as they were given.
    pub tasks: Option<Vec<GivenTask>>,
}

/// The body of a decision as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct DecisionBody {
    /// The text.
    pub text: String,
    /// What members said.
    pub opinions: Vec<Opinion>,
    /// The tasks as they were given.
    pub tasks: Vec<GivenTask>,
}

/// What a member said on a case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = BoardOpinion)]
pub struct Opinion {
    /// Who.
    pub user_id: UserId,
    /// What.
    pub text: String,
}

/// A task that a decision gave.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = BoardTask)]
pub struct GivenTask {
    /// The task.
    pub id: TaskId,
    /// What is to be done.
    pub title: String,
    /// By whom.
    pub organisation_id: OrganisationId,
    /// By whom, as the organisation was called then.
    pub organisation: String,
    /// The last day on which it is in time.
    pub due_on: NaiveDate,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
}

/// The question of an item, if it is open.
#[must_use]
pub fn question(content: &ContentView) -> Option<String> {
    match content {
        ContentView::Open(body) => body["text"].as_str().map(str::to_owned),
        ContentView::Closed => None,
    }
}

/// What a section protects of a decision, if it is open.
#[must_use]
pub fn decision_body(content: &ContentView) -> Option<DecisionBody> {
    match content {
        ContentView::Open(body) => DecisionBody::deserialize(body).ok(),
        ContentView::Closed => None,
    }
}

impl From<&SeatView> for BoardMemberView {
    fn from(seat: &SeatView) -> Self {
        Self {
            user: (seat.member.user, seat.name.clone()).into(),
            organisation: (seat.member.organisation, seat.organisation.clone()).into(),
            agency: seat.member.agency.as_str().to_owned(),
            role: seat.member.role,
            votes: seat.member.role.votes(),
            present: seat.present,
        }
    }
}

impl From<&DecisionView> for BoardDecisionView {
    fn from(decision: &DecisionView) -> Self {
        let body = decision_body(&decision.body);
        Self {
            id: decision.id,
            outcome: decision.outcome,
            section: decision.section,
            decided_at: decision.decided_at,
            votes: decision.votes.iter().map(|(user, vote)| VoteView { user_id: *user, vote: *vote }).collect(),
            readable: body.is_some(),
            body: body.map_or_else(DecisionBodyView::default, |body| DecisionBodyView {
                text: Some(body.text),
                opinions: Some(body.opinions),
                tasks: Some(body.tasks),
            }),
        }
    }
}

impl AgendaItemView {
    fn of(item: &ItemView, state: Option<&AgendaItem>) -> Self {
        let question = question(&item.question);
        let conflicts = state.into_iter().flat_map(|state| &state.conflicts);
        Self {
            id: item.id,
            position: item.position,
            case_id: item.case.0,
            case_number: item.case.1.clone(),
            section: item.section,
            readable: question.is_some(),
            question,
            conflicts: conflicts
                .map(|(user, ground)| ConflictView {
                    user_id: *user,
                    ground: *ground,
                    reason: item.reasons.get(user).cloned(),
                })
                .collect(),
            decision: item.decision.as_ref().map(Into::into),
        }
    }
}

impl From<&ConsiliumSession> for SessionView {
    fn from(session: &ConsiliumSession) -> Self {
        let state = &session.state;
        Self {
            id: session.id,
            organisation: session.organisation.clone().into(),
            title: session.title.clone(),
            place: session.place.clone(),
            scheduled_at: session.scheduled_at,
            status: state.status,
            access_from: state.window.from,
            access_until: state.window.until,
            present_percent: state.rules.present_percent,
            agencies_present: state.rules.agencies_present,
            opened_at: session.opened_at,
            ended_at: session.ended_at,
            cancel_reason: session.cancel_reason.clone(),
            members: session.seats.iter().map(Into::into).collect(),
            items: session.items.iter().map(|item| AgendaItemView::of(item, state.item(item.id))).collect(),
            version: session.version,
        }
    }
}

/// A session as it stands in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsiliumSessionListItem)]
pub struct SessionItemView {
    /// Its id.
    pub id: ConsiliumSessionId,
    /// Who convened it.
    pub organisation: OrganisationNameView,
    /// What it is called.
    pub title: String,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// Where it stands.
    pub status: SessionStatus,
    /// Its version, as in `ETag`.
    pub version: i64,
}

impl From<SessionListItem> for SessionItemView {
    fn from(item: SessionListItem) -> Self {
        Self {
            id: item.id,
            organisation: item.organisation.into(),
            title: item.title,
            scheduled_at: item.scheduled_at,
            status: item.status,
            version: item.version,
        }
    }
}
