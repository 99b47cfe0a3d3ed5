//! Pairs of facts that may be one event: who sees them, and what a decision does.

use serde_json::{Value, json};

use super::matching::fact_of;
use super::{changed, file};
use crate::support::{Cast, lists};

/// Two facts that are near: bullying on two days, told by the school and by the hospital. The facts and the review.
fn near(cast: &Cast) -> (String, String, String) {
    let child = cast.child("Салыстыру");
    let bullying = |day: &str| changed(&child, json!({"main_form": "bullying", "occurred_on": day}));
    let older = file(&cast.health, &bullying("2026-02-10")).expect(201);
    let newer = file(&cast.pedagogue, &bullying("2026-02-11")).expect(201);
    assert_eq!(newer.body["match"]["outcome"], "review");
    assert_eq!(newer.body["match"]["candidates"][0]["fact"], Value::Null, "a foreign fact");
    let list = cast.supervisor.get("/register/match-reviews?status=open").expect(200);
    let review = list.body["items"][0]["id"].as_str().expect("a review").to_owned();
    (fact_of(&older), fact_of(&newer), review)
}

fn total(cast: &Cast) -> Value {
    cast.statistician.get("/statistics/register?from=2020-01-01&to=2026-12-31").expect(200).body["total"].clone()
}

#[test]
fn supervisors_of_either_side_decide_and_nobody_else() {
    let cast = Cast::new();
    let (older, newer, review) = near(&cast);
    let path = format!("/register/match-reviews/{review}");
    let read = cast.supervisor.get(&path).expect(200);
    assert_eq!((&read.body["older"]["id"], &read.body["newer"]["id"]), (&json!(older), &json!(newer)));
    assert_eq!(read.body["differences"], json!(["occurred_on"]));
    assert_eq!((&read.body["same_child"], &read.body["status"]), (&json!(true), &json!("open")));
    assert!(!read.text.contains("Bruises"), "no word of a report");
    assert_eq!(read.body["older"]["agencies"], json!(["UZ"]));
    // The foreign fact itself stays closed.
    let _ = cast.supervisor.get(&format!("/register/facts/{older}")).problem(404, "not_found");
    for (name, status, code) in [
        ("social_pedagogue.home", 403, "forbidden"),
        ("social_pedagogue.abroad", 404, "not_found"),
        ("supervisor.abroad", 404, "not_found"),
        ("supervisor.office.abroad", 404, "not_found"),
        ("statistician.home", 403, "forbidden"),
        ("administrator.home", 403, "forbidden"),
    ] {
        let client = cast.server.client(name);
        let _ = client.get(&path).problem(status, code);
        let body = json!({"decision": "same", "reason": "One event"});
        let _ = client.change(&format!("{path}/decide"), 1, &body).problem(status, code);
    }
    assert!(!lists(&cast.server.client("supervisor.abroad").get("/register/match-reviews").expect(200), &review));
    let _ = cast.pedagogue.get("/register/match-reviews").problem(403, "forbidden");
    // Given to a colleague who decides; a pedagogue does not.
    let assign = |user: &str, version| {
        let body = json!({"user_id": cast.server.world.person(user).user.to_string()});
        cast.supervisor.change(&format!("{path}/assign"), version, &body)
    };
    let refused = assign("social_pedagogue.home", 1).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/user_id".to_owned(), "may_not_decide".to_owned())]);
    let given = assign("supervisor.office.home", 1).expect(200);
    assert_eq!(given.version(), 2);
    let mine = given.body["assigned_to"].as_str().expect("somebody").to_owned();
    assert!(lists(&cast.supervisor.get(&format!("/register/match-reviews?assigned_to={mine}")).expect(200), &review));
    let _ = assign("supervisor.office.home", 1).problem(412, "stale_version");
}

#[test]
fn the_same_merges_and_a_split_takes_it_back() {
    let cast = Cast::new();
    let (older, newer, review) = near(&cast);
    assert_eq!(total(&cast), 2);
    let path = format!("/register/match-reviews/{review}/decide");
    let same = json!({"decision": "same", "reason": "One event, told a day later"});
    let decided = cast.supervisor.change(&path, 1, &same).expect(200);
    assert_eq!((&decided.body["status"], &decided.body["newer"]["status"]), (&json!("same"), &json!("merged")));
    assert_eq!(total(&cast), 1);
    let refused = cast.supervisor.change(&path, 2, &same).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "match_review_decided");
    // The school's report is part of the hospital's fact now.
    let fact = cast.pedagogue.get(&format!("/register/facts/{older}")).expect(200);
    let merged = cast.pedagogue.get(&format!("/register/facts/{newer}")).expect(200);
    assert_eq!(merged.body["merged_into"], older.as_str());
    let reports = cast.pedagogue.get(&format!("/register/facts/{older}/reports")).expect(200);
    let own = reports.body["items"][0]["id"].clone();
    let split = json!({"reports": [own], "reason": "It was another day after all"});
    let given = cast.supervisor.change(&format!("/register/facts/{older}/split"), fact.version(), &split).expect(200);
    assert_eq!((&given.body["fact"], &given.body["other"]["id"]), (&Value::Null, &json!(newer)));
    assert_eq!(total(&cast), 2);
    let read = cast.supervisor.get(&format!("/register/match-reviews/{review}")).expect(200);
    assert_eq!(read.body["status"], "different");
    let _ = cast.pedagogue.get(&format!("/register/facts/{older}")).problem(404, "not_found");
}

#[test]
fn different_is_remembered() {
    let cast = Cast::new();
    let (older, newer, review) = near(&cast);
    let body = json!({"decision": "different", "reason": "Two days, two episodes"});
    cast.supervisor.change(&format!("/register/match-reviews/{review}/decide"), 1, &body).expect(200);
    assert_eq!(total(&cast), 2);
    let open = cast.supervisor.get("/register/match-reviews?status=open").expect(200);
    assert_eq!(open.body["items"], json!([]));
    for (client, fact) in [(&cast.health, older), (&cast.pedagogue, newer)] {
        assert_eq!(client.get(&format!("/register/facts/{fact}")).expect(200).body["status"], "registered");
    }
}
