//! Reads and publishes versions of instruments.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::assessments::{AssessmentCode, Definition, Instrument};
use qorgan_domain::policy::Action;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::schema::assessment_instruments;
use crate::{AccessError, Permit, StorageError, Tx, rows};

type Row = (String, i32, Value);

/// What became of a version that was to be published.
#[derive(Debug, Clone)]
pub enum Published {
    /// It is new.
    New(Instrument),
    /// The newest version says the same already: a repeat of the request.
    Repeated(Instrument),
}

impl Tx<'_> {
    /// The instruments in force on a day, by code.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn instrument_list(&mut self, day: NaiveDate) -> Result<Vec<Instrument>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        let found: Vec<Row> = assessment_instruments::table
            .filter(assessment_instruments::valid_from.le(day))
            .filter(assessment_instruments::valid_to.is_null().or(assessment_instruments::valid_to.gt(day)))
            .distinct_on(assessment_instruments::code)
            .order((assessment_instruments::code, assessment_instruments::version.desc()))
            .select((assessment_instruments::code, assessment_instruments::version, assessment_instruments::definition))
            .load(self.connection)
            .map_err(StorageError::from)?;
        Ok(found.into_iter().map(instrument).collect::<Result<_, _>>()?)
    }

    /// All versions of an instrument, the newest first; none where there is no such instrument.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn instrument_versions(&mut self, code: &AssessmentCode) -> Result<Vec<Instrument>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        let found: Vec<Row> = assessment_instruments::table
            .filter(assessment_instruments::code.eq(code.as_str()))
            .order(assessment_instruments::version.desc())
            .select((assessment_instruments::code, assessment_instruments::version, assessment_instruments::definition))
            .load(self.connection)
            .map_err(StorageError::from)?;
        Ok(found.into_iter().map(instrument).collect::<Result<_, _>>()?)
    }

    /// A version of an instrument, or without one the version in force on a day.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn instrument_find(
        &mut self,
        code: &AssessmentCode,
        version: Option<i32>,
        day: NaiveDate,
    ) -> Result<Option<Instrument>, StorageError> {
        let mut query = assessment_instruments::table
            .filter(assessment_instruments::code.eq(code.as_str()))
            .select((assessment_instruments::code, assessment_instruments::version, assessment_instruments::definition))
            .into_boxed();
        query = match version {
            Some(version) => query.filter(assessment_instruments::version.eq(version)),
            None => query
                .filter(assessment_instruments::valid_from.le(day))
                .filter(assessment_instruments::valid_to.is_null().or(assessment_instruments::valid_to.gt(day))),
        };
        let found: Option<Row> =
            query.order(assessment_instruments::version.desc()).first(self.connection).optional()?;
        found.map(instrument).transpose()
    }

    /// Publishes a definition as the next version of an instrument, the first where there is none. It was checked.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where another version was published at the same moment.
    pub fn instrument_publish(
        &mut self,
        permit: &Permit,
        code: &AssessmentCode,
        definition: Definition,
    ) -> Result<Published, StorageError> {
        let newest: Option<Row> = assessment_instruments::table
            .filter(assessment_instruments::code.eq(code.as_str()))
            .order(assessment_instruments::version.desc())
            .select((assessment_instruments::code, assessment_instruments::version, assessment_instruments::definition))
            .first(self.connection)
            .optional()?;
        let newest = newest.map(instrument).transpose()?;
        let version = match newest {
            Some(newest) if newest.definition == definition => return Ok(Published::Repeated(newest)),
            Some(newest) => newest.version + 1,
            None => 1,
        };
        diesel::insert_into(assessment_instruments::table)
            .values((
                assessment_instruments::code.eq(code.as_str()),
                assessment_instruments::version.eq(version),
                assessment_instruments::valid_from.eq(definition.valid_from),
                assessment_instruments::valid_to.eq(definition.valid_to),
                assessment_instruments::definition.eq(as_json(&definition)?),
                assessment_instruments::created_at.eq(self.now),
                assessment_instruments::created_by.eq(self.actor.user.as_uuid()),
            ))
            .execute(self.connection)?;
        self.audit(permit.action(), None, None);
        Ok(Published::New(Instrument { code: code.clone(), version, definition }))
    }
}

/// What the program made itself, as JSON.
pub fn as_json(value: &impl Serialize) -> Result<Value, StorageError> {
    serde_json::to_value(value).map_err(|error| {
        // The error names a type, never a value.
        tracing::error!(%error, "a value is not JSON");
        StorageError::Statement("a value is not JSON")
    })
}

fn instrument((code, version, definition): Row) -> Result<Instrument, StorageError> {
    let corrupt = |_| StorageError::Corrupt { table: "assessment_instruments", column: "definition", row: Uuid::nil() };
    Ok(Instrument {
        code: rows::parse(&code, "assessment_instruments", "code", Uuid::nil())?,
        version,
        definition: serde_json::from_value(definition).map_err(corrupt)?,
    })
}
