//! The words of the in-school register.

use crate::words::words;

words! {
    /// What a ground is for.
    pub enum GroundUse {
        /// Placing a pupil on the register.
        Placement = "placement",
        /// Removing a pupil from it.
        Removal = "removal",
    }

    /// Who brought the pupil before the school's council.
    pub enum Submitter {
        /// The class teacher.
        ClassTeacher = "class_teacher",
        /// The social pedagogue.
        SocialPedagogue = "social_pedagogue",
        /// The school's psychologist.
        Psychologist = "psychologist",
        /// The head of the school or a deputy.
        SchoolAdministration = "school_administration",
        /// The inspector for juveniles.
        JuvenileInspector = "juvenile_inspector",
        /// The commission on minors' affairs.
        Commission = "commission",
        /// A parent or guardian.
        Parent = "parent",
        /// Somebody else.
        Other = "other",
    }

    /// What a version of a placement records.
    pub enum PlacementChange {
        /// The pupil was placed.
        Placed = "placed",
        /// What was recorded is corrected or continued: another review date, another plan.
        Amended = "amended",
        /// The pupil was removed.
        Removed = "removed",
        /// The placement was recorded by mistake: it never stood.
        Annulled = "annulled",
    }

    /// Where a placement stands.
    pub enum PlacementStatus {
        /// The pupil is on the register.
        Open = "open",
        /// The pupil was removed.
        Removed = "removed",
        /// Recorded by mistake.
        Annulled = "annulled",
    }
}
