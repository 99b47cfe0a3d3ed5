//! The children of a batch are looked for at once: what comes of its rows is what would come of them one by one.

use chrono::{NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use qorgan_api::routes::reference::code_of;
use qorgan_domain::lists::{ListFormat, Reading, TextEncoding, feed};
use qorgan_domain::register::import::{Demands, EventRow, FactField, RowRules, check};
use qorgan_domain::signals::ImportSource;
use qorgan_storage::register::import::FactImportRun;
use qorgan_storage::{AccessError, Database, DatabaseSettings, Entry, EntryRefusal, Failure, StorageError, Tx};
use qorgan_tests::TestDatabase;
use qorgan_tests::world::World;

/// How one child is written, with whatever slips: last name, first name, patronymic, birth, ИИН.
const CHILDREN: [[&str; 4]; 12] = [
    [
        "Төлегенова;Жанерке;Сериковна;2013-04-11;",
        "Тулегенова;Жанерке;Серикқызы;2013-04-11;",
        "Тулегенова;Жаннерке;;2013-11-04;",
        "Tolegenova;Zhanerke;;2013-04-11;",
    ],
    [
        "Ибрагимов;Бауыржан;Оразович;2012-09-30;",
        "Ибрагимов;Бауржан;;2012-09-30;",
        "Ибраимов;Бауржан;Оразулы;2012-09-30;",
        "Ибрагимов;Бауыржан;Оразұлы;2012-09-03;",
    ],
    [
        "Ким;Виктор;;2011-01-02;",
        "Ким;Виктор;Игоревич;2011-01-02;",
        "Ким;Виктория;Игоревна;2011-01-02;",
        "Цой;Виктор;;2011-01-02;",
    ],
    [
        "Номерова;Аружан;Олеговна;2011-05-02;600115500013",
        "Намерова;Аружан;;2012-05-02;600115500013",
        "Номерова;Аружан;Олеговна;2011-05-02;",
        "Әлімов;Қайрат;Серікұлы;2013-08-21;600115500013",
    ],
    [
        "Сейтқали;Данияр;;2012-09-30;",
        "Сейткали;Данияр;;2012-09-30;",
        "Сейткалиев;Данияр;;2012-09-30;",
        "Сейтқали;Диана;;2012-09-30;",
    ],
    [
        "Ахметова;Айгерим;Нұрланқызы;2010-02-14;",
        "Ахметова;Айгерим;Нурлановна;2010-02-14;",
        "Ахметова;Айгерім;;2010-02-15;",
        "Айгерим;Ахметова;;2010-02-14;",
    ],
    [
        "Петров;Иван;Ильич;2014-07-01;",
        "Петров;Иван;Ильич;2014-01-07;",
        "Петров;Ваня;;2014-07-01;",
        "Петрова;Инна;Ильинична;2014-07-01;",
    ],
    [
        "Қасымов;Ерасыл;Болатұлы;2013-03-03;720908501235",
        "Касымов;Ерасыл;Болатович;2013-03-03;",
        "Касимов;Ерасил;;2013-03-03;720908501235",
        "Қасымов;Нұрасыл;Болатұлы;2013-03-03;",
    ],
    [
        "Смағұлова;Томирис;;2009-12-12;",
        "Смагулова;Томирис;;2009-12-12;",
        "Смагулова;Томирис;;2009-12-21;",
        "Смагулова;Тамерис;Ерлановна;2009-12-12;",
    ],
    [
        "Оспан;Мансұр;Ержанұлы;2015-06-30;",
        "Оспанов;Мансур;Ержанович;2015-06-30;",
        "Оспан;Мансур;;2015-06-30;",
        "Оспан;Мансұр;Ержанұлы;2015-07-30;",
    ],
    [
        "Жұмабай;Сұлтан;;2012-10-10;",
        "Жумабай;Султан;;2012-10-10;",
        "Джумабай;Султан;;2012-10-10;",
        "Жұмабаев;Сұлтан;;2012-10-10;",
    ],
    ["Ли;Анна;;2013-05-05;", "Ли;Анна;;2013-05-05;", "Ли;Анна;Сергеевна;2013-05-05;", "Ли;Жанна;Сергеевна;2013-05-05;"],
];

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

#[derive(QueryableByName)]
struct Came {
    #[diesel(sql_type = Text)]
    of_it: String,
}

/// Every child by each of its spellings, in an order in which spellings of one child stand apart, on days that make some of
/// the events one.
fn rows() -> Vec<EventRow> {
    let mut file = "external_id;last_name;first_name;patronymic;birth_date;iin;sex;occurred_on;territory;setting;\
                    main_form;description\n"
        .to_owned();
    for (spelling, day) in [(0, 10), (1, 11), (2, 10), (3, 24), (1, 25), (0, 28)] {
        for (child, spellings) in CHILDREN.iter().enumerate() {
            let id = file.lines().count();
            let sex = ["ж", "м", "м", "ж", "м", "ж", "м", "м", "ж", "м", "м", "ж"][child];
            file +=
                &format!("{id:03};{};{sex};2024-02-{day};351000000;home;physical;Синяки {id}\n", spellings[spelling]);
        }
    }
    let reading = Reading { format: ListFormat::Csv, encoding: TextEncoding::Utf8, max_rows: 1_000 };
    let today = NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day");
    let rules = RowRules { demands: Demands::Report, today, words: code_of };
    let mut rows = Vec::new();
    let read = feed(
        reading,
        file.as_bytes(),
        &FactField::columns(Demands::Report),
        |raw| check(raw, rules),
        |batch| {
            rows.extend(batch);
            Ok::<_, Trouble>(Vec::new())
        },
    )
    .expect("read the rows");
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    rows
}

/// What came of the rows when so many of them are filed in a unit of work: by row its outcome, the first row of its fact, that
/// of its child, and the rows near whose facts a person decides; then the names held.
fn filed(at_once: usize) -> String {
    let database = TestDatabase::new();
    let world = World::read(&mut database.owner());
    let settings =
        DatabaseSettings { url: database.server_url(), connections: 2, wait: std::time::Duration::from_secs(10) };
    let server = Database::new(&settings);
    let unit = |work: &mut dyn FnMut(&mut Tx<'_>) -> Result<(), AccessError>| {
        let session = world.person("supervisor.office.home").session;
        let entry = Entry { session, now: Utc::now(), request_id: "import".to_owned(), idempotency: None };
        server.run::<_, Trouble>(&entry, |tx| Ok(work(tx)?)).expect("a unit of work");
    };
    let mut run = FactImportRun::new(ImportSource::new("batches").expect("a source"), [0; 32], false);
    unit(&mut |tx| tx.fact_import_begin(&mut run));
    for part in rows().chunks(at_once) {
        unit(&mut |tx| {
            let problems = tx.fact_import_batch(&mut run, part.to_vec())?;
            assert!(problems.is_empty(), "{problems:?}");
            Ok(())
        });
    }
    let came: Came = sql_query(
        "WITH filed AS (SELECT i.external_id AS id, r.fact_id, r.child_id, r.match_outcome
                        FROM register_import_rows i JOIN register_reports r ON r.id = i.report_id)
         SELECT string_agg(concat_ws(' ', f.id, f.match_outcome,
                    (SELECT min(o.id) FROM filed o WHERE o.fact_id = f.fact_id),
                    (SELECT min(o.id) FROM filed o WHERE o.child_id = f.child_id),
                    (SELECT string_agg(o.id, ',' ORDER BY o.id) FROM register_match_reviews m
                     JOIN filed o ON o.fact_id = m.older_id WHERE m.newer_id = f.fact_id)), E'\n' ORDER BY f.id)
                || (SELECT E'\n' || string_agg(concat_ws(' ', n.last_name, n.first_name, n.patronymic, n.source), E'\n'
                           ORDER BY n.last_name, n.first_name, n.patronymic, n.source) FROM child_names n) AS of_it
         FROM filed f",
    )
    .get_result(&mut database.owner())
    .expect("what came of it");
    came.of_it
}

#[test]
fn what_comes_of_rows_at_once_is_what_comes_of_them_one_by_one() {
    let alone = filed(1);
    // Or the rows would show nothing: some join a fact, some are before a person, some children have several rows.
    for outcome in ["matched", "review", "new", "reported"] {
        assert!(alone.contains(outcome), "{outcome}: {alone}");
    }
    for at_once in [7, 100] {
        assert_eq!(filed(at_once), alone, "{at_once} at once");
    }
}
