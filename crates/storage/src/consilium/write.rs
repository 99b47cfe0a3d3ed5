//! What is written of a session before it decides: guarded by the version read.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::consilium::{AccessWindow, BoardMember, BoardRules};
use qorgan_domain::ids::{CaseId, ConsiliumItemId, ConsiliumSessionId, UserId};
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::text::{Narrative, Reason, Title};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ConsiliumSession;
use crate::cases::CaseEvent;
use crate::schema::{case_contents, consilium_items, consilium_members, consilium_sessions};
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx};

diesel::define_sql_function! {
    fn consilium_declare(item: SqlUuid, user: SqlUuid, reason: Nullable<Text>, version: BigInt, now: Timestamptz) -> Bool;
}

/// A session to be convened by the actor's organisation; the actor is its secretary.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id, perhaps chosen by the client.
    pub id: ConsiliumSessionId,
    /// What it is called.
    pub title: Title,
    /// Where it is.
    pub place: Option<Title>,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// The rules in force.
    pub rules: BoardRules,
    /// When its members may read its cases.
    pub window: AccessWindow,
    /// Who keeps the record.
    pub secretary: BoardMember,
}

/// What to change of a planned session; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SessionAmendment {
    /// What it is called.
    pub title: Option<Title>,
    /// Where it is; `Some(None)` takes it away.
    pub place: Option<Option<Title>>,
    /// When it is to begin.
    pub scheduled_at: Option<DateTime<Utc>>,
}

/// A case to be put on the agenda.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Its id, perhaps chosen by the client.
    pub id: ConsiliumItemId,
    /// The case, with its number.
    pub case: (CaseId, String),
    /// The section that protects the question.
    pub section: Section,
    /// The question put to the board.
    pub question: Narrative,
}

#[derive(AsChangeset, Default)]
#[diesel(table_name = consilium_sessions)]
struct Change<'a> {
    title: Option<&'a str>,
    place: Option<Option<&'a str>>,
    scheduled_at: Option<DateTime<Utc>>,
    status: Option<&'a str>,
    access_from: Option<DateTime<Utc>>,
    access_until: Option<DateTime<Utc>>,
    opened_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    cancel_reason: Option<&'a str>,
}

impl Tx<'_> {
    /// Convenes a session.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn consilium_insert(&mut self, permit: &Permit, new: &NewSession) -> Result<(), AccessError> {
        if permit.action() != Action::ConsiliumManage {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let number = |value: u8| i16::from(value);
        diesel::insert_into(consilium_sessions::table)
            .values((
                (
                    consilium_sessions::id.eq(new.id.as_uuid()),
                    consilium_sessions::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                    consilium_sessions::title.eq(new.title.as_str()),
                    consilium_sessions::place.eq(new.place.as_ref().map(Title::as_str)),
                    consilium_sessions::scheduled_at.eq(new.scheduled_at),
                    consilium_sessions::status.eq("planned"),
                    consilium_sessions::access_from.eq(new.window.from),
                    consilium_sessions::access_until.eq(new.window.until),
                ),
                (
                    consilium_sessions::present_percent.eq(number(new.rules.present_percent)),
                    consilium_sessions::agencies_present.eq(number(new.rules.agencies_present)),
                    consilium_sessions::preparation_days.eq(number(new.rules.preparation_days)),
                    consilium_sessions::longest_days.eq(number(new.rules.longest_days)),
                    consilium_sessions::created_by.eq(self.actor.user.as_uuid()),
                    consilium_sessions::created_at.eq(self.now),
                    consilium_sessions::updated_at.eq(self.now),
                ),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        self.seat_insert(new.id, &new.secretary)?;
        self.audit(Action::ConsiliumManage, new.id.as_uuid(), None);
        Ok(self.publish("consilium.convened", ResourceKind::Consilium, new.id.as_uuid())?)
    }

    fn seat_insert(&mut self, session: ConsiliumSessionId, member: &BoardMember) -> Result<(), StorageError> {
        diesel::insert_into(consilium_members::table)
            .values((
                consilium_members::session_id.eq(session.as_uuid()),
                consilium_members::user_id.eq(member.user.as_uuid()),
                consilium_members::organisation_id.eq(member.organisation.as_uuid()),
                consilium_members::agency_code.eq(member.agency.as_str()),
                consilium_members::role.eq(member.role.as_str()),
                consilium_members::added_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Writes a change of the session's own row, guarded by the version that was read.
    fn consilium_change(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        change: &Change<'_>,
        topic: &str,
    ) -> Result<(), StorageError> {
        let changed = diesel::update(consilium_sessions::table.find(session.id.as_uuid()))
            .filter(consilium_sessions::version.eq(session.version))
            .set((
                change,
                consilium_sessions::updated_at.eq(self.now),
                consilium_sessions::version.eq(session.version + 1),
            ))
            .execute(self.connection)?;
        if changed != 1 {
            return Err(StorageError::Stale);
        }
        self.audit(session.action(), session.id.as_uuid(), None);
        self.publish(topic, ResourceKind::Consilium, session.id.as_uuid())
    }

    /// Notes that something of the session changed.
    pub(super) fn consilium_bump(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        topic: &str,
    ) -> Result<(), StorageError> {
        self.consilium_change(session, &Change::default(), topic)
    }

    /// Changes a planned session. A new time moves the window in which its members may read its cases.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn consilium_amend(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        amendment: &SessionAmendment,
        window: AccessWindow,
    ) -> Result<(), StorageError> {
        let change = Change {
            title: amendment.title.as_ref().map(Title::as_str),
            place: amendment.place.as_ref().map(|place| place.as_ref().map(Title::as_str)),
            scheduled_at: amendment.scheduled_at,
            access_from: Some(window.from),
            access_until: Some(window.until),
            ..Change::default()
        };
        self.consilium_change(session, &change, "consilium.amended")
    }

    /// Seats somebody on the board.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn consilium_seat(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        member: &BoardMember,
    ) -> Result<(), StorageError> {
        self.consilium_bump(session, "consilium.seated")?;
        self.seat_insert(session.id, member)
    }

    /// Puts a case on the agenda, at its end.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read; [`StorageError::Duplicate`] where the id
    /// is taken.
    pub fn consilium_schedule(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        new: &NewItem,
    ) -> Result<(), StorageError> {
        self.consilium_bump(session, "consilium.scheduled")?;
        let content = Uuid::now_v7();
        let last = session.items.iter().map(|item| item.position).max().unwrap_or(0);
        diesel::insert_into(consilium_items::table)
            .values((
                consilium_items::id.eq(new.id.as_uuid()),
                consilium_items::session_id.eq(session.id.as_uuid()),
                consilium_items::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                consilium_items::case_id.eq(new.case.0.as_uuid()),
                consilium_items::case_number.eq(&new.case.1),
                consilium_items::position.eq(last + 1),
                consilium_items::section.eq(new.section.as_str()),
                consilium_items::content_id.eq(content),
                consilium_items::created_by.eq(self.actor.user.as_uuid()),
                consilium_items::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        // After the item: only a case on the agenda takes texts of the board.
        self.board_content(content, new.case.0, new.section, &json!({"text": new.question.as_str()}))?;
        let data = json!({"session_id": session.id, "scheduled_at": session.scheduled_at});
        self.board_event(new.case.0, CaseEventKind::ConsiliumScheduled, new.id.as_uuid(), new.section, data)
    }

    /// Keeps a text of the board under a section of the case.
    pub(super) fn board_content(
        &mut self,
        id: Uuid,
        case: CaseId,
        section: Section,
        body: &Value,
    ) -> Result<(), StorageError> {
        diesel::insert_into(case_contents::table)
            .values((
                case_contents::id.eq(id),
                case_contents::case_id.eq(case.as_uuid()),
                case_contents::section.eq(section.as_str()),
                case_contents::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                case_contents::author_id.eq(self.actor.user.as_uuid()),
                case_contents::body.eq(body),
                case_contents::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Tells the case what the board did with it.
    pub(super) fn board_event(
        &mut self,
        case: CaseId,
        kind: CaseEventKind,
        subject: Uuid,
        section: Section,
        data: Value,
    ) -> Result<(), StorageError> {
        self.event(case, CaseEvent::about(kind, subject, section, data));
        self.audit(Action::ConsiliumManage, subject, Some(case.as_uuid()));
        if self.consilium_touch(case)? { Ok(()) } else { Err(StorageError::Statement("a case left the agenda")) }
    }

    /// Keeps that a member has an interest in a case; from now on the seat does not open it.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn consilium_declare(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        item: ConsiliumItemId,
        user: UserId,
        reason: Option<&Reason>,
    ) -> Result<(), StorageError> {
        let reason = reason.map(Reason::as_str);
        let told: bool =
            diesel::select(consilium_declare(item.as_uuid(), user.as_uuid(), reason, session.version, self.now))
                .get_result(self.connection)?;
        if !told {
            return Err(StorageError::Stale);
        }
        self.audit(session.action(), item.as_uuid(), None);
        self.publish("consilium.conflict_declared", ResourceKind::Consilium, session.id.as_uuid())
    }

    /// Opens a session.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn consilium_open(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        window: AccessWindow,
    ) -> Result<(), StorageError> {
        let change = Change {
            status: Some("open"),
            opened_at: Some(self.now),
            access_from: Some(window.from),
            access_until: Some(window.until),
            ..Change::default()
        };
        self.consilium_change(session, &change, "consilium.opened")
    }

    /// Records who is present; whoever is not named is not.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn consilium_attendance(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        present: &BTreeSet<UserId>,
    ) -> Result<(), StorageError> {
        self.consilium_bump(session, "consilium.attendance")?;
        let present: Vec<Uuid> = present.iter().map(UserId::as_uuid).collect();
        diesel::update(consilium_members::table)
            .filter(consilium_members::session_id.eq(session.id.as_uuid()))
            .set(consilium_members::present.eq(consilium_members::user_id.eq_any(present).nullable()))
            .execute(self.connection)?;
        Ok(())
    }

    /// Ends a session: closed, or cancelled for a reason.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn consilium_end(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        cancelled: Option<&Reason>,
    ) -> Result<(), StorageError> {
        let (status, topic) =
            if cancelled.is_some() { ("cancelled", "consilium.cancelled") } else { ("closed", "consilium.closed") };
        let change = Change {
            status: Some(status),
            ended_at: Some(self.now),
            cancel_reason: cancelled.map(Reason::as_str),
            ..Change::default()
        };
        self.consilium_change(session, &change, topic)
    }

    /// Somebody as a member of a board: a person who is not disabled and holds a role that reads sessions. Nothing for
    /// everybody else.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn board_candidate(
        &mut self,
        user: UserId,
        role: qorgan_domain::consilium::BoardRole,
    ) -> Result<Option<BoardMember>, StorageError> {
        use crate::schema::{organisations, user_roles, users};
        let roles = qorgan_domain::policy::roles_that_may_ever(Action::ConsiliumRead);
        let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        let found: Option<(Uuid, String)> = users::table
            .inner_join(organisations::table)
            .inner_join(user_roles::table.on(user_roles::user_id.eq(users::id)))
            .filter(users::id.eq(user.as_uuid()).and(users::disabled_at.is_null()).and(users::kind.eq("person")))
            .filter(organisations::active.and(user_roles::role.eq_any(roles)))
            .select((organisations::id, organisations::agency_code))
            .first(self.connection)
            .optional()?;
        found
            .map(|(organisation, agency)| {
                Ok(BoardMember {
                    user,
                    organisation: organisation.into(),
                    agency: crate::rows::parse(&agency, "organisations", "agency_code", organisation)?,
                    role,
                })
            })
            .transpose()
    }
}
