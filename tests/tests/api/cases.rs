//! `/cases`: what the main flow does not touch.

use serde_json::json;

use crate::support::{Cast, lists, open_case, register_child};

#[test]
fn a_change_needs_the_version_that_was_read() {
    let cast = Cast::new();
    let case = cast.case();
    let path = format!("/cases/{}", case.id());
    assert_eq!(case.header("etag"), Some("\"1\""));
    assert_eq!(case.header("location"), Some(format!("/api/v1{path}").as_str()));
    let change = json!({"title": "Bruises seen twice"});
    let without = qorgan_tests::client::send(cast.pedagogue.request("PATCH", &format!("/api/v1{path}")).json(&change));
    without.problem(428, "precondition_required");
    let changed = cast.pedagogue.patch(&path, 1, &change).expect(200);
    assert_eq!((changed.version(), &changed.body["title"]), (2, &json!("Bruises seen twice")));
    let stale = cast.pedagogue.patch(&path, 1, &json!({"title": "Lost"})).problem(412, "stale_version");
    assert_eq!(stale.body["current_version"], 2);
    assert_eq!(cast.pedagogue.get(&path).expect(200).body["title"], "Bruises seen twice");
}

#[test]
fn only_the_lead_changes_the_case() {
    let cast = Cast::new();
    let case = cast.case().id();
    cast.pedagogue
        .post(
            &format!("/cases/{case}/participants"),
            &json!({"organisation_id": cast.organisation("UZ home"), "reason": "Examination"}),
        )
        .expect(201);
    let path = format!("/cases/{case}");
    let seen = cast.health.get(&path).expect(200);
    assert_eq!(seen.body["allowed_actions"], json!([]));
    cast.health.patch(&path, seen.version(), &json!({"title": "x"})).problem(403, "forbidden");
    cast.health.post(&format!("{path}/plan"), &json!({"goals": []})).problem(403, "forbidden");
    cast.pedagogue
        .post(
            &format!("/cases/{case}/participants"),
            &json!({"organisation_id": cast.organisation("UZ home"), "reason": "Again"}),
        )
        .problem(409, "already_participant");
    // The child is known to the clinic now, and to nobody else.
    let child = seen.body["child_id"].as_str().expect("a child").to_owned();
    cast.health.get(&format!("/children/{child}")).expect(200);
    cast.police.get(&format!("/children/{child}")).problem(404, "not_found");
}

#[test]
fn sections_are_written_by_those_who_may() {
    let cast = Cast::new();
    let case = cast.case().id();
    let path = format!("/cases/{case}/notes");
    let refused =
        cast.pedagogue.post(&path, &json!({"section": "medical", "text": "x"})).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/section".to_owned(), "section_not_writable".to_owned())]);
    // The lead's case manager reads what the social centre writes in its section; a colleague does not.
    let social = cast.organisation("UKZSP home");
    cast.pedagogue
        .post(&format!("/cases/{case}/participants"), &json!({"organisation_id": social, "reason": "Family services"}))
        .expect(201);
    let worker = cast.server.client("social_worker.home");
    worker.post(&path, &json!({"section": "social", "text": "The flat has no heating."})).expect(201);
    assert!(cast.pedagogue.get(&path).expect(200).text.contains("no heating"));
    let colleague = cast.server.client("pedagogue.second.home").get(&path).expect(200);
    assert!(!colleague.text.contains("heating") && colleague.body["items"][0]["readable"] == json!(false));
    // What an organisation wrote, it always reads.
    cast.psychologist.post(&path, &json!({"section": "psychological", "text": "Afraid of the evening."})).expect(201);
    assert!(cast.server.client("pedagogue.second.home").get(&path).expect(200).text.contains("Afraid of the evening"));
    assert!(!worker.get(&path).expect(200).text.contains("Afraid"));
}

#[test]
fn the_worklist_pages_without_gaps_and_puts_danger_of_life_first() {
    let cast = Cast::new();
    let mut ids: Vec<String> = (0..7)
        .map(|number| {
            let child =
                register_child(&cast.pedagogue, &format!("Жуков{}", ["а", "б", "в", "г", "д", "е", "ж"][number]));
            open_case(&cast.pedagogue, &child, if number == 2 { "critical" } else { "low" }).id()
        })
        .collect();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = cast.pedagogue.get(&format!("/cases?limit=3{cursor}")).expect(200);
        for item in page.body["items"].as_array().expect("items") {
            seen.push(item["id"].as_str().expect("an id").to_owned());
        }
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.first(), Some(&ids[2]));
    let mut sorted = seen.clone();
    sorted.sort();
    ids.sort();
    assert_eq!(sorted, ids);

    let critical = cast.pedagogue.get("/cases?risk_level=critical").expect(200);
    assert_eq!(critical.body["items"].as_array().map(Vec::len), Some(1));
    let refused = cast.pedagogue.get("/cases?colour=red&limit=0&stage=lost").problem(400, "invalid_query");
    let mut names: Vec<String> = refused.errors().into_iter().map(|(pointer, _)| pointer).collect();
    names.sort();
    assert_eq!(names, ["colour", "limit", "stage"]);
}

#[test]
fn the_same_client_chosen_id_is_the_same_case() {
    let cast = Cast::new();
    let child = cast.child("Оспанова");
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    let body = json!({"id": id, "child_id": child, "title": "T", "description": "D", "risk_level": "low"});
    let first = cast.pedagogue.post("/cases", &body).expect(201);
    let again = cast.pedagogue.post("/cases", &body).expect(200);
    assert_eq!(first.body["number"], again.body["number"]);
    let other = json!({"id": id, "child_id": child, "title": "T", "description": "Other", "risk_level": "low"});
    cast.pedagogue.post("/cases", &other).problem(409, "id_taken");
    // Somebody who cannot see it learns only that the id cannot be used.
    let foreign = register_child(&cast.stranger, "Другая");
    let body = json!({"id": id, "child_id": foreign, "title": "T", "description": "D", "risk_level": "low"});
    cast.stranger.post("/cases", &body).problem(409, "id_taken");
    let not_v7 = json!({"id": "0190a6f8-5b1c-4c3e-9f00-1234567890ab", "child_id": child, "title": "T", "description": "D", "risk_level": "low"});
    assert_eq!(cast.pedagogue.post("/cases", &not_v7).problem(422, "validation_failed").errors()[0].1, "id_not_v7");
}

#[test]
fn a_manager_comes_from_the_lead() {
    let cast = Cast::new();
    let case = cast.case();
    let path = format!("/cases/{}", case.id());
    let user = |name: &str| cast.server.world.person(name).user.to_string();
    cast.pedagogue.patch(&path, 1, &json!({"manager_id": user("social_pedagogue.abroad")})).problem(409, "domain_rule");
    let changed = cast.pedagogue.patch(&path, 1, &json!({"manager_id": user("pedagogue.second.home")})).expect(200);
    assert_eq!(changed.body["manager_id"].as_str(), Some(user("pedagogue.second.home").as_str()));
}

#[test]
fn escalation_brings_the_organisations_on_duty() {
    let cast = Cast::new();
    let case = cast.case().id();
    let refused = cast.act(&cast.pedagogue, &case, json!({"action": "escalate"})).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["escalation_target", "reason"]);
    let body = json!({"action": "escalate", "escalate_to": "crisis_management", "reason": "Speaks of dying."});
    let escalated = cast.act(&cast.pedagogue, &case, body).expect(200);
    assert_eq!(
        (&escalated.body["stage"], &escalated.body["escalated_to"]),
        (&json!("registered"), &json!(["crisis_management"]))
    );
    for client in [&cast.health, &cast.police, &cast.supervisor] {
        assert!(lists(&client.get("/cases").expect(200), &case));
    }
}

#[test]
fn a_closed_case_stays_as_it_is_until_it_is_opened_again() {
    let cast = Cast::new();
    let opened = cast.case();
    let (case, child) = (opened.id(), opened.body["child_id"].as_str().expect("a child").to_owned());
    let (health, police) = cast.implement(&case);
    let task = |task: &serde_json::Value| format!("/tasks/{}", task["id"].as_str().expect("an id"));
    cast.health.change(&format!("{}/complete", task(&health)), 1, &json!({"result": "Done."})).expect(200);
    cast.act(&cast.pedagogue, &case, json!({"action": "start_review"})).expect(200);
    // A mandatory task is waived by a supervisor only.
    let waiver = json!({"reason": "The family moved."});
    let refused = cast.pedagogue.change(&format!("{}/waive", task(&police)), 1, &waiver).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "task_mandatory");
    cast.supervisor.change(&format!("{}/waive", task(&police)), 1, &waiver).expect(200);
    cast.report(&case, &child).expect(201);
    cast.waive_protocols(&case);
    let proposal = json!({"action": "propose_closure", "outcome": "risk_reduced", "reason": "Moved."});
    cast.act(&cast.pedagogue, &case, proposal.clone()).expect(200);
    cast.act(&cast.supervisor, &case, json!({"action": "reject_closure", "reason": "Check the new school first."}))
        .expect(200);
    cast.act(&cast.supervisor, &case, proposal.clone()).expect(200);
    let own =
        cast.act(&cast.supervisor, &case, json!({"action": "approve_closure"})).problem(409, "transition_refused");
    assert_eq!(own.missing(), ["other_than_proposer"]);
    let other = cast.server.client("supervisor.home");
    cast.act(&other, &case, json!({"action": "approve_closure"})).expect(200);

    let note = json!({"section": "general", "text": "Too late."});
    let refused = cast.pedagogue.post(&format!("/cases/{case}/notes"), &note).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "wrong_stage");
    let reopened = cast.act(&cast.pedagogue, &case, json!({"action": "reopen", "reason": "A new signal."})).expect(200);
    assert_eq!((&reopened.body["stage"], &reopened.body["number"]), (&json!("assessment"), &opened.body["number"]));
    // The assessment of the first round does not count for the second.
    let refused =
        cast.act(&cast.pedagogue, &case, json!({"action": "complete_assessment"})).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["completed_assessment"]);
}

#[test]
fn facts_told_with_a_case_are_reported_with_it_or_not_at_all() {
    let cast = Cast::new();
    let child = cast.child("Фактова");
    let case = |facts: serde_json::Value| json!({"child_id": child, "title": "T", "description": "D", "risk_level": "high", "facts": facts});
    let fact = json!({"kind": "violence", "main_form": "bullying", "occurred_on": "2026-03-12",
        "place": {"territory": "351000000", "setting": "school"}, "role": "victim", "description": "Threats."});
    let mut wrong = fact.clone();
    wrong["level"] = json!("attempt");
    wrong["place"]["territory"] = json!("359999999");
    let mut future = fact.clone();
    future["occurred_on"] = json!("2999-01-01");
    let refused = cast.pedagogue.post("/cases", &case(json!([fact, wrong, future]))).problem(422, "validation_failed");
    let mut pointers: Vec<String> = refused.errors().into_iter().map(|(pointer, _)| pointer).collect();
    pointers.sort();
    assert_eq!(pointers, ["/facts/1/level", "/facts/1/place/territory", "/facts/2/occurred_on"]);
    let nothing = cast.pedagogue.get("/cases").expect(200);
    assert_eq!(nothing.body["items"], json!([]), "nothing is half-written");
    assert_eq!(cast.pedagogue.get("/register/facts").expect(200).body["items"], json!([]));

    let opened = cast.pedagogue.post("/cases", &case(json!([fact]))).expect(201);
    let facts = cast.pedagogue.get(&format!("/register/facts?case_id={}", opened.id())).expect(200);
    assert_eq!(facts.body["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_report_finds_its_child_or_registers_it() {
    let cast = Cast::new();
    let known = cast.child("Известная");
    let mut report = crate::support::report(&known, None);
    report["child"] = json!({"last_name": "Известная", "first_name": "Алия", "birth_date": "2014-05-17", "sex": "female",
        "territory": "351000000"});
    let both = cast.pedagogue.post("/register/reports", &report).problem(422, "validation_failed");
    assert_eq!(both.errors(), [("/child".to_owned(), "not_allowed_here".to_owned())]);
    report.as_object_mut().expect("an object").remove("child_id");
    // The one record of that name and birthday is the child: no report is refused because of it.
    let found = cast.pedagogue.post("/register/reports", &report).expect(201);
    assert_eq!(found.body["report"]["child_id"], known.as_str());
    report["child"]["birth_date"] = json!("2999-01-01");
    let future = cast.pedagogue.post("/register/reports", &report).problem(422, "validation_failed");
    assert_eq!(future.errors(), [("/child/birth_date".to_owned(), "birth_date_future".to_owned())]);
    report["child"]["birth_date"] = json!("2014-05-17");
    report["child"]["confirm_new"] = json!(true);
    let filed = cast.pedagogue.post("/register/reports", &report).expect(201);
    assert_ne!(filed.body["fact"]["child_id"], known.as_str());
}
