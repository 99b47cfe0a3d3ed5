//! A table of counts before it has a form: its cells, and all the words that go with them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use qorgan_domain::statistics::protection::DisclosureRule;
use qorgan_domain::statistics::{
    Comparison, Dimension, StatisticsMethod, StatisticsQuery, TerritoryPopulation, percent,
};
use qorgan_storage::Tx;
use qorgan_storage::statistics::Counts;

use super::labels;
use crate::problem::Problem;
use crate::request::Language;
use crate::routes::reference::labels as classifiers;
use crate::routes::reference::view::NamesView;

/// What stands in one column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Facts.
    Count,
    /// Distinct children.
    Children,
    /// Facts per 10 000 children.
    Rate,
    /// Facts of an earlier period.
    Before(Comparison),
    /// How many facts more there are than in an earlier period.
    Difference(Comparison),
    /// The same in per cent of the earlier period.
    Percent(Comparison),
}

impl Measure {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Children => "children",
            Self::Rate => "rate",
            Self::Before(Comparison::Previous) => "previous_count",
            Self::Difference(Comparison::Previous) => "previous_difference",
            Self::Percent(Comparison::Previous) => "previous_percent",
            Self::Before(Comparison::YearBefore) => "year_before_count",
            Self::Difference(Comparison::YearBefore) => "year_before_difference",
            Self::Percent(Comparison::YearBefore) => "year_before_percent",
        }
    }

    /// Decimal places that are shown.
    pub const fn decimals(self) -> u8 {
        match self {
            Self::Rate => 2,
            Self::Percent(_) => 1,
            _ => 0,
        }
    }

    /// Whether a cell that is left out has 0 here.
    pub const fn is_count(self) -> bool {
        !matches!(self, Self::Rate | Self::Percent(_))
    }

    /// The number that a value shows as: rates and per cent rounded.
    fn shown(self, value: f64) -> f64 {
        let unit = 10_f64.powi(i32::from(self.decimals()));
        (value * unit).round() / unit
    }
}

/// One number. Counts are far below 2⁵³: exact as a float, too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// A rounded one.
    Decimal(f64),
}

impl Number {
    /// As JSON.
    pub fn json(self) -> serde_json::Value {
        match self {
            Self::Whole(number) => number.into(),
            Self::Decimal(number) => number.into(),
        }
    }

    /// As all that a sheet knows.
    pub const fn float(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Decimal(number) => number,
        }
    }
}

/// One cell: the code of every dimension, in their order, and the number of every measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Codes.
    pub values: Vec<Option<String>>,
    /// Numbers; none where there is no such number.
    pub numbers: Vec<Option<Number>>,
}

/// What is known of one cell before it becomes numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Facts.
    pub count: i64,
    /// Distinct children.
    pub children: Option<i64>,
    /// The number of children that the rate is for.
    pub denominator: Option<u32>,
    /// Facts of earlier periods.
    pub before: &'a [(Comparison, i64)],
}

/// The answer to a query, in one language.
pub struct Table {
    /// The query that was answered; of protected counts, the one that was counted.
    pub query: StatisticsQuery,
    /// The columns of numbers.
    pub measures: Vec<Measure>,
    /// Cells that are not empty.
    pub rows: Vec<Row>,
    /// All facts together.
    pub total: i64,
    /// All facts together, by every measure.
    pub totals: Vec<Option<Number>>,
    /// How the counts were made.
    pub method: StatisticsMethod,
    /// By which rule they were protected.
    pub rule: Option<DisclosureRule>,
    /// The periods that it is compared with.
    pub earlier: Vec<(Comparison, NaiveDate, NaiveDate)>,
    /// The numbers of children that rates were made with; none where they were not asked for.
    pub population: Option<Vec<TerritoryPopulation>>,
    /// Whether the numbers stand for ever; of files that is not said.
    pub is_final: bool,
    /// The language of all words.
    pub language: Language,
    /// Names of territories and agencies by code.
    names: BTreeMap<String, String>,
}

impl Table {
    /// The table of some counts of facts; they are exact where no rule protected them.
    pub fn of(query: StatisticsQuery, counts: Counts, rule: Option<DisclosureRule>, language: Language) -> Self {
        let dimensions = query.group_by().to_vec();
        let mut table = Self::without_rows(query, vec![Measure::Count], rule, language);
        table.rows = counts
            .rows
            .into_iter()
            .map(|mut row| Row {
                values: dimensions.iter().map(|of| row.keys.remove(of).flatten()).collect(),
                numbers: vec![Some(Number::Whole(row.count))],
            })
            .collect();
        table.is_final = counts.is_final;
        table.with_total(&Known { count: counts.total, ..Known::default() })
    }

    /// A table that says what it is, and has no rows yet.
    pub fn without_rows(
        query: StatisticsQuery,
        measures: Vec<Measure>,
        rule: Option<DisclosureRule>,
        language: Language,
    ) -> Self {
        let method = if rule.is_some() { StatisticsMethod::Protected } else { StatisticsMethod::Exact };
        Self {
            query,
            measures,
            rows: Vec::new(),
            total: 0,
            totals: Vec::new(),
            method,
            rule,
            earlier: Vec::new(),
            population: None,
            is_final: false,
            language,
            names: BTreeMap::new(),
        }
    }

    /// The same with its total.
    pub fn with_total(mut self, known: &Known<'_>) -> Self {
        self.total = known.count;
        self.totals = self.numbers(known);
        self
    }

    /// The numbers of a cell, a measure each.
    pub fn numbers(&self, known: &Known<'_>) -> Vec<Option<Number>> {
        let before = |wanted: Comparison| known.before.iter().find(|(one, _)| *one == wanted).map(|(_, count)| *count);
        let number = |measure: &Measure| match *measure {
            Measure::Count => Some(Number::Whole(known.count)),
            Measure::Children => known.children.map(Number::Whole),
            Measure::Rate => {
                let rate = qorgan_domain::statistics::ChildPopulation::rate(
                    known.count,
                    known.denominator.unwrap_or_default(),
                );
                rate.map(|rate| Number::Decimal(measure.shown(rate)))
            }
            Measure::Before(comparison) => before(comparison).map(Number::Whole),
            Measure::Difference(comparison) => before(comparison).map(|before| Number::Whole(known.count - before)),
            Measure::Percent(comparison) => {
                let change = before(comparison).and_then(|before| percent(known.count, before));
                change.map(|change| Number::Decimal(measure.shown(change)))
            }
        };
        self.measures.iter().map(number).collect()
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

    /// The name of a measure.
    pub fn measure_label(&self, measure: Measure) -> &'static str {
        labels::measure(measure).in_language(self.language)
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

    /// What a reader must know, sentence by sentence.
    pub fn notes(&self) -> Vec<String> {
        let text = |words: crate::problem::Words| words.in_language(self.language);
        let mut notes = Vec::new();
        if let Some(rule) = &self.rule {
            let below = (1..rule.threshold).map(|count| count.to_string()).collect::<Vec<_>>().join(", ");
            let note = text(labels::PROTECTED_NOTE);
            notes.push(note.replace("{small}", &below).replace("{max}", &rule.max_noise.to_string()));
        }
        if self.query.group_by().iter().any(|dimension| !dimension.is_single()) {
            notes.push(text(labels::ANY_FORM_NOTE).to_owned());
        }
        for (comparison, from, to) in &self.earlier {
            let note = text(labels::earlier_note(*comparison));
            notes.push(note.replace("{from}", &from.to_string()).replace("{to}", &to.to_string()));
        }
        if self.measures.contains(&Measure::Children) {
            notes.push(text(labels::CHILDREN_NOTE).to_owned());
        }
        match &self.population {
            Some(rows) if rows.is_empty() => notes.push(text(labels::NO_RATE_NOTE).to_owned()),
            Some(rows) => {
                notes.push(text(labels::RATE_NOTE).to_owned());
                if rows.iter().any(|row| row.provisional) {
                    notes.push(text(labels::PROVISIONAL_NOTE).to_owned());
                }
            }
            None => {}
        }
        notes
    }

    /// All notes as one text; none where there is none.
    pub fn note(&self) -> Option<String> {
        Some(self.notes().join(" ")).filter(|note| !note.is_empty())
    }

    /// The filters with their words: name and values.
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let words = |dimension: Dimension, values: &std::collections::BTreeSet<String>| {
            values.iter().map(|code| self.label(dimension, Some(code))).collect::<Vec<_>>().join(", ")
        };
        let filters = self.query.filters().iter();
        filters.map(|(dimension, values)| (self.heading(dimension), words(dimension, values))).collect()
    }
}
