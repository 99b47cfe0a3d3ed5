//! What a session comes to on a fact: recorded in the session, and as a new version of the fact in the register.

use diesel::prelude::*;
use qorgan_domain::ids::{FactId, QualificationItemId, QualificationSessionId, UserId};
use qorgan_domain::policy::{Subject, decide};
use qorgan_domain::register::qualification::{Conclusion, Resolution};
use qorgan_domain::register::{Change, SuicidalLevel};
use qorgan_domain::text::{Reason, Text};
use uuid::Uuid;

use super::QualificationSession;
use crate::register::{ChangeError, Fact, FactChange};
use crate::schema::{qualification_items as items, qualification_members as members};
use crate::{AccessError, Authorized, StorageError, Tx};

/// What came of a fact, to be recorded.
#[derive(Debug, Clone)]
pub struct NewSettlement {
    /// The item of the agenda.
    pub item: QualificationItemId,
    /// The fact.
    pub fact: FactId,
    /// What it came to.
    pub resolution: Resolution,
    /// Why.
    pub reason: Reason,
    /// Whose opinions counted.
    pub voters: Vec<UserId>,
}

/// A text of the session as the reason of a version.
pub(super) fn written(text: &str) -> Result<Reason, StorageError> {
    // A title may be shorter than a reason.
    let text = format!("«{text}»");
    Reason::new(&text).map_err(|_| StorageError::Statement("a title that is no reason"))
}

const fn change(resolution: Resolution) -> Change {
    match resolution {
        Resolution::Qualified(Conclusion::Confirmed(level)) => Change::Qualify { confirmed: true, level: Some(level) },
        Resolution::Qualified(Conclusion::NotConfirmed) => Change::Qualify { confirmed: false, level: None },
        Resolution::Postponed => Change::WithdrawQualification,
    }
}

const fn conclusion(resolution: Resolution) -> Option<Conclusion> {
    match resolution {
        Resolution::Qualified(conclusion) => Some(conclusion),
        Resolution::Postponed => None,
    }
}

impl Tx<'_> {
    /// Records what the group came to on a fact: the fact reads so from now on.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session or the fact changed since it was read; [`ChangeError::Refused`].
    pub fn qualification_settle(
        &mut self,
        session: &Authorized<QualificationSession>,
        new: &NewSettlement,
    ) -> Result<(), ChangeError> {
        self.qualification_bump(session, "qualification.settled")?;
        self.fact_stands(session, new.fact, change(new.resolution), new.reason.clone())?;
        let voters: Vec<Uuid> = new.voters.iter().map(UserId::as_uuid).collect();
        let level = conclusion(new.resolution).and_then(Conclusion::level).map(SuicidalLevel::as_str);
        let settled = diesel::update(items::table.find(new.item.as_uuid()))
            .filter(items::settled_at.is_null())
            .set((
                items::outcome.eq(new.resolution.outcome().as_str()),
                items::level.eq(level),
                items::reason.eq(new.reason.as_str()),
                items::voters.eq(voters),
                items::settled_by.eq(self.actor.user.as_uuid()),
                items::settled_at.eq(self.now),
            ))
            .execute(self.connection)?;
        if settled != 1 {
            return Err(StorageError::Stale.into());
        }
        self.audit(session.action(), new.item.as_uuid(), None);
        Ok(())
    }

    /// A new version of a fact before the group, under the protocol of the session once it has one.
    pub(super) fn fact_stands(
        &mut self,
        session: &Authorized<QualificationSession>,
        fact: FactId,
        change: Change,
        reason: Reason,
    ) -> Result<(), ChangeError> {
        let fact = self.fact_kept(session, fact)?;
        let protocol_number = session.protocol_number.as_deref().map(Text::new).transpose();
        let protocol_number = protocol_number.map_err(|_| StorageError::Statement("a protocol number"))?;
        self.fact_version_add(&fact, &FactChange { change, reason, protocol_number }).map(drop)
    }

    /// A fact on the agenda with the right that who keeps the session was given.
    fn fact_kept(
        &mut self,
        session: &Authorized<QualificationSession>,
        fact: FactId,
    ) -> Result<Authorized<Fact>, StorageError> {
        let found = self.fact_load(fact)?.ok_or(StorageError::Stale)?;
        let (actor, action) = (&self.actor, session.action());
        let subject = Subject::Group(session.seat(actor.user));
        self.decide(action, found, |_| decide(actor, action, &subject)).map_err(|error| match error {
            AccessError::Storage(error) => error,
            AccessError::Denied(_) => StorageError::Statement("a fact was written without the right to it"),
        })
    }

    /// The session kept by the actor that has a fact before it, with the item; nothing where there is none.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn session_before(
        &mut self,
        fact: FactId,
    ) -> Result<Option<(QualificationSessionId, QualificationItemId)>, StorageError> {
        let found: Option<(Uuid, Uuid)> = items::table
            .inner_join(members::table.on(members::session_id.eq(items::session_id)))
            .filter(items::fact_id.eq(fact.as_uuid()).and(items::settled_at.is_null()))
            .filter(members::user_id.eq(self.actor.user.as_uuid()))
            .filter(members::role.eq_any(["chair", "secretary"]))
            .select((items::session_id, items::id))
            .first(self.connection)
            .optional()?;
        Ok(found.map(|(session, item)| (session.into(), item.into())))
    }
}
