//! `/children`: search before create, masked beyond one's reach, corrected at the version that was read.

use std::sync::Barrier;
use std::thread;

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, open_case};

/// A number of nobody: births of 2060.
const IIN: &str = "600115500013";
const OTHER_IIN: &str = "600115500083";

fn child(last: &str, first: &str, birth: &str) -> Value {
    json!({"last_name": last, "first_name": first, "birth_date": birth, "sex": "male", "territory": "351000000"})
}

/// The same with more members.
fn with(mut body: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("an object") };
    body.as_object_mut().expect("an object").extend(more);
    body
}

fn create(client: &Client, body: &Value) -> Reply {
    client.post("/children", body)
}

/// Whether an answer shows the record masked, and nothing of the name, the number or the birthday.
#[track_caller]
fn masked(reply: &Reply, candidate: &Value, secrets: &[&str]) {
    assert_eq!(candidate["child"]["masked"], true, "{}", reply.text);
    let members: Vec<&String> = candidate["child"].as_object().expect("a child").keys().collect();
    assert_eq!(members, ["birth_year", "id", "initials", "masked", "territory"]);
    for secret in secrets {
        assert!(!reply.text.contains(secret), "{secret} stands in {}", reply.text);
    }
}

#[test]
fn a_child_is_looked_for_before_it_is_added() {
    let cast = Cast::new();
    let first = with(child("Әлімов", "Қайрат", "2014-05-10"), json!({"patronymic": "Серікұлы"}));
    let id = create(&cast.pedagogue, &first).expect(201).id();
    // In Russian spelling, in another order, without the patronymic, in capital letters: the same name.
    let spellings = [
        with(child("Алимов", "Кайрат", "2014-05-10"), json!({"patronymic": "Серикович"})),
        child("Кайрат", "Алимов", "2014-05-10"),
        child("АЛИМОВ", "кайрат", "2014-05-10"),
        with(child("Алимова", "Қайрат", "2014-05-10"), json!({"patronymic": "Серик-улы"})),
    ];
    for body in &spellings {
        let reply = create(&cast.pedagogue, body).problem(409, "possible_duplicates");
        let candidates = reply.body["candidates"].as_array().expect("candidates");
        assert_eq!(candidates.len(), 1, "{}", reply.text);
        // The own school reads its own record.
        assert_eq!(
            (&candidates[0]["child"]["id"], &candidates[0]["child"]["last_name"]),
            (&json!(id), &json!("Әлімов"))
        );
        assert!(candidates[0]["score"].as_f64().is_some_and(|score| score > 0.9), "{}", reply.text);

        let reply = create(&cast.stranger, body).problem(409, "possible_duplicates");
        let candidate = reply.body["candidates"][0].clone();
        masked(&reply, &candidate, &["лімов", "айрат", "Серік", "2014-05-10"]);
        assert_eq!(
            (&candidate["child"]["initials"], &candidate["child"]["birth_year"]),
            (&json!("Ә. Қ."), &json!(2014))
        );
        assert_eq!(candidate["child"]["id"], id.as_str());
    }
    // Another name is another child.
    create(&cast.pedagogue, &child("Оспанов", "Тимур", "2014-05-10")).expect(201);

    let confirmed = with(spellings[0].clone(), json!({"confirm_new": true}));
    let new = create(&cast.stranger, &confirmed).expect(201);
    assert_ne!(new.id(), id);
    assert_eq!(new.header("location"), Some(format!("/api/v1/children/{}", new.id()).as_str()));
    let reply = create(&cast.pedagogue, &spellings[0]).problem(409, "possible_duplicates");
    assert_eq!(reply.body["candidates"].as_array().map(Vec::len), Some(2));
    let refused = with(spellings[0].clone(), json!({"confirm_new": false}));
    let _ = create(&cast.pedagogue, &refused).problem(409, "possible_duplicates");
}

#[test]
fn a_number_belongs_to_one_child() {
    let cast = Cast::new();
    let numbered = with(child("Нөмірлі", "Бала", "2014-01-15"), json!({"iin": IIN, "sex": "female"}));
    let first = create(&cast.pedagogue, &numbered).expect(201);
    // Papers are sometimes wrong: what disagrees with the number is warned of, not refused.
    let warnings: Vec<&str> = first.body["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .filter_map(|warning| warning["code"].as_str())
        .collect();
    assert_eq!(warnings, ["iin_birth_date_differs", "iin_sex_differs"]);
    assert_eq!(first.body["iin"], IIN);

    let other = with(child("Басқа", "Адам", "2012-02-02"), json!({"iin": IIN, "confirm_new": true}));
    let reply = create(&cast.pedagogue, &other).problem(409, "iin_taken");
    assert_eq!(
        (&reply.body["candidates"][0]["score"], &reply.body["candidates"][0]["child"]["id"]),
        (&json!(1.0), &json!(first.id()))
    );
    let reply = create(&cast.stranger, &other).problem(409, "iin_taken");
    let candidate = reply.body["candidates"][0].clone();
    masked(&reply, &candidate, &["Нөмірлі", IIN, "2014-01-15", "Басқа"]);

    let second = create(&cast.pedagogue, &child("Басқа", "Адам", "2012-02-02")).expect(201);
    let path = format!("/children/{}", second.id());
    let _ = cast.pedagogue.patch(&path, 1, &json!({"iin": IIN})).problem(409, "iin_taken");
    let changed = cast.pedagogue.patch(&path, 1, &json!({"iin": OTHER_IIN})).expect(200);
    assert_eq!((&changed.body["iin"], changed.version()), (&json!(OTHER_IIN), 2));
    // A number that is given up is free, and one's own is no conflict.
    let _ = cast.pedagogue.patch(&path, 2, &json!({"iin": OTHER_IIN})).expect(200);
    cast.pedagogue.patch(&format!("/children/{}", first.id()), 1, &json!({"iin": null})).expect(200);
    cast.pedagogue.patch(&path, 3, &json!({"iin": IIN})).expect(200);
}

#[test]
fn of_many_at_once_one_gets_the_number() {
    let cast = Cast::new();
    let start = Barrier::new(6);
    let replies: Vec<Reply> = thread::scope(|scope| {
        let names = ["Бірінші", "Екінші", "Үшінші", "Төртінші", "Бесінші", "Алтыншы"];
        let threads: Vec<_> = names
            .into_iter()
            .map(|name| {
                let (client, start) = (&cast.pedagogue, &start);
                scope.spawn(move || {
                    let body = with(child(name, "Бала", "2014-01-15"), json!({"iin": IIN}));
                    start.wait();
                    create(client, &body)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    let made: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(made.len(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        let reply = reply.clone().problem(409, "iin_taken");
        assert_eq!(reply.body["candidates"][0]["child"]["id"], made[0].id().as_str(), "{}", reply.text);
    }
}

#[test]
fn the_same_client_chosen_id_is_the_same_child() {
    let cast = Cast::new();
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    let body = with(child("Қайталанған", "Бала", "2014-01-15"), json!({"id": id, "iin": IIN}));
    let start = Barrier::new(5);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..5)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    create(&cast.pedagogue, &body).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    let mut sorted = statuses.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [200, 200, 200, 200, 201], "{statuses:?}");
    assert_eq!(create(&cast.pedagogue, &body).expect(200).id(), id);
    let changed = with(body.clone(), json!({"first_name": "Басқа"}));
    let _ = create(&cast.pedagogue, &changed).problem(409, "id_taken");
    // Who may not see the record learns only that the id cannot be used.
    let foreign = with(child("Чужая", "Дана", "2014-01-15"), json!({"id": id}));
    let taken = create(&cast.stranger, &foreign).problem(409, "id_taken");
    assert!(!taken.text.contains("Қайталанған"));
}

#[test]
fn a_record_is_corrected_at_the_version_that_was_read() {
    let cast = Cast::new();
    let body = with(child("Дұрысталатын", "Бала", "2014-01-15"), json!({"patronymic": "Серікұлы"}));
    let id = create(&cast.pedagogue, &body).expect(201).id();
    let path = format!("/children/{id}");
    let read = cast.pedagogue.get(&path).expect(200);
    assert_eq!((read.header("etag"), read.body["version"].as_i64()), (Some("\"1\""), Some(1)));
    assert_eq!(read.header("cache-control"), Some("no-store"));
    let changed = cast.pedagogue.patch(&path, 1, &json!({"first_name": "Жаңа"})).expect(200);
    for (member, value) in [
        ("last_name", "Дұрысталатын"),
        ("first_name", "Жаңа"),
        ("patronymic", "Серікұлы"),
        ("birth_date", "2014-01-15"),
    ] {
        assert_eq!(changed.body[member], value, "only what is given changes");
    }
    let stale = cast.pedagogue.patch(&path, 1, &json!({"first_name": "Ескі"})).problem(412, "stale_version");
    assert_eq!(stale.body["current_version"], 2);
    let bare = cast.pedagogue.patch(&path, 2, &json!({"patronymic": null})).expect(200);
    assert_eq!(bare.body["patronymic"], Value::Null);
    let future = cast.pedagogue.patch(&path, 3, &json!({"birth_date": "2090-01-01"})).problem(422, "validation_failed");
    assert_eq!(future.errors(), [("/birth_date".to_owned(), "birth_date_future".to_owned())]);
    // The new name is found, and the old one still is.
    let find = |query: &str| cast.pedagogue.post("/children/search", &json!({"query": query})).expect(200);
    assert!(find("Дурысталатын Жана").text.contains(&id));
    assert!(find("Дұрысталатын Бала").text.contains(&id));
    assert!(!find("Дұрысталатын Ержан").text.contains(&id));
    // A clinic that works on the case reads it and does not correct it; a stranger has never heard of it.
    let case = open_case(&cast.pedagogue, &id, "low").id();
    let clinic = json!({"organisation_id": cast.organisation("UZ home"), "reason": "Examination"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &clinic).expect(201);
    assert_eq!(cast.health.get(&path).expect(200).body["allowed_actions"], json!([]));
    let _ = cast.health.patch(&path, 3, &json!({"first_name": "Бөтен"})).problem(403, "forbidden");
    let _ = cast.stranger.patch(&path, 3, &json!({"first_name": "Бөтен"})).problem(404, "not_found");
}

#[test]
fn a_child_that_changes_school_goes_out_of_sight() {
    let cast = Cast::new();
    let id = create(&cast.stranger, &child("Көшкен", "Бала", "2014-01-15")).expect(201).id();
    let path = format!("/children/{id}");
    let to_home = json!({"organisation_id": cast.organisation("school home")});
    let moved = cast.stranger.patch(&path, 1, &to_home).expect(200);
    assert_eq!(moved.version(), 2);
    assert_eq!(cast.pedagogue.get(&path).expect(200).body["organisation_id"], to_home["organisation_id"]);
    // The school that registered it still stands in the record.
    let registrar = cast.stranger.get(&path).expect(200);
    assert_eq!(registrar.body["registered_by"], cast.organisation("school abroad").as_str());
    let gone = json!({"organisation_id": cast.organisation("school abroad")});
    cast.pedagogue.patch(&path, 2, &gone).expect(200);
    let _ = cast.pedagogue.get(&path).problem(404, "not_found");
    let nowhere = json!({"organisation_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab"});
    let refused = cast.stranger.patch(&path, 3, &nowhere).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/organisation_id".to_owned(), "unknown_organisation".to_owned())]);
}

#[test]
fn a_search_is_narrow_masked_and_leaves_a_trace() {
    let cast = Cast::new();
    let body = with(child("Ізделген", "Бала", "2014-01-15"), json!({"patronymic": "Серікұлы", "iin": IIN}));
    let id = create(&cast.pedagogue, &body).expect(201).id();
    let search = |client: &Client, body: Value| client.post("/children/search", &body).expect(200);
    for body in [
        json!({"query": "Изделген Бала"}),
        json!({"query": "бала ізделген"}),
        json!({"query": "Изделген Сериковна"}),
        json!({"query": "Изделген", "birth_date": "2014-01-15"}),
        json!({"iin": IIN}),
    ] {
        let own = search(&cast.pedagogue, body.clone());
        assert_eq!(own.body["items"][0]["child"]["last_name"], "Ізделген", "{body}: {}", own.text);
        let foreign = search(&cast.stranger, body.clone());
        let item = foreign.body["items"][0].clone();
        masked(&foreign, &item, &["Ізделген", "Бала", "Серік", IIN, "2014-01-15"]);
        assert_eq!(item["child"]["id"], id.as_str());
    }
    for body in [
        json!({"query": "Изделген Кто-то"}),
        json!({"query": "Изделген", "birth_date": "2014-01-16"}),
        json!({"iin": OTHER_IIN}),
        json!({"iin": OTHER_IIN, "query": "Изделген"}),
    ] {
        assert_eq!(search(&cast.stranger, body.clone()).body["items"], json!([]), "{body}");
    }
    let _ =
        cast.stranger.post("/children/search", &json!({"birth_date": "2014-01-15"})).problem(422, "validation_failed");
    let log = cast.server.client("auditor.home").get("/audit/events?limit=200").expect(200);
    let stranger = cast.server.world.person("social_pedagogue.abroad").user.to_string();
    let events = log.body["items"].as_array().expect("events");
    let traced = events.iter().any(|event| {
        event["action"] == "child_search" && event.to_string().contains(&stranger) && event.to_string().contains(&id)
    });
    assert!(traced, "who looked at whom: {}", log.text);
    for personal in ["Ізделген", "Изделген", IIN, "Серік"] {
        assert!(!log.text.contains(personal), "{personal} stands in the audit log");
    }
}
