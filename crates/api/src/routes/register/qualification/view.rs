//! How a session of the group looks in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::consilium::SessionStatus;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{FactId, QualificationItemId, QualificationSessionId, UserId};
use qorgan_domain::register::qualification::{GroupItem, QualificationOutcome, RecusalGround};
use qorgan_domain::register::{FactStatus, SuicidalLevel};
use qorgan_domain::territory::Kato;
use qorgan_storage::register::qualification::{
    QualificationDecision, QualificationItem, QualificationListItem, QualificationSession, WaitingFact,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::cases::view::OrganisationNameView;
use crate::routes::consilium::view::BoardMemberView;

/// The address of a session.
#[must_use]
pub fn location(id: QualificationSessionId) -> String {
    format!("/api/v1/register/qualification-sessions/{id}")
}

/// A session of the group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualificationSession)]
pub struct SessionView {
    /// Its id.
    pub id: QualificationSessionId,
    /// Of whom it was convened.
    pub organisation: OrganisationNameView,
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub place: Option<String>,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// Where it stands.
    pub status: SessionStatus,
    /// The number of its protocol, from its opening on.
    pub protocol_number: Option<String>,
    /// From when its members may read its files.
    pub access_from: DateTime<Utc>,
    /// The first moment at which they may not any more; closing or cancelling it ends it at once.
    pub access_until: DateTime<Utc>,
    /// How many of those who judge a fact must be present, in percent.
    pub present_percent: u8,
    /// From how many bodies they must come.
    pub bodies_present: u8,
    /// How many days organisations have to answer, unless a request says otherwise.
    pub material_days: u8,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was closed or cancelled.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// The members.
    pub members: Vec<BoardMemberView>,
    /// The agenda in order: all of it for who keeps the session; for a member, the facts whose files the seat opens now.
    pub items: Vec<ItemView>,
    /// Its version, as in `ETag`.
    pub version: i64,
}

/// A fact on the agenda, without the child.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualificationItem)]
pub struct ItemView {
    /// Its id.
    pub id: QualificationItemId,
    /// Its place on the agenda, from 1.
    pub position: i32,
    /// The fact.
    pub fact_id: FactId,
    /// The number of the fact.
    pub fact_number: String,
    /// How the fact reads in the register now; `null` where that is closed to the caller (any more).
    pub fact: Option<StandingView>,
    /// Who gives no opinion on it; of declared interests the caller sees the own, who keeps the session sees all.
    pub recusals: Vec<RecusalView>,
    /// Who gave an opinion. What it says stands in the file.
    pub heard: Vec<UserId>,
    /// What was decided.
    pub decision: Option<DecisionView>,
}

/// How a fact on the agenda reads in the register.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualificationStanding)]
pub struct StandingView {
    /// Where it stands.
    pub status: FactStatus,
    /// How far it went, as the register says now.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub territory: Kato,
    /// The fact that stands for it, where it was merged.
    pub merged_into: Option<FactId>,
}

/// Somebody who gives no opinion on a fact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualificationRecusal)]
pub struct RecusalView {
    /// Who.
    pub user_id: UserId,
    /// On what ground.
    pub ground: RecusalGround,
    /// Why, as told.
    pub reason: Option<String>,
}

/// What was decided on a fact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualificationDecision)]
pub struct DecisionView {
    /// In a word.
    pub outcome: QualificationOutcome,
    /// The level of a confirmed fact.
    pub level: Option<SuicidalLevel>,
    /// Why.
    pub reason: String,
    /// Whose opinions counted.
    pub voters: Vec<UserId>,
    /// When.
    pub decided_at: DateTime<Utc>,
}

impl From<&QualificationDecision> for DecisionView {
    fn from(decision: &QualificationDecision) -> Self {
        Self {
            outcome: decision.outcome,
            level: decision.level,
            reason: decision.reason.clone(),
            voters: decision.voters.clone(),
            decided_at: decision.at,
        }
    }
}

impl ItemView {
    fn of(item: &QualificationItem, state: Option<&GroupItem>) -> Self {
        let recused = state.into_iter().flat_map(|state| &state.recused);
        Self {
            id: item.id,
            position: item.position,
            fact_id: item.fact.0,
            fact_number: item.fact.1.clone(),
            fact: item.standing.as_ref().map(|standing| StandingView {
                status: standing.status,
                level: standing.level,
                occurred_on: standing.occurred_on,
                territory: standing.kato.clone(),
                merged_into: standing.survivor,
            }),
            recusals: recused
                .map(|(user, ground)| RecusalView {
                    user_id: *user,
                    ground: *ground,
                    reason: item.reasons.get(user).cloned(),
                })
                .collect(),
            heard: item.heard.iter().copied().collect(),
            decision: item.decision.as_ref().map(Into::into),
        }
    }
}

impl From<&QualificationSession> for SessionView {
    fn from(session: &QualificationSession) -> Self {
        let state = &session.state;
        Self {
            id: session.id,
            organisation: session.organisation.clone().into(),
            title: session.title.clone(),
            place: session.place.clone(),
            scheduled_at: session.scheduled_at,
            status: state.status,
            protocol_number: session.protocol_number.clone(),
            access_from: state.window.from,
            access_until: state.window.until,
            present_percent: state.rules.board.present_percent,
            bodies_present: state.rules.board.agencies_present,
            material_days: state.rules.material_days,
            opened_at: session.opened_at,
            ended_at: session.ended_at,
            cancel_reason: session.cancel_reason.clone(),
            members: session.seats.iter().map(Into::into).collect(),
            items: session.items.iter().map(|item| ItemView::of(item, state.item(item.id))).collect(),
            version: session.version,
        }
    }
}

/// A session as it stands in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualificationSessionListItem)]
pub struct SessionItemView {
    /// Its id.
    pub id: QualificationSessionId,
    /// Of whom it was convened.
    pub organisation: OrganisationNameView,
    /// What it is called.
    pub title: String,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// Where it stands.
    pub status: SessionStatus,
    /// The number of its protocol.
    pub protocol_number: Option<String>,
    /// Its version, as in `ETag`.
    pub version: i64,
}

impl From<QualificationListItem> for SessionItemView {
    fn from(item: QualificationListItem) -> Self {
        Self {
            id: item.id,
            organisation: item.organisation.into(),
            title: item.title,
            scheduled_at: item.scheduled_at,
            status: item.status,
            protocol_number: item.protocol_number,
            version: item.version,
        }
    }
}

/// A fact that waits for a session: what convening needs, nothing of the child.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingFact)]
pub struct WaitingFactView {
    /// The fact.
    pub id: FactId,
    /// The number people use.
    pub number: String,
    /// How far it went, as it was reported.
    pub level: SuicidalLevel,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub territory: Kato,
    /// The agency that reported first.
    pub agency: AgencyCode,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

impl From<WaitingFact> for WaitingFactView {
    fn from(fact: WaitingFact) -> Self {
        Self {
            id: fact.id,
            number: fact.number,
            level: fact.level,
            occurred_on: fact.occurred_on,
            territory: fact.kato,
            agency: fact.agency,
            created_at: fact.created_at,
        }
    }
}

/// Somebody by id, for documents.
#[must_use]
pub fn member_name(session: &SessionView, user: UserId) -> &str {
    session.members.iter().find(|member| member.user.id == user).map_or("", |member| member.user.name.as_str())
}
