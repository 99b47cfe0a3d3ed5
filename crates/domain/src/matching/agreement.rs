//! The fields that are compared and the levels at which they agree.

use crate::words::words;

words! {
    /// What a weight is given for.
    pub enum Field {
        /// Last name, feminine endings aside.
        LastName = "last_name",
        /// First name.
        FirstName = "first_name",
        /// Patronymic, by its stem.
        Patronymic = "patronymic",
        /// Whether the parts of the name stand in the same places.
        NameOrder = "name_order",
        /// Date of birth.
        BirthDate = "birth_date",
        /// Sex.
        Sex = "sex",
        /// Individual identification number.
        Iin = "iin",
        /// Territory, by KATO.
        Territory = "territory",
        /// A further field of a list, compared as text.
        Extra = "extra",
        /// Both records agree as those of brothers and sisters do.
        Relatives = "relatives",
    }

    /// How far two values agree. Which levels a field has is told by [`Field::levels`].
    pub enum Level {
        /// The same after normalisation.
        Exact = "exact",
        /// Nearly the same: Jaro–Winkler 0.92 or more, a short form of the name, one part of a double name.
        Close = "close",
        /// Alike: Jaro–Winkler 0.85 or more.
        Similar = "similar",
        /// One is the initial of the other.
        Initial = "initial",
        /// In each other's place: day and month, or parts of the name.
        Swapped = "swapped",
        /// One digit differs, or two neighbours changed places.
        OneDigit = "one_digit",
        /// The same day and month of another year.
        SameDay = "same_day",
        /// The same year.
        SameYear = "same_year",
        /// The same district or city.
        SameDistrict = "same_district",
        /// The same region.
        SameRegion = "same_region",
        /// Not alike.
        Different = "different",
        /// One of the two is not known; says nothing.
        Missing = "missing",
    }
}

impl Field {
    /// The fields that every comparison has, in the order of [`Comparison::levels`](super::Comparison::levels).
    pub const COMPARED: [Self; 8] = [
        Self::LastName,
        Self::FirstName,
        Self::Patronymic,
        Self::NameOrder,
        Self::BirthDate,
        Self::Sex,
        Self::Iin,
        Self::Territory,
    ];

    /// The levels that a field can agree at, without `missing`, the strongest first.
    #[must_use]
    pub const fn levels(self) -> &'static [Level] {
        match self {
            Self::LastName | Self::FirstName | Self::Patronymic => {
                &[Level::Exact, Level::Close, Level::Similar, Level::Initial, Level::Different]
            }
            Self::NameOrder => &[Level::Exact, Level::Swapped],
            Self::BirthDate => {
                &[Level::Exact, Level::Swapped, Level::OneDigit, Level::SameDay, Level::SameYear, Level::Different]
            }
            Self::Sex => &[Level::Exact, Level::Different],
            Self::Iin => &[Level::Exact, Level::OneDigit, Level::Different],
            Self::Territory => &[Level::Exact, Level::SameDistrict, Level::SameRegion, Level::Different],
            Self::Extra => &[Level::Exact, Level::Close, Level::Similar, Level::Different],
            Self::Relatives => &[Level::Similar],
        }
    }

    /// Whether the weight of an agreement depends on how common the value is.
    #[must_use]
    pub const fn is_name(self) -> bool {
        matches!(self, Self::LastName | Self::FirstName | Self::Patronymic)
    }
}
