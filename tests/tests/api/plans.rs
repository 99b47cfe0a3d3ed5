//! Plans: ids of the client's choice, revisions that continue tasks, comparison, return, rules of approval as data.

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::Reply;
use serde_json::{Value, json};

use crate::support::{Cast, assessment};

const PLAN: &str = "0190a6f8-5b1c-7c3e-9f00-000000000001";
const GOAL: &str = "0190a6f8-5b1c-7c3e-9f00-000000000002";
const TASK: &str = "0190a6f8-5b1c-7c3e-9f00-000000000003";

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// A case in the stage of planning.
fn planned_case(cast: &Cast, risk: &str) -> String {
    let case = cast.case().id();
    cast.act(&cast.pedagogue, &case, json!({"action": "start_assessment"})).expect(200);
    cast.pedagogue.post(&format!("/cases/{case}/assessments"), &assessment(risk)).expect(201);
    cast.act(&cast.pedagogue, &case, json!({"action": "complete_assessment"})).expect(200);
    case
}

/// From implementation back to planning: a task is done, a review recorded.
fn replan(cast: &Cast, case: &str, done: &Value) {
    let path = format!("/tasks/{}/complete", text(done, "id"));
    cast.health.change(&path, 1, &json!({"result": "Examined."})).expect(200);
    cast.act(&cast.pedagogue, case, json!({"action": "start_review"})).expect(200);
    let review = json!({"conclusion": "replan", "summary": "The family moved."});
    cast.pedagogue.post(&format!("/cases/{case}/reviews"), &review).expect(201);
    cast.act(&cast.pedagogue, case, json!({"action": "replan"})).expect(200);
}

fn task(cast: &Cast, title: &str, organisation: &str, more: &Value) -> Value {
    let mut task = json!({"title": title, "organisation_id": cast.organisation(organisation), "due_on": "2090-03-01"});
    task.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    task
}

fn write(cast: &Cast, case: &str, tasks: &Value) -> Reply {
    let plan = json!({"goals": [{"title": "The child is safe", "tasks": tasks}]});
    cast.pedagogue.post(&format!("/cases/{case}/plan"), &plan)
}

/// What keeps the case from being proposed for closure.
fn open_mandatory(cast: &Cast, case: &str) -> Vec<String> {
    cast.act(&cast.pedagogue, case, json!({"action": "start_review"})).expect(200);
    let refused =
        cast.act(&cast.pedagogue, case, json!({"action": "propose_closure"})).problem(409, "transition_refused");
    let tasks = refused.body["tasks"].as_str().unwrap_or_default();
    tasks.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

#[test]
fn a_plan_made_offline_brings_its_ids() {
    let cast = Cast::new();
    let case = planned_case(&cast, "medium");
    let path = format!("/cases/{case}/plan");
    let more = json!({"id": TASK, "service": "Psychological support centre", "family_member": "mother"});
    let plan = json!({"id": PLAN, "goals": [{"id": GOAL, "title": "Calm at home",
        "tasks": [task(&cast, "Family talks", "UZ home", &more)]}]});
    let written = cast.pedagogue.post(&path, &plan).expect(201);
    let (goal, planned) = (&written.body["goals"][0], &written.body["goals"][0]["tasks"][0]);
    assert_eq!((written.id().as_str(), text(goal, "id"), text(planned, "id")), (PLAN, GOAL, TASK));
    assert_eq!((text(planned, "service"), text(planned, "family_member")), ("Psychological support centre", "mother"));
    assert_eq!(cast.pedagogue.post(&path, &plan).expect(200).body["revision"], 1, "a repeat is the same plan");
    let mut other = plan.clone();
    other["goals"][0]["tasks"][0]["title"] = json!("Something else");
    cast.pedagogue.post(&path, &other).problem(409, "id_taken");
    other["id"] = json!("0190a6f8-5b1c-7c3e-9f00-000000000009");
    cast.pedagogue.post(&path, &other).problem(409, "id_taken");
    let wrong = json!({"id": GOAL, "goals": [{"id": GOAL, "title": "G", "tasks": [
        task(&cast, "T", "UZ home", &json!({"id": "0190a6f8-5b1c-4c3e-9f00-000000000003"})),
        task(&cast, "T", "UZ home", &json!({"continues": TASK})),
        task(&cast, "T", "UZ home", &json!({"continues": "0190a6f8-5b1c-7c3e-9f00-00000000000a"}))]}]});
    let refused = cast.pedagogue.post(&path, &wrong).problem(422, "validation_failed");
    let expected = [
        ("/goals/0/id", "id_repeated"),
        ("/goals/0/tasks/0/id", "id_not_v7"),
        ("/goals/0/tasks/1/continues", "task_not_continued"),
        ("/goals/0/tasks/2/continues", "unknown_task"),
    ];
    assert_eq!(refused.errors(), expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let named = json!([task(&cast, "T", "UZ home", &json!({"family_member": "Секретова Анна"}))]);
    let refused = write(&cast, &case, &named).problem(422, "validation_failed");
    assert!(!refused.text.contains("Секретова"));
}

#[test]
fn an_unfinished_task_goes_on_and_is_neither_lost_nor_doubled() {
    let cast = Cast::new();
    let case = cast.case().id();
    let (health, police) = cast.implement(&case);
    replan(&cast, &case, &health);
    let (done, open) = (text(&health, "id"), text(&police, "id"));
    // What is done is not continued; what is mandatory stays so.
    for (continues, mandatory, code) in [(done, true, "task_not_continued"), (open, false, "task_stays_mandatory")] {
        let more = json!({"continues": continues, "mandatory": mandatory});
        let refused =
            write(&cast, &case, &json!([task(&cast, "T", "DP home", &more)])).problem(422, "validation_failed");
        assert_eq!(refused.errors(), [("/goals/0/tasks/0/continues".into(), code.into())]);
    }
    let twice = json!([
        task(&cast, "A", "DP home", &json!({"continues": open})),
        task(&cast, "B", "DP home", &json!({"continues": open}))
    ]);
    let refused = write(&cast, &case, &twice).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/goals/0/tasks/1/continues".into(), "id_repeated".into())]);

    let tasks = json!([
        task(&cast, "Talk with the family", "DP home", &json!({"continues": open})),
        task(&cast, "Summer camp", "UO home", &json!({"mandatory": false}))
    ]);
    let plan = write(&cast, &case, &tasks).expect(201);
    let planned = plan.body["goals"][0]["tasks"].as_array().expect("tasks").clone();
    let new = text(planned.iter().find(|task| task["continues"] == open).expect("the task"), "id").to_owned();
    let status = |id: &str| cast.police.get(&format!("/tasks/{id}")).expect(200);
    assert_eq!(status(open).body["status"], "open", "until the plan is approved nothing changes");
    cast.act(&cast.pedagogue, &case, json!({"action": "approve_plan"})).expect(200);
    assert_eq!(status(open).body["status"], "continued");
    let late =
        cast.police.change(&format!("/tasks/{open}/complete"), status(open).version(), &json!({"result": "Done"}));
    assert_eq!(late.problem(409, "domain_rule").body["reason"], "task_not_open");
    let mine = cast.police.get("/tasks?mine=true").expect(200);
    let listed: Vec<&str> = mine.body["items"].as_array().expect("tasks").iter().map(|task| text(task, "id")).collect();
    assert_eq!(listed, [new.as_str()], "one task, not two");
    assert_eq!(open_mandatory(&cast, &case), [new.as_str()]);

    let compared = cast.police.get(&format!("/cases/{case}/plan/compare?from=1&to=2")).expect(200);
    assert_eq!(compared.body["tasks_changed"][0]["fields"], json!(["due_on", "section"]));
    assert_eq!(text(&compared.body["tasks_changed"][0]["from"], "id"), open);
    assert_eq!(text(&compared.body["tasks_added"][0], "title"), "Summer camp");
    assert_eq!(text(&compared.body["tasks_removed"][0], "id"), done);
    assert_eq!(compared.body["goals_added"], json!([]));
    let same = cast.police.get(&format!("/cases/{case}/plan/compare?from=2&to=2")).expect(200);
    assert_eq!((&same.body["tasks_changed"], &same.body["tasks_added"]), (&json!([]), &json!([])));
    cast.police.get(&format!("/cases/{case}/plan/compare?from=1&to=9")).problem(404, "not_found");
    cast.stranger.get(&format!("/cases/{case}/plan/compare?from=1&to=2")).problem(404, "not_found");
    let timeline = cast.pedagogue.get(&format!("/cases/{case}/timeline?limit=200")).expect(200);
    assert!(timeline.text.contains("task_continued"));
}

#[test]
fn what_a_new_plan_does_not_mention_still_has_to_be_done() {
    let cast = Cast::new();
    let case = cast.case().id();
    let (health, police) = cast.implement(&case);
    replan(&cast, &case, &health);
    write(&cast, &case, &json!([task(&cast, "Summer camp", "UO home", &json!({"mandatory": false}))])).expect(201);
    cast.act(&cast.pedagogue, &case, json!({"action": "approve_plan"})).expect(200);
    assert_eq!(open_mandatory(&cast, &case), [text(&police, "id")]);
}

#[test]
fn what_is_done_while_the_plan_waits_is_done_in_it() {
    let cast = Cast::new();
    let case = cast.case().id();
    let (health, police) = cast.implement(&case);
    replan(&cast, &case, &health);
    let open = text(&police, "id");
    let more = json!({"continues": open, "section": "investigation"});
    let plan = write(&cast, &case, &json!([task(&cast, "Talk with the family", "DP home", &more)])).expect(201);
    let new = text(&plan.body["goals"][0]["tasks"][0], "id").to_owned();
    cast.police.change(&format!("/tasks/{open}/complete"), 1, &json!({"result": "Talked."})).expect(200);
    cast.act(&cast.pedagogue, &case, json!({"action": "approve_plan"})).expect(200);
    let carried = cast.police.get(&format!("/tasks/{new}")).expect(200);
    assert_eq!((&carried.body["status"], &carried.body["result"]), (&json!("done"), &json!("Talked.")));
    assert_eq!(open_mandatory(&cast, &case), [""; 0]);
}

#[test]
fn a_plan_goes_back_to_its_author_with_a_reason() {
    let cast = Cast::new();
    let case = planned_case(&cast, "high");
    let path = format!("/cases/{case}/plan/return");
    let first = cast.plan(&case).expect(201).id();
    let back = |plan: &str| json!({"plan_id": plan, "reason": "Nobody talks with the father."});
    let own = cast.pedagogue.post(&path, &back(&first)).problem(409, "domain_rule");
    assert_eq!(own.body["reason"], "plan_own");
    cast.health.post(&path, &back(&first)).problem(404, "not_found");
    cast.stranger.post(&path, &back(&first)).problem(404, "not_found");
    // Another draft took its place: what was not read is not returned.
    let second = cast.plan(&case).expect(201).id();
    let replaced = cast.supervisor.post(&path, &back(&first)).problem(409, "domain_rule");
    assert_eq!(replaced.body["reason"], "plan_not_draft");
    let returned = cast.supervisor.post(&path, &back(&second)).expect(200);
    assert_eq!(
        (text(&returned.body, "status"), text(&returned.body, "return_reason")),
        ("returned", "Nobody talks with the father.")
    );
    cast.supervisor.post(&path, &back(&second)).problem(409, "domain_rule");
    let gone = cast.act(&cast.supervisor, &case, json!({"action": "approve_plan"})).problem(409, "transition_refused");
    assert_eq!(gone.missing(), ["plan"]);
    cast.plan(&case).expect(201);
    cast.act(&cast.supervisor, &case, json!({"action": "approve_plan"})).expect(200);
    let listed = cast.pedagogue.get(&format!("/cases/{case}/plan")).expect(200);
    let statuses: Vec<&str> =
        listed.body["items"].as_array().expect("plans").iter().map(|plan| text(plan, "status")).collect();
    assert_eq!(statuses, ["approved", "returned", "superseded"]);
    let late = cast.supervisor.post(&path, &back(&second)).problem(409, "domain_rule");
    assert_eq!(late.body["reason"], "wrong_stage");
}

#[test]
fn who_approves_is_a_matter_of_dated_data() {
    let cast = Cast::new();
    let case = planned_case(&cast, "medium");
    cast.plan(&case).expect(201);
    let rule = "INSERT INTO approval_rules (risk_level, supervisor, other_than_author, valid_from, source, provisional)
                VALUES ('medium', true, false, CURRENT_DATE - 1, 'Order 1', false)";
    sql_query(rule).execute(&mut cast.server.database.owner()).expect("a new rule");
    let refused =
        cast.act(&cast.pedagogue, &case, json!({"action": "approve_plan"})).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["supervisor"]);
    let seen = cast.pedagogue.get(&format!("/cases/{case}")).expect(200);
    let blocked = seen.body["blocked_actions"].as_array().expect("blocked").clone();
    assert!(blocked.iter().any(|one| one["action"] == "approve_plan" && one["missing"][0]["code"] == "supervisor"));
    cast.act(&cast.supervisor, &case, json!({"action": "approve_plan"})).expect(200);
}
