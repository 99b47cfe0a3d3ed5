//! `POST /cases/search`: found is what one may read, and nothing else.

use qorgan_tests::Client;
use serde_json::{Value, json};

use crate::support::{Cast, open_case, register_child};

fn found(client: &Client, query: &str) -> Vec<(String, Vec<String>)> {
    found_by(client, &json!({"query": query}))
}

/// Ids of the cases found, each with the places.
fn found_by(client: &Client, body: &Value) -> Vec<(String, Vec<String>)> {
    let reply = client.post("/cases/search", body).expect(200);
    assert_eq!(reply.body["next_cursor"], Value::Null, "{}", reply.text);
    let items = reply.body["items"].as_array().expect("items");
    items.iter().map(|item| (item["id"].as_str().expect("an id").to_owned(), places(item))).collect()
}

fn places(item: &Value) -> Vec<String> {
    let places = item["matched_in"].as_array().expect("places").iter();
    places
        .map(|place| match place["section"].as_str() {
            Some(section) => format!("{} {section}", place["place"].as_str().expect("a place")),
            None => place["place"].as_str().expect("a place").to_owned(),
        })
        .collect()
}

fn join(cast: &Cast, case: &str, organisation: &str) {
    let body = json!({"organisation_id": cast.organisation(organisation), "reason": "Works on it"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &body).expect(201);
}

fn note(client: &Client, case: &str, section: &str, text: &str) {
    client.post(&format!("/cases/{case}/notes"), &json!({"section": section, "text": text})).expect(201);
}

#[test]
fn a_case_is_found_by_number_by_name_and_by_words() {
    let cast = Cast::new();
    let child = register_child(&cast.pedagogue, "Әбдікаимова");
    let case = open_case(&cast.pedagogue, &child, "medium");
    let (id, number) = (case.id(), case.body["number"].as_str().expect("a number").to_owned());
    let other = open_case(&cast.pedagogue, &register_child(&cast.pedagogue, "Тихонова"), "low").id();
    let by = |query: &str, place: &str| {
        let hits = found(&cast.pedagogue, query);
        let hit = hits.iter().find(|(hit, _)| *hit == id).unwrap_or_else(|| panic!("{query} finds {hits:?}"));
        assert!(hit.1.iter().any(|found| found == place), "{query}: {hit:?}");
        hits.len()
    };
    assert_eq!(by(&number, "number"), 1);
    by(&number[8..14], "number");
    // Russian spelling, the other order, a letter wrong, missing, too many, two swapped.
    for query in ["Абдикаимова", "Алия Әбдікаимова", "Абдекаимова", "Абдикаимов", "Абдиккаимова", "Абидкаимова Алиа"]
    {
        assert_eq!(by(query, "child_name"), 1, "{query}");
    }
    assert!(found(&cast.pedagogue, "Абдрахманова").is_empty());
    assert!(found(&cast.pedagogue, "Абдикаимова Мария").is_empty(), "every part must be there");
    assert_eq!(by("seen month", "case_text"), 2);
    note(&cast.pedagogue, &id, "general", "Бабушка забирает ребёнка из школы.");
    assert_eq!(found(&cast.pedagogue, "бабушке"), [(id.clone(), vec!["content general".to_owned()])]);
    assert_eq!(found(&cast.pedagogue, "\"забирает ребенка\"").len(), 1);
    assert!(found(&cast.pedagogue, "бабушка -школы").is_empty());
    let low = json!({"query": "bruises", "risk_level": "low", "stage": "registered", "organisation_id": cast.organisation("school home")});
    assert_eq!(found_by(&cast.pedagogue, &low), [(other, vec!["case_text".to_owned()])]);
    // What was changed is found as it is now.
    let version = cast.version(&id);
    cast.pedagogue.patch(&format!("/cases/{id}"), version, &json!({"title": "Оскорбления в переписке"})).expect(200);
    assert_eq!(by("переписка", "case_text"), 1);
}

#[test]
fn a_text_of_a_closed_section_is_never_found() {
    let cast = Cast::new();
    let case = cast.case().id();
    join(&cast, &case, "UZ home");
    join(&cast, &case, "DP home");
    note(&cast.health, &case, "medical", "Ожог предплечья второй степени.");
    note(&cast.police, &case, "investigation", "Отчим допрошен повторно.");
    note(&cast.psychologist, &case, "psychological", "Боится темноты.");
    assert_eq!(found(&cast.health, "ожог"), [(case.clone(), vec!["content medical".to_owned()])]);
    assert_eq!(found(&cast.police, "отчим"), [(case.clone(), vec!["content investigation".to_owned()])]);
    for (client, query) in [
        (&cast.pedagogue, "ожог"),
        (&cast.pedagogue, "отчим"),
        (&cast.psychologist, "ожог"),
        (&cast.police, "ожог"),
        (&cast.health, "отчим"),
        (&cast.police, "темноты"),
        (&cast.supervisor, "темноты"),
        (&cast.stranger, "ожог"),
        (&cast.stranger, "темноты"),
    ] {
        assert!(found(client, query).is_empty(), "{query}");
    }
    // The author's organisation reads what it wrote, so a colleague of the school finds it.
    assert_eq!(found(&cast.server.client("pedagogue.second.home"), "темноты").len(), 1);
    // A word in an open and in a closed section is found in the open one only.
    note(&cast.pedagogue, &case, "general", "На уроке видели ожог.");
    for client in [&cast.pedagogue, &cast.police] {
        assert_eq!(found(client, "ожог"), [(case.clone(), vec!["content general".to_owned()])]);
    }
    assert_eq!(found(&cast.health, "ожог"), [(case, vec!["content general".to_owned(), "content medical".to_owned()])]);
}

#[test]
fn what_is_closed_takes_no_place_on_a_page() {
    let cast = Cast::new();
    let letters = ["а", "б", "в", "г", "д", "е"];
    let cases: Vec<String> = letters
        .iter()
        .map(|letter| open_case(&cast.pedagogue, &cast.child(&format!("Страничная{letter}")), "low").id())
        .collect();
    for (place, case) in cases.iter().enumerate() {
        join(&cast, case, "UZ home");
        // Every other case has the word where the school reads it.
        if place % 2 == 0 {
            note(&cast.pedagogue, case, "general", "Гематома на руке.");
        } else {
            note(&cast.health, case, "medical", "Гематома на руке.");
        }
    }
    let pages = |client: &Client| {
        let (mut pages, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let reply =
                client.post("/cases/search", &json!({"query": "гематома", "limit": 2, "cursor": cursor})).expect(200);
            pages.push(reply.body["items"].as_array().expect("items").len());
            cursor = reply.body["next_cursor"].clone();
            if cursor.is_null() {
                return pages;
            }
        }
    };
    assert_eq!(pages(&cast.pedagogue), [2, 1]);
    assert_eq!(pages(&cast.health), [2, 2, 2]);
    assert_eq!(pages(&cast.stranger), [0]);
}

#[test]
fn a_foreign_school_finds_nothing_by_any_way() {
    let cast = Cast::new();
    let case = open_case(&cast.pedagogue, &cast.child("Неведомая"), "critical");
    let number = case.body["number"].as_str().expect("a number").to_owned();
    note(&cast.pedagogue, &case.id(), "general", "Совсем редкое слово: циклорама.");
    for query in [number.as_str(), "Неведомая", "циклорама", "bruises"] {
        assert!(found(&cast.stranger, query).is_empty(), "{query}");
        assert_eq!(found(&cast.pedagogue, query).len(), 1, "{query}");
        cast.statistician.post("/cases/search", &json!({"query": query})).problem(403, "forbidden");
    }
    let log = cast.server.client("auditor.home").get("/audit/events?limit=200").expect(200);
    assert!(!log.text.contains("Неведомая") && !log.text.contains("циклорама"), "the log keeps no query");
}

#[test]
fn what_is_wrong_with_a_search_is_said_at_once() {
    let cast = Cast::new();
    let body = json!({"query": "x", "limit": 0, "cursor": "!", "stage": "lost", "colour": "red"});
    let refused = cast.pedagogue.post("/cases/search", &body).problem(422, "validation_failed");
    let mut names: Vec<String> = refused.errors().into_iter().map(|(pointer, _)| pointer).collect();
    names.sort();
    assert_eq!(names, ["/colour", "/cursor", "/limit", "/query", "/stage"]);
    for query in ["и", "%%%", "':*|&!", "\"\"\"", "--", "((("] {
        let reply = cast.pedagogue.post("/cases/search", &json!({"query": query}));
        assert!(matches!(reply.status, 200 | 422), "{query}: {}", reply.text);
    }
}
