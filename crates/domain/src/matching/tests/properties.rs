use proptest::prelude::*;

use super::*;

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

proptest! {
    #[test]
    fn a_comparison_is_the_same_from_both_sides(a in any_person(), b in any_person()) {
        prop_assert_eq!(compared(&a, &b), compared(&b, &a));
    }

    #[test]
    fn nobody_is_more_like_a_person_than_the_person(a in any_person(), b in any_person()) {
        let (a, b) = (a.prepare(), b.prepare());
        let frequencies = Frequencies::of([&a, &b]);
        let weight = |one, other| Model::shipped().score(one, other, &frequencies).weight;
        // Of several names held the agreement of a pair may be another than of each alone; one name is compared.
        prop_assume!(a.names.len() == 1 && b.names.len() == 1);
        // What is missing in the other says nothing; only fields known in both can be worse.
        prop_assume!(a.birth_date.is_some() == b.birth_date.is_some() && a.iin.is_some() == b.iin.is_some());
        prop_assume!(a.sex.is_some() == b.sex.is_some());
        prop_assume!((0..3).all(|at| a.names[0].parts[at].is_some() == b.names[0].parts[at].is_some()));
        prop_assert!(weight(&a, &a).max(weight(&b, &b)) >= weight(&a, &b) - 1e-9);
    }

    #[test]
    fn the_order_of_last_and_first_name_changes_no_level_of_names(a in any_person(), b in any_person()) {
        prop_assume!(a.names.len() == 1 && b.names.len() == 1);
        let mut swapped = b.clone();
        for name in &mut swapped.names {
            std::mem::swap(&mut name.last, &mut name.first);
        }
        let (given, swapped) = (compared(&a, &b), compared(&a, &swapped));
        // Where one order agrees and the other does not, the agreeing one is found either way.
        let both_agree = |c: &Comparison| c.levels[..2] == [Level::Exact, Level::Exact];
        prop_assert_eq!(both_agree(&given), both_agree(&swapped));
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
    assert_eq!((keys[0].value(), sum), (0, 0));
}

#[test]
fn too_common_a_key_is_divided_and_then_left_out() {
    let one = born("2071-05-10", person("Ким", "Ян", "")).prepare();
    let people: Vec<Prepared> = std::iter::repeat_n(one, 6).collect();
    let blocked = Blocker { most_pairs: 10 }.within(&people);
    assert_eq!((blocked.pairs.len(), blocked.left_out > 0, blocked.divided > 0), (0, true, true));
    assert_eq!(Blocker { most_pairs: 15 }.within(&people).pairs.len(), 15);
}
