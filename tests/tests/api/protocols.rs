//! Protocols: what a fact or a risk calls for, and what an administrator publishes.

mod versions;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, open_case};

/// A fact as it is told with a case or reported for one.
fn fact(kind: &str, name: &str, word: &str) -> Value {
    json!({"kind": kind, name: word, "occurred_on": "2026-03-12", "place": {"territory": "351000000", "setting": "home"},
        "role": "victim", "description": "Told by the mother."})
}

/// A case opened with a fact.
fn opened(cast: &Cast, last_name: &str, risk: &str, fact: &Value) -> Reply {
    let child = cast.child(last_name);
    let case = json!({"child_id": child, "title": "T", "description": "D", "risk_level": risk, "facts": [fact]});
    cast.pedagogue.post("/cases", &case).expect(201)
}

/// Reports a further fact for a case.
fn reported(client: &Client, case: &Reply, fact: &Value) -> Reply {
    let mut report = fact.clone();
    report["child_id"] = case.body["child_id"].clone();
    report["case_id"] = json!(case.id());
    client.post("/register/reports", &report).expect(201)
}

/// The codes of the open steps of a case, with the names of their organisations.
fn steps(cast: &Cast, case: &str) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let tasks = cast.protocol_tasks(case);
    let steps: BTreeMap<_, _> =
        tasks.iter().map(|task| (text(&task["code"]), text(&task["organisation"]["name"]))).collect();
    assert_eq!(steps.len(), tasks.len(), "no step is open twice: {tasks:?}");
    steps
}

fn codes(cast: &Cast, case: &str) -> BTreeSet<String> {
    steps(cast, case).into_keys().collect()
}

fn hours_left(task: &Value) -> i64 {
    let due: DateTime<Utc> = task["due_at"].as_str().expect("a time").parse().expect("a time");
    (due - Utc::now()).num_minutes().div_euclid(60) + 1
}

fn applications(client: &Client, case: &str) -> Vec<Value> {
    client.get(&format!("/cases/{case}/protocols")).expect(200).body["items"].as_array().expect("items").clone()
}

fn complete(client: &Client, task: &Value) -> Reply {
    let path = format!("/tasks/{}/complete", task["id"].as_str().expect("an id"));
    client.change(&path, 1, &json!({"result": "Done as the protocol says."}))
}

#[test]
fn after_an_attempt_every_agency_has_its_steps_and_the_case_closes_when_they_are_settled() {
    let cast = Cast::new();
    let attempt = fact("suicidal_behaviour", "level", "attempt");
    let case = opened(&cast, "Бережная", "high", &attempt);
    let id = case.id();

    // Tasks for УЗ, УО, УКЗСП and the others, with the protocol's deadlines; where nobody is on duty the lead acts.
    let expected = [
        ("circumstances_inquiry", "DP home"),
        ("education_control", "UO home"),
        ("emergency_care", "UZ home"),
        ("family_needs", "UKZSP home"),
        ("leisure_offered", "school home"),
        ("local_support", "school home"),
        ("parents_informed", "school home"),
        ("parents_medical_guidance", "UZ home"),
        ("parents_psychological_help", "school home"),
        ("police_informed", "school home"),
        ("psychiatric_consultation", "UZ home"),
        ("return_to_school", "school home"),
        ("safety_plan", "school home"),
    ];
    assert_eq!(steps(&cast, &id), expected.map(|(code, name)| (code.to_owned(), name.to_owned())).into());
    let tasks = cast.protocol_tasks(&id);
    let task = |code: &str| tasks.iter().find(|task| task["code"] == code).expect("a step");
    for (code, hours) in [("emergency_care", 1), ("parents_informed", 3), ("circumstances_inquiry", 24)] {
        assert_eq!(hours_left(task(code)), hours, "{code}");
    }
    assert!(tasks.iter().all(|task| task["title"].as_str().is_some_and(|title| !title.is_empty())));
    assert_eq!(
        (&task("parents_psychological_help")["mandatory"], &task("leisure_offered")["mandatory"]),
        (&json!(true), &json!(false))
    );

    // Their organisations take part and find their tasks.
    let mut participants: Vec<&str> = case.body["participants"]
        .as_array()
        .expect("participants")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    participants.sort_unstable();
    assert_eq!(participants, ["DP home", "UKZSP home", "UO home", "UZ home", "school home"]);
    let social = cast.server.client("social_worker.home");
    for (client, count) in [(&cast.health, 3), (&cast.police, 1), (&social, 1), (&cast.supervisor, 1)] {
        let mine = client.get("/tasks?mine=true").expect(200);
        assert_eq!(mine.body["items"].as_array().map(Vec::len), Some(count));
    }

    // Order: what comes first must be settled first.
    let refused = complete(&cast.health, task("psychiatric_consultation")).problem(409, "domain_rule");
    assert_eq!(
        (&refused.body["reason"], &refused.body["tasks"]),
        (&json!("task_blocked"), &json!([task("emergency_care")["id"]]))
    );
    complete(&cast.health, task("emergency_care")).expect(200);
    complete(&cast.health, task("psychiatric_consultation")).expect(200);
    // Nobody does the work of another agency, except for the lead in place of those that have nobody.
    complete(&cast.pedagogue, task("circumstances_inquiry")).problem(403, "forbidden");

    // The way to closure: refused with the names of the tasks while a mandatory step is neither done nor waived.
    let (health_task, police_task) = cast.implement(&id);
    complete(&cast.health, &health_task).expect(200);
    complete(&cast.police, &police_task).expect(200);
    cast.act(&cast.pedagogue, &id, json!({"action": "start_review"})).expect(200);
    let proposal = json!({"action": "propose_closure", "outcome": "safety_restored", "reason": "Three quiet months."});
    let refused = cast.act(&cast.pedagogue, &id, proposal.clone()).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["mandatory_tasks"]);
    let named: BTreeSet<&str> = refused.body["tasks"].as_str().expect("ids").split(',').collect();
    let mandatory: BTreeSet<&str> = tasks
        .iter()
        .filter(|task| task["mandatory"] == true)
        .filter(|task| {
            !["emergency_care", "psychiatric_consultation"].contains(&task["code"].as_str().expect("a code"))
        })
        .map(|task| task["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(named, mandatory);
    for code in [
        "police_informed",
        "parents_informed",
        "parents_psychological_help",
        "safety_plan",
        "return_to_school",
        "leisure_offered",
    ] {
        complete(&cast.pedagogue, task(code)).expect(200);
    }
    complete(&cast.police, task("circumstances_inquiry")).expect(200);
    complete(&social, task("family_needs")).expect(200);
    let last = format!("/tasks/{}/waive", task("education_control")["id"].as_str().expect("an id"));
    let refused = cast.act(&cast.pedagogue, &id, proposal.clone()).problem(409, "transition_refused");
    assert_eq!(refused.body["tasks"], task("education_control")["id"]);
    let reason = json!({"reason": "The office was in the school from the first hour."});
    let refused = cast.pedagogue.change(&last, 1, &reason).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "task_mandatory");
    cast.supervisor.change(&last, 1, &reason).expect(200);
    let progress = applications(&cast.pedagogue, &id)[0]["progress"].clone();
    assert_eq!(progress, json!({"called_for": 13, "done": 10, "waived": 1, "mandatory_open": 0}));
    cast.act(&cast.pedagogue, &id, proposal).expect(200);
    cast.act(&cast.supervisor, &id, json!({"action": "approve_closure"})).expect(200);
    assert!(applications(&cast.pedagogue, &id)[0]["ended_at"].is_string(), "it ended with the case");
}

#[test]
fn a_protocol_runs_once_and_says_for_whom_the_lead_acts() {
    let cast = Cast::new();
    let ideation = fact("suicidal_behaviour", "level", "ideation");
    let case = opened(&cast, "Тихая", "medium", &ideation);
    let id = case.id();
    let first = codes(&cast, &id);
    assert!(first.contains("risk_screening") && !first.contains("child_not_alone"), "{first:?}");
    reported(&cast.pedagogue, &case, &ideation);
    assert_eq!(codes(&cast, &id), first, "a second fact of the same kind doubles nothing");
    // The clinic learns of a higher level and reports it: what this level calls for is added, in the same protocol.
    cast.pedagogue
        .post(
            &format!("/cases/{id}/participants"),
            &json!({"organisation_id": cast.organisation("UZ home"), "reason": "Care"}),
        )
        .expect(201);
    reported(&cast.health, &case, &fact("suicidal_behaviour", "level", "interrupted"));
    let second = codes(&cast, &id);
    let added: Vec<&String> = second.difference(&first).collect();
    assert_eq!(added, ["child_not_alone", "medical_examination", "psychiatric_consultation"]);
    assert_eq!(applications(&cast.pedagogue, &id).len(), 1);

    // Another protocol adds its own steps; what is open with the same organisation is not asked for twice.
    reported(&cast.pedagogue, &case, &fact("suicidal_behaviour", "level", "attempt"));
    let third = codes(&cast, &id);
    assert!(third.is_superset(&second) && third.contains("emergency_care"), "{third:?}");
    let all = applications(&cast.pedagogue, &id);
    assert_eq!(
        all.iter().map(|one| one["code"].as_str().expect("a code")).collect::<Vec<_>>(),
        ["suicidal_signs", "suicide_attempt"]
    );
    assert_eq!(
        (&all[1]["cause"], &all[1]["protocol_version"], all[1]["fact_id"].is_string()),
        (&json!("fact"), &json!(1), true)
    );
    let step = |code: &str| {
        all[1]["steps"].as_array().expect("steps").iter().find(|step| step["code"] == code).expect("a step")
    };
    assert_eq!(
        (&step("leisure_offered")["lead_instead"], &step("emergency_care")["lead_instead"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(step("safety_plan")["task"]["code"], "safety_plan", "the task of the other protocol stands for it");

    let timeline = cast.pedagogue.get(&format!("/cases/{id}/timeline?limit=200")).expect(200);
    let told: Vec<&Value> = timeline.body["items"]
        .as_array()
        .expect("events")
        .iter()
        .filter(|event| event["kind"] == "protocol_applied")
        .collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told[1]["data"]["lead_instead_of"], json!(["AKIMATY_GR", "UFKIS"]));
    assert!(!timeline.text.contains("Told by the mother"));
}

#[test]
fn of_six_reports_at_once_the_protocol_is_begun_by_one() {
    let cast = Cast::new();
    let case = open_case(&cast.pedagogue, &cast.child("Общая"), "low");
    let bullying = fact("violence", "main_form", "bullying");
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| reported(&cast.pedagogue, &case, &bullying));
        }
    });
    assert_eq!(applications(&cast.pedagogue, &case.id()).len(), 1);
    assert!(codes(&cast, &case.id()).contains("child_safety_now"));
}

#[test]
fn danger_to_life_calls_health_police_and_education_within_hours() {
    let cast = Cast::new();
    let child = cast.child("Спасённая");
    let case = open_case(&cast.pedagogue, &child, "medium");
    let id = case.id();
    assert!(cast.protocol_tasks(&id).is_empty());
    let raised = cast.pedagogue.patch(&format!("/cases/{id}"), 1, &json!({"risk_level": "critical"})).expect(200);
    let expected = [
        ("crisis_education", "UO home"),
        ("crisis_health", "UZ home"),
        ("crisis_meeting", "UO home"),
        ("crisis_police", "DP home"),
    ];
    assert_eq!(steps(&cast, &id), expected.map(|(code, name)| (code.to_owned(), name.to_owned())).into());
    let tasks = cast.protocol_tasks(&id);
    assert!(tasks.iter().filter(|task| task["code"] != "crisis_meeting").all(|task| hours_left(task) == 3));
    assert_eq!(applications(&cast.health, &id)[0]["cause"], "risk");
    // A protocol's task counts at once: it is done long before there is a plan.
    let meeting = tasks.iter().find(|task| task["code"] == "crisis_meeting").expect("the meeting");
    let refused = complete(&cast.supervisor, meeting).problem(409, "domain_rule");
    assert_eq!(refused.body["tasks"].as_array().map(Vec::len), Some(3));
    // Down and up again: the same crisis is not begun twice.
    let lower =
        cast.pedagogue.patch(&format!("/cases/{id}"), raised.version(), &json!({"risk_level": "high"})).expect(200);
    cast.pedagogue.patch(&format!("/cases/{id}"), lower.version(), &json!({"risk_level": "critical"})).expect(200);
    assert_eq!(cast.protocol_tasks(&id).len(), 4);
    let critical = open_case(&cast.pedagogue, &cast.child("Вторая"), "critical");
    assert_eq!(cast.protocol_tasks(&critical.id()).len(), 4);
}

#[test]
fn a_rising_risk_adds_what_running_protocols_call_for_then() {
    let cast = Cast::new();
    let neglect = fact("violence", "main_form", "neglect");
    let case = opened(&cast, "Голодная", "medium", &neglect);
    let id = case.id();
    let before = codes(&cast, &id);
    // The child is twelve: a small child's examination is not called for, school is.
    assert!(before.contains("home_visit") && before.contains("school_attendance"), "{before:?}");
    assert!(!before.contains("home_visit_urgent") && !before.contains("medical_examination"), "{before:?}");
    cast.pedagogue.patch(&format!("/cases/{id}"), case.version(), &json!({"risk_level": "high"})).expect(200);
    let after = codes(&cast, &id);
    assert_eq!(after.difference(&before).collect::<Vec<_>>(), ["home_visit_urgent"]);
}

#[test]
fn whoever_did_it_is_not_helped_as_the_victim() {
    let cast = Cast::new();
    let mut bullying = fact("violence", "main_form", "bullying");
    bullying["role"] = json!("aggressor");
    let case = opened(&cast, "Обидчикова", "low", &bullying);
    assert!(cast.protocol_tasks(&case.id()).is_empty());
    bullying["role"] = json!("witness");
    let case = opened(&cast, "Свидетелева", "low", &bullying);
    assert!(codes(&cast, &case.id()).contains("class_work"));
}

#[test]
fn a_fact_of_two_forms_calls_for_two_protocols_and_no_step_twice() {
    let cast = Cast::new();
    let mut both = fact("violence", "main_form", "physical");
    both["forms"] = json!(["sexual"]);
    let case = opened(&cast, "Двойная", "high", &both);
    let all = applications(&cast.pedagogue, &case.id());
    assert_eq!(all.len(), 2);
    let open = codes(&cast, &case.id());
    assert!(open.contains("single_interview") && open.contains("leisure_offered"), "{open:?}");
    let events = cast.pedagogue.get(&format!("/cases/{}/timeline?limit=200", case.id())).expect(200);
    let added =
        events.body["items"].as_array().expect("events").iter().filter(|event| event["kind"] == "participant_added");
    assert_eq!(added.count(), 4, "UZ, DP, UKZSP and OPEKA, each once");
}

#[test]
fn only_the_lead_decides_on_protocols_and_strangers_learn_nothing() {
    let cast = Cast::new();
    let case = opened(&cast, "Закрытая", "low", &fact("violence", "main_form", "bullying"));
    let path = format!("/cases/{}/protocols", case.id());
    let application = applications(&cast.police, &case.id())[0]["id"].as_str().expect("an id").to_owned();
    let apply = json!({"code": "neglect", "reason": "Alone in the evenings."});
    let step = json!({"to_version": 2, "reason": "A new order."});
    for (client, status, code) in [(&cast.police, 403, "forbidden"), (&cast.stranger, 404, "not_found")] {
        client.post(&path, &apply).problem(status, code);
        client.change(&format!("{path}/{application}/move"), 1, &step).problem(status, code);
    }
    cast.stranger.get(&path).problem(404, "not_found");

    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    let chosen = json!({"id": id, "code": "neglect", "reason": "Alone in the evenings."});
    let applied = cast.pedagogue.post(&path, &chosen).expect(201);
    assert_eq!((applied.body["cause"].as_str(), applied.id().as_str()), (Some("decision"), id));
    assert!(codes(&cast, &case.id()).contains("basic_needs"));
    cast.pedagogue.post(&path, &chosen).expect(200);
    let other = json!({"id": id, "code": "crisis", "reason": "Alone in the evenings."});
    cast.pedagogue.post(&path, &other).problem(409, "id_taken");
    let again = cast.pedagogue.post(&path, &apply).problem(409, "domain_rule");
    assert_eq!(again.body["reason"], "protocol_runs");
    let unknown = json!({"code": "no_such", "reason": "A mistake."});
    let unknown = cast.pedagogue.post(&path, &unknown).problem(422, "validation_failed");
    assert_eq!(unknown.errors(), [("/code".to_owned(), "unknown_protocol".to_owned())]);
    // The reason is kept as a note, and nowhere else.
    let notes = cast.pedagogue.get(&format!("/cases/{}/notes", case.id())).expect(200);
    assert!(notes.text.contains("Alone in the evenings."));
}
