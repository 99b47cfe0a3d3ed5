//! Publishing a version of a protocol.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::policy::Action;
use qorgan_domain::protocols::{Definition, ProtocolCode};
use qorgan_domain::register::FactKind;
use qorgan_domain::text::Reason;

use super::ProtocolVersion;
use crate::schema::protocol_versions;
use crate::{Permit, StorageError, Tx};

/// A version to be published: a valid one.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// The protocol.
    pub code: ProtocolCode,
    /// 1, 2, …
    pub version: i32,
    /// What it says.
    pub definition: Definition,
    /// The first day on which it is in force.
    pub valid_from: NaiveDate,
    /// The first day on which it is not in force any more.
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: Reason,
    /// Whether no authority has issued it.
    pub provisional: bool,
}

impl NewVersion {
    /// Whether it was published just so before.
    #[must_use]
    pub fn same_as(&self, published: &ProtocolVersion) -> bool {
        published.code == self.code
            && published.version == self.version
            && published.definition == self.definition
            && published.valid_from == self.valid_from
            && published.valid_to == self.valid_to
            && published.source == self.source.as_str()
            && published.provisional == self.provisional
    }
}

impl Tx<'_> {
    /// Publishes a version.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where somebody published this version of the protocol; also where `permit` is for
    /// another action than [`Action::ProtocolManage`].
    pub fn protocol_publish(&mut self, permit: &Permit, new: &NewVersion) -> Result<(), StorageError> {
        if permit.action() != Action::ProtocolManage {
            return Err(StorageError::Statement("a protocol was published with another permit"));
        }
        let definition = serde_json::to_value(&new.definition)
            .map_err(|_| StorageError::Statement("a protocol could not be written"))?;
        let trigger = &new.definition.trigger;
        let risk_levels: Vec<&str> = trigger.risk_levels.iter().copied().map(RiskLevel::as_str).collect();
        diesel::insert_into(protocol_versions::table)
            .values((
                protocol_versions::code.eq(new.code.as_str()),
                protocol_versions::version.eq(new.version),
                protocol_versions::kind.eq(trigger.kind.map(FactKind::as_str)),
                protocol_versions::risk_levels.eq(risk_levels),
                protocol_versions::definition.eq(definition),
                protocol_versions::valid_from.eq(new.valid_from),
                protocol_versions::valid_to.eq(new.valid_to),
                protocol_versions::source.eq(new.source.as_str()),
                protocol_versions::provisional.eq(new.provisional),
                protocol_versions::published_at.eq(self.now),
                protocol_versions::published_by.eq(self.actor.user.as_uuid()),
            ))
            .execute(self.connection)?;
        self.audit(Action::ProtocolManage, None, None);
        Ok(())
    }
}
