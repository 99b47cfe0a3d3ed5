//! By chance: judging never fails, every score means something, more points never mean less danger.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::assessments::answers::asked;

const NAMES: [&str; 6] = ["q_a", "q_b", "q_c", "q_d", "q_e", "q_f"];
const OPTIONS: [&str; 3] = ["yes", "no", "some"];

fn any_question(number: std::ops::Range<i32>) -> impl Strategy<Value = Question> {
    let condition =
        (select(NAMES.to_vec()), prop::collection::vec(select(OPTIONS.to_vec()), 0..3), prop::option::of(-2..8i32));
    (
        select(NAMES.to_vec()),
        select(QuestionKind::ALL),
        prop::collection::vec((select(OPTIONS.to_vec()), number.clone()), 0..4),
        (prop::option::of(number.clone()), prop::option::of(number.clone()), prop::option::of(number)),
        any::<bool>(),
        prop::option::weighted(0.3, condition),
        prop::option::of(select(vec!["sub_a", "sub_b"])),
        prop::option::weighted(0.2, select(AnswerPurpose::ALL)),
    )
        .prop_map(|(name, kind, options, (min, max, score), required, show_if, subscale, purpose)| Question {
            options: options.into_iter().map(|(name, score)| choice(name, score)).collect(),
            min,
            max,
            score,
            required,
            show_if: show_if.map(|(name, one_of, at_least)| Condition {
                question: code(name),
                one_of: one_of.into_iter().map(code).collect(),
                at_least,
            }),
            subscale: subscale.map(code),
            purpose,
            ..question(name, kind)
        })
}

fn any_threshold() -> impl Strategy<Value = Threshold> {
    let scale = prop::option::of(select(vec!["sub_a", "sub_b", "sub_c"]));
    (scale, -3..40i32, select(RiskLevel::ALL)).prop_map(|(scale, from, risk)| threshold(scale, from, risk, &["flag"]))
}

/// Definitions as somebody might send them: mostly wrong.
fn any_definition() -> impl Strategy<Value = Definition> {
    (
        prop::collection::vec(any_question(-3..2_000), 0..8),
        prop::collection::vec(any_threshold(), 0..6),
        select(Scoring::ALL),
    )
        .prop_map(|(questions, thresholds, scoring)| Definition { questions, thresholds, scoring, ..definition() })
}

/// Makes a definition good: what is refused is taken out or put right.
fn repaired(mut definition: Definition) -> Definition {
    let mut seen: BTreeMap<AssessmentCode, Question> = BTreeMap::new();
    definition.questions.retain_mut(|question| {
        repair(question, &seen);
        // The first of a code stays, and is what later conditions refer to.
        let new = !seen.contains_key(&question.code);
        if new {
            seen.insert(question.code.clone(), question.clone());
        }
        new
    });
    definition.questions.push(Question {
        required: true,
        purpose: Some(AnswerPurpose::ChildView),
        ..question("own_view", QuestionKind::Text)
    });
    let subscales: BTreeSet<AssessmentCode> = definition.subscales().into_iter().cloned().collect();
    definition.thresholds.retain(|threshold| threshold.subscale.as_ref().is_none_or(|code| subscales.contains(code)));
    definition.thresholds.push(threshold(None, 0, RiskLevel::Low, &[]));
    let mut scales: BTreeMap<Option<AssessmentCode>, BTreeMap<i32, Threshold>> = BTreeMap::new();
    for threshold in definition.thresholds.drain(..) {
        let from = threshold.from.max(0);
        scales.entry(threshold.subscale.clone()).or_default().insert(from, Threshold { from, ..threshold });
    }
    for scale in scales.into_values() {
        let mut risk = RiskLevel::Low;
        definition.thresholds.extend(scale.into_values().map(|threshold| {
            risk = risk.max(threshold.risk_level);
            Threshold { risk_level: risk, ..threshold }
        }));
    }
    definition
}

fn repair(question: &mut Question, earlier: &BTreeMap<AssessmentCode, Question>) {
    let choice = matches!(question.kind, QuestionKind::SingleChoice | QuestionKind::MultipleChoice);
    let scale = question.kind == QuestionKind::Scale;
    if choice {
        let mut seen = BTreeSet::new();
        question.options.retain(|option| seen.insert(option.code.clone()));
        if question.options.is_empty() {
            question.options.push(self::choice("some", 1));
        }
        question.options.iter_mut().for_each(|option| option.score = option.score.clamp(0, 1_000));
    } else {
        question.options.clear();
    }
    (question.min, question.max) = if scale { (Some(1), Some(5)) } else { (None, None) };
    let points = scale || question.kind == QuestionKind::Boolean;
    question.score = question.score.filter(|_| points).map(|score| score.clamp(0, 1_000));
    question.subscale = question.subscale.take().filter(|_| points || choice);
    question.purpose = None;
    question.show_if = question.show_if.take().filter(|condition| {
        let allowed: Vec<&str> = match earlier.get(&condition.question) {
            Some(asked) if asked.kind == QuestionKind::Boolean => vec!["yes", "no"],
            Some(asked) => asked.options.iter().map(|option| option.code.as_str()).collect(),
            None => return false,
        };
        let known = condition.one_of.iter().all(|code| allowed.contains(&code.as_str()));
        known && !condition.one_of.is_empty() && condition.at_least.is_none()
    });
}

fn any_good() -> impl Strategy<Value = Definition> {
    any_definition().prop_map(repaired)
}

fn any_answer() -> impl Strategy<Value = AnswerValue> {
    prop_oneof![
        any::<bool>().prop_map(AnswerValue::Flag),
        any::<i64>().prop_map(AnswerValue::Integer),
        (-2..8i64).prop_map(AnswerValue::Integer),
        any::<f64>().prop_map(AnswerValue::Number),
        select(OPTIONS.to_vec()).prop_map(text),
        any::<String>().prop_map(AnswerValue::Text),
        prop::collection::vec(select(OPTIONS.to_vec()), 0..4)
            .prop_map(|codes| AnswerValue::Many(codes.into_iter().map(str::to_owned).collect())),
    ]
}

fn any_answers() -> impl Strategy<Value = Answers> {
    prop::collection::btree_map(select(NAMES.to_vec()).prop_map(code), any_answer(), 0..6)
}

/// Answers to a definition that are right in kind, one number a question says which.
fn right(definition: &Definition, choices: &[usize]) -> Answers {
    let mut answers = Answers::new();
    for (question, choice) in definition.questions.iter().zip(choices.iter().cycle()) {
        let option = |at: usize| question.options[at % question.options.len()].code.to_string();
        let value = match question.kind {
            QuestionKind::Boolean => AnswerValue::Flag(choice % 2 == 1),
            QuestionKind::SingleChoice => AnswerValue::Text(option(*choice)),
            QuestionKind::MultipleChoice => AnswerValue::Many(vec![option(*choice)]),
            QuestionKind::Scale => AnswerValue::Integer(1 + i64::try_from(choice % 5).unwrap()),
            QuestionKind::Number => AnswerValue::Number(0.5),
            QuestionKind::Date => text("2026-01-31"),
            QuestionKind::Text => text("A word"),
        };
        answers.insert(question.code.clone(), value);
    }
    answers
}

proptest! {
    /// Whatever the definition and the answers are, nothing panics; and the same is said twice.
    #[test]
    fn judging_is_total(definition in any_definition(), answers in any_answers()) {
        prop_assert_eq!(check(&definition), check(&definition));
        let _ = validate(&definition, &answers, Completeness::Complete);
        let finding = score(&definition, &answers);
        let made_up = instrument(1, definition);
        let side = Side { instrument: &made_up, answers: &answers, finding: &finding };
        let _ = compare(&side, &side);
    }

    #[test]
    fn what_was_repaired_passes(definition in any_good()) {
        prop_assert_eq!(check(&definition), vec![]);
    }

    /// thresholds_cover_all_scores: whatever is answered, the score of the whole reaches a threshold.
    #[test]
    fn every_score_means_something(definition in any_good(), choices in prop::collection::vec(0..10usize, 1..8)) {
        let finding = score(&definition, &right(&definition, &choices));
        prop_assert!(finding.total >= 0);
        let whole = definition.thresholds.iter().filter(|threshold| threshold.subscale.is_none());
        prop_assert!(whole.clone().any(|threshold| threshold.from <= finding.total));
        prop_assert!(finding.subscales.values().all(|sum| *sum <= finding.total), "a part is no more than the whole");
    }

    /// An answer with more points never finds less danger, as long as the same is asked.
    #[test]
    fn more_points_never_mean_less_danger(
        definition in any_good(),
        choices in prop::collection::vec(0..10usize, 1..8),
        others in prop::collection::vec(0..10usize, 1..8),
        place in any::<prop::sample::Index>(),
    ) {
        let (one, two) = (right(&definition, &choices), right(&definition, &others));
        let question = &definition.questions[place.index(definition.questions.len())];
        let mut raised = one.clone();
        raised.insert(question.code.clone(), two[&question.code].clone());
        let points = |answers: &Answers| crate::assessments::score::points(question, &answers[&question.code]);
        prop_assume!(points(&raised) >= points(&one) && asked(&definition, &raised) == asked(&definition, &one));
        let (before, after) = (score(&definition, &one), score(&definition, &raised));
        prop_assert!(after.total >= before.total && after.risk_level >= before.risk_level);
        prop_assert!(before.subscales.iter().all(|(code, sum)| after.subscales[code] >= *sum));
    }

    #[test]
    fn compared_with_itself_nothing_changed(
        definition in any_good(),
        choices in prop::collection::vec(0..10usize, 1..8),
    ) {
        let answers = right(&definition, &choices);
        let finding = score(&definition, &answers);
        let made_up = instrument(1, definition);
        let side = Side { instrument: &made_up, answers: &answers, finding: &finding };
        let found = compare(&side, &side);
        prop_assert!(found.is_empty());
        prop_assert_eq!(found.comparability, Comparability::SameVersion);
    }

    /// Right answers pass as a draft; complete, they are refused only for questions that were not asked.
    #[test]
    fn right_answers_pass(definition in any_good(), choices in prop::collection::vec(0..10usize, 1..8)) {
        let mut answers = right(&definition, &choices);
        prop_assert_eq!(validate(&definition, &answers, Completeness::Draft), vec![]);
        let asked: Vec<AssessmentCode> = asked(&definition, &answers).into_iter().cloned().collect();
        answers.retain(|code, _| asked.contains(code));
        prop_assert_eq!(validate(&definition, &answers, Completeness::Complete), vec![]);
    }
}
