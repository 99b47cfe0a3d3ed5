//! `/worklists`: what waits for whom.

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::Client;
use serde_json::{Value, json};

use crate::support::{Cast, assessment, lists, open_case, register_child};

fn holds(client: &Client, list: &str, case: &str) -> bool {
    lists(&client.get(&format!("/worklists/{list}")).expect(200), case)
}

fn count(client: &Client, list: &str) -> i64 {
    let lists = client.get("/worklists").expect(200);
    let item = lists.body["items"].as_array().expect("worklists").iter().find(|item| item["name"] == list).cloned();
    item.unwrap_or_else(|| panic!("no {list}"))["count"].as_i64().expect("a count")
}

/// As the owner: what time, or somebody without a client here, would have done.
fn later(cast: &Cast, statement: &str) {
    let changed = sql_query(statement).execute(&mut cast.server.database.owner()).expect(statement);
    assert!(changed > 0, "{statement}");
}

fn join(cast: &Cast, case: &str, organisation: &str) {
    let body = json!({"organisation_id": cast.organisation(organisation), "reason": "Works on it"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &body).expect(201);
}

#[test]
fn mine_is_what_i_manage_and_the_school_s_is_what_the_school_has() {
    let cast = Cast::new();
    let colleague = cast.server.client("pedagogue.second.home");
    let case = cast.case().id();
    assert!(holds(&cast.pedagogue, "mine", &case) && !holds(&colleague, "mine", &case));
    for client in [&cast.pedagogue, &colleague, &cast.supervisor] {
        assert!(holds(client, "my_school", &case));
        assert_eq!(count(client, "my_school"), 1);
    }
    for list in ["mine", "my_school", "overdue", "new_for_me", "waiting_for_my_approval", "follow_up_due"] {
        assert!(!holds(&cast.stranger, list, &case), "{list}");
        assert_eq!(count(&cast.stranger, list), 0, "{list}");
    }
    let user = cast.server.world.person("pedagogue.second.home").user.to_string();
    cast.pedagogue.patch(&format!("/cases/{case}"), 1, &json!({"manager_id": user})).expect(200);
    assert!(!holds(&cast.pedagogue, "mine", &case) && holds(&colleague, "mine", &case));
    cast.pedagogue.get("/worklists/nobodys").problem(404, "not_found");
}

#[test]
fn danger_of_life_stands_first_and_pages_have_no_gaps() {
    let cast = Cast::new();
    let letters = ["а", "б", "в", "г", "д"];
    let mut ids: Vec<String> = (0..5)
        .map(|number| {
            let child = register_child(&cast.pedagogue, &format!("Рабочий{}", letters[number]));
            open_case(&cast.pedagogue, &child, if number == 1 { "critical" } else { "low" }).id()
        })
        .collect();
    for list in ["mine", "my_school"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = cast.pedagogue.get(&format!("/worklists/{list}?limit=2{cursor}")).expect(200);
            let items = page.body["items"].as_array().expect("items");
            seen.extend(items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)));
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.first(), Some(&ids[1]), "{list}");
        seen.sort();
        let mut expected = ids.clone();
        expected.sort();
        assert_eq!(seen, expected, "{list}");
    }
    ids.clear();
}

#[test]
fn overdue_is_a_late_task_that_counts_or_a_review_that_did_not_happen() {
    let cast = Cast::new();
    let case = cast.case().id();
    let (task, _) = cast.implement(&case);
    let police = cast.server.client("juvenile_inspector.home");
    assert!(!holds(&cast.pedagogue, "overdue", &case));
    let task = task["id"].as_str().expect("a task");
    later(&cast, &format!("UPDATE case_tasks SET due_at = now() - interval '1 minute' WHERE id = '{task}'"));
    later(&cast, &format!("UPDATE case_deadlines SET due_at = now() - interval '1 minute' WHERE task_id = '{task}'"));
    for client in [&cast.pedagogue, &cast.health, &police, &cast.supervisor] {
        assert!(holds(client, "overdue", &case));
        assert_eq!(count(client, "overdue"), 1);
        assert!(lists(&client.get("/cases?overdue=true").expect(200), &case), "the filter asks the same");
        assert!(!lists(&client.get("/cases?overdue=false").expect(200), &case));
    }
    cast.health.change(&format!("/tasks/{task}/complete"), 1, &json!({"result": "Done."})).expect(200);
    assert!(!holds(&cast.pedagogue, "overdue", &case));
    let review = format!(
        "UPDATE case_deadlines SET due_at = '2026-01-01' WHERE case_id = '{case}' AND kind = 'review_interval'"
    );
    later(&cast, &review);
    assert!(holds(&cast.pedagogue, "overdue", &case));
    // A task of a plan that nobody approved is not late.
    let other = open_case(&cast.pedagogue, &cast.child("Черновик"), "low").id();
    cast.act(&cast.pedagogue, &other, json!({"action": "start_assessment"})).expect(200);
    cast.pedagogue.post(&format!("/cases/{other}/assessments"), &assessment("low")).expect(201);
    cast.act(&cast.pedagogue, &other, json!({"action": "complete_assessment"})).expect(200);
    cast.plan(&other).expect(201);
    later(&cast, &format!("UPDATE case_tasks SET due_at = now() - interval '1 day' WHERE case_id = '{other}'"));
    assert!(!holds(&cast.pedagogue, "overdue", &other));
}

#[test]
fn new_is_what_came_since_i_looked_and_not_what_i_did_myself() {
    let cast = Cast::new();
    let case = cast.case().id();
    assert!(!holds(&cast.pedagogue, "new_for_me", &case), "who opened it knows it");
    join(&cast, &case, "UZ home");
    assert!(holds(&cast.health, "new_for_me", &case));
    assert_eq!(count(&cast.health, "new_for_me"), 1);
    let seen =
        |client: &Client| qorgan_tests::client::send(client.request("POST", &format!("/api/v1/cases/{case}/seen")));
    cast.health.get(&format!("/cases/{case}")).expect(200);
    assert!(holds(&cast.health, "new_for_me", &case), "reading alone notes nothing");
    seen(&cast.health).expect(204);
    assert!(!holds(&cast.health, "new_for_me", &case));
    // A task for the clinic makes it new again, once the plan is approved.
    cast.implement(&case);
    assert!(holds(&cast.health, "new_for_me", &case));
    seen(&cast.health).expect(204);
    assert!(!holds(&cast.health, "new_for_me", &case));
    // The mark is each user's own, and nobody marks what it does not see.
    seen(&cast.stranger).problem(404, "not_found");
    let colleague = cast.server.client("pedagogue.second.home");
    assert!(holds(&colleague, "new_for_me", &case), "it came to the school by another's hand");
    seen(&colleague).expect(204);
    let version = cast.version(&case);
    let user = cast.server.world.person("pedagogue.second.home").user.to_string();
    cast.pedagogue.patch(&format!("/cases/{case}"), version, &json!({"manager_id": user})).expect(200);
    assert!(holds(&colleague, "new_for_me", &case), "named case manager by another");
    later(&cast, "UPDATE case_participants SET added_at = added_at - interval '40 days'");
    later(&cast, "UPDATE case_events SET at = at - interval '40 days'");
    later(&cast, "DELETE FROM case_seen");
    later(&cast, "UPDATE case_tasks SET created_at = created_at - interval '40 days'");
    later(&cast, "UPDATE case_plans SET approved_at = approved_at - interval '40 days' WHERE approved_at IS NOT NULL");
    assert!(!holds(&colleague, "new_for_me", &case), "news ends to be news");
}

#[test]
fn approvals_wait_for_a_supervisor_who_did_not_write_it() {
    let cast = Cast::new();
    let office = &cast.supervisor;
    let own = cast.server.client("supervisor.home");
    let waits = |client: &Client, case: &str| holds(client, "waiting_for_my_approval", case);
    let plan = |case: &str, risk: &str, author: &Client| {
        cast.act(&cast.pedagogue, case, json!({"action": "start_assessment"})).expect(200);
        cast.pedagogue.post(&format!("/cases/{case}/assessments"), &assessment(risk)).expect(201);
        cast.act(&cast.pedagogue, case, json!({"action": "complete_assessment"})).expect(200);
        let plan = json!({"goals": [{"title": "G", "tasks": [{"title": "T", "organisation_id":
            cast.organisation("UZ home"), "due_on": "2090-01-10"}]}]});
        author.post(&format!("/cases/{case}/plan"), &plan).expect(201);
    };
    let high = open_case(&cast.pedagogue, &cast.child("Высокий"), "high").id();
    plan(&high, "high", &own);
    assert!(waits(office, &high));
    assert!(!waits(&own, &high), "who wrote it does not approve it");
    assert!(!waits(&cast.pedagogue, &high), "no supervisor");
    assert!(!waits(&cast.server.client("supervisor.office.abroad"), &high));
    let low = open_case(&cast.pedagogue, &cast.child("Низкий"), "low").id();
    plan(&low, "low", &own);
    assert!(!waits(office, &low), "needs no supervisor");
    assert_eq!((count(office, "waiting_for_my_approval"), count(&own, "waiting_for_my_approval")), (1, 0));
    cast.act(office, &high, json!({"action": "approve_plan"})).expect(200);
    assert!(!waits(office, &high));
    // A closure, proposed by the school's own supervisor.
    let proposer = cast.server.world.person("supervisor.home").user.to_string();
    later(
        &cast,
        &format!(
            "UPDATE cases SET stage = 'closure_proposed', closure_outcome = 'other', closure_proposed_by = '{proposer}'
             WHERE id = '{low}'"
        ),
    );
    assert!(waits(office, &low) && !waits(&own, &low));
}

#[test]
fn counts_end_where_nobody_needs_to_know_more() {
    let cast = Cast::new();
    let case = cast.case();
    let (id, child) = (case.id(), case.body["child_id"].as_str().expect("a child").to_owned());
    let copies = format!(
        "WITH made AS (
             INSERT INTO cases (id, number, child_id, title, description, stage, stage_since, risk_level, kato,
                 lead_organisation_id, opened_at, opened_by, updated_at)
             SELECT gen_random_uuid(), 'copy ' || n, '{child}', 'T', 'D', 'registered', now(), 'low', kato,
                 lead_organisation_id, now(), opened_by, now() FROM cases, generate_series(1, 230) n WHERE id = '{id}'
             RETURNING id)
         INSERT INTO case_participants (case_id, organisation_id, organisation_agency, organisation_kato, role, reason, added_by, added_at)
         SELECT made.id, p.organisation_id, p.organisation_agency, p.organisation_kato, 'lead', 'r', p.added_by, now()
         FROM made, case_participants p WHERE p.case_id = '{id}'"
    );
    later(&cast, &copies);
    let lists = cast.pedagogue.get("/worklists").expect(200);
    let of = |name: &str| -> Value {
        let items = lists.body["items"].as_array().expect("worklists");
        items.iter().find(|item| item["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(of("my_school"), json!({"name": "my_school", "count": 200, "more": true}));
    assert_eq!(of("mine"), json!({"name": "mine", "count": 1, "more": false}));
}
