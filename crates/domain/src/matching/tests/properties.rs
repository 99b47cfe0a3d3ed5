use proptest::prelude::*;

use super::*;
use crate::matching::names::NamePart;

fn any_word() -> impl Strategy<Value = String> {
    const WORDS: [&str; 9] =
        ["Ахметов", "Әлімова", "Kairat", "Серікқызы", "Нұр-Ахмет", "Анна", "Саша", "Ли", "Zhumabayev"];
    prop_oneof![
        proptest::sample::select(&WORDS[..]).prop_map(str::to_owned).boxed(),
        "[а-яәғқңөұүһі]{1,9}(ова|ұлы|овна)?".boxed(),
        "[a-zäöüşçğñ]{1,9}".boxed(),
    ]
}

fn any_person() -> impl Strategy<Value = Person> {
    let name = (any_word(), any_word(), proptest::option::of(any_word()))
        .prop_map(|(last, first, patronymic)| HeldName::new(&last, &first, patronymic.as_deref()));
    let names = proptest::collection::vec(name, 1..3);
    let date = proptest::option::of((2060..2065_i32, 1..13_u32, 1..29_u32));
    let sex = proptest::option::of(proptest::sample::select(Sex::ALL));
    let iin = proptest::option::of("[0-1]{12}");
    (names, date, sex, iin).prop_map(|(names, date, sex, iin)| Person {
        names,
        birth_date: date.and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day)),
        sex,
        iin,
        ..Person::default()
    })
}

fn parts_are_unlike(name: &HeldName) -> bool {
    let parts = [&name.last, &name.first, &name.patronymic];
    let parts: Vec<NamePart> = parts.into_iter().flatten().filter_map(|text| NamePart::new(text)).collect();
    let unlike_those_after =
        |at: usize, part: &NamePart| parts[at + 1..].iter().all(|other| part.level(other) == Level::Different);
    parts.iter().enumerate().all(|(at, part)| unlike_those_after(at, part))
}

proptest! {
    #[test]
    fn a_comparison_is_the_same_from_both_sides(a in any_person(), b in any_person()) {
        prop_assert_eq!(compared(&a, &b), compared(&b, &a));
    }

    #[test]
    fn nobody_is_more_like_a_person_than_the_person(a in any_person(), other in any_person(), taken in 0..32_u8) {
        let mut a = a;
        a.names.truncate(1);
        let mut b = a.clone();
        // What is missing in one says nothing, so what is known stays known.
        let other_name = &other.names[0];
        if taken & 1 > 0 { b.names[0].last = other_name.last.clone(); }
        if taken & 2 > 0 { b.names[0].first = other_name.first.clone(); }
        if taken & 4 > 0 && a.names[0].patronymic.is_some() && other_name.patronymic.is_some() {
            b.names[0].patronymic = other_name.patronymic.clone();
        }
        if taken & 8 > 0 { b.birth_date = b.birth_date.and(other.birth_date.or(b.birth_date)); }
        if taken & 16 > 0 { b.iin = b.iin.clone().and(other.iin.clone().or(b.iin)); }
        let (a, b) = (a.prepare(), b.prepare());
        let score = |one, other| Model::shipped().score(one, other, &Frequencies::unknown());
        let (same, found) = (score(&a, &a), score(&a, &b));
        // That all parts agree in another order is rarer by chance than that they agree in their own, and so weighs more.
        let order = |score: &Scored| score.evidence.iter().find(|one| one.field == Field::NameOrder).map(|one| one.weight);
        let rarer = order(&found).unwrap_or_default() - order(&same).unwrap_or_default();
        prop_assert!(same.weight >= found.weight - rarer.max(0.0) - 1e-9, "{:?}", found.weight - same.weight);
    }

    // Only for parts that cannot be taken for each other: somebody whose last name is the first name of the father may
    // agree in several ways at once.
    #[test]
    fn last_and_first_name_agree_in_whatever_order_they_are_written(
        a in any_person(), b in any_person(), alike in 0..4_u8,
    ) {
        let (mut a, mut b) = (a, b);
        a.names.truncate(1);
        b.names.truncate(1);
        if alike > 0 {
            b.names[0].last = a.names[0].last.clone();
        }
        if alike > 1 {
            b.names[0].first = a.names[0].first.clone();
        }
        prop_assume!(parts_are_unlike(&a.names[0]) && parts_are_unlike(&b.names[0]));
        let given = compared(&a, &b);
        let swapped = &mut b.names[0];
        std::mem::swap(&mut swapped.last, &mut swapped.first);
        let swapped = compared(&a, &b);
        let both_agree = |c: &Comparison| c.levels[..2] == [Level::Exact, Level::Exact];
        if alike > 1 {
            prop_assert!(both_agree(&given) && given.level(Field::NameOrder) == Level::Exact);
            prop_assert!(both_agree(&swapped) && swapped.level(Field::NameOrder) == Level::Swapped);
            prop_assert_eq!(given.level(Field::Patronymic), swapped.level(Field::Patronymic));
        } else if alike == 1 {
            let found = |c: &Comparison| c.levels[..3].contains(&Level::Exact);
            prop_assert!(found(&given) && found(&swapped));
        }
    }

    #[test]
    fn keys_depend_on_no_order_and_not_on_spelling(a in any_person()) {
        let mut other = a.clone();
        for name in &mut other.names {
            std::mem::swap(&mut name.last, &mut name.first);
            name.last = name.last.as_ref().map(|last| last.to_uppercase().replace('Ә', "А").replace('Қ', "К"));
        }
        other.names.reverse();
        prop_assert_eq!(blocking_keys(&a.prepare()), blocking_keys(&other.prepare()));
    }

    #[test]
    fn words_of_a_name_stay_as_they_are_when_taken_again(word in any_word()) {
        for token in name_tokens(&word) {
            let again = name_tokens(&token).concat();
            prop_assert!(token.starts_with(&again[..again.len().min(2)]), "{} {}", token, again);
        }
    }

    #[test]
    fn blocking_finds_what_shares_a_key_and_nothing_else(people in proptest::collection::vec(any_person(), 2..9)) {
        let people: Vec<Prepared> = people.iter().map(Person::prepare).collect();
        let keys: Vec<Vec<BlockKey>> = people.iter().map(blocking_keys).collect();
        let mut expected = Vec::new();
        for left in 0..people.len() {
            for right in left + 1..people.len() {
                if keys[left].iter().any(|key| keys[right].contains(key)) {
                    expected.push((left as u32, right as u32));
                }
            }
        }
        prop_assert_eq!(Blocker::default().within(&people).pairs, expected);
        let (one, other) = people.split_at(people.len() / 2);
        let between = Blocker::default().between(one, other).pairs;
        for (left, right) in between {
            let right = &keys[one.len() + right as usize];
            prop_assert!(keys[left as usize].iter().any(|key| right.contains(key)));
        }
    }
}

#[test]
fn keys_never_change() {
    // Stored in databases: if this fails, keys need a migration.
    let keys = blocking_keys(&full("Ахметов", "Дәурен", "Серікұлы", "2071-05-10", "710510500017").prepare());
    assert_eq!(keys.len(), 13);
    let sum = keys.iter().fold(0_i64, |sum, key| sum.wrapping_add(key.value()));
    assert_eq!((keys[0].value(), sum), (-8_419_868_563_203_105_849, -5_876_269_694_118_260_216));
}

#[test]
fn too_common_a_key_is_divided_and_then_left_out() {
    let one = born("2071-05-10", person("Ким", "Ян", "")).prepare();
    let people: Vec<Prepared> = std::iter::repeat_n(one, 6).collect();
    let blocked = Blocker { most_pairs: 10 }.within(&people);
    assert_eq!((blocked.pairs.len(), blocked.left_out > 0, blocked.divided > 0), (0, true, true));
    assert_eq!(Blocker { most_pairs: 15 }.within(&people).pairs.len(), 15);
}
