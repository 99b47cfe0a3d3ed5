//! Whether a definition can be used: everything that is wrong with it, at once.
//!
//! What passes here cannot fail later: every question can be answered, every score means something, more points never
//! mean less danger, and the child is asked for its own view.

use std::collections::{BTreeMap, BTreeSet};

use super::AssessmentCode;
use super::definition::{AnswerPurpose, Choice, Condition, Definition, Question, QuestionKind, Threshold};
use crate::Invalid;
use crate::cases::RiskLevel;

/// Most questions of an instrument.
pub const MAX_QUESTIONS: usize = 200;
/// Most options of a question.
pub const MAX_OPTIONS: usize = 50;
/// Most thresholds of an instrument.
pub const MAX_THRESHOLDS: usize = 100;
/// Most points of one answer, or of one step of a scale: with the bounds above, sums stay far below the ends of `i32`.
pub const MAX_SCORE: i32 = 1_000;
/// Most steps of a scale.
pub const MAX_STEPS: i32 = 100;
/// The codes by which a condition names the answers to a yes-or-no question.
pub const YES_NO: [&str; 2] = ["yes", "no"];

/// Something that is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer into the definition.
    pub pointer: String,
    /// What.
    pub invalid: Invalid,
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, invalid: Invalid) {
        self.0.push(Fault { pointer: pointer.into(), invalid });
    }

    /// Refuses `holds == false` with a code alone.
    fn demand(&mut self, holds: bool, pointer: impl Into<String>, code: impl FnOnce() -> Invalid) {
        if !holds {
            self.add(pointer, code());
        }
    }
}

/// Everything that is wrong with a definition; nothing where it can be used.
#[must_use]
pub fn check(definition: &Definition) -> Vec<Fault> {
    let mut faults = Faults::default();
    let ends_later = definition.valid_to.is_none_or(|end| end > definition.valid_from);
    faults.demand(ends_later, "/valid_to", || Invalid::new("period_reversed"));
    ages(definition, &mut faults);
    count(definition.questions.len(), 1, MAX_QUESTIONS, "/questions", &mut faults);
    let mut earlier: BTreeMap<&AssessmentCode, &Question> = BTreeMap::new();
    for (place, question) in definition.questions.iter().enumerate() {
        let at = format!("/questions/{place}");
        self::question(question, &at, &mut faults);
        if let Some(condition) = &question.show_if {
            self::condition(condition, &earlier, &at, &mut faults);
        }
        let first = earlier.insert(&question.code, question).is_none();
        faults.demand(first, format!("{at}/code"), || Invalid::new("code_repeated"));
    }
    let child_view = definition.questions.iter().any(|question| question.purpose == Some(AnswerPurpose::ChildView));
    faults.demand(child_view, "/questions", || Invalid::new("child_view_missing"));
    thresholds(definition, &mut faults);
    faults.0
}

fn ages(definition: &Definition, faults: &mut Faults) {
    let meant = &definition.meant_for;
    for (name, age) in [("age_from", meant.age_from), ("age_to", meant.age_to)] {
        if let Some(age) = age {
            within(age, 0, 17, &format!("/meant_for/{name}"), faults);
        }
    }
    if let (Some(from), Some(to)) = (meant.age_from, meant.age_to) {
        faults.demand(from <= to, "/meant_for/age_to", || Invalid::new("bounds_reversed"));
    }
}

fn count(items: usize, min: usize, max: usize, at: &str, faults: &mut Faults) {
    if items < min {
        faults.add(at, Invalid::new("too_few_items").with("min", min));
    }
    if items > max {
        faults.add(at, Invalid::new("too_many_items").with("max", max));
    }
}

fn within(number: i32, min: i32, max: i32, at: &str, faults: &mut Faults) {
    if number < min {
        faults.add(at, Invalid::new("number_too_small").with("min", min));
    }
    if number > max {
        faults.add(at, Invalid::new("number_too_large").with("max", max));
    }
}

fn question(question: &Question, at: &str, faults: &mut Faults) {
    use QuestionKind::{Boolean, Date, MultipleChoice, Number, Scale, SingleChoice, Text};
    match question.kind {
        SingleChoice | MultipleChoice => options(&question.options, at, faults),
        Boolean | Scale | Number | Date | Text => {
            faults.demand(question.options.is_empty(), format!("{at}/options"), || Invalid::new("not_allowed_here"));
        }
    }
    bounds(question, at, faults);
    let points = matches!(question.kind, Boolean | Scale);
    match question.score {
        Some(score) if points => within(score, 0, MAX_SCORE, &format!("{at}/score"), faults),
        Some(_) => faults.add(format!("{at}/score"), Invalid::new("not_allowed_here")),
        None => {}
    }
    let scored = points || matches!(question.kind, SingleChoice | MultipleChoice);
    faults.demand(scored || question.subscale.is_none(), format!("{at}/subscale"), || Invalid::new("not_allowed_here"));
    if question.purpose.is_some() {
        faults.demand(question.kind == Text, format!("{at}/kind"), || Invalid::new("purpose_is_text"));
    }
    if question.purpose == Some(AnswerPurpose::ChildView) {
        // Nobody may finish an assessment without having asked the child.
        let always = question.required && question.show_if.is_none();
        faults.demand(always, format!("{at}/required"), || Invalid::new("child_view_always"));
    }
}

fn options(options: &[Choice], at: &str, faults: &mut Faults) {
    count(options.len(), 1, MAX_OPTIONS, &format!("{at}/options"), faults);
    let mut seen = BTreeSet::new();
    for (place, option) in options.iter().enumerate() {
        let at = format!("{at}/options/{place}");
        faults.demand(seen.insert(&option.code), format!("{at}/code"), || Invalid::new("code_repeated"));
        within(option.score, 0, MAX_SCORE, &format!("{at}/score"), faults);
    }
}

fn bounds(question: &Question, at: &str, faults: &mut Faults) {
    let scale = question.kind == QuestionKind::Scale;
    let may = scale || question.kind == QuestionKind::Number;
    for (name, bound) in [("min", question.min), ("max", question.max)] {
        faults.demand(bound.is_none() || may, format!("{at}/{name}"), || Invalid::new("not_allowed_here"));
        faults.demand(bound.is_some() || !scale, format!("{at}/{name}"), || Invalid::new("required_here"));
    }
    if let (Some(min), Some(max)) = (question.min, question.max) {
        faults.demand(min < max, format!("{at}/max"), || Invalid::new("bounds_reversed"));
        let most = min.saturating_add(MAX_STEPS);
        faults
            .demand(!scale || max <= most, format!("{at}/max"), || Invalid::new("number_too_large").with("max", most));
    }
}

fn condition(condition: &Condition, earlier: &BTreeMap<&AssessmentCode, &Question>, at: &str, faults: &mut Faults) {
    let at = format!("{at}/show_if");
    let Some(asked) = earlier.get(&condition.question) else {
        faults.add(format!("{at}/question"), Invalid::new("question_not_before"));
        return;
    };
    let allowed: Vec<&str> = match asked.kind {
        QuestionKind::SingleChoice | QuestionKind::MultipleChoice => {
            asked.options.iter().map(|option| option.code.as_str()).collect()
        }
        QuestionKind::Boolean => YES_NO.to_vec(),
        QuestionKind::Scale | QuestionKind::Number => {
            let alone = condition.one_of.is_empty();
            faults.demand(alone, format!("{at}/one_of"), || Invalid::new("not_allowed_here"));
            let told = condition.at_least.is_some();
            faults.demand(told, format!("{at}/at_least"), || Invalid::new("required_here"));
            return;
        }
        QuestionKind::Date | QuestionKind::Text => {
            faults.add(format!("{at}/question"), Invalid::new("question_not_before"));
            return;
        }
    };
    faults.demand(condition.at_least.is_none(), format!("{at}/at_least"), || Invalid::new("not_allowed_here"));
    count(condition.one_of.len(), 1, MAX_OPTIONS, &format!("{at}/one_of"), faults);
    for (place, code) in condition.one_of.iter().enumerate() {
        faults.demand(allowed.contains(&code.as_str()), format!("{at}/one_of/{place}"), || {
            Invalid::new("unknown_code").with("allowed", allowed.join(","))
        });
    }
}

fn thresholds(definition: &Definition, faults: &mut Faults) {
    count(definition.thresholds.len(), 1, MAX_THRESHOLDS, "/thresholds", faults);
    let subscales = definition.subscales();
    let mut last: BTreeMap<Option<&AssessmentCode>, &Threshold> = BTreeMap::new();
    for (place, threshold) in definition.thresholds.iter().enumerate() {
        let at = format!("/thresholds/{place}");
        let scale = threshold.subscale.as_ref();
        if let Some(code) = scale {
            faults.demand(subscales.contains(code), format!("{at}/subscale"), || {
                let allowed: Vec<&str> = subscales.iter().map(|code| code.as_str()).collect();
                Invalid::new("unknown_code").with("allowed", allowed.join(","))
            });
        }
        faults.demand(threshold.from >= 0, format!("{at}/from"), || Invalid::new("number_too_small").with("min", 0));
        match last.insert(scale, threshold) {
            Some(before) => {
                faults.demand(before.from < threshold.from, format!("{at}/from"), || Invalid::new("threshold_order"));
                let rises = before.risk_level <= threshold.risk_level;
                faults.demand(rises, format!("{at}/risk_level"), || Invalid::new("threshold_risk_falls"));
            }
            // A score below the first threshold of the whole would mean nothing.
            None if scale.is_none() => {
                faults.demand(threshold.from <= 0, format!("{at}/from"), || Invalid::new("threshold_gap"));
            }
            None => {}
        }
    }
    let whole = last.contains_key(&None) || definition.thresholds.is_empty();
    faults.demand(whole, "/thresholds", || Invalid::new("threshold_gap"));
}

/// The least risk: what an instrument finds that has no threshold for a score, which [`check`] excludes.
pub(super) const LEAST_RISK: RiskLevel = RiskLevel::Low;
