//! What a session comes to on a fact: recorded in the session, and as a new version of the fact in the register.

use diesel::prelude::*;
use qorgan_domain::ids::{FactId, QualificationItemId, UserId};
use qorgan_domain::register::qualification::{Conclusion, Resolution};
use qorgan_domain::register::{FactStatus, SuicidalLevel};
use qorgan_domain::text::Reason;
use uuid::Uuid;

use super::QualificationSession;
use crate::schema::qualification_items as items;
use crate::{Authorized, StorageError, Tx};

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
