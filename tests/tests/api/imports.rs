//! `/signals/import`, and external ids of single signals.

use std::fmt::Write;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use qorgan_tests::server::settings;
use qorgan_tests::{Client, Reply, Server, client};
use serde_json::{Value, json};

use crate::support::Cast;

const HEADER: &str = "external_id;description;territory;urgency;last_name;first_name;birth_date;organisation";

fn import(client: &Client, query: &str, content_type: &str, body: impl Into<reqwest::blocking::Body>) -> Reply {
    let request = client.request("POST", &format!("/api/v1/signals/import?{query}"));
    client::send(request.header("Content-Type", content_type).body(body))
}

fn csv(client: &Client, source: &str, body: &str) -> Reply {
    import(client, &format!("source={source}&channel=raid"), "text/csv", body.to_owned())
}

/// Accepted, repeated, rejected.
fn counts(reply: &Reply) -> (u64, u64, u64) {
    let count = |name: &str| reply.body[name].as_u64().unwrap_or_else(|| panic!("{name}: {}", reply.text));
    (count("accepted"), count("repeated"), count("rejected"))
}

/// The problems as `row field code`.
fn problems(reply: &Reply) -> Vec<String> {
    let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
    let rows = reply.body["rows"].as_array().expect("rows");
    rows.iter().map(|row| format!("{} {} {}", row["row"], text(row, "field"), text(row, "code"))).collect()
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

/// 10 000 rows, of which every 33rd is wrong in one of five ways, until 300 are.
fn ten_thousand() -> (String, Vec<String>) {
    let mut file = String::from(HEADER);
    let mut wrong = Vec::new();
    for number in 0..10_000_u32 {
        let row = number + 2;
        let (mut territory, mut urgency, mut birth, mut organisation, mut description) =
            ("351000000", "routine", "2014-05-17", "", format!("Met on the street at night, {number}"));
        if number % 33 == 7 && wrong.len() < 300 {
            let (field, code) = match number % 5 {
                0 => {
                    territory = "990000000";
                    ("territory", "unknown_territory")
                }
                1 => {
                    urgency = "soon";
                    ("urgency", "unknown_code")
                }
                2 => {
                    birth = "17.17.2014";
                    ("birth_date", "date_format")
                }
                3 => {
                    organisation = "DKPSISU";
                    ("organisation", "organisation_takes_no_signals")
                }
                _ => {
                    description.clear();
                    ("description", "missing_field")
                }
            };
            wrong.push(format!("{row} {field} {code}"));
        }
        write!(file, "\r\n{number};{description};{territory};{urgency};Жиын;Алия;{birth};{organisation}")
            .expect("text");
    }
    (file, wrong)
}

#[test]
fn ten_thousand_signals_with_three_hundred_bad_rows() {
    let server = Server::start();
    let police = server.client("juvenile_inspector.home");
    let (file, wrong) = ten_thousand();
    assert_eq!(wrong.len(), 300);
    let started = Instant::now();
    let first = csv(&police, "raid-2026-03", &file).expect(200);
    let took = started.elapsed();
    assert_eq!(counts(&first), (9_700, 0, 300));
    assert_eq!(problems(&first), wrong);
    for row in first.body["rows"].as_array().expect("rows") {
        assert!(row["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
    let started = Instant::now();
    let again = csv(&police, "raid-2026-03", &file).expect(200);
    println!("10 000 rows: first {took:?}, again {:?}", started.elapsed());
    assert_eq!(counts(&again), (0, 9_700, 300));
    assert_eq!(problems(&again), wrong);
    assert_eq!(count(&server, "SELECT count(*) FROM signals"), 9_700);
    assert_eq!(count(&server, "SELECT count(*) FROM outbox WHERE topic = 'signal.received'"), 9_700);
    assert_eq!(
        count(
            &server,
            "SELECT sum(cardinality(subjects))::bigint AS count FROM audit_events WHERE action = 'signal_import'"
        ),
        9_700
    );
    // The account of both, and nothing of the rejected rows anywhere.
    assert_eq!(
        count(
            &server,
            "SELECT count(*) FROM signal_imports WHERE accepted + repeated = 9700 AND rejected = 300 AND finished_at IS NOT NULL"
        ),
        2
    );
    assert!(took.as_secs() < 60, "an import of this size is no night's work: {took:?}");
}

#[test]
fn two_imports_of_one_file_at_once_double_nothing() {
    let server = Server::start();
    let mut file = String::from(HEADER);
    for number in 0..900 {
        // The second half has no external id: its content tells it.
        let id = if number < 450 { number.to_string() } else { String::new() };
        write!(file, "\n{id};Found at night {number};351000000;urgent;;;;").expect("text");
    }
    let barrier = Barrier::new(4);
    let answers: Vec<Reply> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let user = if number % 2 == 0 { "social_pedagogue.home" } else { "pedagogue.second.home" };
                let client = server.client(user);
                let (file, barrier) = (&file, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    csv(&client, "screening-1", file).expect(200)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let accepted: u64 = answers.iter().map(|answer| counts(answer).0).sum();
    assert_eq!(accepted, 900, "{:?}", answers.iter().map(counts).collect::<Vec<_>>());
    assert_eq!(count(&server, "SELECT count(*) FROM signals"), 900);
}

#[test]
fn a_row_that_says_something_else_now_is_refused_and_nothing_is_overwritten() {
    let cast = Cast::new();
    let row = |id: &str, text: &str| format!("{HEADER}\n{id};{text};351000000;routine;;;;");
    assert_eq!(counts(&csv(&cast.pedagogue, "screening", &row("7", "First")).expect(200)), (1, 0, 0));
    let changed = csv(&cast.pedagogue, "screening", &row("7", "Second")).expect(200);
    assert_eq!((counts(&changed), problems(&changed)), ((0, 0, 1), vec!["2 external_id external_id_changed".into()]));
    // In one file too.
    let twice = format!("{}\n8;Other;351000000;routine;;;;\n8;One;351000000;routine;;;;", row("8", "One"));
    let twice = csv(&cast.pedagogue, "screening", &twice).expect(200);
    assert_eq!((counts(&twice), problems(&twice)), ((1, 1, 1), vec!["3 external_id external_id_changed".into()]));
    // Another source, and another organisation's rows of the same source, are their own.
    assert_eq!(counts(&csv(&cast.pedagogue, "raid", &row("7", "First")).expect(200)), (1, 0, 0));
    assert_eq!(counts(&csv(&cast.police, "screening", &row("7", "Second")).expect(200)), (1, 0, 0));
    let list = cast.pedagogue.get("/signals").expect(200);
    let texts: Vec<&str> =
        list.body["items"].as_array().expect("items").iter().filter_map(|item| item["description"].as_str()).collect();
    assert!(texts.contains(&"First") && !texts.contains(&"Other"), "{texts:?}");
}

#[test]
fn rows_go_where_single_signals_go() {
    let cast = Cast::new();
    let row = |number: u32, territory: &str, organisation: &str| {
        format!("\n{number};D;{territory};routine;;;;{organisation}")
    };
    let mut file = String::from(HEADER);
    for (number, (territory, organisation)) in [
        ("351000000", String::new()),
        ("352400000", String::new()),
        ("352400000", "UZ".into()),
        ("351000000", cast.organisation("school abroad")),
        ("352300000", String::new()),
        ("351000000", "0190a6f8-5b1c-7c3e-9f00-1234567890ab".into()),
    ]
    .into_iter()
    .enumerate()
    {
        file.push_str(&row(u32::try_from(number).expect("few"), territory, &organisation));
    }
    let answer = csv(&cast.police, "raid", &file).expect(200);
    assert_eq!(counts(&answer), (4, 0, 2), "{}", answer.text);
    let wrong = problems(&answer);
    assert!(wrong[0] == "6 organisation nobody_on_duty" || wrong[0] == "6 territory unknown_territory", "{wrong:?}");
    assert_eq!(wrong[1], "7 organisation unknown_organisation");
    let list = cast.police.get("/signals").expect(200);
    let mut found: Vec<(String, String)> = list.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().expect("a text").to_owned();
            (text("external_id"), text("organisation_id"))
        })
        .collect();
    found.sort();
    let expected = ["UO home", "UO abroad", "UZ abroad", "school abroad"].map(|name| cast.organisation(name));
    assert_eq!(found.into_iter().map(|(_, organisation)| organisation).collect::<Vec<_>>(), expected);
    // A pedagogue's own stay at the school.
    let own = csv(&cast.pedagogue, "screening", &format!("{HEADER}{}", row(1, "351000000", ""))).expect(200);
    assert_eq!(counts(&own), (1, 0, 0));
    let list = cast.pedagogue.get("/signals").expect(200);
    assert_eq!(list.body["items"][0]["organisation_id"], cast.organisation("school home").as_str());
    assert_eq!(list.body["items"][0]["channel"], "raid");
}

#[test]
fn a_dry_run_checks_all_and_writes_nothing() {
    let cast = Cast::new();
    let file = format!("{HEADER}\n1;A;351000000;routine;;;;\n2;;351000000;routine;;;;\n1;A;351000000;routine;;;;");
    let query = "source=raid&channel=raid&dry_run=true";
    let answer = import(&cast.police, query, "text/csv", file.clone()).expect(200);
    assert_eq!((counts(&answer), &answer.body["id"], &answer.body["dry_run"]), ((1, 1, 1), &Value::Null, &json!(true)));
    assert_eq!(
        count(&cast.server, "SELECT (SELECT count(*) FROM signals) + (SELECT count(*) FROM signal_imports) AS count"),
        0
    );
    assert_eq!(counts(&csv(&cast.police, "raid", &file).expect(200)), (1, 1, 1));
}

#[test]
fn lines_of_json_and_words_in_the_callers_language() {
    let cast = Cast::new();
    let lines = "{\"external_id\":\"1\",\"channel\":\"asppm_screening\",\"description\":\"Бала қорқады\",\"territory\":\"351000000\",\"urgency\":\"urgent\",\"last_name\":\"Секретов\",\"first_name\":\"А\",\"age\":11}\n\
        {\"external_id\":\"2\",\"description\":\"D\",\"territory\":\"351000000\",\"urgency\":\"urgent\",\"iin\":\"600115500014\",\"last_name\":\"Секр3тов\"}\n";
    let mut messages = Vec::new();
    for language in ["ru", "kk", "en"] {
        let request = cast.psychologist.request("POST", "/api/v1/signals/import?source=asppm&dry_run=true");
        let request = request.header("Content-Type", "application/x-ndjson").header("Accept-Language", language);
        let answer = client::send(request.body(lines)).expect(200);
        assert_eq!(counts(&answer), (1, 0, 1));
        assert_eq!(
            problems(&answer),
            [
                "2 channel missing_field",
                "2 last_name name_format",
                "2 first_name missing_field",
                "2 iin iin_control_digit"
            ]
        );
        assert!(!answer.text.contains("Секр") && !answer.text.contains("600115500014"), "{}", answer.text);
        messages.push(answer.body["rows"][0]["message"].clone());
    }
    assert!(messages[0] != messages[1] && messages[1] != messages[2]);
}

#[test]
fn what_is_no_file_of_signals() {
    let server = Server::with(&qorgan_api::ApiSettings { import_limit: 4096, ..settings() });
    let police = server.client("juvenile_inspector.home");
    let reply = import(&police, "source=raid", "text/csv", "Секретов;Алия\nx;y\n").problem(422, "validation_failed");
    assert!(!reply.text.contains("Секретов"), "{}", reply.text);
    let errors = reply.errors();
    assert!(errors.contains(&("/header/column 1".into(), "unknown_column".into())), "{errors:?}");
    assert!(errors.contains(&("/header/channel".into(), "missing_field".into())), "{errors:?}");
    let long = format!("{HEADER}\n{}", "x".repeat(5000));
    let reply = csv(&police, "raid", &long).problem(413, "payload_too_large");
    assert_eq!(reply.body["limit_bytes"], 4096);
    let unannounced = reqwest::blocking::Body::new(std::io::Cursor::new(long));
    let _ = import(&police, "source=raid", "text/csv", unannounced).problem(413, "payload_too_large");
    for content_type in ["application/json", "text/csv; charset=windows-1251", "text/plain", "nonsense"] {
        let reply = import(&police, "source=raid", content_type, "x").problem(415, "unsupported_media_type");
        assert_eq!(reply.header("accept"), Some("text/csv, application/x-ndjson"));
    }
    for (query, wrong) in [
        ("", "source missing_parameter"),
        ("source=Raid", "source source_format"),
        ("source=single", "source source_format"),
        ("source=raid&channel=pigeon", "channel unknown_code"),
        ("source=raid&dry_run=1", "dry_run wrong_type"),
    ] {
        let reply = import(&police, query, "text/csv", "x").problem(400, "invalid_query");
        let named: Vec<String> = reply.errors().iter().map(|(at, code)| format!("{at} {code}")).collect();
        assert_eq!(named, [wrong]);
    }
    // The contact centre files one by one.
    let _ = csv(&server.client("hotline_operator.home"), "raid", HEADER).problem(403, "forbidden");
    assert_eq!(counts(&csv(&police, "raid", HEADER).expect(200)), (0, 0, 0));
}

/// A service account with a token of `POST /auth/token`.
fn by_its_own_door(server: &Server, name: &str) -> Client {
    const SECRET: &str = "Qorgan-service-2026";
    let account = server.world.person(name).user;
    let administrator = server.client("administrator.home");
    administrator.post(&format!("/users/{account}/password"), &json!({"password": SECRET})).expect(204);
    let form = [("grant_type", "client_credentials"), ("client_id", name), ("client_secret", SECRET)];
    let token = client::send(server.anonymous().request("POST", "/api/v1/auth/token").form(&form)).expect(200);
    server.anonymous().with_token(token.body["access_token"].as_str().expect("a token"))
}

#[test]
fn a_hotline_files_a_call_once_and_sees_its_own() {
    let cast = Cast::new();
    let hotline = by_its_own_door(&cast.server, "hotline_operator.home");
    let call = json!({"channel": "hotline_111", "description": "Cries before going home.", "territory": "351000000",
        "urgency": "urgent", "external_id": "call-2026-000123", "child": {"last_name": "Тыңдалған", "first_name": "Алия", "age": 12}});
    let filed = hotline.post("/signals", &call).expect(201);
    assert_eq!(filed.body["external_id"], "call-2026-000123");
    let again = hotline.post("/signals", &call).expect(200);
    assert_eq!(again.id(), filed.id());
    let mut other = call.clone();
    other["description"] = json!("Something else.");
    let refused = hotline.post("/signals", &other).problem(409, "id_taken");
    assert_eq!(refused.body["reason"], "external_id_changed");
    // Eight operators' windows at once.
    let mut next = call.clone();
    next["external_id"] = json!("call-2026-000124");
    let answers: Vec<Reply> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| hotline.post("/signals", &next))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201) && answer.id() == answers[0].id()));
    // Another centre's calls have numbers of their own.
    cast.server.client("hotline_operator.abroad").post("/signals", &call).expect(201);
    let list = hotline.get("/signals").expect(200);
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(2));
    // The office on duty decides; the centre sees that, and nothing of what was found.
    let dismissed = json!({"decision": "dismiss", "reason": "Secret grounds"});
    cast.supervisor.change(&format!("/signals/{}/triage", filed.id()), 1, &dismissed).expect(200);
    let seen = hotline.get(&format!("/signals/{}", filed.id())).expect(200);
    assert_eq!((&seen.body["status"], &seen.body["decision_reason"]), (&json!("dismissed"), &Value::Null));
    assert_eq!(hotline.post("/signals", &call).expect(200).body["status"], "dismissed", "a late repeat is no new call");
    // It learns nothing of what else is known.
    let _ = hotline.get(&format!("/signals/{}/duplicates", filed.id())).problem(403, "forbidden");
    assert_eq!(hotline.get(&format!("/signals/{}", filed.id())).expect(200).body["duplicates"], Value::Null);
}
