//! Counts as asked for: facts, children, rates, earlier periods.

use std::collections::BTreeMap;
use std::io;

use qorgan_domain::Invalid;
use qorgan_domain::statistics::protection::{DisclosureRule, guard, guard_compared};
use qorgan_domain::statistics::{Comparison, Denominators, Dimension, Earlier, StatisticsQuery};
use qorgan_storage::statistics::{Counts, ExactCell};
use qorgan_storage::{Permit, Tx};

use super::export::{self, Body, RowWriter};
use super::format::StatisticsFormat;
use super::labels;
use super::register::refused;
use super::table::{Known, Measure, Row, Table};
use super::xlsx;
use crate::problem::Problem;
use crate::request::Language;

/// Most cells of an answer that is made in memory.
const MAX_CELLS: usize = 100_000;
/// A count by so many attributes at most is answered from sums that are kept ready.
const FEW_ATTRIBUTES: usize = 3;

/// A checked question.
pub struct Asked {
    /// What to count.
    pub query: StatisticsQuery,
    /// With which earlier periods to compare.
    pub compare: Vec<Comparison>,
    /// Whether to divide by the number of children.
    pub rates: bool,
    /// Whether to count distinct children too.
    pub children: bool,
}

impl Asked {
    fn measures(&self) -> Vec<Measure> {
        let children = self.children.then_some(Measure::Children);
        let rate = self.rates.then_some(Measure::Rate);
        let compared = |comparison: &Comparison| {
            [Measure::Before(*comparison), Measure::Difference(*comparison), Measure::Percent(*comparison)]
        };
        [Measure::Count].into_iter().chain(children).chain(rate).chain(self.compare.iter().flat_map(compared)).collect()
    }

    /// Whether there may be very many cells, or children are counted: both are read fact by fact.
    fn is_fine(&self) -> bool {
        self.children
            || self.query.attributes().len() > FEW_ATTRIBUTES
            || self.query.group_by().iter().any(|dimension| dimension.is_exact_only())
    }

    /// The same counts of earlier periods.
    ///
    /// # Errors
    /// `compare` with what [`StatisticsQuery::earlier`] refuses.
    pub fn earlier(&self) -> Result<Vec<Earlier>, Problem> {
        let earlier = self.compare.iter().map(|comparison| self.query.earlier(*comparison));
        earlier.collect::<Result<_, _>>().map_err(|invalid| refused(vec![("compare", invalid)]))
    }
}

/// Counts of one period in memory: facts and children by cell, and all together.
#[derive(Default)]
struct Cells {
    rows: Vec<(Vec<Option<String>>, i64, Option<i64>)>,
    total: i64,
    children: Option<i64>,
    is_final: bool,
}

impl Cells {
    fn of(query: &StatisticsQuery, counts: Counts) -> Self {
        let rows = counts.rows.into_iter().map(|mut row| {
            (query.group_by().iter().map(|of| row.keys.remove(of).flatten()).collect(), row.count, None)
        });
        Self { rows: rows.collect(), total: counts.total, children: None, is_final: counts.is_final }
    }
}

/// Counts exactly.
///
/// # Errors
/// `invalid_query`: `group_by` with `too_many_cells`; as the storage.
pub fn exact(
    tx: &mut Tx<'_>,
    permit: &Permit,
    asked: Asked,
    format: StatisticsFormat,
    language: Language,
) -> Result<Body, Problem> {
    if asked.is_fine() && asked.compare.is_empty() && format.is_file() {
        return exact_file(tx, permit, &asked, format, language);
    }
    let mut earlier = Vec::new();
    for one in asked.earlier()? {
        let cells = exact_cells(tx, permit, &one.query, asked.is_fine(), false)?;
        earlier.push((one, cells));
    }
    let cells = exact_cells(tx, permit, &asked.query, asked.is_fine(), asked.children)?;
    let table = composed(tx, &asked, cells, earlier, None, language)?;
    export::whole(&table, format)
}

fn exact_cells(
    tx: &mut Tx<'_>,
    permit: &Permit,
    query: &StatisticsQuery,
    fine: bool,
    children: bool,
) -> Result<Cells, Problem> {
    if !fine {
        let counts = tx.register_counts(permit, query)?;
        bounded(counts.rows.len(), MAX_CELLS)?;
        return Ok(Cells::of(query, counts));
    }
    let mut cells = Cells::default();
    let most = i64::try_from(MAX_CELLS + 1).unwrap_or(i64::MAX);
    let rows = &mut cells.rows;
    cells.is_final = tx.register_cells_each(permit, query, children, most, &mut |cell: ExactCell| {
        rows.push((cell.keys, cell.facts, cell.children));
        bounded(rows.len(), MAX_CELLS)
    })?;
    (cells.total, cells.children) = exact_total(tx, permit, query, children)?;
    if query.group_by().is_empty() && cells.rows.is_empty() {
        cells.rows.push((Vec::new(), 0, cells.children));
    }
    Ok(cells)
}

/// Facts and children of all cells together.
fn exact_total(
    tx: &mut Tx<'_>,
    permit: &Permit,
    query: &StatisticsQuery,
    children: bool,
) -> Result<(i64, Option<i64>), Problem> {
    let mut total = (0, children.then_some(0));
    tx.register_cells_each(permit, &query.in_one_cell(), children, 1, &mut |cell: ExactCell| {
        total = (cell.facts, cell.children);
        Ok::<(), Problem>(())
    })?;
    Ok(total)
}

/// A file whose rows go from the database to the disk.
fn exact_file(
    tx: &mut Tx<'_>,
    permit: &Permit,
    asked: &Asked,
    format: StatisticsFormat,
    language: Language,
) -> Result<Body, Problem> {
    let (total, children) = exact_total(tx, permit, &asked.query, asked.children)?;
    let mut denominators = denominators(tx, asked)?;
    let mut table = Table::without_rows(asked.query.clone(), asked.measures(), None, language).with_names(tx)?;
    let denominator = denominators.as_mut().and_then(|known| known.children(&[]));
    table = table.with_total(&Known { count: total, children, denominator, before: &[] });
    table.population = denominators.as_ref().map(|known| known.used().into_iter().cloned().collect());
    let Some(mut writer) = RowWriter::begin(&table, format)? else {
        return Err(Problem::internal(&io::Error::other("a form that is no file was to be written row by row")));
    };
    let most = if format == StatisticsFormat::Xlsx { xlsx::MAX_ROWS } else { usize::MAX };
    let asked_for = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
    let mut rows = 0;
    tx.register_cells_each(permit, &asked.query, asked.children, asked_for, &mut |cell: ExactCell| {
        rows += 1;
        bounded(rows, most)?;
        let denominator = denominators.as_mut().and_then(|known| known.children(&cell.keys));
        let known = Known { count: cell.facts, children: cell.children, denominator, before: &[] };
        writer.row(&Row { values: cell.keys, numbers: table.numbers(&known) })
    })?;
    writer.finish()
}

/// Counts with noise. Differences and rates are made of what is shown.
///
/// # Errors
/// `invalid_query` with what [`guard`] refuses; as the storage.
pub fn protected(
    tx: &mut Tx<'_>,
    permit: &Permit,
    mut asked: Asked,
    format: StatisticsFormat,
    language: Language,
) -> Result<Body, Problem> {
    let today = tx.today();
    let rule = tx.disclosure_rule(asked.query.as_of_day())?;
    let guarded = if asked.compare.is_empty() { guard } else { guard_compared };
    let guarded = guarded(asked.query.clone(), &rule, today);
    let children = asked.children.then(|| ("measures", Invalid::new("exact_only")));
    asked.query = match (guarded, children) {
        (Ok(query), None) => query,
        (guarded, children) => {
            let wrong = guarded.err().unwrap_or_default();
            return Err(refused(wrong.into_iter().chain(children).collect()));
        }
    };
    let rule = tx.disclosure_rule(asked.query.as_of_day())?;
    let mut earlier = Vec::new();
    for one in asked.earlier()? {
        let counts = tx.register_counts_protected(permit, &one.query, &rule)?;
        let cells = Cells::of(&one.query, counts);
        earlier.push((one, cells));
    }
    let counts = tx.register_counts_protected(permit, &asked.query, &rule)?;
    let cells = Cells::of(&asked.query, counts);
    let table = composed(tx, &asked, cells, earlier, Some(rule), language)?;
    export::whole(&table, format)
}

fn denominators(tx: &mut Tx<'_>, asked: &Asked) -> Result<Option<Denominators>, Problem> {
    if !asked.rates {
        return Ok(None);
    }
    Ok(Some(Denominators::new(&asked.query, tx.child_population_history()?)))
}

/// Puts the periods side by side: a cell that is in one of them only counts 0 in the others.
fn composed(
    tx: &mut Tx<'_>,
    asked: &Asked,
    cells: Cells,
    earlier: Vec<(Earlier, Cells)>,
    rule: Option<DisclosureRule>,
    language: Language,
) -> Result<Table, Problem> {
    let mut denominators = denominators(tx, asked)?;
    let mut table = Table::without_rows(asked.query.clone(), asked.measures(), rule, language).with_names(tx)?;
    let absent = asked.children.then_some(0);
    let mut side_by_side: BTreeMap<Vec<_>, _> = BTreeMap::new();
    for (values, count, children) in cells.rows {
        side_by_side
            .insert(sort_key(asked.query.group_by(), &values), (values, count, children, vec![0; earlier.len()]));
    }
    let mut totals = Vec::new();
    for (at, (one, cells)) in earlier.iter().enumerate() {
        totals.push((one.comparison, cells.total));
        table.earlier.push((one.comparison, one.query.from(), one.query.to()));
        for (values, count, _) in &cells.rows {
            let Some(values) = present(one, asked.query.group_by(), values) else { continue };
            let key = sort_key(asked.query.group_by(), &values);
            let cell = side_by_side.entry(key).or_insert_with(|| (values, 0, absent, vec![0; earlier.len()]));
            cell.3[at] += count;
        }
    }
    for (values, count, children, before) in side_by_side.into_values() {
        let before: Vec<(Comparison, i64)> = earlier.iter().map(|(one, _)| one.comparison).zip(before).collect();
        let denominator = denominators.as_mut().and_then(|known| known.children(&values));
        let numbers = table.numbers(&Known { count, children, denominator, before: &before });
        table.rows.push(Row { values, numbers });
    }
    let denominator = denominators.as_mut().and_then(|known| known.children(&[]));
    table = table.with_total(&Known { count: cells.total, children: cells.children, denominator, before: &totals });
    table.population = denominators.map(|known| known.used().into_iter().cloned().collect());
    table.is_final = cells.is_final;
    Ok(table)
}

/// The values with which those of an earlier period are compared.
fn present(one: &Earlier, dimensions: &[Dimension], values: &[Option<String>]) -> Option<Vec<Option<String>>> {
    let named = dimensions.iter().zip(values);
    named.map(|(of, value)| value.as_ref().map_or(Some(None), |code| one.present(*of, code).map(Some))).collect()
}

/// In the order of the vocabularies, otherwise of the codes; facts without a value come last.
fn sort_key(dimensions: &[Dimension], values: &[Option<String>]) -> Vec<(bool, usize, Option<String>)> {
    let named = dimensions.iter().zip(values);
    named.map(|(of, code)| (code.is_none(), labels::place(*of, code.as_deref()), code.clone())).collect()
}

fn bounded(cells: usize, most: usize) -> Result<(), Problem> {
    if cells <= most {
        return Ok(());
    }
    Err(refused(vec![("group_by", Invalid::new("too_many_cells").with("max", most))]))
}
