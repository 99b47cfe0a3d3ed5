//! The items of a reconciliation.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::{FactId, ReconciliationItemId, ReportId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::FactNumber;
use qorgan_domain::register::import::EventRow;
use qorgan_domain::register::reconciliation::{DifferingField, ItemOrigin, ReconciliationOutcome, Resolution};
use uuid::Uuid;

use super::Reconciliation;
use crate::page::Page;
use crate::schema::register_reconciliation_items as items;
use crate::{Authorized, StorageError, Tx, rows};

const TABLE: &str = "register_reconciliation_items";

/// A row of a list, or a fact that it lacks, with what came of it.
#[derive(Debug, Clone)]
pub struct ReconciliationItem {
    /// Its id.
    pub id: ReconciliationItemId,
    /// Its place in the reconciliation.
    pub position: i32,
    /// Row or fact.
    pub origin: ItemOrigin,
    /// The number of the row in its file.
    pub row_number: Option<i32>,
    /// The id of the row in its source.
    pub external_id: Option<String>,
    /// What the row says, until it is erased.
    pub content: Option<EventRow>,
    /// What came of it.
    pub outcome: ReconciliationOutcome,
    /// The fact it is, or may be. Whether the caller may read it is `fact_in_reach`.
    pub fact: Option<(FactId, FactNumber)>,
    /// Whether the caller may read that fact.
    pub fact_in_reach: bool,
    /// How sure it is that the child is the same.
    pub score: Option<f64>,
    /// Whether row and fact name one number of the investigation or of the book of records.
    pub same_number: bool,
    /// What is known differently.
    pub differing: Vec<DifferingField>,
    /// Of a bad row: field and code.
    pub problems: Vec<(String, String)>,
    /// How it was settled.
    pub resolution: Option<Resolution>,
    /// Why.
    pub resolution_reason: Option<String>,
    /// The fact that it was settled with.
    pub resolution_fact: Option<FactNumber>,
    /// The report that was filed from it.
    pub report: Option<ReportId>,
    /// Who settled it, and when.
    pub resolved: Option<(UserId, DateTime<Utc>)>,
    /// Its version.
    pub version: i64,
}

/// Which items to list.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    /// Of this outcome.
    pub outcome: Option<ReconciliationOutcome>,
    /// Settled, or not.
    pub resolved: Option<bool>,
    /// After this position.
    pub after: Option<i32>,
    /// At most so many.
    pub limit: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = items)]
struct ItemRow {
    id: Uuid,
    position: i32,
    origin: String,
    row_number: Option<i32>,
    external_id: Option<String>,
    content: Option<serde_json::Value>,
    outcome: String,
    fact_id: Option<Uuid>,
    fact_number: Option<String>,
    score: Option<f64>,
    same_number: bool,
    differing: Vec<String>,
    problems: serde_json::Value,
    resolution: Option<String>,
    resolution_reason: Option<String>,
    resolution_number: Option<String>,
    report_id: Option<Uuid>,
    resolved_by: Option<Uuid>,
    resolved_at: Option<DateTime<Utc>>,
    version: i64,
}

impl ItemRow {
    fn into_item(self, in_reach: &HashSet<Uuid>) -> Result<ReconciliationItem, StorageError> {
        let id = self.id;
        let corrupt = |column| StorageError::Corrupt { table: TABLE, column, row: id };
        let number = rows::parse_optional(self.fact_number.as_deref(), TABLE, "fact_number", id)?;
        let differing = self.differing.iter().map(|field| rows::parse(field, TABLE, "differing", id));
        Ok(ReconciliationItem {
            id: id.into(),
            position: self.position,
            origin: rows::parse(&self.origin, TABLE, "origin", id)?,
            row_number: self.row_number,
            external_id: self.external_id,
            content: self.content.map(serde_json::from_value).transpose().map_err(|_| corrupt("content"))?,
            outcome: rows::parse(&self.outcome, TABLE, "outcome", id)?,
            fact: self.fact_id.map(FactId::from_uuid).zip(number),
            fact_in_reach: self.fact_id.is_some_and(|fact| in_reach.contains(&fact)),
            score: self.score,
            same_number: self.same_number,
            differing: differing.collect::<Result<_, _>>()?,
            problems: serde_json::from_value(self.problems).map_err(|_| corrupt("problems"))?,
            resolution: rows::parse_optional(self.resolution.as_deref(), TABLE, "resolution", id)?,
            resolution_reason: self.resolution_reason,
            resolution_fact: rows::parse_optional(self.resolution_number.as_deref(), TABLE, "resolution_number", id)?,
            report: self.report_id.map(ReportId::from_uuid),
            resolved: self.resolved_by.map(UserId::from_uuid).zip(self.resolved_at),
            version: self.version,
        })
    }
}

impl Tx<'_> {
    /// A page of the items, in the order of the list.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn reconciliation_items(
        &mut self,
        list: &Authorized<Reconciliation>,
        filter: &ItemFilter,
    ) -> Result<Page<ReconciliationItem, i32>, StorageError> {
        let mut query = items::table
            .filter(items::reconciliation_id.eq(list.id.as_uuid()))
            .select(ItemRow::as_select())
            .into_boxed();
        if let Some(outcome) = filter.outcome {
            query = query.filter(items::outcome.eq(outcome.as_str()));
        }
        match filter.resolved {
            Some(true) => query = query.filter(items::resolution.is_not_null()),
            Some(false) => query = query.filter(items::resolution.is_null()),
            None => {}
        }
        if let Some(after) = filter.after {
            query = query.filter(items::position.gt(after));
        }
        let found: Vec<ItemRow> = query.order(items::position).limit(filter.limit + 1).load(self.connection)?;
        let page = Page::of(found, filter.limit, |row| row.position);
        let items = self.items_of(page.items)?;
        self.audit_many(Action::ReconciliationRead, items.iter().map(|item| item.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }

    /// One item of a reconciliation.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn reconciliation_item(
        &mut self,
        list: &Authorized<Reconciliation>,
        id: ReconciliationItemId,
    ) -> Result<Option<ReconciliationItem>, StorageError> {
        let row: Option<ItemRow> = items::table
            .filter(items::id.eq(id.as_uuid()).and(items::reconciliation_id.eq(list.id.as_uuid())))
            .select(ItemRow::as_select())
            .first(self.connection)
            .optional()?;
        Ok(self.items_of(row.into_iter().collect())?.pop())
    }

    fn items_of(&mut self, found: Vec<ItemRow>) -> Result<Vec<ReconciliationItem>, StorageError> {
        let facts: Vec<Uuid> = found.iter().filter_map(|row| row.fact_id).collect();
        let in_reach = self.facts_visible(&facts)?.iter().map(|fact| fact.id.as_uuid()).collect();
        found.into_iter().map(|row| row.into_item(&in_reach)).collect()
    }
}
