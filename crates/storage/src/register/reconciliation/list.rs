//! The reconciliations that the actor may see, the latest first.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::policy::{Action, Verdict};
use qorgan_domain::register::reconciliation::ReconciliationStatus;
use uuid::Uuid;

use super::Reconciliation;
use super::load::ListRow;
use crate::page::Page;
use crate::schema::register_reconciliations as lists;
use crate::{AccessError, StorageError, Tx};

/// Which reconciliations to list.
#[derive(Debug, Clone, Default)]
pub struct ReconciliationFilter {
    /// In this state.
    pub status: Option<ReconciliationStatus>,
    /// After this key.
    pub after: Option<ReconciliationKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a reconciliation in the list: when it was uploaded, its id.
pub type ReconciliationKey = (DateTime<Utc>, Uuid);

impl Tx<'_> {
    /// A page of the reconciliations. Row security filters; the policy is asked again for each.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn reconciliation_list(
        &mut self,
        filter: &ReconciliationFilter,
    ) -> Result<Page<Reconciliation, ReconciliationKey>, AccessError> {
        let action = Action::ReconciliationRead;
        self.authorize(action)?;
        let mut query = lists::table.select(ListRow::as_select()).into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(lists::status.eq(status.as_str()));
        }
        if let Some((at, id)) = filter.after {
            query = query.filter(lists::created_at.lt(at).or(lists::created_at.eq(at).and(lists::id.lt(id))));
        }
        let found: Vec<ListRow> = query
            .order((lists::created_at.desc(), lists::id.desc()))
            .limit(filter.limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, filter.limit, |row| (row.created_at, row.id));
        let mut items = Vec::with_capacity(page.items.len());
        for row in page.items {
            let list = row.into_list()?;
            // A narrower scope reaches no list, and row security knows scopes in a coarse form only.
            if list.verdict(&self.actor, action) == Verdict::Allowed {
                items.push(list);
            }
        }
        self.audit_many(action, items.iter().map(|list| list.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }
}
