//! Words of the closed vocabularies, from `reference/classifiers.json`. The tests hold its codes equal to the domain's.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::request::Language;

const FILE: &str = include_str!("../../../reference/classifiers.json");

/// The wording is this program's own; no agency has confirmed it yet.
pub const PROVISIONAL: bool = true;

/// A code and its words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The stable code.
    pub code: String,
    /// In Russian.
    pub ru: String,
    /// In Kazakh.
    pub kk: String,
    /// In English.
    pub en: String,
}

impl Label {
    /// The words in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Ru => &self.ru,
            Language::Kk => &self.kk,
            Language::En => &self.en,
        }
    }
}

#[derive(Deserialize)]
struct File {
    classifiers: BTreeMap<String, Vec<Label>>,
}

#[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
static LABELS: LazyLock<BTreeMap<String, Vec<Label>>> = LazyLock::new(|| {
    let file: File = serde_json::from_str(FILE).expect("the file is part of the program, and a test reads it");
    file.classifiers
});

/// The words of a classifier, in the order of the vocabulary.
pub fn of(name: &str) -> Option<&'static [Label]> {
    LABELS.get(name).map(Vec::as_slice)
}

/// The code of a word of a classifier, as people write it in any of the languages; case and ё do not count.
#[must_use]
pub fn code_of(name: &str, word: &str) -> Option<&'static str> {
    let fold = |text: &str| text.trim().to_lowercase().replace('ё', "е");
    let word = fold(word);
    let called = |label: &&Label| [&label.ru, &label.kk, &label.en].into_iter().any(|name| fold(name) == word);
    of(name)?.iter().find(called).map(|label| label.code.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use qorgan_domain::{
        assessments, cases, children, clocks, consilium, family, identity, register, school_register, services,
        signals, statistics, tasks,
    };

    use super::*;

    macro_rules! vocabularies {
        ($($name:literal: $type:ty),+ $(,)?) => {
            vec![$( ($name, <$type>::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()) ),+]
        };
    }

    fn vocabularies() -> Vec<(&'static str, Vec<&'static str>)> {
        vocabularies![
            "account_kind": identity::AccountKind,
            "age_five_years": statistics::AgeFiveYears,
            "age_group": register::AgeGroup,
            "age_school_stage": statistics::AgeSchoolStage,
            "attachment_kind": cases::AttachmentKind,
            "assessment_purpose": assessments::AnswerPurpose,
            "assessment_purpose": assessments::AnswerPurpose,
            "assessment_respondent": assessments::Respondent,
            "assessment_status": assessments::AssessmentStatus,
            "appointment_status": services::AppointmentStatus,
            "capacity_period": services::CapacityPeriod,
            "case_action": cases::CaseAction,
            "case_event_kind": cases::CaseEventKind,
            "case_link_kind": cases::links::CaseLinkKind,
            "child_role": register::ChildRole,
            "closure_outcome": cases::ClosureOutcome,
            "board_role": consilium::BoardRole,
            "conflict_ground": consilium::ConflictGround,
            "consilium_outcome": consilium::BoardOutcome,
            "consilium_status": consilium::SessionStatus,
            "consilium_vote": consilium::Vote,
            "duplicate_sign": signals::DuplicateSign,
            "deadline_kind": clocks::DeadlineKind,
            "deadline_state": clocks::DeadlineState,
            "escalation_level": clocks::EscalationLevel,
            "time_unit": clocks::TimeUnit,
            "escalation_target": cases::EscalationTarget,
            "fact_kind": register::FactKind,
            "fact_outcome": statistics::FactOutcome,
            "fact_status": register::FactStatus,
            "follow_up_finding": cases::follow_up::FollowUpFinding,
            "linked_child_role": cases::links::LinkedChildRole,
            "consent_form": family::ConsentForm,
            "consent_status": family::ConsentStatus,
            "escalation_target": cases::EscalationTarget,
            "fact_kind": register::FactKind,
            "fact_status": register::FactStatus,
            "family_member": cases::FamilyRole,
            "family_relation": family::FamilyRelation,
            "family_member": cases::FamilyRole,
            "organisation_kind": identity::OrganisationKind,
            "participant_role": cases::ParticipantRole,
            "placement_change": school_register::PlacementChange,
            "placement_status": school_register::PlacementStatus,
            "plan_status": cases::PlanStatus,
            "material_status": register::qualification::MaterialStatus,
            "qualification_outcome": register::qualification::QualificationOutcome,
            "recusal_ground": register::qualification::RecusalGround,
            "question_kind": assessments::QuestionKind,
            "rate_direction": statistics::risk::Direction,
            "rate_sufficiency": statistics::risk::Sufficiency,
            "range_state": statistics::risk::RangeState,
            "relation": register::Relation,
            "differing_field": register::reconciliation::DifferingField,
            "item_origin": register::reconciliation::ItemOrigin,
            "reconciliation_outcome": register::reconciliation::ReconciliationOutcome,
            "reconciliation_status": register::reconciliation::ReconciliationStatus,
            "release_part_outcome": statistics::release::PartOutcome,
            "release_part_state": statistics::release::PartState,
            "release_period": statistics::release::ReleasePeriodKind,
            "release_status": statistics::release::ReleaseStatus,
            "resolution": register::reconciliation::Resolution,
            "review_conclusion": cases::ReviewConclusion,
            "risk_direction": assessments::compare::RiskDirection,
            "risk_indicator": statistics::risk::Indicator,
            "risk_level": cases::RiskLevel,
            "risk_override": assessments::RiskOverride,
            "role": identity::Role,
            "scope": identity::Scope,
            "scoring": assessments::Scoring,
            "section": cases::Section,
            "service_kind": services::ServiceKind,
            "service_language": services::ServiceLanguage,
            "setting": register::Setting,
            "sex": children::Sex,
            "signal_channel": signals::SignalChannel,
            "signal_status": signals::SignalStatus,
            "stage": cases::Stage,
            "submitter": school_register::Submitter,
            "suicidal_level": register::SuicidalLevel,
            "task_origin": tasks::TaskOrigin,
            "task_status": tasks::TaskStatus,
            "triage_decision": signals::TriageDecision,
            "urgency": signals::Urgency,
            "violence_form": register::ViolenceForm,
            "worklist": cases::worklists::Worklist,
        ]
    }

    #[test]
    fn the_codes_are_those_of_the_domain_in_its_order() {
        let expected = vocabularies();
        let names: BTreeSet<&str> = expected.iter().map(|(name, _)| *name).collect();
        assert_eq!(LABELS.keys().map(String::as_str).collect::<BTreeSet<_>>(), names);
        for (name, codes) in expected {
            let labels = of(name).unwrap();
            assert_eq!(labels.iter().map(|label| label.code.as_str()).collect::<Vec<_>>(), codes, "{name}");
        }
    }

    #[test]
    fn every_word_speaks_three_languages_and_stands_once() {
        for (name, labels) in LABELS.iter() {
            let mut seen = HashSet::new();
            for label in labels {
                for language in Language::ALL {
                    let word = label.in_language(*language);
                    assert!(!word.trim().is_empty(), "{name} {}", label.code);
                    assert!(seen.insert((*language, word)), "{name}: {word} stands twice");
                }
                let cyrillic = |text: &str| text.chars().any(|letter| ('\u{400}'..='\u{4ff}').contains(&letter));
                assert!(cyrillic(&label.ru) && cyrillic(&label.kk) && !cyrillic(&label.en), "{name} {}", label.code);
            }
        }
    }

    #[test]
    fn the_documented_names_are_all_there() {
        let source = include_str!("classifiers.rs");
        for name in LABELS.keys() {
            assert!(source.contains(&format!("`{name}`")), "{name} is not in the description of the operation");
        }
        assert!(of("nothing").is_none());
    }
}
