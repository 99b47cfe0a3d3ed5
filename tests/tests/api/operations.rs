//! Statistics of the operation over HTTP.

mod fixture;
mod forms;
mod history;
mod protected;
mod work;

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, open_case};
use fixture::{close, counted, day};

fn get(client: &Client, path: &str) -> Reply {
    client.get(&format!("/statistics/{path}"))
}

fn row<'a>(reply: &'a Reply, name: &str, value: &str) -> &'a Value {
    let rows = reply.body["rows"].as_array().expect("rows");
    rows.iter().find(|row| row[name] == value).unwrap_or_else(|| panic!("no row {name}={value} in {}", reply.text))
}

#[test]
fn cases_are_counted_by_stage_and_risk_within_reach() {
    let cast = Cast::new();
    let first = cast.child("Бірінші");
    open_case(&cast.pedagogue, &first, "high");
    let second = open_case(&cast.pedagogue, &first, "medium").id();
    cast.implement(&second);
    let reply = get(&cast.pedagogue, "cases?group_by=stage,risk_level").expect(200);
    assert_eq!(reply.body["method"], "exact");
    assert_eq!(reply.body["total"], json!({"cases": 2, "children": 1}));
    assert_eq!(row(&reply, "stage", "registered")["risk_level"], "high");
    assert_eq!(row(&reply, "stage", "implementation")["cases"], 1);
    assert_eq!(reply.body["from"], Value::Null, "what is open has no period");
    // The office over the school sees them, the same roles elsewhere do not.
    assert_eq!(get(&cast.supervisor, "cases").expect(200).body["total"]["cases"], 2);
    for person in ["social_pedagogue.abroad", "supervisor.office.abroad", "guardianship_case_manager.home"] {
        let reply = get(&cast.server.client(person), "cases?group_by=stage").expect(200);
        assert_eq!((&reply.body["total"]["cases"], &reply.body["rows"]), (&json!(0), &json!([])), "{person}");
    }
    // A participant that may open cases counts those it takes part in.
    let body = json!({"organisation_id": cast.organisation("OPEKA home"), "reason": "Works on it"});
    cast.pedagogue.post(&format!("/cases/{second}/participants"), &body).expect(201);
    let guardian = cast.server.client("guardianship_case_manager.home");
    let reply = get(&guardian, "cases?group_by=agency,stage").expect(200);
    assert_eq!(reply.body["total"]["cases"], 1);
    assert_eq!((&reply.body["rows"][0]["agency"], &reply.body["rows"][0]["cases"]), (&json!("UO"), &json!(1)));
    // Filters narrow, and names of organisations are told.
    assert_eq!(get(&cast.supervisor, "cases?risk_level=high").expect(200).body["total"]["cases"], 1);
    assert_eq!(get(&cast.supervisor, "cases?territory=352400000").expect(200).body["total"]["cases"], 0);
    let reply = get(&cast.supervisor, "cases?group_by=organisation").expect(200);
    assert_eq!(reply.body["rows"][0]["organisation_label"], "school home");
}

#[test]
fn who_may_see_what() {
    let cast = Cast::new();
    for table in ["cases", "timeliness", "recurrence", "detection", "workload"] {
        for person in ["analyst.home", "statistician.home", "roadmap_coordinator.home"] {
            let client = cast.server.client(person);
            assert_eq!(get(&client, table).expect(200).body["method"], "protected", "{person} {table}");
            get(&client, &format!("{table}?method=exact")).problem(403, "forbidden");
        }
        for client in [&cast.pedagogue, &cast.supervisor, &cast.psychologist] {
            assert_eq!(get(client, table).expect(200).body["method"], "exact", "{table}");
            get(client, &format!("{table}?method=protected")).problem(403, "forbidden");
        }
        for client in [&cast.health, &cast.police, &cast.server.client("administrator.home")] {
            get(client, table).problem(403, "forbidden");
        }
        get(&cast.server.anonymous(), table).problem(401, "unauthenticated");
    }
}

#[test]
fn a_past_day_reads_as_it_was() {
    let cast = Cast::new();
    let cases: Vec<String> = ["Алғашқы", "Екінші", "Үшінші"].iter().map(|name| cast.case_of(name).id()).collect();
    // Opened 40 days ago; the first was closed 20 days ago and opened anew 10 days ago at a higher risk.
    fixture::states(
        &cast,
        &cases[0],
        &[
            (40, "opened", "registered", "medium", None),
            (20, "closed", "closed", "medium", Some("risk_reduced")),
            (10, "reopened", "assessment", "high", None),
        ],
    );
    fixture::states(&cast, &cases[1], &[(40, "opened", "registered", "low", None)]);
    let open = |days| {
        counted(
            &get(&cast.supervisor, &format!("cases?as_of={}&group_by=risk_level", day(days))).expect(200),
            "risk_level",
        )
    };
    assert_eq!(open(41), [] as [(String, i64); 0]);
    assert_eq!(open(30), [("low".to_owned(), 1), ("medium".to_owned(), 1)]);
    assert_eq!(open(15), [("low".to_owned(), 1)]);
    assert_eq!(open(0), [("low".to_owned(), 1), ("medium".to_owned(), 1), ("high".to_owned(), 1)]);
    let period = format!("from={}&to={}", day(30), day(0));
    let closed = get(&cast.supervisor, &format!("cases?counted=closed&group_by=outcome&{period}")).expect(200);
    assert_eq!(counted(&closed, "outcome"), [("risk_reduced".to_owned(), 1)]);
    assert_eq!(closed.body["from"], day(30).as_str());
    let reopened = get(&cast.supervisor, &format!("cases?counted=reopened&{period}")).expect(200);
    assert_eq!(reopened.body["total"]["cases"], 1);
    // Opened in the last month by the register of cases itself: the one whose time was not turned back.
    let opened = get(&cast.supervisor, &format!("cases?counted=opened&{period}&group_by=stage")).expect(200);
    assert_eq!(counted(&opened, "stage"), [("registered".to_owned(), 1)]);
    // Of those opened before, how they stood then.
    let period = format!("from={}&to={}", day(45), day(35));
    let then =
        get(&cast.supervisor, &format!("cases?counted=opened&{period}&group_by=stage&as_of={}", day(15))).expect(200);
    assert_eq!(counted(&then, "stage"), [("registered".to_owned(), 1), ("closed".to_owned(), 1)]);
}

#[test]
fn a_closed_case_counts_with_its_outcome_and_a_merged_one_does_not_count() {
    let cast = Cast::new();
    let closed = close(&cast);
    let child = cast.child("Қосарланған");
    let (one, other) = (open_case(&cast.pedagogue, &child, "low").id(), open_case(&cast.pedagogue, &child, "low").id());
    let version = cast.version(&one);
    let body = json!({"into": other, "reason": "The same family, opened twice."});
    let merged = cast.pedagogue.change(&format!("/cases/{one}/merge"), version, &body);
    assert!(merged.status < 300, "{}", merged.text);
    let reply = get(&cast.supervisor, "cases?counted=closed&group_by=outcome").expect(200);
    assert_eq!(counted(&reply, "outcome"), [("safety_restored".to_owned(), 1)]);
    let reply = get(&cast.supervisor, "cases?counted=closed&outcome=merged").expect(200);
    assert_eq!(reply.body["total"]["cases"], 1);
    assert_eq!(get(&cast.supervisor, "cases").expect(200).body["total"]["cases"], 1);
    assert_eq!(get(&cast.supervisor, "cases?counted=opened").expect(200).body["total"]["cases"], 2);
    // Opened anew it is open, and was closed all the same.
    cast.act(&cast.pedagogue, &closed, json!({"action": "reopen", "reason": "It began again."})).expect(200);
    assert_eq!(get(&cast.supervisor, "cases").expect(200).body["total"]["cases"], 2);
    assert_eq!(get(&cast.supervisor, "cases?counted=closed").expect(200).body["total"]["cases"], 1);
    assert_eq!(get(&cast.supervisor, "cases?counted=reopened").expect(200).body["total"]["cases"], 1);
}

#[test]
fn what_cannot_be_counted_is_refused_by_name() {
    let cast = Cast::new();
    for (path, expected) in [
        ("cases?group_by=urgency", ("group_by", "dimension_not_here")),
        ("cases?group_by=stage,stage", ("group_by", "dimension_repeated")),
        ("cases?group_by=child_id", ("group_by", "unknown_code")),
        ("cases?counted=all", ("counted", "unknown_code")),
        ("cases?deadline=plan", ("deadline", "unknown_parameter")),
        ("timeliness?group_by=channel", ("group_by", "dimension_not_here")),
        ("detection?from=2026-02-01&to=2026-01-01", ("to", "period_reversed")),
        ("detection?as_of=2199-01-01", ("as_of", "as_of_future")),
        ("recurrence?format=pdf", ("format", "unknown_code")),
        ("workload?level=child", ("level", "unknown_code")),
    ] {
        let refused = get(&cast.supervisor, path).problem(400, "invalid_query");
        assert!(refused.errors().contains(&(expected.0.to_owned(), expected.1.to_owned())), "{path}: {}", refused.text);
    }
}
