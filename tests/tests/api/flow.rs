//! The main job, end to end: a school opens a case from a signal, health and police work on it, it is
//! resolved, the statistics office counts it.

use serde_json::json;

use crate::support::{Cast, assessment, lists, register_child};

#[test]
fn from_the_signal_to_the_closed_case() {
    let cast = Cast::new();
    let (pedagogue, supervisor) = (&cast.pedagogue, &cast.supervisor);

    // A signal becomes a case.
    let child = cast.child("Ахметова");
    let signal = pedagogue
        .post(
            "/signals",
            &json!({"channel": "school_staff", "description": "Bruises seen in the changing room.",
            "territory": "351000000", "child_id": child, "urgency": "urgent"}),
        )
        .expect(201);
    let triage = pedagogue
        .change(
            &format!("/signals/{}/triage", signal.id()),
            signal.version(),
            &json!({"decision": "accept", "risk_level": "medium"}),
        )
        .expect(200);
    assert_eq!(triage.body["signal"]["status"], "accepted");
    let case = triage.body["case"]["id"].as_str().expect("a case").to_owned();
    let opened = pedagogue.get(&format!("/cases/{case}")).expect(200);
    assert_eq!(opened.body["stage"], "registered");
    assert_eq!(opened.body["child_id"], child.as_str());
    assert_eq!(
        opened.body["manager_id"].as_str(),
        Some(cast.server.world.person("social_pedagogue.home").user.to_string().as_str())
    );
    assert_eq!(opened.body["allowed_actions"], json!(["start_assessment", "escalate"]));

    // Assessment.
    let wrong = cast.act(pedagogue, &case, json!({"action": "complete_assessment"})).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["stage"]);
    cast.act(pedagogue, &case, json!({"action": "start_assessment"})).expect(200);
    let wrong = cast.act(pedagogue, &case, json!({"action": "complete_assessment"})).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["completed_assessment"]);
    pedagogue.post(&format!("/cases/{case}/assessments"), &assessment("high")).expect(201);
    let planning = cast.act(pedagogue, &case, json!({"action": "complete_assessment"})).expect(200);
    assert_eq!((&planning.body["stage"], &planning.body["risk_level"]), (&json!("planning"), &json!("high")));

    // Plan: at high risk somebody else, a supervisor, approves it.
    let wrong = cast.act(pedagogue, &case, json!({"action": "approve_plan"})).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["plan"]);
    cast.health.get(&format!("/cases/{case}")).problem(404, "not_found");
    let plan = cast.plan(&case).expect(201);
    let wrong = cast.act(pedagogue, &case, json!({"action": "approve_plan"})).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["supervisor", "other_than_author"]);
    cast.act(supervisor, &case, json!({"action": "approve_plan"})).expect(200);

    // The clinic and the police are participants now and do their part.
    let tasks = cast.health.get("/tasks?mine=true").expect(200);
    let health_task = tasks.body["items"][0].clone();
    assert_eq!(health_task["case_id"], case.as_str());
    assert_eq!(health_task["id"], plan.body["goals"][0]["tasks"][0]["id"]);
    let wrong = cast.act(pedagogue, &case, json!({"action": "start_review"})).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["task_done_or_review_due"]);
    let complete = |client: &qorgan_tests::Client, task: &serde_json::Value| {
        client.change(
            &format!("/tasks/{}/complete", task["id"].as_str().expect("an id")),
            1,
            &json!({"result": "Examined; two haematomas."}),
        )
    };
    complete(&cast.police, &health_task).problem(403, "forbidden");
    let done = complete(&cast.health, &health_task).expect(200);
    assert_eq!(done.body["status"], "done");
    cast.health
        .post(
            &format!("/cases/{case}/notes"),
            &json!({"section": "medical", "text": "Two haematomas on the left forearm."}),
        )
        .expect(201);
    cast.police
        .post(
            &format!("/cases/{case}/notes"),
            &json!({"section": "investigation", "text": "The stepfather was questioned."}),
        )
        .expect(201);

    // Each sees only its part.
    let notes = cast.police.get(&format!("/cases/{case}/notes")).expect(200);
    let medical = notes.body["items"]
        .as_array()
        .expect("notes")
        .iter()
        .find(|note| note["section"] == "medical")
        .expect("the medical note");
    assert_eq!((&medical["readable"], &medical["text"]), (&json!(false), &json!(null)));
    assert_eq!(medical["organisation"]["name"], "UZ home");
    assert!(!notes.text.contains("haematoma"));
    let seen_by_police = cast.police.get(&format!("/tasks/{}", health_task["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(
        (&seen_by_police.body["result_readable"], &seen_by_police.body["result"]),
        (&json!(false), &json!(null))
    );
    let notes = cast.health.get(&format!("/cases/{case}/notes")).expect(200);
    assert!(notes.text.contains("haematomas") && !notes.text.contains("stepfather"));

    // Review and closure.
    cast.act(pedagogue, &case, json!({"action": "start_review"})).expect(200);
    let wrong = cast.act(pedagogue, &case, json!({"action": "continue"})).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["review_recorded"]);
    pedagogue
        .post(&format!("/cases/{case}/reviews"), &json!({"conclusion": "propose_closure", "summary": "No new signs."}))
        .expect(201);
    let wrong = cast.act(pedagogue, &case, json!({"action": "propose_closure"})).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["register_report", "mandatory_tasks", "outcome", "reason"]);
    complete(&cast.police, &plan.body["goals"][0]["tasks"][1]).expect(200);
    cast.report(&case, &child).expect(201);
    let closure =
        json!({"action": "propose_closure", "outcome": "safety_restored", "reason": "Safe with the grandmother."});
    // The reported fact called for its protocol.
    let wrong = cast.act(pedagogue, &case, closure.clone()).problem(409, "transition_refused");
    assert_eq!(wrong.missing(), ["mandatory_tasks"]);
    cast.waive_protocols(&case);
    cast.act(pedagogue, &case, closure).expect(200);
    cast.act(pedagogue, &case, json!({"action": "approve_closure"})).problem(403, "forbidden");
    let closed = cast.act(supervisor, &case, json!({"action": "approve_closure"})).expect(200);
    assert_eq!(closed.body["stage"], "closed");
    assert_eq!(closed.body["closure"]["outcome"], "safety_restored");
    assert!(closed.body["closure"]["closed_at"].is_string());

    // The timeline tells it in order, without content.
    let timeline = pedagogue.get(&format!("/cases/{case}/timeline?limit=200")).expect(200);
    let kinds: Vec<&str> =
        timeline.body["items"].as_array().expect("events").iter().filter_map(|event| event["kind"].as_str()).collect();
    assert_eq!(kinds.first(), Some(&"opened"));
    assert_eq!(kinds.iter().filter(|kind| **kind == "transitioned").count(), 6);
    assert!(!timeline.text.contains("haematoma") && !timeline.text.contains("Ахметова"));
}

#[test]
fn a_foreign_school_learns_nothing() {
    let cast = Cast::new();
    let child = cast.child("Ибраева");
    let case = crate::support::open_case(&cast.pedagogue, &child, "low").id();
    let stranger = &cast.stranger;
    for path in ["", "/timeline", "/notes", "/assessments", "/plan", "/reviews"] {
        stranger.get(&format!("/cases/{case}{path}")).problem(404, "not_found");
    }
    stranger.get(&format!("/children/{child}")).problem(404, "not_found");
    stranger
        .change(&format!("/cases/{case}/transitions"), 1, &json!({"action": "start_assessment"}))
        .problem(404, "not_found");
    stranger
        .post(&format!("/cases/{case}/notes"), &json!({"section": "general", "text": "x"}))
        .problem(404, "not_found");
    assert!(!lists(&stranger.get("/cases").expect(200), &case));
    assert!(lists(&cast.pedagogue.get("/cases").expect(200), &case));
    // A search shows that a child of this name is known, masked.
    let found = stranger.post("/children/search", &json!({"query": "Ибраева Алия"})).expect(200);
    assert!(!found.text.contains("Ибраева") && found.text.contains(&child));
}

#[test]
fn the_statistics_office_counts_one_more_and_reaches_nothing_else() {
    let cast = Cast::new();
    let statistician = &cast.statistician;
    let today = chrono::Utc::now().date_naive();
    let count = || {
        let table = statistician
            .get(&format!("/statistics/register?group_by=month,main_form&from=2026-01-01&to={today}"))
            .expect(200);
        assert_eq!(table.body["method"], "exact");
        table.body["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["count"].as_i64().expect("a count"))
            .sum::<i64>()
    };
    let before = count();
    let child = register_child(&cast.pedagogue, "Тулегенова");
    let case = crate::support::open_case(&cast.pedagogue, &child, "low").id();
    cast.report(&case, &child).expect(201);
    assert_eq!(count(), before + 1);

    let table = statistician
        .get(&format!(
            "/statistics/register?group_by=month,territory,kind,main_form,sex,age_group&from=2026-01-01&to={today}"
        ))
        .expect(200);
    let row =
        table.body["rows"].as_array().expect("rows").iter().find(|row| row["main_form"] == "physical").expect("a row");
    assert_eq!(
        (&row["month"], &row["territory"], &row["kind"], &row["sex"], &row["age_group"]),
        (&json!("2026-02"), &json!("351000000"), &json!("violence"), &json!("female"), &json!("age_11_13"))
    );
    assert!(!table.text.contains("Тулегенова") && !table.text.contains(&child));

    for path in [
        "/cases".to_owned(),
        format!("/cases/{case}"),
        format!("/cases/{case}/timeline"),
        format!("/cases/{case}/notes"),
        format!("/children/{child}"),
        "/signals".into(),
        "/tasks".into(),
        "/register/facts".into(),
        "/users".into(),
        "/audit/events".into(),
    ] {
        statistician.get(&path).problem(403, "forbidden");
    }
    statistician.post("/children/search", &json!({"query": "Тулегенова Алия"})).problem(403, "forbidden");
    cast.pedagogue
        .get(&format!("/statistics/register?group_by=month&from=2026-01-01&to={today}"))
        .problem(403, "forbidden");
}
