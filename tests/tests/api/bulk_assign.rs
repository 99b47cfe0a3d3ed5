//! `POST /cases/bulk-assign`: each case fares by itself.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::support::{Cast, open_case, register_child};

fn outcomes(body: &Value) -> Vec<String> {
    let results = body["results"].as_array().expect("results").iter();
    results
        .map(|result| match result["code"].as_str() {
            Some(code) => format!("{} {code}", result["outcome"].as_str().expect("an outcome")),
            None => result["outcome"].as_str().expect("an outcome").to_owned(),
        })
        .collect()
}

#[test]
fn one_failure_hides_none_of_the_others() {
    let cast = Cast::new();
    let user = |name: &str| cast.server.world.person(name).user.to_string();
    let open = |name: &str| open_case(&cast.pedagogue, &cast.child(name), "low").id();
    let (good, stale, closed, odd) = (open("Первая"), open("Вторая"), open("Третья"), open("Четвёртая"));
    cast.pedagogue.patch(&format!("/cases/{stale}"), 1, &json!({"title": "Changed"})).expect(200);
    let twin = {
        let child = cast.pedagogue.get(&format!("/cases/{closed}")).expect(200).body["child_id"].clone();
        open_case(&cast.pedagogue, child.as_str().expect("a child"), "low").id()
    };
    let merged = json!({"into": twin, "reason": "Opened twice."});
    cast.pedagogue.change(&format!("/cases/{closed}/merge"), 1, &merged).expect(200);
    let foreign = open_case(&cast.stranger, &register_child(&cast.stranger, "Пятая"), "low").id();
    // A case of the other school in which this school takes part: seen, but not led.
    let guest = open_case(&cast.stranger, &register_child(&cast.stranger, "Шестая"), "low").id();
    let join = json!({"organisation_id": cast.organisation("school home"), "reason": "Knows the family"});
    cast.stranger.post(&format!("/cases/{guest}/participants"), &join).expect(201);
    let body = json!({
        "items": [
            {"case_id": stale, "version": 1},
            {"case_id": good, "version": 1},
            {"case_id": foreign, "version": 1},
            {"case_id": guest, "version": 1},
            {"case_id": closed, "version": 2},
            {"case_id": odd, "version": 1, "manager_id": user("social_pedagogue.abroad")},
            {"case_id": twin, "version": 2, "manager_id": user("psychologist.home")},
            {"case_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "version": 1},
        ],
        "manager_id": user("pedagogue.second.home"), "reason": "The colleague went on leave.",
    });
    let headers = [("Idempotency-Key", "leave-1")];
    let reply = cast.pedagogue.post_with("/cases/bulk-assign", &headers, &body).expect(200);
    assert_eq!(
        outcomes(&reply.body),
        [
            "stale",
            "done",
            "not_found",
            "forbidden",
            "domain_rule wrong_stage",
            "domain_rule manager_not_eligible",
            "done",
            "not_found"
        ]
    );
    assert_eq!((&reply.body["done"], &reply.body["results"][0]["version"]), (&json!(2), &json!(2)));
    let manager = |case: &str| cast.pedagogue.get(&format!("/cases/{case}")).expect(200).body["manager_id"].clone();
    assert_eq!(manager(&good), user("pedagogue.second.home").as_str());
    assert_eq!(manager(&twin), user("psychologist.home").as_str());
    for case in [&stale, &odd] {
        assert_eq!(manager(case), user("social_pedagogue.home").as_str(), "unchanged");
    }
    // Events and notes of what was refused are not there; of what was done they are.
    let events = |case: &str| cast.pedagogue.get(&format!("/cases/{case}/timeline?limit=200")).expect(200).text;
    assert!(events(&good).contains("manager_assigned") && !events(&odd).contains("manager_assigned"));
    assert!(cast.pedagogue.get(&format!("/cases/{good}/notes")).expect(200).text.contains("went on leave"));
    // A repeat with the key is the first answer; every change and every refusal is in the log.
    let again = cast.pedagogue.post_with("/cases/bulk-assign", &headers, &body).expect(200);
    assert_eq!((again.header("idempotency-replayed"), &again.text), (Some("true"), &reply.text));
    let log = cast.server.client("auditor.home").get("/audit/events?limit=200").expect(200);
    let log = log.body["items"].as_array().expect("events");
    let audited = |outcome: &str| {
        log.iter()
            .filter(|event| {
                event["action"] == "case_assign"
                    && event["outcome"] == outcome
                    && event["resource_id"] == event["case_id"]
            })
            .count()
    };
    assert_eq!((audited("done"), audited("refused")), (2, 6));
}

#[test]
fn what_is_wrong_with_the_request_changes_nothing() {
    let cast = Cast::new();
    let case = cast.case().id();
    let refused =
        |body: Value| cast.pedagogue.post("/cases/bulk-assign", &body).problem(422, "validation_failed").errors();
    assert_eq!(refused(json!({"items": [], "reason": "Because"})), [("/items".to_owned(), "too_few_items".to_owned())]);
    let item = json!({"case_id": case, "version": 1});
    let errors = refused(json!({"items": [item, item], "reason": "Because"}));
    let errors: Vec<String> = errors.into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect();
    assert_eq!(
        errors,
        ["/items/0/manager_id required_here", "/items/1/case_id repeated_item", "/items/1/manager_id required_here"]
    );
    let many: Vec<Value> = (0..101).map(|n| json!({"case_id": uuid::Uuid::from_u128(n), "version": 1})).collect();
    let user = cast.server.world.person("pedagogue.second.home").user;
    let errors = refused(json!({"items": many, "manager_id": user, "reason": "Because"}));
    assert_eq!(errors, [("/items".to_owned(), "too_many_items".to_owned())]);
    let body = json!({"items": [item], "manager_id": user, "reason": "Because"});
    cast.statistician.post("/cases/bulk-assign", &body).problem(403, "forbidden");
    cast.health.post("/cases/bulk-assign", &body).problem(403, "forbidden");
}

#[test]
fn two_at_once_assign_each_case_once() {
    let cast = Cast::new();
    let letters = ["а", "б", "в", "г", "д", "е", "ж", "и"];
    let cases: Vec<String> = letters
        .iter()
        .map(|letter| open_case(&cast.pedagogue, &cast.child(&format!("Общая{letter}")), "low").id())
        .collect();
    let start = Barrier::new(2);
    let replies: Vec<Value> = thread::scope(|scope| {
        let threads: Vec<_> = ["pedagogue.second.home", "psychologist.home"]
            .iter()
            .enumerate()
            .map(|(turn, name)| {
                let mut items: Vec<Value> = cases.iter().map(|case| json!({"case_id": case, "version": 1})).collect();
                if turn == 1 {
                    items.reverse();
                }
                let user = cast.server.world.person(name).user.to_string();
                let (client, start) = (&cast.pedagogue, &start);
                scope.spawn(move || {
                    start.wait();
                    let body = json!({"items": items, "manager_id": user, "reason": "Because"});
                    client.post("/cases/bulk-assign", &body).expect(200).body
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    let done: i64 = replies.iter().filter_map(|reply| reply["done"].as_i64()).sum();
    assert_eq!(done, 8, "{replies:?}");
    for reply in &replies {
        assert!(outcomes(reply).iter().all(|outcome| outcome == "done" || outcome == "stale"), "{reply}");
    }
    for case in &cases {
        assert_eq!(cast.version(case), 2);
    }
}
