//! Danger to life: who is told, in the same transaction.

use diesel::connection::SimpleConnection;
use serde_json::json;

use super::{clock, items, notices, owner};
use crate::support::{Cast, assessment, open_case};

/// What a table holds.
fn count(cast: &Cast, from: &str) -> i64 {
    use diesel::prelude::*;
    let query = diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!("(SELECT count(*) FROM {from})"));
    diesel::select(query).get_result(&mut cast.server.database.owner()).expect("a count")
}

#[test]
fn a_critical_case_brings_in_health_police_and_education_at_once() {
    let cast = Cast::new();
    let low = open_case(&cast.pedagogue, &cast.child("Тихая"), "low").id();
    let case = open_case(&cast.pedagogue, &cast.child("Кризисная"), "critical").id();
    // The clinic and the police have no supervisor: everybody there who works on cases; the office of education has one.
    for client in [&cast.health, &cast.police, &cast.supervisor] {
        assert_eq!(notices(client), ["crisis"]);
        let seen = client.get(&format!("/cases/{case}")).expect(200);
        assert_eq!(seen.body["participants"].as_array().expect("participants").len(), 4);
    }
    assert!(notices(&cast.server.client("health_specialist.abroad")).is_empty());
    assert_eq!(clock(&cast.pedagogue, &case, "first_contact", "running")["kind"], "first_contact");
    let timeline = cast.pedagogue.get(&format!("/cases/{case}/timeline")).expect(200);
    let started =
        items(&timeline.body).iter().find(|event| event["kind"] == "crisis_started").expect("an event").clone();
    assert_eq!((&started["data"]["recipients"], &started["data"]["missing"]), (&json!(3), &json!([])));

    // First on every worklist, whatever changed since.
    cast.pedagogue.patch(&format!("/cases/{low}"), 1, &json!({"title": "Changed"})).expect(200);
    assert_eq!(cast.pedagogue.get("/cases").expect(200).body["items"][0]["id"], case.as_str());
}

#[test]
fn a_risk_that_rises_by_change_or_by_assessment_wakes_them_too_and_once() {
    let cast = Cast::new();
    let by_change = cast.case().id();
    cast.pedagogue.patch(&format!("/cases/{by_change}"), 1, &json!({"risk_level": "critical"})).expect(200);
    assert_eq!(notices(&cast.health), ["crisis"]);
    let version = cast.version(&by_change);
    cast.pedagogue.patch(&format!("/cases/{by_change}"), version, &json!({"risk_level": "critical"})).expect(200);
    assert_eq!(notices(&cast.health), ["crisis"], "it was critical already");

    let assessed = open_case(&cast.pedagogue, &cast.child("Оценкина"), "low").id();
    cast.act(&cast.pedagogue, &assessed, json!({"action": "start_assessment"})).expect(200);
    cast.pedagogue.post(&format!("/cases/{assessed}/assessments"), &assessment("critical")).expect(201);
    cast.act(&cast.pedagogue, &assessed, json!({"action": "complete_assessment"})).expect(200);
    assert_eq!(notices(&cast.health), ["crisis", "crisis"]);
    // The first contact was made; in danger of life it is to be made anew.
    clock(&cast.pedagogue, &assessed, "first_contact", "met");
    clock(&cast.pedagogue, &assessed, "first_contact", "running");
}

#[test]
fn a_write_that_fails_tells_nobody() {
    let cast = Cast::new();
    let child = cast.child("Откатова");
    let mut as_owner = cast.server.database.owner();
    as_owner
        .batch_execute(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'stopped'; END $$;
             CREATE TRIGGER stop BEFORE INSERT ON case_events FOR EACH ROW EXECUTE FUNCTION stop()",
        )
        .expect("a trap at the end of the unit of work");
    let case = json!({"child_id": child, "title": "T", "description": "D", "risk_level": "critical"});
    cast.pedagogue.post("/cases", &case).problem(500, "internal");
    assert_eq!((count(&cast, "notifications"), count(&cast, "cases"), count(&cast, "case_deadlines")), (0, 0, 0));
    as_owner.batch_execute("DROP TRIGGER stop ON case_events").expect("the trap is gone");
    cast.pedagogue.post("/cases", &case).expect(201);
    assert_eq!(count(&cast, "notifications WHERE kind = 'crisis'"), 3);
}

#[test]
fn an_agency_without_anybody_on_duty_stops_nothing_and_is_recorded() {
    let cast = Cast::new();
    owner(&cast.server, "DELETE FROM duty_organisations WHERE agency_code = 'DP'");
    // The supervisor of the office sees the region now.
    owner(
        &cast.server,
        "UPDATE user_roles SET scope = 'region' WHERE user_id = (SELECT id FROM users WHERE username = 'supervisor.office.home')",
    );
    let case = open_case(&cast.pedagogue, &cast.child("Одинокая"), "critical").id();
    let timeline = cast.pedagogue.get(&format!("/cases/{case}/timeline")).expect(200);
    let missing = items(&timeline.body).iter().find(|event| event["kind"] == "duty_missing").expect("an event").clone();
    assert_eq!(missing["data"], json!({"agency": "DP"}));
    let mut told = notices(&cast.supervisor);
    told.sort();
    assert_eq!(told, ["crisis", "duty_missing"]);
    assert_eq!(notices(&cast.health), ["crisis"]);
}

#[test]
fn named_contacts_are_woken_in_place_of_everybody() {
    let cast = Cast::new();
    let admin = cast.server.client("administrator.home");
    let clinic = cast.organisation("UZ home");
    let path = format!("/organisations/{clinic}/duty-contacts");
    let executor = cast.server.world.person("roadmap_executor.home");
    assert_eq!(admin.get(&path).expect(200).body["items"], json!([]));
    let put = |version: i64, users: serde_json::Value| {
        let request = admin.request("PUT", &format!("/api/v1{path}")).header("If-Match", format!("\"{version}\""));
        qorgan_tests::client::send(request.json(&json!({"user_ids": users})))
    };
    let wrong = put(1, json!([cast.server.world.person("juvenile_inspector.home").user]));
    assert_eq!(
        wrong.problem(422, "validation_failed").errors(),
        [("/user_ids/0".to_owned(), "not_a_member".to_owned())]
    );
    let nurse = cast.server.world.person("health_specialist.home").user;
    let named = put(1, json!([nurse])).expect(200);
    assert_eq!(named.body["items"][0]["user"]["id"], nurse.to_string());
    put(1, json!([nurse])).problem(412, "stale_version");
    assert_ne!(executor.user, nurse);
    let _ = open_case(&cast.pedagogue, &cast.child("Контактова"), "critical");
    assert_eq!(notices(&cast.health), ["crisis"]);
    // Taken off and named again on one day.
    put(2, json!([])).expect(200);
    assert_eq!(admin.get(&path).expect(200).body["items"], json!([]));
    assert_eq!(items(&put(3, json!([nurse])).expect(200).body).len(), 1);
}
