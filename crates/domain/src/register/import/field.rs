//! The fields of a row.

use super::Demands;
use crate::lists::{Column, Columns};
use crate::words::words;

words! {
    /// A column of the table, a member of the JSON object.
    pub enum FactField {
        /// The id of the row in its source, at most 100 characters: with it a repeat is known, and a row that was
        /// changed since is refused.
        ExternalId = "external_id",
        /// Violence or suicidal behaviour; not needed where form or level say it.
        Kind = "kind",
        /// Violence: the form by which it is counted.
        MainForm = "main_form",
        /// Violence: all forms, between commas.
        Forms = "forms",
        /// Suicidal behaviour: how far it went.
        Level = "level",
        /// The day of the event.
        OccurredOn = "occurred_on",
        /// Where it took place: KATO code or name.
        Territory = "territory",
        /// In what surroundings.
        Setting = "setting",
        /// The child's last name.
        LastName = "last_name",
        /// The child's first name.
        FirstName = "first_name",
        /// The child's patronymic.
        Patronymic = "patronymic",
        /// The child's date of birth; not needed with an ИИН.
        BirthDate = "birth_date",
        /// The child's sex; not needed with an ИИН.
        Sex = "sex",
        /// The child's ИИН.
        Iin = "iin",
        /// The child's school: id of the organisation, or its name.
        School = "school",
        /// What the child was in the event; victim by default.
        Role = "role",
        /// What the alleged perpetrator is to the child.
        Relation = "relation",
        /// What happened, in the words of the table.
        Description = "description",
        /// Number in the unified register of pre-trial investigations (ЕРДР).
        Erdr = "erdr",
        /// Number in the book of records of information about offences (КУИ).
        Kui = "kui",
        /// Number of a record of a health facility.
        MedicalRecord = "medical_record",
        /// Number in another system.
        OtherReference = "other_reference",
        /// When the agency took note of the event.
        ReportedOn = "reported_on",
    }
}

impl Column for FactField {
    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl FactField {
    /// The columns of a file.
    #[must_use]
    pub fn columns(demands: Demands) -> Columns<Self> {
        // What may be filled in for all rows, or follow from other fields, is asked for row by row.
        Columns::new(match demands {
            Demands::Report => vec![Self::OccurredOn, Self::LastName, Self::FirstName],
            Demands::Comparison => vec![Self::OccurredOn],
        })
    }
}
