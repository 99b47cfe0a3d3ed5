//! The numbers of a release, its signed documents, and what the register has instead later on.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::release::{FrozenCell, ReleaseStatus, ReleaseTable};
use serde_json::Value;
use uuid::Uuid;

use super::{FrozenTable, Release};
use crate::reference::releases::dimensions;
use crate::schema::{statistics_release_documents as documents, statistics_release_tables as tables};
use crate::{AccessError, Authorized, Permit, StorageError, Tx};

const TABLE: &str = "statistics_release_tables";

/// A document of a release with its signature, to be kept.
#[derive(Debug, Clone)]
pub struct SignedRelease {
    /// How its counts are made.
    pub method: StatisticsMethod,
    /// The document, canonical.
    pub content: String,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
    /// The signature: a JSON Web Signature.
    pub jws: String,
    /// The public key, as a JSON Web Key.
    pub jwk: Value,
}

/// A signed document as it was kept.
#[derive(Debug, Clone, Queryable)]
pub struct StoredDocument {
    /// The document, canonical.
    pub content: String,
    /// SHA-256 of it.
    pub sha256: Vec<u8>,
    /// The signature.
    pub jws: String,
    /// The public key.
    pub jwk: Value,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tables)]
struct TableRow {
    release_id: Uuid,
    code: String,
    dimensions: Vec<String>,
    name_ru: String,
    name_kk: String,
    name_en: String,
    cells: Value,
    total: i64,
}

impl TableRow {
    fn into_table(self) -> Result<FrozenTable, StorageError> {
        let row = self.release_id;
        let corrupt = |_| StorageError::Corrupt { table: TABLE, column: "cells", row };
        let cells: Vec<FrozenCell> = serde_json::from_value(self.cells).map_err(corrupt)?;
        let dimensions = dimensions(&self.dimensions, TABLE, row)?;
        let names = [self.name_ru, self.name_kk, self.name_en];
        Ok(FrozenTable { code: self.code, names, dimensions, cells, total: self.total })
    }
}

impl Tx<'_> {
    /// The right to the numbers of a release: exact ones are the statistics office's alone, and so is what is not
    /// published.
    fn release_numbers_permit(&mut self, release: &Release, method: StatisticsMethod) -> Result<Permit, AccessError> {
        if release.status != ReleaseStatus::Published {
            self.authorize(Action::ReleaseManage)?;
        }
        let action = match method {
            StatisticsMethod::Exact => Action::StatisticsExact,
            StatisticsMethod::Protected => Action::StatisticsProtected,
        };
        let permit = self.authorize(action)?;
        self.audit(action, release.id.as_uuid(), None);
        Ok(permit)
    }

    /// All tables of a release, in their order.
    ///
    /// # Errors
    /// [`Denial::Forbidden`](crate::Denial::Forbidden) where the caller may not see these numbers.
    pub fn release_tables(
        &mut self,
        release: &Authorized<Release>,
        method: StatisticsMethod,
    ) -> Result<Vec<FrozenTable>, AccessError> {
        self.release_numbers_permit(release, method)?;
        let found: Vec<TableRow> = tables::table
            .filter(tables::release_id.eq(release.id.as_uuid()))
            .filter(tables::method.eq(method.as_str()))
            .order(tables::place)
            .select(TableRow::as_select())
            .load(self.connection)
            .map_err(StorageError::from)?;
        Ok(found.into_iter().map(TableRow::into_table).collect::<Result<_, _>>()?)
    }

    /// One table of a release; none where it has no such table.
    ///
    /// # Errors
    /// As [`Tx::release_tables`].
    pub fn release_table(
        &mut self,
        release: &Authorized<Release>,
        method: StatisticsMethod,
        code: &str,
    ) -> Result<Option<FrozenTable>, AccessError> {
        self.release_numbers_permit(release, method)?;
        let found: Option<TableRow> = tables::table
            .find((release.id.as_uuid(), method.as_str(), code))
            .select(TableRow::as_select())
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        Ok(found.map(TableRow::into_table).transpose()?)
    }

    /// Tables of a release as the register has them at the end of another day. Protected ones are counted by the rule in
    /// force then, as everybody is answered who asks for that day: a release opens no second way to a count.
    ///
    /// # Errors
    /// As [`Tx::release_tables`].
    pub fn release_tables_later(
        &mut self,
        release: &Authorized<Release>,
        method: StatisticsMethod,
        frozen: &[FrozenTable],
        as_of: NaiveDate,
    ) -> Result<Vec<FrozenTable>, AccessError> {
        let permit = self.release_numbers_permit(release, method)?;
        let rule = match method {
            StatisticsMethod::Exact => None,
            StatisticsMethod::Protected => Some(self.disclosure_rule(as_of)?),
        };
        let mut later = Vec::with_capacity(frozen.len());
        for table in frozen {
            let FrozenTable { code, names, dimensions, .. } = table.clone();
            let table = ReleaseTable { code, names, dimensions, in_parts: false };
            later.push(self.release_counted(&permit, &table, (release.period, as_of), rule.as_ref())?);
        }
        Ok(later)
    }

    /// The signed document of a release; none before it is published.
    ///
    /// # Errors
    /// As [`Tx::release_tables`].
    pub fn release_document(
        &mut self,
        release: &Authorized<Release>,
        method: StatisticsMethod,
    ) -> Result<Option<StoredDocument>, AccessError> {
        self.release_numbers_permit(release, method)?;
        let found = documents::table
            .find((release.id.as_uuid(), method.as_str()))
            .select((documents::content, documents::sha256, documents::jws, documents::jwk))
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        Ok(found)
    }
}
