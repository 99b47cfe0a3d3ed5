//! What comes into somebody's sight and what goes out of it.

use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use qorgan_tests::Client;
use serde_json::json;
use uuid::Uuid;

use super::{follow, has, now};
use crate::support::{Cast, register_child};

fn uuid(text: &str) -> Uuid {
    text.parse().expect("an id")
}

#[test]
fn a_new_participant_is_told_of_the_case_the_child_and_the_facts_and_of_losing_them() {
    let cast = Cast::new();
    let case = cast.case();
    let (id, child) = (case.id(), case.body["child_id"].as_str().expect("a child").to_owned());
    let start = now(&cast.health);
    let stranger_start = now(&cast.stranger);
    // The protocol of the fact makes the clinic a participant.
    let fact = cast.report(&id, &child).expect(201).body["fact"]["id"].as_str().expect("a fact").to_owned();
    let (items, after) = follow(&cast.health, &start, |items| has(items, "case", &id, "case.participant_added"));
    for (kind, id) in [("case", &id), ("child", &child), ("fact", &fact)] {
        assert!(has(&items, kind, id, "appeared"), "{kind} in {items:#?}");
    }
    // What it was told of it may read.
    let _ = cast.health.get(&format!("/cases/{id}")).expect(200);
    let _ = cast.health.get(&format!("/children/{child}")).expect(200);
    let _ = cast.health.get(&format!("/register/facts/{fact}")).expect(200);

    let mut owner = cast.server.database.owner();
    diesel::sql_query("UPDATE case_participants SET ended_at = now() WHERE case_id = $1 AND organisation_id = $2")
        .bind::<SqlUuid, _>(uuid(&id))
        .bind::<SqlUuid, _>(uuid(&cast.organisation("UZ home")))
        .execute(&mut owner)
        .expect("end the participation");
    cast.pedagogue.patch(&format!("/cases/{id}"), 1, &json!({"title": "After"})).expect(200);
    let (items, _) = follow(&cast.health, &after, |items| has(items, "fact", &fact, "gone"));
    for (kind, id) in [("case", &id), ("child", &child), ("fact", &fact)] {
        assert!(has(&items, kind, id, "gone"), "{kind} in {items:#?}");
    }
    assert!(items.iter().all(|item| item["change"] == "gone" && item["version"].is_null()), "{items:#?}");
    cast.health.get(&format!("/cases/{id}")).problem(404, "not_found");

    // The school keeps it; whoever never saw it hears of neither.
    let mark = register_child(&cast.stranger, "Метка");
    let (items, _) = follow(&cast.stranger, &stranger_start, |items| has(items, "child", &mark, "child.registered"));
    assert!(items.iter().all(|item| item["id"] == mark.as_str()), "{items:#?}");
    let (items, _) = super::follow_from_beginning(&cast.pedagogue);
    assert!(!items.iter().any(|item| item["change"] == "gone"), "{items:#?}");
    // Who joins only now is told of the past of what it sees, not of what was lost before it came.
    let (items, _) = super::follow_from_beginning(&cast.server.client("commission_secretary.home"));
    assert!(!items.iter().any(|item| item["id"] == id.as_str()), "{items:#?}");
}

#[test]
fn a_child_that_moves_appears_there_and_is_gone_here() {
    let cast = Cast::new();
    let body = json!({"last_name": "Переездова", "first_name": "Алия", "birth_date": "2014-05-17", "sex": "female",
        "territory": "351000000", "organisation_id": cast.organisation("school abroad")});
    let child = cast.pedagogue.post("/children", &body).expect(201).id();
    let neighbour = cast.server.client("health_specialist.abroad");
    let (here, there) = (now(&cast.stranger), now(&neighbour));
    let moved = json!({"organisation_id": cast.organisation("UZ abroad")});
    cast.stranger.patch(&format!("/children/{child}"), 1, &moved).expect(200);
    let (items, _) = follow(&cast.stranger, &here, |items| has(items, "child", &child, "gone"));
    assert_eq!(items.len(), 1, "{items:#?}");
    let (items, _) = follow(&neighbour, &there, |items| has(items, "child", &child, "appeared"));
    assert!(items.iter().any(|item| item["version"] == 2));
}

/// Makes somebody reach only what is assigned to them in person.
fn narrow(cast: &Cast, username: &str) -> Client {
    let mut owner = cast.server.database.owner();
    diesel::sql_query("UPDATE user_roles SET scope = 'own' FROM users u WHERE u.id = user_id AND u.username = $1")
        .bind::<Text, _>(username)
        .execute(&mut owner)
        .expect("narrow the scope");
    cast.server.client(username)
}

#[test]
fn whoever_sees_only_what_is_assigned_learns_of_assignment_and_of_its_end() {
    let cast = Cast::new();
    let second = narrow(&cast, "pedagogue.second.home");
    let case = cast.case().id();
    let other = cast.case_of("Другова").id();
    let start = now(&second);
    second.get(&format!("/cases/{case}")).problem(404, "not_found");
    let manager = |name: &str| json!({"manager_id": cast.server.world.person(name).user});
    cast.pedagogue.patch(&format!("/cases/{case}"), 1, &manager("pedagogue.second.home")).expect(200);
    let (items, after) = follow(&second, &start, |items| has(items, "case", &case, "case.manager_assigned"));
    assert!(has(&items, "case", &case, "appeared"));
    let _ = second.get(&format!("/cases/{case}")).expect(200);
    cast.pedagogue.patch(&format!("/cases/{case}"), 2, &manager("social_pedagogue.home")).expect(200);
    let (items, _) = follow(&second, &after, |items| has(items, "case", &case, "gone"));
    assert!(!items.iter().any(|item| item["id"] == other.as_str()));
}
