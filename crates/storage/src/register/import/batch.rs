//! One batch of an import.

use diesel::prelude::*;
use qorgan_domain::Invalid;
use qorgan_domain::lists::RowProblem;
use qorgan_domain::policy::Action;
use qorgan_domain::register::import::{EventRow, FactField};
use qorgan_domain::register::matching::MatchOutcome;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{FactImportRun, RowFiling, RowReport};
use crate::lists::{KnownRows, RowKey, Standing, asked, known_rows, standing};
use crate::register::FiledReport;
use crate::schema::register_import_rows as imported;
use crate::{AccessError, StorageError, Tx};

/// A row that may be filed unless it came before.
struct Candidate {
    key: RowKey,
    hash: [u8; 32],
    report: RowReport,
}

/// How a part of the work that is only tried ends.
enum Tried {
    Done(Vec<RowProblem>),
    Failed(AccessError),
}

impl From<StorageError> for Tried {
    fn from(error: StorageError) -> Self {
        Self::Failed(error.into())
    }
}

impl Tx<'_> {
    /// Files the rows of a batch that are new, and answers what is wrong with others: `unknown_territory`, `not_a_child`,
    /// `iin_taken`, `external_id_changed`. Repeats are counted. A dry run takes back what it did: it shows what would come
    /// of the batch in the register as it is.
    ///
    /// # Errors
    /// [`crate::Denial::Forbidden`]; [`StorageError`].
    pub fn fact_import_batch(
        &mut self,
        run: &mut FactImportRun,
        rows: Vec<EventRow>,
    ) -> Result<Vec<RowProblem>, AccessError> {
        self.authorize(Action::FactImport)?;
        self.import_lock("fact_import", run.source.as_str())?;
        if run.places.is_none() {
            run.places = Some(self.list_places()?);
        }
        if !run.dry_run {
            let problems = self.fact_import_rows(run, rows)?;
            self.fact_import_counts(run, None)?;
            return Ok(problems);
        }
        let tried = self.part(|tx| -> Result<(), Tried> {
            Err(match tx.fact_import_rows(run, rows) {
                Ok(problems) => Tried::Done(problems),
                Err(error) => Tried::Failed(error),
            })
        });
        match tried {
            Err(Tried::Done(problems)) => Ok(problems),
            Err(Tried::Failed(error)) => Err(error),
            Ok(()) => Err(StorageError::Statement("a dry run was kept").into()),
        }
    }

    fn fact_import_rows(
        &mut self,
        run: &mut FactImportRun,
        rows: Vec<EventRow>,
    ) -> Result<Vec<RowProblem>, AccessError> {
        let mut problems = Vec::new();
        let mut candidates = Vec::with_capacity(rows.len());
        for row in rows {
            match candidate(run, row)? {
                Ok(candidate) => candidates.push(candidate),
                Err(problem) => problems.push(problem),
            }
        }
        let known = self.fact_rows_known(run, &candidates)?;
        let new = |it: &&Candidate| !known.contains_key(&it.key);
        let reports: Vec<&RowReport> = candidates.iter().filter(new).map(|it| &it.report).collect();
        self.report_match_begin_whole()?;
        let mut rows = self.rows_at_once(&reports)?;
        let mut places = 0..;
        let mut kept = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let row = candidate.report.row.row;
            let place = Some(&candidate).filter(new).and_then(|_| places.next()).unwrap_or_default();
            match standing(&known, &mut run.seen, &candidate.key, &candidate.hash) {
                Standing::Fresh => {
                    match self.part(|tx| tx.row_report_file_among(&candidate.report, &mut rows, place)) {
                        Ok(filed) => {
                            count(run, &filed);
                            kept.push((candidate, filed.report.id.as_uuid()));
                        }
                        Err(RowFiling::Refused(refused)) => {
                            run.seen.remove(&candidate.key);
                            problems.extend(refused.into_iter().map(|(field, it)| RowProblem::of(row, field, it)));
                        }
                        Err(RowFiling::Failed(error)) => return Err(error),
                    }
                }
                Standing::Repeated => run.counts.repeated += 1,
                Standing::Changed => {
                    let changed = Invalid::new("external_id_changed");
                    problems.push(RowProblem::of(row, FactField::ExternalId, changed));
                }
            }
        }
        self.fact_rows_keep(run, &kept)?;
        Ok(problems)
    }

    fn fact_rows_known(&mut self, run: &FactImportRun, candidates: &[Candidate]) -> Result<KnownRows, StorageError> {
        let (ids, hashes) = asked(candidates.iter().map(|candidate| &candidate.key));
        let own = imported::organisation_id
            .eq(self.actor.organisation.id.as_uuid())
            .and(imported::source.eq(run.source.as_str()));
        let by_id = imported::external_id.eq_any(ids).assume_not_null();
        let by_content = imported::external_id.is_null().and(imported::content_hash.eq_any(hashes));
        let found: Vec<(Option<String>, Vec<u8>)> = imported::table
            .filter(own)
            .filter(by_id.or(by_content))
            .select((imported::external_id, imported::content_hash))
            .load(self.connection)?;
        Ok(known_rows(found.into_iter()))
    }

    fn fact_rows_keep(&mut self, run: &FactImportRun, kept: &[(Candidate, Uuid)]) -> Result<(), StorageError> {
        if run.dry_run || kept.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = kept
            .iter()
            .map(|(candidate, report)| {
                (
                    imported::report_id.eq(*report),
                    imported::import_id.eq(run.id.as_uuid()),
                    imported::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                    imported::source.eq(run.source.as_str()),
                    imported::external_id.eq(candidate.report.row.external_id.as_ref().map(|id| id.as_str())),
                    imported::content_hash.eq(candidate.hash.as_slice()),
                    imported::reported_on.eq(candidate.report.row.reported_on),
                )
            })
            .collect();
        diesel::insert_into(imported::table).values(&rows).execute(self.connection)?;
        Ok(())
    }
}

fn count(run: &mut FactImportRun, filed: &FiledReport) {
    match filed.matching.outcome {
        MatchOutcome::Matched => run.counts.matched += 1,
        MatchOutcome::Review => run.counts.review += 1,
        MatchOutcome::New => run.counts.new_facts += 1,
    }
}

/// What the directory says of a row.
fn candidate(run: &FactImportRun, row: EventRow) -> Result<Result<Candidate, RowProblem>, StorageError> {
    let places = run.places.as_ref().ok_or(StorageError::Statement("an import knows no places"))?;
    let hash = content_hash(&row)?;
    let Some(kato) = row.place.as_ref().and_then(|place| places.territory(place)) else {
        return Ok(Err(RowProblem::of(row.row, FactField::Territory, Invalid::new("unknown_territory"))));
    };
    // A school that nobody knows is no reason to lose the row: the child then belongs to none.
    let school = row.school.as_ref().and_then(|name| places.school(name.as_str())).cloned();
    let key = RowKey::of(row.external_id.as_ref().map(|id| id.as_str().to_owned()), hash);
    Ok(Ok(Candidate { key, hash, report: RowReport { row, kato, school } }))
}

/// SHA-256 of what a row says, wherever in the file it stands.
fn content_hash(row: &EventRow) -> Result<[u8; 32], StorageError> {
    let said = EventRow { row: 0, ..row.clone() };
    // The form of what is hashed: another one gets another word.
    let text =
        serde_json::to_vec(&("fact-1", said)).map_err(|_| StorageError::Statement("a row could not be written"))?;
    Ok(Sha256::digest(&text).into())
}
