//! What the map can show.

use crate::register::{FactKind, SuicidalLevel, ViolenceForm};
use crate::statistics::Dimension;
use crate::words::words;

words! {
    /// What the risk map shows: facts of a kind, a form or a level, or the composite index.
    pub enum Indicator {
        /// All facts that are counted.
        Facts = "facts",
        /// The composite index: frequencies of several indicators against the region's, weighed and added up.
        Composite = "composite",
        /// Violence of any form.
        Violence = "violence",
        /// Violence whose main form is the death of a child.
        ViolentDeath = "violent_death",
        /// Violence whose main form is physical.
        Physical = "physical",
        /// Violence whose main form is sexual.
        Sexual = "sexual",
        /// Violence whose main form is psychological.
        Psychological = "psychological",
        /// Violence whose main form is neglect.
        Neglect = "neglect",
        /// Violence whose main form is economic.
        Economic = "economic",
        /// Violence whose main form is bullying.
        Bullying = "bullying",
        /// Violence whose main form is bullying through networks or media.
        Cyberbullying = "cyberbullying",
        /// Violence whose main form is exploitation.
        Exploitation = "exploitation",
        /// Violence whose main form is that a child saw violence against others.
        Witnessed = "witnessed",
        /// Suicidal behaviour of any level.
        SuicidalBehaviour = "suicidal_behaviour",
        /// Thoughts of suicide.
        Ideation = "ideation",
        /// Self-injury without the intent to die.
        SelfInjury = "self_injury",
        /// Acts that prepare an attempt.
        Preparatory = "preparatory",
        /// Attempts that the child stopped.
        Aborted = "aborted",
        /// Attempts that others or circumstances stopped.
        Interrupted = "interrupted",
        /// Attempts that the child survived.
        Attempt = "attempt",
        /// Suicides.
        Completed = "completed",
    }
}

/// Which facts an indicator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All.
    All,
    /// Those of a kind.
    Kind(FactKind),
    /// Violence of a main form.
    Form(ViolenceForm),
    /// Suicidal behaviour of a level.
    Level(SuicidalLevel),
}

/// By what facts are grouped to count several indicators at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grouping {
    /// Not at all.
    All,
    /// By kind.
    Kind,
    /// By main form and level: a fact has one of the two.
    Nature,
}

impl Grouping {
    /// All groupings.
    pub const ALL: [Self; 3] = [Self::All, Self::Kind, Self::Nature];

    /// The dimensions, beside those of place and time.
    #[must_use]
    pub const fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::All => &[],
            Self::Kind => &[Dimension::Kind],
            Self::Nature => &[Dimension::MainForm, Dimension::Level],
        }
    }

    /// The indicator that a cell of this grouping counts, by the values of [`Grouping::dimensions`]; none for a cell
    /// without a value.
    #[must_use]
    pub fn indicator_of(self, values: &[Option<&str>]) -> Option<Indicator> {
        match self {
            Self::All => Some(Indicator::Facts),
            // The codes of kinds, forms and levels are those of the indicators that count them; a test holds it.
            Self::Kind | Self::Nature => values.iter().flatten().next()?.parse().ok(),
        }
    }
}

impl Indicator {
    /// Which facts it counts; the composite index counts none of its own, and stands on all facts.
    #[must_use]
    pub const fn counted(self) -> Counted {
        match self {
            Self::Facts | Self::Composite => Counted::All,
            Self::Violence => Counted::Kind(FactKind::Violence),
            Self::SuicidalBehaviour => Counted::Kind(FactKind::SuicidalBehaviour),
            Self::ViolentDeath => Counted::Form(ViolenceForm::ViolentDeath),
            Self::Physical => Counted::Form(ViolenceForm::Physical),
            Self::Sexual => Counted::Form(ViolenceForm::Sexual),
            Self::Psychological => Counted::Form(ViolenceForm::Psychological),
            Self::Neglect => Counted::Form(ViolenceForm::Neglect),
            Self::Economic => Counted::Form(ViolenceForm::Economic),
            Self::Bullying => Counted::Form(ViolenceForm::Bullying),
            Self::Cyberbullying => Counted::Form(ViolenceForm::Cyberbullying),
            Self::Exploitation => Counted::Form(ViolenceForm::Exploitation),
            Self::Witnessed => Counted::Form(ViolenceForm::Witnessed),
            Self::Ideation => Counted::Level(SuicidalLevel::Ideation),
            Self::SelfInjury => Counted::Level(SuicidalLevel::SelfInjury),
            Self::Preparatory => Counted::Level(SuicidalLevel::Preparatory),
            Self::Aborted => Counted::Level(SuicidalLevel::Aborted),
            Self::Interrupted => Counted::Level(SuicidalLevel::Interrupted),
            Self::Attempt => Counted::Level(SuicidalLevel::Attempt),
            Self::Completed => Counted::Level(SuicidalLevel::Completed),
        }
    }

    /// The grouping in whose cells it stands.
    #[must_use]
    pub const fn grouping(self) -> Grouping {
        match self.counted() {
            Counted::All => Grouping::All,
            Counted::Kind(_) => Grouping::Kind,
            Counted::Form(_) | Counted::Level(_) => Grouping::Nature,
        }
    }

    /// The indicator whose counts stand behind it: all facts for the composite index, itself otherwise.
    #[must_use]
    pub const fn basis(self) -> Self {
        match self {
            Self::Composite => Self::Facts,
            other => other,
        }
    }

    /// Those that count facts of their own: all but the composite index.
    pub fn countable() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|indicator| *indicator != Self::Composite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_counts_the_indicator_of_its_code() {
        for indicator in Indicator::countable() {
            let code = match indicator.counted() {
                Counted::All => None,
                Counted::Kind(kind) => Some(kind.as_str()),
                Counted::Form(form) => Some(form.as_str()),
                Counted::Level(level) => Some(level.as_str()),
            };
            let grouping = indicator.grouping();
            let values = match indicator.counted() {
                Counted::All => vec![],
                Counted::Level(_) => vec![None, code],
                Counted::Form(_) => vec![code, None],
                Counted::Kind(_) => vec![code],
            };
            assert_eq!(values.len(), grouping.dimensions().len());
            assert_eq!(grouping.indicator_of(&values), Some(indicator));
        }
        assert_eq!(Grouping::Nature.indicator_of(&[None, None]), None);
    }

    #[test]
    fn every_kind_form_and_level_has_its_indicator() {
        let all: Vec<Counted> = Indicator::countable().map(Indicator::counted).collect();
        assert!(FactKind::ALL.iter().all(|kind| all.contains(&Counted::Kind(*kind))));
        assert!(ViolenceForm::ALL.iter().all(|form| all.contains(&Counted::Form(*form))));
        assert!(SuicidalLevel::ALL.iter().all(|level| all.contains(&Counted::Level(*level))));
        assert_eq!(all.len(), 1 + FactKind::ALL.len() + ViolenceForm::ALL.len() + SuicidalLevel::ALL.len());
    }
}
