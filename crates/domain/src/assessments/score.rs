//! From answers to a finding.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::AssessmentCode;
use super::answers::{AnswerValue, Answers, asked};
use super::check::LEAST_RISK;
use super::definition::{Definition, Question, QuestionKind, Scoring, Threshold};
use crate::cases::RiskLevel;

/// What an instrument finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The score of the whole.
    pub total: i32,
    /// The scores of its subscales.
    pub subscales: BTreeMap<AssessmentCode, i32>,
    /// The greatest risk that a score stands for.
    pub risk_level: RiskLevel,
    /// What else the scores tell.
    pub flags: BTreeSet<AssessmentCode>,
}

/// Scores answers. Only questions that are asked count; a question without an answer has no points.
#[must_use]
pub fn score(definition: &Definition, answers: &Answers) -> Finding {
    let asked = asked(definition, answers);
    let add = |sum: i32, points: i32| match definition.scoring {
        Scoring::Sum => sum.saturating_add(points),
        Scoring::Highest => sum.max(points),
    };
    let mut total = 0;
    let mut subscales: BTreeMap<AssessmentCode, i32> =
        definition.subscales().into_iter().map(|code| (code.clone(), 0)).collect();
    for question in definition.questions.iter().filter(|question| asked.contains(&&question.code)) {
        let points = answers.get(&question.code).map_or(0, |answer| points(question, answer));
        total = add(total, points);
        if let Some(sum) = question.subscale.as_ref().and_then(|code| subscales.get_mut(code)) {
            *sum = add(*sum, points);
        }
    }
    let reached = reached(&definition.thresholds, total, &subscales);
    Finding {
        total,
        subscales,
        risk_level: reached.iter().map(|threshold| threshold.risk_level).max().unwrap_or(LEAST_RISK),
        flags: reached.iter().flat_map(|threshold| threshold.flags.iter().cloned()).collect(),
    }
}

/// The points of one answer, as far as it is one that the question takes.
#[must_use]
pub fn points(question: &Question, answer: &AnswerValue) -> i32 {
    let each = question.score.unwrap_or(0);
    match (question.kind, answer) {
        (QuestionKind::Boolean, AnswerValue::Flag(true)) => each,
        (QuestionKind::Scale, AnswerValue::Integer(value)) => {
            let steps = value.saturating_sub(i64::from(question.min.unwrap_or(0))).max(0);
            i32::try_from(steps.saturating_mul(i64::from(each))).unwrap_or(i32::MAX)
        }
        (QuestionKind::SingleChoice | QuestionKind::MultipleChoice, chosen) => {
            let chosen = chosen.chosen();
            let options = question.options.iter().filter(|option| chosen.contains(&option.code.as_str()));
            options.fold(0, |sum, option| sum.saturating_add(option.score))
        }
        _ => 0,
    }
}

/// The highest threshold that each scale reached.
fn reached<'a>(
    thresholds: &'a [Threshold],
    total: i32,
    subscales: &BTreeMap<AssessmentCode, i32>,
) -> Vec<&'a Threshold> {
    let score_of = |threshold: &Threshold| match &threshold.subscale {
        None => Some(total),
        Some(code) => subscales.get(code).copied(),
    };
    let mut highest: BTreeMap<Option<&AssessmentCode>, &Threshold> = BTreeMap::new();
    for threshold in thresholds {
        if score_of(threshold).is_some_and(|score| score >= threshold.from) {
            let present = highest.entry(threshold.subscale.as_ref()).or_insert(threshold);
            if threshold.from > present.from {
                *present = threshold;
            }
        }
    }
    highest.into_values().collect()
}
