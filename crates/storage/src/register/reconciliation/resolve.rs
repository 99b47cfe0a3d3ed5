//! Settling items, and closing a reconciliation.

use chrono::TimeDelta;
use diesel::prelude::*;
use qorgan_domain::ids::ReportId;
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::register::reconciliation::Resolution;
use qorgan_domain::text::Reason;

use super::{Reconciliation, ReconciliationItem};
use crate::reference::ListPeriod;
use crate::register::Fact;
use crate::schema::{register_reconciliation_items as items, register_reconciliations as lists};
use crate::{AccessError, Authorized, Denial, StorageError, Tx};

/// How an item is settled.
#[derive(Debug)]
pub struct NewResolution<'a> {
    /// How.
    pub resolution: Resolution,
    /// Why.
    pub reason: Option<Reason>,
    /// With which fact, where the caller named one or a report was filed.
    pub fact: Option<&'a Fact>,
    /// The report that was filed.
    pub report: Option<ReportId>,
}

/// That an item was settled; its version is one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemSettled;

impl Tx<'_> {
    /// Settles an item as the domain allowed it.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the list was loaded for something else; [`StorageError::Stale`].
    pub fn reconciliation_resolve(
        &mut self,
        list: &Authorized<Reconciliation>,
        item: &ReconciliationItem,
        new: &NewResolution<'_>,
    ) -> Result<ItemSettled, AccessError> {
        writable(list)?;
        let changed = diesel::update(items::table)
            .filter(items::id.eq(item.id.as_uuid()))
            .filter(items::version.eq(item.version).and(items::resolution.is_null()))
            .set((
                items::resolution.eq(new.resolution.as_str()),
                items::resolution_reason.eq(new.reason.as_ref().map(|reason| reason.as_str())),
                items::resolution_fact_id.eq(new.fact.map(|fact| fact.id.as_uuid())),
                items::resolution_number.eq(new.fact.map(|fact| fact.number.to_string())),
                items::report_id.eq(new.report.map(|report| report.as_uuid())),
                items::resolved_by.eq(self.actor.user.as_uuid()),
                items::resolved_at.eq(self.now),
                items::version.eq(item.version + 1),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if changed != 1 {
            return Err(StorageError::Stale.into());
        }
        self.audit(Action::ReconciliationWrite, item.id.as_uuid(), None);
        let part = ("item", item.id.as_uuid());
        self.publish_part("reconciliation.item_resolved", ResourceKind::Reconciliation, list.id.as_uuid(), Some(part))?;
        Ok(ItemSettled)
    }

    /// Holds a reconciliation open until the unit of work ends: nobody closes it meanwhile.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where it was closed.
    pub fn reconciliation_hold(&mut self, list: &Authorized<Reconciliation>) -> Result<(), StorageError> {
        let held: Option<i64> = lists::table
            .find(list.id.as_uuid())
            .filter(lists::status.eq("open"))
            .select(lists::version)
            .for_share()
            .first(self.connection)
            .optional()?;
        held.map(drop).ok_or(StorageError::Stale)
    }

    /// Closes a reconciliation. Its rows are kept for a while, then the worker erases them.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where it was loaded for something else; [`StorageError::Stale`].
    pub fn reconciliation_close(&mut self, list: &Authorized<Reconciliation>) -> Result<(), AccessError> {
        writable(list)?;
        let today = self.today();
        let days = self.list_period(ListPeriod::KeepClosed, today)?;
        let changed = diesel::update(lists::table.find(list.id.as_uuid()))
            .filter(lists::version.eq(list.version).and(lists::status.eq("open")))
            .set((
                lists::status.eq("closed"),
                lists::closed_at.eq(self.now),
                lists::closed_by.eq(self.actor.user.as_uuid()),
                lists::erase_after.eq(self.now + TimeDelta::days(days)),
                lists::updated_at.eq(self.now),
                lists::version.eq(list.version + 1),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if changed != 1 {
            return Err(StorageError::Stale.into());
        }
        self.audit(Action::ReconciliationWrite, list.id.as_uuid(), None);
        self.publish("reconciliation.closed", ResourceKind::Reconciliation, list.id.as_uuid())?;
        Ok(())
    }
}

fn writable(list: &Authorized<Reconciliation>) -> Result<(), AccessError> {
    if list.action() == Action::ReconciliationWrite { Ok(()) } else { Err(AccessError::Denied(Denial::Forbidden)) }
}
