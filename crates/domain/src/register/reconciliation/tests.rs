use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::children::Sex;
use crate::register::{FactKind, Relation, Setting, ViolenceForm};

const WINDOWS: Windows = Windows { same_days: 3, review_days: 14 };

fn row() -> ComparedRow {
    ComparedRow {
        kind: Some(FactKind::Violence),
        main_form: Some(ViolenceForm::Physical),
        level: None,
        occurred_on: "2074-02-10".parse().unwrap(),
        kato: "351000000".parse().ok(),
        setting: Some(Setting::Home),
        relation: None,
        sex: None,
    }
}

fn fact(id: u128) -> ComparedFact {
    ComparedFact {
        id: Uuid::from_u128(id).into(),
        likeness: ChildLikeness::Certain,
        kind: FactKind::Violence,
        main_form: Some(ViolenceForm::Physical),
        forms: vec![ViolenceForm::Physical],
        level: None,
        occurred_on: "2074-02-10".parse().unwrap(),
        kato: "351000000".parse().unwrap(),
        setting: Setting::Home,
        relation: Some(Relation::Peer),
        sex: Sex::Female,
        number: NumberAgreement::Unknown,
    }
}

fn outcome(change: impl FnOnce(&mut ComparedRow, &mut ComparedFact)) -> (&'static str, Vec<&'static str>) {
    let (mut row, mut fact) = (row(), fact(1));
    change(&mut row, &mut fact);
    let comparison = compare(&row, &[fact], WINDOWS);
    (comparison.outcome.as_str(), comparison.differing.iter().map(|field| field.as_str()).collect())
}

#[test]
fn what_list_and_register_make_of_one_event() {
    assert_eq!(outcome(|_, _| {}), ("matched", vec![]));
    assert_eq!(outcome(|row, _| row.main_form = None), ("matched", vec![]));
    assert_eq!(outcome(|row, _| row.kato = "350000000".parse().ok()), ("matched", vec![]));
    assert_eq!(outcome(|row, _| row.occurred_on = "2074-02-13".parse().unwrap()), ("differing", vec!["occurred_on"]));
    assert_eq!(outcome(|row, _| row.setting = Some(Setting::School)), ("differing", vec!["setting"]));
    assert_eq!(outcome(|row, _| row.relation = Some(Relation::Staff)), ("differing", vec!["relation"]));
    assert_eq!(outcome(|_, fact| fact.forms.push(ViolenceForm::Bullying)), ("matched", vec![]));
    let among = |row: &mut ComparedRow, fact: &mut ComparedFact| {
        row.main_form = Some(ViolenceForm::Bullying);
        fact.forms.push(ViolenceForm::Bullying);
    };
    assert_eq!(outcome(among), ("differing", vec!["main_form"]));
    // A child that is not quite certain is, where the event agrees in all that is said of it.
    assert_eq!(outcome(|_, fact| fact.likeness = ChildLikeness::of(0.995, true, 0.99)), ("matched", vec![]));
    assert_eq!(outcome(|_, fact| fact.likeness = ChildLikeness::of(0.995, false, 0.99)), ("uncertain", vec![]));
    let silent = |row: &mut ComparedRow, fact: &mut ComparedFact| {
        row.kato = None;
        fact.likeness = ChildLikeness::Close;
    };
    assert_eq!(outcome(silent), ("uncertain", vec![]));
    // A person decides.
    assert_eq!(outcome(|_, fact| fact.likeness = ChildLikeness::Likely), ("uncertain", vec![]));
    assert_eq!(outcome(|row, _| row.occurred_on = "2074-02-20".parse().unwrap()).0, "uncertain");
    assert_eq!(outcome(|row, _| row.kato = "352400000".parse().ok()), ("uncertain", vec!["territory"]));
    assert_eq!(outcome(|row, _| row.main_form = Some(ViolenceForm::Sexual)), ("uncertain", vec!["main_form"]));
    // Another event.
    assert_eq!(outcome(|row, _| row.occurred_on = "2074-03-10".parse().unwrap()).0, "only_there");
    assert_eq!(outcome(|row, _| row.kind = Some(FactKind::SuicidalBehaviour)).0, "only_there");
    assert_eq!(compare(&row(), &[], WINDOWS).fact, None);
}

#[test]
fn a_number_that_both_know_speaks_for_one_event_and_never_for_a_stranger_alone() {
    let numbered = |likeness, change: fn(&mut ComparedRow, &mut ComparedFact)| {
        outcome(|row, fact| {
            (fact.number, fact.likeness) = (NumberAgreement::Same, likeness);
            change(row, fact);
        })
    };
    use ChildLikeness::{Certain, Close, Likely, Stranger};
    for likeness in [Certain, Close, Likely] {
        assert_eq!(numbered(likeness, |_, _| {}), ("matched", vec![]));
        // It stands for place and form, not for the day.
        let elsewhere = numbered(likeness, |row, _| row.kato = "352400000".parse().ok());
        assert_eq!(elsewhere, ("differing", vec!["territory"]));
        let other_form = numbered(likeness, |row, _| row.main_form = Some(ViolenceForm::Sexual));
        assert_eq!(other_form, ("differing", vec!["main_form"]));
        let weeks_later = numbered(likeness, |row, _| row.occurred_on = "2074-04-20".parse().unwrap());
        assert_eq!(weeks_later, ("uncertain", vec!["occurred_on"]));
        let other_kind = numbered(likeness, |row, _| row.kind = Some(FactKind::SuicidalBehaviour));
        assert_eq!(other_kind.0, "only_there");
    }
    // Of another child's fact nothing is told but that.
    let stranger = numbered(Stranger, |row, _| row.setting = Some(Setting::School));
    assert_eq!(stranger, ("uncertain", vec!["child"]));
    assert_eq!(numbered(Stranger, |row, _| row.occurred_on = "2074-03-10".parse().unwrap()).0, "only_there");
    assert_eq!(outcome(|_, fact| fact.likeness = Stranger).0, "only_there");
    // Numbers that differ are told.
    assert_eq!(outcome(|_, fact| fact.number = NumberAgreement::Differs), ("differing", vec!["number"]));
}

#[test]
fn the_fact_with_the_number_is_the_likelier() {
    let mut exact = fact(1);
    exact.likeness = ChildLikeness::Likely;
    let mut numbered = fact(2);
    (numbered.number, numbered.likeness) = (NumberAgreement::Same, ChildLikeness::Likely);
    numbered.occurred_on = "2074-02-12".parse().unwrap();
    let comparison = compare(&row(), &[exact.clone(), numbered], WINDOWS);
    assert!(comparison.same_number && comparison.fact == Some(Uuid::from_u128(2).into()), "{comparison:?}");
    let mut stranger = fact(3);
    (stranger.number, stranger.likeness) = (NumberAgreement::Same, ChildLikeness::Stranger);
    exact.likeness = ChildLikeness::Certain;
    let comparison = compare(&row(), &[stranger, exact], WINDOWS);
    assert!(!comparison.same_number && comparison.fact == Some(Uuid::from_u128(1).into()), "{comparison:?}");
}

#[test]
fn the_likeliest_of_several_facts_is_taken() {
    let mut near = fact(1);
    near.occurred_on = "2074-02-12".parse().unwrap();
    let mut likely = fact(2);
    likely.likeness = ChildLikeness::Likely;
    let exact = fact(3);
    let chosen = |facts: &[ComparedFact]| compare(&row(), facts, WINDOWS).fact.map(|id| id.as_uuid().as_u128());
    assert_eq!(chosen(&[near.clone(), likely.clone(), exact]), Some(3));
    assert_eq!(chosen(&[likely, near]), Some(1));
}

#[test]
fn an_item_is_settled_once_and_as_its_outcome_allows() {
    use ReconciliationOutcome as O;
    use ReconciliationStatus::{Closed, Open};
    let allowed = [
        (O::Matched, vec![Resolution::Different]),
        (O::Differing, vec![Resolution::DataCorrected, Resolution::Same, Resolution::Different]),
        (O::Uncertain, vec![Resolution::ReportFiled, Resolution::NotOurs, Resolution::Same, Resolution::Different]),
        (O::OnlyThere, vec![Resolution::ReportFiled, Resolution::NotOurs, Resolution::DataCorrected, Resolution::Same]),
        (O::OnlyHere, vec![Resolution::NotOurs, Resolution::DataCorrected]),
        (O::Bad, vec![Resolution::NotOurs, Resolution::DataCorrected]),
    ];
    for (outcome, expected) in allowed {
        for resolution in Resolution::ALL {
            let answer = resolve(Open, outcome, None, *resolution);
            assert_eq!(answer.is_ok(), expected.contains(resolution), "{outcome} {resolution}");
            assert_eq!(resolve(Closed, outcome, None, *resolution), Err(ResolutionRefusal::Closed));
            let again = resolve(Open, outcome, Some(Resolution::Same), *resolution);
            assert_eq!(again, Err(ResolutionRefusal::AlreadyResolved));
        }
    }
}

proptest! {
    #[test]
    fn the_order_of_facts_does_not_matter_and_a_fact_named_was_given(
        days in prop::collection::vec((-30i64..30, any::<bool>(), 0usize..3), 0..6), turn in 0usize..6,
    ) {
        let mut facts: Vec<ComparedFact> = days.iter().zip(1u128..).map(|((days, certain, form), id)| {
            let mut fact = fact(id);
            fact.occurred_on += chrono::TimeDelta::days(*days);
            fact.likeness = if *certain { ChildLikeness::Certain } else { ChildLikeness::Likely };
            fact.main_form = Some(ViolenceForm::ALL[*form]);
            fact.forms = vec![ViolenceForm::ALL[*form]];
            fact
        }).collect();
        let first = compare(&row(), &facts, WINDOWS);
        prop_assert_eq!(first.fact.is_none(), first.outcome == ReconciliationOutcome::OnlyThere);
        prop_assert!(first.fact.is_none_or(|id| facts.iter().any(|fact| fact.id == id)));
        if first.outcome == ReconciliationOutcome::Matched {
            prop_assert!(first.differing.is_empty());
        }
        let length = facts.len().max(1);
        facts.rotate_left(turn % length);
        prop_assert_eq!(compare(&row(), &facts, WINDOWS), first);
    }
}
