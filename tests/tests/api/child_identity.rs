//! Who a child is: names held, doubles found in whatever spelling, records merged and separated.

mod merge;
mod pairs;
mod races;

use diesel::connection::SimpleConnection;
use qorgan_storage::children::fill_lookups;
use serde_json::{Value, json};

use crate::support::Cast;

/// A child to be registered.
pub fn child(last: &str, first: &str, patronymic: &str, birth: &str) -> Value {
    json!({"last_name": last, "first_name": first, "patronymic": patronymic, "birth_date": birth, "sex": "male",
        "territory": "351000000"})
}

/// The ids of candidates, in their order.
fn ids(candidates: &Value) -> Vec<String> {
    let items = candidates.as_array().expect("candidates").iter();
    items.map(|candidate| candidate["child"]["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn every_name_is_kept_and_found() {
    let cast = Cast::new();
    let id = cast.pedagogue.post("/children", &child("Бұрынғы", "Нұрлан", "Серікұлы", "2014-01-15")).expect(201).id();
    let path = format!("/children/{id}");
    cast.pedagogue.patch(&path, 1, &json!({"last_name": "Кейінгі"})).expect(200);
    cast.pedagogue.patch(&path, 2, &json!({"birth_date": "2014-02-15"})).expect(200);
    let read = cast.pedagogue.get(&path).expect(200);
    let names: Vec<(&str, &str)> = read.body["names_held"]
        .as_array()
        .expect("names")
        .iter()
        .map(|name| (name["last_name"].as_str().expect("a name"), name["source"].as_str().expect("a source")))
        .collect();
    assert_eq!(names, [("Бұрынғы", "registered"), ("Кейінгі", "amended")]);
    assert_eq!((&read.body["records"], &read.body["merged_into"]), (&json!([id]), &Value::Null));
    // Found by either, also by who may not read the record; it shows the present name's letters, and no other.
    for query in ["Бурынгы Нурлан", "Кейингі Нурлан", "Kejingi Nurlan"] {
        let found = cast.stranger.post("/children/search", &json!({"query": query})).expect(200);
        assert_eq!(ids(&found.body["items"]), std::slice::from_ref(&id), "{query}");
        assert_eq!(found.body["items"][0]["child"]["initials"], "К. Н.");
        assert!(!found.text.contains("рлан") && !found.text.contains("ұрын"), "{}", found.text);
    }
    // A double under the former name is found before it is registered.
    let double = child("Бурынгы", "Нурлан", "Серикович", "2014-02-15");
    let refused = cast.stranger.post("/children", &double).problem(409, "possible_duplicates");
    assert_eq!(ids(&refused.body["candidates"]), [id]);
}

#[test]
fn a_search_forgives_slips_of_the_pen() {
    let cast = Cast::new();
    let id = cast.pedagogue.post("/children", &child("Жұмабаев", "Қайрат", "Серікұлы", "2014-01-15")).expect(201).id();
    cast.pedagogue.post("/children", &child("Тулегенов", "Марат", "Ержанұлы", "2012-07-03")).expect(201);
    for query in [
        "Жумабаев Кайрат",
        "Жумбаев Кайрат",
        "Жумабаве Каирад",
        "Zhumabayev Kairat",
        "Кайрат Жумабаева",
        "Жумабаев Серикович",
        "Жумабаев Кайрат Болатович",
    ] {
        for client in [&cast.pedagogue, &cast.stranger] {
            let found = client.post("/children/search", &json!({"query": query})).expect(200);
            assert_eq!(ids(&found.body["items"]), std::slice::from_ref(&id), "{query}: {}", found.text);
        }
    }
    for query in ["Жумабаев Марат", "Садвакасов Кайрат", "Жим Кай"] {
        let found = cast.pedagogue.post("/children/search", &json!({"query": query})).expect(200);
        assert_eq!(found.body["items"], json!([]), "{query}");
    }
    let found = cast.pedagogue.post("/children/search", &json!({"query": "Жумобаев", "birth_date": "2014-01-15"}));
    assert_eq!(ids(&found.expect(200).body["items"]), [id]);
}

#[test]
fn without_a_birth_date_the_name_with_the_fewest_slips_comes_first() {
    let cast = Cast::new();
    // Two letters more at the end, which Jaro–Winkler hardly minds, and one letter wrong at the beginning, which it minds.
    let far =
        cast.pedagogue.post("/children", &child("Бекенбайла", "Қайрат", "Серікұлы", "2014-01-15")).expect(201).id();
    let near =
        cast.pedagogue.post("/children", &child("Текенбай", "Қайрат", "Ержанұлы", "2012-07-03")).expect(201).id();
    let found = cast.pedagogue.post("/children/search", &json!({"query": "Бекенбай Кайрат"})).expect(200);
    assert_eq!(ids(&found.body["items"]), [near.clone(), far.clone()], "{}", found.text);
    // A day of birth says more than a letter.
    let asked = json!({"query": "Бекенбай Кайрат", "birth_date": "2014-01-15"});
    let found = cast.pedagogue.post("/children/search", &asked).expect(200);
    assert_eq!(ids(&found.body["items"]), [far, near], "{}", found.text);
}

/// As many namesakes as are looked at, registered before: which of all that fit are looked at must not be chance.
#[test]
fn the_nearest_name_is_found_behind_four_hundred_that_fit_as_well() {
    let cast = Cast::new();
    let namesake = child("Бекенбайла", "Қайрат", "Серікұлы", "2014-01-15");
    let namesake = cast.pedagogue.post("/children", &namesake).expect(201).id();
    let mut owner = cast.server.database.owner();
    owner
        .batch_execute(&format!(
            "SET session_replication_role = replica;
             CREATE TEMPORARY TABLE more AS SELECT c FROM children c, generate_series(1, 400) WHERE c.id = '{namesake}';
             UPDATE more SET c.id = gen_random_uuid(), c.match_version = 0;
             -- Before everybody who is registered later.
             UPDATE more SET c.id = overlay((c).id::text PLACING '00000000-0000' FROM 1)::uuid;
             INSERT INTO children SELECT (c).* FROM more;
             INSERT INTO child_names SELECT gen_random_uuid(), id, last_name, first_name, patronymic, 'registered', created_at,
                                            created_by FROM children WHERE match_version = 0;
             RESET session_replication_role"
        ))
        .expect("namesakes");
    assert_eq!(fill_lookups(&mut owner).expect("their keys"), 400);
    let near = child("Текенбай", "Қайрат", "Ержанұлы", "2012-07-03");
    let near = cast.pedagogue.post("/children", &near).expect(201).id();
    let found = cast.pedagogue.post("/children/search", &json!({"query": "Бекенбай Кайрат"})).expect(200);
    let found = ids(&found.body["items"]);
    assert_eq!(found[0], near);
    assert!(found.len() > 1 && !found[1..].contains(&near), "the others after it");
}

#[test]
fn a_score_is_explained() {
    let cast = Cast::new();
    let body = child("Жұмабаев", "Қайрат", "Серікұлы", "2014-01-15");
    cast.pedagogue.post("/children", &body).expect(201);
    let double = child("Zhumabaev", "Kayrat", "Serikovich", "2014-01-15");
    let refused = cast.stranger.post("/children", &double).problem(409, "possible_duplicates");
    let candidate = &refused.body["candidates"][0];
    let score = candidate["score"].as_f64().expect("a score");
    assert!((0.9..=1.0).contains(&score), "{}", refused.text);
    let evidence = candidate["evidence"].as_array().expect("evidence");
    let of = |field: &str| evidence.iter().find(|one| one["field"] == field).expect("a field");
    assert_eq!(of("birth_date")["level"], "exact");
    assert!(of("last_name")["weight"].as_f64().expect("a weight") > 0.0);
    assert!(evidence.iter().all(|one| one["level"] != "missing"), "{}", refused.text);
    // Another child.
    cast.stranger.post("/children", &child("Оспанов", "Тимур", "Маратұлы", "2011-09-30")).expect(201);
}
