use super::*;

#[test]
fn one_name_in_three_scripts() {
    let table = [
        ("Әлімов", "Алимов", &["Alimov", "Älımov", "Álimov", "Əlimov"][..]),
        ("Жұмабаев", "Жумабаев", &["Zhumabayev", "Zhumabaev", "Jumabaev", "Jūmabaev", "Zhumabaiev"]),
        ("Қайрат", "Кайрат", &["Kairat", "Kayrat", "Qairat", "Qayrat"]),
        ("Ғани", "Гани", &["Gani", "Ğani", "Ghani", "Ǵanı"]),
        ("Нұрсұлтан", "Нурсултан", &["Nursultan", "Nūrsūltan", "Nursūltan"]),
        ("Өмірбек", "Омирбек", &["Omirbek", "Ömırbek", "Ómirbek"]),
        ("Шыңғыс", "Шынгыс", &["Shyngys", "Şyñğys", "Shynghys", "Shińgys"]),
        ("Һадиша", "Хадиша", &["Khadisha", "Hadişa", "Hadisha"]),
        ("Әйгерім", "Айгерим", &["Aigerim", "Aygerim", "Äigerım"]),
        ("Юлия", "Юлія", &["Yuliya", "Iuliia", "Yulia", "Iulia"]),
        ("Наталья", "Наталия", &["Natalya", "Nataliya", "Natalia", "Nataliia", "Natal'ya"]),
        ("Артём", "Артем", &["Artem", "Artyom", "Artiom"]),
        ("Щукин", "Щукин", &["Shchukin", "Schukin"]),
        ("Ильяс", "Ілияс", &["Ilyas", "Iliyas", "Il'yas", "Ilias"]),
        ("Ксения", "Ксения", &["Kseniya", "Xenia", "Kseniia"]),
        ("Цой", "Цой", &["Tsoy", "Tsoi", "Tsoj"]),
        ("Сергей", "Сергей", &["Sergey", "Sergei", "Sergej"]),
        ("Жанна", "Жана", &["Zhanna", "Janna"]),
        ("Джамиля", "Жамиля", &["Jamilya", "Dzhamilya", "Zhamilia"]),
        ("Дәулет", "Даулет", &["Daulet", "Dawlet", "Dáýlet"]),
    ];
    for (kazakh, russian, latin) in table {
        let expected = name_tokens(russian);
        assert_eq!(expected.len(), 1, "{russian}");
        for spelling in latin.iter().chain([&kazakh]) {
            assert_eq!(name_tokens(spelling), expected, "{spelling}");
        }
    }
}

#[test]
fn endings_come_off_in_every_script() {
    let table = [
        ("Ахметова", &["Ахметов", "Akhmetova", "Akhmetov", "АХМЕТОВА"][..]),
        ("Вишневская", &["Вишневский", "Vishnevskaya", "Vishnevskaia", "Vishnevsky", "Vishnevskiy"]),
        ("Серікұлы", &["Серикович", "Serikuly", "Serıkūly", "Serikovich", "Serik-uly", "Серик улы", "Serikuli"]),
        ("Серікқызы", &["Сериковна", "Serikkyzy", "Serıkqyzy", "Serikovna", "Serik kyzy", "Serikkizi"]),
        ("Сергеевич", &["Sergeevich", "Sergeyevich", "Sergeyevna", "Сергейұлы"]),
        ("Абайқызы", &["Абаевна", "Abaikyzy", "Abayevna", "Abayqyzy"]),
        ("Ильинична", &["Ильич", "Ilyinichna", "Ilyich"]),
    ];
    for (name, spellings) in table {
        for spelling in spellings {
            assert_eq!(name_tokens(spelling), name_tokens(name), "{spelling} {name}");
        }
    }
}

#[test]
fn a_latin_letter_in_a_cyrillic_word_is_the_one_it_looks_like() {
    assert_eq!(name_tokens("Сaмaт"), name_tokens("Самат"));
    assert_eq!(name_tokens("Cepik"), name_tokens("Cepik"));
    assert_eq!(name_tokens("Iльяс".replace('I', "i").as_str()), name_tokens("Ильяс"));
}

#[test]
fn levels_of_names() {
    let table = [
        ("Александр", "Саша", Level::Close),
        ("Анастасия", "Настя", Level::Close),
        ("Александр", "Alexander", Level::Close),
        ("Нұр-Ахмет", "Нурахмет", Level::Exact),
        ("Нұр-Ахмет", "Ахмет Нур", Level::Exact),
        ("Иванова-Петрова", "Петрова", Level::Close),
        ("Жумабаев", "Жумбаев", Level::Close),
        ("Нургалиев", "Нургалеив", Level::Close),
        ("А", "Асан", Level::Initial),
        ("А.", "Болат", Level::Different),
        ("Дана", "Дина", Level::Different),
        ("Алина", "Арина", Level::Similar),
        ("Асан", "Болат", Level::Different),
        ("", "Болат", Level::Missing),
    ];
    for (one, other, expected) in table {
        let comparison = compared(&person("Ким", one, ""), &person("Ким", other, ""));
        assert_eq!(comparison.level(Field::FirstName), expected, "{one} {other}");
    }
}

#[test]
fn parts_in_any_order() {
    let given = person("Ахметов", "Дәурен", "Серікұлы");
    let orders = [
        person("Даурен", "Ахметов", "Серикович"),
        person("Даурен", "Серикович", "Ахметов"),
        person("Серикович", "Ахметов", "Даурен"),
    ];
    for other in orders {
        let comparison = compared(&given, &other);
        assert_eq!(comparison.levels[..4], [Level::Exact, Level::Exact, Level::Exact, Level::Swapped]);
        assert_eq!(comparison, compared(&other, &given));
    }
    let whole = person("Ахметов Даурен Серикович", "", "");
    assert_eq!(compared(&given, &whole).levels[..4], [Level::Exact; 4]);
}

#[test]
fn the_best_of_several_names_counts() {
    let mut married = person("Иванова", "Анна", "Петровна");
    married.names.push(HeldName::new("Ким", "Анна", None));
    let comparison = compared(&married, &person("Ким", "Анна", "Петровна"));
    assert_eq!(comparison.levels[..2], [Level::Exact, Level::Exact]);
}

#[test]
fn nothing_personal_is_shown() {
    let person = full("Ахметов", "Дәурен", "Серікұлы", "2071-05-10", "710510500017");
    let shown =
        format!("{person:?} {:?} {:?} {:?}", person.names[0], person.prepare(), blocking_keys(&person.prepare())[0]);
    assert_eq!(shown, "Person(1 names) HeldName(•••) Prepared(1 names) BlockKey(…)");
}
