//! A table of the operation before it has a form: its numbers, and all the words that go with them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::operations::{MeasureUnit, Norms, OperationsDimension, OperationsMeasure};
use qorgan_domain::statistics::protection::DisclosureRule;
use qorgan_storage::Tx;
use qorgan_storage::statistics::operations::{OperationsRow, OperationsTable};

use super::labels;
use super::words;
use crate::problem::{Problem, Words};
use crate::request::Language;
use crate::routes::reference::labels as classifiers;
use crate::routes::reference::view::NamesView;

/// What a table is about, and how it came about.
pub struct Head {
    /// What it is about: the last part of its address.
    pub code: &'static str,
    /// The columns of values.
    pub dimensions: Vec<OperationsDimension>,
    /// How many of these tell rows apart; the others say more of the first.
    pub keys: usize,
    /// The columns of numbers.
    pub measures: &'static [OperationsMeasure],
    /// First and last day of the period, where it has one.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// How things stood at the end of this day.
    pub as_of: NaiveDate,
    /// By which rule counts were protected; they are exact where by none.
    pub rule: Option<DisclosureRule>,
    /// What the table was narrowed to.
    pub filters: Vec<(OperationsDimension, String)>,
    /// What a reader must know besides.
    pub notes: Vec<Words>,
    /// The norms that the numbers were held against.
    pub norms: Option<Norms>,
}

/// A table in one language.
pub struct Sheet {
    /// What it is about.
    pub head: Head,
    /// The rows.
    pub rows: Vec<OperationsRow>,
    /// All records together.
    pub total: Vec<Option<f64>>,
    /// The language of all words.
    pub language: Language,
    /// Names of territories, agencies, organisations and people, by code.
    names: BTreeMap<String, String>,
}

impl Sheet {
    /// The table with the names of what is no closed vocabulary.
    ///
    /// # Errors
    /// As reading reference data.
    pub fn of(tx: &mut Tx<'_>, head: Head, table: OperationsTable, language: Language) -> Result<Self, Problem> {
        let OperationsTable { rows, total, names } = table;
        let kazakh = language == Language::Kk;
        let called =
            names.into_iter().map(|(code, named)| (code, named.name_kk.filter(|_| kazakh).unwrap_or(named.name)));
        let mut names: BTreeMap<String, String> = called.collect();
        let shown = |dimension| {
            head.dimensions.contains(&dimension) || head.filters.iter().any(|(filtered, _)| *filtered == dimension)
        };
        if shown(OperationsDimension::Territory) {
            for row in tx.territory_list()? {
                let in_languages = NamesView { ru: row.name_ru, kk: row.name_kk, en: row.name_en };
                names.insert(row.kato, in_languages.in_language(language).to_owned());
            }
        }
        if shown(OperationsDimension::Agency) {
            for row in tx.agency_list()? {
                let in_languages = NamesView { ru: row.name_ru, kk: row.name_kk, en: row.name_en };
                names.insert(row.code, in_languages.in_language(language).to_owned());
            }
        }
        Ok(Self { head, rows, total, language, names })
    }

    /// How its numbers were made.
    pub fn method(&self) -> StatisticsMethod {
        if self.head.rule.is_some() { StatisticsMethod::Protected } else { StatisticsMethod::Exact }
    }

    /// What it is about, in words.
    pub fn title(&self) -> &'static str {
        words::title(self.head.code).in_language(self.language)
    }

    /// The name of a column of values.
    pub fn heading(&self, dimension: OperationsDimension) -> &'static str {
        labels::dimension(dimension).in_language(self.language)
    }

    /// The name of a column of numbers.
    pub fn measure(&self, measure: OperationsMeasure) -> &'static str {
        labels::measure(measure).in_language(self.language)
    }

    /// The word of a value.
    pub fn label(&self, dimension: OperationsDimension, code: Option<&str>) -> String {
        let Some(code) = code else { return words::NO_VALUE.in_language(self.language).to_owned() };
        let known = labels::classifier(dimension)
            .and_then(classifiers::of)
            .and_then(|labels| labels.iter().find(|label| label.code == code))
            .map(|label| label.in_language(self.language));
        known.or_else(|| self.names.get(code).map(String::as_str)).unwrap_or(code).to_owned()
    }

    /// What a reader must know.
    pub fn notes(&self) -> Vec<String> {
        let protected = self.head.rule.as_ref().map(|rule| {
            let text = words::PROTECTED.in_language(self.language);
            let below = (1..rule.threshold).map(|count| count.to_string()).collect::<Vec<_>>().join(", ");
            text.replace("{small}", &below).replace("{max}", &rule.max_noise.to_string())
        });
        let reach = self.head.rule.is_none().then(|| words::IN_REACH.in_language(self.language).to_owned());
        let others = self.head.notes.iter().map(|note| note.in_language(self.language).to_owned());
        protected.into_iter().chain(reach).chain(others).collect()
    }

    /// What it was narrowed to, in words: name and value.
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let given = self.head.filters.iter();
        given.map(|(dimension, code)| (self.heading(*dimension), self.label(*dimension, Some(code)))).collect()
    }

    /// The lines that tell how a table came about: name and value.
    pub fn preamble(&self) -> Vec<(Words, String)> {
        let mut lines = Vec::new();
        if let Some((from, to)) = self.head.period {
            lines.push((words::PERIOD, format!("{from} – {to}")));
        }
        lines.push((words::AS_OF, self.head.as_of.to_string()));
        lines.push((words::METHOD, words::method(self.method()).in_language(self.language).to_owned()));
        let filters: Vec<String> = self.filters().into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let none = words::NO_FILTERS.in_language(self.language);
        lines.push((words::FILTERS, if filters.is_empty() { none.to_owned() } else { filters.join("; ") }));
        lines.extend(self.notes().into_iter().map(|note| (words::NOTE, note)));
        lines
    }
}

/// A number as text: whole counts whole, the others with one decimal.
pub fn number(measure: OperationsMeasure, figure: Option<f64>) -> String {
    let decimals = usize::from(measure.unit() != MeasureUnit::Count);
    figure.map(|figure| format!("{figure:.decimals$}")).unwrap_or_default()
}
