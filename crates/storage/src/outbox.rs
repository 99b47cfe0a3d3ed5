//! What followers (notifications, webhooks, the change feed) must be told: a pointer, never content.

use diesel::prelude::*;
use qorgan_domain::policy::ResourceKind;
use uuid::Uuid;

use crate::schema::outbox;
use crate::{StorageError, Tx};

impl Tx<'_> {
    /// Tells followers that something happened to a record, in the transaction in which it happens.
    pub(crate) fn publish(&mut self, topic: &str, kind: ResourceKind, subject: Uuid) -> Result<(), StorageError> {
        diesel::insert_into(outbox::table)
            .values((
                outbox::id.eq(Uuid::now_v7()),
                outbox::topic.eq(topic),
                outbox::subject_kind.eq(kind.as_str()),
                outbox::subject_id.eq(subject),
                outbox::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(())
    }
}
