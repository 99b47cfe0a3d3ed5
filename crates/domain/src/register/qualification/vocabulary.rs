//! The words of a qualification.

use crate::Invalid;
use crate::consilium::BoardRole;
use crate::register::{FactStatus, SuicidalLevel};
use crate::words::words;

words! {
    /// What the group comes to on a fact.
    pub enum QualificationOutcome {
        /// It happened, at a level.
        Confirmed = "confirmed",
        /// It did not happen, or was not what was reported.
        NotConfirmed = "not_confirmed",
        /// Put off to another session, or nothing is left to decide: the fact was merged or annulled meanwhile. No
        /// qualification, so neither quorum nor opinions are asked for.
        Postponed = "postponed",
    }

    /// Why a member gives no opinion on a fact.
    pub enum RecusalGround {
        /// Declared: the member has an interest. The member does not read the file either.
        Declared = "declared",
        /// The member filed a report of the fact: reads and tells, but does not judge it.
        Reporter = "reporter",
    }

    /// Where a request for material stands.
    pub enum MaterialStatus {
        /// Asked for, in time still.
        Requested = "requested",
        /// Not answered, and the day has passed.
        Overdue = "overdue",
        /// Answered in time.
        Answered = "answered",
        /// Answered after the day.
        AnsweredLate = "answered_late",
    }
}

/// What a member holds, or the group decides, of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// It happened, at this level.
    Confirmed(SuicidalLevel),
    /// It did not happen, or was not what was reported.
    NotConfirmed,
}

impl Conclusion {
    /// A conclusion of its parts; none for [`QualificationOutcome::Postponed`].
    ///
    /// # Errors
    /// `required` where a confirmed fact has no level, `not_allowed` where another outcome has one: the field `level`.
    pub fn of(outcome: QualificationOutcome, level: Option<SuicidalLevel>) -> Result<Option<Self>, Invalid> {
        match (outcome, level) {
            (QualificationOutcome::Confirmed, Some(level)) => Ok(Some(Self::Confirmed(level))),
            (QualificationOutcome::Confirmed, None) => Err(Invalid::new("required")),
            (QualificationOutcome::NotConfirmed, None) => Ok(Some(Self::NotConfirmed)),
            (QualificationOutcome::Postponed, None) => Ok(None),
            (other, Some(_)) => Err(Invalid::new("level_of_confirmed_only").with("outcome", other)),
        }
    }

    /// In a word.
    #[must_use]
    pub const fn outcome(self) -> QualificationOutcome {
        match self {
            Self::Confirmed(_) => QualificationOutcome::Confirmed,
            Self::NotConfirmed => QualificationOutcome::NotConfirmed,
        }
    }

    /// The level of a confirmed fact.
    #[must_use]
    pub const fn level(self) -> Option<SuicidalLevel> {
        match self {
            Self::Confirmed(level) => Some(level),
            Self::NotConfirmed => None,
        }
    }

    /// Where the fact stands then.
    #[must_use]
    pub const fn status(self) -> FactStatus {
        match self {
            Self::Confirmed(_) => FactStatus::Confirmed,
            Self::NotConfirmed => FactStatus::NotConfirmed,
        }
    }
}

/// Whether somebody may convene a session as this: as its chair or its secretary, who keep it. No role names the office
/// that leads the group, so whoever of its members convenes leads that session.
#[must_use]
pub const fn may_convene_as(role: BoardRole) -> bool {
    matches!(role, BoardRole::Chair | BoardRole::Secretary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_confirmed_has_a_level() {
        use QualificationOutcome::{Confirmed, NotConfirmed, Postponed};
        let level = SuicidalLevel::Attempt;
        assert_eq!(Conclusion::of(Confirmed, Some(level)), Ok(Some(Conclusion::Confirmed(level))));
        assert_eq!(Conclusion::of(NotConfirmed, None), Ok(Some(Conclusion::NotConfirmed)));
        assert_eq!(Conclusion::of(Postponed, None), Ok(None));
        assert_eq!(Conclusion::of(Confirmed, None).unwrap_err().code(), "required");
        for outcome in [NotConfirmed, Postponed] {
            assert_eq!(Conclusion::of(outcome, Some(level)).unwrap_err().code(), "level_of_confirmed_only");
        }
    }

    #[test]
    fn only_chair_and_secretary_convene() {
        let convening: Vec<_> = BoardRole::ALL.iter().copied().filter(|role| may_convene_as(*role)).collect();
        assert_eq!(convening, [BoardRole::Chair, BoardRole::Secretary]);
    }
}
