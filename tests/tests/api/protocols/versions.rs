//! Versions: what an administrator publishes, what a dry run shows, what becomes of cases under way.

use chrono::{FixedOffset, Utc};
use qorgan_tests::Client;
use serde_json::{Value, json};

use super::{applications, codes, fact, opened};
use crate::support::Cast;

fn today() -> String {
    let region = FixedOffset::east_opt(5 * 3600).expect("an offset");
    Utc::now().with_timezone(&region).date_naive().to_string()
}

fn titles(en: &str) -> Value {
    json!({"ru": "Шаг", "kk": "Қадам", "en": en})
}

fn step(code: &str, agency: &str) -> Value {
    json!({"code": code, "titles": titles(code), "agency": agency, "due": {"amount": 2, "unit": "working_days"}})
}

fn version(number: i32, steps: &[Value]) -> Value {
    json!({"version": number, "valid_from": today(), "source": "Order No. 12", "titles": titles("Help"),
        "trigger": {"kind": "violence", "forms": ["neglect"]}, "steps": steps})
}

/// The second version of the neglect protocol: one step stays, one is new, all others are gone.
fn second() -> Value {
    version(2, &[step("basic_needs", "UKZSP"), step("neighbours_asked", "DP")])
}

fn reason(reply: &qorgan_tests::Reply) -> &str {
    reply.body["reason"].as_str().unwrap_or_default()
}

#[test]
fn an_administrator_publishes_and_everybody_reads() {
    let cast = Cast::new();
    let admin = cast.server.client("administrator.home");
    let list = cast.statistician.get("/protocols").expect(200);
    let known: Vec<&str> =
        list.body["items"].as_array().expect("items").iter().filter_map(|one| one["code"].as_str()).collect();
    let expected =
        ["crisis", "neglect", "sexual_violence", "suicidal_signs", "suicide_attempt", "violence_and_bullying"];
    assert_eq!(known, expected);
    assert!(list.body["items"].as_array().expect("items").iter().all(|one| one["provisional"] == true));
    let shown = cast.pedagogue.get("/protocols/suicide_attempt").expect(200);
    assert_eq!(shown.body["versions"][0]["steps"].as_array().map(Vec::len), Some(13));
    cast.pedagogue.get("/protocols/no_such").problem(404, "not_found");
    cast.pedagogue.get("/protocols/Not-A-Code").problem(404, "not_found");

    let path = "/protocols/neglect/versions";
    cast.supervisor.post(path, &second()).problem(403, "forbidden");
    let published = admin.post(path, &second()).expect(201);
    assert_eq!(published.header("location"), Some("/api/v1/protocols/neglect"));
    assert_eq!(published.body["published_by"], json!(cast.server.world.person("administrator.home").user));
    admin.post(path, &second()).expect(200);
    let mut other = second();
    other["source"] = json!("Another order");
    admin.post(path, &other).problem(409, "id_taken");
    let mut fourth = second();
    fourth["version"] = json!(4);
    let refused = admin.post(path, &fourth).problem(409, "domain_rule");
    assert_eq!((reason(&refused), &refused.body["next_version"]), ("protocol_version_not_next", &json!(3)));
    let now = cast.pedagogue.get("/protocols/neglect").expect(200);
    assert_eq!((&now.body["version_in_force"], &now.body["latest_version"]), (&json!(2), &json!(2)));
    // The first stays as it was.
    assert_eq!(now.body["versions"][1]["steps"].as_array().map(Vec::len), Some(9));

    // One for later comes into force then, and none before it.
    let mut later = second();
    later["version"] = json!(3);
    later["valid_from"] = json!("2090-01-01");
    admin.post(path, &later).expect(201);
    let now = cast.pedagogue.get("/protocols/neglect").expect(200);
    assert_eq!((&now.body["version_in_force"], &now.body["latest_version"]), (&json!(2), &json!(3)));
    let mut before = second();
    before["version"] = json!(4);
    let refused = admin.post(path, &before).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/valid_from".to_owned(), "protocol_valid_from".to_owned())]);
}

#[test]
fn everything_wrong_with_a_version_is_named() {
    let cast = Cast::new();
    let admin = cast.server.client("administrator.home");
    let mut wrong =
        version(0, &[step("first", "UO"), step("extra", "NOBODY"), step("then", "UZ"), step("extra", "UO")]);
    wrong["valid_from"] = json!("2020-01-01");
    wrong["valid_to"] = json!("2019-01-01");
    wrong["trigger"] = json!({"kind": "suicidal_behaviour", "forms": ["physical"]});
    wrong["steps"][0]["after"] = json!(["then", "nothing"]);
    wrong["steps"][0]["role"] = json!("health_specialist");
    wrong["steps"][2]["after"] = json!(["first"]);
    wrong["steps"][2]["due"]["amount"] = json!(-1);
    wrong["steps"][2]["only_if"] = json!({"age_from": 20});
    let refused = admin.post("/protocols/neglect/versions", &wrong).problem(422, "validation_failed");
    let mut errors: Vec<String> = refused.errors().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    errors.sort();
    let expected = [
        "/steps/0/after step_circle",
        "/steps/0/after/1 step_unknown",
        "/steps/0/role role_not_in_agency",
        "/steps/1/agency unknown_agency",
        "/steps/2/after step_circle",
        "/steps/2/due/amount number_too_small",
        "/steps/2/only_if/age_from number_too_large",
        "/steps/3/code step_repeated",
        "/trigger/forms not_allowed_here",
        "/valid_from date_past",
        "/valid_to period_reversed",
        "/version number_too_small",
    ];
    assert_eq!(errors, expected);
    admin.post("/protocols/Not-A-Code/versions", &second()).problem(404, "not_found");
}

/// The tasks of a dry run or of a case, as code, organisation and days: what can be compared.
fn comparable(tasks: &[Value]) -> Vec<String> {
    let mut rows: Vec<String> = tasks
        .iter()
        .map(|task| {
            // To the minute: the two were made one after the other.
            let due =
                task["due_at"].as_str().and_then(|due| due.parse::<chrono::DateTime<Utc>>().ok()).expect("a time");
            let due = (due - Utc::now()).num_minutes() / 10;
            format!("{} {} {} {} {due}", task["code"], task["organisation"]["id"], task["mandatory"], task["section"])
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn a_dry_run_shows_what_is_made_and_writes_nothing() {
    let cast = Cast::new();
    let school = cast.organisation("school home");
    let ask = json!({"kind": "suicidal_behaviour", "level": "attempt", "risk_level": "high", "territory": "351000000",
        "lead_organisation_id": school, "age": 12});
    let shown = cast.pedagogue.post("/protocols/suicide_attempt/dry-run", &ask).expect(200);
    assert_eq!((&shown.body["called_for"], &shown.body["version"]), (&json!(true), &json!(1)));
    let case = opened(&cast, "Сравнимая", "high", &fact("suicidal_behaviour", "level", "attempt"));
    let made = cast.protocol_tasks(&case.id());
    let planned = shown.body["tasks"].as_array().expect("tasks");
    assert_eq!(comparable(planned), comparable(&made));
    let instead: Vec<&str> = planned
        .iter()
        .filter(|task| task["addressing"] == "lead_instead")
        .filter_map(|task| task["agency"].as_str())
        .collect();
    assert_eq!(instead, ["AKIMATY_GR", "UFKIS"]);

    let calm = json!({"kind": "violence", "main_form": "bullying", "risk_level": "low", "territory": "351000000"});
    let shown = cast.pedagogue.post("/protocols/violence_and_bullying/dry-run", &calm).expect(200);
    let left_out = shown.body["left_out"].as_array().expect("codes");
    assert!(left_out.contains(&json!("medical_examination")) && left_out.contains(&json!("guardianship_informed")));
    let shown = cast.pedagogue.post("/protocols/crisis/dry-run", &calm).expect(200);
    assert_eq!(shown.body["called_for"], false);

    // A definition that nobody has published, under a code that nobody has used.
    let draft = second();
    let definition = json!({"titles": draft["titles"], "trigger": draft["trigger"], "steps": draft["steps"]});
    let mut ask = json!({"kind": "violence", "main_form": "neglect", "risk_level": "low", "territory": "351000000",
        "definition": definition});
    let shown = cast.pedagogue.post("/protocols/a_draft/dry-run", &ask).expect(200);
    assert_eq!(shown.body["tasks"].as_array().map(Vec::len), Some(2));
    ask["definition"]["steps"][0]["after"] = json!(["nothing"]);
    ask["version"] = json!(1);
    ask["territory"] = json!("359999999");
    ask["level"] = json!("attempt");
    let refused = cast.pedagogue.post("/protocols/a_draft/dry-run", &ask).problem(422, "validation_failed");
    let mut errors: Vec<String> = refused.errors().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    errors.sort();
    let expected = [
        "/definition/steps/0/after/0 step_unknown",
        "/level not_allowed",
        "/territory unknown_territory",
        "/version not_allowed_here",
    ];
    assert_eq!(errors, expected);
    let list = cast.pedagogue.get("/protocols").expect(200);
    assert!(!list.text.contains("a_draft"), "nothing is written");
}

fn moved(client: &Client, case: &str, application: &Value, to: i32) -> qorgan_tests::Reply {
    let path = format!("/cases/{case}/protocols/{}/move", application["id"].as_str().expect("an id"));
    let version = application["version"].as_i64().expect("a version");
    client.change(&path, version, &json!({"to_version": to, "reason": "The new order asks for it."}))
}

#[test]
fn a_running_case_keeps_its_version_until_it_is_moved() {
    let cast = Cast::new();
    let neglect = fact("violence", "main_form", "neglect");
    let running = opened(&cast, "Прежняя", "medium", &neglect).id();
    let before = codes(&cast, &running);
    cast.server.client("administrator.home").post("/protocols/neglect/versions", &second()).expect(201);
    let fresh = opened(&cast, "Новая", "medium", &neglect).id();
    assert_eq!(codes(&cast, &fresh).into_iter().collect::<Vec<_>>(), ["basic_needs", "neighbours_asked"]);
    assert_eq!(codes(&cast, &running), before);
    let application = applications(&cast.pedagogue, &running)[0].clone();
    assert_eq!(application["protocol_version"], 1);

    // Something of it is done already.
    let done =
        cast.protocol_tasks(&running).into_iter().find(|task| task["code"] == "police_informed").expect("a step");
    super::complete(&cast.pedagogue, &done).expect(200);
    // A move waives mandatory steps, so a supervisor must make it.
    let refused = moved(&cast.pedagogue, &running, &application, 2).problem(409, "domain_rule");
    assert_eq!(reason(&refused), "task_mandatory");
    assert_eq!(applications(&cast.pedagogue, &running)[0]["version"], 1, "a refused move changes nothing");
    let refused = moved(&cast.supervisor, &running, &application, 1).problem(409, "domain_rule");
    assert_eq!(reason(&refused), "protocol_version_same");
    let refused = moved(&cast.supervisor, &running, &application, 9).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/to_version".to_owned(), "unknown_protocol_version".to_owned())]);
    let after = moved(&cast.supervisor, &running, &application, 2).expect(200);
    assert_eq!((&after.body["protocol_version"], after.version()), (&json!(2), 2));
    moved(&cast.supervisor, &running, &application, 1).problem(412, "stale_version");
    assert_eq!(codes(&cast, &running).into_iter().collect::<Vec<_>>(), ["basic_needs", "neighbours_asked"]);
    let former = after.body["former_tasks"].as_array().expect("tasks");
    let status = |code: &str| former.iter().find(|task| task["code"] == code).map(|task| task["status"].clone());
    assert_eq!((status("police_informed"), status("home_visit")), (Some(json!("done")), Some(json!("waived"))));
    let waived = former.iter().find(|task| task["code"] == "home_visit").expect("a task");
    assert_eq!(waived["waive_reason"], "The new order asks for it.");
    let timeline = cast.pedagogue.get(&format!("/cases/{running}/timeline?limit=200")).expect(200);
    assert!(timeline.text.contains("protocol_moved") && !timeline.text.contains("The new order"));
}
