//! Where other systems keep what a report tells of.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use diesel::prelude::*;
use qorgan_domain::Invalid;
use qorgan_domain::text::Text;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::register_external_references as references;
use crate::{StorageError, Tx, rows};

/// A system of another agency that knows the event by a number of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExternalSystem {
    /// The unified register of pre-trial investigations (ЕРДР).
    Erdr,
    /// The book of records of information about offences (КУИ).
    Kui,
    /// A record of a health facility.
    MedicalRecord,
    /// Another one.
    Other,
}

impl ExternalSystem {
    /// Every system.
    pub const ALL: &'static [Self] = &[Self::Erdr, Self::Kui, Self::MedicalRecord, Self::Other];

    /// The stable code, as in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Erdr => "erdr",
            Self::Kui => "kui",
            Self::MedicalRecord => "medical_record",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ExternalSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ExternalSystem {
    type Err = Invalid;

    fn from_str(code: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().copied().find(|system| system.as_str() == code).ok_or_else(|| {
            let allowed: Vec<_> = Self::ALL.iter().map(|system| system.as_str()).collect();
            Invalid::new("unknown_code").with("allowed", allowed.join(","))
        })
    }
}

/// The number by which another system knows the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalReference {
    /// The system.
    pub system: ExternalSystem,
    /// Its number there, 1 to 60 characters.
    pub number: Text<1, 60>,
}

impl Tx<'_> {
    /// The numbers that reports name, by report and in the order in which they were named.
    pub(super) fn external_references(
        &mut self,
        reports: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<ExternalReference>>, StorageError> {
        let rows: Vec<(Uuid, String, String)> = references::table
            .filter(references::report_id.eq_any(reports))
            .order((references::report_id, references::position))
            .select((references::report_id, references::system, references::number))
            .load(self.connection)?;
        let mut named = HashMap::<Uuid, Vec<ExternalReference>>::new();
        for (report, system, number) in rows {
            named.entry(report).or_default().push(ExternalReference {
                system: rows::parse(&system, "register_external_references", "system", report)?,
                number: rows::parse(&number, "register_external_references", "number", report)?,
            });
        }
        Ok(named)
    }

    pub(super) fn external_references_insert(
        &mut self,
        report: Uuid,
        named: &[ExternalReference],
    ) -> Result<(), StorageError> {
        let rows: Vec<_> = named
            .iter()
            .zip(1_i16..)
            .map(|(reference, position)| {
                (
                    references::report_id.eq(report),
                    references::position.eq(position),
                    references::system.eq(reference.system.as_str()),
                    references::number.eq(reference.number.as_str()),
                )
            })
            .collect();
        if !rows.is_empty() {
            diesel::insert_into(references::table).values(&rows).execute(self.connection)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_json_and_in_text_agree() {
        for system in ExternalSystem::ALL {
            assert_eq!(serde_json::to_value(system).unwrap(), system.as_str());
            assert_eq!(system.as_str().parse::<ExternalSystem>(), Ok(*system));
        }
        let refusal = "ERDR".parse::<ExternalSystem>().unwrap_err();
        assert_eq!(refusal.params(), [("allowed", "erdr,kui,medical_record,other".to_owned())]);
    }
}
