//! Two at once: nothing is lost, nothing is doubled.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use crate::support::Cast;

#[test]
fn of_two_changes_of_one_version_one_wins() {
    let cast = Cast::new();
    for round in 0..5 {
        let case = cast.child(&format!("Гонка{}", ["а", "б", "в", "г", "д"][round]));
        let case = crate::support::open_case(&cast.pedagogue, &case, "low").id();
        let start = Barrier::new(2);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let change = |body: serde_json::Value| {
                let (client, start, case) = (&cast.pedagogue, &start, &case);
                scope.spawn(move || {
                    start.wait();
                    client.change(&format!("/cases/{case}/transitions"), 1, &body).status
                })
            };
            let both = [change(json!({"action": "start_assessment"})), change(json!({"action": "start_assessment"}))];
            both.into_iter().map(|thread| thread.join().expect("a client")).collect()
        });
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [200, 412], "round {round}");
    }
}

#[test]
fn the_same_post_from_eight_threads_is_one_case() {
    let cast = Cast::new();
    let child = cast.child("Повторова");
    let body = json!({"child_id": child, "title": "Once", "description": "Only once.", "risk_level": "low"});
    let start = Barrier::new(8);
    let replies: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (client, body, start) = (&cast.pedagogue, &body, &start);
                scope.spawn(move || {
                    start.wait();
                    loop {
                        let reply = client.post_with("/cases", &[("Idempotency-Key", "tour-1")], body);
                        if reply.status != 409 {
                            return reply.expect(201);
                        }
                        // Still running: what the answer says is to try again.
                        assert_eq!(reply.header("retry-after"), Some("1"));
                        let _ = reply.problem(409, "idempotency_in_progress");
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    let first = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none()).count();
    assert_eq!(first, 1, "exactly one answer is the first");
    assert!(replies.iter().all(|reply| reply.text == replies[0].text));
    assert_eq!(cast.pedagogue.get("/cases").expect(200).body["items"].as_array().map(Vec::len), Some(1));

    let other = json!({"child_id": child, "title": "Another", "description": "Only once.", "risk_level": "low"});
    cast.pedagogue.post_with("/cases", &[("Idempotency-Key", "tour-1")], &other).problem(422, "idempotency_key_reused");
    // Another user's key of the same name is another key.
    let own = crate::support::register_child(&cast.stranger, "Чужая");
    let body = json!({"child_id": own, "title": "Mine", "description": "D", "risk_level": "low"});
    let reply = cast.stranger.post_with("/cases", &[("Idempotency-Key", "tour-1")], &body).expect(201);
    assert!(reply.header("idempotency-replayed").is_none());
}

#[test]
fn one_child_registered_by_eight_at_once_is_one_record() {
    let cast = Cast::new();
    let child = json!({"last_name": "Спешная", "first_name": "Алия", "birth_date": "2014-05-17", "sex": "female",
        "territory": "351000000"});
    let start = Barrier::new(8);
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (client, child, start) = (&cast.pedagogue, &child, &start);
                scope.spawn(move || {
                    start.wait();
                    client.post("/children", child).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409], "the others are shown the first");
}

#[test]
fn tasks_of_one_case_are_finished_side_by_side() {
    let cast = Cast::new();
    let case = cast.case().id();
    let (health, police) = cast.implement(&case);
    let before = cast.version(&case);
    let start = Barrier::new(2);
    thread::scope(|scope| {
        for (client, task) in [(&cast.health, &health), (&cast.police, &police)] {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                let path = format!("/tasks/{}/complete", task["id"].as_str().expect("an id"));
                let _ = client.change(&path, 1, &json!({"result": "Done."})).expect(200);
            });
        }
    });
    assert_eq!(cast.version(&case), before, "the work of others does not make the lead's version stale");
}
