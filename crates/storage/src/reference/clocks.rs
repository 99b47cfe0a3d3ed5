//! Loads the working calendar and the rules of time that come with the program.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Date, Jsonb};
use serde::Deserialize;
use serde_json::Value;

use super::load::file;
use crate::StorageError;

const CALENDAR: &str = include_str!("../../reference/calendar.json");
const RULES: &str = include_str!("../../reference/clock_rules.json");

#[derive(Deserialize)]
struct CalendarFile {
    days: Value,
}

#[derive(Deserialize)]
struct RuleFile {
    source: String,
    provisional: bool,
    valid_from: chrono::NaiveDate,
    rules: Value,
}

/// A day that an administrator edited, or took back, stays as it was left.
const LOAD_DAYS: &str = "
    INSERT INTO calendar_days (day, working, title_ru, title_kk, title_en, source, provisional)
    SELECT * FROM jsonb_to_recordset($1)
        AS f (day date, working boolean, title_ru text, title_kk text, title_en text, source text, provisional boolean)
    ON CONFLICT (day) DO UPDATE SET working = excluded.working, title_ru = excluded.title_ru, title_kk = excluded.title_kk,
        title_en = excluded.title_en, source = excluded.source, provisional = excluded.provisional
    WHERE calendar_days.edited_by IS NULL";

/// A rule is never changed: deadlines refer to it. An administrator's later row has another date.
const LOAD_RULES: &str = "
    INSERT INTO clock_rules (id, code, risk_level, valid_from, allowance, at_latest, remind_before, escalation, pause_stages,
        source, provisional)
    SELECT uuid_v7(now()), f.code, risk, $2, f.allowance, f.at_latest, f.remind_before, f.escalation, f.pause_stages,
           $3, $4
    FROM jsonb_to_recordset($1) AS f (code text, risk_levels text[], allowance jsonb, at_latest jsonb,
                                      remind_before jsonb, escalation jsonb, pause_stages text[]),
         unnest(f.risk_levels) AS risk
    ON CONFLICT (code, risk_level, valid_from) DO NOTHING";

/// Writes both.
pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let calendar: CalendarFile = file(CALENDAR, "calendar.json")?;
    sql_query(LOAD_DAYS).bind::<Jsonb, _>(calendar.days).execute(connection)?;
    let rules: RuleFile = file(RULES, "clock_rules.json")?;
    sql_query(LOAD_RULES)
        .bind::<Jsonb, _>(rules.rules)
        .bind::<Date, _>(rules.valid_from)
        .bind::<diesel::sql_types::Text, _>(rules.source)
        .bind::<diesel::sql_types::Bool, _>(rules.provisional)
        .execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use chrono::{Datelike, NaiveDate, Weekday};
    use qorgan_domain::cases::{RiskLevel, Stage};
    use qorgan_domain::clocks::{Allowance, DeadlineKind, DeadlineRule, EscalationStep, days_off_in_lieu};

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Day {
        day: NaiveDate,
        working: bool,
        title_ru: String,
        title_kk: String,
        title_en: String,
        source: String,
        provisional: bool,
    }

    fn days() -> Vec<Day> {
        let calendar: CalendarFile = serde_json::from_str(CALENDAR).unwrap();
        serde_json::from_value(calendar.days).unwrap()
    }

    #[test]
    fn the_days_off_in_the_file_are_those_of_the_rule() {
        let days = days();
        let by_source = |start: &str| -> Vec<NaiveDate> {
            days.iter().filter(|day| !day.working && day.source.contains(start)).map(|day| day.day).collect()
        };
        let (holidays, moved, others) = (by_source("No. 267"), by_source("article 85"), by_source("article 84"));
        assert_eq!(holidays.len(), 5 * 13);
        assert_eq!(others.len(), 5 * 2, "Orthodox Christmas and Kurban Ait of each year");
        assert_eq!(days_off_in_lieu(&holidays, &others), moved);
        assert!(moved.iter().all(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)));
    }

    #[test]
    fn every_day_stands_once_and_speaks_three_languages() {
        let days = days();
        assert_eq!(days.iter().map(|day| day.day).collect::<BTreeSet<_>>().len(), days.len());
        for day in &days {
            assert!(!day.title_ru.is_empty() && !day.title_kk.is_empty() && !day.title_en.is_empty(), "{}", day.day);
            assert!(day.provisional || day.day.year() <= 2026, "{} is not announced yet", day.day);
            assert!(!day.working || matches!(day.day.weekday(), Weekday::Sat | Weekday::Sun), "{}", day.day);
        }
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rule {
        code: DeadlineKind,
        risk_levels: Vec<RiskLevel>,
        allowance: Option<Allowance>,
        at_latest: Option<Allowance>,
        remind_before: Allowance,
        escalation: Vec<EscalationStep>,
        pause_stages: Vec<Stage>,
    }

    #[test]
    fn every_deadline_has_a_good_rule_at_every_risk() {
        let file: RuleFile = serde_json::from_str(RULES).unwrap();
        let rules: Vec<Rule> = serde_json::from_value(file.rules).unwrap();
        let mut seen: BTreeMap<(DeadlineKind, RiskLevel), DeadlineRule> = BTreeMap::new();
        for rule in rules {
            for risk in rule.risk_levels {
                let good = DeadlineRule {
                    allowance: rule.allowance,
                    at_latest: rule.at_latest,
                    remind_before: rule.remind_before,
                    escalation: rule.escalation.clone(),
                    pause_stages: rule.pause_stages.clone(),
                };
                assert!(
                    good.complaints(rule.code).is_empty(),
                    "{} {risk}: {:?}",
                    rule.code,
                    good.complaints(rule.code)
                );
                assert!(seen.insert((rule.code, risk), good).is_none(), "{} {risk} stands twice", rule.code);
            }
        }
        assert_eq!(seen.len(), DeadlineKind::ALL.len() * RiskLevel::ALL.len());
    }
}
