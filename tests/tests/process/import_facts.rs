//! `qorgan import facts`, against a database of its own.

use std::fmt::Write;
use std::process::{Child, Output, Stdio};
use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use qorgan_tests::TestDatabase;
use serde_json::Value;

use crate::program::Home;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(database: &TestDatabase, query: &str) -> i64 {
    sql_query(query).get_result::<Count>(&mut database.owner()).expect("a count").count
}

fn start(home: &Home, database: &TestDatabase, name: &str, file: &[u8], more: &[&str]) -> Child {
    let mut command = home.command(&["import", "facts"]);
    std::fs::write(command.get_current_dir().expect("a folder").join(name), file).expect("write the file");
    command.args([name, "--as", "supervisor.office.home", "--source", "school-2024"]);
    command.args(["--database-url", &database.server_url()]).args(more);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("start the program")
}

fn import(home: &Home, database: &TestDatabase, file: &[u8], more: &[&str]) -> Output {
    start(home, database, "facts.csv", file, more).wait_with_output().expect("run the program")
}

/// A world whose supervisor may log in.
fn world() -> (Home, TestDatabase) {
    let database = TestDatabase::new();
    let account = "INSERT INTO user_credentials SELECT id, 'no password matches this', now() FROM users
                   WHERE username IN ('supervisor.office.home', 'juvenile_inspector.home')";
    sql_query(account).execute(&mut database.owner()).expect("let the accounts work");
    (Home::new(), database)
}

const HEADER: &str = "№;Дата;Город;Место;Фамилия;Имя;Отчество;Дата рождения;Пол;Вид насилия;Суть;КУИ;Учтено;Примечание";
const MAP: [&str; 26] = [
    "--map",
    "external_id=№",
    "--map",
    "occurred_on=дата",
    "--map",
    "territory=Город",
    "--map",
    "setting=Место",
    "--map",
    "last_name=Фамилия",
    "--map",
    "first_name=Имя",
    "--map",
    "patronymic=Отчество",
    "--map",
    "birth_date=Дата рождения",
    "--map",
    "sex=Пол",
    "--map",
    "main_form=Вид насилия",
    "--map",
    "description=Суть",
    "--map",
    "kui=КУИ",
    "--map",
    "reported_on=Учтено",
];

fn table(rows: &str) -> Vec<u8> {
    format!("{HEADER}\n{rows}").into_bytes()
}

fn with_map<'a>(more: &[&'a str]) -> Vec<&'a str> {
    MAP.iter().chain(["--ignore-unknown"].iter()).chain(more).copied().collect()
}

/// The same event by two rows in different spelling, a day apart, one of another child, a bad one.
const ROWS: &str = "1;3.02.2024;г. Караганда;Дома;Төлегенова;Жанерке;Сериковна;11.04.2013;Ж;Физическое насилие;Синяки;1402;05.02.2024;x\n\
     2;04.02.2024;Караганда;;Тулегенова;Жанерке;Серикқызы;11.04.2013;жен;physical;Побои в семье;;;\n\
     3;10.03.2024;351000000;school;Ибрагимов;Бауыржан;Оразович;30.09.2012;м;bullying;Травля;;;\n\
     4;32.03.2024;351000000;school;Секретов;Алмас;;30.09.2012;м;bullying;Травля;;;\n";

#[test]
fn a_table_of_earlier_years_becomes_facts_once() {
    let (home, database) = world();
    let arguments = with_map(&["--default", "setting=home"]);
    let dry = import(&home, &database, &table(ROWS), &[arguments.clone(), vec!["--dry-run", "--json"]].concat());
    let told: Value =
        serde_json::from_slice(&dry.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&dry.stderr)));
    let counted = |told: &Value| ["new", "matched", "review", "repeated", "rejected"].map(|name| told[name].as_u64());
    assert_eq!(counted(&told), [2, 1, 0, 0, 1].map(Some), "{told}");
    assert_eq!((dry.status.code(), &told["id"]), (Some(1), &Value::Null));
    let written = "SELECT (SELECT count(*) FROM register_facts) + (SELECT count(*) FROM children)
                   + (SELECT count(*) FROM register_imports) AS count";
    assert_eq!(count(&database, written), 0);

    let first = import(&home, &database, &table(ROWS), &[arguments.clone(), vec!["--bad-rows", "bad.csv"]].concat());
    let text = String::from_utf8_lossy(&first.stdout).into_owned();
    assert_eq!(text, "Filed: 2 new, 1 matched, 0 to review; 0 filed before, 1 rejected\n");
    let folder = home.command(&[]).get_current_dir().expect("a folder").to_owned();
    let bad = std::fs::read_to_string(folder.join("bad.csv")).expect("the bad rows");
    assert!(bad.contains("5,occurred_on,date_format,"), "{bad}");

    // Once more, with the row put right: nothing is doubled.
    let right = table(&ROWS.replace("32.03", "31.03"));
    let again = import(&home, &database, &right, &arguments);
    let text = String::from_utf8_lossy(&again.stdout).into_owned();
    assert_eq!(text, "Filed: 1 new, 0 matched, 0 to review; 3 filed before, 0 rejected\n");
    assert_eq!(count(&database, "SELECT count(*) FROM register_facts"), 3);
    assert_eq!(count(&database, "SELECT count(*) FROM register_reports"), 4);
    assert_eq!(count(&database, "SELECT count(*) FROM children"), 3);
    // What was said before is not overwritten.
    let changed = import(&home, &database, &table(&ROWS.replace("Травля", "Угрозы")), &arguments);
    let text = String::from_utf8_lossy(&changed.stdout).into_owned();
    assert!(text.contains("external_id: "), "{text}");
    assert_eq!(count(&database, "SELECT count(*) FROM register_reports"), 4);

    // The register knows them from now on; the agency's own day stands beside; nobody is called to act.
    let now = "SELECT count(*) FROM register_fact_versions WHERE recorded_at > now() - interval '1 hour'";
    assert_eq!(count(&database, now), 3);
    let noted = "SELECT count(*) FROM register_import_rows WHERE reported_on = '2024-02-05'";
    assert_eq!(count(&database, noted), 1);
    let number = "SELECT count(*) FROM register_external_references WHERE system = 'kui' AND number = '1402'";
    assert_eq!(count(&database, number), 1);
    let called = "SELECT (SELECT count(*) FROM signals) + (SELECT count(*) FROM case_tasks)
                  + (SELECT count(*) FROM case_deadlines) AS count";
    assert_eq!(count(&database, called), 0);
    for output in [&dry, &first, &again] {
        let text = [output.stdout.clone(), output.stderr.clone()].concat();
        assert!(!String::from_utf8_lossy(&text).contains("Секретов"));
    }
}

#[test]
fn an_old_suicide_calls_for_nothing_and_a_fresh_one_does() {
    let (home, database) = world();
    let fresh = chrono::Utc::now().date_naive() - chrono::TimeDelta::days(2);
    let header =
        "external_id;occurred_on;territory;setting;last_name;first_name;birth_date;sex;level;description;school";
    let rest = "351000000;home;{};Данияр;2012-09-30;м;attempt;Таблетки;school home";
    let row = |id: &str, day: &str, name: &str| format!("{id};{day};{}\n", rest.replace("{}", name));

    let file = format!("{header}\n{}{}", row("1", "2024-05-05", "Сейтқали"), row("2", &fresh.to_string(), "Мұратов"));
    let done = import(&home, &database, file.as_bytes(), &[]);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(count(&database, "SELECT count(*) FROM register_facts"), 2);
    assert_eq!(count(&database, "SELECT count(*) FROM signals"), 1, "of the fresh one the school is told");
    assert_eq!(count(&database, "SELECT count(*) FROM children WHERE organisation_id IS NOT NULL"), 2);
}

/// One wrong digit may give the number of another child: a row that agrees with it in nothing else is not about it, and is
/// not lost. A row that agrees somewhat is.
#[test]
fn the_number_of_quite_another_child_costs_no_row_and_opens_no_record() {
    let (home, database) = world();
    let header = "external_id;occurred_on;territory;setting;last_name;first_name;patronymic;birth_date;sex;main_form;description;iin";
    let rows = "1;2024-02-03;351000000;home;Номерова;Аружан;Олеговна;2011-05-02;ж;physical;Синяки;600115500013\n\
        2;2024-03-03;351000000;school;Әлімов;Қайрат;Серікұлы;2013-08-21;м;bullying;Травля;600115500013\n\
        3;2024-04-03;351000000;home;Намерова;Аружан;;2012-05-02;ж;physical;Побои;600115500013\n";
    let done = import(&home, &database, format!("{header}\n{rows}").as_bytes(), &["--json"]);
    let told: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!((&told["new"], &told["rejected"]), (&Value::from(3), &Value::from(0)), "{told}");
    assert_eq!(count(&database, "SELECT count(*) FROM register_reports"), 3);
    assert_eq!(count(&database, "SELECT count(*) FROM children"), 2);
    assert_eq!(count(&database, "SELECT count(*) FROM children WHERE iin IS NULL AND last_name = 'Әлімов'"), 1);
    // The stranger's name is not held by the record of the number, the other spelling is.
    let held = "SELECT count(*) FROM child_names n JOIN children c ON c.id = n.child_id WHERE c.iin = '600115500013'";
    assert_eq!(count(&database, held), 2);
    let of_holder = "SELECT count(*) FROM register_reports r JOIN children c ON c.id = r.child_id
                     WHERE c.iin = '600115500013'";
    assert_eq!(count(&database, of_holder), 2);
}

#[test]
fn two_imports_of_one_file_at_once_double_nothing() {
    let (home, database) = world();
    let mut rows = String::new();
    for number in 0..240 {
        // Half of the rows have no id: their content tells them.
        let id = if number % 2 == 0 { number.to_string() } else { String::new() };
        let letters = ["а", "е", "и", "о", "у", "ы"];
        let (one, two) = (letters[number % 6], letters[number / 6 % 6]);
        writeln!(rows, "{id};{:02}.01.2024;351000000;home;Тест{one}к{two}в;Дан{two}л;Ер{one}лұлы;{:02}.03.2012;м;bullying;Травля {number};;;",
            number % 28 + 1, number % 28 + 1).expect("text");
    }
    let arguments = with_map(&["--json"]);
    let both = ["one.csv", "two.csv"].map(|name| start(&home, &database, name, &table(&rows), &arguments));
    let told = both.map(|child| {
        let output = child.wait_with_output().expect("run the program");
        serde_json::from_slice::<Value>(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    });
    let sum = |name: &str| told.iter().map(|it| it[name].as_u64().expect("a number")).sum::<u64>();
    assert_eq!(sum("new") + sum("matched") + sum("review"), 240, "{told:?}");
    assert_eq!((sum("repeated"), sum("rejected")), (240, 0));
    assert_eq!(count(&database, "SELECT count(*) FROM register_reports"), 240);
    assert_eq!(count(&database, "SELECT count(*) FROM register_import_rows"), 240);
}

#[test]
fn what_cannot_be_used_is_told_and_rights_count() {
    let (home, database) = world();
    let wrong = home
        .command(&[
            "import",
            "facts",
            "Facts.xls",
            "--as",
            "Ж",
            "--map",
            "x=y",
            "--default",
            "sex",
            "--encoding",
            "dos",
        ])
        .output()
        .expect("run the program");
    let text = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!(wrong.status.code(), Some(2), "{text}");
    for flag in ["--as", "--source", "--format", "--map", "--default", "--encoding"] {
        assert!(text.contains(flag), "{flag}: {text}");
    }
    let header = import(&home, &database, "Секретов;Алия\n".as_bytes(), &[]);
    let text = String::from_utf8_lossy(&header.stderr).into_owned();
    assert!(header.status.code() == Some(2) && text.contains("column 1") && !text.contains("Секретов"), "{text}");
    let mut command = home.command(&["import", "facts", "facts.csv", "--as", "juvenile_inspector.home"]);
    let forbidden = command.args(["--database-url", &database.server_url()]).output().expect("run the program");
    let text = String::from_utf8_lossy(&forbidden.stderr).into_owned();
    assert!(forbidden.status.code() == Some(1) && text.contains("may not import"), "{text}");
}

/// Not a test of every day: how fast it is. Run with `--run-ignored all --release`.
#[test]
#[ignore = "measures"]
fn rows_a_second() {
    let (home, database) = world();
    let mut rows = String::new();
    let syllables = ["ба", "да", "ка", "ла", "ма", "на", "ра", "са", "та", "жа"];
    for number in 0..5_000_usize {
        let of = |at: u32| syllables[number / 10_usize.pow(at) % 10];
        writeln!(
            rows,
            "{number};{:02}.{:02}.2024;351000000;home;{}{}{}ев;{}{}р;;{:02}.{:02}.20{:02};м;bullying;Травля;;;",
            number % 28 + 1,
            number / 28 % 12 + 1,
            of(0),
            of(1),
            of(2),
            of(3),
            of(0),
            number % 27 + 1,
            number % 12 + 1,
            number % 9 + 8
        )
        .expect("text");
    }
    let started = Instant::now();
    let done = import(&home, &database, &table(&rows), &with_map(&[]));
    let took = started.elapsed();
    println!("{} rows/s: {}", 5_000.0 / took.as_secs_f64(), String::from_utf8_lossy(&done.stdout));
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
}
