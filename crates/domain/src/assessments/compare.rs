//! What changed between two assessments of one case.

use super::AssessmentCode;
use super::answers::{AnswerValue, Answers};
use super::definition::{Definition, Instrument, Question, QuestionKind};
use super::score::Finding;
use crate::cases::RiskLevel;
use crate::words::words;

words! {
    /// How far two assessments can be compared.
    pub enum Comparability {
        /// The same version of one instrument: everything.
        SameVersion = "same_version",
        /// Two versions of one instrument: the questions and scales that mean the same in both.
        OtherVersion = "other_version",
        /// Different instruments: the risk alone.
        OtherInstrument = "other_instrument",
    }

    /// Which way the risk went.
    pub enum RiskDirection {
        /// The danger grew.
        Up = "up",
        /// The danger is less.
        Down = "down",
        /// No change.
        Same = "same",
    }

    /// Why something cannot be compared.
    pub enum Incomparable {
        /// Only one of the versions asks it, or scores it.
        OnlyInOne = "only_in_one",
        /// The versions ask it in another form, or score it otherwise.
        Differs = "differs",
    }
}

/// A completed assessment by an instrument.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The version of the instrument.
    pub instrument: &'a Instrument,
    /// The answers.
    pub answers: &'a Answers,
    /// What the scores were.
    pub finding: &'a Finding,
}

/// An answer that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerChange {
    /// The question.
    pub question: AssessmentCode,
    /// What was answered before.
    pub from: Option<AnswerValue>,
    /// What was answered after.
    pub to: Option<AnswerValue>,
}

/// A score that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreChange {
    /// The subscale; the whole where absent.
    pub subscale: Option<AssessmentCode>,
    /// The score before.
    pub from: i32,
    /// The score after.
    pub to: i32,
}

/// What changed from one assessment to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How far the two can be compared.
    pub comparability: Comparability,
    /// The answers that changed, in the order of the later version's questions.
    pub answers: Vec<AnswerChange>,
    /// The scores that changed.
    pub scores: Vec<ScoreChange>,
    /// Questions that cannot be compared.
    pub incomparable_questions: Vec<(AssessmentCode, Incomparable)>,
    /// Scales that cannot be compared; the whole is `None`.
    pub incomparable_scales: Vec<(Option<AssessmentCode>, Incomparable)>,
}

impl Comparison {
    /// Whether nothing changed and everything could be compared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
            && self.scores.is_empty()
            && self.incomparable_questions.is_empty()
            && self.incomparable_scales.is_empty()
    }
}

/// Which way the risk went.
#[must_use]
pub fn direction(from: RiskLevel, to: RiskLevel) -> RiskDirection {
    match to.cmp(&from) {
        std::cmp::Ordering::Greater => RiskDirection::Up,
        std::cmp::Ordering::Less => RiskDirection::Down,
        std::cmp::Ordering::Equal => RiskDirection::Same,
    }
}

/// Compares two assessments. Questions and scales compare by code, where they mean the same in both versions.
#[must_use]
pub fn compare(from: &Side<'_>, to: &Side<'_>) -> Comparison {
    let mut comparison = Comparison {
        comparability: comparability(from.instrument, to.instrument),
        answers: Vec::new(),
        scores: Vec::new(),
        incomparable_questions: Vec::new(),
        incomparable_scales: Vec::new(),
    };
    if comparison.comparability == Comparability::OtherInstrument {
        return comparison;
    }
    questions(from, to, &mut comparison);
    scales(from, to, &mut comparison);
    comparison
}

fn comparability(from: &Instrument, to: &Instrument) -> Comparability {
    if from.code != to.code {
        Comparability::OtherInstrument
    } else if from.version == to.version {
        Comparability::SameVersion
    } else {
        Comparability::OtherVersion
    }
}

fn questions(from: &Side<'_>, to: &Side<'_>, comparison: &mut Comparison) {
    let (before, after) = (&from.instrument.definition, &to.instrument.definition);
    let gone = before.questions.iter().filter(|question| after.question(&question.code).is_none());
    for question in after.questions.iter().chain(gone) {
        let code = &question.code;
        match (before.question(code), after.question(code)) {
            (Some(old), Some(new)) if same_form(old, new) => {
                let (from, to) = (from.answers.get(code), to.answers.get(code));
                if !alike(new, from, to) {
                    let (from, to) = (from.cloned(), to.cloned());
                    comparison.answers.push(AnswerChange { question: code.clone(), from, to });
                }
            }
            (Some(_), Some(_)) => comparison.incomparable_questions.push((code.clone(), Incomparable::Differs)),
            _ => comparison.incomparable_questions.push((code.clone(), Incomparable::OnlyInOne)),
        }
    }
}

/// Whether two versions take the same answers to a question. Words may have been improved.
fn same_form(old: &Question, new: &Question) -> bool {
    let codes = |question: &Question| {
        let mut codes: Vec<AssessmentCode> = question.options.iter().map(|option| option.code.clone()).collect();
        codes.sort();
        codes
    };
    old.kind == new.kind && (old.min, old.max) == (new.min, new.max) && codes(old) == codes(new)
}

/// Whether two answers say the same: of several choices the order does not matter.
fn alike(question: &Question, from: Option<&AnswerValue>, to: Option<&AnswerValue>) -> bool {
    match (from, to) {
        (Some(from), Some(to)) if question.kind == QuestionKind::MultipleChoice => {
            let sorted = |answer: &AnswerValue| {
                let mut codes: Vec<String> = answer.chosen().into_iter().map(str::to_owned).collect();
                codes.sort();
                codes
            };
            sorted(from) == sorted(to)
        }
        _ => from == to,
    }
}

fn scales(from: &Side<'_>, to: &Side<'_>, comparison: &mut Comparison) {
    let (before, after) = (&from.instrument.definition, &to.instrument.definition);
    let named = after.subscales().into_iter().chain(before.subscales());
    let mut scales: Vec<Option<&AssessmentCode>> = std::iter::once(None).chain(named.map(Some)).collect();
    scales.sort();
    scales.dedup();
    for scale in scales {
        let score = |finding: &Finding| match scale {
            None => Some(finding.total),
            Some(code) => finding.subscales.get(code).copied(),
        };
        let named = scale.cloned();
        match (score(from.finding), score(to.finding)) {
            (Some(_), Some(_)) if !same_scoring(before, after, scale) => {
                comparison.incomparable_scales.push((named, Incomparable::Differs));
            }
            (Some(from), Some(to)) if from != to => {
                comparison.scores.push(ScoreChange { subscale: named, from, to });
            }
            (Some(_), Some(_)) => {}
            _ => comparison.incomparable_scales.push((named, Incomparable::OnlyInOne)),
        }
    }
}

/// Whether the points of a scale come from the same answers in both versions.
fn same_scoring(before: &Definition, after: &Definition, scale: Option<&AssessmentCode>) -> bool {
    before.scoring == after.scoring && points(before, scale) == points(after, scale)
}

/// Where the points of a scale come from: question and answer with their points.
fn points<'a>(definition: &'a Definition, scale: Option<&AssessmentCode>) -> Vec<(&'a str, &'a str, i32, Option<i32>)> {
    let counted = |question: &&Question| scale.is_none() || question.subscale.as_ref() == scale;
    let mut points = Vec::new();
    for question in definition.questions.iter().filter(counted) {
        let code = question.code.as_str();
        points.extend(question.score.map(|score| (code, "", score, question.min)));
        points.extend(question.options.iter().map(|option| (code, option.code.as_str(), option.score, None)));
    }
    points.retain(|(_, _, score, _)| *score != 0);
    points.sort_unstable();
    points
}
