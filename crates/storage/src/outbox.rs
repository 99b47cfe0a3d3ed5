//! What followers (notifications, webhooks, the change feed) must be told: a pointer, never content.
//!
//! Every unit of work that writes a record of an agency publishes it, by [`Tx::event`] for what hangs on a case and by
//! [`Tx::publish`] for everything else; a test (`api/changes.rs`) looks for rows that were written without.

use diesel::prelude::*;
use qorgan_domain::policy::ResourceKind;
use uuid::Uuid;

use crate::schema::outbox;
use crate::{StorageError, Tx};

impl Tx<'_> {
    /// Tells followers that something happened to a record, in the transaction in which it happens.
    pub(crate) fn publish(&mut self, topic: &str, kind: ResourceKind, subject: Uuid) -> Result<(), StorageError> {
        self.publish_part(topic, kind, subject, None)
    }

    /// The same with the part of the record that it happened to, by kind and id.
    pub(crate) fn publish_part(
        &mut self,
        topic: &str,
        kind: ResourceKind,
        subject: Uuid,
        part: Option<(&str, Uuid)>,
    ) -> Result<(), StorageError> {
        diesel::insert_into(outbox::table)
            .values((
                outbox::id.eq(Uuid::now_v7()),
                outbox::topic.eq(topic),
                outbox::subject_kind.eq(kind.as_str()),
                outbox::subject_id.eq(subject),
                outbox::part_kind.eq(part.map(|(kind, _)| kind)),
                outbox::part_id.eq(part.map(|(_, id)| id)),
                outbox::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(())
    }
}
