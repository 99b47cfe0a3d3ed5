//! Several at once, with real threads.

use std::thread;

use serde_json::json;

use super::{answer, at, furnish, month_end, office, part, propose, publish};
use crate::support::Cast;

#[test]
fn of_six_who_propose_one_period_at_once_one_does() {
    let cast = Cast::new();
    let (first, second) = office(&cast);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let tries: Vec<_> = (0..6)
            .map(|number| {
                let client = if number % 2 == 0 { &first } else { &second };
                scope.spawn(|| propose(client, month_end(0)).status)
            })
            .collect();
        tries.into_iter().map(|attempt| attempt.join().expect("a thread")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
    let all = first.get("/statistics/releases").expect(200);
    assert_eq!(all.body["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_objection_that_comes_with_the_publication_comes_before_it_or_not_at_all() {
    let cast = Cast::new();
    furnish(&cast);
    let (first, second) = office(&cast);
    let release = propose(&first, month_end(0)).expect(201).id();
    answer(&cast, &release, 1, &json!({"answer": "confirmed"})).expect(200);
    let objection = json!({"answer": "objected", "comment": "One is missing."});
    let (published, objected) = thread::scope(|scope| {
        let publishing = scope.spawn(|| publish(&second, &release, &json!({})));
        let objecting = scope.spawn(|| answer(&cast, &release, 2, &objection));
        (publishing.join().expect("a thread"), objecting.join().expect("a thread"))
    });
    let found = part(&first, &release);
    match published.status {
        200 => {
            assert_eq!(objected.problem(409, "domain_rule").body["reason"], "release_settled");
            assert_eq!((&found["state"], &found["outcome"]), (&json!("confirmed"), &json!("confirmed")));
        }
        _ => {
            assert_eq!(published.problem(409, "transition_refused").missing(), ["release_objection_open"]);
            assert_eq!((objected.status, &found["state"]), (200, &json!("objected")));
        }
    }
}

#[test]
fn of_two_who_publish_and_withdraw_at_once_one_does() {
    let cast = Cast::new();
    furnish(&cast);
    let (first, second) = office(&cast);
    let release = propose(&first, month_end(0)).expect(201).id();
    answer(&cast, &release, 1, &json!({"answer": "confirmed"})).expect(200);
    let (published, withdrawn) = thread::scope(|scope| {
        let publishing = scope.spawn(|| publish(&second, &release, &json!({})));
        let path = format!("{}/withdraw", at(&release));
        let client = &first;
        let withdrawing = scope.spawn(move || client.change(&path, 1, &json!({"reason": "Too early"})));
        (publishing.join().expect("a thread"), withdrawing.join().expect("a thread"))
    });
    let statuses = [published.status, withdrawn.status];
    assert!(statuses == [200, 412] || statuses == [412, 200], "{statuses:?}");
}
