//! A table of counts before it has a form: its cells, and all the words that go with them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use qorgan_domain::statistics::protection::DisclosureRule;
use qorgan_domain::statistics::{Dimension, StatisticsMethod, StatisticsQuery};
use qorgan_storage::Tx;
use qorgan_storage::statistics::Counts;

use super::labels;
use crate::problem::Problem;
use crate::request::Language;
use crate::routes::reference::labels as classifiers;
use crate::routes::reference::view::NamesView;

/// One cell: the code of every dimension, in their order, and the count.
pub type Cell = (Vec<Option<String>>, i64);

/// The answer to a query, in one language.
pub struct Table {
    /// The query that was answered; of protected counts, the one that was counted.
    pub query: StatisticsQuery,
    /// Cells that are not empty.
    pub cells: Vec<Cell>,
    /// All facts together.
    pub total: i64,
    /// How the counts were made.
    pub method: StatisticsMethod,
    /// By which rule they were protected.
    pub rule: Option<DisclosureRule>,
    /// The language of all words.
    pub language: Language,
    /// Names of territories and agencies by code.
    names: BTreeMap<String, String>,
}

impl Table {
    /// The table of some counts; they are exact where no rule protected them.
    pub fn of(query: StatisticsQuery, counts: Counts, rule: Option<DisclosureRule>, language: Language) -> Self {
        let method = if rule.is_some() { StatisticsMethod::Protected } else { StatisticsMethod::Exact };
        let Counts { rows, total } = counts;
        let cells = rows
            .into_iter()
            .map(|mut row| (query.group_by().iter().map(|of| row.keys.remove(of).flatten()).collect(), row.count))
            .collect();
        Self { query, cells, total, method, rule, language, names: BTreeMap::new() }
    }

    /// Reads the names of what is no closed vocabulary. The codes of territories and agencies do not meet: the first are
    /// digits.
    ///
    /// # Errors
    /// As reading reference data.
    pub fn with_names(mut self, tx: &mut Tx<'_>) -> Result<Self, Problem> {
        for row in tx.territory_list()? {
            let names = NamesView { ru: row.name_ru, kk: row.name_kk, en: row.name_en };
            self.names.insert(row.kato, names.in_language(self.language).to_owned());
        }
        for row in tx.agency_list()? {
            let names = NamesView { ru: row.name_ru, kk: row.name_kk, en: row.name_en };
            self.names.insert(row.code, names.in_language(self.language).to_owned());
        }
        Ok(self)
    }

    /// The name of a dimension.
    pub fn heading(&self, dimension: Dimension) -> &'static str {
        labels::dimension(dimension).in_language(self.language)
    }

    /// The word of a value.
    pub fn label(&self, dimension: Dimension, code: Option<&str>) -> String {
        let Some(code) = code else { return labels::NO_VALUE.in_language(self.language).to_owned() };
        let known = labels::classifier(dimension)
            .and_then(classifiers::of)
            .and_then(|labels| labels.iter().find(|label| label.code == code))
            .map(|label| label.in_language(self.language));
        known.or_else(|| self.names.get(code).map(String::as_str)).unwrap_or(code).to_owned()
    }

    /// What the table is about.
    pub fn title(&self) -> &'static str {
        labels::TITLE.in_language(self.language)
    }

    /// First and last day of the events.
    pub fn period(&self) -> (NaiveDate, NaiveDate) {
        (self.query.from(), self.query.to())
    }

    /// The word of the method.
    pub fn method_label(&self) -> &'static str {
        labels::method(self.method).in_language(self.language)
    }

    /// What a reader of protected counts must know.
    pub fn note(&self) -> Option<String> {
        let rule = self.rule.as_ref()?;
        let text = labels::PROTECTED_NOTE.in_language(self.language);
        let below = (1..rule.threshold).map(|count| count.to_string()).collect::<Vec<_>>().join(", ");
        Some(text.replace("{small}", &below).replace("{max}", &rule.max_noise.to_string()))
    }

    /// The filters with their words: name and value.
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let given = self.query.filters().iter();
        let one = |values: &std::collections::BTreeSet<String>| values.iter().next().cloned();
        given.map(|(of, values)| (self.heading(of), self.label(of, one(values).as_deref()))).collect()
    }
}
