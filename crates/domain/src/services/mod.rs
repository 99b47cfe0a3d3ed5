//! Help that is there: the directory of services, and appointments with them.

mod appointment;
mod capacity;

pub use appointment::{AppointmentRefusal, AppointmentStatus, may_settle};
pub use capacity::{Capacity, CapacityPeriod};

use chrono::NaiveDate;

use crate::words::words;

words! {
    /// What kind of help a service is.
    pub enum ServiceKind {
        /// A centre of psychological support (measure 29 of the roadmap).
        PsychologicalSupport = "psychological_support",
        /// A telephone line.
        Hotline = "hotline",
        /// A clinic.
        Clinic = "clinic",
        /// A centre of adaptation of minors.
        AdaptationCentre = "adaptation_centre",
        /// A help room for child victims.
        HelpRoom = "help_room",
        /// A crisis centre or a shelter.
        CrisisCentre = "crisis_centre",
        /// Social services to the family.
        SocialService = "social_service",
        /// Legal aid.
        LegalAid = "legal_aid",
        /// Other help.
        Other = "other",
    }

    /// A language in which a service is given.
    pub enum ServiceLanguage {
        /// Kazakh.
        Kazakh = "kk",
        /// Russian.
        Russian = "ru",
        /// English.
        English = "en",
        /// Sign language.
        Sign = "sign",
    }
}

/// For whom and when a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Availability {
    /// The least age in full years.
    pub age_from: Option<i32>,
    /// The greatest age in full years.
    pub age_to: Option<i32>,
    /// The first day on which it is given.
    pub valid_from: NaiveDate,
    /// The first day on which it is not given any more.
    pub valid_to: Option<NaiveDate>,
}

impl Availability {
    /// Whether it is given on a day.
    #[must_use]
    pub fn open_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }

    /// Whether it is for people of an age.
    #[must_use]
    pub fn for_age(&self, age: i32) -> bool {
        self.age_from.is_none_or(|least| least <= age) && self.age_to.is_none_or(|greatest| age <= greatest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_age_belong_to_it_and_the_end_of_validity_does_not() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let service = Availability {
            age_from: Some(3),
            age_to: Some(17),
            valid_from: day("2026-01-01"),
            valid_to: Some(day("2027-01-01")),
        };
        for (age, expected) in [(2, false), (3, true), (17, true), (18, false)] {
            assert_eq!(service.for_age(age), expected, "{age}");
        }
        for (on, expected) in [("2025-12-31", false), ("2026-01-01", true), ("2026-12-31", true), ("2027-01-01", false)]
        {
            assert_eq!(service.open_on(day(on)), expected, "{on}");
        }
    }
}
