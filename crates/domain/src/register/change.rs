//! What may become of a fact: which version may follow which.
//!
//! A fact is never overwritten. Whatever is done to it is a [`Change`]; [`FactState::after`] answers the state that the
//! next version holds, or refuses. Source: domain.md "The unified register"; statuses as in the region's measure 31.

use chrono::NaiveDate;

use super::{FactStatus, Nature, Relation, Setting, SuicidalLevel};
use crate::ids::FactId;
use crate::territory::Kato;
use crate::words::words;

words! {
    /// What made a version of a fact.
    pub enum ChangeKind {
        /// The first report.
        Registered = "registered",
        /// A detail was corrected: the day, the place, the relation.
        Amended = "amended",
        /// It was found to be of another kind, form or level.
        Requalified = "requalified",
        /// It was entered by mistake.
        Annulled = "annulled",
        /// It is the event that another fact stands for.
        Merged = "merged",
        /// Another fact, the same event, was merged into it.
        Absorbed = "absorbed",
        /// Some of its reports tell of another event, which another fact stands for now.
        Split = "split",
        /// A split made the fact, or gave it back after a merger.
        GivenBack = "given_back",
        /// It was put before the interagency group.
        QualificationOpened = "qualification_opened",
        /// It was taken from the interagency group without a decision.
        QualificationWithdrawn = "qualification_withdrawn",
        /// The interagency group confirmed it.
        QualifiedConfirmed = "qualified_confirmed",
        /// The interagency group did not confirm it.
        QualifiedNotConfirmed = "qualified_not_confirmed",
    }

    /// Why a fact is not changed.
    pub enum ChangeRefusal {
        /// It was annulled: it stays as it is.
        Annulled = "fact_annulled",
        /// It was merged into another fact, which stands for it.
        Merged = "fact_merged",
        /// It is not merged, so there is nothing to give back.
        NotMerged = "fact_not_merged",
        /// The interagency group has it before it.
        UnderQualification = "fact_under_qualification",
        /// The interagency group does not have it before it.
        NotUnderQualification = "fact_not_under_qualification",
        /// The interagency group decided what it was: only the group changes that.
        DecidedByGroup = "fact_decided_by_group",
        /// The interagency group studies suicidal behaviour alone.
        NotQualifiable = "fact_not_qualifiable",
        /// The change changes nothing.
        NothingChanges = "nothing_changes",
        /// A fact cannot be merged into itself.
        SameFact = "same_fact",
        /// The facts are of different kinds: they are two events.
        OtherKind = "facts_of_other_kind",
        /// A split must leave a report with the fact, and take one away.
        NothingLeft = "no_report_left",
        /// A report named belongs to another fact.
        ForeignReport = "report_of_other_fact",
    }
}

impl ChangeKind {
    /// Whether the version was made by the interagency group.
    #[must_use]
    pub const fn by_group(self) -> bool {
        matches!(
            self,
            Self::QualificationOpened
                | Self::QualificationWithdrawn
                | Self::QualifiedConfirmed
                | Self::QualifiedNotConfirmed
        )
    }
}

/// What a version says of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactContent {
    /// Violence of some forms, or suicidal behaviour of some level.
    pub nature: Nature,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub kato: Kato,
    /// Where it took place.
    pub setting: Setting,
    /// What the alleged perpetrator is to the child, where that was said.
    pub relation: Option<Relation>,
}

/// A fact as far as changes look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactState {
    /// Where it stands.
    pub status: FactStatus,
    /// Where it stood last when it was neither merged nor before the interagency group: what a split or a withdrawal
    /// gives back.
    pub resting: FactStatus,
    /// What it says.
    pub content: FactContent,
}

/// What is done to a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Its content is corrected.
    Amend(FactContent),
    /// It was entered by mistake.
    Annul,
    /// It is the same event as another fact.
    Merge {
        /// The fact that stands for both.
        into: FactId,
    },
    /// Another fact is merged into it.
    Absorb,
    /// Some of its reports go to another fact.
    Split,
    /// A split gives it back after a merger.
    GiveBack,
    /// It is put before the interagency group.
    OpenQualification,
    /// It is taken from the interagency group without a decision.
    WithdrawQualification,
    /// The interagency group decides.
    Qualify {
        /// Whether it happened, and was suicidal behaviour.
        confirmed: bool,
        /// The level that the group found; none leaves the level as it is.
        level: Option<SuicidalLevel>,
    },
}

impl Change {
    /// The kind of the version that the change makes of a fact that says this.
    #[must_use]
    pub fn kind(&self, content: &FactContent) -> ChangeKind {
        match self {
            Self::Amend(new) if new.nature == content.nature => ChangeKind::Amended,
            Self::Amend(_) => ChangeKind::Requalified,
            Self::Annul => ChangeKind::Annulled,
            Self::Merge { .. } => ChangeKind::Merged,
            Self::Absorb => ChangeKind::Absorbed,
            Self::Split => ChangeKind::Split,
            Self::GiveBack => ChangeKind::GivenBack,
            Self::OpenQualification => ChangeKind::QualificationOpened,
            Self::WithdrawQualification => ChangeKind::QualificationWithdrawn,
            Self::Qualify { confirmed: true, .. } => ChangeKind::QualifiedConfirmed,
            Self::Qualify { confirmed: false, .. } => ChangeKind::QualifiedNotConfirmed,
        }
    }
}

impl FactState {
    /// A fact just registered.
    #[must_use]
    pub const fn registered(content: FactContent) -> Self {
        Self { status: FactStatus::Registered, resting: FactStatus::Registered, content }
    }

    /// The state that the next version holds.
    ///
    /// # Errors
    /// [`ChangeRefusal`]; then the fact stays as it is.
    pub fn after(&self, change: &Change) -> Result<Self, ChangeRefusal> {
        self.open_to(change)?;
        match change {
            Change::Amend(content) => self.amended(content),
            Change::Annul => self.undisturbed(FactStatus::Annulled),
            Change::Merge { .. } => {
                let merged = self.undisturbed(FactStatus::Merged)?;
                Ok(Self { resting: self.status, ..merged })
            }
            Change::Absorb | Change::Split => Ok(self.clone()),
            Change::GiveBack => Ok(self.at(self.resting)),
            Change::OpenQualification => self.before_group(),
            Change::WithdrawQualification => {
                self.with_group()?;
                Ok(self.at(self.resting))
            }
            Change::Qualify { confirmed, level } => self.qualified(*confirmed, *level),
        }
    }

    /// A merged fact can only be given back, an annulled one not even that.
    const fn open_to(&self, change: &Change) -> Result<(), ChangeRefusal> {
        match (self.status, change) {
            (FactStatus::Annulled, _) => Err(ChangeRefusal::Annulled),
            (FactStatus::Merged, Change::GiveBack) => Ok(()),
            (FactStatus::Merged, _) => Err(ChangeRefusal::Merged),
            (_, Change::GiveBack) => Err(ChangeRefusal::NotMerged),
            _ => Ok(()),
        }
    }

    fn at(&self, status: FactStatus) -> Self {
        Self { status, ..self.clone() }
    }

    /// What must not happen while the group has the fact before it.
    fn undisturbed(&self, status: FactStatus) -> Result<Self, ChangeRefusal> {
        match self.status {
            FactStatus::UnderQualification => Err(ChangeRefusal::UnderQualification),
            _ => Ok(Self { status, resting: status, content: self.content.clone() }),
        }
    }

    fn amended(&self, content: &FactContent) -> Result<Self, ChangeRefusal> {
        if *content == self.content {
            return Err(ChangeRefusal::NothingChanges);
        }
        if content.nature != self.content.nature {
            match self.status {
                FactStatus::UnderQualification => return Err(ChangeRefusal::UnderQualification),
                FactStatus::Confirmed | FactStatus::NotConfirmed => return Err(ChangeRefusal::DecidedByGroup),
                _ => {}
            }
        }
        Ok(Self { content: content.clone(), ..self.clone() })
    }

    /// A fact that was decided on may come before the group again: new circumstances.
    fn before_group(&self) -> Result<Self, ChangeRefusal> {
        if self.status == FactStatus::UnderQualification {
            return Err(ChangeRefusal::UnderQualification);
        }
        if self.content.nature.level().is_none() {
            return Err(ChangeRefusal::NotQualifiable);
        }
        Ok(Self { status: FactStatus::UnderQualification, resting: self.status, content: self.content.clone() })
    }

    fn with_group(&self) -> Result<(), ChangeRefusal> {
        match self.status {
            FactStatus::UnderQualification => Ok(()),
            _ => Err(ChangeRefusal::NotUnderQualification),
        }
    }

    fn qualified(&self, confirmed: bool, level: Option<SuicidalLevel>) -> Result<Self, ChangeRefusal> {
        self.with_group()?;
        let status = if confirmed { FactStatus::Confirmed } else { FactStatus::NotConfirmed };
        let mut content = self.content.clone();
        if let Some(level) = level {
            content.nature = Nature::SuicidalBehaviour { level };
        }
        Ok(Self { status, resting: status, content })
    }
}

/// Whether one fact may be merged into another; each must allow its own [`Change`] besides.
///
/// # Errors
/// [`ChangeRefusal::SameFact`], [`ChangeRefusal::OtherKind`].
pub fn may_merge(one: (FactId, &FactContent), into: (FactId, &FactContent)) -> Result<(), ChangeRefusal> {
    if one.0 == into.0 {
        return Err(ChangeRefusal::SameFact);
    }
    if one.1.nature.kind() != into.1.nature.kind() {
        return Err(ChangeRefusal::OtherKind);
    }
    Ok(())
}

/// Where reports that are taken out of a fact go: back to the fact that they came with, if all came with one that is
/// merged now, otherwise to a new one. `reports` are all reports of the fact: whether each is taken, the fact that it
/// was filed for, and whether that fact is merged now.
///
/// # Errors
/// [`ChangeRefusal::NothingLeft`] where none, or all, are taken.
pub fn split_target(reports: &[(bool, FactId, bool)]) -> Result<Option<FactId>, ChangeRefusal> {
    let mut taken = reports.iter().filter(|(taken, ..)| *taken);
    let Some((_, first, merged)) = taken.next() else { return Err(ChangeRefusal::NothingLeft) };
    if reports.iter().all(|(taken, ..)| *taken) {
        return Err(ChangeRefusal::NothingLeft);
    }
    let together = *merged && taken.all(|(_, origin, _)| origin == first);
    Ok(together.then_some(*first))
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
