//! Query parameters, cursors and ids in addresses that are wrong.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qorgan_tests::{Client, Server, client};
use serde_json::{Value, json};

use super::operations::{Callers, Operation, read};
use super::{clear, wrong};
use crate::support::{Cast, open_case, register_child};

const ID: &str = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";

fn get(client: &Client, path: &str) -> qorgan_tests::Reply {
    client::send(client.request("GET", path))
}

fn gets(client: &Client) -> Vec<Operation> {
    let (_, operations) = read(client);
    operations
        .into_iter()
        .filter(|operation| operation.method == "GET" && operation.path.starts_with("/api/"))
        .collect()
}

#[test]
fn unknown_and_repeated_parameters_are_refused_by_name() {
    let server = Server::start();
    let callers = Callers::new(&server);
    let mut refused = 0;
    for operation in gets(&server.anonymous()) {
        let (path, client) = (operation.at(ID), callers.of(&operation));
        let reply = get(client, &format!("{path}?surname=Sekretov&colour=red"));
        clear(&reply, 400, "invalid_query", &["Sekretov"]);
        for name in ["surname unknown_parameter", "colour unknown_parameter"] {
            assert!(wrong(&reply).contains(&name.to_owned()), "{}: {}", operation.name, reply.text);
        }
        if let Some(name) = operation.query.first() {
            let reply = get(client, &format!("{path}?{name}=1&{name}=2"));
            clear(&reply, 400, "invalid_query", &[]);
            assert!(wrong(&reply).contains(&format!("{name} repeated_parameter")), "{}", reply.text);
            refused += 1;
        }
    }
    assert!(refused >= 8, "only {refused} lists have parameters");
}

#[test]
fn parameters_of_writing_operations_are_refused_too() {
    let server = Server::start();
    let client = server.client("social_pedagogue.home");
    let child = json!({"last_name": "Sekretov", "first_name": "A", "birth_date": "2015-01-01", "sex": "male", "territory": "351000000"});
    let reply = client.post("/children?confirm_new=true", &child);
    clear(&reply, 400, "invalid_query", &["Sekretov"]);
    let reply = server.anonymous().post("/auth/login?password=Sekretov", &json!({"username": "a", "password": "b"}));
    clear(&reply, 400, "invalid_query", &["Sekretov"]);
}

#[test]
fn values_of_the_wrong_kind_are_all_named() {
    let server = Server::start();
    let client = server.client("social_pedagogue.home");
    let table: &[(&str, &[&str])] = &[
        (
            "/cases?limit=0&stage=x&risk_level=&organisation_id=1&overdue=maybe&assigned_to=me&updated_since=yesterday",
            &[
                "assigned_to id_format",
                "limit number_too_small",
                "organisation_id id_format",
                "overdue wrong_type",
                "risk_level unknown_code",
                "stage unknown_code",
                "updated_since time_format",
            ],
        ),
        (
            "/signals?limit=201&status=open&since=2026-01-01&urgency=%00",
            &["limit number_too_large", "since time_format", "status unknown_code", "urgency unknown_code"],
        ),
        (
            "/tasks?limit=99999999999999999999&mine=1&due_before=2026-13-01",
            &["due_before date_format", "limit wrong_type", "mine wrong_type"],
        ),
        (
            "/register/facts?from=1.1.2026&kind=Violence&limit=%D9%A1",
            &["from date_format", "kind unknown_code", "limit wrong_type"],
        ),
        ("/organisations?agency=uo&territory=35", &["agency agency_code_format", "territory kato_format"]),
    ];
    for (path, expected) in table {
        let reply = get(&client, &format!("/api/v1{path}"));
        clear(&reply, 400, "invalid_query", &[]);
        assert_eq!(wrong(&reply), *expected, "{path}");
    }
    let statistics = server.client("statistician.home");
    let path = "/api/v1/statistics/register?group_by=month,name&from=2026-02-30&as_of=2999-01-01&sex=x";
    let reply = get(&statistics, path);
    clear(&reply, 400, "invalid_query", &[]);
    assert_eq!(wrong(&reply), ["from date_format", "group_by unknown_code", "sex unknown_code"]);
    let path = "/api/v1/statistics/register?group_by=month,month&from=2026-02-02&to=2026-02-01&as_of=2999-01-01";
    let reply = get(&statistics, path);
    assert_eq!(wrong(&reply), ["as_of as_of_future", "group_by dimension_repeated", "to period_reversed"]);
    // The ends of the calendar are dates like others.
    for path in [
        "from=0000-01-01&to=0001-01-01",
        "from=9990-01-01&to=9999-12-31",
        "as_of=0000-01-01&from=2020-01-01&to=2021-01-01",
    ] {
        let _ = get(&statistics, &format!("/api/v1/statistics/register?group_by=month&{path}")).expect(200);
    }
}

/// Lists with a second page, and who reads them.
fn paged(cast: &Cast) -> Vec<(Client, String)> {
    let children: Vec<String> = ["Первая", "Вторая"].iter().map(|name| register_child(&cast.pedagogue, name)).collect();
    let signal = json!({"channel": "parent", "description": "D", "territory": "351000000", "urgency": "routine"});
    let mut case = String::new();
    for child in &children {
        case = open_case(&cast.pedagogue, child, "low").id();
        cast.pedagogue.post("/signals", &signal).expect(201);
        cast.report(&case, child).expect(201);
    }
    cast.implement(&case);
    for text in ["One", "Two"] {
        cast.pedagogue.post(&format!("/cases/{case}/notes"), &json!({"section": "general", "text": text})).expect(201);
    }
    let administrator = cast.server.client("administrator.home");
    let mut lists: Vec<(Client, String)> = ["/cases", "/signals", "/register/facts", "/tasks", "/services"]
        .map(|path| (cast.pedagogue.clone(), path.to_owned()))
        .into();
    for path in [format!("/cases/{case}/notes"), format!("/cases/{case}/timeline")] {
        lists.push((cast.pedagogue.clone(), path));
    }
    lists.push((administrator.clone(), "/users".into()));
    lists.push((administrator, "/organisations".into()));
    lists.push((cast.server.client("auditor.home"), "/audit/events".into()));
    lists
}

/// Puts another value in one place of a cursor after the other.
fn forged(cursor: &Value) -> Vec<Value> {
    let hostile = [
        json!("\u{0}"),
        json!("a\u{0}b"),
        json!("-262143-01-01T00:00:00Z"),
        json!("+262142-12-31T23:59:59Z"),
        json!("0000-01-01T00:00:00Z"),
        json!("9999-12-31T23:59:60Z"),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!("-262143-01-01"),
        json!("+262142-12-31"),
        json!("x".repeat(700)),
        json!("ffffffff-ffff-ffff-ffff-ffffffffffff"),
        json!(null),
        json!([]),
        json!({}),
        json!(true),
    ];
    match cursor {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| {
                forged(value).into_iter().map(move |value| {
                    let mut cursor = cursor.clone();
                    cursor[name] = value;
                    cursor
                })
            })
            .collect(),
        Value::Array(items) => (0..items.len())
            .flat_map(|place| {
                forged(&items[place]).into_iter().map(move |value| {
                    let mut cursor = cursor.clone();
                    cursor[place] = value;
                    cursor
                })
            })
            .collect(),
        _ => hostile.into(),
    }
}

#[test]
fn a_cursor_that_is_not_ours_is_refused_or_harmless() {
    let cast = Cast::new();
    for (client, path) in paged(&cast) {
        for text in ["x", "!!", "e30", "eyJ2IjoxfQ", "%00", &"A".repeat(3000)] {
            let reply = get(&client, &format!("/api/v1{path}?cursor={text}"));
            clear(&reply, 400, "invalid_query", &[]);
            assert_eq!(wrong(&reply), ["cursor cursor_invalid"], "{path} {text}");
        }
        let page = client.get(&format!("{path}?limit=1")).expect(200);
        let cursor = page.body["next_cursor"].as_str().unwrap_or_else(|| panic!("{path} has one page: {}", page.text));
        let inside: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).expect("base64")).expect("JSON");
        for other in forged(&inside) {
            let text = URL_SAFE_NO_PAD.encode(other.to_string());
            let reply = get(&client, &format!("/api/v1{path}?cursor={text}"));
            assert!(matches!(reply.status, 200 | 400), "{path} {other}: {} {}", reply.status, reply.text);
        }
    }
}

#[test]
fn a_malformed_id_names_nothing() {
    let server = Server::start();
    let client = server.client("administrator.home");
    let (_, operations) = read(&client);
    let ids = [
        "1",
        "-1",
        "null",
        "%00",
        "%ff",
        "0190a6f85b1c7c3e9f001234567890ab",
        "{0190a6f8-5b1c-7c3e-9f00-1234567890ab}",
        "0190a6f8-5b1c-7c3e-9f00-1234567890ab%00",
        "0190a6f8-5b1c-7c3e-9f00-1234567890a%C4%B0",
        "'%20OR%20'1'='1",
    ];
    for operation in operations.iter().filter(|operation| operation.path.contains("{id}")) {
        for id in ids {
            let request = client.request(&operation.method, &operation.at(id)).header("If-Match", "\"1\"");
            let request = if operation.schema.is_some() { request.json(&json!({})) } else { request };
            let reply = client::send(request);
            clear(&reply, 404, "not_found", &[]);
        }
    }
}
