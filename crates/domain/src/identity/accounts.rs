//! Codes of agencies, kinds of organisations and accounts, user names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;
use crate::words::words;

words! {
    /// What an organisation is.
    pub enum OrganisationKind {
        /// A school.
        School = "school",
        /// A college.
        College = "college",
        /// A kindergarten.
        Kindergarten = "kindergarten",
        /// A boarding school.
        BoardingSchool = "boarding_school",
        /// A clinic.
        Clinic = "clinic",
        /// A hospital.
        Hospital = "hospital",
        /// A unit of the police.
        PoliceUnit = "police_unit",
        /// A centre of social services.
        SocialCentre = "social_centre",
        /// A guardianship body.
        GuardianshipBody = "guardianship_body",
        /// A commission on minors' affairs.
        Commission = "commission",
        /// The office of an agency itself.
        Department = "department",
        /// A contact centre.
        ContactCentre = "contact_centre",
        /// An office of the prosecutor.
        ProsecutionOffice = "prosecution_office",
        /// An office of legal statistics.
        StatisticsOffice = "statistics_office",
        /// Something else.
        Other = "other",
    }

    /// Whose account it is.
    pub enum AccountKind {
        /// A person's.
        Person = "person",
        /// A program's, of another system.
        Service = "service",
    }
}

/// The code of an agency, such as `UO`: a capital letter, then 1 to 19 capital letters, digits or underscores.
///
/// Agencies are reference data, so any code of that shape is one; whether the agency exists the storage knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgencyCode(String);

impl AgencyCode {
    /// Checks the shape of a code.
    ///
    /// # Errors
    /// `agency_code_format`.
    pub fn new(code: &str) -> Result<Self, Invalid> {
        let shape = (2..=20).contains(&code.len())
            && code.starts_with(|c: char| c.is_ascii_uppercase())
            && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if shape { Ok(Self(code.to_owned())) } else { Err(Invalid::new("agency_code_format")) }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name with which an account logs in: 3 to 64 of `a`–`z`, `0`–`9`, `.`, `_`, `-`, in lower case only, so that
/// one account has one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Username(String);

impl Username {
    /// Checks a user name.
    ///
    /// # Errors
    /// `username_format` (`min`, `max`).
    pub fn new(name: &str) -> Result<Self, Invalid> {
        let shape = (3..=64).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
        if shape {
            Ok(Self(name.to_owned()))
        } else {
            Err(Invalid::new("username_format").with("min", 3).with("max", 64))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! checked_string {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::words::deserialize_checked(deserializer)
            }
        }
    )+};
}

checked_string!(AgencyCode, Username);

#[cfg(feature = "utoipa")]
crate::words::string_schema!(AgencyCode, "Code of an agency", |string| string
    .pattern(Some("^[A-Z][A-Z0-9_]{1,19}$"))
    .examples(["UO"]));

#[cfg(feature = "utoipa")]
crate::words::string_schema!(Username, "Name with which an account logs in", |string| string
    .pattern(Some("^[a-z0-9._-]{3,64}$"))
    .min_length(Some(3))
    .max_length(Some(64)));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agency_codes() {
        for code in ["UO", "CC111", "AKIMAT_OBL", "A2345678901234567890"] {
            assert_eq!(AgencyCode::new(code).unwrap().as_str(), code);
        }
        for code in ["", "U", "uo", "1U", "_U", "U O", "УО", "U-O", "A23456789012345678901", "UO\n"] {
            assert_eq!(AgencyCode::new(code).unwrap_err().code(), "agency_code_format", "{code:?}");
        }
    }

    #[test]
    fn usernames() {
        for name in ["education.supervisor", "hotline-111", "a_b", &"x".repeat(64)] {
            assert_eq!(Username::new(name).unwrap().as_str(), name);
        }
        for name in ["", "ab", "Admin", "a b", "имя", "a@b", &"x".repeat(65)] {
            assert_eq!(Username::new(name).unwrap_err().code(), "username_format", "{name:?}");
        }
    }
}
