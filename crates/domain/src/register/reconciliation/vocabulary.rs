//! The words of a reconciliation.

use crate::words::words;

words! {
    /// Where a reconciliation stands.
    pub enum ReconciliationStatus {
        /// It is being worked through.
        Open = "open",
        /// It is done; its rows are erased after a while.
        Closed = "closed",
    }

    /// Where an item of a reconciliation comes from.
    pub enum ItemOrigin {
        /// A row of the list.
        Row = "row",
        /// A fact of the register.
        Fact = "fact",
    }

    /// What came of comparing a row, or a fact.
    pub enum ReconciliationOutcome {
        /// The register knows it, and both say the same.
        Matched = "matched",
        /// The register knows it, and says something else of some fields.
        Differing = "differing",
        /// The register may know it: a person decides.
        Uncertain = "uncertain",
        /// The register does not know it.
        OnlyThere = "only_there",
        /// The list does not have it.
        OnlyHere = "only_here",
        /// The row could not be read.
        Bad = "bad",
    }

    /// A field that list and register know differently.
    pub enum DifferingField {
        /// Violence or suicidal behaviour.
        Kind = "kind",
        /// The form by which violence is counted.
        MainForm = "main_form",
        /// How far suicidal behaviour went.
        Level = "level",
        /// The day of the event.
        OccurredOn = "occurred_on",
        /// Where it took place.
        Territory = "territory",
        /// In what surroundings.
        Setting = "setting",
        /// What the alleged perpetrator is to the child.
        Relation = "relation",
        /// The sex of the child.
        Sex = "sex",
        /// The number of the investigation (ЕРДР) or of the book of records (КУИ).
        Number = "number",
        /// The child: nothing but a number is the same, and of the rest nothing is told.
        Child = "child",
    }

    /// How an item was settled.
    pub enum Resolution {
        /// The row was filed as a report.
        ReportFiled = "report_filed",
        /// It is no matter of the register, or not one of this list.
        NotOurs = "not_ours",
        /// The wrong side put its data right.
        DataCorrected = "data_corrected",
        /// The row tells of that fact.
        Same = "same",
        /// The row tells of something else.
        Different = "different",
    }
}
