//! The directory of services, and appointments within its capacity.

use std::sync::Barrier;
use std::thread;

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Cast, lists, open_case};

const HOTLINE: &str = "0190a000-0000-7000-8000-000000000111";

fn service(cast: &Cast) -> Value {
    json!({"kind": "psychological_support", "name_ru": "Кабинет психолога", "territory": "351000000",
        "serves": ["351000000"], "languages": ["kk", "ru"], "age_from": 3, "age_to": 17, "valid_from": "2026-01-01",
        "organisation_id": cast.organisation("school home"), "source": "A test"})
}

fn case_of(cast: &Cast, name: &str) -> String {
    open_case(&cast.pedagogue, &cast.child(name), "medium").id()
}

fn book(client: &Client, case: &str, service: &str, at: &str) -> Reply {
    let body = json!({"service_id": service, "starts_at": at, "purpose": "A first talk"});
    client.post(&format!("/cases/{case}/appointments"), &body)
}

#[test]
fn the_directory_ships_what_everybody_knows() {
    let cast = Cast::new();
    let list = cast.health.get("/services?limit=200").expect(200);
    assert!(lists(&list, HOTLINE));
    let items = list.body["items"].as_array().expect("services");
    assert!(items.iter().all(|item| item["provisional"] == true && item["address"].is_null()));
    let phones: Vec<&str> =
        items.iter().flat_map(|item| item["phones"].as_array().expect("phones")).filter_map(Value::as_str).collect();
    assert!(phones.iter().all(|phone| ["111", "150", "102", "103"].contains(phone)), "no invented numbers: {phones:?}");
    let kazakh = cast.health.request("GET", &format!("/api/v1/services/{HOTLINE}")).header("Accept-Language", "kk");
    assert!(
        qorgan_tests::client::send(kazakh).expect(200).body["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("Отбасы"))
    );
    cast.statistician.get("/services").problem(403, "forbidden");
    cast.server.client("hotline_operator.home").get("/services").expect(200);
}

#[test]
fn supervisors_keep_the_services_of_their_organisations_and_administrators_all() {
    let cast = Cast::new();
    let administrator = cast.server.client("administrator.home");
    let new = service(&cast);
    for client in [&cast.pedagogue, &cast.health] {
        client.post("/services", &new).problem(403, "forbidden");
    }
    cast.server.client("supervisor.abroad").post("/services", &new).problem(403, "forbidden");
    let mut nobodys = new.clone();
    nobodys["organisation_id"] = Value::Null;
    cast.supervisor.post("/services", &nobodys).problem(403, "forbidden");
    administrator.post("/services", &nobodys).expect(201);
    let id = cast.supervisor.post("/services", &new).expect(201).id();
    let path = format!("/services/{id}");
    cast.supervisor.patch(&path, 9, &json!({"age_to": 18})).problem(412, "stale_version");
    let changed = cast.supervisor.patch(
        &path,
        1,
        &json!({"age_from": null, "phones": ["150"], "capacity": {"places": 2, "period": "day"}}),
    );
    let changed = changed.expect(200);
    assert_eq!((changed.version(), &changed.body["age_from"], &changed.body["age_to"]), (2, &Value::Null, &json!(17)));
    assert_eq!(changed.body["capacity"], json!({"places": 2, "period": "day"}));
    cast.pedagogue.patch(&path, 2, &json!({"age_to": 18})).problem(403, "forbidden");
    // Not into the hands of somebody else.
    let away = json!({"organisation_id": cast.organisation("UZ home")});
    cast.supervisor.patch(&path, 2, &away).problem(403, "forbidden");
    administrator.patch(&path, 2, &away).expect(200);
    cast.supervisor.patch(&path, 3, &json!({"age_to": 18})).problem(403, "forbidden");
    cast.supervisor.patch(&format!("/services/{}", Uuid::now_v7()), 1, &json!({})).problem(404, "not_found");

    let wrong = json!({"kind": "magic", "name_ru": "", "territory": "990000000", "serves": [], "source": "A test"});
    let errors = administrator.post("/services", &wrong).problem(422, "validation_failed").errors();
    assert_eq!(errors.len(), 2, "what the form shows: {errors:?}");
    let wrong = json!({"kind": "other", "name_ru": "Н", "territory": "990000000", "serves": [], "source": "A test",
        "age_from": 9, "age_to": 8, "valid_from": "2026-02-01", "valid_to": "2026-02-01", "capacity": {"places": 0, "period": "day"}});
    let mut errors = administrator.post("/services", &wrong).problem(422, "validation_failed").errors();
    errors.sort();
    let expected = [
        ("/age_to", "period_reversed"),
        ("/capacity/places", "number_too_small"),
        ("/serves", "too_few_items"),
        ("/territory", "unknown_territory"),
        ("/valid_to", "period_reversed"),
    ];
    assert_eq!(errors, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
}

#[test]
fn the_directory_is_searched_by_kind_territory_age_and_day() {
    let cast = Cast::new();
    let administrator = cast.server.client("administrator.home");
    let add = |changes: Value| {
        let mut new = service(&cast);
        for (name, value) in changes.as_object().expect("changes") {
            new[name] = value.clone();
        }
        administrator.post("/services", &new).expect(201).id()
    };
    let in_city = add(json!({"name_ru": "В городе"}));
    let in_part = add(json!({"name_ru": "В районе города", "territory": "351011100", "serves": ["351011100"]}));
    let abroad = add(json!({"name_ru": "В Темиртау", "territory": "352400000", "serves": ["352400000"]}));
    let ended = add(json!({"name_ru": "Закрыта", "valid_to": "2026-02-01"}));
    let found = |query: &str| {
        let reply = cast.health.get(&format!("/services?limit=200&{query}")).expect(200);
        [&in_city, &in_part, &abroad, &ended].map(|id| lists(&reply, id))
    };
    assert_eq!(found("kind=psychological_support"), [true, true, true, false]);
    assert_eq!(found("kind=clinic"), [false; 4]);
    assert_eq!(found("territory=351000000"), [true, true, false, false]);
    assert_eq!(found("territory=351011100"), [true, true, false, false]);
    assert_eq!(found("territory=352400000"), [false, false, true, false]);
    assert_eq!(found("for_age=2"), [false; 4]);
    assert_eq!(found("for_age=17"), [true, true, true, false]);
    assert_eq!(found("on=2026-01-15"), [true; 4]);
    let of_region = cast.health.get("/services?territory=351000000&limit=200").expect(200);
    assert!(lists(&of_region, HOTLINE), "who serves the region serves the city");
}

#[test]
fn an_appointment_is_made_kept_missed_or_cancelled_once() {
    let cast = Cast::new();
    let case = case_of(&cast, "Назначенная");
    let path = format!("/cases/{case}/appointments");
    let id = Uuid::now_v7();
    let body = json!({"id": id, "service_id": HOTLINE, "starts_at": "2026-11-01T05:00:00Z", "purpose": "A first talk"});
    let made = cast.pedagogue.post(&path, &body).expect(201);
    assert_eq!((&made.body["status"], &made.body["purpose"]), (&json!("planned"), &json!("A first talk")));
    cast.pedagogue.post(&path, &body).expect(200);
    let mut other = body.clone();
    other["purpose"] = json!("Another");
    cast.pedagogue.post(&path, &other).problem(409, "id_taken");
    let one = format!("{path}/{id}");
    cast.pedagogue.patch(&one, 4, &json!({"status": "kept"})).problem(412, "stale_version");
    let errors =
        cast.pedagogue.patch(&one, 1, &json!({"status": "cancelled"})).problem(422, "validation_failed").errors();
    assert_eq!(errors, [("/reason".to_owned(), "required_here".to_owned())]);
    let kept = cast.pedagogue.patch(&one, 1, &json!({"status": "kept", "reason": "Came with the mother"})).expect(200);
    assert_eq!(
        (kept.version(), &kept.body["status"], &kept.body["reason"]),
        (2, &json!("kept"), &json!("Came with the mother"))
    );
    let settled = cast.pedagogue.patch(&one, 2, &json!({"status": "missed"})).problem(409, "domain_rule");
    assert_eq!(settled.body["reason"], "appointment_settled");

    let later = book(&cast.pedagogue, &case, HOTLINE, "2090-01-01T05:00:00Z").expect(201).id();
    let early =
        cast.pedagogue.patch(&format!("{path}/{later}"), 1, &json!({"status": "kept"})).problem(409, "domain_rule");
    assert_eq!(early.body["reason"], "appointment_not_begun");
    cast.pedagogue
        .patch(&format!("{path}/{later}"), 1, &json!({"status": "cancelled", "reason": "The mother is ill"}))
        .expect(200);
    let list = cast.pedagogue.get(&format!("{path}?limit=1")).expect(200);
    assert_eq!(list.body["items"][0]["id"], json!(later), "the latest first");
    let cursor = list.body["next_cursor"].as_str().expect("another page");
    let next = cast.pedagogue.get(&format!("{path}?limit=1&cursor={cursor}")).expect(200);
    assert_eq!((&next.body["items"][0]["id"], &next.body["next_cursor"]), (&json!(id), &Value::Null));
    let timeline = cast.pedagogue.get(&format!("/cases/{case}/timeline")).expect(200);
    assert!(timeline.text.contains("appointment_made") && timeline.text.contains("appointment_settled"));
    assert!(!timeline.text.contains("first talk") && !timeline.text.contains("ill"));
}

#[test]
fn what_a_service_is_not_for_is_refused() {
    let cast = Cast::new();
    let case = case_of(&cast, "Неподходящая");
    let mut new = service(&cast);
    new["age_to"] = json!(5);
    new["valid_to"] = json!("2026-12-31");
    let id = cast.supervisor.post("/services", &new).expect(201).id();
    let refused = book(&cast.pedagogue, &case, &id, "2026-06-01T05:00:00Z").problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "service_not_for_age");
    let refused = book(&cast.pedagogue, &case, &id, "2027-01-01T05:00:00Z").problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "service_not_given_then");
    let body = json!({"service_id": Uuid::now_v7(), "family_member_id": Uuid::now_v7(), "starts_at": "2026-06-01T05:00:00Z", "purpose": "P"});
    let mut errors =
        cast.pedagogue.post(&format!("/cases/{case}/appointments"), &body).problem(422, "validation_failed").errors();
    errors.sort();
    let expected = [("/family_member_id", "unknown_family_member"), ("/service_id", "unknown_service")];
    assert_eq!(errors, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let mut body =
        json!({"service_id": HOTLINE, "starts_at": "2026-06-01T05:00:00Z", "purpose": "P", "section": "medical"});
    let errors =
        cast.pedagogue.post(&format!("/cases/{case}/appointments"), &body).problem(422, "validation_failed").errors();
    assert_eq!(errors, [("/section".to_owned(), "section_not_writable".to_owned())]);
    // Parents are no members of this case's family until they are recorded in it.
    let other = case_of(&cast, "Другая");
    let member =
        cast.pedagogue.post(&format!("/cases/{other}/family"), &json!({"relation": "father"})).expect(201).id();
    body["section"] = json!("general");
    body["family_member_id"] = json!(member);
    let errors =
        cast.pedagogue.post(&format!("/cases/{case}/appointments"), &body).problem(422, "validation_failed").errors();
    assert_eq!(errors, [("/family_member_id".to_owned(), "unknown_family_member".to_owned())]);
}

#[test]
fn a_provider_sees_an_appointment_as_a_participant_only() {
    let cast = Cast::new();
    let case = case_of(&cast, "Скрытная");
    let mut new = service(&cast);
    new["organisation_id"] = json!(cast.organisation("UZ home"));
    let clinic = cast.server.client("administrator.home").post("/services", &new).expect(201).id();
    let path = format!("/cases/{case}/appointments");
    let body = json!({"service_id": clinic, "starts_at": "2026-11-01T05:00:00Z", "purpose": "School matters", "section": "education"});
    let id = cast.pedagogue.post(&path, &body).expect(201).id();
    cast.health.get(&path).problem(404, "not_found");
    cast.health.patch(&format!("{path}/{id}"), 1, &json!({"status": "kept"})).problem(404, "not_found");
    assert_eq!(cast.health.get("/cases").expect(200).body["items"], json!([]), "booking adds nobody");
    let participant = json!({"organisation_id": cast.organisation("UZ home"), "reason": "Provides the service"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &participant).expect(201);
    let seen = cast.health.get(&path).expect(200);
    let item = &seen.body["items"][0];
    assert_eq!((&item["id"], &item["readable"], &item["purpose"]), (&json!(id), &json!(false), &Value::Null));
    let kept =
        cast.health.patch(&format!("{path}/{id}"), 1, &json!({"status": "kept", "reason": "Came alone"})).expect(200);
    assert_eq!(kept.body["reason"], "Came alone", "the author's organisation reads what it wrote");
    cast.stranger.get(&path).problem(404, "not_found");
}

#[test]
fn a_place_is_given_once_however_many_want_it_at_once() {
    let cast = Cast::new();
    let mut new = service(&cast);
    new["capacity"] = json!({"places": 3, "period": "day"});
    let id = cast.supervisor.post("/services", &new).expect(201).id();
    let cases: Vec<String> =
        ["А", "Б", "В", "Г", "Д", "Е", "Ж", "З"].iter().map(|name| case_of(&cast, &format!("Очередь{name}"))).collect();
    let start = Barrier::new(cases.len());
    let replies: Vec<Reply> = thread::scope(|scope| {
        let threads: Vec<_> = cases
            .iter()
            .zip(0..)
            .map(|(case, hour)| {
                let (client, id, start) = (&cast.pedagogue, &id, &start);
                scope.spawn(move || {
                    start.wait();
                    // All in one day of Kazakhstan.
                    book(client, case, id, &format!("2027-01-02T0{hour}:00:00Z"))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    let made: Vec<(usize, &Reply)> = replies.iter().enumerate().filter(|(_, reply)| reply.status == 201).collect();
    assert_eq!(made.len(), 3, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        assert_eq!((reply.status, &reply.body["code"]), (409, &json!("no_capacity")));
    }
    // Another day has places of its own; a cancelled appointment frees one.
    book(&cast.pedagogue, &cases[0], &id, "2027-01-02T19:00:00Z").expect(201);
    book(&cast.pedagogue, &cases[0], &id, "2027-01-02T18:59:59Z").problem(409, "no_capacity");
    let (place, reply) = made[0];
    let path = format!("/cases/{}/appointments/{}", cases[place], reply.id());
    cast.pedagogue.patch(&path, 1, &json!({"status": "cancelled", "reason": "Cannot come"})).expect(200);
    book(&cast.pedagogue, &cases[0], &id, "2027-01-02T18:59:59Z").expect(201);
    book(&cast.pedagogue, &cases[1], &id, "2027-01-02T18:59:59Z").problem(409, "no_capacity");
}
