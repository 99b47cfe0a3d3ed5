//! Files of signals: each batch of rows in few statements, repeats known, an account kept of every import.

mod batch;
mod directory;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::SignalImportId;
use qorgan_domain::policy::Action;
use qorgan_domain::signals::ImportSource;
use uuid::Uuid;

use self::directory::Directory;
use crate::lists::KnownRows;
use crate::schema::signal_imports;
use crate::{AccessError, StorageError, Tx};

/// What became of the rows so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Filed now.
    pub accepted: u64,
    /// Filed before, or twice in the file, with the same content.
    pub repeated: u64,
    /// Not filed, with at least one problem.
    pub rejected: u64,
}

/// An import under way. It may go over several units of work of one user.
pub struct ImportRun {
    /// Its id.
    pub id: SignalImportId,
    /// What became of the rows so far; who feeds the rows counts the rejected ones.
    pub counts: ImportCounts,
    source: ImportSource,
    file_sha256: [u8; 32],
    dry_run: bool,
    noted: bool,
    directory: Directory,
    /// What this file said before, by external id or else by content.
    seen: KnownRows,
}

impl std::fmt::Debug for ImportRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportRun").field("id", &self.id).field("counts", &self.counts).finish_non_exhaustive()
    }
}

impl ImportRun {
    /// An import that is about to begin.
    #[must_use]
    pub fn new(source: ImportSource, file_sha256: [u8; 32], dry_run: bool) -> Self {
        Self {
            id: SignalImportId::from_uuid(Uuid::now_v7()),
            counts: ImportCounts::default(),
            source,
            file_sha256,
            dry_run,
            noted: false,
            directory: Directory::default(),
            seen: KnownRows::new(),
        }
    }
}

impl Tx<'_> {
    /// Begins an import: asks for the right, waits for other imports of the source, notes who brings which file.
    ///
    /// # Errors
    /// [`crate::Denial::Forbidden`]; [`StorageError`].
    pub fn signal_import_begin(&mut self, run: &mut ImportRun) -> Result<(), AccessError> {
        self.authorize(Action::SignalImport)?;
        if run.dry_run || run.noted {
            return Ok(());
        }
        self.import_lock("signal_import", run.source.as_str())?;
        diesel::insert_into(signal_imports::table)
            .values((
                signal_imports::id.eq(run.id.as_uuid()),
                signal_imports::source.eq(run.source.as_str()),
                signal_imports::file_sha256.eq(run.file_sha256.as_slice()),
                signal_imports::user_id.eq(self.actor.user.as_uuid()),
                signal_imports::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                signal_imports::started_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        run.noted = true;
        self.audit(Action::SignalImport, run.id.as_uuid(), None);
        Ok(())
    }

    /// Ends an import: its counts stand from now on.
    ///
    /// # Errors
    /// [`crate::Denial::Forbidden`]; [`StorageError`].
    pub fn signal_import_end(&mut self, run: &ImportRun) -> Result<(), AccessError> {
        self.authorize(Action::SignalImport)?;
        if run.noted {
            let now = self.now;
            self.import_counts(run, Some(now))?;
        }
        Ok(())
    }

    fn import_counts(&mut self, run: &ImportRun, finished: Option<DateTime<Utc>>) -> Result<(), StorageError> {
        let count = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
        diesel::update(signal_imports::table.find(run.id.as_uuid()))
            .set((
                signal_imports::accepted.eq(count(run.counts.accepted)),
                signal_imports::repeated.eq(count(run.counts.repeated)),
                signal_imports::rejected.eq(count(run.counts.rejected)),
                signal_imports::finished_at.eq(finished),
            ))
            .execute(self.connection)?;
        Ok(())
    }
}
