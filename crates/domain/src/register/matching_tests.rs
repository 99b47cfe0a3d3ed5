use super::*;
use crate::register::{FactKind, Relation, Setting, SuicidalLevel, ViolenceForm};
use MatchOutcome::{Matched, New, Review};
use proptest::prelude::*;
use uuid::Uuid;

#[derive(Deserialize)]
struct Shipped {
    provisional: bool,
    definition: MatchRules,
}

/// The rules as they are shipped.
fn rules() -> MatchRules {
    let text = include_str!("../../../storage/reference/register_match_rules.json");
    let shipped: Shipped = serde_json::from_str(text).unwrap();
    assert!(shipped.provisional);
    shipped.definition
}

fn day(offset: i64) -> NaiveDate {
    "2026-02-10".parse::<NaiveDate>().unwrap() + chrono::Duration::days(offset)
}

fn violence(main_form: ViolenceForm) -> Nature {
    Nature::new(FactKind::Violence, Some(main_form), None, None).unwrap()
}

const fn suicidal(level: SuicidalLevel) -> Nature {
    Nature::SuicidalBehaviour { level }
}

fn told(nature: Nature, offset: i64) -> Told {
    let content = FactContent {
        nature,
        occurred_on: day(offset),
        kato: "351011100".parse().unwrap(),
        setting: Setting::Home,
        relation: Some(Relation::ParentGuardian),
    };
    let content = FactContent { relation: content.relation.filter(|_| content.nature.level().is_none()), ..content };
    Told { content, role: ChildRole::Victim }
}

fn known(number: u128, told: Told) -> Known {
    Known {
        fact: Uuid::from_u128(number).into(),
        child: Agreement::Same,
        content: told.content,
        roles: vec![told.role],
        same_number: false,
    }
}

fn outcome(told: &Told, known: &Known) -> MatchOutcome {
    rules().decide(told, std::slice::from_ref(known)).0
}

#[test]
fn the_shipped_rules_are_sound_and_know_every_form_and_level() {
    let rules = rules();
    assert_eq!(rules.check(), Ok(()));
    let codes = ViolenceForm::ALL.iter().map(|form| form.as_str());
    let codes: Vec<_> = codes.chain(SuicidalLevel::ALL.iter().map(|level| level.as_str())).collect();
    for code in &codes {
        let windows = rules.windows.iter().filter(|window| window.natures.iter().any(|nature| nature == code));
        assert_eq!(windows.count(), 1, "{code}");
    }
    let named = rules.windows.iter().flat_map(|window| &window.natures);
    for code in named.chain(rules.compatible.iter().flat_map(|(one, other)| [one, other])) {
        assert!(codes.contains(&code.as_str()), "{code}");
    }
    let mut wide = rules.clone();
    wide.windows[0].review_days = LONGEST_WINDOW + 1;
    assert_eq!(wide.check(), Err("window"));
    assert_eq!(MatchRules { review: 99.0, ..rules }.check(), Err("review above automatic"));
}

#[test]
fn events_are_one_where_a_registrar_would_say_so() {
    use SuicidalLevel::{Attempt, Completed, Ideation, Interrupted, SelfInjury};
    use ViolenceForm::{Bullying, Cyberbullying, Neglect, Physical, Psychological, Sexual, ViolentDeath};
    let (v, s) = (violence, suicidal);
    let table = [
        // A beating, told by school, hospital and police.
        (v(Physical), v(Physical), 0, Matched),
        (v(Physical), v(Physical), 1, Matched),
        (v(Physical), v(Physical), 2, Matched),
        (v(Physical), v(Physical), 3, Review),
        (v(Physical), v(Physical), 8, New),
        (v(Physical), v(Psychological), 0, Matched),
        (v(Physical), v(Neglect), 0, Review),
        (v(Sexual), v(Physical), 1, Matched),
        (v(Sexual), v(Neglect), 3, Review),
        // What returns within days is one event on one day only.
        (v(Bullying), v(Bullying), 0, Matched),
        (v(Bullying), v(Cyberbullying), 0, Matched),
        (v(Bullying), v(Bullying), 1, Review),
        (v(Bullying), v(Bullying), 3, New),
        // What lasts.
        (v(Neglect), v(Neglect), 3, Matched),
        (v(Neglect), v(Neglect), 10, Review),
        // Nobody dies twice.
        (v(ViolentDeath), v(ViolentDeath), 6, Matched),
        (v(Physical), v(ViolentDeath), 5, Review),
        (s(Completed), s(Completed), 4, Matched),
        (s(Attempt), s(Attempt), 1, Matched),
        (s(Attempt), s(Interrupted), 0, Matched),
        (s(Attempt), s(SelfInjury), 1, Matched),
        (s(Attempt), s(Attempt), 2, Review),
        // An attempt and thoughts of suicide on adjacent days are for a person.
        (s(Attempt), s(Ideation), 1, Review),
        (s(Attempt), s(Ideation), 0, Review),
        (s(Ideation), s(Ideation), 6, New),
    ];
    for (report, fact, days, expected) in table {
        for offset in [days, -days] {
            let found = outcome(&told(report.clone(), offset), &known(1, told(fact.clone(), 0)));
            assert_eq!(found, expected, "{report:?} and {fact:?}, {offset} days apart");
        }
    }
}

#[test]
fn an_uncertain_child_another_role_and_another_place_are_for_a_person() {
    let report = told(violence(ViolenceForm::Physical), 0);
    let fact = known(1, report.clone());
    assert_eq!(outcome(&report, &Known { child: Agreement::Near, ..fact.clone() }), Review);
    assert_eq!(outcome(&report, &Known { roles: vec![ChildRole::Aggressor], ..fact.clone() }), Review);
    let elsewhere = |kato: &str, setting| Known {
        content: FactContent { kato: kato.parse().unwrap(), setting, ..fact.content.clone() },
        ..fact.clone()
    };
    // Another district of the city; the city as a whole; another setting there.
    assert_eq!(outcome(&report, &elsewhere("351013100", Setting::Home)), Matched);
    assert_eq!(outcome(&report, &elsewhere("351000000", Setting::Other)), Matched);
    assert_eq!(outcome(&report, &elsewhere("353200000", Setting::Home)), Matched);
    assert_eq!(outcome(&report, &elsewhere("353200000", Setting::School)), Review);
    // Its number at the police says that it is the event, wherever each saw it.
    let numbered = Known { same_number: true, ..elsewhere("353200000", Setting::School) };
    assert_eq!(outcome(&report, &numbered), Matched);
    let later = told(violence(ViolenceForm::Physical), 60);
    assert_eq!(outcome(&later, &numbered), Review);
    assert_eq!(outcome(&later, &fact), New);
}

#[test]
fn the_nearest_is_matched_and_of_two_equals_none() {
    let report = told(violence(ViolenceForm::Physical), 0);
    let (same, next) = (known(1, report.clone()), known(2, told(violence(ViolenceForm::Physical), 1)));
    let (outcome, near) = rules().decide(&report, &[next.clone(), same.clone()]);
    assert_eq!((outcome, near[0].fact), (Matched, same.fact));
    let twin = Known { fact: Uuid::from_u128(3).into(), ..same.clone() };
    let (outcome, near) = rules().decide(&report, &[twin, same]);
    assert_eq!((outcome, near.len()), (Review, 2));
    assert_eq!(rules().decide(&report, &[]), (New, Vec::new()));
}

#[test]
fn what_a_report_says_otherwise_is_named() {
    let fact = told(violence(ViolenceForm::Physical), 0).content;
    let mut report = told(violence(ViolenceForm::Sexual), 1).content;
    report.relation = None;
    assert_eq!(differences(&report, &fact), ["main_form", "forms", "occurred_on"]);
    report.relation = Some(Relation::Staff);
    report.setting = Setting::School;
    assert_eq!(
        differences(&report, &fact),
        ["main_form", "forms", "occurred_on", "setting", "alleged_perpetrator_relation"]
    );
    assert!(differences(&fact, &fact).is_empty());
}

fn any_told() -> impl Strategy<Value = Told> {
    let nature = prop_oneof![
        prop::sample::select(ViolenceForm::ALL).prop_map(violence),
        prop::sample::select(SuicidalLevel::ALL).prop_map(suicidal),
    ];
    let kato = prop::sample::select(vec!["351000000", "351011100", "353200000"]);
    (nature, -20..20_i64, kato, prop::sample::select(Setting::ALL), prop::sample::select(ChildRole::ALL)).prop_map(
        |(nature, offset, kato, setting, role)| {
            let mut told = told(nature, offset);
            told.content.kato = kato.parse().unwrap();
            told.content.setting = setting;
            Told { role, ..told }
        },
    )
}

proptest! {
    /// What joins is never further than what the rules allow, the order of the facts does not matter, the score is its
    /// evidence, and of two reports it does not matter which came first.
    #[test]
    fn matching_keeps_its_promises(one in any_told(), others in prop::collection::vec(any_told(), 0..6)) {
        let rules = rules();
        let facts: Vec<Known> = others
            .iter()
            .filter(|other| other.content.nature.kind() == one.content.nature.kind())
            .zip(1..)
            .map(|(other, number)| known(number, other.clone()))
            .collect();
        let (outcome, near) = rules.decide(&one, &facts);
        let reversed: Vec<Known> = facts.iter().rev().cloned().collect();
        prop_assert_eq!(&rules.decide(&one, &reversed), &(outcome, near.clone()));
        for compared in &near {
            let sum: f64 = compared.evidence.iter().map(|line| line.weight).sum();
            prop_assert!((compared.score - sum).abs() < 1e-9);
            prop_assert_eq!(compared.evidence.len(), MatchField::ALL.len());
        }
        if outcome == Matched {
            let fact = facts.iter().find(|fact| fact.fact == near[0].fact).unwrap();
            prop_assert!((fact.content.occurred_on - one.content.occurred_on).num_days().abs() <= LONGEST_WINDOW);
            prop_assert!(fact.roles.contains(&one.role));
        }
        for fact in &facts {
            let there = rules.compare(&one, fact);
            let swapped = Told { content: fact.content.clone(), role: fact.roles[0] };
            let back = rules.compare(&swapped, &known(9, one.clone()));
            prop_assert_eq!((there.score, there.outcome), (back.score, back.outcome));
        }
    }
}
