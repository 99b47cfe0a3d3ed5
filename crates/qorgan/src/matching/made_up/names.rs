//! Names to make people up from, the common ones first, and how forms are made of them.
//!
//! Shares fall with the rank as they do for real names (Zipf): a few are everybody's, most are rare. The words are
//! common Kazakh and Russian names; who bears them here is made up.

use std::sync::OnceLock;

use qorgan_domain::children::Sex;

use crate::demo::random::Random;

/// Whose names somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Culture {
    Kazakh,
    Russian,
}

/// First names of forefathers, of which Kazakh last names are made.
const KAZAKH_LAST: &str = "\
    Ахмет Абдрахман Байжан Бекен Досжан Ермек Жұмабай Ибрай Ысқақ Қабыл Қали Қасым Кенжебай Мақан Мұқаш Нұрғали \
    Оспан Рахым Садық Сапар Сейітқазы Смағұл Тілеубай Тұрсын Омар Шаймерден Әлім Әбдіғали Әлібек Айтбай Айтжан \
    Амантай Асқар Әубәкір Бақыт Балтабай Бейсен Бексұлтан Бердібек Болат Ғабит Дәулет Дүйсен Дүйсенбай Елеусіз \
    Ерғали Ержан Есен Есенжол Жақып Жақсылық Жанәбіл Жандос Жолдас Жүнісбек Зейнолла Исатай Қадыр Қайрат Қалдыбай \
    Қанат Қарабай Қойшыбай Қонысбай Құдайберген Құрман Құсайын Махамбет Мейрам Молдабек Мұрат Мұстафа Мұхамедқали \
    Мырзахан Нұрлан Нұрпейіс Нұртай Өмірбек Өтеген Райымбек Сағындық Сапарғали Сарсен Сәбит Сәрсенбай Сейдахмет \
    Серік Сұлтан Сүлеймен Тасболат Темірбек Тоқтар Төлеген Төлеу Ұзақ Шәріп Шоқан Ықылас Ілияс Ізбасар Жүсіп \
    Есмағамбет Құлмағамбет Нұрмағамбет Бекмағамбет Тәжібай Қосай Байсейіт Байғали Баймұхамед Рысбек Сыздық Тайжан \
    Тұрлыбек Түсіп Хамит Хасен Шалқар Аманжол Ақылбек Асылбек Бақтыбай Бүркіт Дәрібай Жаманқұл Кәрім Көшербай \
    Күздеубай Қыдырбай Мәжит Мәулен Оразбай Орынбай Сақтаған Сәдуақас Сексенбай Тоғай Үсен Шәкір";
/// Masculine forms.
const RUSSIAN_LAST: &str = "\
    Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев \
    Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов \
    Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв Гусев Киселёв Ильин \
    Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов Филиппов Комаров \
    Давыдов Беляев Герасимов Богданов Осипов Сидоров Матвеев Титов Марков Миронов Крылов Куликов Карпов Власов \
    Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов Савельев Тимофеев Фомин Чернов Абрамов Мартынов \
    Ефимов Федотов Щербаков Назаров Калинин Исаев Чернышёв Быков Маслов Родионов Коновалов Лазарев Воронин Климов \
    Филатов Пономарёв Голубев Кудрявцев Прохоров Наумов Потапов Журавлёв Овчинников Трофимов Леонов Соболев \
    Ермаков Колесников Гончаров Емельянов Никифоров Грачёв Котов Гришин Ефремов Архипов Громов Кириллов Малышев \
    Панов Моисеев Румянцев Акимов Кондратьев Бирюков Горбунов Анисимов Ерёмин Тихомиров Галкин Лукьянов Михеев \
    Скворцов Юдин Белоусов Нестеров Симонов Прокофьев Харитонов Князев Цветков Левин Митрофанов Воронов Аксёнов \
    Софронов Мальцев Логинов Горшков Савин Краснов Майоров Демидов Елисеев Рыбаков Сафонов Плотников Дёмин Хохлов \
    Фадеев Молчанов Игнатов Литвинов Ершов Ушаков Дементьев Рябов Мухин Калашников Леонтьев Лобанов Кузин Корнеев \
    Евдокимов Бородин Платонов Некрасов Балашов Бобров Жданов Блинов Игнатьев Коротков Муравьёв Крюков Беляков \
    Богомолов Дроздов Лавров Зуев Петухов Ларин Никулин Серов Терентьев Зотов Устинов Фокин Самойлов Константинов \
    Сахаров Шишкин Самсонов Черкасов Чистяков Носов Спиридонов Карасёв Авдеев Воронцов Зверев Владимиров Селезнёв \
    Нечаев Кудряшов Седов Фирсов Андрианов Панфилов Головин Терехов Ульянов Шестаков Агеев Никонов Селиванов \
    Баженов Гордеев Кожевников Пахомов Зимин Костин Широков Филимонов Ларионов Овсянников Сазонов Суворов Нефёдов \
    Корнилов Любимов Львов Горбачёв Копылов Лукин Токарев Кулешов Шилов Большаков Панкратов Родин Шаповалов \
    Покровский Бочаров Никольский Маркин Горелов Агафонов Берёзин Ермолаев Зубков Куприянов Трифонов Масленников \
    Круглов Третьяков Колосов Рожков Артамонов Шмелёв Лаптев Лапшин Федосеев Зиновьев Зорин Уткин Столяров Зубов \
    Ткачёв Дорофеев Антипов Завьялов Свиридов Золотарёв Кулаков Мещеряков Макеев Дьяконов Гуляев Петровский \
    Бондарев Поздняков Панин Вишневский Заславский Шевченко Бондаренко Ткаченко Кравченко Коваленко Гончаренко \
    Литвиненко Руденко Мартыненко Шмидт Мюллер Вебер Ким Цой Пак Хан";
/// First names of girls.
const KAZAKH_GIRLS: &str = "\
    Айша Раяна Айлин Медина Асылым Аяла Айым Аяулым Амина Аружан Асель Әсем Дана Дильназ Жансая Зере Інжу Камила \
    Мадина Нұрай Салтанат Томирис Ұлпан Айгерім Айзере Айсұлу Айжан Айнұр Ақбота Ақмарал Алтынай Алуа Арайлым Асия \
    Әмина Әлия Әдемі Бағдат Балжан Балнұр Гауһар Гүлжан Гүлназ Гүлнұр Гүлім Дариға Диана Дильнур Еңлік Жанель \
    Жанерке Жания Жаннұр Жібек Зарина Зейнеп Зухра Іңкәр Кәусар Көркем Қарлығаш Құралай Лаура Ләйла Мөлдір Меруерт \
    Мерует Назерке Назым Нұрсұлу Нұргүл Перизат Раушан Сабина Сағыныш Сәуле Самал Сандуғаш Самира Сара Сезім \
    Таңшолпан Тоғжан Толғанай Түймегүл Ұлбосын Үміт Фариза Фатима Хадиша Шолпан Шұғыла Шынар Ырысты Ясмина Әсел \
    Асылзат Аяжан Ханшайым Сафия Мариям Аймира Дария Эмилия Малика";
/// First names of boys.
const KAZAKH_BOYS: &str = "\
    Алихан Арман Әділет Бекзат Дамир Данияр Ерасыл Жандос Ислам Мирас Нұрлан Олжас Рамазан Санжар Темірлан Тимур \
    Қайрат Ілияс Айсұлтан Мансұр Омар Нұрислам Али Әли Амир Әмір Айтуар Алдияр Алпамыс Арсен Арнұр Арыстан Асан \
    Асқар Асылжан Ахмад Бақдәулет Батырхан Бауыржан Бейбарыс Бекарыс Бекасыл Біржан Ғабиден Ғалымжан Дәулет Дәурен \
    Дархан Дінмұхаммед Диас Ділмұрат Ернар Ерсұлтан Ержан Есен Жансерік Жанібек Жасұлан Жәнгір Зейін Зиядин \
    Ибраһим Иманәли Исатай Кәрім Қуаныш Қанат Қайсар Мақсат Марғұлан Марат Медет Мейіржан Мұхаммед Мұстафа \
    Мұсылман Нариман Нұрбол Нұрасыл Нұржан Нұрсұлтан Ораз Өмірхан Рахат Расул Ринат Саят Сабыр Салауат Самат Сәкен \
    Серік Сұлтан Талғат Тоқтар Төлеген Ұлан Хасан Хусейн Шыңғыс Шерхан Шахмардан Ырыс Ярослав Хамза Абдулла Әнуар \
    Айдос Ерхан Еркебұлан Думан Азамат Азат Ақжол Алмас Мәди";
/// First names of girls.
const RUSSIAN_GIRLS: &str = "\
    София Анна Мария Алиса Виктория Полина Ева Василиса Анастасия Александра Варвара Елизавета Дарья Вероника \
    Арина Ксения Екатерина Милана Кира Ульяна Валерия Маргарита Таисия Диана Ольга Алина Злата Юлия Мирослава \
    Татьяна Елена Ирина Наталья Светлана Кристина Карина Эвелина Ангелина Яна Надежда Любовь Олеся Лилия Марина \
    Нина Вера Людмила Галина Снежана Стефания Камилла Аделина Амелия Агата Майя Николь Владислава Ярослава Евгения \
    Лидия";
/// First names of boys.
const RUSSIAN_BOYS: &str = "\
    Александр Михаил Максим Артём Марк Лев Иван Матвей Дмитрий Даниил Тимофей Роман Мирон Кирилл Никита Егор \
    Алексей Илья Андрей Фёдор Константин Степан Владимир Ярослав Сергей Павел Богдан Арсений Николай Тимур Глеб \
    Давид Владислав Денис Семён Евгений Виктор Василий Пётр Георгий Григорий Савелий Захар Руслан Артур Антон Юрий \
    Вадим Игорь Олег Станислав Вячеслав Леонид Борис Святослав Макар Платон Герман Эдуард Виталий Анатолий \
    Геннадий Данил Эмиль";
/// First names of fathers.
const KAZAKH_FATHERS: &str = "\
    Арман Асхат Берік Болат Дәурен Ерлан Қанат Қайрат Марат Мұрат Нұрлан Самат Серік Талғат Азамат Айдар Айдос \
    Алмас Асқар Бақыт Бауыржан Бекзат Ғалым Дәулет Данияр Дархан Ербол Ержан Ермек Есен Жандос Жанат Жасұлан \
    Қуаныш Қуат Мақсат Манас Марғұлан Медет Мейрам Мұхтар Нұржан Нұрбол Олжас Ораз Рүстем Санат Саят Сәкен Тимур \
    Төлеген Ұлан Шыңғыс Әлібек Әділ Әсет Аян Аслан Алибек Ерсін Жомарт Қайсар Нариман Рашид Сәбит Тоқтар Талап \
    Хасен Шалқар Ілияс";
/// First names of fathers.
const RUSSIAN_FATHERS: &str = "\
    Александр Андрей Алексей Сергей Дмитрий Владимир Евгений Николай Иван Михаил Виктор Олег Игорь Юрий Максим \
    Павел Роман Артём Антон Денис Константин Вадим Виталий Валерий Анатолий Василий Руслан Станислав Вячеслав \
    Григорий Борис Леонид Пётр Геннадий Эдуард Степан Фёдор Даниил Кирилл Егор Тимофей Марк Герман";
/// First names and what children are called by.
const SHORT: [(&str, &str); 22] = [
    ("Александр", "Саша"),
    ("Александра", "Саша"),
    ("Анастасия", "Настя"),
    ("Екатерина", "Катя"),
    ("Мария", "Маша"),
    ("Дмитрий", "Дима"),
    ("Михаил", "Миша"),
    ("Наталья", "Наташа"),
    ("Елизавета", "Лиза"),
    ("Иван", "Ваня"),
    ("Максим", "Макс"),
    ("Владислав", "Влад"),
    ("Анна", "Аня"),
    ("Алексей", "Лёша"),
    ("Дарья", "Даша"),
    ("София", "Соня"),
    ("Роман", "Рома"),
    ("Татьяна", "Таня"),
    ("Евгений", "Женя"),
    ("Евгения", "Женя"),
    ("Константин", "Костя"),
    ("Виктория", "Вика"),
];
/// Endings of last names made of a forefather's name, with weights.
const ENDINGS: [(&str, u32); 5] = [("", 12), ("ов", 50), ("баев", 14), ("беков", 14), ("ғалиев", 10)];

/// The name at a rank is about `1 / (rank + FLATNESS)` as common as all.
struct Ranked {
    names: Vec<&'static str>,
    /// Sums of weights up to each name.
    sums: Vec<u32>,
}

impl Ranked {
    fn new(names: &'static str, flatness: u32) -> Self {
        let names: Vec<&str> = names.split_whitespace().collect();
        let mut sum = 0;
        let weights = (0..).zip(&names).map(|(rank, _): (u32, _)| 1_000_000 / (rank + flatness));
        let sums = weights.map(|weight| {
            sum += weight;
            sum
        });
        Self { sums: sums.collect(), names }
    }

    fn draw(&self, random: &mut Random) -> &'static str {
        let drawn = random.below(self.sums.last().copied().unwrap_or(0));
        self.names.get(self.sums.partition_point(|sum| *sum <= drawn)).copied().unwrap_or_default()
    }
}

/// A last name in its masculine form.
pub(super) fn last(culture: Culture, random: &mut Random) -> String {
    static KAZAKH: OnceLock<Ranked> = OnceLock::new();
    static RUSSIAN: OnceLock<Ranked> = OnceLock::new();
    match culture {
        Culture::Russian => RUSSIAN.get_or_init(|| Ranked::new(RUSSIAN_LAST, 20)).draw(random).to_owned(),
        Culture::Kazakh => {
            let forefather = KAZAKH.get_or_init(|| Ranked::new(KAZAKH_LAST, 15)).draw(random);
            let ending = ENDINGS[random.weighted(ENDINGS.iter().map(|(_, weight)| *weight))].0;
            last_of(forefather, ending)
        }
    }
}

fn last_of(forefather: &str, ending: &str) -> String {
    match (ending, forefather.chars().last()) {
        ("ов", Some('и' | 'й')) => format!("{}ев", forefather.trim_end_matches('й')),
        ("ов", Some('а' | 'ы' | 'і')) => format!("{}ев", forefather),
        ("ов", Some('у')) => format!("{forefather}ов"),
        ("ов", Some('ь')) => format!("{}ев", forefather.trim_end_matches('ь')),
        _ => format!("{forefather}{ending}"),
    }
}

/// A first name.
pub(super) fn first(culture: Culture, sex: Sex, random: &mut Random) -> String {
    static NAMES: OnceLock<[Ranked; 4]> = OnceLock::new();
    let names =
        NAMES.get_or_init(|| [KAZAKH_GIRLS, KAZAKH_BOYS, RUSSIAN_GIRLS, RUSSIAN_BOYS].map(|l| Ranked::new(l, 8)));
    let list = match (culture, sex) {
        (Culture::Kazakh, Sex::Female) => 0,
        (Culture::Kazakh, Sex::Male) => 1,
        (Culture::Russian, Sex::Female) => 2,
        (Culture::Russian, Sex::Male) => 3,
    };
    names[list].draw(random).to_owned()
}

/// A father's first name.
pub(super) fn father(culture: Culture, random: &mut Random) -> String {
    static NAMES: OnceLock<[Ranked; 2]> = OnceLock::new();
    let names = NAMES.get_or_init(|| [KAZAKH_FATHERS, RUSSIAN_FATHERS].map(|list| Ranked::new(list, 8)));
    names[usize::from(culture == Culture::Russian)].draw(random).to_owned()
}

/// The form of a last name for one sex. Names without a Russian ending have one form.
pub(super) fn last_for(masculine: &str, sex: Sex) -> String {
    if sex == Sex::Male {
        return masculine.to_owned();
    }
    match masculine.strip_suffix("ский") {
        Some(stem) => format!("{stem}ская"),
        None if ["ов", "ев", "ёв", "ин", "ын"].iter().any(|ending| masculine.ends_with(ending))
            && masculine.chars().count() > 4 =>
        {
            format!("{masculine}а")
        }
        None => masculine.to_owned(),
    }
}

/// The patronymic of a father's child, of the Kazakh or the Russian form.
pub(super) fn patronymic(father: &str, sex: Sex, kazakh: bool) -> String {
    if kazakh {
        return format!("{father}{}", if sex == Sex::Male { "ұлы" } else { "қызы" });
    }
    let son = sex == Sex::Male;
    let (stem, o_or_e) = match father.chars().last() {
        Some('й') if father.ends_with("ий") && !father.ends_with("трий") => {
            (format!("{}ь", father.trim_end_matches("ий")), 'е')
        }
        Some('й') if father.ends_with("трий") => (father.trim_end_matches('й').to_owned(), 'е'),
        Some('й' | 'ь') => (father.trim_end_matches(['й', 'ь']).to_owned(), 'е'),
        Some('а' | 'я') => (father.trim_end_matches(['а', 'я']).to_owned(), 'о'),
        _ => (father.to_owned(), 'о'),
    };
    format!("{stem}{o_or_e}{}", if son { "вич" } else { "вна" })
}

/// What a child of that name is called by; the name itself where nothing is known.
pub(super) fn short(first: &str) -> &str {
    SHORT.iter().find(|(name, _)| *name == first).map_or(first, |(_, short)| short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let table = [
            ("Серік", Sex::Male, true, "Серікұлы"),
            ("Серік", Sex::Female, true, "Серікқызы"),
            ("Серік", Sex::Male, false, "Серікович"),
            ("Сергей", Sex::Female, false, "Сергеевна"),
            ("Дмитрий", Sex::Male, false, "Дмитриевич"),
            ("Игорь", Sex::Female, false, "Игоревна"),
        ];
        for (father, sex, kazakh, expected) in table {
            assert_eq!(patronymic(father, sex, kazakh), expected);
        }
        assert_eq!(last_for("Ахметов", Sex::Female), "Ахметова");
        assert_eq!(last_for("Покровский", Sex::Female), "Покровская");
        assert_eq!(last_for("Шевченко", Sex::Female), "Шевченко");
        assert_eq!(last_of("Қали", "ов"), "Қалиев");
        assert_eq!(last_of("Жұмабай", "ов"), "Жұмабаев");
        assert_eq!(short("Анна"), "Аня");
    }

    #[test]
    fn common_names_are_common() {
        let mut random = Random::stream("names", 1);
        let drawn: Vec<String> = (0..20_000).map(|_| last(Culture::Kazakh, &mut random)).collect();
        let most = drawn.iter().filter(|name| *name == "Ахметов").count();
        assert!((150..1_000).contains(&most), "{most}");
        let different: std::collections::HashSet<&String> = drawn.iter().collect();
        assert!(different.len() > 400, "{}", different.len());
    }
}
