//! What is wrong with a session is named.

use serde_json::json;

use super::*;

#[test]
fn what_is_wrong_with_a_session_is_named() {
    let mut group = Group::convened(5);
    let path = "/register/qualification-sessions";
    let wrong = json!({"id": "0190a6f8-5b1c-4c3e-9f00-1234567890ab", "title": "S", "scheduled_at": "2020-01-01T00:00:00Z", "role": "member"});
    let mut errors = group.secretary.post(path, &wrong).problem(422, "validation_failed").errors();
    errors.sort();
    let expected = [("/id", "id_not_v7"), ("/role", "not_a_convening_role"), ("/scheduled_at", "date_past")];
    assert_eq!(errors, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ac";
    let convened = json!({"id": id, "title": "S", "scheduled_at": in_days(5)});
    group.secretary.post(path, &convened).expect(201);
    assert_eq!(group.secretary.post(path, &convened).expect(200).id(), id);
    let mut other = convened.clone();
    other["title"] = json!("T");
    group.secretary.post(path, &other).problem(409, "id_taken");
    group.cast.server.client("qualification_member.abroad").post(path, &convened).problem(409, "id_taken");
    for nobody in ["health_specialist.home", "administrator.home", "social_pedagogue.home"] {
        let reply = group.seat(nobody, "member").problem(422, "validation_failed");
        assert_eq!(reply.errors()[0].1, "not_a_group_candidate");
    }
    assert_eq!(
        group.seat("group.uz", "chair").problem(409, "transition_refused").missing(),
        ["already_seated", "one_chair"]
    );
    let again = json!({"fact_id": group.fact});
    assert_eq!(
        group.secretary.post(&group.at("/items"), &again).problem(409, "transition_refused").missing(),
        ["fact_on_agenda"]
    );
    // Another session of the same people: the fact is taken; an empty agenda does not open.
    let first = std::mem::replace(&mut group.session, id.to_owned());
    let taken = group.secretary.post(&group.at("/items"), &again).problem(422, "validation_failed");
    assert_eq!(taken.errors()[0].1, "fact_not_waiting");
    let opening = json!({"protocol_number": "1"});
    assert_eq!(group.keep("/open", &opening).problem(409, "transition_refused").missing(), ["agenda_facts"]);
    group.secretary.change(&group.at("/open"), 99, &opening).problem(412, "stale_version");
    group.session = first;
    // Violence is not qualified.
    let child = group.cast.child("Другая");
    let violence = group.cast.pedagogue.post("/register/reports", &crate::support::report(&child, None)).expect(201);
    let violence = json!({"fact_id": violence.body["fact"]["id"]});
    group.secretary.post(&group.at("/items"), &violence).problem(422, "validation_failed");
}

#[test]
fn a_protocol_number_is_given_once_and_an_opinion_too() {
    let mut group = Group::convened(5);
    assert_eq!(
        group.opine(&group.chair, "postponed", None).problem(422, "validation_failed").errors(),
        [("/outcome".to_owned(), "not_an_opinion".to_owned())]
    );
    assert_eq!(
        group.opine(&group.chair, "confirmed", None).problem(422, "validation_failed").errors()[0].1,
        "required"
    );
    group.opine(&group.chair, "confirmed", Some("attempt")).expect(201);
    group.opine(&group.chair, "confirmed", Some("attempt")).expect(200);
    let changed = group.opine(&group.chair, "not_confirmed", None).problem(409, "transition_refused");
    assert_eq!(changed.missing(), ["opinion_given"]);
    let secretary = group.opine(&group.secretary, "not_confirmed", None).problem(409, "transition_refused");
    assert_eq!(secretary.missing(), ["no_opinion_on_fact"]);
    group.open();
    group.decide(&json!({"outcome": "postponed", "reason": "Put off."})).expect(200);
    group.keep("/close", &json!({})).expect(200);
    group.convene(5);
    let taken = group.keep("/open", &json!({"protocol_number": "12-2026"})).problem(422, "validation_failed");
    assert_eq!(taken.errors(), [("/protocol_number".to_owned(), "protocol_number_taken".to_owned())]);
}

#[test]
fn who_reported_the_fact_reads_and_does_not_judge() {
    let mut group = Group::convened(5);
    group.keep("/cancel", &json!({"reason": "Another membership."})).expect(200);
    // The inspector who filed a report belongs to the group.
    let give =
        "INSERT INTO user_roles (user_id, role, scope) SELECT id, 'qualification_member', 'organisation' FROM users
                WHERE username = 'juvenile_inspector.home'";
    sql_query(give).execute(&mut group.cast.server.database.owner()).expect("a role");
    let child = group.cast.child("Своя");
    let filed = group.cast.police.post("/register/reports", &suicidal_report(&child, "attempt")).expect(201);
    group.fact = filed.body["fact"]["id"].as_str().expect("a fact").to_owned();
    group.child = child;
    group.convene(5);
    group.seat("juvenile_inspector.home", "member").expect(201);
    let recusals = group.secretary.get(&group.at("")).expect(200).body["items"][0]["recusals"].clone();
    assert_eq!(
        recusals,
        json!([{"user_id": group.user("juvenile_inspector.home"), "ground": "reporter", "reason": null}])
    );
    group.cast.police.get(&group.before("/file")).expect(200);
    let refused = group.opine(&group.cast.police, "confirmed", Some("attempt")).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["no_opinion_on_fact"]);
    // An ordinary reading shows an ordinary fact: the seat gives no other way to it.
    group.cast.police.get(&format!("/register/facts/{}", group.fact)).expect(200);
}
