//! How reference data looks in JSON.

use qorgan_storage::reference::{AgencyRow, TerritoryRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::request::Language;

/// A name in the languages of the API.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Names)]
pub struct NamesView {
    /// Russian.
    pub ru: String,
    /// Kazakh.
    pub kk: Option<String>,
    /// English.
    pub en: Option<String>,
}

impl NamesView {
    /// The name in one language; Russian where it has none in that.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        let other = match language {
            Language::Ru => None,
            Language::Kk => self.kk.as_deref(),
            Language::En => self.en.as_deref(),
        };
        other.unwrap_or(&self.ru)
    }
}

/// An agency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agency)]
pub struct AgencyView {
    /// Its code.
    #[schema(example = "UO")]
    code: String,
    /// What it is called in short, in Russian.
    #[schema(example = "УО")]
    abbreviation: String,
    /// Its name in the language of the answer.
    name: String,
    /// Its name in all languages.
    names: NamesView,
    /// What kind of body it is.
    kind: String,
    /// Whether it acts by agreement, not being subordinate to the akimat.
    by_agreement: bool,
    /// Whether it carries out measures of the roadmap.
    executor: bool,
    /// Whether some name here is unverified: do not call it official.
    provisional: bool,
}

impl AgencyView {
    /// The view in one language.
    pub fn of(row: AgencyRow, language: Language) -> Self {
        let names = NamesView { ru: row.name_ru, kk: row.name_kk, en: row.name_en };
        Self {
            code: row.code,
            abbreviation: row.abbr_ru,
            name: names.in_language(language).to_owned(),
            names,
            kind: row.kind,
            by_agreement: row.by_agreement,
            executor: row.executor,
            provisional: row.provisional,
        }
    }
}

/// A territory: the region, a city or district, a district of a city.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Territory)]
pub struct TerritoryView {
    /// Its code by KATO.
    #[schema(example = "351000000")]
    kato: String,
    /// The territory that it is part of.
    parent: Option<String>,
    /// What kind of unit it is.
    kind: String,
    /// Its name in the language of the answer.
    name: String,
    /// Its name in all languages.
    names: NamesView,
    /// Latitude of its seat, in degrees north.
    latitude: Option<f64>,
    /// Longitude of its seat, in degrees east.
    longitude: Option<f64>,
    /// People who live there, about.
    population: Option<i32>,
    /// Whether its code is unverified: do not call it official.
    provisional: bool,
}

impl TerritoryView {
    /// The view in one language.
    pub fn of(row: TerritoryRow, language: Language) -> Self {
        let names = NamesView { ru: row.name_ru, kk: row.name_kk, en: row.name_en };
        Self {
            kato: row.kato,
            parent: row.parent_kato,
            kind: row.kind,
            name: names.in_language(language).to_owned(),
            names,
            latitude: row.seat_lat,
            longitude: row.seat_lon,
            population: row.population,
            provisional: row.provisional,
        }
    }
}

/// One word of a classifier.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClassifierItem)]
pub struct ClassifierItemView {
    /// The stable code, as requests and answers carry it.
    #[schema(example = "high")]
    code: &'static str,
    /// The word in the language of the answer.
    label: &'static str,
    /// The word in all languages.
    labels: LabelsView,
}

/// A word in the languages of the API.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Labels)]
pub struct LabelsView {
    /// Russian.
    ru: &'static str,
    /// Kazakh.
    kk: &'static str,
    /// English.
    en: &'static str,
}

impl ClassifierItemView {
    /// The view in one language.
    pub fn of(label: &'static super::labels::Label, language: Language) -> Self {
        Self {
            code: &label.code,
            label: label.in_language(language),
            labels: LabelsView { ru: &label.ru, kk: &label.kk, en: &label.en },
        }
    }
}

/// A closed vocabulary with its words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Classifier)]
pub struct ClassifierView {
    /// Its name.
    #[schema(example = "risk_level")]
    pub name: String,
    /// Whether the wording is this program's own, not yet confirmed by the agencies.
    pub provisional: bool,
    /// Its words, in the order of their meaning (the least risk first, the first stage first).
    pub items: Vec<ClassifierItemView>,
}
