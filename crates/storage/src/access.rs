//! Rights that cannot be forgotten: writers accept only what was authorised here.

use std::ops::Deref;

use qorgan_domain::policy::{Action, Verdict, may_ever};
use thiserror::Error;
use uuid::Uuid;

use crate::unit_of_work::Attempt;
use crate::{StorageError, Tx};

/// A record that the actor may do the asked action to. Its constructor is private to this crate.
#[derive(Debug, Clone)]
pub struct Authorized<T> {
    record: T,
    action: Action,
}

impl<T> Authorized<T> {
    pub(crate) const fn new(record: T, action: Action) -> Self {
        Self { record, action }
    }

    /// The action that was authorised.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The record, without the right to write to it.
    pub fn into_inner(self) -> T {
        self.record
    }
}

impl<T> Deref for Authorized<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.record
    }
}

/// The right to do an action that is about no single record.
#[derive(Debug, Clone, Copy)]
pub struct Permit {
    action: Action,
}

impl Permit {
    /// The action that was authorised.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }
}

/// How the caller is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// The caller may know of the record but not do this.
    Forbidden,
    /// There is no such record, or the caller may not know of it.
    NotFound,
}

/// Why a record was not handed out.
#[derive(Debug, Error)]
pub enum AccessError {
    /// The policy says no.
    #[error("refused by the permission table")]
    Denied(Denial),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Tx<'_> {
    /// The right to do an action that is about no single record, or to list records: some role of the
    /// actor must be able to do it. Which records a list shows is asked again for each.
    ///
    /// # Errors
    /// [`Denial::Forbidden`].
    pub fn authorize(&mut self, action: Action) -> Result<Permit, AccessError> {
        self.attempt = Attempt { action, resource: None, case: None };
        if may_ever(&self.actor, action) { Ok(Permit { action }) } else { Err(AccessError::Denied(Denial::Forbidden)) }
    }

    /// Notes what is tried, and refuses at once what no record could allow.
    pub(crate) fn attempt(&mut self, action: Action, resource: Uuid, case: Option<Uuid>) -> Result<(), AccessError> {
        self.attempt = Attempt { action, resource: Some(resource), case };
        let read = Action::read_of(action.resource());
        if may_ever(&self.actor, action) || may_ever(&self.actor, read) {
            Ok(())
        } else {
            Err(AccessError::Denied(Denial::Forbidden))
        }
    }

    /// Asks the policy about a record that was loaded.
    pub(crate) fn decide<T>(
        &self,
        action: Action,
        record: T,
        subject: impl FnOnce(&T) -> Verdict,
    ) -> Result<Authorized<T>, AccessError> {
        match subject(&record) {
            Verdict::Allowed => Ok(Authorized::new(record, action)),
            Verdict::Forbidden => Err(AccessError::Denied(Denial::Forbidden)),
            Verdict::Invisible => Err(AccessError::Denied(Denial::NotFound)),
        }
    }
}
