//! What an instrument is: questions, scoring, thresholds. All of it is data.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::AssessmentCode;
use crate::cases::{RiskLevel, Section};
use crate::text::Text;
use crate::words::words;

/// A text of an instrument: 1 to 1 000 characters.
pub type Wording = Text<1, 1_000>;

words! {
    /// Where an assessment stands.
    pub enum AssessmentStatus {
        /// Being filled in; only the author's organisation sees it.
        Draft = "draft",
        /// Finished and scored; never changed again.
        Completed = "completed",
    }

    /// What kind of answer a question takes.
    pub enum QuestionKind {
        /// One of the options.
        SingleChoice = "single_choice",
        /// Any of the options, or none.
        MultipleChoice = "multiple_choice",
        /// Yes or no.
        Boolean = "boolean",
        /// A whole number between two ends.
        Scale = "scale",
        /// A number; not scored.
        Number = "number",
        /// A day; not scored.
        Date = "date",
        /// Free text; not scored.
        Text = "text",
    }

    /// How the points of single answers make the score of a scale.
    pub enum Scoring {
        /// They are added.
        Sum = "sum",
        /// The highest counts: a ladder of levels, as in screens for suicide risk.
        Highest = "highest",
    }

    /// Who answers the questions.
    pub enum Respondent {
        /// The child.
        Child = "child",
        /// A parent or another person who cares for the child.
        Caregiver = "caregiver",
        /// The specialist, from talks, observation and papers.
        Professional = "professional",
    }

    /// What an answer is besides an answer.
    pub enum AnswerPurpose {
        /// The child's own view: a part of every instrument.
        ChildView = "child_view",
        /// What the child and the family need.
        Needs = "needs",
    }
}

/// A text in the languages of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Russian.
    pub ru: Wording,
    /// Kazakh.
    pub kk: Wording,
    /// English.
    pub en: Wording,
}

/// One version of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Its code.
    pub code: AssessmentCode,
    /// 1, 2, …
    pub version: i32,
    /// What it asks and how it scores.
    pub definition: Definition,
}

/// What a version of an instrument asks and how it scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What it is called.
    pub titles: Texts,
    /// How to use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Texts>,
    /// The section that protects its answers.
    pub section: Section,
    /// Who it is meant for.
    pub meant_for: MeantFor,
    /// The first day on which it may be used.
    pub valid_from: NaiveDate,
    /// The first day on which it may not be used any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: Wording,
    /// Whether no order has confirmed it yet.
    pub provisional: bool,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<Question>,
    /// How points make a score.
    pub scoring: Scoring,
    /// What scores mean.
    pub thresholds: Vec<Threshold>,
}

/// Who an instrument is meant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeantFor {
    /// Who answers.
    pub respondent: Respondent,
    /// The least age of the child, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_from: Option<i32>,
    /// The greatest age of the child, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_to: Option<i32>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its code; the same in every version in which it means the same.
    pub code: AssessmentCode,
    /// The question.
    pub text: Texts,
    /// What to mind when asking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Texts>,
    /// What kind of answer it takes.
    pub kind: QuestionKind,
    /// What can be chosen, for the kinds with a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// The least number, for scales (where it is needed) and numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// The greatest number, for scales (where it is needed) and numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
    /// The points of a yes, or of each step of a scale above its least number; none where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<i32>,
    /// Whether an assessment cannot be completed without an answer to it.
    #[serde(default)]
    pub required: bool,
    /// When it is asked; always where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Condition>,
    /// The subscale that its points count in, besides the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscale: Option<AssessmentCode>,
    /// What the answer is besides an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<AnswerPurpose>,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its code.
    pub code: AssessmentCode,
    /// What it says.
    pub text: Texts,
    /// Its points.
    #[serde(default)]
    pub score: i32,
}

/// When a question is asked: by the answer to one that stands before it and is itself asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The earlier question.
    pub question: AssessmentCode,
    /// It was answered with one of these: codes of options, or `yes` and `no`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<AssessmentCode>,
    /// It was answered with at least this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i32>,
}

/// What a score means from a number of points on, up to the next threshold of the same scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The subscale; the whole where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscale: Option<AssessmentCode>,
    /// From how many points on.
    pub from: i32,
    /// The risk it stands for.
    pub risk_level: RiskLevel,
    /// What else it tells, by code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<AssessmentCode>,
}

impl Definition {
    /// A question by its code.
    #[must_use]
    pub fn question(&self, code: &AssessmentCode) -> Option<&Question> {
        self.questions.iter().find(|question| question.code == *code)
    }

    /// The subscales that questions count in.
    #[must_use]
    pub fn subscales(&self) -> BTreeSet<&AssessmentCode> {
        self.questions.iter().filter_map(|question| question.subscale.as_ref()).collect()
    }

    /// Whether it may be used on a day.
    #[must_use]
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}
