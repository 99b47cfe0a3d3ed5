//! Facts of the register for tests that count them.

use diesel::prelude::*;
use diesel::sql_query;
use serde_json::{Value, json};

use crate::{Client, Server};

/// Reports one fact of a child of its own: violence of a main form, or suicidal behaviour of a level.
pub fn file_fact(client: &Client, at: usize, on: &str, territory: &str, nature: &str) {
    // No two children of a test are called alike.
    let letter = |place: u32| "абвгдежзиклмнопрстуфх".chars().nth((at / 21usize.pow(place)) % 21).unwrap_or('а');
    let child = json!({"last_name": format!("Карта{}{}", letter(0), letter(1)), "first_name": "Алия",
        "birth_date": "2014-05-17", "sex": "female", "territory": territory, "confirm_new": true});
    let child = client.post("/children", &child).expect(201).id();
    let mut report = json!({"kind": "violence", "main_form": nature, "occurred_on": on,
        "place": {"territory": territory, "setting": "home"}, "child_id": child, "role": "victim",
        "alleged_perpetrator_relation": "parent_guardian", "description": "Bruises on both arms."});
    if matches!(nature, "ideation" | "self_injury" | "attempt") {
        report["kind"] = json!("suicidal_behaviour");
        report["level"] = json!(nature);
        report["main_form"] = Value::Null;
        report["alleged_perpetrator_relation"] = Value::Null;
    }
    client.post("/register/reports", &report).expect(201);
}

/// Turns the clock back for all that was entered: protected counts know what was entered in a month that is over.
pub fn age_facts(server: &Server) {
    sql_query("UPDATE register_fact_versions SET recorded_at = recorded_at - interval '40 days'")
        .execute(&mut server.database.owner())
        .expect("age the facts");
}
