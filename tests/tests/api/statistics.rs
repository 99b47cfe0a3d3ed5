//! Protected counts, and the forms of a table.

use std::collections::BTreeMap;
use std::io::Read;

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::{Client, Reply, client};
use serde_json::{Value, json};

use crate::bad_input::Chance;
use crate::support::{Cast, register_child, report};

const YEAR: &str = "from=2026-01-01&to=2026-12-31";
const FACTS: usize = 45;
const DIMENSIONS: [&str; 8] = ["month", "territory", "kind", "main_form", "level", "setting", "relation", "agency"];

fn get(client: &Client, query: &str) -> Reply {
    client.get(&format!("/statistics/register?{YEAR}&{query}"))
}

fn accepting(client: &Client, query: &str, accept: &str) -> Reply {
    let path = format!("/api/v1/statistics/register?{YEAR}&{query}");
    client::send(client.request("GET", &path).header("Accept", accept).header("Accept-Language", "en"))
}

/// Facts of one child each, entered in a month that is over.
fn furnish(cast: &Cast) {
    let mut chance = Chance::new(53);
    for at in 0..FACTS {
        let child =
            register_child(&cast.pedagogue, &format!("Қорғалған{}", "абвгдежзи".chars().nth(at % 9).unwrap_or('к')));
        let mut body = report(&child, None);
        body["occurred_on"] = json!(format!("2026-0{}-1{}", 1 + chance.below(4), chance.below(9)));
        body["place"] = json!({"territory": chance.of(&["351000000", "352400000"]),
            "setting": chance.of(&["home", "school", "school", "online"])});
        if chance.below(4) == 0 {
            body["kind"] = json!("suicidal_behaviour");
            body["level"] = json!(chance.of(&["ideation", "ideation", "attempt"]));
            body["main_form"] = Value::Null;
            body["alleged_perpetrator_relation"] = Value::Null;
        } else {
            body["main_form"] = json!(chance.of(&["physical", "bullying", "bullying", "bullying", "neglect"]));
        }
        cast.pedagogue.post("/register/reports", &body).expect(201);
    }
    age(cast);
}

/// Turns the clock back for what was entered.
fn age(cast: &Cast) {
    sql_query("UPDATE register_fact_versions SET recorded_at = recorded_at - interval '40 days'")
        .execute(&mut cast.server.database.owner())
        .expect("age the facts");
}

fn cells(reply: &Reply, dimensions: &[&str]) -> BTreeMap<Vec<Option<String>>, u64> {
    let rows = reply.body["rows"].as_array().expect("rows");
    rows.iter()
        .map(|row| {
            let values = dimensions.iter().map(|name| row[*name].as_str().map(str::to_owned)).collect();
            (values, row["count"].as_u64().expect("a count"))
        })
        .collect()
}

#[test]
fn everybody_but_the_statistics_office_is_shown_protected_counts() {
    let cast = Cast::new();
    furnish(&cast);
    let exact = get(&cast.statistician, "").expect(200);
    assert_eq!((&exact.body["method"], &exact.body["total"]), (&json!("exact"), &json!(FACTS)));
    assert_eq!((&exact.body["note"], &exact.body["protection"]), (&Value::Null, &Value::Null));
    let office = get(&cast.statistician, "method=protected").expect(200);
    assert_eq!(office.body["method"], "protected");
    assert_eq!(office.body["protection"], json!({"max_noise": 5, "variance": 3.0, "threshold": 3, "hidden_below": 3}));
    assert!(office.body["note"].as_str().is_some_and(|note| note.contains("1, 2")), "{}", office.text);
    for person in ["analyst.home", "analyst.abroad", "supervisor.office.home", "roadmap_coordinator.home"] {
        let client = cast.server.client(person);
        assert_eq!(get(&client, "").expect(200).body, office.body, "{person}");
        get(&client, "method=exact").problem(403, "forbidden");
        get(&client, "method=exact&format=csv").problem(403, "forbidden");
    }
    for person in ["social_pedagogue.home", "administrator.home", "auditor.home", "hotline_operator.home"] {
        let client = cast.server.client(person);
        get(&client, "").problem(403, "forbidden");
        accepting(&client, "", "text/html").problem(403, "forbidden");
    }
}

#[test]
fn no_table_shows_a_small_count_and_equal_cells_have_equal_answers() {
    let cast = Cast::new();
    furnish(&cast);
    let analyst = cast.server.client("analyst.home");
    let total = get(&analyst, "").expect(200).body["total"].clone();
    let mut hidden = 0;
    for (place, one) in DIMENSIONS.iter().enumerate() {
        for other in &DIMENSIONS[place + 1..] {
            let both = [*one, *other];
            let query = format!("group_by={one},{other}");
            let exact = cells(&get(&cast.statistician, &query).expect(200), &both);
            let reply = get(&analyst, &query).expect(200);
            assert_eq!(reply.body["total"], total, "the total is one cell, in whatever table");
            let shown = cells(&reply, &both);
            for (values, count) in &shown {
                assert!(*count >= 3, "{query} {values:?} shows {count}");
                let exact = exact.get(values).copied().unwrap_or_default();
                assert!(
                    exact >= 3 && exact.abs_diff(*count) <= 5,
                    "{query} {values:?}: what is shown holds three at least"
                );
            }
            hidden += exact.len() - shown.len();
            assert!(exact.iter().all(|(values, count)| *count < 6 || shown.contains_key(values)), "{query}");
            // Asked for by the other dimension first, it is the same table.
            let turned = cells(&get(&analyst, &format!("group_by={other},{one}")).expect(200), &[*other, *one]);
            let turned: BTreeMap<_, _> =
                turned.into_iter().map(|(values, count)| (values.into_iter().rev().collect(), count)).collect();
            assert_eq!(turned, shown, "{query}");
        }
        // The row of a value is the total of the table that is narrowed to it.
        for (values, count) in cells(&get(&analyst, &format!("group_by={one}")).expect(200), &[one]) {
            let (Some(value), false) = (&values[0], *one == "month") else { continue };
            let narrowed = get(&analyst, &format!("{one}={value}")).expect(200);
            assert_eq!(narrowed.body["total"], count, "{one}={value}");
            assert_eq!(narrowed.body["rows"], json!([{"count": count}]), "{one}={value}");
        }
    }
    assert!(hidden > 0, "the fixture has small cells");
}

#[test]
fn protected_counts_rest_from_one_end_of_a_month_to_the_next() {
    let cast = Cast::new();
    furnish(&cast);
    let analyst = cast.server.client("analyst.home");
    let before = get(&analyst, "group_by=main_form").expect(200);
    let child = cast.child("Жаңа");
    cast.pedagogue.post("/register/reports", &report(&child, None)).expect(201);
    assert_eq!(get(&analyst, "group_by=main_form").expect(200).body, before.body, "of today nothing is shown yet");
    let as_of: chrono::NaiveDate = before.body["as_of"].as_str().expect("a day").parse().expect("a date");
    assert_eq!(chrono::Datelike::day(&as_of.succ_opt().expect("a day")), 1, "{as_of}");
    let named = get(&analyst, &format!("group_by=main_form&as_of={as_of}")).expect(200);
    assert_eq!(named.body, before.body);
    age(&cast);
    assert_ne!(get(&cast.statistician, &format!("as_of={as_of}")).expect(200).body["total"], FACTS);
    assert_eq!(get(&analyst, "as_of=2025-12-31").expect(200).body["total"], 0, "0 stays 0");
}

#[test]
fn what_would_wear_the_noise_away_is_refused() {
    let cast = Cast::new();
    let analyst = cast.server.client("analyst.home");
    for (query, expected) in [
        ("from=2026-01-02&to=2026-12-31", [("to", "period_not_whole")]),
        ("from=2026-01-01&to=2026-02-10", [("to", "period_not_whole")]),
        ("from=2025-01-01&to=2026-12-31", [("to", "period_not_whole")]),
        ("from=2026-01-01&to=2026-12-31&territory=351011100", [("territory", "territory_too_fine")]),
        (
            "from=2026-01-01&to=2026-12-31&group_by=kind,sex,setting&status=registered&agency=UO",
            [("group_by", "too_many_attributes")],
        ),
    ] {
        let refused = analyst.get(&format!("/statistics/register?{query}")).problem(400, "invalid_query");
        let expected = expected.map(|(name, code)| (name.to_owned(), code.to_owned()));
        assert_eq!(refused.errors(), expected, "{query}");
        cast.statistician.get(&format!("/statistics/register?{query}")).expect(200);
    }
    for period in
        ["from=2026-02-01&to=2026-02-28", "from=2026-04-01&to=2026-06-30", "from=2025-09-01&to=2026-08-31", ""]
    {
        analyst.get(&format!("/statistics/register?{period}")).expect(200);
    }
}

#[test]
fn json_stat_is_a_cube_of_the_same_counts() {
    let cast = Cast::new();
    furnish(&cast);
    for person in ["statistician.home", "analyst.home"] {
        let client = cast.server.client(person);
        let query = "group_by=month,territory,level";
        let table = get(&client, query).expect(200);
        let reply = accepting(&client, query, "application/vnd.json-stat+json").expect(200);
        assert_eq!(reply.header("content-type"), Some("application/vnd.json-stat+json"));
        let cube = &reply.body;
        assert_eq!((&cube["version"], &cube["class"]), (&json!("2.0"), &json!("dataset")));
        assert_eq!(cube["id"], json!(["month", "territory", "level", "measure"]));
        assert_eq!(cube["role"], json!({"time": ["month"], "geo": ["territory"], "metric": ["measure"]}));
        let codes = |name: &str| cube["dimension"][name]["category"]["index"].as_array().expect("an index").clone();
        let sizes = ["month", "territory", "level", "measure"].map(|name| codes(name).len());
        assert_eq!(cube["size"], json!(sizes));
        let mut found = BTreeMap::new();
        let mut values = cube["value"].as_array().expect("values").iter();
        for month in codes("month") {
            for territory in codes("territory") {
                for level in codes("level") {
                    let count = values.next().and_then(Value::as_u64).expect("a value");
                    let level = level.as_str().filter(|level| *level != "_none").map(str::to_owned);
                    let key = [&month, &territory].map(|code| code.as_str().map(str::to_owned));
                    if count > 0 {
                        found.insert(key.into_iter().chain([level]).collect::<Vec<_>>(), count);
                    }
                }
            }
        }
        assert!(values.next().is_none());
        assert_eq!(found, cells(&table, &["month", "territory", "level"]), "{person}");
        assert_eq!(cube["extension"]["total"], table.body["total"]);
        assert_eq!(cube["extension"]["method"], table.body["method"]);
        assert_eq!(cube.get("note").is_some(), person == "analyst.home");
        let words = &cube["dimension"]["level"]["category"]["label"];
        assert_eq!(words["_none"], "Not applicable");
        // A total without dimensions, and nothing at all.
        let total = get(&client, "format=json-stat").expect(200);
        assert_eq!((&total.body["id"], &total.body["value"]), (&json!(["measure"]), &json!([table.body["total"]])));
        let empty = get(&client, "format=json-stat&group_by=kind&as_of=2025-12-31").expect(200);
        assert_eq!((&empty.body["size"], &empty.body["value"]), (&json!([0, 1]), &json!([])));
    }
}

#[test]
fn csv_and_a_workbook_say_the_same() {
    let cast = Cast::new();
    furnish(&cast);
    let analyst = cast.server.client("analyst.home");
    let query = "group_by=territory,main_form&kind=violence";
    let table = get(&analyst, query).expect(200);
    let rows = table.body["rows"].as_array().expect("rows");
    let csv = accepting(&analyst, query, "text/csv").expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert!(csv.header("content-disposition").is_some_and(|name| name.contains("register-statistics.csv")));
    let mut lines = csv.text.trim_start_matches('\u{feff}').split("\r\n");
    let head = "territory,main_form,territory_label,main_form_label,count,from,to,as_of,method";
    assert_eq!(lines.next(), Some(head));
    for row in rows {
        let line = lines.next().expect("a line");
        let text = |name: &str| row[name].as_str().expect("a code");
        assert!(line.starts_with(&format!("{},{},", text("territory"), text("main_form"))), "{line}");
        let end =
            format!(",{},2026-01-01,2026-12-31,{},protected", row["count"], table.body["as_of"].as_str().unwrap_or(""));
        assert!(line.ends_with(&end), "{line}");
    }
    assert_eq!((lines.next(), lines.next()), (Some(""), None));

    for (language, heading, title) in [
        ("en", "Main form of violence", "The unified register"),
        ("kk", "Зорлық-зомбылықтың негізгі нысаны", "ірыңғай тізілім"),
        ("ru", "Основная форма насилия", "единый регистр"),
    ] {
        let path = format!("/api/v1/statistics/register?{YEAR}&{query}&format=xlsx");
        let answer = analyst.request("GET", &path).header("Accept-Language", language).send().expect("an answer");
        assert_eq!(answer.status(), 200);
        let bytes = answer.bytes().expect("a body");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
        let mut part = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).expect(name).read_to_string(&mut text).expect("text");
            text
        };
        let (sheet, strings) = (part("xl/worksheets/sheet1.xml"), part("xl/sharedStrings.xml"));
        assert!(sheet.contains("<pane ySplit=") && sheet.contains("state=\"frozen\""), "a header that stays");
        assert!(!sheet.contains("<f>"), "no formula");
        assert!(strings.contains(heading) && strings.to_lowercase().contains(&title.to_lowercase()), "{strings}");
        assert!(strings.contains("2026-01-01 – 2026-12-31") && strings.contains("1, 2"), "{strings}");
        for row in rows {
            assert!(sheet.contains(&format!("<v>{}</v>", row["count"])), "{row}");
        }
    }
}

#[test]
fn a_form_that_there_is_not_is_refused() {
    let cast = Cast::new();
    let analyst = cast.server.client("analyst.home");
    for accept in ["text/html", "image/png, application/pdf;q=0.9", "application/json;q=0"] {
        let refused = accepting(&analyst, "", accept).problem(406, "not_acceptable");
        assert_eq!(refused.header("content-type"), Some("application/problem+json"), "{accept}");
    }
    // Named, it does not matter what is accepted.
    accepting(&analyst, "format=csv", "text/html").expect(200);
    let refused = get(&analyst, "format=pdf").problem(400, "invalid_query");
    assert_eq!(refused.errors(), [("format".to_owned(), "unknown_code".to_owned())]);
    let document = client::send(cast.server.anonymous().request("GET", "/openapi.json")).expect(200).body;
    let answers = &document["paths"]["/api/v1/statistics/register"]["get"]["responses"];
    let types: Vec<&String> = answers["200"]["content"].as_object().expect("content").keys().collect();
    assert_eq!(types.len(), 5, "{types:?}");
    assert!(answers["406"]["content"]["application/problem+json"].is_object());
}
