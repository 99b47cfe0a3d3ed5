//! The cells of a row, on their way to checked types.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::NaiveDate;

use super::{Column, RowProblem, dates};
use crate::Invalid;

/// The cells of a row as they stand in the file; blank ones are left out.
#[derive(Clone)]
pub struct RawRow<C> {
    /// Its number; see [`RowProblem::row`].
    pub row: u64,
    /// What stands in it.
    pub cells: BTreeMap<C, String>,
    /// What was wrong already in reading it.
    pub problems: Vec<RowProblem>,
}

impl<C> std::fmt::Debug for RawRow<C> {
    /// No cell: they are personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawRow").field("row", &self.row).field("problems", &self.problems).finish_non_exhaustive()
    }
}

/// A row that is being checked: each cell is taken once, each problem is kept.
pub struct Cells<C> {
    row: u64,
    cells: BTreeMap<C, String>,
    problems: Vec<RowProblem>,
}

impl<C: Column> Cells<C> {
    /// Begins.
    ///
    /// # Errors
    /// What was wrong in reading the row, where nothing of it could be read: it misses nothing besides.
    pub fn of(raw: RawRow<C>) -> Result<Self, Vec<RowProblem>> {
        if raw.cells.is_empty() && !raw.problems.is_empty() {
            return Err(raw.problems);
        }
        Ok(Self { row: raw.row, cells: raw.cells, problems: raw.problems })
    }

    /// The number of the row.
    #[must_use]
    pub const fn row(&self) -> u64 {
        self.row
    }

    /// Whether a cell holds anything.
    #[must_use]
    pub fn holds(&self, field: C) -> bool {
        self.cells.contains_key(&field)
    }

    /// Whether nothing is wrong by now.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.problems.is_empty()
    }

    /// All that is wrong.
    #[must_use]
    pub fn into_problems(self) -> Vec<RowProblem> {
        self.problems
    }

    /// Notes what is wrong with a field.
    pub fn complain(&mut self, field: C, invalid: Invalid) {
        self.problems.push(RowProblem::of(self.row, field, invalid));
    }

    /// Reads a cell; nothing where it is blank or wrong.
    pub fn read<T>(&mut self, field: C, read: impl FnOnce(&str) -> Result<T, Invalid>) -> Option<T> {
        let text = self.cells.remove(&field)?;
        read(text.trim()).map_err(|invalid| self.complain(field, invalid)).ok()
    }

    /// Reads a cell that is a code, a number or another checked text.
    pub fn text<T: FromStr<Err = Invalid>>(&mut self, field: C) -> Option<T> {
        self.read(field, str::parse)
    }

    /// The same, and the row is wrong without it.
    pub fn needed<T: FromStr<Err = Invalid>>(&mut self, field: C) -> Option<T> {
        self.need(field);
        self.text(field)
    }

    /// Complains where the cell holds nothing, unless it could not be read at all.
    pub fn need(&mut self, field: C) {
        if !self.holds(field) && !self.named(field) {
            self.complain(field, Invalid::new("missing_field"));
        }
    }

    /// Complains where nothing came of a cell that is needed and was taken already.
    pub fn need_read(&mut self, field: C, there: bool) {
        if !there {
            self.need(field);
        }
    }

    /// Whether something is wrong with a field.
    #[must_use]
    pub fn has_problem(&self, field: C) -> bool {
        self.named(field)
    }

    /// Whether nothing is wrong with some fields by now.
    #[must_use]
    pub fn is_right_in(&self, fields: &[C]) -> bool {
        !fields.iter().any(|field| self.named(*field))
    }

    /// Reads a day; see [`dates::date`].
    pub fn date(&mut self, field: C) -> Option<NaiveDate> {
        self.read(field, dates::date)
    }

    /// Whether something is said of the field already: a cell that could not be read is not missing too.
    fn named(&self, field: C) -> bool {
        self.problems.iter().any(|problem| problem.field == field.name())
    }
}
