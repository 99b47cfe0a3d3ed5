//! Instruments: what a definition must have, what answers must be, what they find. By chance: `properties`.

mod properties;

use super::answers::{purpose_text, validate};
use super::check::check;
use super::compare::{Incomparable, RiskDirection, ScoreChange, Side, compare, direction};
use super::score::score;
use super::*;
use crate::cases::{RiskLevel, Section};

fn code(text: &str) -> AssessmentCode {
    AssessmentCode::new(text).unwrap()
}

fn texts() -> Texts {
    let wording = Wording::new("?").unwrap();
    Texts { ru: wording.clone(), kk: wording.clone(), en: wording }
}

fn question(name: &str, kind: QuestionKind) -> Question {
    Question {
        code: code(name),
        text: texts(),
        help: None,
        kind,
        options: Vec::new(),
        min: None,
        max: None,
        score: None,
        required: false,
        show_if: None,
        subscale: None,
        purpose: None,
    }
}

fn choice(name: &str, score: i32) -> Choice {
    Choice { code: code(name), text: texts(), score }
}

fn threshold(subscale: Option<&str>, from: i32, risk_level: RiskLevel, flags: &[&str]) -> Threshold {
    Threshold { subscale: subscale.map(code), from, risk_level, flags: flags.iter().map(|flag| code(flag)).collect() }
}

/// Two yes-or-no questions, a choice, a scale and the child's own view.
fn definition() -> Definition {
    let yes =
        |name: &str, points| Question { score: Some(points), required: true, ..question(name, QuestionKind::Boolean) };
    let after = |name: &str, codes: &[&str]| {
        Some(Condition { question: code(name), one_of: codes.iter().map(|text| code(text)).collect(), at_least: None })
    };
    Definition {
        titles: texts(),
        description: None,
        section: Section::General,
        meant_for: MeantFor { respondent: Respondent::Child, age_from: Some(7), age_to: Some(17) },
        valid_from: "2026-01-01".parse().unwrap(),
        valid_to: None,
        source: Wording::new("Made up").unwrap(),
        provisional: true,
        questions: vec![
            Question { subscale: Some(code("harm")), ..yes("hurt", 2) },
            Question { show_if: after("hurt", &["yes"]), ..yes("again", 3) },
            Question {
                options: vec![choice("never", 0), choice("weekly", 2), choice("daily", 4)],
                show_if: after("again", &["yes"]),
                subscale: Some(code("harm")),
                ..question("how_often", QuestionKind::SingleChoice)
            },
            Question {
                options: vec![choice("school", 1), choice("home", 2)],
                ..question("where_at", QuestionKind::MultipleChoice)
            },
            Question { min: Some(0), max: Some(10), score: Some(1), ..question("fear", QuestionKind::Scale) },
            Question { min: Some(0), max: None, ..question("times", QuestionKind::Number) },
            question("since_day", QuestionKind::Date),
            Question {
                required: true,
                purpose: Some(AnswerPurpose::ChildView),
                ..question("own_view", QuestionKind::Text)
            },
            Question { purpose: Some(AnswerPurpose::Needs), ..question("needs", QuestionKind::Text) },
        ],
        scoring: Scoring::Sum,
        thresholds: vec![
            threshold(None, 0, RiskLevel::Low, &[]),
            threshold(None, 5, RiskLevel::Medium, &["watch"]),
            threshold(None, 12, RiskLevel::High, &["act"]),
            threshold(Some("harm"), 6, RiskLevel::Critical, &["harm_daily"]),
        ],
    }
}

fn answers(items: &[(&str, AnswerValue)]) -> Answers {
    items.iter().map(|(name, value)| (code(name), value.clone())).collect()
}

fn text(value: &str) -> AnswerValue {
    AnswerValue::Text(value.to_owned())
}

fn instrument(version: i32, definition: Definition) -> Instrument {
    Instrument { code: code("made_up"), version, definition }
}

fn faults(definition: &Definition) -> Vec<(String, &'static str)> {
    check(definition).into_iter().map(|fault| (fault.pointer, fault.invalid.code())).collect()
}

/// What spoils a definition, where that is seen, and how it is called.
type Spoilt = (fn(&mut Definition), &'static str, &'static str);

#[test]
fn each_fault_of_a_definition_is_named() {
    let table: [Spoilt; 32] = [
        (|d| d.valid_to = Some(d.valid_from), "/valid_to", "period_reversed"),
        (|d| d.meant_for.age_to = Some(18), "/meant_for/age_to", "number_too_large"),
        (|d| d.meant_for.age_from = Some(-1), "/meant_for/age_from", "number_too_small"),
        (|d| d.meant_for.age_to = Some(6), "/meant_for/age_to", "bounds_reversed"),
        (|d| d.questions[3].code = code("hurt"), "/questions/3/code", "code_repeated"),
        (|d| d.questions[2].options.clear(), "/questions/2/options", "too_few_items"),
        (|d| d.questions[2].options[1].code = code("never"), "/questions/2/options/1/code", "code_repeated"),
        (|d| d.questions[2].options[1].score = -1, "/questions/2/options/1/score", "number_too_small"),
        (|d| d.questions[2].options[1].score = 1_001, "/questions/2/options/1/score", "number_too_large"),
        (|d| d.questions[0].options = vec![choice("yes", 0)], "/questions/0/options", "not_allowed_here"),
        (|d| d.questions[0].min = Some(0), "/questions/0/min", "not_allowed_here"),
        (|d| d.questions[0].score = Some(-1), "/questions/0/score", "number_too_small"),
        (|d| d.questions[2].score = Some(1), "/questions/2/score", "not_allowed_here"),
        (|d| d.questions[4].max = None, "/questions/4/max", "required_here"),
        (|d| d.questions[4].max = Some(0), "/questions/4/max", "bounds_reversed"),
        (|d| d.questions[4].max = Some(101), "/questions/4/max", "number_too_large"),
        (|d| d.questions[6].subscale = Some(code("harm")), "/questions/6/subscale", "not_allowed_here"),
        (|d| d.questions[4].purpose = Some(AnswerPurpose::Needs), "/questions/4/kind", "purpose_is_text"),
        (|d| d.questions[7].required = false, "/questions/7/required", "child_view_always"),
        (|d| d.questions[7].show_if = d.questions[1].show_if.clone(), "/questions/7/required", "child_view_always"),
        (|d| d.questions[7].purpose = None, "/questions", "child_view_missing"),
        (|d| show(d, 1).question = code("nothing"), "/questions/1/show_if/question", "question_not_before"),
        (|d| show(d, 1).question = code("fear"), "/questions/1/show_if/question", "question_not_before"),
        (|d| show(d, 1).one_of = vec![code("never")], "/questions/1/show_if/one_of/0", "unknown_code"),
        (|d| show(d, 1).one_of.clear(), "/questions/1/show_if/one_of", "too_few_items"),
        (|d| show(d, 1).at_least = Some(1), "/questions/1/show_if/at_least", "not_allowed_here"),
        (|d| d.thresholds[0].from = 1, "/thresholds/0/from", "threshold_gap"),
        (|d| d.thresholds[1].from = 0, "/thresholds/1/from", "threshold_order"),
        (|d| d.thresholds[2].risk_level = RiskLevel::Low, "/thresholds/2/risk_level", "threshold_risk_falls"),
        (|d| d.thresholds[3].subscale = Some(code("help")), "/thresholds/3/subscale", "unknown_code"),
        (|d| d.thresholds.truncate(0), "/thresholds", "too_few_items"),
        (|d| drop(d.thresholds.drain(..3)), "/thresholds", "threshold_gap"),
    ];
    assert_eq!(faults(&definition()), []);
    for (line, (spoil, pointer, fault)) in table.into_iter().enumerate() {
        let mut spoilt = definition();
        spoil(&mut spoilt);
        assert_eq!(faults(&spoilt), [(pointer.to_owned(), fault)], "line {line}");
    }
}

fn show(definition: &mut Definition, place: usize) -> &mut Condition {
    definition.questions[place].show_if.as_mut().unwrap()
}

#[test]
fn all_faults_are_named_at_once() {
    let mut spoilt = definition();
    spoilt.questions[0].score = Some(-1);
    spoilt.questions[7].purpose = None;
    spoilt.thresholds[0].from = 3;
    let pointers: Vec<String> = faults(&spoilt).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/questions/0/score", "/questions", "/thresholds/0/from"]);
}

#[test]
fn each_wrong_answer_is_named() {
    let definition = definition();
    let table = [
        ("nothing", AnswerValue::Flag(true), "unknown_question"),
        ("hurt", text("yes"), "wrong_type"),
        ("how_often", text("hourly"), "unknown_code"),
        ("how_often", AnswerValue::Flag(true), "wrong_type"),
        ("where_at", AnswerValue::Many(vec!["moon".into()]), "unknown_code"),
        ("where_at", AnswerValue::Many(vec!["home".into(), "home".into()]), "code_repeated"),
        ("where_at", text("home"), "wrong_type"),
        ("fear", AnswerValue::Number(0.5), "wrong_type"),
        ("fear", AnswerValue::Integer(11), "number_too_large"),
        ("fear", AnswerValue::Integer(i64::MIN), "number_too_small"),
        ("times", AnswerValue::Number(-0.5), "number_too_small"),
        ("times", text("3"), "wrong_type"),
        ("since_day", text("2026-02-30"), "date_format"),
        ("since_day", text("1.1.2026"), "date_format"),
        ("own_view", text(" "), "text_too_short"),
        ("own_view", text("a\0"), "text_control_characters"),
        ("own_view", AnswerValue::Integer(1), "wrong_type"),
    ];
    for (name, value, fault) in table {
        let found = validate(&definition, &answers(&[(name, value.clone())]), Completeness::Draft);
        let found: Vec<_> = found.iter().map(|f| (f.question.as_str(), f.invalid.code())).collect();
        assert_eq!(found, [(name, fault)], "{value:?}");
    }
    assert!(validate(&definition, &Answers::new(), Completeness::Draft).is_empty(), "a draft may be empty");
}

#[test]
fn a_complete_assessment_answers_what_was_asked_and_nothing_else() {
    let definition = definition();
    let complete = |items: &[(&str, AnswerValue)]| {
        let found = validate(&definition, &answers(items), Completeness::Complete);
        found.iter().map(|f| format!("{} {}", f.question, f.invalid.code())).collect::<Vec<_>>()
    };
    assert_eq!(complete(&[]), ["hurt answer_missing", "own_view answer_missing"]);
    let view = ("own_view", text("Wants to stay at school."));
    let yes = AnswerValue::Flag(true);
    assert_eq!(complete(&[("hurt", yes.clone()), view.clone()]), ["again answer_missing"]);
    assert_eq!(complete(&[("hurt", yes.clone()), ("again", yes.clone()), view.clone()]), [""; 0]);
    // What depends on a question that is not asked is not asked either.
    let hidden = [("hurt", AnswerValue::Flag(false)), ("again", yes), ("how_often", text("daily")), view];
    assert_eq!(complete(&hidden), ["again answer_not_asked", "how_often answer_not_asked"]);
    let finding = score(&definition, &answers(&hidden));
    assert_eq!((finding.total, finding.risk_level), (0, RiskLevel::Low), "hidden answers have no points");
}

#[test]
fn points_make_scores_and_scores_make_risk_and_flags() {
    let definition = definition();
    let yes = AnswerValue::Flag(true);
    let table = [
        (vec![("hurt", AnswerValue::Flag(false))], 0, 0, RiskLevel::Low, vec![]),
        (vec![("hurt", yes.clone()), ("again", yes.clone())], 5, 2, RiskLevel::Medium, vec!["watch"]),
        (vec![("hurt", yes.clone()), ("fear", AnswerValue::Integer(10))], 12, 2, RiskLevel::High, vec!["act"]),
        (
            vec![("hurt", yes.clone()), ("again", yes.clone()), ("how_often", text("daily"))],
            9,
            6,
            RiskLevel::Critical,
            vec!["harm_daily", "watch"],
        ),
        (vec![("where_at", AnswerValue::Many(vec!["school".into(), "home".into()]))], 3, 0, RiskLevel::Low, vec![]),
    ];
    for (given, total, harm, risk, flags) in table {
        let finding = score(&definition, &answers(&given));
        assert_eq!((finding.total, finding.subscales[&code("harm")], finding.risk_level), (total, harm, risk));
        assert_eq!(finding.flags.iter().map(AssessmentCode::as_str).collect::<Vec<_>>(), flags);
    }
    let ladder = Definition { scoring: Scoring::Highest, ..definition };
    let finding = score(&ladder, &answers(&[("hurt", yes.clone()), ("again", yes)]));
    assert_eq!(finding.total, 3, "the highest level counts");
}

#[test]
fn purposes_gather_their_texts() {
    let definition = definition();
    let given = answers(&[("own_view", text(" Mother is kind. ")), ("needs", text(" "))]);
    assert_eq!(purpose_text(&definition, &given, AnswerPurpose::ChildView).as_deref(), Some("Mother is kind."));
    assert_eq!(purpose_text(&definition, &given, AnswerPurpose::Needs), None);
}

#[test]
fn a_judgement_that_differs_needs_a_reason_and_is_marked() {
    for scored in RiskLevel::ALL {
        for judged in RiskLevel::ALL {
            let settled = risk::settle(*scored, Some(*judged), true).unwrap();
            let expected = match judged.cmp(scored) {
                std::cmp::Ordering::Less => Some(RiskOverride::Lowered),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(RiskOverride::Raised),
            };
            assert_eq!(settled, RiskFound { scored: *scored, risk_level: *judged, overridden: expected });
            assert_eq!(risk::settle(*scored, Some(*judged), false).is_ok(), judged == scored, "{scored} {judged}");
        }
        assert_eq!(risk::settle(*scored, None, false).unwrap().risk_level, *scored);
    }
}

#[test]
fn only_danger_to_life_does_not_wait() {
    use RiskLevel::{Critical, High, Low, Medium};
    for (case, found, suggested, at_once) in [
        (Low, Low, None, None),
        (High, Medium, None, None),
        (Medium, High, Some(High), None),
        (High, Critical, Some(Critical), Some(Critical)),
        (Critical, Critical, None, None),
    ] {
        assert_eq!(risk::suggested(case, found), suggested);
        assert_eq!(risk::raised_at_once(case, found), at_once);
    }
}

#[test]
fn versions_compare_where_they_mean_the_same() {
    let first = instrument(1, definition());
    let mut later = definition();
    later.questions[0].text = Texts { ru: Wording::new("Иначе").unwrap(), ..texts() };
    later.questions[2].options.push(choice("hourly", 6));
    later.questions.push(question("new_one", QuestionKind::Boolean));
    later.questions.remove(3);
    let second = instrument(2, later);
    let before = answers(&[("hurt", AnswerValue::Flag(true)), ("how_often", text("weekly"))]);
    let after = answers(&[("hurt", AnswerValue::Flag(false)), ("fear", AnswerValue::Integer(3))]);
    let (one, two) = (score(&first.definition, &before), score(&second.definition, &after));
    let from = Side { instrument: &first, answers: &before, finding: &one };
    let to = Side { instrument: &second, answers: &after, finding: &two };
    let found = compare(&from, &to);
    assert_eq!(found.comparability, Comparability::OtherVersion);
    let changed: Vec<&str> = found.answers.iter().map(|change| change.question.as_str()).collect();
    assert_eq!(changed, ["hurt", "fear"], "by code, whatever the words");
    let incomparable = [
        ("how_often", Incomparable::Differs),
        ("new_one", Incomparable::OnlyInOne),
        ("where_at", Incomparable::OnlyInOne),
    ];
    assert_eq!(found.incomparable_questions, incomparable.map(|(name, why)| (code(name), why)));
    let scales = [(None, Incomparable::Differs), (Some(code("harm")), Incomparable::Differs)];
    assert_eq!(found.incomparable_scales, scales, "the points come from elsewhere");
    let other = Instrument { code: code("another"), ..first.clone() };
    let found = compare(&from, &Side { instrument: &other, answers: &before, finding: &one });
    assert_eq!((found.comparability, found.is_empty()), (Comparability::OtherInstrument, true));
}

#[test]
fn scores_and_answers_that_changed_are_told() {
    let made_up = instrument(1, definition());
    let choices = |codes: &[&str]| AnswerValue::Many(codes.iter().map(|code| (*code).to_owned()).collect());
    let before = answers(&[("hurt", AnswerValue::Flag(true)), ("where_at", choices(&["school", "home"]))]);
    let after = answers(&[("hurt", AnswerValue::Flag(false)), ("where_at", choices(&["home", "school"]))]);
    let (one, two) = (score(&made_up.definition, &before), score(&made_up.definition, &after));
    let found = compare(
        &Side { instrument: &made_up, answers: &before, finding: &one },
        &Side { instrument: &made_up, answers: &after, finding: &two },
    );
    assert_eq!(found.answers.len(), 1, "the order of choices means nothing");
    assert_eq!(
        found.scores,
        [ScoreChange { subscale: None, from: 5, to: 3 }, ScoreChange { subscale: Some(code("harm")), from: 2, to: 0 },]
    );
    assert_eq!(direction(RiskLevel::Low, RiskLevel::High), RiskDirection::Up);
    assert_eq!(direction(RiskLevel::High, RiskLevel::Low), RiskDirection::Down);
    assert_eq!(direction(RiskLevel::High, RiskLevel::High), RiskDirection::Same);
}

#[test]
fn answers_do_not_show_in_debug() {
    assert!(!format!("{:?}", answers(&[("own_view", text("Секрет"))])).contains("Секрет"));
}

#[test]
fn a_definition_survives_json() {
    let made_up = instrument(3, definition());
    let text = serde_json::to_string(&made_up).unwrap();
    assert_eq!(serde_json::from_str::<Instrument>(&text).unwrap(), made_up);
    let values = r#"[true, 3, 0.5, "text", ["a", "b"]]"#;
    let read: Vec<AnswerValue> = serde_json::from_str(values).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), values.replace(", ", ","));
}
