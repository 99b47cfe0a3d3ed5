//! Merging duplicates: one case goes on, nothing of either is lost.

use std::sync::Barrier;
use std::thread;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Cast, open_case, register_child};

fn merge(client: &Client, case: &str, version: i64, into: &str) -> Reply {
    let body = json!({"into": into, "reason": "Opened twice for the same bruises."});
    client.change(&format!("/cases/{case}/merge"), version, &body)
}

/// Two cases of one child.
fn twins(cast: &Cast, name: &str) -> (String, String, String) {
    let child = cast.child(name);
    let one = open_case(&cast.pedagogue, &child, "medium").id();
    let other = open_case(&cast.pedagogue, &child, "low").id();
    (child, one, other)
}

fn kinds(timeline: &Reply) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let events = timeline.body["items"].as_array().expect("events").iter();
    events.map(|event| (text(&event["case_id"]), text(&event["kind"]))).collect()
}

fn rule(reply: Reply) -> String {
    reply.problem(409, "domain_rule").body["reason"].as_str().expect("a rule").to_owned()
}

#[test]
fn the_work_goes_on_in_one_case_and_both_stay_readable() {
    let cast = Cast::new();
    let (child, merged, surviving) = twins(&cast, "Двойная");
    let (health_task, police_task) = cast.implement(&merged);
    let task = |task: &Value| task["id"].as_str().expect("a task").to_owned();
    cast.health
        .change(&format!("/tasks/{}/complete", task(&health_task)), 1, &json!({"result": "Examined."}))
        .expect(200);
    cast.health
        .post(&format!("/cases/{merged}/notes"), &json!({"section": "medical", "text": "Two haematomas."}))
        .expect(201);
    cast.report(&merged, &child).expect(201);
    cast.waive_protocols(&merged);
    cast.health.get(&format!("/cases/{surviving}")).problem(404, "not_found");
    // The right is the lead's, the version the one that was read.
    merge(&cast.health, &merged, 1, &surviving).problem(403, "forbidden");
    merge(&cast.stranger, &merged, 1, &surviving).problem(404, "not_found");
    merge(&cast.pedagogue, &merged, 1, &surviving).problem(412, "stale_version");
    let version = cast.version(&merged);
    let answer = merge(&cast.pedagogue, &merged, version, &surviving).expect(200);
    assert_eq!((answer.id(), answer.version()), (surviving.clone(), 2));
    assert_eq!(answer.body["risk_level"], "medium", "the greater danger");
    assert_eq!(answer.body["participants"].as_array().map(Vec::len), Some(4), "school, clinic, police, office");

    let gone = cast.pedagogue.get(&format!("/cases/{merged}")).expect(200);
    assert_eq!(
        (&gone.body["stage"], &gone.body["closure"]["outcome"], &gone.body["merged_into"]),
        (&json!("closed"), &json!("merged"), &json!(surviving))
    );
    assert!(gone.body["follow_up_due_on"].is_null(), "the check belongs to the case that goes on");
    // What was done stays where it was; what is open goes on in the surviving case, still mandatory.
    let done = cast.health.get(&format!("/tasks/{}", task(&health_task))).expect(200);
    assert_eq!((&done.body["status"], &done.body["case_id"]), (&json!("done"), &json!(merged)));
    let carried = cast.police.get(&format!("/tasks/{}", task(&police_task))).expect(200);
    assert_eq!((&carried.body["status"], &carried.body["case_id"]), (&json!("carried_over"), &json!(merged)));
    let open = cast.police.get("/tasks?mine=true").expect(200).body["items"].as_array().cloned().unwrap_or_default();
    assert_eq!(open.len(), 1);
    assert_eq!(
        (&open[0]["case_id"], &open[0]["mandatory"], &open[0]["title"], &open[0]["origin"]),
        (&json!(surviving), &json!(true), &police_task["title"], &json!("merge"))
    );
    let notes = cast.health.get(&format!("/cases/{merged}/notes")).expect(200);
    assert!(notes.text.contains("haematomas"));
    cast.police.get(&format!("/cases/{merged}/plan")).expect(200);
    // The surviving case tells the history of both, in order.
    let timeline = kinds(&cast.health.get(&format!("/cases/{surviving}/timeline?limit=200")).expect(200));
    for event in [
        (&merged, "opened"),
        (&surviving, "opened"),
        (&merged, "task_carried_over"),
        (&surviving, "task_added"),
        (&merged, "report_filed"),
        (&merged, "merged"),
        (&surviving, "merged"),
    ] {
        assert!(timeline.contains(&(event.0.clone(), event.1.to_owned())), "{event:?} in {timeline:?}");
    }
    let own = kinds(&cast.health.get(&format!("/cases/{merged}/timeline?limit=200")).expect(200));
    assert!(own.iter().all(|(case, _)| *case == merged));
    let log = cast.server.client("auditor.home").get("/audit/events?limit=200").expect(200);
    let audited = log.body["items"].as_array().expect("events").iter();
    let audited = audited.filter(|event| event["action"] == "case_merge" && event["outcome"] == "done");
    assert_eq!(audited.filter(|event| event["resource_id"] == event["case_id"]).count(), 2);
}

#[test]
fn the_gate_of_closure_is_as_honest_as_before() {
    let cast = Cast::new();
    let (child, merged, surviving) = twins(&cast, "Честная");
    cast.implement(&merged);
    cast.report(&merged, &child).expect(201);
    cast.waive_protocols(&merged);
    let (health_task, police_task) = cast.implement(&surviving);
    merge(&cast.pedagogue, &merged, cast.version(&merged), &surviving).expect(200);
    for (client, task) in [(&cast.health, &health_task), (&cast.police, &police_task)] {
        let path = format!("/tasks/{}/complete", task["id"].as_str().expect("a task"));
        client.change(&path, 1, &json!({"result": "Done."})).expect(200);
    }
    cast.act(&cast.pedagogue, &surviving, json!({"action": "start_review"})).expect(200);
    cast.pedagogue
        .post(&format!("/cases/{surviving}/reviews"), &json!({"conclusion": "propose_closure", "summary": "Quiet."}))
        .expect(201);
    let closure = json!({"action": "propose_closure", "outcome": "safety_restored", "reason": "Safe by now."});
    let refused = cast.act(&cast.pedagogue, &surviving, closure.clone()).problem(409, "transition_refused");
    // The two tasks that were carried over; the report that was filed with the merged case counts.
    assert_eq!((refused.missing(), &refused.body["count"]), (vec!["mandatory_tasks".to_owned()], &json!("2")));
    for client in [&cast.health, &cast.police] {
        let task =
            client.get("/tasks?mine=true").expect(200).body["items"][0]["id"].as_str().expect("a task").to_owned();
        client.change(&format!("/tasks/{task}/complete"), 1, &json!({"result": "Done."})).expect(200);
    }
    cast.act(&cast.pedagogue, &surviving, closure).expect(200);
    // Nothing is merged into a case that is about to be closed: it would drop what is open.
    let third = open_case(&cast.pedagogue, &child, "low").id();
    assert_eq!(rule(merge(&cast.pedagogue, &third, 1, &surviving)), "merge_into_closing");
    cast.act(&cast.supervisor, &surviving, json!({"action": "approve_closure"})).expect(200);
    assert_eq!(rule(merge(&cast.pedagogue, &third, 1, &surviving)), "merge_into_closed");
}

#[test]
fn a_merged_case_is_never_opened_again() {
    let cast = Cast::new();
    let (_, merged, surviving) = twins(&cast, "Последняя");
    merge(&cast.pedagogue, &merged, 1, &surviving).expect(200);
    let reopen = json!({"action": "reopen", "reason": "A new sign."});
    let refused = cast.act(&cast.pedagogue, &merged, reopen).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["not_merged"]);
    let gone = cast.pedagogue.get(&format!("/cases/{merged}")).expect(200);
    assert_eq!(gone.body["allowed_actions"], json!([]));
    assert_eq!(rule(merge(&cast.pedagogue, &merged, gone.version(), &surviving)), "case_merged");
    assert_eq!(rule(merge(&cast.pedagogue, &surviving, 2, &merged)), "case_merged");
    // `merged` is no outcome that somebody may propose.
    let outcome = json!({"action": "propose_closure", "outcome": "merged", "reason": "By hand."});
    cast.act(&cast.pedagogue, &surviving, outcome).problem(409, "transition_refused");
    // A chain keeps its history.
    let child = cast.pedagogue.get(&format!("/cases/{surviving}")).expect(200).body["child_id"].clone();
    let last = open_case(&cast.pedagogue, child.as_str().expect("a child"), "low").id();
    merge(&cast.pedagogue, &surviving, 2, &last).expect(200);
    let timeline = kinds(&cast.pedagogue.get(&format!("/cases/{last}/timeline?limit=200")).expect(200));
    for case in [&merged, &surviving, &last] {
        assert!(timeline.contains(&(case.clone(), "opened".to_owned())), "{timeline:?}");
    }
}

#[test]
fn only_cases_of_one_child_that_one_may_merge() {
    let cast = Cast::new();
    let case = cast.case().id();
    assert_eq!(rule(merge(&cast.pedagogue, &case, 1, &case)), "merge_into_itself");
    let other = open_case(&cast.pedagogue, &cast.child("Иная"), "low").id();
    assert_eq!(rule(merge(&cast.pedagogue, &case, 1, &other)), "case_of_other_child");
    let foreign = register_child(&cast.stranger, "Далёкая");
    let foreign = open_case(&cast.stranger, &foreign, "low").id();
    let hidden = merge(&cast.pedagogue, &case, 1, &foreign).problem(422, "validation_failed");
    assert_eq!(hidden.errors(), [("/into".to_owned(), "unknown_case".to_owned())]);
    let nothing = merge(&cast.pedagogue, &case, 1, "0190a6f8-5b1c-7c3e-9f00-1234567890ab");
    assert_eq!(hidden.errors(), nothing.problem(422, "validation_failed").errors());
    let without = cast.pedagogue.post(&format!("/cases/{case}/merge"), &json!({"into": other, "reason": "Because"}));
    without.problem(428, "precondition_required");
}

#[test]
fn of_two_merges_in_opposite_directions_one_wins() {
    let cast = Cast::new();
    for letter in ["а", "б", "в", "г", "д", "е"] {
        let (_, one, other) = twins(&cast, &format!("Встречная{letter}"));
        let start = Barrier::new(2);
        let mut statuses: Vec<u16> = thread::scope(|scope| {
            let run = |case: &str, into: &str| {
                let (client, start, case, into) = (&cast.pedagogue, &start, case.to_owned(), into.to_owned());
                scope.spawn(move || {
                    start.wait();
                    merge(client, &case, 1, &into).status
                })
            };
            let both = [run(&one, &other), run(&other, &one)];
            both.into_iter().map(|thread| thread.join().expect("a client")).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{letter}");
        let stages: Vec<Value> = [&one, &other]
            .iter()
            .map(|case| cast.pedagogue.get(&format!("/cases/{case}")).expect(200).body["merged_into"].clone())
            .collect();
        assert_eq!(stages.iter().filter(|into| into.is_null()).count(), 1, "{letter}: one goes on");
    }
}

#[test]
fn a_task_finished_at_the_moment_of_a_merge_is_finished_or_carried_over() {
    let cast = Cast::new();
    for letter in ["а", "б", "в", "г"] {
        let (_, merged, surviving) = twins(&cast, &format!("Мигом{letter}"));
        let (task, _) = cast.implement(&merged);
        let task = task["id"].as_str().expect("a task").to_owned();
        let version = cast.version(&merged);
        let start = Barrier::new(2);
        let (finished, united) = thread::scope(|scope| {
            let (cast, start, task, merged, surviving) = (&cast, &start, &task, &merged, &surviving);
            let finish = scope.spawn(move || {
                start.wait();
                cast.health.change(&format!("/tasks/{task}/complete"), 1, &json!({"result": "Done."})).status
            });
            let unite = scope.spawn(move || {
                start.wait();
                merge(&cast.pedagogue, merged, version, surviving).status
            });
            (finish.join().expect("a client"), unite.join().expect("a client"))
        });
        assert_eq!(united, 200, "{letter}");
        let seen = cast.health.get(&format!("/tasks/{task}")).expect(200);
        let expected = if finished == 200 { "done" } else { "carried_over" };
        assert_eq!(seen.body["status"], expected, "{letter}: {finished}");
    }
}

/// Whoever finishes a task first writes its result, which refers to the case, and then takes the task; a merge holds the
/// task by then. Were it to wait for everybody who refers to the case, each would wait for the other.
#[test]
fn a_merge_does_not_wait_for_who_only_refers_to_the_case() {
    let cast = Cast::new();
    let (_, merged, surviving) = twins(&cast, "Ссылочная");
    let mut writer = cast.server.database.owner();
    writer
        .transaction(|writer| {
            sql_query("SELECT id FROM cases WHERE id = ANY ($1) FOR KEY SHARE")
                .bind::<Array<SqlUuid>, _>([&merged, &surviving].map(|id| id.parse::<Uuid>().expect("an id")).to_vec())
                .execute(writer)?;
            merge(&cast.pedagogue, &merged, 1, &surviving).expect(200);
            diesel::QueryResult::Ok(())
        })
        .expect("a transaction");
}
