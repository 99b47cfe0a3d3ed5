//! The releases that the actor may see, those of the latest periods first.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::policy::{Action, Verdict};
use qorgan_domain::statistics::release::{ReleasePeriodKind, ReleaseStatus};
use uuid::Uuid;

use super::Release;
use super::load::ReleaseRow;
use crate::page::Page;
use crate::schema::statistics_releases as releases;
use crate::{AccessError, StorageError, Tx};

/// Which releases to list.
#[derive(Debug, Clone, Default)]
pub struct ReleaseFilter {
    /// In this state.
    pub status: Option<ReleaseStatus>,
    /// Of periods of this length.
    pub kind: Option<ReleasePeriodKind>,
    /// Of the period that begins with this day.
    pub from: Option<NaiveDate>,
    /// After this key.
    pub after: Option<ReleaseKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a release in the list: the first day of its period, its id.
pub type ReleaseKey = (NaiveDate, Uuid);

impl Tx<'_> {
    /// A page of the releases. Row security filters; the policy is asked again for each.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn release_list(&mut self, filter: &ReleaseFilter) -> Result<Page<Release, ReleaseKey>, AccessError> {
        let action = Action::ReleaseRead;
        self.authorize(action)?;
        let mut query = releases::table.select(ReleaseRow::as_select()).into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(releases::status.eq(status.as_str()));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(releases::period_kind.eq(kind.as_str()));
        }
        if let Some(from) = filter.from {
            query = query.filter(releases::period_from.eq(from));
        }
        if let Some((from, id)) = filter.after {
            query = query
                .filter(releases::period_from.lt(from).or(releases::period_from.eq(from).and(releases::id.lt(id))));
        }
        let found: Vec<ReleaseRow> = query
            .order((releases::period_from.desc(), releases::id.desc()))
            .limit(filter.limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, filter.limit, |row| (row.period_from, row.id));
        let mut items = self.releases_of(page.items)?;
        items.retain(|release| release.verdict(&self.actor, action) == Verdict::Allowed);
        self.audit_many(action, items.iter().map(|release| release.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }
}
