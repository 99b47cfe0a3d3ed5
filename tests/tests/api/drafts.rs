//! What was written offline arrives with the id that the device chose, perhaps more than once.

use std::sync::Barrier;
use std::thread;

use chrono::{TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::support::Cast;

#[test]
fn a_note_written_offline_arrives_once_however_often_it_is_sent() {
    let cast = Cast::new();
    let path = format!("/cases/{}/notes", cast.case().id());
    let (id, written_at) = (Uuid::now_v7().to_string(), Utc::now() - TimeDelta::hours(30));
    let note = json!({"id": id, "section": "general", "text": "At the river.", "written_at": written_at});
    let first = cast.pedagogue.post(&path, &note).expect(201);
    assert_eq!(first.id(), id);
    let at = |name: &str| -> chrono::DateTime<Utc> {
        first.body[name].as_str().expect("a time").parse().expect("a time of RFC 3339")
    };
    assert!((at("written_at") - written_at).abs() < TimeDelta::milliseconds(1));
    assert!(Utc::now() - at("created_at") < TimeDelta::minutes(1), "when it came is the server's to say");
    let again = cast.pedagogue.post(&path, &note).expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(cast.pedagogue.get(&path).expect(200).body["items"].as_array().map(Vec::len), Some(1));

    // Other content, another author, another case.
    for (field, value) in [("text", json!("Elsewhere.")), ("section", json!("education")), ("written_at", json!(null))]
    {
        let mut other = note.clone();
        other[field] = value;
        cast.pedagogue.post(&path, &other).problem(409, "id_taken");
    }
    cast.server.client("pedagogue.second.home").post(&path, &note).problem(409, "id_taken");
    let elsewhere = format!("/cases/{}/notes", cast.case_of("Иная").id());
    cast.pedagogue.post(&elsewhere, &note).problem(409, "id_taken");
    cast.stranger.post(&path, &note).problem(404, "not_found");
}

#[test]
fn one_note_sent_eight_times_at_once_is_one_note() {
    let cast = Cast::new();
    let path = format!("/cases/{}/notes", cast.case().id());
    let note = json!({"id": Uuid::now_v7(), "section": "general", "text": "Once."});
    let start = Barrier::new(8);
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (client, path, note, start) = (&cast.pedagogue, &path, &note, &start);
                scope.spawn(move || {
                    start.wait();
                    client.post(path, note).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
}

#[test]
fn ids_and_times_of_drafts_are_checked_all_at_once() {
    let cast = Cast::new();
    let path = format!("/cases/{}/notes", cast.case().id());
    let send = |id: &str, written_at: chrono::DateTime<Utc>| {
        let note = json!({"id": id, "section": "general", "text": "T", "written_at": written_at});
        cast.pedagogue.post(&path, &note).problem(422, "validation_failed").errors()
    };
    let error = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let four = Uuid::from_u128(0x0190_a6f8_5b1c_4c3e_9f00_1234_5678_90ab).to_string();
    let hour = TimeDelta::hours(1);
    assert_eq!(send(&four, Utc::now() + hour), [error("/id", "id_not_v7"), error("/written_at", "time_future")]);
    let long_ago = Utc::now() - TimeDelta::days(91);
    assert_eq!(send(&Uuid::now_v7().to_string(), long_ago), [error("/written_at", "time_too_old")]);
}

#[test]
fn a_review_written_offline_arrives_once() {
    let cast = Cast::new();
    let case = cast.case().id();
    let (health, _) = cast.implement(&case);
    let task = format!("/tasks/{}/complete", health["id"].as_str().expect("a task"));
    cast.health.change(&task, 1, &json!({"result": "Done."})).expect(200);
    cast.act(&cast.pedagogue, &case, json!({"action": "start_review"})).expect(200);
    let path = format!("/cases/{case}/reviews");
    let review =
        json!({"id": Uuid::now_v7(), "conclusion": "continue", "summary": "Better.", "written_at": Utc::now()});
    let first = cast.pedagogue.post(&path, &review).expect(201);
    let again = cast.pedagogue.post(&path, &review).expect(200);
    assert_eq!(first.body, again.body);
    let mut other = review.clone();
    other["conclusion"] = json!("replan");
    cast.pedagogue.post(&path, &other).problem(409, "id_taken");
    // The case went on since; what had arrived has arrived.
    cast.act(&cast.pedagogue, &case, json!({"action": "continue"})).expect(200);
    let _ = cast.pedagogue.post(&path, &review).expect(200);
    let mut new = review;
    new["id"] = json!(Uuid::now_v7());
    cast.pedagogue.post(&path, &new).problem(409, "domain_rule");
}
