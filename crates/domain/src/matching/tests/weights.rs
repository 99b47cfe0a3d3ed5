use super::*;

/// Comparisons that two lists would give: `same` pairs of one person with some slips, and strangers.
fn drawn(same: usize, strangers: usize) -> Vec<Comparison> {
    let given = full("Ахметов", "Хасен", "Серікұлы", "2071-05-10", "710510500017");
    let slips = [
        full("Ахметов", "Хасен", "", "2071-05-10", "710510500017"),
        full("Ахметов", "Хасен", "Серикович", "2071-10-05", ""),
        full("Ахмтов", "Хасен", "Серикович", "2071-05-10", "710510500017"),
        full("Хасен", "Ахметов", "Серикович", "2071-05-10", "710510500018"),
    ];
    let others = [
        full("Ким", "Ян", "Абаевич", "2071-05-11", "710511500015"),
        full("Ахметов", "Ерлан", "Абаевич", "2079-01-13", "790113500019"),
        full("Оспанов", "Хасен", "Маратович", "2073-11-23", ""),
    ];
    let of = |others: &[Person], count: usize| -> Vec<Comparison> {
        (0..count).map(|at| compared(&given, &others[at % others.len()])).collect()
    };
    [of(&slips, same), of(&others, strangers)].concat()
}

#[test]
fn the_likelihood_never_falls_and_the_matches_are_found() {
    let start = Model::shipped().for_records(1_000);
    // Many, so that what was known before (200 pairs of each) weighs little.
    let pairs = drawn(8_000, 40_000);
    let estimation = Estimate::default().proposed_pairs(&start, &pairs, 1_000_000.0);
    assert!(estimation.log_likelihood.len() > 1);
    assert!(estimation.log_likelihood.windows(2).all(|two| two[1] >= two[0] - 1e-6), "{:?}", estimation.log_likelihood);
    assert!((estimation.matches - 8_000.0).abs() < 1.0, "{}", estimation.matches);
    let swapped = estimation.model.field(Field::NameOrder).and_then(|field| field.of(Level::Swapped)).unwrap();
    assert!((swapped.m - 0.25).abs() < 0.05, "{swapped:?}");
    let again = Estimate::default().proposed_pairs(&start, &pairs, 1_000_000.0);
    assert_eq!(again.model, estimation.model);
}

#[test]
fn random_pairs_give_u() {
    let model = Estimate::default().random_pairs(Model::shipped(), &drawn(0, 30_000));
    let same_year = model.field(Field::BirthDate).and_then(|field| field.of(Level::OneDigit)).unwrap();
    assert!((same_year.u - 1.0 / 3.0).abs() < 0.05, "{same_year:?}");
}

#[test]
fn decisions_move_weights_a_little_and_many_of_them_much() {
    let swapped = |model: &Model| model.field(Field::NameOrder).and_then(|field| field.of(Level::Swapped)).unwrap().m;
    let decisions = |count| -> Vec<Decided> {
        drawn(count, 0).into_iter().map(|comparison| Decided { comparison, same: true }).collect()
    };
    let before = swapped(Model::shipped());
    let few = swapped(&Model::shipped().learn(&decisions(8), 300.0));
    let many = swapped(&Model::shipped().learn(&decisions(8_000), 300.0));
    assert!(few > before && few < before + 0.02, "{few}");
    assert!((many - 0.25).abs() < 0.02, "{many}");
    let one = full("Ахметов", "Хасен", "Серікұлы", "2071-05-10", "");
    let itself = compared(&one, &one);
    assert!((Model::shipped().learn(&[], 300.0).weight(&itself) - Model::shipped().weight(&itself)).abs() < 1e-3);
}

#[test]
fn a_decision_of_two_people_lowers_what_they_agree_in() {
    let twins = compared(
        &full("Ахметов", "Хасен", "Серікұлы", "2071-05-10", ""),
        &full("Ахметов", "Хусен", "Серікұлы", "2071-05-10", ""),
    );
    let decided = vec![Decided { comparison: twins.clone(), same: false }; 500];
    let learned = Model::shipped().learn(&decided, 300.0);
    assert!(learned.weight(&twins) < Model::shipped().weight(&twins) - 1.0);
}

#[test]
fn models_that_make_no_sense_are_refused() {
    let good = Model::shipped().to_json().unwrap();
    let broken = |change: fn(&mut serde_json::Value)| {
        let mut value: serde_json::Value = serde_json::from_str(&good).unwrap();
        change(&mut value);
        Model::from_json(&value.to_string()).unwrap_err().to_string()
    };
    assert!(broken(|model| model["version"] = 2.into()).contains("version 2"));
    assert!(broken(|model| model["records"] = 0.into()).contains("records"));
    assert!(broken(|model| model["thresholds"]["review"] = 99.into()).contains("thresholds"));
    assert!(broken(|model| model["fields"]["sex"]["levels"][0]["m"] = 0.5.into()).contains("sex"));
    assert!(broken(|model| model["fields"]["sex"]["levels"][0]["level"] = "close".into()).contains("sex"));
    assert!(broken(|model| drop(model["fields"].as_object_mut().unwrap().remove("iin"))).contains("iin"));
    assert!(Model::from_json("[]").is_err());
}

#[test]
fn of_two_equally_good_partners_neither_is_sure() {
    let links = [(0, 0, 30.0), (0, 1, 30.0), (1, 2, 25.0), (2, 2, 5.0)];
    let kept = one_to_one(&links);
    assert_eq!(kept.iter().map(|link| (link.0, link.1)).collect::<Vec<_>>(), [(0, 0), (1, 2)]);
    assert!(kept[0].2 < 0.1 && (kept[1].2 - 19.956).abs() < 0.01, "{kept:?}");
    assert!(has_repetitions(&links, 20.0) && !has_repetitions(&links[2..], 20.0));
}
