//! What a fact was: violence of some forms, or suicidal behaviour of some level.

use std::collections::BTreeSet;

use super::{FactKind, Relation, SuicidalLevel, ViolenceForm};
use crate::Invalid;

/// What a fact was. Violence has forms and no level, suicidal behaviour a level and no forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nature {
    /// Violence against a child.
    Violence {
        /// The form by which it is counted.
        main_form: ViolenceForm,
        /// All forms, the main one among them.
        forms: BTreeSet<ViolenceForm>,
    },
    /// Suicidal behaviour of a child.
    SuicidalBehaviour {
        /// How far it went.
        level: SuicidalLevel,
    },
}

impl Nature {
    /// Puts together what was reported. The main form is added to the forms when it is not among them.
    ///
    /// # Errors
    /// Every wrong field (`main_form`, `level`, `forms`) with `required` or `not_allowed` (parameter `kind`).
    pub fn new(
        kind: FactKind,
        main_form: Option<ViolenceForm>,
        level: Option<SuicidalLevel>,
        forms: Option<Vec<ViolenceForm>>,
    ) -> Result<Self, Vec<(&'static str, Invalid)>> {
        let refuse = |code| Invalid::new(code).with("kind", kind);
        let mut errors = Vec::new();
        match kind {
            FactKind::Violence => {
                if level.is_some() {
                    errors.push(("level", refuse("not_allowed")));
                }
                match main_form {
                    Some(main_form) if errors.is_empty() => {
                        let mut forms: BTreeSet<_> = forms.unwrap_or_default().into_iter().collect();
                        forms.insert(main_form);
                        return Ok(Self::Violence { main_form, forms });
                    }
                    Some(_) => {}
                    None => errors.push(("main_form", refuse("required"))),
                }
            }
            FactKind::SuicidalBehaviour => {
                if main_form.is_some() {
                    errors.push(("main_form", refuse("not_allowed")));
                }
                if forms.is_some() {
                    errors.push(("forms", refuse("not_allowed")));
                }
                match level {
                    Some(level) if errors.is_empty() => return Ok(Self::SuicidalBehaviour { level }),
                    Some(_) => {}
                    None => errors.push(("level", refuse("required"))),
                }
            }
        }
        Err(errors)
    }

    /// The kind of the fact.
    pub fn kind(&self) -> FactKind {
        match self {
            Self::Violence { .. } => FactKind::Violence,
            Self::SuicidalBehaviour { .. } => FactKind::SuicidalBehaviour,
        }
    }

    /// The form by which violence is counted.
    pub fn main_form(&self) -> Option<ViolenceForm> {
        match self {
            Self::Violence { main_form, .. } => Some(*main_form),
            Self::SuicidalBehaviour { .. } => None,
        }
    }

    /// All forms of violence, in the order of the vocabulary; none for suicidal behaviour.
    pub fn forms(&self) -> impl Iterator<Item = ViolenceForm> + '_ {
        let forms = match self {
            Self::Violence { forms, .. } => Some(forms),
            Self::SuicidalBehaviour { .. } => None,
        };
        forms.into_iter().flatten().copied()
    }

    /// How far suicidal behaviour went.
    pub fn level(&self) -> Option<SuicidalLevel> {
        match self {
            Self::Violence { .. } => None,
            Self::SuicidalBehaviour { level } => Some(*level),
        }
    }
}

/// Checks the relation of an alleged perpetrator, whom suicidal behaviour does not have.
///
/// # Errors
/// `not_allowed` (parameter `kind`).
pub fn check_relation(kind: FactKind, relation: Option<Relation>) -> Result<Option<Relation>, Invalid> {
    match (kind, relation) {
        (FactKind::SuicidalBehaviour, Some(_)) => Err(Invalid::new("not_allowed").with("kind", kind)),
        (FactKind::SuicidalBehaviour, None) | (FactKind::Violence, _) => Ok(relation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violence_counts_its_main_form_among_the_forms() {
        use ViolenceForm::{Bullying, Physical, Psychological};
        let nature =
            Nature::new(FactKind::Violence, Some(Bullying), None, Some(vec![Psychological, Physical, Psychological]))
                .unwrap();
        assert_eq!(nature.kind(), FactKind::Violence);
        assert_eq!(nature.main_form(), Some(Bullying));
        assert_eq!(nature.forms().collect::<Vec<_>>(), [Physical, Psychological, Bullying]);
        assert_eq!(nature.level(), None);
        let alone = Nature::new(FactKind::Violence, Some(Bullying), None, None).unwrap();
        assert_eq!(alone.forms().collect::<Vec<_>>(), [Bullying]);
    }

    #[test]
    fn suicidal_behaviour_has_a_level_only() {
        let nature = Nature::new(FactKind::SuicidalBehaviour, None, Some(SuicidalLevel::Attempt), None).unwrap();
        assert_eq!(nature.level(), Some(SuicidalLevel::Attempt));
        assert_eq!((nature.main_form(), nature.forms().count()), (None, 0));
    }

    #[test]
    fn every_combination_of_fields_is_accepted_or_names_all_that_is_wrong() {
        type Given = (FactKind, bool, bool, bool);
        let (v, s) = (FactKind::Violence, FactKind::SuicidalBehaviour);
        let table: &[(Given, &[(&str, &str)])] = &[
            ((v, false, false, false), &[("main_form", "required")]),
            ((v, false, false, true), &[("main_form", "required")]),
            ((v, false, true, false), &[("level", "not_allowed"), ("main_form", "required")]),
            ((v, false, true, true), &[("level", "not_allowed"), ("main_form", "required")]),
            ((v, true, false, false), &[]),
            ((v, true, false, true), &[]),
            ((v, true, true, false), &[("level", "not_allowed")]),
            ((v, true, true, true), &[("level", "not_allowed")]),
            ((s, false, false, false), &[("level", "required")]),
            ((s, false, false, true), &[("forms", "not_allowed"), ("level", "required")]),
            ((s, false, true, false), &[]),
            ((s, false, true, true), &[("forms", "not_allowed")]),
            ((s, true, false, false), &[("main_form", "not_allowed"), ("level", "required")]),
            ((s, true, false, true), &[("main_form", "not_allowed"), ("forms", "not_allowed"), ("level", "required")]),
            ((s, true, true, false), &[("main_form", "not_allowed")]),
            ((s, true, true, true), &[("main_form", "not_allowed"), ("forms", "not_allowed")]),
        ];
        for ((kind, main_form, level, forms), expected) in table {
            let result = Nature::new(
                *kind,
                main_form.then_some(ViolenceForm::Physical),
                level.then_some(SuicidalLevel::Ideation),
                forms.then(|| vec![ViolenceForm::Neglect]),
            );
            let errors = result.err().unwrap_or_default();
            let errors: Vec<_> = errors.iter().map(|(field, invalid)| (*field, invalid.code())).collect();
            assert_eq!(errors, *expected, "{kind} {main_form} {level} {forms}");
        }
    }

    #[test]
    fn suicidal_behaviour_has_no_perpetrator() {
        let peer = Some(Relation::Peer);
        assert_eq!(check_relation(FactKind::Violence, peer), Ok(peer));
        assert_eq!(check_relation(FactKind::Violence, None), Ok(None));
        assert_eq!(check_relation(FactKind::SuicidalBehaviour, None), Ok(None));
        assert_eq!(check_relation(FactKind::SuicidalBehaviour, peer).unwrap_err().code(), "not_allowed");
    }
}
