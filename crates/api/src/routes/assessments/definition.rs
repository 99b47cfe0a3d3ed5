//! A definition of an instrument in JSON: the same form comes in and goes out.

use chrono::NaiveDate;
use qorgan_domain::assessments::{
    AnswerPurpose, AssessmentCode, Choice, Condition, Definition, MeantFor, Question, QuestionKind, Respondent,
    Scoring, Texts, Threshold, Wording,
};
use qorgan_domain::cases::{RiskLevel, Section};
use serde::Serialize;

use crate::request;

request! {
    /// A text in the languages of the API.
    #[derive(Serialize)]
    #[schema(as = InstrumentTexts)]
    pub struct TextsJson {
        /// Russian.
        pub ru: Wording,
        /// Kazakh.
        pub kk: Wording,
        /// English.
        pub en: Wording,
    }

    /// Who an instrument is meant for.
    #[derive(Serialize)]
    #[schema(as = InstrumentMeantFor)]
    pub struct MeantForJson {
        /// Who answers.
        pub respondent: Respondent,
        /// The least age of the child, in years.
        pub age_from: Option<i32>,
        /// The greatest age of the child, in years.
        pub age_to: Option<i32>,
    }

    /// When a question is asked: by the answer to one that stands before it.
    #[derive(Serialize)]
    #[schema(as = InstrumentCondition)]
    pub struct ConditionJson {
        /// The earlier question.
        pub question: AssessmentCode,
        /// It was answered with one of these: codes of options, or `yes` and `no`.
        #[schema(required = false)]
        pub one_of: Vec<AssessmentCode>,
        /// It was answered with at least this number.
        pub at_least: Option<i32>,
    }

    /// Something that can be chosen.
    #[derive(Serialize)]
    #[schema(as = InstrumentOption)]
    pub struct ChoiceJson {
        /// Its code.
        pub code: AssessmentCode,
        /// What it says.
        pub text: TextsJson,
        /// Its points; none where absent.
        pub score: Option<i32>,
    }

    /// A question.
    #[derive(Serialize)]
    #[schema(as = InstrumentQuestion)]
    pub struct QuestionJson {
        /// Its code; the same in every version in which it means the same.
        pub code: AssessmentCode,
        /// The question.
        pub text: TextsJson,
        /// What to mind when asking.
        pub help: Option<TextsJson>,
        /// What kind of answer it takes.
        pub kind: QuestionKind,
        /// What can be chosen.
        #[schema(required = false)]
        pub options: Vec<ChoiceJson>,
        /// The least number of a scale or a number.
        pub min: Option<i32>,
        /// The greatest number of a scale or a number.
        pub max: Option<i32>,
        /// The points of a yes, or of each step of a scale.
        pub score: Option<i32>,
        /// Whether an assessment cannot be completed without an answer; `false` where absent.
        pub required: Option<bool>,
        /// When it is asked; always where absent.
        pub show_if: Option<ConditionJson>,
        /// The subscale that its points count in.
        pub subscale: Option<AssessmentCode>,
        /// What the answer is besides an answer; every instrument asks for the child's own view.
        pub purpose: Option<AnswerPurpose>,
    }

    /// What a score means from a number of points on.
    #[derive(Serialize)]
    #[schema(as = InstrumentThreshold)]
    pub struct ThresholdJson {
        /// The subscale; the whole where absent.
        pub subscale: Option<AssessmentCode>,
        /// From how many points on; the first of the whole from 0.
        pub from: i32,
        /// The risk it stands for.
        pub risk_level: RiskLevel,
        /// What else it tells.
        #[schema(required = false)]
        pub flags: Vec<AssessmentCode>,
    }

    /// What a version of an instrument asks and how it scores.
    #[derive(Serialize)]
    #[schema(as = InstrumentDefinition, example = json!({
        "titles": {"ru": "Сон и усталость", "kk": "Ұйқы және шаршау", "en": "Sleep and fatigue"}, "section": "general",
        "meant_for": {"respondent": "child", "age_from": 7, "age_to": 17}, "valid_from": "2030-01-01",
        "source": "Order 12 of 1 December 2029", "provisional": false, "scoring": "sum",
        "questions": [
            {"code": "sleeps_badly", "kind": "boolean", "score": 2, "required": true,
             "text": {"ru": "Плохо ли ты спишь?", "kk": "Нашар ұйықтайсың ба?", "en": "Do you sleep badly?"}},
            {"code": "child_view", "kind": "text", "required": true, "purpose": "child_view",
             "text": {"ru": "Что бы тебе помогло?", "kk": "Саған не көмектесер еді?", "en": "What would help you?"}}],
        "thresholds": [{"from": 0, "risk_level": "low"}, {"from": 2, "risk_level": "medium", "flags": ["sleeps_badly"]}]
    }))]
    pub struct DefinitionJson {
        /// What it is called.
        pub titles: TextsJson,
        /// How to use it.
        pub description: Option<TextsJson>,
        /// The section that protects its answers.
        pub section: Section,
        /// Who it is meant for.
        pub meant_for: MeantForJson,
        /// The first day on which it may be used.
        pub valid_from: NaiveDate,
        /// The first day on which it may not be used any more.
        pub valid_to: Option<NaiveDate>,
        /// Where it comes from: the order, the paper.
        pub source: Wording,
        /// Whether no order has confirmed it yet; `true` where absent.
        pub provisional: Option<bool>,
        /// The questions, in the order in which they are asked.
        pub questions: Vec<QuestionJson>,
        /// How points make a score.
        pub scoring: Scoring,
        /// What scores mean, each scale's in rising order.
        pub thresholds: Vec<ThresholdJson>,
    }
}

impl From<TextsJson> for Texts {
    fn from(TextsJson { ru, kk, en }: TextsJson) -> Self {
        Self { ru, kk, en }
    }
}

impl From<Texts> for TextsJson {
    fn from(Texts { ru, kk, en }: Texts) -> Self {
        Self { ru, kk, en }
    }
}

impl From<QuestionJson> for Question {
    fn from(json: QuestionJson) -> Self {
        let options = json.options.into_iter().map(|option| Choice {
            code: option.code,
            text: option.text.into(),
            score: option.score.unwrap_or(0),
        });
        let condition = |ConditionJson { question, one_of, at_least }| Condition { question, one_of, at_least };
        Self {
            code: json.code,
            text: json.text.into(),
            help: json.help.map(Into::into),
            kind: json.kind,
            options: options.collect(),
            min: json.min,
            max: json.max,
            score: json.score,
            required: json.required.unwrap_or(false),
            show_if: json.show_if.map(condition),
            subscale: json.subscale,
            purpose: json.purpose,
        }
    }
}

impl From<Question> for QuestionJson {
    fn from(question: Question) -> Self {
        let options = question.options.into_iter().map(|option| ChoiceJson {
            code: option.code,
            text: option.text.into(),
            score: Some(option.score),
        });
        let condition = |Condition { question, one_of, at_least }| ConditionJson { question, one_of, at_least };
        Self {
            code: question.code,
            text: question.text.into(),
            help: question.help.map(Into::into),
            kind: question.kind,
            options: options.collect(),
            min: question.min,
            max: question.max,
            score: question.score,
            required: Some(question.required),
            show_if: question.show_if.map(condition),
            subscale: question.subscale,
            purpose: question.purpose,
        }
    }
}

impl From<DefinitionJson> for Definition {
    fn from(json: DefinitionJson) -> Self {
        let MeantForJson { respondent, age_from, age_to } = json.meant_for;
        let threshold =
            |ThresholdJson { subscale, from, risk_level, flags }| Threshold { subscale, from, risk_level, flags };
        Self {
            titles: json.titles.into(),
            description: json.description.map(Into::into),
            section: json.section,
            meant_for: MeantFor { respondent, age_from, age_to },
            valid_from: json.valid_from,
            valid_to: json.valid_to,
            source: json.source,
            provisional: json.provisional.unwrap_or(true),
            questions: json.questions.into_iter().map(Into::into).collect(),
            scoring: json.scoring,
            thresholds: json.thresholds.into_iter().map(threshold).collect(),
        }
    }
}

impl From<Definition> for DefinitionJson {
    fn from(definition: Definition) -> Self {
        let MeantFor { respondent, age_from, age_to } = definition.meant_for;
        let threshold =
            |Threshold { subscale, from, risk_level, flags }| ThresholdJson { subscale, from, risk_level, flags };
        Self {
            titles: definition.titles.into(),
            description: definition.description.map(Into::into),
            section: definition.section,
            meant_for: MeantForJson { respondent, age_from, age_to },
            valid_from: definition.valid_from,
            valid_to: definition.valid_to,
            source: definition.source,
            provisional: Some(definition.provisional),
            questions: definition.questions.into_iter().map(Into::into).collect(),
            scoring: definition.scoring,
            thresholds: definition.thresholds.into_iter().map(threshold).collect(),
        }
    }
}
