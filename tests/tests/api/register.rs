//! `/register` and its counts: a report makes one fact, and every table adds up.

mod counts;
mod facts;
mod history;
mod learning;
mod matching;
mod reviews;

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, lists, open_case, register_child, report};

/// A report with some members changed.
fn changed(child: &str, members: Value) -> Value {
    let mut body = report(child, None);
    let Value::Object(members) = members else { panic!("an object") };
    body.as_object_mut().expect("an object").extend(members);
    body
}

fn file(client: &Client, body: &Value) -> Reply {
    client.post("/register/reports", body)
}

/// How many facts the client sees.
fn facts(client: &Client) -> usize {
    client.get("/register/facts?limit=200").expect(200).body["items"].as_array().map_or(0, Vec::len)
}

#[test]
fn a_report_makes_exactly_one_fact() {
    let cast = Cast::new();
    let child = cast.child("Тіркелген");
    let body = changed(
        &child,
        json!({"forms": ["psychological", "physical"], "external_refs": [{"system": "kui", "number": "1402"}]}),
    );
    let filed = file(&cast.pedagogue, &body).expect(201);
    let fact = filed.body["fact"]["id"].as_str().expect("a fact").to_owned();
    assert_eq!(filed.header("location"), Some(format!("/api/v1/register/facts/{fact}").as_str()));
    assert_eq!((&filed.body["match"]["outcome"], &filed.body["match"]["candidates"]), (&json!("new"), &json!([])));
    assert_eq!(filed.body["report"]["fact_id"], fact.as_str());
    let read = cast.pedagogue.get(&format!("/register/facts/{fact}")).expect(200);
    let expected = json!({"kind": "violence", "main_form": "physical", "forms": ["physical", "psychological"], "level": null,
        "occurred_on": "2026-02-10", "place": {"territory": "351000000", "setting": "home"}, "sex": "female", "age_years": 11,
        "age_group": "age_11_13", "alleged_perpetrator_relation": "parent_guardian", "agency": "UO", "status": "registered", "version": 1});
    for (member, value) in expected.as_object().expect("an object") {
        assert_eq!(read.body[member], *value, "{member}: {}", read.text);
    }
    let reports = cast.pedagogue.get(&format!("/register/facts/{fact}/reports")).expect(200);
    assert_eq!(reports.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(reports.body["items"][0]["description"], "Bruises on both arms.");
    assert_eq!(facts(&cast.pedagogue), 1);
    // Another agency and another school see nothing of it.
    for client in [&cast.police, &cast.stranger] {
        let _ = client.get(&format!("/register/facts/{fact}")).problem(404, "not_found");
        let _ = client.get(&format!("/register/facts/{fact}/reports")).problem(404, "not_found");
        assert!(!lists(&client.get("/register/facts").expect(200), &fact));
    }
    let _ = file(&cast.statistician, &body).problem(403, "forbidden");
}

#[test]
fn kind_form_level_and_relation_go_together() {
    let cast = Cast::new();
    let child = cast.child("Сәйкес");
    let suicidal = json!({"kind": "suicidal_behaviour", "main_form": null, "level": "attempt", "alleged_perpetrator_relation": null});
    let with = |more: Value| {
        let mut body = suicidal.clone();
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        changed(&child, body)
    };
    let table: &[(Value, &[(&str, &str)])] = &[
        (changed(&child, json!({"main_form": null})), &[("/main_form", "required")]),
        (changed(&child, json!({"level": "attempt"})), &[("/level", "not_allowed")]),
        (
            changed(&child, json!({"main_form": null, "level": "attempt"})),
            &[("/level", "not_allowed"), ("/main_form", "required")],
        ),
        (with(json!({"level": null})), &[("/level", "required")]),
        (with(json!({"main_form": "physical"})), &[("/main_form", "not_allowed")]),
        (with(json!({"forms": []})), &[("/forms", "not_allowed")]),
        (with(json!({"alleged_perpetrator_relation": "peer"})), &[("/alleged_perpetrator_relation", "not_allowed")]),
        (
            with(
                json!({"level": null, "main_form": "physical", "forms": ["physical"], "alleged_perpetrator_relation": "peer", "occurred_on": "2090-01-01",
                "place": {"territory": "990000000", "setting": "home"}, "id": "0190a6f8-5b1c-4c3e-9f00-1234567890ab"}),
            ),
            &[
                ("/alleged_perpetrator_relation", "not_allowed"),
                ("/forms", "not_allowed"),
                ("/id", "id_not_v7"),
                ("/level", "required"),
                ("/main_form", "not_allowed"),
                ("/occurred_on", "date_future"),
                ("/place/territory", "unknown_territory"),
            ],
        ),
        (changed("0190a6f8-5b1c-7c3e-9f00-1234567890ab", json!({})), &[("/child_id", "unknown_child")]),
    ];
    for (body, expected) in table {
        let mut errors = file(&cast.pedagogue, body).problem(422, "validation_failed").errors();
        errors.sort();
        let errors: Vec<(&str, &str)> = errors.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect();
        assert_eq!(errors, *expected, "{body}");
    }
    assert_eq!(facts(&cast.pedagogue), 0);
    file(&cast.pedagogue, &with(json!({}))).expect(201);
}

#[test]
fn the_person_was_a_child_on_that_day() {
    let cast = Cast::new();
    let birth = json!({"last_name": "Есейген", "first_name": "Дана", "birth_date": "2005-03-10", "sex": "female", "territory": "351000000"});
    let grown = cast.pedagogue.post("/children", &birth).expect(201).id();
    for (day, expected) in
        [("2023-03-10", 409), ("2026-02-10", 409), ("2005-03-09", 409), ("2023-03-09", 201), ("2005-03-10", 201)]
    {
        let reply = file(&cast.pedagogue, &changed(&grown, json!({"occurred_on": day})));
        match expected {
            201 => _ = reply.expect(201),
            _ => _ = reply.problem(409, "not_a_child"),
        }
    }
    assert_eq!(facts(&cast.pedagogue), 2);
}

#[test]
fn a_report_that_is_sent_again_is_counted_once() {
    let cast = Cast::new();
    let child = cast.child("Бірретті");
    // Under its own id.
    let body = changed(&child, json!({"id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab"}));
    let first = file(&cast.pedagogue, &body).expect(201);
    let again = file(&cast.pedagogue, &body).expect(200);
    assert_eq!(first.body["fact"], again.body["fact"]);
    for members in [
        json!({"description": "Another"}),
        json!({"main_form": "sexual"}),
        json!({"occurred_on": "2026-02-11"}),
        json!({"alleged_perpetrator_relation": "peer"}),
        json!({"role": "witness"}),
        json!({"place": {"territory": "351000000", "setting": "school"}}),
    ] {
        let mut other = body.clone();
        other.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        let _ = file(&cast.pedagogue, &other).problem(409, "id_taken");
    }
    let foreign = register_child(&cast.stranger, "Басқа");
    let taken = changed(&foreign, json!({"id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab"}));
    let _ = file(&cast.stranger, &taken).problem(409, "id_taken");
    // Under a key.
    let body = changed(&child, json!({"description": "Second event", "occurred_on": "2026-03-01"}));
    let keyed = || cast.pedagogue.post_with("/register/reports", &[("Idempotency-Key", "report-1")], &body).expect(201);
    assert_eq!(keyed().text, keyed().text);
    assert_eq!(facts(&cast.pedagogue), 2);
    assert_eq!(facts(&cast.stranger), 0, "of a refused report nothing stays, not even its fact");
}

#[test]
fn a_report_for_a_case_is_about_its_child() {
    let cast = Cast::new();
    let (child, other) = (cast.child("Істегі"), cast.child("Өзге"));
    let case = open_case(&cast.pedagogue, &child, "low").id();
    let refused = file(&cast.pedagogue, &report(&other, Some(&case))).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "case_of_other_child");
    // A case out of sight is not there.
    let foreign = register_child(&cast.stranger, "Шетте");
    let foreign_case = open_case(&cast.stranger, &foreign, "low").id();
    let _ = file(&cast.pedagogue, &report(&foreign, Some(&foreign_case))).problem(404, "not_found");
    let filed = file(&cast.pedagogue, &report(&child, Some(&case))).expect(201);
    assert_eq!(filed.body["report"]["case_id"], case.as_str());
    // Who works on the case sees its fact.
    let fact = filed.body["fact"]["id"].as_str().expect("a fact").to_owned();
    let commission = cast.server.client("commission_secretary.home");
    let _ = commission.get(&format!("/register/facts/{fact}")).problem(404, "not_found");
    let invited = json!({"organisation_id": cast.organisation("KDN home"), "reason": "Advice"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &invited).expect(201);
    commission.get(&format!("/register/facts/{fact}")).expect(200);
    // Its protocol made the clinic a participant.
    cast.health.get(&format!("/register/facts/{fact}")).expect(200);
    let of_case = cast.pedagogue.get(&format!("/register/facts?case_id={case}")).expect(200);
    assert_eq!(of_case.body["items"].as_array().map(Vec::len), Some(1));
}
