//! Loading a session together with the right to it. Of its agenda there is what row security shows: all of it to who
//! keeps the session; to a member the cases that the seat opens now; to both the texts they may read.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::Section;
use qorgan_domain::consilium::{AccessWindow, BoardMember, BoardOutcome, Session, Vote};
use qorgan_domain::ids::{CaseId, ConsiliumDecisionId, ConsiliumItemId, ConsiliumSessionId, OrganisationId, UserId};
use qorgan_domain::policy::{Action, Subject, decide};
use uuid::Uuid;

use crate::cases::ContentView;
use crate::reference::consilium::{RuleColumns, board_rules};
use crate::schema::{consilium_members, consilium_sessions, organisations, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// A session of the consilium.
#[derive(Debug, Clone)]
pub struct ConsiliumSession {
    /// Its id.
    pub id: ConsiliumSessionId,
    /// Who convened it, with the organisation's name.
    pub organisation: (OrganisationId, String),
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub place: Option<String>,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was closed or cancelled.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// Who wrote it down.
    pub created_by: UserId,
    /// Its version, for `ETag`.
    pub version: i64,
    /// The session as its rules see it; of the agenda, what the actor may know.
    pub state: Session,
    /// The board, with names.
    pub seats: Vec<SeatView>,
    /// The agenda in order; what the actor may know of it.
    pub items: Vec<ItemView>,
}

/// Somebody on the board, with names.
#[derive(Debug, Clone)]
pub struct SeatView {
    /// The seat.
    pub member: BoardMember,
    /// The name colleagues see.
    pub name: String,
    /// The organisation's name.
    pub organisation: String,
    /// Whether the member is present, once that was recorded.
    pub present: Option<bool>,
}

/// A case on the agenda.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// Its id.
    pub id: ConsiliumItemId,
    /// Its place on the agenda, from 1.
    pub position: i32,
    /// The case, with the number people use.
    pub case: (CaseId, String),
    /// The section that protects the question.
    pub section: Section,
    /// The question, if the actor may read it.
    pub question: ContentView,
    /// Why members told of an interest, as far as the actor may read it.
    pub reasons: BTreeMap<UserId, String>,
    /// What was decided.
    pub decision: Option<DecisionView>,
}

/// A decision on a case.
#[derive(Debug, Clone)]
pub struct DecisionView {
    /// Its id.
    pub id: ConsiliumDecisionId,
    /// What it came to.
    pub outcome: BoardOutcome,
    /// The section that protects its text.
    pub section: Section,
    /// Text, opinions and tasks as they were given, if the actor may read them.
    pub body: ContentView,
    /// Who voted how.
    pub votes: BTreeMap<UserId, Vote>,
    /// When.
    pub decided_at: DateTime<Utc>,
}

type SessionRow = (
    (Uuid, Uuid, String, Option<String>, DateTime<Utc>, String, DateTime<Utc>, DateTime<Utc>),
    RuleColumns,
    (Option<DateTime<Utc>>, Option<DateTime<Utc>>, Option<String>, Uuid, i64),
    String,
);

impl ConsiliumSession {
    /// Whether a user sits on its board.
    #[must_use]
    pub fn seats_user(&self, user: UserId) -> bool {
        self.state.members.iter().any(|member| member.user == user)
    }
}

impl Tx<'_> {
    /// Loads a session with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn consilium_for(
        &mut self,
        id: ConsiliumSessionId,
        action: Action,
    ) -> Result<Authorized<ConsiliumSession>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let Some(session) = self.consilium_load(id)? else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let actor = &self.actor;
        let session = self.decide(action, session, |session| {
            let member = session.seats_user(actor.user);
            decide(actor, action, &Subject::Session { convener: session.organisation.0, member })
        })?;
        if action == Action::ConsiliumRead {
            self.consilium_seen(&session);
        }
        Ok(session)
    }

    /// A reading of the session is a reading of something of each case that it shows.
    fn consilium_seen(&mut self, session: &ConsiliumSession) {
        self.audit(Action::ConsiliumRead, session.id.as_uuid(), None);
        for item in &session.items {
            self.audit(Action::ConsiliumRead, item.id.as_uuid(), Some(item.case.0.as_uuid()));
        }
    }

    fn consilium_row(&mut self, id: ConsiliumSessionId) -> Result<Option<SessionRow>, StorageError> {
        Ok(consilium_sessions::table
            .inner_join(organisations::table.on(organisations::id.eq(consilium_sessions::organisation_id)))
            .filter(consilium_sessions::id.eq(id.as_uuid()))
            .select((
                (
                    consilium_sessions::id,
                    consilium_sessions::organisation_id,
                    consilium_sessions::title,
                    consilium_sessions::place,
                    consilium_sessions::scheduled_at,
                    consilium_sessions::status,
                    consilium_sessions::access_from,
                    consilium_sessions::access_until,
                ),
                (
                    consilium_sessions::present_percent,
                    consilium_sessions::agencies_present,
                    consilium_sessions::preparation_days,
                    consilium_sessions::longest_days,
                ),
                (
                    consilium_sessions::opened_at,
                    consilium_sessions::ended_at,
                    consilium_sessions::cancel_reason,
                    consilium_sessions::created_by,
                    consilium_sessions::version,
                ),
                organisations::name,
            ))
            .first(self.connection)
            .optional()?)
    }

    fn consilium_load(&mut self, id: ConsiliumSessionId) -> Result<Option<ConsiliumSession>, StorageError> {
        let Some((head, rule, tail, organisation_name)) = self.consilium_row(id)? else { return Ok(None) };
        let (uuid, organisation, title, place, scheduled_at, status, from, until) = head;
        let (opened_at, ended_at, cancel_reason, created_by, version) = tail;
        let seats = self.consilium_seats(id)?;
        let (state_items, items) = self.consilium_agenda(id, &seats)?;
        let corrupt = StorageError::Corrupt { table: "consilium_sessions", column: "present_percent", row: uuid };
        let state = Session {
            status: rows::parse(&status, "consilium_sessions", "status", uuid)?,
            rules: board_rules(rule).ok_or(corrupt)?,
            window: AccessWindow { from, until },
            members: seats.iter().map(|seat| seat.member.clone()).collect(),
            present: seats.iter().filter(|seat| seat.present == Some(true)).map(|seat| seat.member.user).collect(),
            items: state_items,
        };
        Ok(Some(ConsiliumSession {
            id,
            organisation: (organisation.into(), organisation_name),
            title,
            place,
            scheduled_at,
            opened_at,
            ended_at,
            cancel_reason,
            created_by: created_by.into(),
            version,
            state,
            seats,
            items,
        }))
    }

    fn consilium_seats(&mut self, id: ConsiliumSessionId) -> Result<Vec<SeatView>, StorageError> {
        let found: Vec<SeatRow> = consilium_members::table
            .inner_join(users::table.on(users::id.eq(consilium_members::user_id)))
            .inner_join(organisations::table.on(organisations::id.eq(consilium_members::organisation_id)))
            .filter(consilium_members::session_id.eq(id.as_uuid()))
            .order((consilium_members::added_at, consilium_members::user_id))
            .select((
                consilium_members::user_id,
                consilium_members::organisation_id,
                consilium_members::agency_code,
                consilium_members::role,
                consilium_members::present,
                users::display_name,
                organisations::name,
            ))
            .load(self.connection)?;
        seats_of(found, "consilium_members")
    }
}

/// A seat as boards keep it: user, organisation, agency, role, presence; then the names of the user and the organisation.
pub(crate) type SeatRow = (Uuid, Uuid, String, String, Option<bool>, String, String);

/// The seats of rows of this table.
pub(crate) fn seats_of(found: Vec<SeatRow>, table: &'static str) -> Result<Vec<SeatView>, StorageError> {
    let seat = |(user, organisation, agency, role, present, name, organisation_name): SeatRow| {
        let member = BoardMember {
            user: user.into(),
            organisation: organisation.into(),
            agency: rows::parse(&agency, table, "agency_code", user)?,
            role: rows::parse(&role, table, "role", user)?,
        };
        Ok(SeatView { member, name, organisation: organisation_name, present })
    };
    found.into_iter().map(seat).collect()
}
