//! Rules of matching, learned from what supervisors decided.

use diesel::connection::SimpleConnection;
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use super::matching::fact_of;
use super::{changed, file};
use crate::support::Cast;

const LEARN: &str = "/register/match-rules/learn";

/// Facts of one child, months apart, and decisions on pairs of them: pairs of one day in another place were found to be
/// two events, pairs of one place and another day one.
fn decided(cast: &Cast) {
    let child = cast.child("Үйрену");
    let facts: Vec<String> = (1..=9)
        .map(|month| {
            let report = changed(&child, json!({"occurred_on": format!("2025-{month:02}-10")}));
            fact_of(&file(&cast.pedagogue, &report).expect(201))
        })
        .collect();
    let report = cast.pedagogue.get(&format!("/register/facts/{}/reports", facts[0])).expect(200);
    let report = report.body["items"][0]["id"].as_str().expect("a report").to_owned();
    let user = cast.server.world.person("supervisor.office.home").user;
    let mut pairs = Vec::new();
    for older in &facts {
        for newer in facts.iter().filter(|newer| *newer != older) {
            let (status, day, place) =
                if pairs.len() % 2 == 0 { ("different", "same", "differs") } else { ("same", "differs", "same") };
            let evidence = json!([
                {"field": "child", "agreement": "same", "weight": 8.0},
                {"field": "day", "agreement": day, "weight": 1.0},
                {"field": "nature", "agreement": "near", "weight": 1.5},
                {"field": "place", "agreement": place, "weight": 1.0},
                {"field": "relation", "agreement": "unknown", "weight": 0.0},
                {"field": "role", "agreement": "same", "weight": 0.5},
                {"field": "number", "agreement": "unknown", "weight": 0.0},
            ]);
            pairs.push(format!(
                "(uuid_v7(now()), '{older}', '{newer}', '{report}', 9, '{evidence}', '2024-01-01', '{status}', '{user}', \
                 now(), 'Decided', now(), now())"
            ));
        }
    }
    let insert = format!(
        "INSERT INTO register_match_reviews (id, older_id, newer_id, report_id, score, evidence, rules_from, status,
             decided_by, decided_at, reason, created_at, updated_at) VALUES {}",
        pairs.join(",")
    );
    cast.server.database.owner().batch_execute(&insert).expect("decisions");
}

fn rules(client: &Client) -> Vec<Value> {
    client.get("/register/match-rules").expect(200).body["items"].as_array().expect("rules").clone()
}

fn weight(rules: &Value, field: &str, agreement: &str) -> f64 {
    rules["weights"][field][agreement].as_f64().expect("a weight")
}

fn learn(client: &Client, body: &Value) -> Reply {
    client.post(LEARN, body)
}

#[test]
fn what_was_decided_becomes_rules_from_a_later_day_on() {
    let cast = Cast::new();
    let admin = cast.server.client("administrator.home");
    let shipped = rules(&cast.pedagogue);
    assert_eq!((shipped.len(), &shipped[0]["learned"]), (1, &Value::Null));
    let few = learn(&admin, &json!({})).problem(409, "domain_rule");
    assert_eq!((&few.body["reason"], &few.body["same"]), (&json!("too_few_decisions"), &json!(0)));
    decided(&cast);
    let _ = learn(&cast.supervisor, &json!({})).problem(403, "forbidden");
    let today = chrono::Utc::now().date_naive().to_string();
    let early = learn(&admin, &json!({"valid_from": today})).problem(422, "validation_failed");
    assert_eq!(early.errors(), [("/valid_from".to_owned(), "rules_begin_tomorrow".to_owned())]);
    let stiff = learn(&admin, &json!({"spread": 0})).problem(422, "validation_failed");
    assert_eq!(stiff.errors(), [("/spread".to_owned(), "spread_out_of_range".to_owned())]);

    let body = json!({"valid_from": "2089-01-01", "dry_run": true});
    let shown = learn(&admin, &body).expect(200);
    assert_eq!((&shown.body["learned"]["same"], &shown.body["learned"]["different"]), (&json!(36), &json!(36)));
    assert_eq!(rules(&admin).len(), 1, "a dry run keeps nothing");
    let learned = learn(&admin, &json!({"valid_from": "2089-01-01"})).expect(201);
    assert_eq!(learned.body["weights"], shown.body["weights"]);
    assert_eq!(learned.body["learned"]["learned_on"], "2024-01-01");
    // Another place speaks against one event more than was thought, another day less.
    let contrast = |rules: &Value, field| weight(rules, field, "same") - weight(rules, field, "differs");
    assert!(contrast(&learned.body, "place") > contrast(&shipped[0], "place") + 0.5, "{}", learned.text);
    assert!(contrast(&learned.body, "day") < contrast(&shipped[0], "day") - 0.5, "{}", learned.text);
    assert_eq!(learned.body["learned"]["after"]["different_matched"], 0);
    assert_eq!((&learned.body["windows"], &learned.body["provisional"]), (&shipped[0]["windows"], &json!(true)));
    // The same again is the same; other rules of that day are not.
    learn(&admin, &json!({"valid_from": "2089-01-01"})).expect(200);
    let taken = learn(&admin, &json!({"valid_from": "2089-01-01", "spread": 0.5})).problem(409, "domain_rule");
    assert_eq!(taken.body["reason"], "match_rules_date_taken");
    // Learned anew from the same decisions, they are the same: nothing counts twice.
    let later = learn(&admin, &json!({"valid_from": "2089-02-01"})).expect(201);
    assert_eq!(later.body["weights"], learned.body["weights"]);
    assert_eq!(rules(&cast.pedagogue).len(), 3);
}

#[test]
fn learned_rules_count_from_their_day_on_and_old_reviews_keep_theirs() {
    let cast = Cast::new();
    let admin = cast.server.client("administrator.home");
    decided(&cast);
    let learned = learn(&admin, &json!({"valid_from": "2089-01-01", "spread": 2.0})).expect(201).body;
    let child = cast.child("Ереже");
    let bullying = |day: &str| changed(&child, json!({"main_form": "bullying", "occurred_on": day}));
    let evidence = |reply: &Reply| {
        let lines = reply.body["match"]["candidates"][0]["evidence"].as_array().expect("evidence").clone();
        let day = lines.into_iter().find(|line| line["field"] == "day").expect("the day");
        (day["agreement"].clone(), day["weight"].as_f64().expect("a weight"))
    };
    let _ = file(&cast.health, &bullying("2026-02-10")).expect(201);
    let before = file(&cast.pedagogue, &bullying("2026-02-11")).expect(201);
    assert_eq!(evidence(&before), (json!("differs"), -1.0), "not in force yet");
    let earlier = "UPDATE register_match_rules SET valid_from = current_date - 1 WHERE learned IS NOT NULL";
    cast.server.database.owner().batch_execute(earlier).expect("let them be in force");
    let _ = file(&cast.health, &bullying("2026-04-10")).expect(201);
    let after = file(&cast.pedagogue, &bullying("2026-04-11")).expect(201);
    assert_eq!(evidence(&after), (json!("differs"), weight(&learned, "day", "differs")));
    assert_eq!(after.body["match"]["outcome"], "review");
    let open = cast.supervisor.get("/register/match-reviews?status=open").expect(200);
    let from: Vec<&str> = open.body["items"]
        .as_array()
        .expect("reviews")
        .iter()
        .map(|review| review["rules_from"].as_str().expect("a day"))
        .collect();
    assert_eq!(from.len(), 2, "{}", open.text);
    assert!(from[0] > from[1] && from[1] == "2024-01-01", "{from:?}");
}

/// The server's role writes no rules but learned ones, as itself, with the right.
#[test]
fn the_server_cannot_write_rules_without_the_right() {
    let cast = Cast::new();
    let mut server = cast.server.database.server();
    let insert = "INSERT INTO register_match_rules (valid_from, definition, source, provisional)
                  VALUES ('2080-01-01', '{}', 'x', true)";
    assert!(server.batch_execute(insert).is_err());
    for statement in [
        "UPDATE register_match_rules SET source = 'x'",
        "DELETE FROM register_match_rules",
        "SELECT * FROM register_match_decisions('{2024-01-01}')",
        "INSERT INTO child_match_reviews (id) VALUES (uuid_v7(now()))",
        "UPDATE child_match_reviews SET status = 'same'",
    ] {
        assert!(server.batch_execute(statement).is_err(), "refused: {statement}");
    }
}
