//! Legal regimes and grounds: reference data, the same for everybody.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::policy::Action;
use qorgan_domain::school_register::{Ground, LegalRegime};
use uuid::Uuid;

use crate::reference::SCHOOL_REGISTER;
use crate::schema::{legal_regimes, school_register_grounds};
use crate::{AccessError, StorageError, Tx, rows};

/// A legal regime.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = legal_regimes)]
#[allow(missing_docs, reason = "named like the columns")]
pub struct RegimeRow {
    pub subject: String,
    pub code: String,
    pub name_ru: String,
    pub name_kk: String,
    pub name_en: Option<String>,
    pub basis: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub source: String,
    pub provisional: bool,
}

/// A ground.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = school_register_grounds)]
#[allow(missing_docs, reason = "named like the columns")]
pub struct GroundRow {
    pub usage: String,
    pub code: String,
    pub title_ru: String,
    pub title_kk: String,
    pub title_en: Option<String>,
    pub regimes: Vec<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub source: String,
    pub provisional: bool,
}

impl RegimeRow {
    /// The regime as far as rules need it.
    #[must_use]
    pub fn rule(&self) -> LegalRegime {
        LegalRegime { code: self.code.clone(), valid_from: self.valid_from, valid_to: self.valid_to }
    }

    /// Whether it is in force on a day.
    #[must_use]
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}

impl GroundRow {
    /// The ground as far as rules need it.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`].
    pub fn rule(&self) -> Result<Ground, StorageError> {
        Ok(Ground {
            usage: rows::parse(&self.usage, "school_register_grounds", "usage", Uuid::nil())?,
            code: self.code.clone(),
            regimes: self.regimes.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }
}

impl Tx<'_> {
    /// All legal regimes, by subject and day.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn legal_regime_list(&mut self) -> Result<Vec<RegimeRow>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        Ok(legal_regimes::table
            .select(RegimeRow::as_select())
            .order((legal_regimes::subject, legal_regimes::valid_from))
            .load(self.connection)
            .map_err(StorageError::from)?)
    }

    /// All grounds of the in-school register: those of placement first.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn school_register_ground_list(&mut self) -> Result<Vec<GroundRow>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        Ok(self.school_register_grounds()?)
    }

    /// The regimes of the in-school register, for rules and views.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn school_register_regimes(&mut self) -> Result<Vec<RegimeRow>, StorageError> {
        Ok(legal_regimes::table
            .filter(legal_regimes::subject.eq(SCHOOL_REGISTER))
            .select(RegimeRow::as_select())
            .order(legal_regimes::valid_from)
            .load(self.connection)?)
    }

    /// The grounds of the in-school register, for rules.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn school_register_grounds(&mut self) -> Result<Vec<GroundRow>, StorageError> {
        Ok(school_register_grounds::table
            .select(GroundRow::as_select())
            .order((school_register_grounds::usage, school_register_grounds::code, school_register_grounds::valid_from))
            .load(self.connection)?)
    }
}
