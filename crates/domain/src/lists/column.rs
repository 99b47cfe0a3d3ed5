//! The columns of a kind of list, and by which names a file has them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use super::HeaderProblems;
use crate::Invalid;

/// A column of the table, a member of the JSON object: mostly a vocabulary.
pub trait Column: Copy + Ord + Debug + FromStr<Err = Invalid> + 'static {
    /// Its name.
    fn name(self) -> &'static str;

    /// Whether a line of JSON writes it as a number.
    fn is_number(self) -> bool {
        false
    }
}

/// What becomes of columns that no field has the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OtherColumns {
    /// The file is refused: a column that nobody reads is mostly one whose name is misspelt.
    #[default]
    Refused,
    /// They are passed over.
    PassedOver,
}

/// Which columns a file may and must have.
#[derive(Debug, Clone)]
pub struct Columns<C> {
    needed: Vec<C>,
    renamed: BTreeMap<String, C>,
    others: OtherColumns,
}

impl<C: Column> Columns<C> {
    /// Columns by their own names; `needed` must be there.
    #[must_use]
    pub fn new(needed: Vec<C>) -> Self {
        Self { needed, renamed: BTreeMap::new(), others: OtherColumns::Refused }
    }

    /// Reads a field from a column of another name; spaces around it and case do not count.
    #[must_use]
    pub fn renamed(mut self, column: &str, field: C) -> Self {
        self.renamed.insert(folded(column), field);
        self
    }

    /// What becomes of columns that are not known.
    #[must_use]
    pub fn others(mut self, others: OtherColumns) -> Self {
        self.others = others;
        self
    }

    /// The field that a column holds.
    ///
    /// # Errors
    /// `unknown_column` where there is none and such columns are refused; `Ok(None)` where they are passed over.
    pub(super) fn field(&self, name: &str) -> Result<Option<C>, Invalid> {
        let known = self.renamed.get(&folded(name)).copied().or_else(|| name.parse().ok());
        match (known, self.others) {
            (None, OtherColumns::Refused) => Err(Invalid::new("unknown_column")),
            (known, _) => Ok(known),
        }
    }

    /// The fields of a header, `None` for columns that are passed over. A name that is not known is told by its place,
    /// never by its text: the first line of a file without a header is about a child.
    ///
    /// # Errors
    /// Every column that is unknown, doubled or missing.
    pub(super) fn of_header<'a>(
        &self,
        header: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Vec<Option<C>>, HeaderProblems> {
        let mut fields: Vec<Option<C>> = Vec::new();
        let mut problems = Vec::new();
        for (place, name) in header.enumerate() {
            let name = str::from_utf8(name).unwrap_or_default().trim();
            match self.field(name) {
                Ok(Some(field)) if fields.contains(&Some(field)) => {
                    problems.push((field.name().to_owned(), Invalid::new("duplicate_field")));
                }
                Ok(field) => fields.push(field),
                Err(invalid) => problems.push((format!("column {}", place + 1), invalid)),
            }
        }
        let missing = self.needed.iter().filter(|field| !fields.contains(&Some(**field)));
        problems.extend(missing.map(|field| (field.name().to_owned(), Invalid::new("missing_field"))));
        if problems.is_empty() { Ok(fields) } else { Err(problems) }
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}
