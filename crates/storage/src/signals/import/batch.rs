//! One batch of an import.

use diesel::prelude::*;
use qorgan_domain::Invalid;
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::signals::import::{ImportAddressee, ImportField, ImportRow, RowProblem};
use uuid::Uuid;

use super::ImportRun;
use crate::lists::{RowKey, Standing, asked, known_rows, standing};
use crate::schema::outbox;
use crate::signals::insert::{External, NewSignalRow, content_hash};
use crate::signals::routing::takes_signals;
use crate::signals::{NewSignal, Signal};
use crate::{AccessError, StorageError, Tx};

/// A row that may be filed unless it came before.
struct Candidate {
    row: u64,
    key: RowKey,
    new: NewSignal,
    external: External,
}

impl Tx<'_> {
    /// Files the rows of a batch that are new, and answers what is wrong with others: `unknown_territory`,
    /// `unknown_organisation`, `organisation_takes_no_signals`, `nobody_on_duty`, `external_id_changed` where a row
    /// with its external id said something else before. Repeats are counted. A dry run writes nothing.
    ///
    /// # Errors
    /// [`crate::Denial::Forbidden`]; [`StorageError`].
    pub fn signal_import_batch(
        &mut self,
        run: &mut ImportRun,
        rows: Vec<ImportRow>,
    ) -> Result<Vec<RowProblem>, AccessError> {
        self.authorize(Action::SignalImport)?;
        self.import_lock("signal_import", run.source.as_str())?;
        self.import_look_up(&mut run.directory, &rows)?;
        let mut problems = Vec::new();
        let mut candidates = Vec::with_capacity(rows.len());
        for row in rows {
            match candidate(run, row)? {
                Ok(candidate) => candidates.push(candidate),
                Err(problem) => problems.push(problem),
            }
        }
        let fresh = self.import_unknown(run, candidates, &mut problems)?;
        run.counts.accepted += u64::try_from(fresh.len()).unwrap_or(u64::MAX);
        if !run.dry_run {
            self.import_write(fresh)?;
            self.import_counts(run, None)?;
        }
        Ok(problems)
    }

    /// Sorts out what came before, in this file or an earlier one.
    fn import_unknown(
        &mut self,
        run: &mut ImportRun,
        candidates: Vec<Candidate>,
        problems: &mut Vec<RowProblem>,
    ) -> Result<Vec<Candidate>, StorageError> {
        let (ids, hashes) = asked(candidates.iter().map(|candidate| &candidate.key));
        let known = self.signals_known(run.source.as_str(), &ids, &hashes)?;
        let known = known_rows(known.into_iter().map(|known| (known.external_id, known.content_hash)));
        let mut fresh = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            match standing(&known, &mut run.seen, &candidate.key, &candidate.external.content_hash) {
                Standing::Fresh => fresh.push(candidate),
                Standing::Repeated => run.counts.repeated += 1,
                Standing::Changed => {
                    let changed = Invalid::new("external_id_changed");
                    problems.push(RowProblem::of(candidate.row, ImportField::ExternalId, changed));
                }
            }
        }
        Ok(fresh)
    }

    /// Signals, notices and one audit row, each by one statement.
    fn import_write(&mut self, fresh: Vec<Candidate>) -> Result<(), StorageError> {
        if fresh.is_empty() {
            return Ok(());
        }
        let filed: Vec<(Signal, External)> = fresh
            .into_iter()
            .map(|Candidate { new, external, .. }| {
                let mut signal = self.filed(new);
                signal.external_id.clone_from(&external.id);
                (signal, external)
            })
            .collect();
        let rows: Result<Vec<_>, _> =
            filed.iter().map(|(signal, external)| NewSignalRow::of(signal, Some(external))).collect();
        if self.signal_rows_insert(&rows?)? != filed.len() {
            // Other imports of the source wait for the lock, so nobody can have been faster.
            return Err(StorageError::Collision);
        }
        let ids: Vec<Uuid> = filed.iter().map(|(signal, _)| signal.id.as_uuid()).collect();
        self.publish_many("signal.received", ResourceKind::Signal, &ids)?;
        self.audit_many(Action::SignalImport, ids);
        Ok(())
    }

    fn publish_many(&mut self, topic: &str, kind: ResourceKind, subjects: &[Uuid]) -> Result<(), StorageError> {
        let now = self.now;
        let notices: Vec<_> = subjects
            .iter()
            .map(|subject| {
                (
                    outbox::id.eq(Uuid::now_v7()),
                    outbox::topic.eq(topic),
                    outbox::subject_kind.eq(kind.as_str()),
                    outbox::subject_id.eq(*subject),
                    outbox::created_at.eq(now),
                )
            })
            .collect();
        diesel::insert_into(outbox::table).values(&notices).execute(self.connection)?;
        Ok(())
    }
}

/// What the directory says of a row.
fn candidate(run: &ImportRun, row: ImportRow) -> Result<Result<Candidate, RowProblem>, StorageError> {
    let problem = |field, code| Ok(Err(RowProblem::of(row.row, field, Invalid::new(code))));
    if !run.directory.knows_territory(&row.kato) {
        return problem(ImportField::Territory, "unknown_territory");
    }
    let addressee = match run.directory.addressee(&row) {
        Some(addressee) if takes_signals(addressee) => addressee.clone(),
        Some(_) => return problem(ImportField::Organisation, "organisation_takes_no_signals"),
        None if matches!(row.addressee, Some(ImportAddressee::Organisation(_))) => {
            return problem(ImportField::Organisation, "unknown_organisation");
        }
        None => return problem(ImportField::Organisation, "nobody_on_duty"),
    };
    let named = row.addressee.as_ref().map(ImportAddressee::as_written);
    let new = NewSignal {
        id: Uuid::now_v7().into(),
        channel: row.channel,
        description: row.description,
        occurred_on: row.occurred_on,
        kato: row.kato,
        addressee,
        child_id: None,
        reported_child: row.child,
        urgency: row.urgency,
    };
    let content_hash = content_hash(&new, named.as_deref())?;
    let external_id = row.external_id.map(|id| id.into_string());
    let external = External {
        source: run.source.as_str().to_owned(),
        id: external_id.clone(),
        content_hash,
        import: (!run.dry_run).then(|| run.id.as_uuid()),
    };
    let key = RowKey::of(external_id, content_hash);
    Ok(Ok(Candidate { row: row.row, key, new, external }))
}
