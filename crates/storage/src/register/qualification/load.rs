//! Loading a session of the group, or a fact before it, together with the right to it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::consilium::{AccessWindow, BoardMember, BoardRole, Seat};
use qorgan_domain::ids::{OrganisationId, QualificationItemId, QualificationSessionId, UserId};
use qorgan_domain::policy::{Action, SeatInGroup, Subject, decide};
use qorgan_domain::register::qualification::{Group, GroupSeat, RecusalGround};
use uuid::Uuid;

use super::QualificationItem;
use crate::consilium::{SeatRow, SeatView, seats_of};
use crate::reference::qualification::{GroupRuleColumns, group_rules};
use crate::schema::{organisations, qualification_members as members, qualification_sessions as sessions, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// A session of the group.
#[derive(Debug, Clone)]
pub struct QualificationSession {
    /// Its id.
    pub id: QualificationSessionId,
    /// Of whom it was convened, with the organisation's name.
    pub organisation: (OrganisationId, String),
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub place: Option<String>,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// The number of its protocol, once it was opened.
    pub protocol_number: Option<String>,
    /// When it was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was closed or cancelled.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// Who convened it.
    pub created_by: UserId,
    /// Its version, for `ETag`.
    pub version: i64,
    /// The session as its rules see it; of the agenda, what the actor may know.
    pub state: Group,
    /// The members, with names.
    pub seats: Vec<SeatView>,
    /// The agenda in order; what the actor may know of it.
    pub items: Vec<QualificationItem>,
}

/// A fact on the agenda, with its session.
#[derive(Debug, Clone)]
pub struct FactBefore {
    /// The session.
    pub session: QualificationSession,
    /// The item of its agenda.
    pub item: QualificationItem,
}

type SessionRow = (
    (Uuid, Uuid, String, Option<String>, DateTime<Utc>, String, DateTime<Utc>, DateTime<Utc>),
    GroupRuleColumns,
    (Option<String>, Option<DateTime<Utc>>, Option<DateTime<Utc>>, Option<String>, Uuid, i64),
    String,
);

impl QualificationSession {
    fn member(&self, user: UserId) -> Option<&BoardMember> {
        self.state.members.iter().find(|member| member.user == user)
    }

    /// Whether a user keeps it, as chair or secretary.
    #[must_use]
    pub fn kept_by(&self, user: UserId) -> bool {
        self.member(user).is_some_and(|member| matches!(member.role, BoardRole::Chair | BoardRole::Secretary))
    }

    /// What the seat of a user gives, besides the file of an item.
    pub(super) fn seat(&self, user: UserId) -> Option<SeatInGroup> {
        self.member(user).map(|_| SeatInGroup { keeper: self.kept_by(user), opens_file: false })
    }

    /// The same with the file of an item.
    fn seat_before(&self, item: QualificationItemId, user: UserId, now: DateTime<Utc>) -> Option<SeatInGroup> {
        let seat = self.seat(user)?;
        let recused = self.state.item(item)?.recused.get(&user) == Some(&RecusalGround::Declared);
        let board = Seat { status: self.state.status, window: self.state.window, conflict_declared: recused };
        let found = self.seats.iter().find(|seat| seat.member.user == user)?;
        let group = GroupSeat { seat: board, absent: found.present == Some(false) };
        Some(SeatInGroup { opens_file: group.opens_the_file(now), ..seat })
    }
}

impl Tx<'_> {
    /// Loads a session with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn qualification_for(
        &mut self,
        id: QualificationSessionId,
        action: Action,
    ) -> Result<Authorized<QualificationSession>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let session = self.qualification_load(id)?.ok_or(AccessError::Denied(Denial::NotFound))?;
        let actor = &self.actor;
        let seat = session.seat(actor.user);
        let session = self.decide(action, session, |_| decide(actor, action, &Subject::Group(seat)))?;
        if action == Action::QualificationRead {
            self.audit(action, id.as_uuid(), None);
            self.audit_many(action, session.items.iter().map(|item| item.id.as_uuid()).collect());
        }
        Ok(session)
    }

    /// Loads a fact on the agenda with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn fact_before_group(
        &mut self,
        session: QualificationSessionId,
        item: QualificationItemId,
        action: Action,
    ) -> Result<Authorized<FactBefore>, AccessError> {
        self.attempt(action, item.as_uuid(), None)?;
        let session = self.qualification_load(session)?.ok_or(AccessError::Denied(Denial::NotFound))?;
        let found = session.items.iter().find(|known| known.id == item).cloned();
        let found = found.ok_or(AccessError::Denied(Denial::NotFound))?;
        let actor = &self.actor;
        let seat = session.seat_before(item, actor.user, self.now);
        let before = FactBefore { session, item: found };
        self.decide(action, before, |_| decide(actor, action, &Subject::Group(seat)))
    }

    fn qualification_row(&mut self, id: QualificationSessionId) -> Result<Option<SessionRow>, StorageError> {
        Ok(sessions::table
            .inner_join(organisations::table.on(organisations::id.eq(sessions::organisation_id)))
            .filter(sessions::id.eq(id.as_uuid()))
            .select((
                (
                    sessions::id,
                    sessions::organisation_id,
                    sessions::title,
                    sessions::place,
                    sessions::scheduled_at,
                    sessions::status,
                    sessions::access_from,
                    sessions::access_until,
                ),
                (
                    sessions::present_percent,
                    sessions::bodies_present,
                    sessions::preparation_days,
                    sessions::longest_days,
                    sessions::material_days,
                ),
                (
                    sessions::protocol_number,
                    sessions::opened_at,
                    sessions::ended_at,
                    sessions::cancel_reason,
                    sessions::created_by,
                    sessions::version,
                ),
                organisations::name,
            ))
            .first(self.connection)
            .optional()?)
    }

    pub(super) fn qualification_load(
        &mut self,
        id: QualificationSessionId,
    ) -> Result<Option<QualificationSession>, StorageError> {
        let Some((head, rule, tail, organisation_name)) = self.qualification_row(id)? else { return Ok(None) };
        let (uuid, organisation, title, place, scheduled_at, status, from, until) = head;
        let (protocol_number, opened_at, ended_at, cancel_reason, created_by, version) = tail;
        let seats = self.qualification_seats(id)?;
        let (state_items, items) = self.qualification_agenda(id)?;
        let corrupt = StorageError::Corrupt { table: "qualification_sessions", column: "present_percent", row: uuid };
        let state = Group {
            status: rows::parse(&status, "qualification_sessions", "status", uuid)?,
            rules: group_rules(rule).ok_or(corrupt)?,
            window: AccessWindow { from, until },
            members: seats.iter().map(|seat| seat.member.clone()).collect(),
            present: seats.iter().filter(|seat| seat.present == Some(true)).map(|seat| seat.member.user).collect(),
            items: state_items,
        };
        Ok(Some(QualificationSession {
            id,
            organisation: (organisation.into(), organisation_name),
            title,
            place,
            scheduled_at,
            protocol_number,
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

    fn qualification_seats(&mut self, id: QualificationSessionId) -> Result<Vec<SeatView>, StorageError> {
        let found: Vec<SeatRow> = members::table
            .inner_join(users::table.on(users::id.eq(members::user_id)))
            .inner_join(organisations::table.on(organisations::id.eq(members::organisation_id)))
            .filter(members::session_id.eq(id.as_uuid()))
            .order((members::added_at, members::user_id))
            .select((
                members::user_id,
                members::organisation_id,
                members::agency_code,
                members::role,
                members::present,
                users::display_name,
                organisations::name,
            ))
            .load(self.connection)?;
        seats_of(found, "qualification_members")
    }
}
