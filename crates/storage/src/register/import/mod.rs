//! Facts of earlier years from files: each row is a report like any other, filed by the way of `POST /register/reports`.
//!
//! The register knows them from now on: `recorded_at` is the present moment, and a look at a past moment stays what it
//! was. What the agency's own books say of when it took note stands beside the row (`reported_on`).

mod batch;
mod child;
mod directory;
mod file;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::FactImportId;
use qorgan_domain::policy::Action;
use qorgan_domain::signals::ImportSource;
use uuid::Uuid;

pub(super) use self::child::RowChild;
pub use self::directory::Places;
pub use self::file::{RowFiling, RowReport};
use crate::lists::KnownRows;
use crate::schema::register_imports;
use crate::{AccessError, StorageError, Tx};

/// What became of the rows so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FactImportCounts {
    /// Made a fact of their own.
    pub new_facts: u64,
    /// Joined a fact that the register knew.
    pub matched: u64,
    /// Made a fact that may be one with another: before a person now.
    pub review: u64,
    /// Filed before, or twice in the file, with the same content.
    pub repeated: u64,
    /// Not filed, with at least one problem.
    pub rejected: u64,
}

/// An import under way, over several units of work of one user.
pub struct FactImportRun {
    /// Its id.
    pub id: FactImportId,
    /// What became of the rows so far; who feeds the rows counts the rejected ones.
    pub counts: FactImportCounts,
    source: ImportSource,
    file_sha256: [u8; 32],
    dry_run: bool,
    noted: bool,
    places: Option<Places>,
    /// What this file said before.
    seen: KnownRows,
}

impl std::fmt::Debug for FactImportRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FactImportRun").field("id", &self.id).field("counts", &self.counts).finish_non_exhaustive()
    }
}

impl FactImportRun {
    /// An import that is about to begin.
    #[must_use]
    pub fn new(source: ImportSource, file_sha256: [u8; 32], dry_run: bool) -> Self {
        Self {
            id: FactImportId::from_uuid(Uuid::now_v7()),
            counts: FactImportCounts::default(),
            source,
            file_sha256,
            dry_run,
            noted: false,
            places: None,
            seen: KnownRows::new(),
        }
    }
}

impl Tx<'_> {
    /// Begins an import: asks for the right, waits for other imports of the source, notes who brings which file.
    ///
    /// # Errors
    /// [`crate::Denial::Forbidden`]; [`StorageError`].
    pub fn fact_import_begin(&mut self, run: &mut FactImportRun) -> Result<(), AccessError> {
        self.authorize(Action::FactImport)?;
        if run.dry_run || run.noted {
            return Ok(());
        }
        self.import_lock("fact_import", run.source.as_str())?;
        diesel::insert_into(register_imports::table)
            .values((
                register_imports::id.eq(run.id.as_uuid()),
                register_imports::source.eq(run.source.as_str()),
                register_imports::file_sha256.eq(run.file_sha256.as_slice()),
                register_imports::user_id.eq(self.actor.user.as_uuid()),
                register_imports::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                register_imports::started_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        run.noted = true;
        self.audit(Action::FactImport, run.id.as_uuid(), None);
        Ok(())
    }

    /// Ends an import: its counts stand from now on.
    ///
    /// # Errors
    /// [`crate::Denial::Forbidden`]; [`StorageError`].
    pub fn fact_import_end(&mut self, run: &FactImportRun) -> Result<(), AccessError> {
        self.authorize(Action::FactImport)?;
        if run.noted {
            let now = self.now;
            self.fact_import_counts(run, Some(now))?;
        }
        Ok(())
    }

    fn fact_import_counts(&mut self, run: &FactImportRun, finished: Option<DateTime<Utc>>) -> Result<(), StorageError> {
        let count = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
        diesel::update(register_imports::table.find(run.id.as_uuid()))
            .set((
                register_imports::new_facts.eq(count(run.counts.new_facts)),
                register_imports::matched.eq(count(run.counts.matched)),
                register_imports::review.eq(count(run.counts.review)),
                register_imports::repeated.eq(count(run.counts.repeated)),
                register_imports::rejected.eq(count(run.counts.rejected)),
                register_imports::finished_at.eq(finished),
            ))
            .execute(self.connection)?;
        Ok(())
    }
}
