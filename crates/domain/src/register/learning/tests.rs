use proptest::prelude::*;

use super::*;

/// The rules as they are shipped.
fn rules() -> MatchRules {
    let text = include_str!("../../../../storage/reference/register_match_rules.json");
    let shipped: serde_json::Value = serde_json::from_str(text).unwrap();
    serde_json::from_value(shipped["definition"].clone()).unwrap()
}

/// Every way in which a pair of one role can agree.
fn ways() -> Vec<Agreements> {
    use Agreement::{Differs, Near, Same, Unknown};
    let levels: [(MatchField, &[Agreement]); 7] = [
        (MatchField::Child, &[Same, Near]),
        (MatchField::Day, &[Same, Near, Differs]),
        (MatchField::Nature, &[Same, Near, Differs]),
        (MatchField::Place, &[Same, Near, Differs]),
        (MatchField::Relation, &[Same, Unknown, Differs]),
        (MatchField::Role, &[Same, Differs]),
        (MatchField::Number, &[Same, Unknown]),
    ];
    levels.iter().fold(vec![Agreements::new()], |ways, (field, levels)| {
        let with = |way: &Agreements, level| way.iter().map(|(f, a)| (*f, *a)).chain([(*field, level)]).collect();
        ways.iter().flat_map(|way| levels.iter().map(move |level| with(way, *level))).collect()
    })
}

/// What people decide on the pairs that these rules put before them, `each` of a kind, where the odds are `prior` and
/// the true weights.
fn queue(rules: &MatchRules, truth: &MatchRules, prior: f64, each: f64) -> Vec<Decided> {
    let asked = ways().into_iter().filter(|way| {
        let agreement = |field| way.get(&field).copied().unwrap_or(Agreement::Unknown);
        rules.outcome(rules.score_of(way), true, agreement) == MatchOutcome::Review
    });
    asked
        .map(|agreements| {
            let share = 1.0 / (1.0 + (-prior - truth.score_of(&agreements)).exp2());
            let same = (each * share).round();
            Decided { same: same as usize, different: (each - same) as usize, agreements }
        })
        .collect()
}

fn weight_of(rules: &MatchRules, field: MatchField, agreement: Agreement) -> f64 {
    rules.weights[&field][&agreement]
}

/// How much better one agreement speaks than another: what is seen of weights, whatever the constant.
fn contrast(rules: &MatchRules, field: MatchField, one: Agreement, other: Agreement) -> f64 {
    weight_of(rules, field, one) - weight_of(rules, field, other)
}

#[test]
fn what_people_decide_moves_the_weights_to_where_the_truth_is_though_only_doubtful_pairs_are_asked() {
    use Agreement::{Differs, Near, Same};
    let set = rules();
    let mut truth = set.clone();
    // In truth the place says hardly anything, and the day far more.
    truth.weights.insert(MatchField::Place, [(Same, 0.5), (Near, 0.3), (Differs, 0.0)].into());
    truth.weights.insert(MatchField::Day, [(Same, 5.5), (Near, 3.0), (Differs, -3.0)].into());
    let learned = set.learn(&queue(&set, &truth, -8.0, 400.0), Learning::default()).unwrap();
    for (field, one, other) in
        [(MatchField::Place, Same, Differs), (MatchField::Day, Same, Differs), (MatchField::Day, Near, Differs)]
    {
        let [before, after, expected] = [&set, &learned.rules, &truth].map(|it| contrast(it, field, one, other));
        assert!((after - expected).abs() < 0.35, "{field} {one}/{other}: {before} to {after}, in truth {expected}");
    }
    assert!((learned.report.prior + 8.0).abs() < 2.0, "{}", learned.report.prior);
    assert_eq!(learned.rules.windows, set.windows);
    assert_eq!(learned.rules.weights.keys().collect::<Vec<_>>(), set.weights.keys().collect::<Vec<_>>());
    // The shares of a queue alone would say far less of the place than is true: of pairs that come before a person those
    // that agree in place agree in little else.
    let share = |agreement| {
        let sum = |count: fn(&Decided) -> usize| -> f64 {
            let agrees = |it: &&Decided| it.agreements[&MatchField::Place] == agreement;
            queue(&set, &set, -8.0, 400.0).iter().filter(agrees).map(count).sum::<usize>() as f64
        };
        sum(|it| it.same) / sum(|it| it.different)
    };
    assert!((share(Same) / share(Differs)).log2() < contrast(&set, MatchField::Place, Same, Differs) - 3.0);
}

#[test]
fn decisions_that_say_what_was_set_move_nothing_and_others_by_what_was_believed() {
    let set = rules();
    let learned = set.learn(&queue(&set, &set, -8.0, 100.0), Learning::default()).unwrap();
    for weight in &learned.report.weights {
        assert!((weight.set - weight.learned).abs() < 0.1, "{weight:?}");
    }
    assert_eq!(learned.report.automatic.learned, set.automatic);
    // Fifty decisions, all against what the rules say of the place.
    let pair = |place| {
        [
            (MatchField::Child, Agreement::Same),
            (MatchField::Day, Agreement::Differs),
            (MatchField::Nature, Agreement::Same),
            (MatchField::Place, place),
            (MatchField::Role, Agreement::Same),
        ]
        .into()
    };
    let decided = [
        Decided { agreements: pair(Agreement::Same), same: 0, different: 25 },
        Decided { agreements: pair(Agreement::Near), same: 25, different: 0 },
    ];
    let moved = set.learn(&decided, Learning::default()).unwrap().rules;
    let [before, after] = [&set, &moved].map(|it| contrast(it, MatchField::Place, Agreement::Same, Agreement::Near));
    assert!(after < before - 3.0 && after > before - 7.0, "{before} {after}");
    let stiff = set.learn(&decided, Learning { spread: 0.1 }).unwrap().rules;
    assert!((contrast(&stiff, MatchField::Place, Agreement::Same, Agreement::Near) - before).abs() < 0.5);
    // What no decision was about stays.
    assert_eq!(weight_of(&moved, MatchField::Relation, Agreement::Same), 1.5);
    assert_eq!(weight_of(&moved, MatchField::Number, Agreement::Unknown), 0.0);
}

#[test]
fn too_few_decisions_and_decisions_of_one_kind_teach_nothing() {
    let set = rules();
    let of = |same, different| {
        let way = ways().into_iter().next().unwrap();
        set.learn(&[Decided { agreements: way, same, different }], Learning::default())
    };
    assert_eq!(of(39, 10).unwrap_err(), LearningRefusal::TooFew { same: 39, different: 10 });
    assert_eq!(of(500, 9).unwrap_err(), LearningRefusal::TooFew { same: 500, different: 9 });
    assert_eq!(set.learn(&[], Learning::default()).unwrap_err().code(), "too_few_decisions");
    assert!(of(40, 10).is_ok());
    for spread in [0.0, -1.0, 10.1, f64::NAN, f64::INFINITY] {
        assert_eq!(set.learn(&[], Learning { spread }).unwrap_err(), LearningRefusal::Spread);
    }
    let unsound = MatchRules { review: 99.0, ..set.clone() };
    assert_eq!(unsound.learn(&[], Learning::default()).unwrap_err(), LearningRefusal::Unsound);
}

#[test]
fn comparisons_under_other_windows_say_something_else() {
    let set = rules();
    let mut learned = set.clone();
    learned.weights.clear();
    learned.automatic = 13.0;
    assert!(set.agrees_alike(&learned));
    learned.windows[0].automatic_days += 1;
    assert!(!set.agrees_alike(&learned));
    let other = MatchRules { compatible: Vec::new(), ..set.clone() };
    assert!(!set.agrees_alike(&other));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is decided: the rules stay sound, nothing that was decided to be two events would be joined, nobody is
    /// asked less because of learning, and the order of decisions does not matter.
    #[test]
    fn learning_is_safe(
        picked in prop::collection::vec((0usize..648, 0usize..40, 0usize..40), 1..40),
        turn in 0usize..40,
        spread in 0.1f64..4.0,
    ) {
        let (set, ways) = (rules(), ways());
        prop_assert_eq!(ways.len(), 648);
        let mut decided: Vec<Decided> = picked
            .iter()
            .map(|(way, same, different)| {
                Decided { agreements: ways[*way].clone(), same: *same, different: *different }
            })
            .collect();
        let how = Learning { spread };
        let learned = set.learn(&decided, how);
        let count = |of: fn(&Decided) -> usize| decided.iter().map(of).sum::<usize>();
        let (same, different) = (count(|it| it.same), count(|it| it.different));
        let enough = same + different >= LEAST_DECISIONS && same.min(different) >= LEAST_OF_EACH;
        prop_assert_eq!(learned.is_ok(), enough);
        let Ok(learned) = learned else { return Ok(()) };
        prop_assert_eq!(learned.rules.check(), Ok(()));
        prop_assert_eq!(learned.report.after.different_matched, 0);
        prop_assert!(learned.rules.automatic >= set.automatic && learned.rules.review <= set.review);
        for weight in &learned.report.weights {
            prop_assert!((weight.learned - weight.set).abs() <= MOST_MOVED + 0.01);
            prop_assert_eq!(learned.rules.weight(weight.field, weight.agreement), weight.learned);
        }
        let outcomes = learned.report.after;
        prop_assert_eq!(outcomes.same_matched + outcomes.same_reviewed + outcomes.same_missed, same);
        prop_assert_eq!(
            outcomes.different_matched + outcomes.different_reviewed + outcomes.different_apart, different
        );
        let places = decided.len();
        decided.rotate_left(turn % places);
        decided.reverse();
        let again = set.learn(&decided, how).unwrap();
        for (one, other) in learned.report.weights.iter().zip(&again.report.weights) {
            prop_assert!((one.learned - other.learned).abs() <= 0.011, "{:?} {:?}", one, other);
        }
    }
}
