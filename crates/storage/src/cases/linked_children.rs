//! Other children of a case. Being linked gives no right to a child's record: who may read it sees the name, others
//! the id, the role and the reason.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::links::LinkedChildRole;
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::ids::{ChildId, LinkedChildId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use serde_json::json;
use uuid::Uuid;

use super::{Case, CaseEvent};
use crate::schema::{case_linked_children, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// Another child to be linked; it was found to exist.
#[derive(Debug, Clone)]
pub struct NewLinkedChild {
    /// The id of the link, perhaps chosen by the client.
    pub id: LinkedChildId,
    /// The child.
    pub child: ChildId,
    /// What it is to the case.
    pub role: LinkedChildRole,
    /// Why.
    pub reason: Reason,
}

/// Another child of a case.
#[derive(Debug, Clone)]
pub struct LinkedChild {
    /// The id of the link.
    pub id: LinkedChildId,
    /// The child.
    pub child: ChildId,
    /// Last and first name, where the actor may read the record.
    pub name: Option<(String, String)>,
    /// What it is to the case.
    pub role: LinkedChildRole,
    /// Why.
    pub reason: String,
    /// Who linked it, with the name colleagues see.
    pub by: (UserId, String),
    /// When.
    pub at: DateTime<Utc>,
    /// Since when it holds no more.
    pub ended_at: Option<DateTime<Utc>>,
}

type Row = (Uuid, Uuid, String, String, (Uuid, String), DateTime<Utc>, Option<DateTime<Utc>>);

impl Tx<'_> {
    /// Links another child to a case.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken, or the child is linked (`case_linked_children_once`).
    pub fn linked_child_insert(&mut self, case: &Authorized<Case>, new: &NewLinkedChild) -> Result<(), StorageError> {
        diesel::insert_into(case_linked_children::table)
            .values((
                case_linked_children::id.eq(new.id.as_uuid()),
                case_linked_children::case_id.eq(case.id.as_uuid()),
                case_linked_children::child_id.eq(new.child.as_uuid()),
                case_linked_children::role.eq(new.role.as_str()),
                case_linked_children::reason.eq(new.reason.as_str()),
                case_linked_children::created_by.eq(self.actor.user.as_uuid()),
                case_linked_children::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        let data = json!({"role": new.role});
        self.event(case.id, CaseEvent::about(CaseEventKind::ChildLinked, new.id.as_uuid(), Section::General, data));
        self.audit(case.action(), new.child.as_uuid(), Some(case.id.as_uuid()));
        self.case_touch(case.id)
    }

    /// The other children of a case, those whose link holds, in the order in which they came.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn linked_child_list(&mut self, case: &Authorized<Case>) -> Result<Vec<LinkedChild>, StorageError> {
        self.linked_children(case, None)
    }

    /// One of them, ended or not.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn linked_child(
        &mut self,
        case: &Authorized<Case>,
        id: LinkedChildId,
    ) -> Result<Option<LinkedChild>, StorageError> {
        Ok(self.linked_children(case, Some(id))?.pop())
    }

    fn linked_children(
        &mut self,
        case: &Authorized<Case>,
        id: Option<LinkedChildId>,
    ) -> Result<Vec<LinkedChild>, StorageError> {
        let mut query = case_linked_children::table
            .inner_join(users::table.on(users::id.eq(case_linked_children::created_by)))
            .filter(case_linked_children::case_id.eq(case.id.as_uuid()))
            .order((case_linked_children::created_at, case_linked_children::id))
            .select((
                case_linked_children::id,
                case_linked_children::child_id,
                case_linked_children::role,
                case_linked_children::reason,
                (users::id, users::display_name),
                case_linked_children::created_at,
                case_linked_children::ended_at,
            ))
            .into_boxed();
        query = match id {
            Some(id) => query.filter(case_linked_children::id.eq(id.as_uuid())),
            None => query.filter(case_linked_children::ended_at.is_null()),
        };
        let found: Vec<Row> = query.load(self.connection)?;
        let children: Vec<ChildId> = found.iter().map(|row| row.1.into()).collect();
        // Two lines of defence: row security and the policy say whose record may be read.
        let visible = self.children_visible(&children)?;
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        if !visible.is_empty() {
            self.audit_many(Action::ChildRead, visible.iter().map(|child| child.id.as_uuid()).collect());
        }
        found
            .into_iter()
            .map(|(id, child, role, reason, (by, name), at, ended_at)| {
                let record = visible.iter().find(|record| record.id.as_uuid() == child);
                Ok(LinkedChild {
                    id: id.into(),
                    child: child.into(),
                    name: record
                        .map(|record| (record.last_name.as_str().to_owned(), record.first_name.as_str().to_owned())),
                    role: rows::parse(&role, "case_linked_children", "role", id)?,
                    reason,
                    by: (by.into(), name),
                    at,
                    ended_at,
                })
            })
            .collect()
    }

    /// Ends the link of a case to another child; false where it was ended before.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the case has no such link.
    pub fn linked_child_end(
        &mut self,
        case: &Authorized<Case>,
        id: LinkedChildId,
        reason: &Reason,
    ) -> Result<bool, AccessError> {
        let child: Option<Uuid> = diesel::update(case_linked_children::table.find(id.as_uuid()))
            .filter(case_linked_children::case_id.eq(case.id.as_uuid()))
            .filter(case_linked_children::ended_at.is_null())
            .set((
                case_linked_children::ended_at.eq(self.now),
                case_linked_children::ended_by.eq(self.actor.user.as_uuid()),
                case_linked_children::end_reason.eq(reason.as_str()),
            ))
            .returning(case_linked_children::child_id)
            .get_result(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some(child) = child else {
            let known = case_linked_children::table
                .find(id.as_uuid())
                .filter(case_linked_children::case_id.eq(case.id.as_uuid()));
            let known: bool =
                diesel::select(diesel::dsl::exists(known)).get_result(self.connection).map_err(StorageError::from)?;
            return if known { Ok(false) } else { Err(AccessError::Denied(Denial::NotFound)) };
        };
        let event = CaseEvent::about(CaseEventKind::ChildUnlinked, id.as_uuid(), Section::General, json!({}));
        self.event(case.id, event);
        self.audit(case.action(), child, Some(case.id.as_uuid()));
        self.case_touch(case.id)?;
        Ok(true)
    }
}
