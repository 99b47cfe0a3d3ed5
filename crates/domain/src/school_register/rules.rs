//! Who may be placed on the register, and what may be done to a placement.

use chrono::NaiveDate;

use super::{PlacementStatus, Span};
use crate::children::is_child_on;
use crate::policy::OrganisationRef;
use crate::words::words;

words! {
    /// Why a placement is not made, removed or corrected.
    pub enum PlacementRefusal {
        /// On the day of the placement the pupil was not under 18, or not born yet.
        NotAChild = "not_a_child",
        /// The child belongs to no school.
        WithoutSchool = "child_without_school",
        /// The child belongs to a school that the actor does not act for.
        OtherSchool = "child_of_other_school",
        /// On some of these days the child stands on a register already, here or in another school.
        AlreadyOnRegister = "already_on_register",
        /// The pupil was removed already.
        NotOpen = "placement_not_open",
        /// The placement was annulled: it stays as it is.
        Annulled = "placement_annulled",
        /// The removal would lie before the placement.
        RemovedBeforePlaced = "removal_before_placement",
    }
}

/// A child that is to be placed.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// When it was born.
    pub birth_date: NaiveDate,
    /// The school it belongs to.
    pub school: Option<&'a OrganisationRef>,
    /// Whether the actor acts for that school.
    pub acts_for_school: bool,
}

/// A placement as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacementState {
    /// Its days.
    pub span: Span,
    /// Whether it was recorded by mistake.
    pub annulled: bool,
}

impl PlacementState {
    /// Where it stands.
    #[must_use]
    pub const fn status(self) -> PlacementStatus {
        match (self.annulled, self.span.until) {
            (true, _) => PlacementStatus::Annulled,
            (false, Some(_)) => PlacementStatus::Removed,
            (false, None) => PlacementStatus::Open,
        }
    }

    /// Whether it keeps another placement from these days.
    #[must_use]
    pub fn occupies(self, days: Span) -> bool {
        !self.annulled && self.span.overlaps(days)
    }
}

/// Whether a child may be placed on the register from a day on; answers the school whose register that is. `others`
/// are the child's placements in whatever school.
///
/// # Errors
/// [`PlacementRefusal`].
pub fn may_place<'a>(
    candidate: &Candidate<'a>,
    placed_on: NaiveDate,
    others: &[PlacementState],
) -> Result<&'a OrganisationRef, PlacementRefusal> {
    let school = candidate.school.ok_or(PlacementRefusal::WithoutSchool)?;
    if !candidate.acts_for_school {
        return Err(PlacementRefusal::OtherSchool);
    }
    if !is_child_on(candidate.birth_date, placed_on) {
        return Err(PlacementRefusal::NotAChild);
    }
    apart(Span { from: placed_on, until: None }, others)?;
    Ok(school)
}

/// The placement after a removal on a day.
///
/// # Errors
/// [`PlacementRefusal`].
pub fn may_remove(state: PlacementState, removed_on: NaiveDate) -> Result<PlacementState, PlacementRefusal> {
    match state.status() {
        PlacementStatus::Annulled => Err(PlacementRefusal::Annulled),
        PlacementStatus::Removed => Err(PlacementRefusal::NotOpen),
        PlacementStatus::Open if removed_on < state.span.from => Err(PlacementRefusal::RemovedBeforePlaced),
        PlacementStatus::Open => {
            Ok(PlacementState { span: Span { until: Some(removed_on), ..state.span }, annulled: false })
        }
    }
}

/// The placement after a correction of its days, or after it was annulled. A correction never opens or removes.
///
/// # Errors
/// [`PlacementRefusal`].
pub fn may_amend(
    state: PlacementState,
    to: PlacementState,
    birth_date: NaiveDate,
    others: &[PlacementState],
) -> Result<PlacementState, PlacementRefusal> {
    if state.annulled {
        return Err(PlacementRefusal::Annulled);
    }
    if to.span.until.is_some() != state.span.until.is_some() {
        return Err(PlacementRefusal::NotOpen);
    }
    if to.span.until.is_some_and(|until| until < to.span.from) {
        return Err(PlacementRefusal::RemovedBeforePlaced);
    }
    if to.annulled {
        return Ok(to);
    }
    if !is_child_on(birth_date, to.span.from) {
        return Err(PlacementRefusal::NotAChild);
    }
    apart(to.span, others)?;
    Ok(to)
}

fn apart(days: Span, others: &[PlacementState]) -> Result<(), PlacementRefusal> {
    if others.iter().any(|other| other.occupies(days)) { Err(PlacementRefusal::AlreadyOnRegister) } else { Ok(()) }
}
