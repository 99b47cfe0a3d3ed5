//! A fact is amended, annulled, merged and split by versions; what it read before stays readable.

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use super::matching::fact_of;
use super::{changed, file};
use crate::support::{Cast, lists};

fn path(fact: &str, tail: &str) -> String {
    format!("/register/facts/{fact}{tail}")
}

fn do_to(client: &Client, fact: &str, verb: &str, version: i64, body: &Value) -> Reply {
    client.change(&path(fact, &format!("/{verb}")), version, body)
}

/// A fact of a day on which nothing else happened to the child.
fn told(cast: &Cast, client: &Client, child: &str, day: &str) -> String {
    let _ = cast;
    fact_of(&file(client, &changed(child, json!({"occurred_on": day}))).expect(201))
}

fn total(cast: &Cast, query: &str) -> Value {
    cast.statistician.get(&format!("/statistics/register?from=2020-01-01&to=2026-12-31{query}")).expect(200).body
        ["total"]
        .clone()
}

#[test]
fn an_amendment_is_a_version_with_a_reason() {
    let cast = Cast::new();
    let child = cast.child("Түзетілген");
    let fact = told(&cast, &cast.pedagogue, &child, "2026-02-10");
    let amend = |body: Value| do_to(&cast.pedagogue, &fact, "amend", 1, &body);
    for (body, at, code) in [
        (json!({"occurred_on": "2090-01-01", "reason": "Later"}), "/occurred_on", "date_future"),
        (json!({"kind": "suicidal_behaviour", "reason": "Another"}), "/level", "required"),
        (json!({"level": "attempt", "reason": "Another"}), "/level", "not_allowed"),
        (
            json!({"place": {"territory": "990000000", "setting": "home"}, "reason": "Moved"}),
            "/place/territory",
            "unknown_territory",
        ),
        (json!({"setting": "home", "reason": "Moved"}), "/setting", "unknown_field"),
    ] {
        assert_eq!(amend(body).problem(422, "validation_failed").errors(), [(at.to_owned(), code.to_owned())]);
    }
    let nothing = amend(json!({"occurred_on": "2026-02-10", "reason": "The same"})).problem(409, "domain_rule");
    assert_eq!(nothing.body["reason"], "nothing_changes");
    let _ = amend(json!({"occurred_on": "2010-01-01", "reason": "Before birth"})).problem(409, "not_a_child");
    let amended = amend(json!({"occurred_on": "2025-02-12", "place": {"territory": "351000000", "setting": "school"},
        "alleged_perpetrator_relation": "peer", "reason": "The hospital's record"}))
    .expect(200);
    for (member, value) in [
        ("version", json!(2)),
        ("change", json!("amended")),
        ("occurred_on", json!("2025-02-12")),
        ("age_years", json!(10)),
        ("reason", json!("The hospital's record")),
        ("main_form", json!("physical")),
    ] {
        assert_eq!(amended.body[member], value, "{member}");
    }
    let _ = amend(json!({"occurred_on": "2026-02-12", "reason": "Too late"})).problem(412, "stale_version");
    let body = json!({"kind": "suicidal_behaviour", "level": "attempt", "reason": "What it was"});
    let requalified = do_to(&cast.pedagogue, &fact, "amend", 2, &body).expect(200);
    assert_eq!(
        (&requalified.body["change"], &requalified.body["alleged_perpetrator_relation"]),
        (&json!("requalified"), &Value::Null)
    );
    let versions = cast.pedagogue.get(&path(&fact, "/versions")).expect(200).body["items"].clone();
    let changes: Vec<_> =
        versions.as_array().expect("versions").iter().map(|version| version["change"].clone()).collect();
    assert_eq!(changes, ["registered", "amended", "requalified"]);
    // As of the second version.
    let moment = versions[1]["recorded_at"].as_str().expect("a time");
    let then = cast.pedagogue.get(&path(&fact, &format!("?as_of={moment}"))).expect(200).body;
    assert_eq!((&then["version"], &then["kind"]), (&json!(2), &json!("violence")));
    let _ = cast.pedagogue.get(&path(&fact, "?as_of=2020-01-01T00:00:00Z")).problem(404, "not_found");
    let none = cast.pedagogue.get("/register/facts?as_of=2020-01-01T00:00:00Z").expect(200);
    assert_eq!(none.body["items"], json!([]));
    // The agency's own words stay.
    let reports = cast.pedagogue.get(&path(&fact, "/reports")).expect(200).body;
    assert_eq!(
        (&reports["items"][0]["occurred_on"], &reports["items"][0]["kind"]),
        (&json!("2026-02-10"), &json!("violence"))
    );
}

#[test]
fn who_did_not_report_a_fact_does_not_change_it() {
    let cast = Cast::new();
    let child = cast.child("Бөтен");
    let fact = told(&cast, &cast.pedagogue, &child, "2026-02-10");
    let body = json!({"occurred_on": "2026-02-12", "reason": "Another day"});
    for client in [&cast.stranger, &cast.police] {
        let reply = do_to(client, &fact, "amend", 1, &body);
        assert!(matches!(reply.status, 403 | 404), "{}", reply.text);
    }
    let _ = do_to(&cast.stranger, &fact, "amend", 1, &body).problem(404, "not_found");
    let _ = do_to(&cast.pedagogue, &fact, "annul", 1, &json!({"reason": "A mistake"})).problem(403, "forbidden");
    let foreign = cast.server.client("supervisor.abroad");
    for verb in ["annul", "amend"] {
        let _ = do_to(&foreign, &fact, verb, 1, &json!({"reason": "A mistake"})).problem(404, "not_found");
    }
    // A fact that one may not change is no target either.
    let abroad = told(&cast, &cast.stranger, &crate::support::register_child(&cast.stranger, "Шетел"), "2026-02-10");
    let refused = do_to(&cast.supervisor, &fact, "merge", 1, &json!({"into": abroad, "reason": "The same"}));
    assert_eq!(refused.problem(422, "validation_failed").errors(), [("/into".to_owned(), "unknown_fact".to_owned())]);
}

#[test]
fn an_annulled_fact_is_counted_no_more_and_changes_no_more() {
    let cast = Cast::new();
    let child = cast.child("Қате");
    let fact = told(&cast, &cast.pedagogue, &child, "2026-02-10");
    assert_eq!(total(&cast, ""), 1);
    let annulled = do_to(&cast.supervisor, &fact, "annul", 1, &json!({"reason": "For the wrong child"})).expect(200);
    assert_eq!(annulled.body["status"], "annulled");
    assert_eq!((total(&cast, ""), total(&cast, "&status=annulled")), (json!(0), json!(1)));
    for (verb, body) in [
        ("amend", json!({"occurred_on": "2026-02-12", "reason": "Another day"})),
        ("annul", json!({"reason": "Again"})),
    ] {
        let refused = do_to(&cast.supervisor, &fact, verb, 2, &body).problem(409, "domain_rule");
        assert_eq!(refused.body["reason"], "fact_annulled");
    }
    // A new report of that day does not join it.
    assert_ne!(told(&cast, &cast.pedagogue, &child, "2026-02-10"), fact);
}

#[test]
fn a_merger_and_a_split_move_reports_and_keep_all() {
    let cast = Cast::new();
    let child = cast.child("Біріккен");
    let (older, newer) =
        (told(&cast, &cast.pedagogue, &child, "2026-01-10"), told(&cast, &cast.pedagogue, &child, "2026-02-10"));
    let hospital = told(&cast, &cast.health, &child, "2026-02-11");
    assert_eq!(hospital, newer, "the hospital tells of the newer one");
    let _ = cast.health.get(&path(&older, "")).problem(404, "not_found");
    let merged =
        do_to(&cast.supervisor, &newer, "merge", 1, &json!({"into": older, "reason": "One event"})).expect(200);
    assert_eq!((&merged.body["status"], &merged.body["merged_into"]), (&json!("merged"), &json!(older)));
    assert_eq!((total(&cast, ""), total(&cast, "&status=merged")), (json!(1), json!(1)));
    // Whoever reported sees what became of it, and what its report is part of now.
    for client in [&cast.pedagogue, &cast.health] {
        assert_eq!(client.get(&path(&newer, "")).expect(200).body["merged_into"], older.as_str());
        client.get(&path(&older, "")).expect(200);
        let list = client.get("/register/facts").expect(200);
        assert!(lists(&list, &older) && lists(&list, &newer));
    }
    let reports = cast.pedagogue.get(&path(&older, "/reports")).expect(200).body["items"].clone();
    assert_eq!(reports.as_array().map(Vec::len), Some(2));
    assert_eq!(cast.pedagogue.get(&path(&newer, "/reports")).expect(200).body["items"], json!([]));
    let refused = do_to(&cast.supervisor, &newer, "amend", 2, &json!({"occurred_on": "2026-02-12", "reason": "Day"}));
    assert_eq!(refused.problem(409, "domain_rule").body["reason"], "fact_merged");
    let into_itself = do_to(&cast.supervisor, &older, "merge", 2, &json!({"into": older, "reason": "Itself"}));
    assert_eq!(into_itself.problem(409, "domain_rule").body["reason"], "same_fact");
    // Back: the reports return to the fact that they came with.
    let school = reports[1]["id"].clone();
    let all = json!({"reports": [reports[0]["id"], school], "reason": "Two events"});
    let split = |body: &Value| do_to(&cast.supervisor, &older, "split", 2, body);
    let foreign = json!({"reports": ["0190a6f8-5b1c-7c3e-9f00-1234567890ab"], "reason": "Two events"});
    assert_eq!(split(&foreign).problem(409, "domain_rule").body["reason"], "report_of_other_fact");
    let _ = all;
    let given = split(&json!({"reports": [school], "reason": "Two events"})).expect(200);
    assert_eq!((&given.body["other"]["id"], &given.body["other"]["status"]), (&json!(newer), &json!("registered")));
    assert_eq!(given.body["other"]["change"], "given_back");
    assert_eq!(given.body["fact"]["change"], "split");
    assert_eq!(total(&cast, ""), 2);
    // The hospital's report was not taken out: it stays, and the hospital sees the fact given back no more.
    let _ = cast.health.get(&path(&newer, "")).problem(404, "not_found");
    cast.health.get(&path(&older, "")).expect(200);
    let own = cast.pedagogue.get(&path(&older, "/reports")).expect(200).body["items"][0]["id"].clone();
    // What came with no merged fact makes a new one.
    let other = do_to(&cast.supervisor, &older, "split", 3, &json!({"reports": [own], "reason": "Another event"}));
    let other = other.expect(200);
    assert_eq!(other.body["fact"], Value::Null, "no report in reach is left with it");
    assert_eq!(
        (&other.body["other"]["version"], &other.body["other"]["occurred_on"]),
        (&json!(1), &json!("2026-01-10"))
    );
    assert_eq!(total(&cast, ""), 3);
}

#[test]
fn a_merger_is_told_to_those_who_see_it() {
    let cast = Cast::new();
    let child = cast.child("Хабар");
    let (older, newer) =
        (told(&cast, &cast.pedagogue, &child, "2026-01-10"), told(&cast, &cast.health, &child, "2026-02-10"));
    let cursor =
        |client: &Client| client.get("/changes?limit=500").expect(200).body["next_cursor"].as_str().map(str::to_owned);
    let _ = (cursor(&cast.health), cursor(&cast.pedagogue));
    let both = told(&cast, &cast.pedagogue, &child, "2026-02-11");
    assert_eq!(both, newer);
    do_to(&cast.supervisor, &newer, "merge", 1, &json!({"into": older, "reason": "One event"})).expect(200);
    for client in [&cast.health, &cast.pedagogue] {
        let changes = client.get("/changes?limit=500").expect(200);
        for fact in [&older, &newer] {
            let told =
                changes.body["items"].as_array().expect("changes").iter().any(|change| change["id"] == fact.as_str());
            assert!(told, "{fact} in {}", changes.text);
        }
    }
}
