//! The in-school register: placement, correction, removal, and the statement as of a day.

use std::sync::Barrier;
use std::thread;

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use qorgan_domain::calendar::local_date;
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Cast, lists, open_case};

fn today() -> NaiveDate {
    local_date(Utc::now())
}

fn days_ago(days: u64) -> String {
    (today() - Days::new(days)).to_string()
}

fn placement(days: u64) -> Value {
    json!({"ground": "truancy", "placed_on": days_ago(days), "decided_on": days_ago(days), "protocol_number": "3",
        "submitted_by": "class_teacher", "parents_informed_on": days_ago(days), "review_on": days_ago(0),
        "decision": "To place the pupil.", "plan": "Weekly talks."})
}

fn place(client: &Client, child: &str, body: &Value) -> Reply {
    client.post(&format!("/children/{child}/in-school-register"), body)
}

fn removal(days: u64) -> Value {
    json!({"ground": "lasting_improvement", "removed_on": days_ago(days), "decided_on": days_ago(days), "protocol_number": "7",
        "reason": "No absence since."})
}

fn remove(client: &Client, placement: &str, version: i64, body: &Value) -> Reply {
    client.change(&format!("/in-school-register/{placement}/remove"), version, body)
}

#[test]
fn a_pupil_is_placed_reviewed_and_removed_and_all_of_it_stays_readable() {
    let cast = Cast::new();
    let child = cast.child("Прогульная");
    let placed = place(&cast.pedagogue, &child, &placement(40)).expect(201);
    let id = placed.id();
    assert_eq!(placed.header("location"), Some(format!("/api/v1/in-school-register/{id}").as_str()));
    assert_eq!((&placed.body["status"], &placed.body["readable"]), (&json!("open"), &json!(true)));
    assert_eq!(placed.body["record"]["ground"]["code"], "truancy");
    assert_eq!(placed.body["record"]["plan"], "Weekly talks.");

    let change = json!({"review_on": "2090-01-01", "plan": null, "reason": "Reviewed, protocol 5."});
    let path = format!("/in-school-register/{id}/amend");
    cast.pedagogue.post(&path, &change).problem(428, "precondition_required");
    cast.pedagogue.change(&path, 7, &change).problem(412, "stale_version");
    let amended = cast.pedagogue.change(&path, 1, &change).expect(200);
    assert_eq!((amended.version(), &amended.body["record"]["plan"]), (2, &Value::Null));
    assert_eq!(amended.body["record"]["decision"], "To place the pupil.", "what is not given stays");

    let removed = remove(&cast.pedagogue, &id, 2, &removal(1)).expect(200);
    assert_eq!((&removed.body["status"], &removed.body["removed_on"]), (&json!("removed"), &json!(days_ago(1))));
    assert_eq!(removed.body["record"]["removal"]["ground"]["code"], "lasting_improvement");
    let again = remove(&cast.pedagogue, &id, 3, &removal(1)).problem(409, "domain_rule");
    assert_eq!(again.body["reason"], "placement_not_open");

    let versions = cast.pedagogue.get(&format!("/in-school-register/{id}/versions")).expect(200);
    let told: Vec<(&str, &Value, &Value)> = versions.body["items"]
        .as_array()
        .expect("versions")
        .iter()
        .map(|version| (version["change"].as_str().expect("a change"), &version["record"]["plan"], &version["reason"]))
        .collect();
    assert_eq!(
        told,
        [
            ("placed", &json!("Weekly talks."), &Value::Null),
            ("amended", &Value::Null, &json!("Reviewed, protocol 5.")),
            ("removed", &Value::Null, &json!("No absence since.")),
        ]
    );
    let listed = cast.psychologist.get(&format!("/children/{child}/in-school-register")).expect(200);
    assert!(lists(&listed, &id), "the school's psychologist reads it");
    let refused = cast.psychologist.change(&path, 3, &change);
    refused.problem(403, "forbidden");
}

#[test]
fn foreign_schools_and_other_agencies_learn_nothing() {
    let cast = Cast::new();
    let child = cast.child("Чужедальняя");
    let id = place(&cast.pedagogue, &child, &placement(3)).expect(201).id();
    let (address, path) = (format!("/in-school-register/{id}"), format!("/children/{child}/in-school-register"));
    for address in [&address, &format!("{address}/versions"), &path] {
        cast.stranger.get(address).problem(404, "not_found");
        cast.health.get(address).problem(403, "forbidden");
        cast.police.get(address).problem(403, "forbidden");
    }
    remove(&cast.stranger, &id, 1, &removal(0)).problem(404, "not_found");
    place(&cast.stranger, &child, &placement(3)).problem(404, "not_found");
    assert_eq!(cast.stranger.get("/in-school-register").expect(200).body["items"], json!([]));
    assert_eq!(cast.stranger.get("/in-school-register/counts").expect(200).body["total"], 0);
    cast.health.get("/in-school-register").problem(403, "forbidden");
    // The department of the city sees its schools.
    assert!(lists_placement(&cast.supervisor.get("/in-school-register").expect(200), &id));
}

fn lists_placement(reply: &Reply, id: &str) -> bool {
    reply.body["items"].as_array().is_some_and(|items| items.iter().any(|item| item["placement_id"] == id))
}

#[test]
fn on_a_case_others_see_that_there_is_a_placement_and_no_more() {
    let cast = Cast::new();
    let child = cast.child("Видимая");
    let case = open_case(&cast.pedagogue, &child, "medium").id();
    let path = format!("/cases/{case}/in-school-register");
    cast.health.post(&path, &placement(5)).problem(403, "forbidden");
    cast.stranger.post(&path, &placement(5)).problem(404, "not_found");
    let id = cast.pedagogue.post(&path, &placement(5)).expect(201).id();
    for agency in ["UZ home", "DP home"] {
        let body = json!({"organisation_id": cast.organisation(agency), "reason": "Works on it"});
        cast.pedagogue.post(&format!("/cases/{case}/participants"), &body).expect(201);
    }
    for client in [&cast.health, &cast.police] {
        let seen = client.get(&path).expect(200);
        let item = &seen.body["items"][0];
        assert_eq!((&item["id"], &item["readable"], &item["record"]), (&json!(id), &json!(false), &Value::Null));
        assert_eq!((&item["placed_on"], &item["regime"]["code"]), (&json!(days_ago(5)), &json!("pedagogical_support")));
        assert!(!seen.text.contains("truancy") && !seen.text.contains("Weekly"), "{}", seen.text);
        client.get(&format!("/in-school-register/{id}")).problem(403, "forbidden");
    }
    let own = cast.pedagogue.get(&path).expect(200);
    assert_eq!(own.body["items"][0]["record"]["ground"]["code"], "truancy");
    remove(&cast.pedagogue, &id, 1, &removal(0)).expect(200);
    let timeline = cast.health.get(&format!("/cases/{case}/timeline")).expect(200);
    let kinds: Vec<&str> = timeline.body["items"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|event| event["section"] == "education")
        .filter_map(|event| event["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["school_placement_made", "school_placement_ended"]);
    assert!(!timeline.text.contains("truancy"));
}

#[test]
fn a_child_stands_on_one_register_at_a_time() {
    let cast = Cast::new();
    let child = cast.child("Однажды");
    let first = place(&cast.pedagogue, &child, &placement(30)).expect(201).id();
    let second = place(&cast.pedagogue, &child, &placement(3)).problem(409, "domain_rule");
    assert_eq!(second.body["reason"], "already_on_register");
    remove(&cast.pedagogue, &first, 1, &removal(10)).expect(200);
    place(&cast.pedagogue, &child, &placement(11)).problem(409, "domain_rule");
    let second = place(&cast.pedagogue, &child, &placement(10)).expect(201).id();
    // A correction does not overlap either; annulling the mistake frees the days.
    let longer = json!({"removed_on": days_ago(9), "reason": "A mistake of mine"});
    let refused = cast.pedagogue.change(&format!("/in-school-register/{first}/amend"), 2, &longer);
    assert_eq!(refused.problem(409, "domain_rule").body["reason"], "already_on_register");
    let annulment = json!({"annulled": true, "reason": "The wrong pupil"});
    let annulled = cast.pedagogue.change(&format!("/in-school-register/{second}/amend"), 1, &annulment).expect(200);
    assert_eq!(annulled.body["status"], "annulled");
    cast.pedagogue.change(&format!("/in-school-register/{first}/amend"), 2, &longer).expect(200);
    let gone = remove(&cast.pedagogue, &second, 2, &removal(0)).problem(409, "domain_rule");
    assert_eq!(gone.body["reason"], "placement_annulled");
}

#[test]
fn of_eight_who_place_one_child_at_once_one_does() {
    let cast = Cast::new();
    let child = cast.child("Восьмерная");
    let start = Barrier::new(8);
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (client, child, start) = (&cast.pedagogue, &child, &start);
                scope.spawn(move || {
                    start.wait();
                    place(client, child, &placement(2)).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[test]
fn a_school_removes_a_pupil_who_left_and_the_next_may_then_place() {
    let cast = Cast::new();
    let child = cast.child("Уехавшая");
    let id = place(&cast.pedagogue, &child, &placement(20)).expect(201).id();
    let abroad = cast.organisation("school abroad");
    cast.pedagogue.patch(&format!("/children/{child}"), 1, &json!({"organisation_id": abroad})).expect(200);
    let refused = place(&cast.stranger, &child, &placement(1)).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "already_on_register");
    assert!(!refused.text.contains(&id), "what stands in another school is not shown");
    // The school that registered the child reads it still, but it is no pupil of theirs.
    let refused = place(&cast.pedagogue, &child, &placement(1)).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "child_of_other_school");
    let body = json!({"ground": "end_or_change_of_school", "removed_on": days_ago(2), "decided_on": days_ago(2),
        "protocol_number": "8", "reason": "Moved to another city"});
    remove(&cast.pedagogue, &id, 1, &body).expect(200);
    place(&cast.stranger, &child, &placement(1)).expect(201);
}

#[test]
fn what_is_wrong_is_named_at_once_and_a_repeat_is_the_same_placement() {
    let cast = Cast::new();
    let child = cast.child("Проверочная");
    let wrong = json!({"id": "0190a6f8-5b1c-4c3e-9f00-1234567890ab", "ground": "boredom", "placed_on": days_ago(4),
        "decided_on": days_ago(3), "protocol_number": "3", "submitted_by": "class_teacher",
        "parents_informed_on": "2090-01-01", "review_on": days_ago(5)});
    let mut errors = place(&cast.pedagogue, &child, &wrong).problem(422, "validation_failed").errors();
    errors.sort();
    let expected = [
        ("/decided_on", "decision_after_effect"),
        ("/ground", "ground_not_allowed"),
        ("/id", "id_not_v7"),
        ("/parents_informed_on", "date_future"),
        ("/review_on", "review_before_placement"),
    ];
    assert_eq!(errors, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));

    let id = Uuid::now_v7();
    let mut body = placement(6);
    body["id"] = json!(id);
    place(&cast.pedagogue, &child, &body).expect(201);
    assert_eq!(place(&cast.pedagogue, &child, &body).expect(200).id(), id.to_string());
    body["protocol_number"] = json!("4");
    place(&cast.pedagogue, &child, &body).problem(409, "id_taken");
    // On an open placement nothing of a removal is corrected.
    let change = json!({"removed_on": days_ago(1), "reason": "A slip"});
    let reply = cast.pedagogue.change(&format!("/in-school-register/{id}/amend"), 1, &change);
    let errors = reply.problem(422, "validation_failed").errors();
    assert_eq!(errors, [("/removed_on".to_owned(), "not_allowed_here".to_owned())]);
    let early = json!({"ground": "other", "removed_on": days_ago(9), "decided_on": days_ago(9), "protocol_number": "1",
        "reason": "Before it began"});
    let reply = remove(&cast.pedagogue, &id.to_string(), 1, &early).problem(409, "domain_rule");
    assert_eq!(reply.body["reason"], "removal_before_placement");
    // Seventeen at placement is a child, eighteen is not.
    let grown = json!({"last_name": "Взрослова", "first_name": "А", "birth_date": "2005-01-01", "sex": "female", "territory": "351000000"});
    let grown = cast.pedagogue.post("/children", &grown).expect(201).id();
    place(&cast.pedagogue, &grown, &placement(6)).problem(409, "not_a_child");
    let then = json!({"ground": "truancy", "placed_on": "2022-12-31", "decided_on": "2022-12-31", "protocol_number": "1",
        "submitted_by": "other"});
    let reply = place(&cast.pedagogue, &grown, &then).problem(422, "validation_failed");
    assert_eq!(reply.errors()[0].1, "ground_not_allowed", "no ground of the list was in force then");
}

/// Puts what was recorded of a placement back by some days, as if the server had run then.
fn record_earlier(cast: &Cast, placement: &str, version: i64, at: DateTime<Utc>) {
    let mut owner = cast.server.database.owner();
    for statement in [
        "UPDATE school_placement_versions SET superseded_at = $3::timestamptz WHERE placement_id = $1 AND version = $2::bigint - 1",
        "UPDATE school_placement_versions SET recorded_at = $3::timestamptz WHERE placement_id = $1 AND version = $2::bigint",
    ] {
        sql_query(statement)
            .bind::<SqlUuid, _>(placement.parse::<Uuid>().expect("an id"))
            .bind::<Text, _>(version.to_string())
            .bind::<Text, _>(at.to_rfc3339())
            .execute(&mut owner)
            .expect("move a version");
    }
}

#[test]
fn the_statement_as_of_a_past_day_reads_as_it_read_then() {
    let cast = Cast::new();
    let (first, second) = (cast.child("Первая"), cast.child("Вторая"));
    let noon = |days: u64| (today() - Days::new(days)).and_hms_opt(7, 0, 0).expect("a time").and_utc();
    let early = place(&cast.pedagogue, &first, &placement(30)).expect(201).id();
    record_earlier(&cast, &early, 1, noon(30));
    let late = place(&cast.pedagogue, &second, &placement(20)).expect(201).id();
    // Decided twenty days ago, recorded ten days ago.
    record_earlier(&cast, &late, 1, noon(10));
    let on = |days: u64| {
        let path = format!("/in-school-register?as_of={}", days_ago(days));
        let reply = cast.pedagogue.get(&path).expect(200);
        (lists_placement(&reply, &early), lists_placement(&reply, &late))
    };
    assert_eq!(on(31), (false, false));
    assert_eq!(on(15), (true, false), "nobody knew of it then");
    assert_eq!(on(10), (true, true));
    // A correction of today does not reach back.
    let change =
        json!({"placed_on": days_ago(5), "decided_on": days_ago(6), "ground": "offence", "reason": "The wrong month"});
    cast.pedagogue.change(&format!("/in-school-register/{early}/amend"), 1, &change).expect(200);
    remove(&cast.pedagogue, &late, 1, &removal(0)).expect(200);
    assert_eq!(on(15), (true, false));
    assert_eq!(on(10), (true, true));
    assert_eq!(on(0), (true, false), "removed today: off from today on");
    let counts = |days: u64| {
        let path = format!("/in-school-register/counts?as_of={}", days_ago(days));
        let counts = cast.pedagogue.get(&path).expect(200).body;
        let by_ground: Vec<(String, i64)> = counts["by_ground"]
            .as_array()
            .expect("grounds")
            .iter()
            .map(|row| {
                (row["ground"]["code"].as_str().expect("a code").to_owned(), row["count"].as_i64().expect("a count"))
            })
            .collect();
        (counts["total"].as_i64(), by_ground)
    };
    assert_eq!(counts(10), (Some(2), vec![("truancy".to_owned(), 2)]));
    assert_eq!(counts(0), (Some(1), vec![("offence".to_owned(), 1)]));
    let versions = |days: u64| {
        let path = format!("/in-school-register/{early}/versions?as_of={}", days_ago(days));
        let items = cast.pedagogue.get(&path).expect(200).body["items"].clone();
        items.as_array().expect("versions").iter().map(|version| version["version"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((versions(31), versions(15), versions(0)), (vec![], vec![json!(1)], vec![json!(2)]));
    cast.pedagogue.get("/in-school-register?as_of=2999-01-01").problem(400, "invalid_query");
}

#[test]
fn the_statement_comes_in_pages_and_by_school_and_ground() {
    let cast = Cast::new();
    let mut placed = Vec::new();
    for (name, days) in [("Аа", 9), ("Бб", 8), ("Вв", 8)] {
        placed.push(place(&cast.pedagogue, &cast.child(name), &placement(days)).expect(201).id());
    }
    let school = cast.organisation("school home");
    let mut seen = Vec::new();
    let mut path = format!("/in-school-register?limit=1&organisation_id={school}&ground=truancy");
    loop {
        let page = cast.supervisor.get(&path).expect(200);
        let items = page.body["items"].as_array().expect("items").clone();
        seen.extend(items.iter().map(|item| item["placement_id"].as_str().expect("an id").to_owned()));
        assert!(items.iter().all(|item| item["child_name"].is_string()));
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        path = format!("/in-school-register?limit=1&organisation_id={school}&ground=truancy&cursor={cursor}");
    }
    assert_eq!(seen.len(), 3);
    assert!(placed.iter().all(|id| seen.contains(id)));
    let none = cast.supervisor.get("/in-school-register?ground=offence").expect(200);
    assert_eq!(none.body["items"], json!([]));
}

#[test]
fn placements_are_called_by_the_regime_of_the_day() {
    let cast = Cast::new();
    let regimes = cast.health.get("/legal-regimes").expect(200);
    let codes: Vec<&str> = regimes.body["items"]
        .as_array()
        .expect("regimes")
        .iter()
        .filter_map(|regime| regime["code"].as_str())
        .collect();
    assert_eq!(codes, ["in_school_register", "pedagogical_support"]);
    assert_eq!(regimes.body["items"][1]["valid_from"], "2026-03-02");
    let child = cast.child("Давняя");
    let body = json!({"ground": "truancy", "placed_on": "2026-02-10", "decided_on": "2026-02-09", "protocol_number": "1",
        "submitted_by": "class_teacher"});
    let placed = place(&cast.pedagogue, &child, &body).expect(201);
    assert_eq!(placed.body["placed_under"]["code"], "in_school_register");
    assert_eq!(placed.body["regime"]["code"], "pedagogical_support", "it stands under the new law");
    assert_eq!(placed.body["regime"]["name"], "Педагогическое сопровождение");
    record_earlier(&cast, &placed.id(), 1, "2026-02-10T07:00:00Z".parse().expect("a time"));
    for (day, code) in [("2026-03-01", "in_school_register"), ("2026-03-02", "pedagogical_support")] {
        let statement = cast.pedagogue.get(&format!("/in-school-register?as_of={day}")).expect(200);
        assert_eq!(statement.body["items"][0]["regime"]["code"], code, "{day}");
    }
    // Who left under the old law stays under it.
    let body = json!({"ground": "other", "removed_on": "2026-03-02", "decided_on": "2026-02-28", "protocol_number": "2", "reason": "Moved"});
    let removed = remove(&cast.pedagogue, &placed.id(), 1, &body).expect(200);
    assert_eq!(removed.body["regime"]["code"], "in_school_register");
    let grounds = cast.health.get("/in-school-register/grounds").expect(200);
    assert_eq!(grounds.body["items"].as_array().map(Vec::len), Some(12));
    assert!(grounds.body["items"].as_array().expect("grounds").iter().all(|ground| ground["provisional"] == true));
}
