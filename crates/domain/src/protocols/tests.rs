//! Protocols: what is wrong with a definition, when one is called for, what it makes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::cases::{RiskLevel, Section};
use crate::clocks::{Allowance, TimeUnit, WorkingCalendar};
use crate::identity::{AgencyCode, Role};
use crate::ids::TaskId;
use crate::policy::OrganisationRef;
use crate::register::{ChildRole, FactKind, Nature, SuicidalLevel, ViolenceForm};
use crate::territory::Kato;
use crate::text::Title;

fn agency(code: &str) -> AgencyCode {
    AgencyCode::new(code).unwrap()
}

fn titles() -> Titles {
    let title = |text| Title::new(text).unwrap();
    Titles { ru: title("Шаг"), kk: title("Қадам"), en: title("Step") }
}

fn step(code: &str, after: &[&str]) -> Step {
    Step {
        code: StepCode::new(code).unwrap(),
        titles: titles(),
        agency: agency("UZ"),
        role: Some(Role::HealthSpecialist),
        section: Section::Medical,
        due: Allowance::new(24, TimeUnit::Hours),
        mandatory: true,
        after: after.iter().map(|code| StepCode::new(code).unwrap()).collect(),
        only_if: Condition::default(),
    }
}

fn definition(steps: Vec<Step>) -> Definition {
    let trigger = Trigger { kind: Some(FactKind::SuicidalBehaviour), ..Trigger::default() };
    Definition { titles: titles(), trigger, steps }
}

fn organisation(id: u128, code: &str) -> OrganisationRef {
    OrganisationRef { id: Uuid::from_u128(id).into(), agency: agency(code), kato: Kato::new("351000000").unwrap() }
}

/// A school leads; health is on duty, and so is the education authority; sport is not.
fn routing() -> Routing {
    let duty = BTreeMap::from([(agency("UZ"), organisation(2, "UZ")), (agency("UO"), organisation(3, "UO"))]);
    Routing { lead: organisation(1, "UO"), duty }
}

fn start() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn suicidal(level: SuicidalLevel) -> CaseFact {
    CaseFact { nature: Nature::SuicidalBehaviour { level }, child_role: ChildRole::Victim }
}

fn violence(forms: &[ViolenceForm], child_role: ChildRole) -> CaseFact {
    let nature = Nature::new(FactKind::Violence, Some(forms[0]), None, Some(forms.to_vec())).unwrap();
    CaseFact { nature, child_role }
}

fn faults(definition: &Definition) -> Vec<(String, &'static str)> {
    let known = ["UO", "UZ", "UFKIS"].map(agency).into_iter().collect();
    validate(definition, &known).into_iter().map(|fault| (fault.at, fault.invalid.code())).collect()
}

fn codes<'a>(planned: &[PlannedTask<'a>]) -> Vec<&'a str> {
    planned.iter().map(|task| task.step.code.as_str()).collect()
}

#[test]
fn everything_wrong_is_named_at_once() {
    let mut unknown = step("unknown", &["nobody", "good"]);
    unknown.agency = agency("SPORT");
    let mut role = step("role", &[]);
    role.role = Some(Role::SocialPedagogue);
    role.due = Allowance::new(13, TimeUnit::Months);
    let mut condition = step("condition", &[]);
    condition.only_if =
        Condition { forms: vec![ViolenceForm::Physical], age_from: Some(18), age_to: Some(3), ..Condition::default() };
    let steps = vec![
        step("good", &[]),
        step("good", &[]),
        unknown,
        role,
        condition,
        step("hen", &["egg"]),
        step("egg", &["hen"]),
        step("self", &["self"]),
    ];
    let mut wrong = definition(steps);
    wrong.trigger.forms = vec![ViolenceForm::Physical];
    let expected = [
        ("/trigger/forms", "not_allowed_here"),
        ("/steps/1/code", "step_repeated"),
        ("/steps/2/agency", "unknown_agency"),
        ("/steps/2/after/0", "step_unknown"),
        ("/steps/3/role", "role_not_in_agency"),
        ("/steps/3/due/amount", "number_too_large"),
        ("/steps/4/only_if/forms", "not_allowed_here"),
        ("/steps/4/only_if/age_from", "number_too_large"),
        ("/steps/4/only_if/age_to", "number_too_small"),
        ("/steps/5/after", "step_circle"),
        ("/steps/6/after", "step_circle"),
        ("/steps/7/after", "step_circle"),
    ];
    assert_eq!(faults(&wrong), expected.map(|(at, code)| (at.to_owned(), code)));

    let mut empty = definition(Vec::new());
    empty.trigger = Trigger { child_roles: vec![ChildRole::Victim], ..Trigger::default() };
    let expected =
        [("/trigger", "trigger_empty"), ("/trigger/child_roles", "not_allowed_here"), ("/steps", "too_few_items")];
    assert_eq!(faults(&empty), expected.map(|(at, code)| (at.to_owned(), code)));
    assert_eq!(faults(&definition((0..101).map(|n| step(&format!("s{n}"), &[])).collect())).len(), 1);
    assert_eq!(faults(&definition(vec![step("first", &[]), step("then", &["first"])])), []);
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(validate_period(day("2026-01-01"), Some(day("2026-01-02"))), Ok(()));
    assert!(validate_period(day("2026-01-01"), Some(day("2026-01-01"))).is_err());
}

#[test]
fn codes_have_one_shape() {
    for good in ["ab", "a1_", &"x".repeat(60)] {
        assert!(ProtocolCode::new(good).is_ok(), "{good}");
    }
    for bad in ["", "a", "A1", "1a", "_a", "a-b", "a b", "шаг", &"x".repeat(61)] {
        assert_eq!(StepCode::new(bad).unwrap_err().code(), "protocol_code_format", "{bad}");
    }
}

#[test]
fn a_protocol_is_called_for_by_a_fact_or_by_the_risk() {
    use RiskLevel::{Critical, High, Low};
    use ViolenceForm::{Bullying, Physical, Sexual};
    let trigger = |kind| Trigger { kind, ..Trigger::default() };
    let any_violence = trigger(Some(FactKind::Violence));
    let sexual = Trigger { forms: vec![Sexual], child_roles: vec![ChildRole::Victim], ..any_violence.clone() };
    let attempt = Trigger { levels: vec![SuicidalLevel::Attempt], ..trigger(Some(FactKind::SuicidalBehaviour)) };
    let at_high = Trigger { risk_levels: vec![High, Critical], ..any_violence.clone() };
    let crisis = Trigger { risk_levels: vec![Critical], ..Trigger::default() };
    let victim = |forms: &[ViolenceForm]| vec![violence(forms, ChildRole::Victim)];
    let table = [
        (&any_violence, victim(&[Bullying]), Low, true),
        (&any_violence, vec![suicidal(SuicidalLevel::Attempt)], Low, false),
        (&any_violence, Vec::new(), Critical, false),
        // Any of its forms counts, not only the main one.
        (&sexual, victim(&[Physical, Sexual]), Low, true),
        (&sexual, victim(&[Physical]), Critical, false),
        (&sexual, vec![violence(&[Sexual], ChildRole::Aggressor)], Low, false),
        (&attempt, vec![suicidal(SuicidalLevel::Attempt)], Low, true),
        (&attempt, vec![suicidal(SuicidalLevel::Ideation)], Critical, false),
        (&attempt, vec![suicidal(SuicidalLevel::Ideation), suicidal(SuicidalLevel::Attempt)], Low, true),
        (&at_high, victim(&[Physical]), Low, false),
        (&at_high, victim(&[Physical]), High, true),
        (&crisis, Vec::new(), Critical, true),
        (&crisis, Vec::new(), High, false),
    ];
    for (trigger, facts, risk, expected) in table {
        let circumstances = Circumstances { risk, facts: &facts, age_years: None };
        assert_eq!(matches(trigger, &circumstances), expected, "{trigger:?} {facts:?} {risk}");
    }
    let nothing = Circumstances { risk: Critical, facts: &victim(&[Physical]), age_years: None };
    assert!(!matches(&Trigger::default(), &nothing), "a trigger that names nothing is never met");
}

#[test]
fn a_step_is_called_for_where_all_of_its_condition_holds() {
    let small = Condition { age_to: Some(6), ..Condition::default() };
    let school = Condition { age_from: Some(6), age_to: Some(15), ..Condition::default() };
    let hurt =
        Condition { forms: vec![ViolenceForm::Physical], risk_levels: vec![RiskLevel::High], ..Condition::default() };
    let facts = [violence(&[ViolenceForm::Bullying, ViolenceForm::Physical], ChildRole::Victim)];
    let table = [
        (&small, RiskLevel::Low, Some(6), true),
        (&small, RiskLevel::Low, Some(7), false),
        (&small, RiskLevel::Low, None, true),
        (&school, RiskLevel::Low, Some(5), false),
        (&school, RiskLevel::Low, Some(16), false),
        (&school, RiskLevel::Low, Some(15), true),
        (&hurt, RiskLevel::High, None, true),
        (&hurt, RiskLevel::Medium, None, false),
    ];
    for (condition, risk, age_years, expected) in table {
        let circumstances = Circumstances { risk, facts: &facts, age_years };
        assert_eq!(holds(condition, &circumstances), expected, "{condition:?} {risk} {age_years:?}");
    }
}

#[test]
fn steps_go_to_the_lead_or_to_whoever_is_on_duty() {
    let of = |code: &str, role| Step { agency: agency(code), role, ..step("s1", &[]) };
    let routing = routing();
    let table = [
        (of("UO", Some(Role::SocialPedagogue)), 1, Addressing::Lead),
        (of("UO", Some(Role::Psychologist)), 1, Addressing::Lead),
        (of("UO", Some(Role::Supervisor)), 3, Addressing::Duty),
        (of("UO", None), 3, Addressing::Duty),
        (of("UZ", Some(Role::HealthSpecialist)), 2, Addressing::Duty),
        (of("UFKIS", None), 1, Addressing::LeadInstead),
    ];
    for (step, id, addressing) in table {
        let (organisation, why) = routing.of(&step);
        assert_eq!((organisation.id, why), (Uuid::from_u128(id).into(), addressing), "{step:?}");
    }
    // A clinic leads: what the school's pedagogue is to do goes to the education authority, which knows the school.
    let routing = Routing { lead: organisation(2, "UZ"), ..routing };
    let (organisation, why) = routing.of(&of("UO", Some(Role::SocialPedagogue)));
    assert_eq!((organisation.id, why), (Uuid::from_u128(3).into(), Addressing::Duty));
}

#[test]
fn what_waits_for_a_step_that_is_not_called_for_waits_for_what_is_before_it() {
    let mut middle = step("middle", &["first"]);
    middle.only_if.levels = vec![SuicidalLevel::Attempt];
    let definition = definition(vec![step("last", &["middle"]), middle, step("first", &[])]);
    let plan = |level| {
        let facts = [suicidal(level)];
        let circumstances = Circumstances { risk: RiskLevel::High, facts: &facts, age_years: None };
        let planned = instantiate(&definition, &circumstances, start(), &WorkingCalendar::default(), &routing());
        let after = planned.last().unwrap().after.iter().map(|code| code.as_str().to_owned()).collect::<Vec<_>>();
        (codes(&planned).join(" "), after.join(" "))
    };
    assert_eq!(plan(SuicidalLevel::Attempt), ("first middle last".to_owned(), "middle".to_owned()));
    assert_eq!(plan(SuicidalLevel::Ideation), ("first last".to_owned(), "first".to_owned()));
}

#[test]
fn nothing_is_asked_for_twice() {
    let definition = definition(vec![step("first", &[]), step("other", &[]), step("then", &["first", "other"])]);
    let circumstances = Circumstances { risk: RiskLevel::Low, facts: &[], age_years: None };
    let planned = || instantiate(&definition, &circumstances, start(), &WorkingCalendar::default(), &routing());
    let id = |number| TaskId::from(Uuid::from_u128(number));
    let known = |code: &str, organisation: u128, open, own| KnownTask {
        id: id(100),
        code: code.to_owned(),
        organisation: Uuid::from_u128(organisation).into(),
        open,
        own,
    };
    let added = |known: &[KnownTask]| {
        let mut next = 0;
        let additions = to_add(planned(), known, || {
            next += 1;
            id(next)
        });
        additions.into_iter().map(|one| (one.task.step.code.to_string(), one.after)).collect::<Vec<_>>()
    };
    let row = |code: &str, after: &[TaskId]| (code.to_owned(), after.to_vec());
    let all = [row("first", &[]), row("other", &[]), row("then", &[id(1), id(2)])];
    assert_eq!(added(&[]), all);
    // Open with the same organisation by another protocol, or made by this one before, whatever became of it.
    for there in [known("first", 2, true, false), known("first", 9, false, true)] {
        assert_eq!(added(&[there]), [row("other", &[]), row("then", &[id(100), id(1)])]);
    }
    // Settled by another protocol, or another organisation's: asked for anew.
    for elsewhere in [known("first", 2, false, false), known("first", 9, true, false)] {
        assert_eq!(added(&[elsewhere]), all);
    }
}

/// Steps that wait only for earlier ones, in any order, with conditions on the risk.
fn definitions() -> impl Strategy<Value = Definition> {
    let step_like = (prop::collection::vec(any::<prop::sample::Index>(), 0..4), any::<bool>(), 0_u16..200);
    prop::collection::vec(step_like, 1..12)
        .prop_flat_map(|rows| {
            let steps: Vec<Step> = rows
                .iter()
                .enumerate()
                .map(|(place, (after, at_high, due))| {
                    let mut codes: BTreeSet<String> = BTreeSet::new();
                    if place > 0 {
                        codes.extend(after.iter().map(|index| format!("s{}", index.index(place))));
                    }
                    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
                    let mut step = step(&format!("s{place}"), &codes);
                    step.due = Allowance::new(*due, TimeUnit::Hours);
                    if *at_high {
                        step.only_if.risk_levels = vec![RiskLevel::High];
                    }
                    step
                })
                .collect();
            Just(steps).prop_shuffle()
        })
        .prop_map(definition)
}

proptest! {
    #[test]
    fn order_never_goes_against_what_steps_wait_for(definition in definitions(), high in any::<bool>()) {
        prop_assert_eq!(faults(&definition), []);
        let risk = if high { RiskLevel::High } else { RiskLevel::Low };
        let circumstances = Circumstances { risk, facts: &[], age_years: None };
        let planned = instantiate(&definition, &circumstances, start(), &WorkingCalendar::default(), &routing());
        let called = definition.steps.iter().filter(|step| holds(&step.only_if, &circumstances)).count();
        prop_assert_eq!(planned.len(), called);
        let mut settled = BTreeSet::new();
        for task in &planned {
            prop_assert!(task.after.iter().all(|code| settled.contains(*code)), "{:?}", task.step.code);
            prop_assert!(task.due_at >= start());
            let direct = task.step.after.iter().filter(|code| planned.iter().any(|other| other.step.code == **code));
            for code in direct {
                prop_assert!(task.after.contains(&code), "what is called for is waited for");
            }
            settled.insert(&task.step.code);
        }
    }

    #[test]
    fn what_is_shown_beforehand_is_what_is_made(definition in definitions(), high in any::<bool>()) {
        let risk = if high { RiskLevel::High } else { RiskLevel::Low };
        let circumstances = Circumstances { risk, facts: &[], age_years: None };
        let planned = instantiate(&definition, &circumstances, start(), &WorkingCalendar::default(), &routing());
        let mut number = 0_u128;
        let made = to_add(planned.clone(), &[], || { number += 1; Uuid::from_u128(number).into() });
        let tasks: Vec<_> = made.iter().map(|addition| addition.task.clone()).collect();
        prop_assert_eq!(tasks, planned);
        for addition in &made {
            let codes: Vec<_> = addition.after.iter()
                .map(|id| &made.iter().find(|other| other.id == *id).unwrap().task.step.code).collect();
            prop_assert_eq!(codes, addition.task.after.clone());
        }
    }

    #[test]
    fn no_circle_is_accepted(
        definition in definitions(),
        back in any::<prop::sample::Index>(),
        link in any::<prop::sample::Index>(),
    ) {
        // Let a step wait for one that waits, perhaps by others, for it; or for itself.
        let mut wrong = definition;
        let steps = wrong.steps.clone();
        let target = &steps[back.index(steps.len())];
        let mut behind: Vec<&StepCode> = vec![&target.code];
        while let Some(next) = steps.iter().find(|step| {
            !behind.contains(&&step.code) && step.after.iter().any(|code| behind.contains(&code))
        }) {
            behind.push(&next.code);
        }
        let by = behind[link.index(behind.len())].clone();
        let place = steps.iter().position(|step| step.code == target.code).unwrap();
        wrong.steps[place].after.push(by);
        let found = faults(&wrong);
        prop_assert!(found.contains(&(format!("/steps/{place}/after"), "step_circle")), "{:?}", found);
    }
}
