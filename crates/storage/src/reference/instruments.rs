//! Loads the instruments of assessment that come with the program.

use diesel::prelude::*;
use qorgan_domain::assessments::Instrument;
use qorgan_domain::assessments::check::check;

use super::load::file;
use crate::StorageError;
use crate::schema::assessment_instruments;

const FILES: &[(&str, &str)] = &[
    ("needs_and_safety.json", include_str!("../../reference/instruments/needs_and_safety.json")),
    ("bullying_screen.json", include_str!("../../reference/instruments/bullying_screen.json")),
    ("suicide_risk_screen.json", include_str!("../../reference/instruments/suicide_risk_screen.json")),
];

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let now = chrono::Utc::now();
    for (name, text) in FILES {
        let instrument: Instrument = file(text, name)?;
        let faults = check(&instrument.definition);
        if !faults.is_empty() {
            tracing::error!(name, ?faults, "an instrument that comes with the program cannot be used");
            return Err(StorageError::Statement("reference data"));
        }
        let definition = crate::assessments::as_json(&instrument.definition)?;
        // A version that is there stays as it is: assessments were made by it.
        diesel::insert_into(assessment_instruments::table)
            .values((
                assessment_instruments::code.eq(instrument.code.as_str()),
                assessment_instruments::version.eq(instrument.version),
                assessment_instruments::valid_from.eq(instrument.definition.valid_from),
                assessment_instruments::valid_to.eq(instrument.definition.valid_to),
                assessment_instruments::definition.eq(definition),
                assessment_instruments::created_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(connection)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use qorgan_domain::assessments::score::score;
    use qorgan_domain::assessments::{
        AnswerValue, Answers, AssessmentCode, Completeness, QuestionKind, Texts, answers,
    };
    use qorgan_domain::cases::RiskLevel;

    use super::*;

    fn shipped() -> BTreeMap<String, Instrument> {
        let read = |text: &str| serde_json::from_str::<Instrument>(text).unwrap();
        FILES.iter().map(|(_, text)| read(text)).map(|one| (one.code.to_string(), one)).collect()
    }

    fn given(items: &[(&str, serde_json::Value)]) -> Answers {
        let value = |value: &serde_json::Value| serde_json::from_value::<AnswerValue>(value.clone()).unwrap();
        items.iter().map(|(code, answer)| (AssessmentCode::new(code).unwrap(), value(answer))).collect()
    }

    fn finds(code: &str, items: &[(&str, serde_json::Value)]) -> (RiskLevel, Vec<String>) {
        let instrument = &shipped()[code];
        let answers = given(items);
        let faults = answers::validate(&instrument.definition, &answers, Completeness::Complete);
        assert!(faults.is_empty(), "{code}: {faults:?}");
        let finding = score(&instrument.definition, &answers);
        (finding.risk_level, finding.flags.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_shipped_instrument_can_be_used_and_is_provisional() {
        let shipped = shipped();
        assert_eq!(shipped.len(), FILES.len());
        for (code, instrument) in &shipped {
            assert_eq!(check(&instrument.definition), [], "{code}");
            assert!(instrument.definition.provisional, "{code}");
            assert_eq!(instrument.version, 1, "{code}");
        }
    }

    #[test]
    fn every_text_speaks_three_languages() {
        let cyrillic = |text: &str| text.chars().any(|letter| ('\u{400}'..='\u{4ff}').contains(&letter));
        for (code, instrument) in shipped() {
            let definition = instrument.definition;
            let mut all: Vec<&Texts> = vec![&definition.titles];
            all.extend(&definition.description);
            for question in &definition.questions {
                all.push(&question.text);
                all.extend(&question.help);
                all.extend(question.options.iter().map(|option| &option.text));
            }
            for texts in all {
                let (ru, kk, en) = (texts.ru.as_str(), texts.kk.as_str(), texts.en.as_str());
                assert!(cyrillic(ru) && cyrillic(kk) && !cyrillic(en), "{code}: {en}");
                assert_ne!(ru, kk, "{code}: Kazakh is a copy of Russian");
            }
        }
    }

    #[test]
    fn the_ladder_of_the_suicide_screen() {
        use RiskLevel::{Critical, High, Low, Medium};
        use serde_json::json;
        let view = || ("child_view", json!("Wants it to stop hurting."));
        let none = ("behaviour", json!("never"));
        let no = |code| (code, json!(false));
        let yes = |code| (code, json!(true));
        let first = |wish: bool, thoughts: bool| vec![("wish_to_be_dead", json!(wish)), ("thoughts", json!(thoughts))];
        let with = |mut items: Vec<(&'static str, serde_json::Value)>, more: Vec<(&'static str, serde_json::Value)>| {
            items.extend(more);
            items.push(view());
            finds("suicide_risk_screen", &items).0
        };
        assert_eq!(with(first(false, false), vec![none.clone()]), Low);
        assert_eq!(with(first(true, false), vec![none.clone()]), Medium);
        let level = |method, intent, plan| vec![method, intent, plan, none.clone()];
        let (m, i, p) = ("method", "intent", "plan_and_intent");
        assert_eq!(with(first(true, true), level(no(m), no(i), no(p))), Medium);
        assert_eq!(with(first(true, true), level(yes(m), no(i), no(p))), High);
        assert_eq!(with(first(true, true), level(yes(m), yes(i), no(p))), Critical);
        assert_eq!(with(first(false, true), level(no(m), no(i), yes(p))), Critical);
        for (behaviour, risk) in [("more_than_a_year", Medium), ("last_year", High), ("last_three_months", Critical)] {
            assert_eq!(with(first(false, false), vec![("behaviour", json!(behaviour))]), risk, "{behaviour}");
        }
    }

    #[test]
    fn danger_now_outweighs_everything_else() {
        use serde_json::json;
        let definition = &shipped()["needs_and_safety"].definition;
        let mut answers = Answers::new();
        for question in definition.questions.iter().filter(|question| question.required) {
            let least = question.options.iter().min_by_key(|option| option.score);
            let otherwise = if question.kind == QuestionKind::Boolean { json!(false) } else { json!("A word.") };
            let value = least.map_or(otherwise, |option| json!(option.code));
            answers.insert(question.code.clone(), serde_json::from_value(value).unwrap());
        }
        let danger = AssessmentCode::new("danger_now").unwrap();
        answers.insert(danger.clone(), AnswerValue::Flag(false));
        let asked: Vec<AssessmentCode> = answers::asked(definition, &answers).into_iter().cloned().collect();
        answers.retain(|code, _| asked.contains(code));
        assert_eq!(answers::validate(definition, &answers, Completeness::Complete), []);
        assert_eq!(score(definition, &answers).risk_level, RiskLevel::Low);
        answers.insert(danger, AnswerValue::Flag(true));
        assert_eq!(score(definition, &answers).risk_level, RiskLevel::Critical);
    }
}
