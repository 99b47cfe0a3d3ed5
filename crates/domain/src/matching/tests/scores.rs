use super::*;

fn decided(one: &Person, other: &Person) -> (Decision, Scored) {
    let model = Model::shipped();
    let scored = model.score(&one.prepare(), &other.prepare(), &Frequencies::unknown());
    (model.decide(&scored), scored)
}

#[test]
fn levels_of_dates() {
    let table = [
        ("2071-05-10", "2071-05-10", Level::Exact),
        ("2071-05-10", "2071-10-05", Level::Swapped),
        ("2071-05-10", "2071-05-11", Level::OneDigit),
        ("2071-05-12", "2071-05-21", Level::OneDigit),
        ("2071-05-10", "2072-05-10", Level::OneDigit),
        ("2070-05-10", "2069-05-10", Level::SameDay),
        ("2071-05-10", "2071-11-28", Level::SameYear),
        ("2071-05-10", "2084-11-28", Level::Different),
    ];
    for (one, other, expected) in table {
        let comparison = compared(&born(one, person("Ким", "Ян", "")), &born(other, person("Ким", "Ян", "")));
        assert_eq!(comparison.level(Field::BirthDate), expected, "{one} {other}");
    }
}

#[test]
fn levels_of_numbers_and_territories() {
    let numbers = [
        ("710510500017", "710510500017", Level::Exact),
        ("710510500017", "710510500018", Level::OneDigit),
        ("710510500017", "710510500071", Level::OneDigit),
        ("710510500017", "71051050001", Level::Different),
        ("710510500017", "710510500124", Level::Different),
    ];
    for (one, other, expected) in numbers {
        let [one, other] = [one, other].map(|iin| full("Ким", "Ян", "", "2071-05-10", iin));
        assert_eq!(compared(&one, &other).level(Field::Iin), expected);
    }
    let territories = [
        ("351011100", "351011100", Level::Exact),
        ("351011100", "351013100", Level::SameDistrict),
        ("351011100", "353200000", Level::SameRegion),
        ("351011100", "710000000", Level::Different),
        ("Bokeikhan", "351011100", Level::Different),
    ];
    for (one, other, expected) in territories {
        let [one, other] =
            [one, other].map(|kato| Person { kato: Some(kato.to_owned()), ..person("Ким", "Ян", "") });
        assert_eq!(compared(&one, &other).level(Field::Territory), expected);
    }
}

#[test]
fn one_child_in_two_records() {
    let given = full("Ахметов", "Дәурен", "Серікұлы", "2071-05-10", "710510500017");
    let same = [
        (full("Akhmetov", "Dauren", "Serikovich", "2071-05-10", "710510500017"), Decision::Automatic),
        (full("Ахметов", "Даурен", "Серикович", "2071-10-05", "710510500017"), Decision::Automatic),
        (full("Дәурен", "Ахметов", "", "2071-05-10", "710510500018"), Decision::Automatic),
        (full("Ахметов", "Даурен", "Серикович", "2071-05-10", ""), Decision::Automatic),
        (full("Омаров", "Даурен", "Серикович", "2071-05-10", "710510500017"), Decision::Automatic),
    ];
    for (other, expected) in same {
        let (decision, scored) = decided(&given, &other);
        assert_eq!(decision, expected, "{:?} {scored:#?}", other.names[0].last);
    }
}

#[test]
fn two_children_who_look_alike() {
    let given = full("Ахметов", "Хасен", "Серікұлы", "2071-05-10", "710510500017");
    let others = [
        ("a twin", full("Ахметов", "Данияр", "Серікұлы", "2071-05-10", "710510500124")),
        ("a twin without number", full("Ахметов", "Данияр", "Серікұлы", "2071-05-10", "")),
        ("a brother", full("Ахметов", "Данияр", "Серікұлы", "2073-07-28", "")),
        ("a namesake", full("Ахметов", "Хасен", "", "2079-11-23", "")),
    ];
    for (who, other) in others {
        let (decision, scored) = decided(&given, &other);
        assert_eq!(decision, Decision::Different, "{who}: {scored:#?}");
    }
}

#[test]
fn a_score_is_the_sum_of_its_evidence() {
    let model = Model::shipped();
    let one = full("Ахметов", "Хасен", "Серікұлы", "2071-05-10", "");
    for other in [full("Ахметов", "Хусен", "Серікұлы", "2071-05-10", ""), person("Ахметов", "Хасен", "")]
    {
        let (_, scored) = decided(&one, &other);
        let sum = scored.prior + scored.evidence.iter().map(|evidence| evidence.weight).sum::<f64>();
        assert!((sum - scored.weight).abs() < 1e-9);
        assert!((model.weight(&compared(&one, &other)) - scored.weight).abs() < 1e-9);
        let missing = scored.evidence.iter().filter(|evidence| evidence.level == Level::Missing);
        assert!(missing.into_iter().all(|evidence| evidence.weight == 0.0));
    }
}

#[test]
fn a_rare_name_weighs_more_than_a_common_one() {
    let counts = [("иванов", 5_000), ("шпиндельман", 2), ("ким", 4_998)];
    let frequencies = Frequencies::from_counts(counts.map(|(w, n)| (NamePlace::Last, w.to_owned(), n)));
    let weight = |last: &str| {
        let person = person(last, "Анна", "").prepare();
        Model::shipped().score(&person, &person, &frequencies).weight
    };
    assert!(weight("Шпиндельман") > weight("Иванов") + 8.0);
    assert!((frequencies.share(NamePlace::Last, "иванов") - 0.5).abs() < 1e-9);
    assert!(frequencies.share(NamePlace::Last, "никто") < 1e-3);
}

#[test]
fn among_more_records_more_evidence_is_needed() {
    let one = full("Ахметов", "Хасен", "", "2071-05-10", "").prepare();
    let weight = |records| Model::shipped().for_records(records).score(&one, &one, &Frequencies::unknown()).weight;
    assert!((weight(1_000) - weight(1_024_000) - 10.0).abs() < 0.1);
    assert!(weight(0).is_finite());
}
