//! Deadlines from the first contact to the check after closure, notices, crisis management, the calendar and the rules.

mod crisis;
mod reference;
mod worker;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::{Client, Server};
use serde_json::{Value, json};

use crate::support::{Cast, assessment, open_case};

/// The deadlines of a case as `kind state`, sorted; those of tasks with their number.
fn clocks(client: &Client, case: &str) -> Vec<String> {
    let page = client.get(&format!("/cases/{case}/deadlines")).expect(200);
    let mut clocks: Vec<String> = items(&page.body)
        .iter()
        .map(|item| format!("{} {}", item["kind"].as_str().expect("a kind"), item["state"].as_str().expect("a state")))
        .collect();
    clocks.sort();
    clocks
}

/// The deadline of a kind.
fn clock(client: &Client, case: &str, kind: &str, state: &str) -> Value {
    let page = client.get(&format!("/cases/{case}/deadlines")).expect(200);
    let found = items(&page.body).iter().find(|item| item["kind"] == kind && item["state"] == state).cloned();
    found.unwrap_or_else(|| panic!("no {kind} {state} in {}", page.text))
}

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().expect("items")
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().expect("a time").parse().expect("a time")
}

/// The kinds of the notices that a user has not read.
fn notices(client: &Client) -> Vec<String> {
    let page = client.get("/notifications?unread=true&limit=200").expect(200);
    items(&page.body).iter().map(|item| item["kind"].as_str().expect("a kind").to_owned()).collect()
}

/// Runs statements as the owner: this is how time passes in a test.
fn owner(server: &Server, statement: &str) -> usize {
    sql_query(statement).execute(&mut server.database.owner()).expect("a statement of the owner")
}

#[test]
fn the_clocks_of_a_case_follow_its_life() {
    let cast = Cast::new();
    let case = cast.case().id();
    let of = || clocks(&cast.pedagogue, &case);
    assert_eq!(of(), ["assessment running", "first_contact running"]);
    let opened = clock(&cast.pedagogue, &case, "first_contact", "running");
    assert_eq!(time(&opened["due_at"]) - time(&opened["started_at"]), TimeDelta::hours(72), "medium risk");
    assert_eq!(time(&opened["due_at"]) - time(&opened["remind_at"]), TimeDelta::hours(12));

    // Somebody else's note, or the reason of an action, is no contact; the manager's own is.
    cast.psychologist.post(&format!("/cases/{case}/notes"), &json!({"section": "general", "text": "N"})).expect(201);
    cast.act(&cast.pedagogue, &case, json!({"action": "escalate", "escalate_to": "commission", "reason": "Because"}))
        .expect(200);
    assert_eq!(of(), ["assessment running", "first_contact running"]);
    cast.pedagogue
        .post(&format!("/cases/{case}/notes"), &json!({"section": "general", "text": "Spoke with her"}))
        .expect(201);
    assert_eq!(of(), ["assessment running", "first_contact met"]);

    let (task, other) = cast.implement(&case);
    let tasks = ["task_due running", "task_due running"];
    assert_eq!(
        of(),
        [&["assessment met", "first_contact met", "plan met", "review_interval running"][..], &tasks].concat()
    );
    let of_task = clock(&cast.pedagogue, &case, "task_due", "running");
    assert_eq!((&of_task["task_id"], &of_task["due_at"]), (&task["id"], &json!("2090-01-10T19:00:00Z")));

    let path = |task: &Value, verb: &str| format!("/tasks/{}/{verb}", task["id"].as_str().expect("an id"));
    cast.health.change(&path(&task, "complete"), 1, &json!({"result": "R"})).expect(200);
    cast.supervisor.change(&path(&other, "waive"), 1, &json!({"reason": "Not needed"})).expect(200);
    assert!(of().ends_with(&["task_due cancelled".into(), "task_due met".into()]));

    // A review ends the clock of reviews, going on starts the next.
    cast.act(&cast.pedagogue, &case, json!({"action": "start_review"})).expect(200);
    let review = json!({"conclusion": "continue", "summary": "S"});
    cast.pedagogue.post(&format!("/cases/{case}/reviews"), &review).expect(201);
    assert!(of().contains(&"review_interval met".into()) && !of().contains(&"review_interval running".into()));
    cast.act(&cast.pedagogue, &case, json!({"action": "continue"})).expect(200);
    assert!(of().contains(&"review_interval running".into()));

    // While a closure waits the clock of the next review stands still; rejecting it lets it go on.
    let propose = json!({"action": "propose_closure", "outcome": "not_confirmed", "reason": "Nothing was found"});
    cast.act(&cast.pedagogue, &case, json!({"action": "start_review"})).expect(200);
    let due = time(&clock(&cast.pedagogue, &case, "review_interval", "running")["due_at"]);
    cast.act(&cast.pedagogue, &case, propose.clone()).expect(200);
    assert_eq!(notices(&cast.supervisor), ["closure_awaits_approval"]);
    assert!(of().contains(&"review_interval paused".into()));
    owner(&cast.server, "UPDATE case_deadlines SET paused_at = paused_at - interval '3 days' WHERE state = 'paused'");
    cast.act(&cast.supervisor, &case, json!({"action": "reject_closure", "reason": "Look again"})).expect(200);
    let went_on = clock(&cast.pedagogue, &case, "review_interval", "running");
    assert!(time(&went_on["due_at"]) >= due + TimeDelta::days(3), "{went_on}");
    assert!(went_on["paused_seconds"].as_i64().is_some_and(|seconds| seconds >= 3 * 86_400));

    // A closed case has one clock, and none when it was opened again but that of its new assessment.
    cast.act(&cast.pedagogue, &case, propose).expect(200);
    cast.act(&cast.supervisor, &case, json!({"action": "approve_closure"})).expect(200);
    let open = |clocks: Vec<String>| {
        clocks.into_iter().filter(|clock| clock.ends_with("running") || clock.ends_with("paused"))
    };
    assert_eq!(open(of()).collect::<Vec<_>>(), ["post_closure_check running"]);
    cast.act(&cast.pedagogue, &case, json!({"action": "reopen", "reason": "A new sign"})).expect(200);
    assert_eq!(open(of()).collect::<Vec<_>>(), ["assessment running"]);
    cast.stranger.get(&format!("/cases/{case}/deadlines")).problem(404, "not_found");
}

#[test]
fn a_higher_risk_shortens_what_runs_and_a_lower_one_gives_nothing() {
    let cast = Cast::new();
    let case = cast.case().id();
    let first = |state| clock(&cast.pedagogue, &case, "first_contact", state);
    let started = time(&first("running")["started_at"]);
    let risk = |level: &str| {
        cast.pedagogue.patch(&format!("/cases/{case}"), cast.version(&case), &json!({"risk_level": level})).expect(200);
        time(&first("running")["due_at"]) - started
    };
    assert_eq!(risk("high"), TimeDelta::hours(24));
    assert_eq!(risk("low"), TimeDelta::hours(24), "never later");
    // In danger of life it starts anew, within hours from now.
    let hours = risk("critical");
    assert!(hours >= TimeDelta::hours(3) && hours < TimeDelta::hours(4), "{hours}");
    let mut of_case = clocks(&cast.pedagogue, &case);
    // A crisis may give tasks as well.
    of_case.retain(|clock| !clock.starts_with("task_due"));
    assert_eq!(of_case, ["assessment running", "first_contact cancelled", "first_contact running"]);
}

#[test]
fn overdue_is_what_the_clocks_say() {
    let cast = Cast::new();
    let child = cast.child("Просрочкина");
    let (late, good) = (open_case(&cast.pedagogue, &child, "low").id(), open_case(&cast.pedagogue, &child, "low").id());
    let listed = |overdue: bool| -> Vec<String> {
        let page = cast.pedagogue.get(&format!("/cases?overdue={overdue}")).expect(200);
        items(&page.body).iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    };
    assert!(listed(true).is_empty() && listed(false).len() == 2);
    owner(
        &cast.server,
        &format!("UPDATE case_deadlines SET due_at = now() WHERE case_id = '{late}' AND kind = 'first_contact'"),
    );
    assert_eq!((listed(true), listed(false)), (vec![late.clone()], vec![good]));
    assert_eq!(clock(&cast.pedagogue, &late, "first_contact", "running")["overdue"], true);
    // Met late it is not overdue any more, and says so.
    cast.act(&cast.pedagogue, &late, json!({"action": "start_assessment"})).expect(200);
    assert!(listed(true).is_empty());
    assert_eq!(clock(&cast.pedagogue, &late, "first_contact", "met")["met_late"], true);
}

#[test]
fn notices_are_read_by_their_recipient_alone() {
    let cast = Cast::new();
    let case = cast.case().id();
    let second = cast.server.client("pedagogue.second.home");
    let manager = cast.server.world.person("pedagogue.second.home").user;
    assert!(notices(&second).is_empty() && notices(&cast.pedagogue).is_empty(), "nobody is told of the own doing");
    let path = format!("/cases/{case}");
    cast.pedagogue.patch(&path, cast.version(&case), &json!({"manager_id": manager})).expect(200);
    assert_eq!(notices(&second), ["case_assigned"]);
    let page =
        qorgan_tests::client::send(second.request("GET", "/api/v1/notifications").header("Accept-Language", "en"))
            .expect(200);
    let notice = &page.body["items"][0];
    let number = cast.pedagogue.get(&path).expect(200).body["number"].as_str().expect("a number").to_owned();
    assert_eq!(notice["text"], format!("Case {number} was assigned to you."));
    assert_eq!((&notice["case_id"], &notice["case_number"]), (&json!(case), &json!(number)));

    // Another's notice cannot be read away.
    let body = json!({"ids": [notice["id"]]});
    assert_eq!(cast.pedagogue.post("/notifications/read", &body).expect(200).body["read"], 0);
    assert_eq!(second.post("/notifications/read", &body).expect(200).body["read"], 1);
    assert_eq!(second.post("/notifications/read", &body).expect(200).body["read"], 0);
    assert!(notices(&second).is_empty());
    assert_eq!(items(&second.get("/notifications?unread=false").expect(200).body).len(), 1);
    assert_eq!(
        second.post("/notifications/read", &json!({})).problem(422, "validation_failed").errors()[0].1,
        "required_here"
    );
    let both = json!({"ids": [notice["id"]], "up_to": "2026-01-01T00:00:00Z"});
    assert_eq!(
        second.post("/notifications/read", &both).problem(422, "validation_failed").errors()[0].1,
        "not_allowed_here"
    );
}

#[test]
fn a_plan_at_high_risk_waits_for_the_supervisors() {
    let cast = Cast::new();
    let case = open_case(&cast.pedagogue, &cast.child("Планова"), "high").id();
    cast.act(&cast.pedagogue, &case, json!({"action": "start_assessment"})).expect(200);
    cast.pedagogue.post(&format!("/cases/{case}/assessments"), &assessment("high")).expect(201);
    cast.act(&cast.pedagogue, &case, json!({"action": "complete_assessment"})).expect(200);
    cast.plan(&case).expect(201);
    assert_eq!(notices(&cast.supervisor), ["plan_awaits_approval"]);
    assert!(notices(&cast.server.client("supervisor.office.abroad")).is_empty());
}
