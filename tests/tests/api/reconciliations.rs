//! `/register/reconciliations`: another body's list, compared with the register.

mod numbers;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use qorgan_tests::{Client, Reply, Server, client};
use serde_json::{Value, json};

use crate::support::Cast;

const HEADER: &str = "external_id;occurred_on;last_name;first_name;birth_date;sex;kind;main_form;territory;setting";

fn send(client: &Client, query: &str, content_type: &str, body: impl Into<reqwest::blocking::Body>) -> Reply {
    let request = client.request("POST", &format!("/api/v1/register/reconciliations?{query}"));
    client::send(request.header("Content-Type", content_type).body(body))
}

fn upload(client: &Client, rows: &str) -> Reply {
    let query = "title=police-2026-q1&agency=DP&from=2026-01-01&to=2026-03-31";
    send(client, query, "text/csv; charset=utf-8", format!("{HEADER}\n{rows}"))
}

/// Outcome → (all, resolved).
fn counts(reply: &Reply) -> BTreeMap<String, (i64, i64)> {
    let counts = reply.body["counts"].as_array().unwrap_or_else(|| panic!("no counts in {}", reply.text));
    let number = |count: &Value, name: &str| count[name].as_i64().expect("a number");
    counts
        .iter()
        .map(|it| (it["outcome"].as_str().expect("an outcome").to_owned(), (number(it, "all"), number(it, "resolved"))))
        .collect()
}

/// All items, page by page.
fn items(client: &Client, id: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/register/reconciliations/{id}/items?limit=3{cursor}")).expect(200);
        all.extend(page.body["items"].as_array().expect("items").iter().cloned());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// External id → outcome, of rows.
fn outcomes(items: &[Value]) -> BTreeMap<String, String> {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    items
        .iter()
        .filter(|item| item["origin"] == "row")
        .map(|item| (text(item, "external_id"), text(item, "outcome")))
        .collect()
}

fn item<'a>(items: &'a [Value], external_id: &str) -> &'a Value {
    items.iter().find(|item| item["external_id"] == external_id).expect("the item")
}

fn resolve(client: &Client, list: &str, item: &Value, body: &Value) -> Reply {
    let id = item["id"].as_str().expect("an id");
    client.change(&format!("/register/reconciliations/{list}/items/{id}/resolve"), 1, body)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(server: &Server, query: &str) -> i64 {
    let row: Count = sql_query(query).get_result(&mut server.database.owner()).expect("a count");
    row.count
}

fn child(client: &Client, last_name: &str, first_name: &str, birth_date: &str, sex: &str) -> String {
    let child = json!({"last_name": last_name, "first_name": first_name, "birth_date": birth_date, "sex": sex,
        "territory": "351000000", "confirm_new": true});
    client.post("/children", &child).expect(201).id()
}

/// A fact of February, reported by whoever asks; its number.
fn fact(client: &Client, child: &str, day: &str) -> String {
    let report = json!({"kind": "violence", "main_form": "physical", "occurred_on": day,
        "place": {"territory": "351000000", "setting": "home"}, "child_id": child, "role": "victim",
        "description": "Bruises on both arms."});
    let filed = client.post("/register/reports", &report).expect(201);
    filed.body["fact"]["number"].as_str().expect("a number").to_owned()
}

/// The list of the police against what school and clinic reported.
struct Compared {
    cast: Cast,
    /// The office of education, which uploaded it.
    office: Client,
    numbers: [String; 4],
    list: String,
    uploaded: Reply,
}

fn compared() -> Compared {
    let cast = Cast::new();
    let office = cast.server.client("supervisor.office.home");
    let matched = child(&cast.pedagogue, "Тулегенова", "Жанерке", "2013-04-11", "female");
    let differing = child(&cast.pedagogue, "Ибрагимов", "Бауыржан", "2012-09-30", "male");
    let foreign = child(&cast.health, "Қасымбекова", "Гүлнұр", "2014-12-02", "female");
    let lacking = child(&cast.pedagogue, "Оразалиев", "Нурдаулет", "2011-01-19", "male");
    let numbers = [
        fact(&cast.pedagogue, &matched, "2026-02-10"),
        fact(&cast.pedagogue, &differing, "2026-02-10"),
        fact(&cast.health, &foreign, "2026-02-10"),
        fact(&cast.pedagogue, &lacking, "2026-02-20"),
    ];
    let rows = "1;10.02.2026;Төлегенова;Жанерке;11.04.2013;Ж;violence;physical;351000000;home\n\
        2;12.02.2026;Ибрагимов;Бауыржан;30.09.2012;М;Насилие в отношении ребёнка;physical;Караганда;В школе\n\
        =3;10.02.2026;Касымбекова;Гульнур;02.12.2014;ж;violence;physical;351000000;school\n\
        4;21.02.2026;Ибрагимов;Бауыржан;30.09.2012;м;;;;\n\
        5;14.03.2026;Неизвестнова;Ділназ;01.06.2015;ж;violence;bullying;351000000;school\n\
        6;31.02.2026;Секретов;Алмас;;;;;;\n\
        7;10.02.2025;Секретов;Алмас;01.01.2015;м;;;;\n\
        8;10.02.2026;Секретов;Алмас;01.01.2015;м;;;Атлантида;\n";
    let uploaded = upload(&office, rows).expect(201);
    let list = uploaded.id();
    Compared { cast, office, numbers, list, uploaded }
}

#[test]
fn every_outcome_and_the_sums_agree() {
    let it = compared();
    let all = items(&it.office, &it.list);
    let rows = outcomes(&all);
    let expected = [("1", "matched"), ("2", "differing"), ("=3", "differing"), ("4", "uncertain"), ("5", "only_there")];
    for (id, outcome) in expected {
        assert_eq!(rows.get(id).map(String::as_str), Some(outcome), "row {id}: {all:#?}");
    }
    assert_eq!(item(&all, "2")["differing"], json!(["occurred_on", "setting"]));
    assert_eq!(item(&all, "=3")["differing"], json!(["setting"]));
    // Names in other spellings are the same child; a fact of the own school is read, a foreign one known by number.
    assert_eq!(item(&all, "1")["fact"]["number"], it.numbers[0].as_str());
    assert!(item(&all, "1")["fact"]["id"].is_string());
    assert_eq!(item(&all, "=3")["fact"], json!({"id": null, "number": it.numbers[2]}));
    let here: Vec<&Value> = all.iter().filter(|item| item["outcome"] == "only_here").collect();
    assert_eq!(here.len(), 1, "{here:?}");
    assert_eq!((&here[0]["fact"]["number"], &here[0]["content"]), (&json!(it.numbers[3]), &Value::Null));
    // Bad rows stand in it with their reasons, and nothing of them.
    let bad: Vec<(i64, String)> = all
        .iter()
        .filter(|item| item["outcome"] == "bad")
        .map(|item| (item["row"].as_i64().expect("a row"), item["problems"].to_string()))
        .collect();
    let problem = |field: &str, code: &str| json!([{"field": field, "code": code}]).to_string();
    assert_eq!(
        bad,
        [
            (7, problem("occurred_on", "date_format")),
            (8, problem("occurred_on", "outside_period")),
            (9, problem("territory", "unknown_territory")),
        ]
    );
    assert!(!it.uploaded.text.contains("Секретов"), "{}", it.uploaded.text);
    assert_eq!(it.uploaded.body["problems"].as_array().map(Vec::len), Some(3));
    let sums = counts(&it.uploaded);
    assert_eq!(it.uploaded.body["rows"], 8);
    let of_rows: i64 = sums.iter().filter(|(name, _)| *name != "only_here").map(|(_, (all, _))| all).sum();
    assert_eq!((of_rows, sums["only_here"].0), (8, 1));
    assert_eq!(i64::try_from(all.len()).expect("few"), of_rows + 1);
    let read = it.office.get(&format!("/register/reconciliations/{}", it.list)).expect(200);
    assert_eq!(counts(&read), sums);
    let only = it.office.get(&format!("/register/reconciliations/{}/items?outcome=bad&resolved=false", it.list));
    assert_eq!(only.expect(200).body["items"].as_array().map(Vec::len), Some(3));
}

#[test]
fn items_are_settled_once_and_a_row_becomes_a_report() {
    let it = compared();
    let all = items(&it.office, &it.list);
    let (list, office) = (&it.list, &it.office);
    // What is missing is named; what is there is filed.
    let there = item(&all, "5");
    let bare = resolve(office, list, there, &json!({"resolution": "report_filed"})).problem(422, "validation_failed");
    assert_eq!(bare.errors(), [("/supplement/description".to_owned(), "missing_field".to_owned())]);
    let filed = json!({"resolution": "report_filed", "supplement": {"description": "From the list of the police."}});
    let filed = resolve(office, list, there, &filed).expect(200);
    assert!(filed.body["report_id"].is_string() && filed.body["resolution_fact_number"].is_string(), "{}", filed.text);
    let described = "SELECT count(*) FROM register_reports WHERE description = 'From the list of the police.'";
    assert_eq!(count(&it.cast.server, described), 1);
    let again = resolve(office, list, there, &json!({"resolution": "not_ours", "reason": "Twice"}));
    again.problem(412, "stale_version");
    let id = there["id"].as_str().expect("an id");
    let path = format!("/register/reconciliations/{list}/items/{id}/resolve");
    let twice = office.change(&path, 2, &json!({"resolution": "not_ours", "reason": "Twice"}));
    assert_eq!(twice.problem(409, "domain_rule").body["reason"], "item_resolved");
    // What a resolution needs, and what it does not take.
    let doubtful = item(&all, "4");
    let wrong = json!({"resolution": "different", "fact_id": id, "supplement": {}});
    let wrong = resolve(office, list, doubtful, &wrong).problem(422, "validation_failed");
    let named: Vec<String> = wrong.errors().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    assert_eq!(named, ["/reason required_here", "/fact_id not_allowed_here", "/supplement not_allowed_here"]);
    let refused = resolve(office, list, doubtful, &json!({"resolution": "data_corrected"}));
    assert_eq!(refused.problem(409, "domain_rule").body["reason"], "resolution_not_for_outcome");
    resolve(office, list, doubtful, &json!({"resolution": "different", "reason": "Another day"})).expect(200);
    let unknown = json!({"resolution": "same", "fact_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab"});
    let differing = item(&all, "2");
    let unknown = resolve(office, list, differing, &unknown).problem(422, "validation_failed");
    assert_eq!(unknown.errors(), [("/fact_id".to_owned(), "unknown_fact".to_owned())]);
    let same = json!({"resolution": "same", "fact_id": item(&all, "1")["fact"]["id"]});
    let same = resolve(office, list, differing, &same).expect(200);
    assert_eq!(same.body["resolution_fact_number"], it.numbers[0].as_str());
    // Closed is closed.
    let path = format!("/register/reconciliations/{list}");
    let summary = office.get(&path).expect(200);
    let settled: i64 = counts(&summary).values().map(|(_, resolved)| resolved).sum();
    assert_eq!(settled, 3);
    let bare = office.post(&format!("{path}/close"), &json!({}));
    bare.problem(428, "precondition_required");
    let closed = office.change(&format!("{path}/close"), summary.version(), &json!({})).expect(200);
    assert_eq!((&closed.body["status"], closed.body["erase_after"].is_string()), (&json!("closed"), true));
    let late = resolve(office, list, item(&all, "1"), &json!({"resolution": "different", "reason": "Too late"}));
    assert_eq!(late.problem(409, "domain_rule").body["reason"], "reconciliation_closed");
    let open = office.get("/register/reconciliations?status=open").expect(200);
    assert_eq!(open.body["items"].as_array().map(Vec::len), Some(0));
}

#[test]
fn rows_are_erased_when_their_time_has_come() {
    let it = compared();
    let path = format!("/register/reconciliations/{}", it.list);
    it.office.change(&format!("{path}/close"), 1, &json!({})).expect(200);
    let mut owner = it.cast.server.database.owner();
    let sweep = |owner: &mut PgConnection, days: i32| {
        let query = format!("SELECT reconciliation_sweep(now() + interval '{days} days', 1000) AS count");
        sql_query(query).get_result::<Count>(owner).expect("a sweep").count
    };
    assert_eq!(sweep(&mut owner, 100), 0);
    assert!(sweep(&mut owner, 200) >= 5);
    assert_eq!(sweep(&mut owner, 200), 0);
    let kept =
        "SELECT count(*) FROM register_reconciliation_items WHERE content IS NOT NULL OR external_id IS NOT NULL";
    assert_eq!(count(&it.cast.server, kept), 0);
    let summary = it.office.get(&path).expect(200);
    assert!(summary.body["erased_at"].is_string());
    assert_eq!(counts(&summary)["differing"].0, 2);
}

#[test]
fn the_export_holds_own_rows_without_names_and_no_formula() {
    let it = compared();
    let path = format!("/api/v1/register/reconciliations/{}/export", it.list);
    let reply = client::send(it.office.request("GET", &path)).expect(200);
    assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8"));
    let lines: Vec<&str> = reply.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "row;external_id;outcome;differing;fact_number;resolution");
    assert_eq!(lines.len(), 9, "{}", reply.text);
    assert_eq!(lines[1], format!("2;1;matched;;{};", it.numbers[0]));
    assert_eq!(lines[3], format!("4;\"'=3\";differing;setting;{};", it.numbers[2]));
    for foreign in ["Ибрагимов", "Касымбекова", it.numbers[3].as_str()] {
        assert!(!reply.text.contains(foreign), "{foreign}");
    }
}

#[test]
fn only_wide_scopes_compare_and_nobody_sees_a_foreign_list() {
    let it = compared();
    let path = format!("/register/reconciliations/{}", it.list);
    // The same agency in another town, a supervisor of one school, other roles.
    for (user, status, code) in [
        ("supervisor.office.abroad", 404, "not_found"),
        ("supervisor.home", 404, "not_found"),
        ("juvenile_inspector.home", 403, "forbidden"),
        ("social_pedagogue.home", 403, "forbidden"),
        ("statistician.home", 403, "forbidden"),
    ] {
        let client = it.cast.server.client(user);
        for part in ["", "/items", "/export"] {
            client.get(&format!("{path}{part}")).problem(status, code);
        }
        client.change(&format!("{path}/close"), 1, &json!({})).problem(status, code);
    }
    upload(&it.cast.server.client("supervisor.home"), "").problem(403, "forbidden");
    upload(&it.cast.police, "").problem(403, "forbidden");
    let abroad = it.cast.server.client("supervisor.office.abroad");
    assert_eq!(abroad.get("/register/reconciliations").expect(200).body["items"], json!([]));
    // Abroad learns of the fact at home that it is known, and of its own agency's facts which it lacks: their numbers.
    let rows = "1;10.02.2026;Тулегенова;Жанерке;11.04.2013;Ж;violence;physical;351000000;home\n";
    let uploaded = upload(&abroad, rows).expect(201);
    let all = items(&abroad, &uploaded.id());
    assert_eq!(item(&all, "1")["fact"], json!({"id": null, "number": it.numbers[0]}));
    assert!(
        !all.iter().any(|item| item["fact"]["number"] == it.numbers[2].as_str()),
        "a clinic's fact is no matter of it"
    );
    assert!(!abroad.get("/register/facts").expect(200).text.contains(&it.numbers[0]));
}

#[test]
fn what_is_no_list_is_told_at_once() {
    let cast = Cast::new();
    let office = cast.server.client("supervisor.office.home");
    let reply =
        send(&office, "title=a&from=2026-03-01&to=2026-02-01&agency=ABC&territory=990000000", "text/csv", HEADER);
    let named: Vec<String> =
        reply.problem(422, "validation_failed").errors().iter().map(|(at, code)| format!("{at} {code}")).collect();
    assert_eq!(named, ["to period_order", "agency unknown_agency", "territory unknown_territory"]);
    let query = "title=a&from=2026-01-01&to=2026-02-01";
    let reply = send(&office, query, "text/csv", "Секретов;Алия\nx;y\n").problem(422, "validation_failed");
    assert!(!reply.text.contains("Секретов") && reply.text.contains("/header/column 1"), "{}", reply.text);
    send(&office, query, "application/json", "{}").problem(415, "unsupported_media_type");
    // Columns that nobody knows are passed over where the caller says so; Windows-1251 is read.
    let text = b"occurred_on;last_name;first_name;\xcf\xf0\xe8\xec\xe5\xf7\xe0\xed\xe8\xe5\n10.01.2026;\xc8\xe2\xe0\xed\xee\xe2;\xc8\xe2\xe0\xed;x\n";
    let query = format!("{query}&ignore_unknown=true");
    let reply = send(&office, &query, "text/csv; charset=windows-1251", text.to_vec()).expect(201);
    assert_eq!(counts(&reply)["only_there"].0, 1);
    let all = items(&office, &reply.id());
    assert_eq!(all[0]["content"]["last_name"], "Иванов");
    // Two keys, one list.
    let twice = || {
        let request = office.request("POST", &format!("/api/v1/register/reconciliations?{query}"));
        client::send(request.header("Content-Type", "text/csv").header("Idempotency-Key", "k-1").body(HEADER))
    };
    assert_eq!(twice().expect(201).id(), twice().expect(201).id());
}

#[test]
fn five_thousand_rows() {
    let cast = Cast::new();
    let office = cast.server.client("supervisor.office.home");
    let known = child(&cast.pedagogue, "Тулегенова", "Жанерке", "2013-04-11", "female");
    fact(&cast.pedagogue, &known, "2026-02-10");
    let mut rows = String::from("0;10.02.2026;Тулегенова;Жанерке;11.04.2013;ж;violence;physical;351000000;home\n");
    for number in 1..5_000 {
        let day = if number % 50 == 0 { "32.02.2026" } else { "15.02.2026" };
        let name = ["Сейтқали", "Ахметов", "Ким", "Петренко", "Жұмабек"][number % 5];
        let second = ["а", "о", "у", "е", "и", "ы", "я"][number % 7];
        writeln!(
            rows,
            "{number};{day};{name}{second};Данияр{second};{:02}.03.20{:02};м;violence;neglect;351000000;home",
            number % 28 + 1,
            number % 9 + 9
        )
        .expect("text");
    }
    let started = Instant::now();
    let uploaded = upload(&office, &rows).expect(201);
    println!("5 000 rows compared in {:?}", started.elapsed());
    let sums = counts(&uploaded);
    assert_eq!((sums["matched"].0, sums["bad"].0, sums["only_there"].0), (1, 99, 4_900), "{sums:?}");
    assert_eq!(uploaded.body["rows"], 5_000);
    assert!(started.elapsed().as_secs() < 120);
}
