//! What changed on a case since a version of it: what a client with an older version must merge.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::CaseEventKind;
use serde_json::Value;
use uuid::Uuid;

use super::Case;
use crate::schema::{case_events, organisations, users};
use crate::{Authorized, StorageError, Tx, rows};

/// The latest change of a field.
#[derive(Debug, Clone)]
pub struct FieldChange {
    /// The field, as the JSON of the case names it.
    pub field: String,
    /// What happened.
    pub kind: CaseEventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by id and by the name colleagues see.
    pub actor: (Uuid, String),
    /// For which organisation.
    pub organisation: (Uuid, String),
}

impl Tx<'_> {
    /// The fields of a case that changed after `version`, each once with its latest change, in the order of those.
    /// Events name the fields they changed in `fields` of their data.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_changed_since(
        &mut self,
        case: &Authorized<Case>,
        version: i64,
    ) -> Result<Vec<FieldChange>, StorageError> {
        type Row = ((Uuid, String, Value, DateTime<Utc>), (Uuid, String), (Uuid, String));
        let found: Vec<Row> = case_events::table
            .inner_join(users::table.on(users::id.nullable().eq(case_events::actor_id)))
            .inner_join(organisations::table.on(organisations::id.nullable().eq(case_events::organisation_id)))
            .filter(case_events::case_id.eq(case.id.as_uuid()).and(case_events::version.gt(version)))
            .order(case_events::seq)
            .select((
                (case_events::id, case_events::kind, case_events::data, case_events::at),
                (users::id, users::display_name),
                (organisations::id, organisations::name),
            ))
            .load(self.connection)?;
        let mut changes: Vec<FieldChange> = Vec::new();
        for ((id, kind, data, at), actor, organisation) in found {
            let kind: CaseEventKind = rows::parse(&kind, "case_events", "kind", id)?;
            for field in data["fields"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                changes.retain(|change| change.field != field);
                let (actor, organisation) = (actor.clone(), organisation.clone());
                changes.push(FieldChange { field: field.to_owned(), kind, at, actor, organisation });
            }
        }
        Ok(changes)
    }
}
