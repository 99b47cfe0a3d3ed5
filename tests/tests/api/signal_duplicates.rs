//! `/signals/{id}/duplicates`: what is known already, and to whom it is told.

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::Client;
use serde_json::{Value, json};

use crate::support::{Cast, open_case, register_child};

/// Ids, each with its evidence.
type Found = Vec<(String, Value)>;

/// The duplicates as `(signals, cases)`.
fn duplicates(client: &Client, signal: &str, query: &str) -> (Found, Found) {
    let reply = client.get(&format!("/signals/{signal}/duplicates{query}")).expect(200);
    let list = |name: &str, id: fn(&Value) -> &Value| {
        let items = reply.body[name].as_array().expect("a list").iter();
        items.map(|item| (id(item).as_str().expect("an id").to_owned(), item["evidence"].clone())).collect()
    };
    (list("signals", |item| &item["signal"]["id"]), list("cases", |item| &item["id"]))
}

#[test]
fn what_is_known_already_shows_at_triage_and_only_to_who_may_read_it() {
    let cast = Cast::new();
    let hotline = cast.server.client("hotline_operator.home");
    let said = |name: &str, about: Value| {
        let mut child = json!({"last_name": name, "first_name": "Қайрат"});
        child.as_object_mut().expect("an object").extend(about.as_object().expect("an object").clone());
        json!({"channel": "hotline_111", "description": "D", "territory": "351000000", "urgency": "urgent",
            "organisation_id": cast.organisation("school home"), "child": child})
    };
    let first = hotline.post("/signals", &said("Әлімов", json!({"birth_date": "2014-05-17"}))).expect(201).id();
    let second = hotline.post("/signals", &said("Алимов", json!({"birth_date": "2014-05-17"}))).expect(201).id();
    let namesake = hotline.post("/signals", &said("Алимов", json!({"birth_date": "2012-01-01"}))).expect(201).id();
    // Another school's word of the same child: the first school learns nothing of it.
    let mut elsewhere = said("Алимов", json!({"birth_date": "2014-05-17"}));
    elsewhere["organisation_id"] = json!(cast.organisation("school abroad"));
    let elsewhere = hotline.post("/signals", &elsewhere).expect(201).id();

    let found = duplicates(&cast.pedagogue, &first, "");
    assert_eq!(found, (vec![(second.clone(), json!(["same_name_and_birth_date"]))], vec![]));
    assert_eq!(duplicates(&cast.pedagogue, &namesake, ""), (vec![], vec![]));
    assert_eq!(duplicates(&cast.stranger, &elsewhere, ""), (vec![], vec![]));
    let _ = cast.stranger.get(&format!("/signals/{first}/duplicates")).problem(404, "not_found");
    let counted = cast.pedagogue.get(&format!("/signals/{first}")).expect(200);
    assert_eq!(counted.body["duplicates"], json!({"signals": 1, "cases": 0}));

    // An open case of the child, by the record.
    let child = json!({"last_name": "Алимов", "first_name": "Кайрат", "birth_date": "2014-05-17", "sex": "male", "territory": "351000000"});
    let child = cast.pedagogue.post("/children", &child).expect(201).id();
    let case = open_case(&cast.pedagogue, &child, "medium").id();
    let found = duplicates(&cast.pedagogue, &first, "");
    assert_eq!(found.1, [(case.clone(), json!(["same_name_and_birth_date"]))]);
    // Who files with the record is found by it, and by what the record tells.
    let by_record = json!({"channel": "parent", "description": "D", "territory": "351000000", "urgency": "routine", "child_id": child});
    let by_record = cast.pedagogue.post("/signals", &by_record).expect(201).id();
    let (signals, cases) = duplicates(&cast.pedagogue, &by_record, "");
    assert_eq!(signals.len(), 2, "{signals:?}");
    assert_eq!(cases, [(case, json!(["same_child", "same_name_and_birth_date"]))]);
    assert_eq!(duplicates(&cast.pedagogue, &first, "").0.len(), 2);
    // A clinic that decides on a signal of its own sees neither the school's signals nor its case.
    let mut to_clinic = said("Алимов", json!({"birth_date": "2014-05-17"}));
    to_clinic["organisation_id"] = json!(cast.organisation("UZ home"));
    let to_clinic = hotline.post("/signals", &to_clinic).expect(201).id();
    assert_eq!(duplicates(&cast.health, &to_clinic, ""), (vec![], vec![]));

    for (days, code) in [("0", "number_too_small"), ("4000", "number_too_large"), ("x", "wrong_type")] {
        let reply =
            cast.pedagogue.get(&format!("/signals/{first}/duplicates?days={days}")).problem(400, "invalid_query");
        assert_eq!(reply.errors(), [("days".to_owned(), code.to_owned())]);
    }
    // An old word is found only by who asks for it.
    let mut owner = cast.server.database.owner();
    sql_query(format!("UPDATE signals SET received_at = received_at - interval '200 days' WHERE id = '{second}'"))
        .execute(&mut owner)
        .expect("make it old");
    assert!(!duplicates(&cast.pedagogue, &first, "").0.iter().any(|(id, _)| *id == second));
    assert!(duplicates(&cast.pedagogue, &first, "?days=365").0.iter().any(|(id, _)| *id == second));
}

#[test]
fn the_same_number_and_a_told_age_are_signs() {
    let cast = Cast::new();
    let file = |child: Value| {
        let signal = json!({"channel": "parent", "description": "D", "territory": "351000000", "urgency": "routine", "child": child});
        cast.pedagogue.post("/signals", &signal).expect(201).id()
    };
    let iin = "600115500013";
    let one = file(json!({"last_name": "Алимов", "first_name": "Кайрат", "iin": iin}));
    let other = file(json!({"last_name": "Олимов", "first_name": "Кайрат", "iin": iin}));
    assert_eq!(duplicates(&cast.pedagogue, &one, "").0, [(other, json!(["same_iin"]))]);
    let one = file(json!({"last_name": "Сапаров", "first_name": "Ерлан", "age": 10}));
    let other = file(json!({"last_name": "Сапаров", "first_name": "Ерлан", "age": 11}));
    let _ = file(json!({"last_name": "Сапаров", "first_name": "Ерлан", "age": 15}));
    assert_eq!(duplicates(&cast.pedagogue, &one, "").0, [(other, json!(["same_name_and_age"]))]);
    let _ = register_child(&cast.stranger, "Сапаров");
}
