//! Answers: of the kind that the question takes, to questions that were asked, and at the end to all that must be.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::AssessmentCode;
use super::definition::{AnswerPurpose, Condition, Definition, Question, QuestionKind};
use crate::Invalid;
use crate::text::Narrative;

/// Answers by the code of their question.
pub type Answers = BTreeMap<AssessmentCode, AnswerValue>;

/// One answer. It is personal: `Debug` tells its kind only, and there is no `Display`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AnswerValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A number that is not whole.
    Number(f64),
    /// The code of an option, a day (`YYYY-MM-DD`) or a free text.
    Text(String),
    /// Codes of options.
    Many(Vec<String>),
}

impl fmt::Debug for AnswerValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag(_) => "AnswerValue(boolean)",
            Self::Integer(_) | Self::Number(_) => "AnswerValue(number)",
            Self::Text(_) => "AnswerValue(string)",
            Self::Many(_) => "AnswerValue(array)",
        })
    }
}

impl AnswerValue {
    fn number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "bounds are 32-bit; beyond 2^53 only the order matters")]
            Self::Integer(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The options that an answer to a choice names.
    #[must_use]
    pub fn chosen(&self) -> Vec<&str> {
        match self {
            Self::Text(code) => vec![code],
            Self::Many(codes) => codes.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The text of an answer.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// How complete answers must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// What is there must be right; the rest may come later.
    Draft,
    /// Every required question that is asked has its answer, and no other question has one.
    Complete,
}

/// Something that is wrong with an answer, or with its absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFault {
    /// The question.
    pub question: AssessmentCode,
    /// What; `answer_missing` where there is none.
    pub invalid: Invalid,
}

/// Everything that is wrong with answers to an instrument.
#[must_use]
pub fn validate(definition: &Definition, answers: &Answers, completeness: Completeness) -> Vec<AnswerFault> {
    let fault = |question: &AssessmentCode, invalid| AnswerFault { question: question.clone(), invalid };
    let mut faults = Vec::new();
    for (code, answer) in answers {
        let refusal = match definition.question(code) {
            None => Err(Invalid::new("unknown_question")),
            Some(question) => fits(question, answer),
        };
        faults.extend(refusal.err().map(|invalid| fault(code, invalid)));
    }
    if completeness == Completeness::Draft {
        return faults;
    }
    let asked = asked(definition, answers);
    for question in &definition.questions {
        let is_asked = asked.contains(&&question.code);
        match answers.get(&question.code) {
            Some(_) if !is_asked => faults.push(fault(&question.code, Invalid::new("answer_not_asked"))),
            None if is_asked && question.required => {
                let missing = Invalid::new("answer_missing").with("question", &question.code);
                faults.push(fault(&question.code, missing));
            }
            _ => {}
        }
    }
    faults
}

/// The questions that are asked, given the answers so far. A question that depends on one that is not asked is not
/// asked either.
#[must_use]
pub fn asked<'a>(definition: &'a Definition, answers: &Answers) -> Vec<&'a AssessmentCode> {
    let mut asked: Vec<&AssessmentCode> = Vec::new();
    for question in &definition.questions {
        let shown = question.show_if.as_ref().is_none_or(|condition| {
            asked.contains(&&condition.question)
                && answers.get(&condition.question).is_some_and(|answer| holds(condition, answer))
        });
        if shown {
            asked.push(&question.code);
        }
    }
    asked
}

fn holds(condition: &Condition, answer: &AnswerValue) -> bool {
    let named = |code: &str| condition.one_of.iter().any(|wanted| wanted.as_str() == code);
    match (answer, condition.at_least) {
        (AnswerValue::Flag(yes), _) => named(if *yes { "yes" } else { "no" }),
        (AnswerValue::Integer(_) | AnswerValue::Number(_), Some(least)) => {
            answer.number().is_some_and(|number| number >= f64::from(least))
        }
        (AnswerValue::Integer(_) | AnswerValue::Number(_), None) => false,
        (AnswerValue::Text(_) | AnswerValue::Many(_), _) => answer.chosen().into_iter().any(named),
    }
}

/// Whether an answer is of the kind that its question takes.
fn fits(question: &Question, answer: &AnswerValue) -> Result<(), Invalid> {
    let wrong = |expected: &'static str| Err(Invalid::new("wrong_type").with("expected", expected));
    match (question.kind, answer) {
        (QuestionKind::Boolean, AnswerValue::Flag(_)) => Ok(()),
        (QuestionKind::Boolean, _) => wrong("boolean"),
        (QuestionKind::SingleChoice, AnswerValue::Text(code)) => option(question, code),
        (QuestionKind::SingleChoice, _) => wrong("string"),
        (QuestionKind::MultipleChoice, AnswerValue::Many(codes)) => {
            codes.iter().try_for_each(|code| option(question, code))?;
            let twice = codes.iter().enumerate().any(|(place, code)| codes[..place].contains(code));
            if twice { Err(Invalid::new("code_repeated")) } else { Ok(()) }
        }
        (QuestionKind::MultipleChoice, _) => wrong("array"),
        (QuestionKind::Scale, AnswerValue::Integer(_)) => bounded(question, answer),
        (QuestionKind::Scale, _) => wrong("integer"),
        (QuestionKind::Number, AnswerValue::Integer(_) | AnswerValue::Number(_)) => bounded(question, answer),
        (QuestionKind::Number, _) => wrong("number"),
        (QuestionKind::Date, AnswerValue::Text(day)) => date(day),
        (QuestionKind::Text, AnswerValue::Text(text)) => Narrative::new(text).map(|_| ()),
        (QuestionKind::Date | QuestionKind::Text, _) => wrong("string"),
    }
}

fn option(question: &Question, code: &str) -> Result<(), Invalid> {
    let allowed: Vec<&str> = question.options.iter().map(|option| option.code.as_str()).collect();
    if allowed.contains(&code) { Ok(()) } else { Err(Invalid::new("unknown_code").with("allowed", allowed.join(","))) }
}

fn bounded(question: &Question, answer: &AnswerValue) -> Result<(), Invalid> {
    let number = answer.number().unwrap_or_default();
    match (question.min, question.max) {
        (Some(min), _) if number < f64::from(min) => Err(Invalid::new("number_too_small").with("min", min)),
        (_, Some(max)) if number > f64::from(max) => Err(Invalid::new("number_too_large").with("max", max)),
        _ => Ok(()),
    }
}

fn date(text: &str) -> Result<(), Invalid> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day = if shaped { text.parse::<NaiveDate>().ok() } else { None };
    day.map(|_| ()).ok_or_else(|| Invalid::new("date_format"))
}

/// The texts of the answers that have a purpose, in the order of the questions.
#[must_use]
pub fn purpose_text(definition: &Definition, answers: &Answers, purpose: AnswerPurpose) -> Option<String> {
    let questions = definition.questions.iter().filter(|question| question.purpose == Some(purpose));
    let texts: Vec<&str> = questions
        .filter_map(|question| answers.get(&question.code)?.text())
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}
