use super::*;
use proptest::prelude::*;

fn name(text: &str) -> PersonName {
    PersonName::new(text).unwrap()
}

fn key(last: &str, first: &str, patronymic: &str) -> NameKey {
    let patronymic = (!patronymic.is_empty()).then(|| name(patronymic));
    name_key(&name(last), &name(first), patronymic.as_ref())
}

#[test]
fn one_child_in_two_spellings() {
    let pairs = [
        (("Әлімов", "Қайрат", ""), ("Алимов", "Кайрат", "")),
        (("Өмірбеков", "Ғани", ""), ("Омирбеков", "Гани", "")),
        (("Жәңгіров", "Нұрсұлтан", ""), ("ЖАНГИРОВ", "нурсултан", "")),
        (("Хадишаева", "Һадиша", ""), ("Хадишаев", "Хадиша", "")),
        (("Ковалёв", "Артём", ""), ("Ковалев", "Артем", "")),
        (("Гүлнұрова", "Әйгерім", ""), ("Гульнурова", "Айгерим", "")),
        (("Ахметов", "Алия", ""), ("Ахметова", "Әлия", "")),
        (("Ильин", "Саша", ""), ("Ильина", "Саша", "")),
        (("Вишневский", "Женя", ""), ("Вишневская", "Женя", "")),
        (("Троцкая", "Женя", ""), ("Троцкий", "Женя", "")),
        (("Нұр-Ахметов", "Ли", ""), ("Нур Ахметов", "Ли", "")),
        (("Д'Артов", "Ян", ""), ("Д’Артов", "Ян", "")),
        (("Ахметов", "Дәурен", "Серікұлы"), ("Ахметов", "Даурен", "Серикович")),
        (("Ахметова", "Дина", "Серікқызы"), ("Ахметова", "Дина", "Сериковна")),
        (("Ахметов", "Дәурен", "Серік ұлы"), ("Ахметов", "Даурен", "Серик-улы")),
        (("Ким", "Ян", "Сергейұлы"), ("Ким", "Ян", "Сергеевич")),
        (("Ким", "Ян", "Дмитрийұлы"), ("Ким", "Ян", "Дмитриевич")),
        (("Ким", "Яна", "Абайқызы"), ("Ким", "Яна", "Абаевна")),
        (("Ким", "Яна", "Никитична"), ("Ким", "Яна", "Никитич")),
        (("Ким", "Яна", "Ильинична"), ("Ким", "Яна", "Ильич")),
        (("Ким", "Яна", "Львовна"), ("Ким", "Яна", "Львович")),
    ];
    for ((last, first, patronymic), (last2, first2, patronymic2)) in pairs {
        let (one, two) = (key(last, first, patronymic), key(last2, first2, patronymic2));
        assert_eq!(one.key, two.key, "{last} {first}");
        assert_eq!(one.tokens, two.tokens, "{last} {first} {patronymic}");
    }
}

#[test]
fn different_names_stay_different() {
    let pairs = [
        (("Ахметов", "Дина"), ("Ахметов", "Дин")),
        (("Ким", "Ева"), ("Ким", "Ев")),
        (("Ким", "Нина"), ("Ким", "Нин")),
        (("Ахметов", "Асан"), ("Ахметов", "Асем")),
        (("Ахметов", "Асан"), ("Ахметбеков", "Асан")),
        (("Сериков", "Асан"), ("Серик", "Асан")),
        (("Рябая", "Асан"), ("Рябов", "Асан")),
        (("Бабич", "Асан"), ("Баб", "Асан")),
    ];
    for ((last, first), (last2, first2)) in pairs {
        assert_ne!(key(last, first, "").key, key(last2, first2, "").key, "{last} {first}, {last2} {first2}");
    }
}

#[test]
fn the_patronymic_is_in_the_tokens_only() {
    let with = key("Ахметов", "Дәурен", "Серікұлы");
    assert_eq!(with.key, "ахметов даурен");
    assert_eq!(with.tokens, ["ахметов", "даурен", "серик"]);
    assert_eq!(key("Ахметов", "Дәурен", "").key, with.key);
    let repeated = key("Серік", "Серік", "Серікұлы");
    assert_eq!((repeated.key.as_str(), repeated.tokens), ("серик серик", vec!["серик".to_owned()]));
}

#[test]
fn a_name_that_folds_to_nothing_keeps_what_it_has() {
    assert_eq!(key("Ь", "Улы", "").key, "улы ь");
    assert_eq!(key("Қызы", "Ян", "").key, "кызы ян");
}

#[test]
fn debug_shows_nothing_of_the_name() {
    let shown = format!("{:?}", key("Ахметов", "Дәурен", "Серікұлы"));
    assert_eq!(shown, "NameKey(3 tokens)");
}

fn any_name() -> impl Strategy<Value = PersonName> {
    let cyrillic = "[а-яёәғқңөұүһі]{1,7}(ова|ева|ина|ұлы|қызы|ович|евна|инична|ская| улы|-ұлы)?([- '][а-яі]{1,5})?";
    prop_oneof![cyrillic.boxed(), "\\p{L}{1,6}( \\p{L}{1,6}\\p{Mn}?)?".boxed()]
        .prop_filter_map("a name", |text| PersonName::new(&text).ok())
}

proptest! {
    #[test]
    fn order_does_not_matter(a in any_name(), b in any_name(), c in any_name()) {
        prop_assert_eq!(name_key(&a, &b, Some(&c)), name_key(&b, &a, Some(&c)));
        prop_assert_eq!(name_key(&a, &b, Some(&c)).tokens, name_key(&c, &a, Some(&b)).tokens);
    }

    #[test]
    fn what_is_folded_folds_to_itself(a in any_name()) {
        for token in tokens(&a) {
            if let Ok(again) = PersonName::new(&token) {
                prop_assert_eq!(tokens(&again), vec![token]);
            }
        }
    }

    #[test]
    fn case_does_not_matter(a in "[а-яёәғқңөұүһі]{1,12}", b in "[а-яёәғқңөұүһі]{1,12}") {
        prop_assert_eq!(key(&a, &b, ""), key(&a.to_uppercase(), &b.to_uppercase(), ""));
    }

    #[test]
    fn every_name_has_a_key(a in any_name(), b in any_name()) {
        let key = name_key(&a, &b, None);
        prop_assert!(!key.key.trim().is_empty() && !key.tokens.is_empty());
    }
}
