//! The words of a consilium.

use crate::words::words;

words! {
    /// Where a session stands.
    pub enum SessionStatus {
        /// Convened for a time to come.
        Planned = "planned",
        /// The board sits.
        Open = "open",
        /// Over; nothing of it changes any more.
        Closed = "closed",
        /// It did not take place.
        Cancelled = "cancelled",
    }

    /// What a person is on the board.
    pub enum BoardRole {
        /// Presides and votes.
        Chair = "chair",
        /// Presides where the chair does not, and votes.
        DeputyChair = "deputy_chair",
        /// Votes.
        Member = "member",
        /// Keeps the record; does not vote.
        Secretary = "secretary",
        /// Advises; does not vote.
        InvitedExpert = "invited_expert",
    }

    /// Why a member does not vote on a case.
    pub enum ConflictGround {
        /// Declared: the member has an interest in the case. The member does not read it either.
        Declared = "declared",
        /// The member manages the case and reports on it.
        CaseManager = "case_manager",
        /// The member opened the case and reports on it.
        CaseAuthor = "case_author",
    }

    /// How a member voted.
    pub enum Vote {
        /// For the decision.
        For = "for",
        /// Against it.
        Against = "against",
        /// Neither.
        Abstain = "abstain",
    }

    /// What the board decided on a case.
    pub enum BoardOutcome {
        /// A programme of support at the place where the child learns.
        SupportProgramme = "support_programme",
        /// Help by specialists of other agencies.
        SpecialistHelp = "specialist_help",
        /// The picture is not whole: examine further.
        FurtherExamination = "further_examination",
        /// Watch, and come back to it.
        Observation = "observation",
        /// No measures of the board are needed.
        NoMeasures = "no_measures",
        /// Put off to another session: no decision on the case, so neither quorum nor votes are asked for.
        Postponed = "postponed",
    }
}

impl BoardRole {
    /// Whether people in this role vote.
    #[must_use]
    pub const fn votes(self) -> bool {
        matches!(self, Self::Chair | Self::DeputyChair | Self::Member)
    }

    /// Whether people in this role may preside.
    #[must_use]
    pub const fn presides(self) -> bool {
        matches!(self, Self::Chair | Self::DeputyChair)
    }
}

impl ConflictGround {
    /// Whether it also closes the case to the member, as far as the board opened it.
    #[must_use]
    pub const fn closes_the_case(self) -> bool {
        matches!(self, Self::Declared)
    }
}

impl SessionStatus {
    /// Whether anything of the session may still change.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Planned | Self::Open)
    }
}
