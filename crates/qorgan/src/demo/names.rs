//! Names to make people up from: plausible, and nobody's in particular.

use qorgan_domain::children::Sex;

use super::random::Random;

/// Last, first name and patronymic of a made-up person.
#[derive(Debug, Clone)]
pub(super) struct MadeUpName {
    pub(super) last: String,
    pub(super) first: &'static str,
    pub(super) patronymic: Option<String>,
}

/// Masculine forms; the feminine one is made by [`feminine`].
const KAZAKH_LAST: &[&str] = &[
    "Абдрахманов",
    "Ахметов",
    "Байжанов",
    "Бекенов",
    "Досжанов",
    "Ермеков",
    "Жумабаев",
    "Жұмабаев",
    "Ибраев",
    "Искаков",
    "Қабылов",
    "Калиев",
    "Касымов",
    "Қасымов",
    "Кенжебаев",
    "Маканов",
    "Мукашев",
    "Нургалиев",
    "Нұрғалиев",
    "Оспанов",
    "Рахимов",
    "Садыков",
    "Сапаров",
    "Сейтказин",
    "Смагулов",
    "Тлеубаев",
    "Турсунов",
    "Умаров",
    "Шаймерденов",
    "Әлімов",
    "Бекқали",
    "Сәтбай",
];
const RUSSIAN_LAST: &[&str] = &[
    "Антонов",
    "Белов",
    "Васильев",
    "Вишневский",
    "Громов",
    "Давыдов",
    "Егоров",
    "Жуков",
    "Зайцев",
    "Киселёв",
    "Лебедев",
    "Морозов",
    "Никитин",
    "Новиков",
    "Орлов",
    "Павлов",
    "Романов",
    "Соколов",
    "Тарасов",
    "Фёдоров",
    "Чернов",
    "Шевченко",
    "Гончаренко",
    "Литвин",
];
const KAZAKH_GIRLS: &[&str] = &[
    "Айша",
    "Айым",
    "Аяулым",
    "Амина",
    "Аружан",
    "Асель",
    "Әсем",
    "Дана",
    "Дильназ",
    "Жансая",
    "Зере",
    "Інжу",
    "Камила",
    "Мадина",
    "Нұрай",
    "Салтанат",
    "Томирис",
    "Ұлпан",
];
const KAZAKH_BOYS: &[&str] = &[
    "Алихан",
    "Арман",
    "Әділет",
    "Бекзат",
    "Дамир",
    "Данияр",
    "Ерасыл",
    "Жандос",
    "Ислам",
    "Мирас",
    "Нұрлан",
    "Олжас",
    "Рамазан",
    "Санжар",
    "Темірлан",
    "Тимур",
    "Қайрат",
    "Ілияс",
];
const RUSSIAN_GIRLS: &[&str] = &[
    "Алина",
    "Анастасия",
    "Валерия",
    "Виктория",
    "Дарья",
    "Екатерина",
    "Злата",
    "Кира",
    "Ксения",
    "Мария",
    "Милана",
    "Полина",
    "София",
    "Ульяна",
    "Юлия",
];
const RUSSIAN_BOYS: &[&str] = &[
    "Александр",
    "Артём",
    "Богдан",
    "Владимир",
    "Глеб",
    "Даниил",
    "Егор",
    "Иван",
    "Кирилл",
    "Максим",
    "Матвей",
    "Никита",
    "Роман",
    "Тимофей",
    "Ярослав",
];
/// Fathers whose names take -ұлы and -қызы as well as -ович and -овна.
const KAZAKH_FATHERS: &[&str] = &[
    "Арман",
    "Асхат",
    "Берик",
    "Болат",
    "Даурен",
    "Ерлан",
    "Қанат",
    "Кайрат",
    "Марат",
    "Мурат",
    "Нурлан",
    "Самат",
    "Серик",
    "Талгат",
];
const RUSSIAN_FATHERS: &[(&str, &str)] = &[
    ("Александрович", "Александровна"),
    ("Андреевич", "Андреевна"),
    ("Викторович", "Викторовна"),
    ("Дмитриевич", "Дмитриевна"),
    ("Иванович", "Ивановна"),
    ("Игоревич", "Игоревна"),
    ("Николаевич", "Николаевна"),
    ("Олегович", "Олеговна"),
    ("Павлович", "Павловна"),
    ("Сергеевич", "Сергеевна"),
];

/// Somebody of this sex.
pub(super) fn somebody(sex: Sex, random: &mut Random) -> MadeUpName {
    if random.chance(62) { kazakh(sex, random) } else { russian(sex, random) }
}

fn kazakh(sex: Sex, random: &mut Random) -> MadeUpName {
    let last = random.pick(KAZAKH_LAST);
    let father = random.pick(KAZAKH_FATHERS);
    let ending = match (sex, random.below(10)) {
        (_, 0 | 1) => None,
        (Sex::Male, 2..=6) => Some("ұлы"),
        (Sex::Male, _) => Some("ович"),
        (Sex::Female, 2..=6) => Some("қызы"),
        (Sex::Female, _) => Some("овна"),
    };
    MadeUpName {
        last: last_name(last, sex),
        first: random.pick(if sex == Sex::Female { KAZAKH_GIRLS } else { KAZAKH_BOYS }),
        patronymic: ending.map(|ending| format!("{father}{ending}")),
    }
}

fn russian(sex: Sex, random: &mut Random) -> MadeUpName {
    let last = random.pick(RUSSIAN_LAST);
    let (son, daughter) = random.pick(RUSSIAN_FATHERS);
    let patronymic = if sex == Sex::Female { daughter } else { son };
    MadeUpName {
        last: last_name(last, sex),
        first: random.pick(if sex == Sex::Female { RUSSIAN_GIRLS } else { RUSSIAN_BOYS }),
        patronymic: (!random.chance(4)).then(|| patronymic.to_owned()),
    }
}

fn last_name(masculine: &str, sex: Sex) -> String {
    if sex == Sex::Female { feminine(masculine) } else { masculine.to_owned() }
}

/// The feminine form of a last name; names of other endings have one form.
fn feminine(masculine: &str) -> String {
    match masculine.strip_suffix("ский") {
        Some(stem) => format!("{stem}ская"),
        None if ["ов", "ев", "ёв", "ин"].iter().any(|ending| masculine.ends_with(ending)) && masculine != "Литвин" =>
        {
            format!("{masculine}а")
        }
        None => masculine.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use qorgan_domain::children::PersonName;

    use super::*;

    #[test]
    fn last_names_follow_the_sex() {
        let forms = [
            ("Ахметов", "Ахметова"),
            ("Киселёв", "Киселёва"),
            ("Никитин", "Никитина"),
            ("Вишневский", "Вишневская"),
            ("Шевченко", "Шевченко"),
            ("Литвин", "Литвин"),
            ("Бекқали", "Бекқали"),
        ];
        for (masculine, expected) in forms {
            assert_eq!(last_name(masculine, Sex::Female), expected);
            assert_eq!(last_name(masculine, Sex::Male), masculine);
        }
    }

    #[test]
    fn every_name_is_a_name() {
        let mut random = Random::stream("names", 0);
        for _ in 0..2_000 {
            for sex in [Sex::Female, Sex::Male] {
                let name = somebody(sex, &mut random);
                let parts = [Some(name.last.as_str()), Some(name.first), name.patronymic.as_deref()];
                assert!(parts.into_iter().flatten().all(|part| PersonName::new(part).is_ok()), "{name:?}");
            }
        }
    }
}
