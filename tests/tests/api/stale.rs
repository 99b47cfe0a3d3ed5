//! A stale edit is answered with the present version and what differs.

use std::sync::Barrier;
use std::thread;

use qorgan_tests::{Reply, client};
use serde_json::{Value, json};

use crate::support::Cast;

/// A difference by its field.
fn differs<'a>(reply: &'a Reply, field: &str) -> &'a Value {
    let differs = reply.body["differs"].as_array().expect("differs");
    differs
        .iter()
        .find(|difference| difference["field"] == field)
        .unwrap_or_else(|| panic!("{field} is not among {}", reply.text))
}

fn fields(reply: &Reply) -> Vec<&str> {
    let differs = reply.body["differs"].as_array().expect("differs");
    differs.iter().filter_map(|difference| difference["field"].as_str()).collect()
}

#[test]
fn a_stale_edit_of_a_case_says_what_changed_since_who_changed_it_and_what_is_in_conflict() {
    let cast = Cast::new();
    let second = cast.server.client("pedagogue.second.home");
    let case = cast.case();
    let (path, offline) = (format!("/cases/{}", case.id()), case.version());
    second.patch(&path, 1, &json!({"title": "Their title", "risk_level": "high"})).expect(200);
    second.patch(&path, 2, &json!({"description": "Their words."})).expect(200);

    // One field in conflict, one not, one that nobody else touched.
    let wanted = json!({"title": "My title", "risk_level": "high", "grounds": "Order 5"});
    let stale = cast.pedagogue.patch(&path, offline, &wanted).problem(412, "stale_version");
    assert_eq!(stale.body["current_version"], 3);
    assert_eq!(stale.body["current"], json!({"version": 3, "etag": "\"3\""}));
    assert_eq!(fields(&stale), ["title", "risk_level", "description"]);
    let title = differs(&stale, "title");
    assert_eq!((&title["value"], &title["conflict"]), (&json!("Their title"), &json!(true)));
    assert_eq!(title["change"], "amended");
    assert_eq!(title["by"]["name"], "Made-up pedagogue.second.home");
    assert_eq!(title["organisation"]["name"], "school home");
    assert!(title["at"].is_string());
    assert_eq!(differs(&stale, "risk_level")["conflict"], false, "both want the same");
    assert_eq!(differs(&stale, "description")["value"], "Their words.");

    // Only what came after the version that was read.
    let stale = cast.pedagogue.patch(&path, 2, &wanted).problem(412, "stale_version");
    assert_eq!(fields(&stale), ["description"]);
    // Merged: with the version that the problem names.
    let etag = stale.body["current"]["etag"].as_str().expect("an etag");
    let request = cast.pedagogue.request("PATCH", &format!("/api/v1{path}")).header("If-Match", etag);
    let merged = client::send(request.json(&wanted)).expect(200);
    assert_eq!((&merged.body["title"], &merged.body["description"]), (&json!("My title"), &json!("Their words.")));
    // A version that never was.
    let stale = cast.pedagogue.patch(&path, 99, &wanted).problem(412, "stale_version");
    assert_eq!(stale.body["differs"], json!([]));
}

#[test]
fn a_stale_action_is_told_where_the_case_stands_now() {
    let cast = Cast::new();
    let case = cast.case().id();
    let manager = json!({"manager_id": cast.server.world.person("pedagogue.second.home").user});
    cast.pedagogue.patch(&format!("/cases/{case}"), 1, &manager).expect(200);
    cast.act(&cast.pedagogue, &case, json!({"action": "start_assessment"})).expect(200);
    let act = |version| {
        cast.pedagogue.change(&format!("/cases/{case}/transitions"), version, &json!({"action": "start_assessment"}))
    };
    let stale = act(1).problem(412, "stale_version");
    assert_eq!(fields(&stale), ["manager_id", "stage"]);
    assert_eq!(differs(&stale, "stage")["value"], "assessment");
    assert_eq!(differs(&stale, "stage")["change"], "transitioned");
    assert_eq!(fields(&act(2).problem(412, "stale_version")), ["stage"]);

    // Who may not see the case learns nothing of it; who may see it but not do this is told that first.
    let foreign =
        cast.stranger.change(&format!("/cases/{case}/transitions"), 1, &json!({"action": "start_assessment"}));
    foreign.problem(404, "not_found");
}

#[test]
fn two_edits_at_once_the_second_is_told_what_the_first_did() {
    let cast = Cast::new();
    let second = cast.server.client("pedagogue.second.home");
    for letter in 'a'..='j' {
        let case = cast.case_of(&format!("Гонкина{letter}")).id();
        let path = format!("/cases/{case}");
        let start = Barrier::new(2);
        let replies: Vec<Reply> = thread::scope(|scope| {
            let edit = |client, title: &'static str| {
                let (path, start) = (&path, &start);
                let client: &qorgan_tests::Client = client;
                scope.spawn(move || {
                    start.wait();
                    client.patch(path, 1, &json!({"title": title}))
                })
            };
            let both = [edit(&cast.pedagogue, "One"), edit(&second, "Other")];
            both.into_iter().map(|thread| thread.join().expect("a client")).collect()
        });
        let winner = replies.iter().find(|reply| reply.status == 200).expect("one wins");
        let loser = replies.iter().find(|reply| reply.status == 412).expect("one loses").clone();
        let loser = loser.problem(412, "stale_version");
        assert_eq!(loser.body["current_version"], 2);
        assert_eq!(differs(&loser, "title")["value"], winner.body["title"]);
        assert_eq!(differs(&loser, "title")["conflict"], true);
    }
}

#[test]
fn stale_edits_of_a_task_and_of_a_child() {
    let cast = Cast::new();
    let case = cast.case();
    let (id, child) = (case.id(), case.body["child_id"].as_str().expect("a child").to_owned());
    let (health, _) = cast.implement(&id);
    let path = format!("/tasks/{}", health["id"].as_str().expect("a task"));
    let result = json!({"result": "Examined."});
    cast.health.change(&format!("{path}/complete"), 1, &result).expect(200);
    let stale = cast.health.change(&format!("{path}/complete"), 1, &result).problem(412, "stale_version");
    assert_eq!(stale.body["current"]["version"], 2);
    assert_eq!(differs(&stale, "status")["value"], "done");
    assert!(!stale.text.contains("Examined."), "no result in a problem");

    let path = format!("/children/{child}");
    cast.pedagogue.patch(&path, 1, &json!({"first_name": "Айгуль", "sex": "male"})).expect(200);
    let wanted = json!({"first_name": "Алёна", "sex": "male", "patronymic": null});
    let stale = cast.pedagogue.patch(&path, 1, &wanted).problem(412, "stale_version");
    assert_eq!(fields(&stale), ["first_name"]);
    assert_eq!(differs(&stale, "first_name")["value"], "Айгуль");
}

#[test]
fn whoever_was_shown_the_present_values_stands_in_the_audit_log() {
    let cast = Cast::new();
    let case = cast.case().id();
    cast.pedagogue.patch(&format!("/cases/{case}"), 1, &json!({"title": "Theirs"})).expect(200);
    let stale = cast.pedagogue.patch(&format!("/cases/{case}"), 1, &json!({"title": "Mine"}));
    let stale = stale.problem(412, "stale_version");
    let request = stale.header("x-request-id").expect("a request id").to_owned();
    let log = cast.server.client("auditor.home").get("/audit/events").expect(200);
    let event = log.body["items"]
        .as_array()
        .and_then(|events| events.iter().find(|event| event["request_id"] == request.as_str()))
        .expect("the stale edit in the audit log");
    assert_eq!((&event["outcome"], &event["reason"]), (&json!("refused"), &json!("stale_version")));
}

#[test]
fn the_document_describes_what_a_merge_needs() {
    let cast = Cast::new();
    let document = client::send(cast.server.anonymous().request("GET", "/openapi.json")).expect(200).body;
    let answer = &document["paths"]["/api/v1/cases/{id}"]["patch"]["responses"]["412"]["content"];
    assert_eq!(answer["application/problem+json"]["schema"]["$ref"], "#/components/schemas/StaleProblem");
    for member in ["current", "current_version", "differs", "code"] {
        assert!(!document["components"]["schemas"]["StaleProblem"]["properties"][member].is_null(), "{member}");
    }
}
