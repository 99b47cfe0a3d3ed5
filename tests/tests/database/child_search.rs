//! A benchmark, not a test: how quickly and how surely a child is found among a million by a misspelled name, and by
//! the keys of likely doubles. `make bench`; the number of children by `QORGAN_BENCH_CHILDREN`. Made-up people only.
//!
//! Half of its length are the lists of made-up names.

use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::children::{PersonName, SearchTerms, name_key};
use qorgan_domain::ids::ChildId;
use qorgan_domain::matching::{HeldName, Person};
use qorgan_domain::policy::Action;
use qorgan_storage::children::{Identified, fill_lookups};
use qorgan_storage::{AccessError, Database, DatabaseSettings, Entry, EntryRefusal, Failure, StorageError, Tx};
use qorgan_tests::TestDatabase;
use qorgan_tests::world::World;
use uuid::Uuid;

/// Xorshift (Marsaglia, 2003): the same people at each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).expect("a place")
    }

    /// A place among `n`, the share of place `r` being as 1 ⁄ (r + `flatness`) (Zipf–Mandelbrot): a few are common.
    fn ranked(&mut self, n: usize, flatness: f64) -> usize {
        let unit = (self.next() % 1_000_000) as f64 / 1_000_000.0;
        let first = flatness + 0.5;
        ((first * ((n as f64 + first) / first).powf(unit) - first) as usize).min(n - 1)
    }

    /// Last names as in Kazakhstan: of 17.2 million people 33 names are borne by one in twenty, the first by 0.43 %, the
    /// 33rd by 0.06 % (Ministry of Justice, list of 2014); the rest are many and rare.
    fn last_name<'a>(&mut self, names: &'a [String]) -> &'a str {
        let place = if self.below(100) < 17 { self.ranked(names.len(), 4.0) } else { self.below(names.len()) };
        &names[place]
    }

    /// First names as those given in June 2023 (Bureau of National Statistics): of girls 3.6 % have the first and 1.6 % the
    /// tenth, of boys 1.8 and 1.0 %; of both together half of that.
    fn first_name<'a>(&mut self, names: &'a [String]) -> &'a str {
        &names[self.ranked(names.len(), 15.0)]
    }
}

const ROOTS: [&str; 60] = [
    "Ахмет",
    "Жұма",
    "Тулеген",
    "Сейт",
    "Ибра",
    "Омар",
    "Қасым",
    "Смағұл",
    "Әбді",
    "Нұр",
    "Ерғали",
    "Оспан",
    "Бекмұхамбет",
    "Иван",
    "Петр",
    "Сидор",
    "Кузнец",
    "Смирн",
    "Попов",
    "Волк",
    "Тлеу",
    "Есен",
    "Қуаныш",
    "Молда",
    "Байжан",
    "Төре",
    "Сәрсен",
    "Мұқан",
    "Шаяхмет",
    "Рахым",
    "Кәрім",
    "Әли",
    "Хасен",
    "Жақып",
    "Ысқақ",
    "Дүйсен",
    "Бейсен",
    "Сәбит",
    "Ғабит",
    "Мәжит",
    "Қайыр",
    "Аман",
    "Темір",
    "Алтын",
    "Күміс",
    "Арыстан",
    "Барлы",
    "Ким",
    "Шмидт",
    "Мюллер",
    "Гончар",
    "Бонда",
    "Кравч",
    "Ткач",
    "Мельни",
    "Федор",
    "Никит",
    "Морозо",
    "Лебед",
    "Соко",
];
const MIDDLES: [&str; 24] = [
    "",
    "",
    "бай",
    "бек",
    "жан",
    "ғали",
    "мұхамет",
    "қан",
    "тай",
    "хан",
    "дар",
    "лан",
    "мырза",
    "қожа",
    "сейіт",
    "құл",
    "бас",
    "ке",
    "ши",
    "ло",
    "ни",
    "ра",
    "ве",
    "го",
];
const ENDINGS: [&str; 8] = ["ов", "ев", "ин", "ұлы", "енко", "ский", "бергенов", "баев"];
const FIRST: [&str; 48] = [
    "Айгерім",
    "Нұрлан",
    "Әлихан",
    "Дана",
    "Айша",
    "Ерасыл",
    "Мирас",
    "Томирис",
    "Раяна",
    "Амина",
    "Алихан",
    "Санжар",
    "Ислам",
    "Әмина",
    "Кәусар",
    "Инжу",
    "Айару",
    "Нұрислам",
    "Мұхаммед",
    "Омар",
    "Асылым",
    "Аяла",
    "Медина",
    "Хадиша",
    "Алина",
    "Артем",
    "Максим",
    "Иван",
    "Мария",
    "Анна",
    "Дмитрий",
    "София",
    "Виктория",
    "Кирилл",
    "Тимур",
    "Руслан",
    "Арина",
    "Ксения",
    "Марк",
    "Лев",
    "Ева",
    "Назерке",
    "Жансая",
    "Бекзат",
    "Арсен",
    "Диас",
    "Қайрат",
    "Серік",
];
const SUFFIXES: [&str; 12] = ["", "", "", "", "бек", "жан", "гүл", "хан", "ай", "нұр", "ия", "ар"];

#[derive(Clone)]
struct Made {
    id: Uuid,
    last: String,
    first: String,
    patronymic: Option<String>,
    born: NaiveDate,
}

fn make(chance: &mut Chance, lasts: &[String], firsts: &[String]) -> Made {
    let patronymic = (chance.below(10) > 0).then(|| {
        let father = chance.first_name(firsts);
        format!("{father}{}", ["ұлы", "ович"][chance.below(2)])
    });
    let epoch = NaiveDate::from_ymd_opt(2008, 1, 1).expect("a day");
    Made {
        id: Uuid::now_v7(),
        last: chance.last_name(lasts).to_owned(),
        first: chance.first_name(firsts).to_owned(),
        patronymic,
        born: epoch + Days::new(chance.next() % 6570),
    }
}

fn load(owner: &mut PgConnection, world: &World, count: usize) -> Vec<Made> {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut lasts: Vec<String> = Vec::new();
    for middle in MIDDLES {
        for ending in ENDINGS {
            for (root, other) in ROOTS.iter().zip(ROOTS.iter().rev()) {
                lasts.push(format!("{root}{middle}{ending}"));
                if middle == "ке" {
                    lasts.push(format!("{root}{}{ending}", other.to_lowercase()));
                }
            }
        }
    }
    let firsts: Vec<String> =
        SUFFIXES.iter().flat_map(|suffix| FIRST.iter().map(move |first| format!("{first}{suffix}"))).collect();
    // No triggers and checks while loading: rows as the server writes them, without what hangs on them.
    owner.batch_execute("SET session_replication_role = replica").expect("a superuser");
    let (user, school) = (world.person("social_pedagogue.home").user, world.organisation("school home"));
    let mut sample = Vec::new();
    for _ in 0..count.div_ceil(10_000) {
        let people: Vec<Made> = (0..10_000).map(|_| make(&mut chance, &lasts, &firsts)).collect();
        let name = |text: &str| PersonName::new(text).expect("a name");
        let keys: Vec<String> =
            people.iter().map(|one| name_key(&name(&one.last), &name(&one.first), None).key).collect();
        sql_query(
            "INSERT INTO children (id, last_name, first_name, patronymic, birth_date, sex, name_key, name_tokens, kato,
                                   registered_organisation_id, created_at, created_by, updated_at)
             SELECT id, last, first, patronymic, born, 'male', key, string_to_array(key, ' '), '351000000', $7, now(), $8, now()
             FROM unnest($1, $2, $3, $4, $5, $6) AS p(id, last, first, patronymic, born, key)",
        )
        .bind::<Array<SqlUuid>, _>(people.iter().map(|one| one.id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(people.iter().map(|one| one.last.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(people.iter().map(|one| one.first.as_str()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(people.iter().map(|one| one.patronymic.as_deref()).collect::<Vec<_>>())
        .bind::<Array<Date>, _>(people.iter().map(|one| one.born).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(keys)
        .bind::<SqlUuid, _>(school.as_uuid())
        .bind::<SqlUuid, _>(user.as_uuid())
        .execute(owner)
        .expect("load children");
        sample.extend(people.into_iter().step_by(97));
    }
    owner.batch_execute(
        "INSERT INTO child_names SELECT gen_random_uuid(), id, last_name, first_name, patronymic, 'registered', created_at, created_by
         FROM children; RESET session_replication_role",
    )
    .expect("the names held");
    sample
}

/// One slip: a letter wrong, left out, doubled, or two changed round; or another spelling of the whole word.
fn misspelled(chance: &mut Chance, word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + chance.below(letters.len().max(2) - 1);
    match chance.below(6) {
        0 if at < letters.len() => letters[at] = ['а', 'о', 'е', 'р', 'т'][chance.below(5)],
        1 if at < letters.len() && letters.len() > 3 => {
            letters.remove(at);
        }
        2 if at < letters.len() => letters.insert(at, ['а', 'н', 'и'][chance.below(3)]),
        3 if at + 1 < letters.len() => letters.swap(at, at + 1),
        4 => return letters.iter().map(|letter| russian(*letter)).collect(),
        _ => return letters.iter().map(|letter| latin(*letter)).collect(),
    }
    letters.into_iter().collect()
}

const fn russian(letter: char) -> char {
    match letter {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'Қ' => 'К',
        'ұ' | 'ү' => 'у',
        'і' => 'и',
        'ө' => 'о',
        other => other,
    }
}

fn latin(letter: char) -> String {
    const LETTERS: &[(char, &str)] = &[
        ('а', "a"),
        ('ә', "a"),
        ('б', "b"),
        ('в', "v"),
        ('г', "g"),
        ('ғ', "g"),
        ('д', "d"),
        ('е', "e"),
        ('ж', "zh"),
        ('з', "z"),
        ('и', "i"),
        ('й', "i"),
        ('к', "k"),
        ('қ', "k"),
        ('л', "l"),
        ('м', "m"),
        ('н', "n"),
        ('ң', "n"),
        ('о', "o"),
        ('ө', "o"),
        ('п', "p"),
        ('р', "r"),
        ('с', "s"),
        ('т', "t"),
        ('у', "u"),
        ('ұ', "u"),
        ('ү', "u"),
        ('ф', "f"),
        ('х', "kh"),
        ('ц', "ts"),
        ('ч', "ch"),
        ('ш', "sh"),
        ('ы', "y"),
        ('і', "i"),
        ('э', "e"),
        ('ю', "yu"),
        ('я', "ya"),
        ('ь', ""),
        ('ъ', ""),
    ];
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    LETTERS.iter().find(|(cyrillic, _)| *cyrillic == lower).map_or_else(String::new, |(_, latin)| (*latin).to_owned())
}

#[derive(Debug)]
struct Trouble;

impl From<StorageError> for Trouble {
    fn from(error: StorageError) -> Self {
        panic!("{error}")
    }
}
impl From<AccessError> for Trouble {
    fn from(error: AccessError) -> Self {
        panic!("{error}")
    }
}
impl From<EntryRefusal> for Trouble {
    fn from(refusal: EntryRefusal) -> Self {
        panic!("{refusal:?}")
    }
}
impl Failure for Trouble {
    fn refusal(&self) -> Option<&str> {
        None
    }
}

struct Bench {
    database: Database,
    world: World,
}

impl Bench {
    fn timed<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, Trouble>) -> (T, Duration) {
        let entry = Entry {
            session: self.world.person("juvenile_inspector.abroad").session,
            now: Utc::now(),
            request_id: "bench".to_owned(),
            idempotency: None,
        };
        let begin = Instant::now();
        let value = self.database.run(&entry, work).expect("a search");
        (value, begin.elapsed())
    }
}

fn report(what: &str, found: usize, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    println!(
        "{what}: recall {:.2} % of {}; p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms",
        found as f64 * 100.0 / times.len() as f64,
        times.len(),
        at(50),
        at(95),
        at(99),
    );
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
#[ignore = "a benchmark of some minutes: make bench"]
fn a_misspelled_name_among_a_million() {
    let count = number("QORGAN_BENCH_CHILDREN", 1_000_000);
    let database = TestDatabase::new();
    let mut owner = database.owner();
    let world = World::read(&mut owner);
    let begin = Instant::now();
    let sample = load(&mut owner, &world, count);
    println!("{count} children loaded in {:.0} s", begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    let filled = fill_lookups(&mut owner).expect("make keys");
    println!("keys and words of {filled} made in {:.0} s", begin.elapsed().as_secs_f64());
    owner.batch_execute("VACUUM ANALYZE").expect("statistics");
    sizes(&mut owner);
    let settings = DatabaseSettings { url: database.server_url(), connections: 2, wait: Duration::from_secs(10) };
    let bench = Bench { database: Database::new(&settings), world };
    let mut chance = Chance(7);
    let queries = number("QORGAN_BENCH_QUERIES", 500);
    let asked: Vec<Made> = (0..queries).map(|_| sample[chance.below(sample.len())].clone()).collect();
    by_name(&bench, &asked, &mut chance);
    by_likeness(&bench, &asked, &mut chance);
}

fn sizes(owner: &mut PgConnection) {
    #[derive(QueryableByName)]
    struct Size {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = BigInt)]
        bytes: i64,
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let tables: Vec<Size> = sql_query(
        "SELECT relname::text AS name, pg_total_relation_size(oid) AS bytes, reltuples::bigint AS rows FROM pg_class
         WHERE relname IN ('children', 'child_names', 'child_match_keys', 'name_tokens', 'name_token_forms', 'children_match_tokens')",
    )
    .load(owner)
    .expect("sizes");
    for table in tables {
        println!("{}: {} rows, {} MB", table.name, table.rows, table.bytes / 1_000_000);
    }
}

fn by_name(bench: &Bench, asked: &[Made], chance: &mut Chance) {
    for (what, slips, with_patronymic, limit) in [
        ("last and first name, one misspelled", 1, false, 20),
        ("last and first name, both misspelled", 2, false, 20),
        ("last, first name and patronymic, all misspelled", 3, true, 20),
        ("last and first name, both misspelled, of 50 shown", 2, false, 50),
    ] {
        let (mut found, mut times) = (0, Vec::new());
        // Without the day of birth a list of namesakes is cut off somewhere: that is another thing than not finding.
        let (mut with_day, mut found_with_day, mut cut_off, mut cut_off_with_day) = (0, 0, 0, 0);
        for child in asked {
            let mut words = vec![child.last.clone(), child.first.clone()];
            words.extend(child.patronymic.clone().filter(|_| with_patronymic));
            let first = chance.below(2);
            for slip in 0..slips.min(words.len()) {
                let at = if slips == 1 { first } else { slip };
                words[at] = misspelled(chance, &words[at]);
            }
            let query = PersonName::new(&words.join(" ")).expect("a query");
            // Who misspells a name still knows the day of birth of most children.
            let born = Some(child.born).filter(|_| chance.below(10) > 0);
            let Ok(terms) = SearchTerms::new(Some(&query), born, None) else { continue };
            let (candidates, time) = bench.timed(|tx| {
                let permit = tx.authorize(Action::ChildSearch)?;
                Ok(tx.child_search(&permit, &terms, limit)?)
            });
            let hit = candidates.iter().any(|candidate| candidate.id == ChildId::from_uuid(child.id));
            found += usize::from(hit);
            with_day += usize::from(born.is_some());
            found_with_day += usize::from(hit && born.is_some());
            if !hit && candidates.len() == limit {
                cut_off += 1;
                cut_off_with_day += usize::from(born.is_some());
            }
            if !hit && std::env::var_os("QORGAN_BENCH_MISSES").is_some() {
                println!(
                    "  missed: {} for {} {} ({} found)",
                    words.join(" "),
                    child.last,
                    child.first,
                    candidates.len()
                );
            }
            times.push(time);
        }
        let (without_day, found_without) = (times.len() - with_day, found - found_with_day);
        report(what, found, times);
        println!(
            "  with the day of birth {found_with_day} of {with_day}, without it {found_without} of {without_day}; not shown \
             since {limit} others were: {cut_off}, {cut_off_with_day} of them with the day"
        );
    }
}

fn by_likeness(bench: &Bench, asked: &[Made], chance: &mut Chance) {
    let (mut found, mut certain, mut wrong, mut times) = (0, 0, 0, Vec::new());
    for child in asked {
        let name = HeldName::new(
            &misspelled(chance, &child.last),
            &misspelled(chance, &child.first),
            child.patronymic.as_deref().filter(|_| chance.below(3) > 0),
        );
        let person = Person {
            names: vec![name],
            birth_date: Some(child.born).filter(|_| chance.below(10) > 0),
            kato: Some("351000000".to_owned()),
            ..Person::default()
        };
        let (identified, time) = bench.timed(|tx| {
            let permit = tx.authorize(Action::ChildSearch)?;
            Ok(tx.child_identify(&permit, &person)?)
        });
        let own = ChildId::from_uuid(child.id);
        match identified {
            Identified::Certain(linked, _) => {
                certain += 1;
                found += usize::from(linked.id == own);
                wrong += usize::from(linked.id != own);
            }
            Identified::Uncertain(candidates) => {
                found += usize::from(candidates.iter().any(|candidate| candidate.id == own));
            }
            Identified::Unknown => {}
        }
        times.push(time);
    }
    report("identified by a misspelled name and, mostly, the birth date", found, times);
    println!("  certain: {certain}, of these another child: {wrong}");
}
