//! How an instrument looks in JSON.

use chrono::NaiveDate;
use qorgan_domain::assessments::{AssessmentCode, Instrument};
use serde::Serialize;
use utoipa::ToSchema;

use super::definition::DefinitionJson;
use crate::request::Language;

/// A version of an instrument.
#[derive(Serialize, ToSchema)]
#[schema(as = Instrument)]
pub struct InstrumentView {
    /// The instrument's code.
    pub code: AssessmentCode,
    /// 1, 2, …
    pub version: i32,
    /// What it is called, in the language of the answer.
    pub title: String,
    /// Whether it is valid today. Of the versions that are, the newest is used.
    pub valid_today: bool,
    /// What it asks and how it scores.
    #[serde(flatten)]
    pub definition: DefinitionJson,
}

impl InstrumentView {
    /// The instrument on a day.
    pub fn of(instrument: Instrument, today: NaiveDate, language: Language) -> Self {
        let titles = &instrument.definition.titles;
        let title = match language {
            Language::Ru => &titles.ru,
            Language::Kk => &titles.kk,
            Language::En => &titles.en,
        };
        Self {
            title: title.as_str().to_owned(),
            valid_today: instrument.definition.in_force(today),
            code: instrument.code,
            version: instrument.version,
            definition: instrument.definition.into(),
        }
    }
}
