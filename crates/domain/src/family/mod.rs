//! The family of a child: who belongs to it, and to what help they agreed.

mod consent;

pub use consent::{Consent, ConsentRefusal, consent_for, may_record};

use crate::words::words;

words! {
    /// What somebody is to the child.
    pub enum FamilyRelation {
        /// Mother.
        Mother = "mother",
        /// Father.
        Father = "father",
        /// The spouse of a parent.
        StepParent = "step_parent",
        /// The partner of a parent.
        PartnerOfParent = "partner_of_parent",
        /// An adoptive parent.
        AdoptiveParent = "adoptive_parent",
        /// A guardian or trustee.
        Guardian = "guardian",
        /// A foster parent.
        FosterParent = "foster_parent",
        /// A grandparent.
        Grandparent = "grandparent",
        /// A brother or sister.
        Sibling = "sibling",
        /// Another relative.
        OtherRelative = "other_relative",
        /// Somebody who is no relative and lives with the family or cares for the child.
        Other = "other",
    }

    /// What somebody decided on help.
    pub enum ConsentStatus {
        /// Agreed.
        Given = "given",
        /// Did not agree.
        Refused = "refused",
        /// Agreed before and does so no more.
        Withdrawn = "withdrawn",
    }

    /// How a decision was told.
    pub enum ConsentForm {
        /// On paper.
        Written = "written",
        /// By word of mouth, noted by who heard it.
        Oral = "oral",
        /// Electronically.
        Electronic = "electronic",
    }
}
