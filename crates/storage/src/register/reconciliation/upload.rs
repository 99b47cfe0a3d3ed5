//! A list as it comes: each batch of rows is compared and kept.

use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text, Uuid as SqlUuid};
use qorgan_domain::Invalid;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{ChildId, ReconciliationId};
use qorgan_domain::lists::RowProblem;
use qorgan_domain::policy::{Action, ResourceKind, Subject, Verdict, decide};
use qorgan_domain::register::import::{EventRow, FactField};
use qorgan_domain::register::reconciliation::{
    ChildLikeness, ComparedFact, ComparedRow, ItemOrigin, NumberAgreement, ReconciliationOutcome, Windows, compare,
};
use qorgan_domain::register::{FactKind, FactNumber};
use qorgan_domain::signals::ImportSource;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::compare::{FactsOfChildren, Numbers};
use crate::reference::ListPeriod;
use crate::register::import::{Places, RowChild};
use crate::schema::{agencies, register_reconciliation_items as items, register_reconciliations as lists};
use crate::{AccessError, Denial, Permit, StorageError, Tx};

/// Facts that a list may lack; whoever lacks more has brought the wrong list.
const MOST_ONLY_HERE: i32 = 50_000;
/// Rows of one INSERT: PostgreSQL takes 65 535 parameters.
const AT_ONCE: usize = 1000;

/// A list to be compared.
#[derive(Debug, Clone)]
pub struct NewReconciliation {
    /// Its id.
    pub id: ReconciliationId,
    /// What it is called.
    pub title: ImportSource,
    /// Whose list it is.
    pub agency: AgencyCode,
    /// The first and the last day of its period.
    pub period: (NaiveDate, NaiveDate),
    /// The kind of events that it lists.
    pub kind: Option<FactKind>,
    /// The territory that it covers.
    pub kato: Option<Kato>,
    /// SHA-256 of the file.
    pub file_sha256: [u8; 32],
}

/// A comparison under way, in one unit of work.
pub struct ReconciliationRun {
    new: NewReconciliation,
    places: Places,
    windows: Windows,
    /// From which probability on a child that no other comes near is close.
    close: f64,
    permit: Permit,
    position: i32,
}

impl std::fmt::Debug for ReconciliationRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReconciliationRun").field("id", &self.new.id).finish_non_exhaustive()
    }
}

#[derive(Insertable)]
#[diesel(table_name = items)]
struct NewItemRow {
    id: Uuid,
    reconciliation_id: Uuid,
    position: i32,
    origin: &'static str,
    row_number: Option<i32>,
    external_id: Option<String>,
    content: Option<serde_json::Value>,
    outcome: &'static str,
    fact_id: Option<Uuid>,
    fact_number: Option<String>,
    score: Option<f64>,
    differing: Vec<&'static str>,
    problems: serde_json::Value,
    same_number: bool,
}

#[derive(QueryableByName)]
struct OnlyHereRow {
    #[diesel(sql_type = SqlUuid)]
    fact_id: Uuid,
    #[diesel(sql_type = Text)]
    number: String,
}

/// The children that a row may be about, the surest first.
type Likely = Vec<(ChildId, ChildLikeness, f64)>;

impl Tx<'_> {
    /// Whether there is an agency of this code.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn agency_exists(&mut self, code: &AgencyCode) -> Result<bool, StorageError> {
        Ok(diesel::select(diesel::dsl::exists(agencies::table.find(code.as_str()))).get_result(self.connection)?)
    }

    /// Whether the actor may compare lists: for the own organisation, in a scope that is wide enough.
    ///
    /// # Errors
    /// [`Denial::Forbidden`].
    pub fn reconciliation_permit(&mut self) -> Result<Permit, AccessError> {
        let permit = self.authorize(Action::ReconciliationWrite)?;
        let own = Subject::Reconciliation(&self.actor.organisation);
        if decide(&self.actor, Action::ReconciliationWrite, &own) == Verdict::Allowed {
            Ok(permit)
        } else {
            Err(AccessError::Denied(Denial::Forbidden))
        }
    }

    /// Begins a comparison.
    ///
    /// # Errors
    /// [`Denial::Forbidden`]; [`StorageError`], `Duplicate` where the id is taken.
    pub fn reconciliation_begin(&mut self, new: NewReconciliation) -> Result<ReconciliationRun, AccessError> {
        let permit = self.reconciliation_permit()?;
        let today = self.today();
        let windows = Windows {
            same_days: self.list_period(ListPeriod::SameEvent, today)?,
            review_days: self.list_period(ListPeriod::ReviewEvent, today)?,
        };
        let close = self.list_close_child(today)?;
        let organisation = &self.actor.organisation;
        diesel::insert_into(lists::table)
            .values((
                lists::id.eq(new.id.as_uuid()),
                lists::title.eq(new.title.as_str()),
                lists::list_agency.eq(new.agency.as_str()),
                lists::period_from.eq(new.period.0),
                lists::period_to.eq(new.period.1),
                lists::kind.eq(new.kind.map(FactKind::as_str)),
                lists::kato.eq(new.kato.as_ref().map(Kato::as_str)),
                lists::file_sha256.eq(new.file_sha256.as_slice()),
                lists::organisation_id.eq(organisation.id.as_uuid()),
                lists::organisation_agency.eq(organisation.agency.as_str()),
                lists::organisation_kato.eq(organisation.kato.as_str()),
                lists::created_by.eq(self.actor.user.as_uuid()),
                lists::created_at.eq(self.now),
                lists::updated_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        let places = self.list_places()?;
        self.audit(Action::ReconciliationWrite, new.id.as_uuid(), None);
        self.publish("reconciliation.uploaded", ResourceKind::Reconciliation, new.id.as_uuid())?;
        Ok(ReconciliationRun { new, places, windows, close, permit, position: 0 })
    }

    /// Compares the rows of a batch and keeps them with what came of them; answers what is wrong with others:
    /// `unknown_territory`, `outside_period`, `kind_not_of_list`.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn reconciliation_batch(
        &mut self,
        run: &mut ReconciliationRun,
        rows: Vec<EventRow>,
    ) -> Result<Vec<RowProblem>, StorageError> {
        let mut problems = Vec::new();
        let mut placed_rows = Vec::with_capacity(rows.len());
        for row in rows {
            match placed(run, row) {
                Ok(row) => placed_rows.push(row),
                Err(problem) => problems.push(problem),
            }
        }
        let people: Vec<_> = placed_rows.iter().map(|(row, kato)| (&row.person, kato.as_ref())).collect();
        let children = self.row_children(&run.permit, &people)?;
        let compared: Vec<_> = placed_rows
            .into_iter()
            .zip(children)
            .map(|((row, kato), child)| (row, kato, likely(child, run.close)))
            .collect();
        let facts = self.facts_near(run, &compared)?;
        let numbers = self.reconciliation_numbers(compared.iter().map(|row| &row.0), &facts)?;
        let mut kept = Vec::with_capacity(compared.len());
        for (place, (row, kato, children)) in compared.into_iter().enumerate() {
            let near = near(&row, place, &children, &facts, &numbers);
            kept.push(item(run, row, kato, &near)?);
        }
        self.items_insert(&kept)?;
        Ok(problems)
    }

    /// Ends a comparison: the bad rows stand in it too, and the facts that the list lacks.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn reconciliation_end(
        &mut self,
        run: &mut ReconciliationRun,
        problems: &[RowProblem],
    ) -> Result<(), StorageError> {
        let mut bad: Vec<(u64, Vec<(&str, &str)>)> = Vec::new();
        for problem in problems {
            let named = (problem.field.as_str(), problem.invalid.code());
            match bad.last_mut() {
                Some((row, named_before)) if *row == problem.row => named_before.push(named),
                _ => bad.push((problem.row, vec![named])),
            }
        }
        let mut kept = Vec::with_capacity(bad.len());
        for (row, named) in bad {
            let problems = serde_json::to_value(named).map_err(|_| StorageError::Statement("problems of a row"))?;
            kept.push(NewItemRow { problems, ..blank(run, ItemOrigin::Row, Some(row), ReconciliationOutcome::Bad) });
        }
        self.items_insert(&kept)?;
        let found: Vec<OnlyHereRow> = diesel::sql_query("SELECT * FROM reconciliation_only_here($1, $2)")
            .bind::<SqlUuid, _>(run.new.id.as_uuid())
            .bind::<Integer, _>(MOST_ONLY_HERE)
            .load(self.connection)?;
        let lacking: Vec<_> = found
            .into_iter()
            .map(|fact| NewItemRow {
                fact_id: Some(fact.fact_id),
                fact_number: Some(fact.number),
                ..blank(run, ItemOrigin::Fact, None, ReconciliationOutcome::OnlyHere)
            })
            .collect();
        self.items_insert(&lacking)
    }

    fn facts_near(
        &mut self,
        run: &ReconciliationRun,
        compared: &[(EventRow, Option<Kato>, Likely)],
    ) -> Result<FactsOfChildren, StorageError> {
        let mut children: Vec<ChildId> = compared.iter().flat_map(|row| row.2.iter().map(|it| it.0)).collect();
        children.sort();
        children.dedup();
        let days = TimeDelta::days(run.windows.review_days);
        let (from, to) = run.new.period;
        self.reconciliation_facts(&children, from - days, to + days)
    }

    fn items_insert(&mut self, rows: &[NewItemRow]) -> Result<(), StorageError> {
        for part in rows.chunks(AT_ONCE) {
            diesel::insert_into(items::table).values(part).execute(self.connection)?;
        }
        Ok(())
    }
}

fn likely(child: RowChild, close: f64) -> Likely {
    match child {
        RowChild::Certain(child, score) => vec![(child.id, ChildLikeness::Certain, score)],
        RowChild::Likely(found) => {
            let alone = found.len() == 1;
            found.into_iter().map(|(child, score)| (child, ChildLikeness::of(score, alone, close), score)).collect()
        }
        RowChild::Unknown => Vec::new(),
    }
}

/// A row within the list's period, with the territory that it names.
fn placed(run: &ReconciliationRun, mut row: EventRow) -> Result<(EventRow, Option<Kato>), RowProblem> {
    let problem = |field, code| RowProblem::of(row.row, field, Invalid::new(code));
    let (from, to) = run.new.period;
    if !(from..=to).contains(&row.occurred_on) {
        return Err(problem(FactField::OccurredOn, "outside_period"));
    }
    let kato = row.place.as_ref().map(|place| run.places.territory(place));
    if kato == Some(None) {
        return Err(problem(FactField::Territory, "unknown_territory"));
    }
    match (row.kind, run.new.kind) {
        (Some(kind), Some(of_list)) if kind != of_list => {
            return Err(problem(FactField::Kind, "kind_not_of_list"));
        }
        (None, of_list) => row.kind = of_list,
        _ => {}
    }
    Ok((row, kato.flatten()))
}

fn blank(
    run: &mut ReconciliationRun,
    origin: ItemOrigin,
    row: Option<u64>,
    outcome: ReconciliationOutcome,
) -> NewItemRow {
    run.position += 1;
    NewItemRow {
        id: Uuid::now_v7(),
        reconciliation_id: run.new.id.as_uuid(),
        position: run.position,
        origin: origin.as_str(),
        row_number: row.map(|row| i32::try_from(row).unwrap_or(i32::MAX)),
        external_id: None,
        content: None,
        outcome: outcome.as_str(),
        fact_id: None,
        fact_number: None,
        score: None,
        differing: Vec::new(),
        problems: serde_json::json!([]),
        same_number: false,
    }
}

/// A fact that a row may tell of.
struct NearFact {
    fact: ComparedFact,
    number: FactNumber,
    /// How sure it is that the child is the same; of a stranger nothing is known.
    score: Option<f64>,
}

/// The facts of the children that a row may be about, and those that name its numbers.
fn near(row: &EventRow, place: usize, children: &Likely, known: &FactsOfChildren, numbers: &Numbers) -> Vec<NearFact> {
    let mut facts: Vec<NearFact> = Vec::new();
    for (child, likeness, score) in children {
        for (fact, number) in known.get(child).into_iter().flatten() {
            if facts.iter().all(|near| near.fact.id != fact.id) {
                let agreement = numbers.agreement(place, row, fact.id);
                let fact = ComparedFact { likeness: *likeness, number: agreement, ..fact.clone() };
                facts.push(NearFact { fact, number: *number, score: Some(*score) });
            }
        }
    }
    for named in numbers.named(place) {
        let known = children.iter().find(|(likely, ..)| *likely == named.child);
        let there = facts.iter().any(|near| near.fact.id == named.fact.id);
        if there || (known.is_none() && !named.of_country) {
            continue;
        }
        let likeness = known.map_or(ChildLikeness::Stranger, |(_, likeness, _)| *likeness);
        let fact = ComparedFact { likeness, number: NumberAgreement::Same, ..named.fact.clone() };
        facts.push(NearFact { fact, number: named.number, score: known.map(|(.., score)| *score) });
    }
    facts
}

fn item(
    run: &mut ReconciliationRun,
    row: EventRow,
    kato: Option<Kato>,
    near: &[NearFact],
) -> Result<NewItemRow, StorageError> {
    let said = ComparedRow {
        kind: row.kind,
        main_form: row.main_form,
        level: row.level,
        occurred_on: row.occurred_on,
        kato,
        setting: row.setting,
        relation: row.relation,
        sex: row.person.sex,
    };
    let facts: Vec<ComparedFact> = near.iter().map(|near| near.fact.clone()).collect();
    let comparison = compare(&said, &facts, run.windows);
    let fact = comparison.fact.and_then(|id| near.iter().find(|near| near.fact.id == id));
    let content = serde_json::to_value(&row).map_err(|_| StorageError::Statement("a row could not be written"))?;
    Ok(NewItemRow {
        external_id: row.external_id.map(|id| id.into_string()),
        content: Some(content),
        fact_id: fact.map(|near| near.fact.id.as_uuid()),
        fact_number: fact.map(|near| near.number.to_string()),
        score: fact.and_then(|near| near.score),
        same_number: comparison.same_number,
        differing: comparison.differing.iter().map(|field| field.as_str()).collect(),
        ..blank(run, ItemOrigin::Row, Some(row.row), comparison.outcome)
    })
}
