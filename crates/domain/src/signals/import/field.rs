//! The fields of a row.

use crate::lists::{Column, Columns};
use crate::words::words;

words! {
    /// A column of the table, a member of the JSON object.
    pub enum ImportField {
        /// The id of the row in its source, at most 100 characters: with it a repeat is known, and a row that was
        /// changed since is refused.
        ExternalId = "external_id",
        /// Which way the signal came; the request may name one for all rows.
        Channel = "channel",
        /// What was seen or said.
        Description = "description",
        /// When: `YYYY-MM-DD` or `DD.MM.YYYY`.
        OccurredOn = "occurred_on",
        /// Where: KATO code.
        Territory = "territory",
        /// Who is to decide: the id of an organisation, or the code of an agency (then its organisation on duty in the
        /// territory). By default as for a signal filed singly.
        Organisation = "organisation",
        /// How soon somebody must look at it.
        Urgency = "urgency",
        /// The child's last name.
        LastName = "last_name",
        /// The child's first name.
        FirstName = "first_name",
        /// The child's patronymic.
        Patronymic = "patronymic",
        /// The child's date of birth: `YYYY-MM-DD` or `DD.MM.YYYY`.
        BirthDate = "birth_date",
        /// The child's age in full years, as told.
        Age = "age",
        /// The child's sex.
        Sex = "sex",
        /// The child's ИИН.
        Iin = "iin",
        /// The child's school, as told.
        School = "school",
    }
}

impl Column for ImportField {
    fn name(self) -> &'static str {
        self.as_str()
    }

    fn is_number(self) -> bool {
        self == Self::Age
    }
}

impl ImportField {
    /// The columns of a file.
    #[must_use]
    pub fn columns(channel_given: bool) -> Columns<Self> {
        Columns::new(Self::ALL.iter().copied().filter(|field| field.is_required(channel_given)).collect())
    }

    /// Whether a row needs it. The channel may be named for all rows.
    #[must_use]
    pub const fn is_required(self, channel_given: bool) -> bool {
        match self {
            Self::Description | Self::Territory | Self::Urgency => true,
            Self::Channel => !channel_given,
            _ => false,
        }
    }
}
