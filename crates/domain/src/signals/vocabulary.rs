//! The words of a signal.

use crate::words::words;

words! {
    /// Which way a signal came.
    pub enum SignalChannel {
        /// Staff of a school.
        SchoolStaff = "school_staff",
        /// A clinic or hospital.
        HealthFacility = "health_facility",
        /// The police.
        Police = "police",
        /// The contact centre «111».
        Hotline111 = "hotline_111",
        /// The QR code or chat bot BalaQorgau.
        BalaqorgauQr = "balaqorgau_qr",
        /// A raid.
        Raid = "raid",
        /// Screening by АСППМ.
        AsppmScreening = "asppm_screening",
        /// A parent.
        Parent = "parent",
        /// The child; a child's own word needs no proof to be taken.
        Child = "child",
        /// Another way.
        Other = "other",
    }

    /// How soon somebody must look at a signal, from the least to the most urgent.
    pub enum Urgency {
        /// In the usual order.
        Routine = "routine",
        /// Before others.
        Urgent = "urgent",
        /// Now.
        Immediate = "immediate",
    }

    /// Where a signal stands.
    pub enum SignalStatus {
        /// Nobody has looked at it yet.
        Received = "received",
        /// Somebody is checking it.
        InTriage = "in_triage",
        /// It opened a case.
        Accepted = "accepted",
        /// It was added to an open case.
        Linked = "linked",
        /// It led to nothing, with a reason.
        Dismissed = "dismissed",
    }

    /// What is decided about a signal.
    pub enum TriageDecision {
        /// Open a case.
        Accept = "accept",
        /// Add it to an open case.
        Link = "link",
        /// Take it no further.
        Dismiss = "dismiss",
    }
}

impl SignalStatus {
    /// Whether nothing has been decided yet: received or in triage.
    pub fn is_undecided(self) -> bool {
        matches!(self, Self::Received | Self::InTriage)
    }
}
