//! The check after closure.

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::Reply;
use serde_json::{Value, json};

use crate::support::{Cast, lists, open_case};

/// A case that went the whole way and was closed by a supervisor.
fn closed(cast: &Cast) -> String {
    let child = cast.child("Закрытая");
    let case = open_case(&cast.pedagogue, &child, "medium").id();
    let (health, police) = cast.implement(&case);
    for (client, task) in [(&cast.health, &health), (&cast.police, &police)] {
        let path = format!("/tasks/{}/complete", task["id"].as_str().expect("a task"));
        client.change(&path, 1, &json!({"result": "Done."})).expect(200);
    }
    cast.report(&case, &child).expect(201);
    cast.waive_protocols(&case);
    cast.act(&cast.pedagogue, &case, json!({"action": "start_review"})).expect(200);
    let review = json!({"conclusion": "propose_closure", "summary": "Quiet."});
    cast.pedagogue.post(&format!("/cases/{case}/reviews"), &review).expect(201);
    let closure = json!({"action": "propose_closure", "outcome": "safety_restored", "reason": "Safe by now."});
    cast.act(&cast.pedagogue, &case, closure).expect(200);
    cast.act(&cast.supervisor, &case, json!({"action": "approve_closure"})).expect(200);
    case
}

fn today() -> chrono::NaiveDate {
    qorgan_domain::calendar::local_date(chrono::Utc::now())
}

fn check(cast: &Cast, case: &str, safe: &str) -> Reply {
    let body = json!({"checked_on": today(), "safe": safe, "summary": "Seen at school."});
    cast.pedagogue.post(&format!("/cases/{case}/follow-up-checks"), &body)
}

fn due(cast: &Cast, case: &str) -> bool {
    lists(&cast.pedagogue.get("/worklists/follow_up_due").expect(200), case)
}

fn make_due(cast: &Cast, case: &str) {
    let statement = format!("UPDATE cases SET follow_up_due_on = '2026-01-01' WHERE id = '{case}'");
    assert_eq!(sql_query(statement).execute(&mut cast.server.database.owner()).expect("update"), 1);
}

#[test]
fn a_check_falls_due_three_months_after_closure_and_stays_until_the_child_is_safe() {
    let cast = Cast::new();
    let case = closed(&cast);
    let path = format!("/cases/{case}");
    let expected = today().checked_add_months(chrono::Months::new(3)).expect("a day").to_string();
    assert_eq!(cast.pedagogue.get(&path).expect(200).body["follow_up_due_on"], expected.as_str());
    assert!(!due(&cast, &case));
    make_due(&cast, &case);
    assert!(due(&cast, &case));
    assert!(lists(&cast.supervisor.get("/worklists/follow_up_due").expect(200), &case));
    for client in [&cast.health, &cast.stranger] {
        assert!(!lists(&client.get("/worklists/follow_up_due").expect(200), &case), "the lead's work alone");
    }
    // Unclear, or not safe: the duty stays, and what is expected is said.
    let unclear = check(&cast, &case, "unclear").expect(201);
    assert_eq!((&unclear.body["reopening_expected"], due(&cast, &case)), (&json!(false), true));
    let unsafe_now = check(&cast, &case, "no").expect(201);
    assert_eq!(unsafe_now.body["reopening_expected"], true);
    assert_eq!(unsafe_now.body["allowed_actions"], json!(["reopen"]));
    assert!(due(&cast, &case));
    let timeline = cast.health.get(&format!("{path}/timeline?limit=200")).expect(200);
    let events = timeline.body["items"].as_array().expect("events");
    let recorded: Vec<&Value> = events.iter().filter(|event| event["kind"] == "follow_up_recorded").collect();
    assert_eq!(recorded.len(), 2);
    assert_eq!(recorded[1]["data"]["reopening_expected"], true);
    let safe = check(&cast, &case, "yes").expect(201);
    assert_eq!((&safe.body["reopening_expected"], due(&cast, &case)), (&json!(false), false));
    let all = cast.health.get(&format!("{path}/follow-up-checks")).expect(200);
    let found: Vec<&str> =
        all.body["items"].as_array().expect("checks").iter().filter_map(|c| c["safe"].as_str()).collect();
    assert_eq!(found, ["yes", "no", "unclear"]);
    assert_eq!(all.body["items"][0]["summary"], "Seen at school.", "general: every participant reads it");
}

#[test]
fn opening_again_takes_the_duty_away_until_the_next_closure() {
    let cast = Cast::new();
    let case = closed(&cast);
    make_due(&cast, &case);
    cast.act(&cast.pedagogue, &case, json!({"action": "reopen", "reason": "A new sign."})).expect(200);
    assert!(cast.pedagogue.get(&format!("/cases/{case}")).expect(200).body["follow_up_due_on"].is_null());
    assert!(!due(&cast, &case));
    let refused = check(&cast, &case, "yes").problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "follow_up_of_open_case");
}

#[test]
fn who_may_record_a_check_and_what_it_must_say() {
    let cast = Cast::new();
    let case = closed(&cast);
    let path = format!("/cases/{case}/follow-up-checks");
    let body = |day: &str| json!({"checked_on": day, "safe": "yes", "summary": "Seen."});
    cast.health.post(&path, &body("2026-01-01")).problem(403, "forbidden");
    cast.stranger.post(&path, &body("2026-01-01")).problem(404, "not_found");
    cast.stranger.get(&path).problem(404, "not_found");
    for (day, code) in [("2020-01-01", "date_before_closure"), ("2090-01-01", "date_future")] {
        let refused = cast.pedagogue.post(&path, &body(day)).problem(422, "validation_failed");
        assert_eq!(refused.errors(), [("/checked_on".to_owned(), code.to_owned())]);
    }
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    let own =
        json!({"id": id, "checked_on": today(), "safe": "no", "summary": "Bruises again.", "reopen_proposed": true});
    cast.pedagogue.post(&path, &own).expect(201);
    let again = cast.pedagogue.post(&path, &own).expect(200);
    assert_eq!((again.id().as_str(), &again.body["reopen_proposed"]), (id, &json!(true)));
    let other = json!({"id": id, "checked_on": today(), "safe": "yes", "summary": "Bruises again."});
    cast.pedagogue.post(&path, &other).problem(409, "id_taken");
    assert_eq!(cast.pedagogue.get(&path).expect(200).body["items"].as_array().map(Vec::len), Some(1));
}
