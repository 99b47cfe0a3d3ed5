//! What is written of a session besides its decisions: guarded by the version read.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::consilium::{AccessWindow, BoardMember, BoardRole};
use qorgan_domain::identity::Role;
use qorgan_domain::ids::{FactId, QualificationItemId, QualificationSessionId, UserId};
use qorgan_domain::notifications::NoticeKind;
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::register::Change;
use qorgan_domain::register::qualification::GroupRules;
use qorgan_domain::text::{Reason, Title};
use uuid::Uuid;

use super::QualificationSession;
use super::settle::written;
use crate::notifications::{Notice, Recipients};
use crate::register::ChangeError;
use crate::schema::{
    qualification_items as items, qualification_members as members, qualification_sessions as sessions,
};
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx, rows};

diesel::define_sql_function! {
    fn group_recuse(item: SqlUuid, user: SqlUuid, reason: Nullable<Text>, version: BigInt, now: Timestamptz) -> Bool;
}

/// A session to be convened.
#[derive(Debug, Clone)]
pub struct NewQualification {
    /// Its id, perhaps chosen by the client.
    pub id: QualificationSessionId,
    /// What it is called.
    pub title: Title,
    /// Where it is.
    pub place: Option<Title>,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// The rules in force.
    pub rules: GroupRules,
    /// The actor, as chair or secretary.
    pub keeper: BoardMember,
}

/// What to change of a planned session; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct QualificationAmendment {
    /// What it is called.
    pub title: Option<Title>,
    /// Where it is; `Some(None)` takes it away.
    pub place: Option<Option<Title>>,
    /// When it is to begin.
    pub scheduled_at: Option<DateTime<Utc>>,
}

/// A fact to be put on the agenda.
#[derive(Debug, Clone)]
pub struct NewQualificationItem {
    /// Its id, perhaps chosen by the client.
    pub id: QualificationItemId,
    /// The fact, with its number.
    pub fact: (FactId, String),
}

#[derive(AsChangeset, Default)]
#[diesel(table_name = sessions)]
struct SessionChange<'a> {
    title: Option<&'a str>,
    place: Option<Option<&'a str>>,
    scheduled_at: Option<DateTime<Utc>>,
    status: Option<&'a str>,
    access_from: Option<DateTime<Utc>>,
    access_until: Option<DateTime<Utc>>,
    protocol_number: Option<&'a str>,
    opened_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    cancel_reason: Option<&'a str>,
}

impl Tx<'_> {
    /// Convenes a session.
    ///
    /// # Errors
    /// [`AccessError`]; [`StorageError::Duplicate`] where the id is taken.
    pub fn qualification_insert(&mut self, permit: &Permit, new: &NewQualification) -> Result<(), AccessError> {
        if permit.action() != Action::QualificationManage {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let number = |value: u8| i16::from(value);
        let board = new.rules.board;
        let window = board.window_when_planned(new.scheduled_at);
        diesel::insert_into(sessions::table)
            .values((
                (
                    sessions::id.eq(new.id.as_uuid()),
                    sessions::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                    sessions::title.eq(new.title.as_str()),
                    sessions::place.eq(new.place.as_ref().map(Title::as_str)),
                    sessions::scheduled_at.eq(new.scheduled_at),
                    sessions::status.eq("planned"),
                    sessions::access_from.eq(window.from),
                    sessions::access_until.eq(window.until),
                ),
                (
                    sessions::present_percent.eq(number(board.present_percent)),
                    sessions::bodies_present.eq(number(board.agencies_present)),
                    sessions::preparation_days.eq(number(board.preparation_days)),
                    sessions::longest_days.eq(number(board.longest_days)),
                    sessions::material_days.eq(number(new.rules.material_days)),
                    sessions::created_by.eq(self.actor.user.as_uuid()),
                    sessions::created_at.eq(self.now),
                    sessions::updated_at.eq(self.now),
                ),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        self.group_seat_insert(new.id, &new.keeper)?;
        self.audit(Action::QualificationManage, new.id.as_uuid(), None);
        Ok(self.publish("qualification.convened", ResourceKind::Qualification, new.id.as_uuid())?)
    }

    fn group_seat_insert(&mut self, id: QualificationSessionId, member: &BoardMember) -> Result<(), StorageError> {
        diesel::insert_into(members::table)
            .values((
                members::session_id.eq(id.as_uuid()),
                members::user_id.eq(member.user.as_uuid()),
                members::organisation_id.eq(member.organisation.as_uuid()),
                members::agency_code.eq(member.agency.as_str()),
                members::role.eq(member.role.as_str()),
                members::added_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Writes a change of the session's own row, guarded by a version.
    fn qualification_change(
        &mut self,
        session: &Authorized<QualificationSession>,
        version: i64,
        change: &SessionChange<'_>,
        topic: &str,
    ) -> Result<(), StorageError> {
        let id = session.id.as_uuid();
        let changed = diesel::update(sessions::table.find(id))
            .filter(sessions::version.eq(version))
            .set((change, sessions::updated_at.eq(self.now), sessions::version.eq(version + 1)))
            .execute(self.connection)?;
        if changed != 1 {
            return Err(StorageError::Stale);
        }
        self.audit(session.action(), id, None);
        self.publish(topic, ResourceKind::Qualification, id)
    }

    /// Notes that something of the session changed.
    pub(super) fn qualification_bump(
        &mut self,
        session: &Authorized<QualificationSession>,
        topic: &str,
    ) -> Result<(), StorageError> {
        self.qualification_change(session, session.version, &SessionChange::default(), topic)
    }

    /// Changes a planned session. A new time moves the window in which its members may read its files.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn qualification_amend(
        &mut self,
        session: &Authorized<QualificationSession>,
        amendment: &QualificationAmendment,
        window: AccessWindow,
    ) -> Result<(), StorageError> {
        let change = SessionChange {
            title: amendment.title.as_ref().map(Title::as_str),
            place: amendment.place.as_ref().map(|place| place.as_ref().map(Title::as_str)),
            scheduled_at: amendment.scheduled_at,
            access_from: Some(window.from),
            access_until: Some(window.until),
            ..SessionChange::default()
        };
        self.qualification_change(session, session.version, &change, "qualification.amended")
    }

    /// Seats somebody in the group, and tells the person.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn qualification_seat(
        &mut self,
        session: &Authorized<QualificationSession>,
        member: &BoardMember,
    ) -> Result<(), StorageError> {
        self.qualification_bump(session, "qualification.seated")?;
        self.group_seat_insert(session.id, member)?;
        let recipients = Recipients::Users(vec![member.user]);
        let subject = Some(session.id.as_uuid());
        let kind = NoticeKind::QualificationInvitation;
        self.notify(&Notice { kind, case: None, subject, recipients }).map(drop)
    }

    /// Puts a fact on the agenda, at its end. The fact is before the group from now on.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read; [`StorageError::Duplicate`] where the id
    /// is taken, or another session has the fact before it (`qualification_items_live`); [`ChangeError::Refused`] where
    /// the register's rules do not let it come before the group.
    pub fn qualification_schedule(
        &mut self,
        session: &Authorized<QualificationSession>,
        new: &NewQualificationItem,
    ) -> Result<(), ChangeError> {
        self.qualification_bump(session, "qualification.scheduled")?;
        let last = session.items.iter().map(|item| item.position).max().unwrap_or(0);
        diesel::insert_into(items::table)
            .values((
                items::id.eq(new.id.as_uuid()),
                items::session_id.eq(session.id.as_uuid()),
                items::fact_id.eq(new.fact.0.as_uuid()),
                items::fact_number.eq(&new.fact.1),
                items::position.eq(last + 1),
                items::created_by.eq(self.actor.user.as_uuid()),
                items::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        self.audit(session.action(), new.id.as_uuid(), None);
        let reason = written(&session.title)?;
        self.fact_stands(session, new.fact.0, Change::OpenQualification, reason)
    }

    /// Keeps that a member has an interest in a fact; from now on the seat does not open its file.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn qualification_recuse(
        &mut self,
        session: &Authorized<QualificationSession>,
        item: QualificationItemId,
        user: UserId,
        reason: Option<&Reason>,
    ) -> Result<(), StorageError> {
        let reason = reason.map(Reason::as_str);
        let told: bool =
            diesel::select(group_recuse(item.as_uuid(), user.as_uuid(), reason, session.version, self.now))
                .get_result(self.connection)?;
        if !told {
            return Err(StorageError::Stale);
        }
        self.audit(session.action(), item.as_uuid(), None);
        self.publish("qualification.recused", ResourceKind::Qualification, session.id.as_uuid())
    }

    /// Opens a session under the number of its protocol.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read; [`StorageError::Duplicate`] where the
    /// number belongs to another session of the organisation.
    pub fn qualification_open(
        &mut self,
        session: &Authorized<QualificationSession>,
        protocol_number: &str,
        window: AccessWindow,
    ) -> Result<(), StorageError> {
        let change = SessionChange {
            status: Some("open"),
            protocol_number: Some(protocol_number),
            opened_at: Some(self.now),
            access_from: Some(window.from),
            access_until: Some(window.until),
            ..SessionChange::default()
        };
        self.qualification_change(session, session.version, &change, "qualification.opened")
    }

    /// Records who is present; whoever is not named is not.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn qualification_attendance(
        &mut self,
        session: &Authorized<QualificationSession>,
        present: &BTreeSet<UserId>,
    ) -> Result<(), StorageError> {
        self.qualification_bump(session, "qualification.attendance")?;
        let present: Vec<Uuid> = present.iter().map(UserId::as_uuid).collect();
        diesel::update(members::table)
            .filter(members::session_id.eq(session.id.as_uuid()))
            .set(members::present.eq(members::user_id.eq_any(present).nullable()))
            .execute(self.connection)?;
        Ok(())
    }

    /// Closes a session.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn qualification_close(&mut self, session: &Authorized<QualificationSession>) -> Result<(), StorageError> {
        let change = SessionChange { status: Some("closed"), ended_at: Some(self.now), ..SessionChange::default() };
        self.qualification_change(session, session.version, &change, "qualification.closed")
    }

    /// Cancels a session: the facts before it stand again where they stood.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read.
    pub fn qualification_cancel(
        &mut self,
        session: &Authorized<QualificationSession>,
        reason: &Reason,
    ) -> Result<(), ChangeError> {
        // The session's row first, then the facts: the order of a decision.
        self.qualification_bump(session, "qualification.cancelling")?;
        let mut before: Vec<FactId> =
            session.items.iter().filter(|item| item.decision.is_none()).map(|item| item.fact.0).collect();
        before.sort_unstable();
        for fact in before {
            self.fact_stands(session, fact, Change::WithdrawQualification, reason.clone())?;
        }
        diesel::update(items::table)
            .filter(items::session_id.eq(session.id.as_uuid()).and(items::settled_at.is_null()))
            .set((items::settled_at.eq(self.now), items::settled_by.eq(self.actor.user.as_uuid())))
            .execute(self.connection)?;
        let change = SessionChange {
            status: Some("cancelled"),
            ended_at: Some(self.now),
            cancel_reason: Some(reason.as_str()),
            ..SessionChange::default()
        };
        Ok(self.qualification_change(session, session.version + 1, &change, "qualification.cancelled")?)
    }

    /// Somebody as a member of the group: an active person of a body that belongs to it, with the role. Whoever counts
    /// the register (`statistician`) never reads a file of it and is no candidate. Nothing for everybody else.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn group_candidate(&mut self, user: UserId, role: BoardRole) -> Result<Option<BoardMember>, StorageError> {
        use crate::schema::{organisations, user_roles, users};
        let counting: bool = diesel::select(diesel::dsl::exists(
            user_roles::table
                .filter(user_roles::user_id.eq(user.as_uuid()))
                .filter(user_roles::role.eq(Role::Statistician.as_str())),
        ))
        .get_result(self.connection)?;
        if counting {
            return Ok(None);
        }
        let found: Option<(Uuid, String)> = users::table
            .inner_join(organisations::table)
            .inner_join(user_roles::table.on(user_roles::user_id.eq(users::id)))
            .filter(users::id.eq(user.as_uuid()).and(users::disabled_at.is_null()).and(users::kind.eq("person")))
            .filter(organisations::active.and(user_roles::role.eq(Role::QualificationMember.as_str())))
            .select((organisations::id, organisations::agency_code))
            .first(self.connection)
            .optional()?;
        found
            .map(|(organisation, agency)| {
                Ok(BoardMember {
                    user,
                    organisation: organisation.into(),
                    agency: rows::parse(&agency, "organisations", "agency_code", organisation)?,
                    role,
                })
            })
            .transpose()
    }
}
