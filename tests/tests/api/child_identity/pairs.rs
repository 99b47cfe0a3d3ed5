//! Facts that are one event and speak of two records of a child: whether these are one child is asked of both sides.

use std::thread;

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, lists};

/// Numbers of nobody: births of 2060 and 2072.
const IINS: [&str; 2] = ["600115500013", "720908501235"];

/// Two facts of one event that two schools reported, each of a child as it knows it, decided to be one; the record of
/// either child, and the review of both records.
struct Asked {
    cast: Cast,
    abroad: Client,
    one: String,
    other: String,
    match_review: String,
    review: String,
}

fn filed(client: &Client, day: &str, child: (&str, Value)) -> Reply {
    let mut report = json!({"kind": "violence", "main_form": "physical", "occurred_on": day, "role": "victim",
        "place": {"territory": "351000000", "setting": "home"}, "description": "Beaten at home."});
    report[child.0] = child.1;
    client.post("/register/reports", &report).expect(201)
}

/// A child as a school knows it that does not find its record for certain.
fn spelled(birth: &str) -> (&'static str, Value) {
    let child = json!({"last_name": "Сериков", "first_name": "Арман", "birth_date": birth, "sex": "male",
        "territory": "351000000"});
    ("child", child)
}

fn child_of(reply: &Reply) -> String {
    reply.body["report"]["child_id"].as_str().expect("a child").to_owned()
}

fn asked() -> Asked {
    let cast = Cast::new();
    let abroad = cast.server.client("supervisor.abroad");
    let first = filed(&cast.pedagogue, "2026-02-10", spelled("2013-08-21"));
    let second = filed(&cast.stranger, "2026-02-10", spelled("2014-01-02"));
    assert_eq!(second.body["match"]["outcome"], "review", "{}", second.text);
    let open = cast.supervisor.get("/register/match-reviews?status=open").expect(200);
    let match_review = open.body["items"][0]["id"].as_str().expect("a review").to_owned();
    assert_eq!(open.body["items"][0]["same_child"], false);
    assert_eq!(open.body["items"][0]["children_review"], Value::Null);
    let same = json!({"decision": "same", "reason": "Both schools speak of one event"});
    let path = format!("/register/match-reviews/{match_review}");
    let decided = cast.supervisor.change(&format!("{path}/decide"), 1, &same).expect(200);
    // The answer says that it was asked; the records are two as before.
    assert_eq!(decided.body["children_review"]["status"], "open", "{}", decided.text);
    let review = decided.body["children_review"]["id"].as_str().expect("a review").to_owned();
    Asked { one: child_of(&first), other: child_of(&second), cast, abroad, match_review, review }
}

fn decide(client: &Client, review: &str, version: i64, decision: &str) -> Reply {
    let body = json!({"decision": decision, "reason": format!("We hold them for {decision}.")});
    client.change(&format!("/children/match-reviews/{review}/decide"), version, &body)
}

#[test]
fn records_are_merged_when_both_sides_say_so_and_not_before() {
    let it = asked();
    let Asked { cast, abroad, one, other, review, .. } = &it;
    let path = format!("/children/match-reviews/{review}");
    for client in [&cast.supervisor, abroad] {
        assert!(lists(&client.get("/children/match-reviews?status=open").expect(200), review));
        assert!(!lists(&client.get("/children/match-reviews?status=same").expect(200), review));
    }
    let _ = cast.pedagogue.get("/children/match-reviews").problem(403, "forbidden");
    let _ = cast.pedagogue.get(&path).problem(403, "forbidden");
    let _ = cast.police.get(&path).problem(404, "not_found");
    let _ = cast
        .server
        .client("supervisor.office.abroad")
        .get("/children/match-reviews/0190a6f8-5b1c-7c3e-9f00-1234567890ab")
        .problem(404, "not_found");

    // Each side reads its own record, and the other as a search would show it.
    let read = cast.supervisor.get(&path).expect(200);
    let sides = |reply: &Reply| ["one", "other"].map(|side| reply.body[side].clone());
    let [own, beside] = sides(&read);
    assert_eq!((&own["id"], &own["yours"], &own["confirmed"]), (&json!(one), &json!(true), &json!(false)));
    assert_eq!((&beside["id"], &beside["yours"]), (&Value::Null, &json!(false)));
    let likeness = &read.body["likeness"];
    assert_eq!((&likeness["child"]["masked"], &likeness["child"]["initials"]), (&json!(true), &json!("С. А.")));
    assert!(!read.text.contains("Сериков") && !read.text.contains("2014-01-02"), "{}", read.text);

    let _ = cast
        .supervisor
        .change(&format!("{path}/decide"), 7, &json!({"decision": "same", "reason": "One child"}))
        .problem(412, "stale_version");
    let first = decide(&cast.supervisor, review, 1, "same").expect(200);
    assert_eq!((&first.body["status"], first.version()), (&json!("open"), 2));
    assert_eq!(sides(&first).map(|side| side["confirmed"].clone()), [json!(true), json!(false)]);
    let again = decide(&cast.supervisor, review, 2, "same").problem(409, "domain_rule");
    assert_eq!(again.body["reason"], "child_match_review_said");
    assert_eq!(cast.pedagogue.get(&format!("/children/{one}")).expect(200).body["records"], json!([one]));
    let _ = cast.pedagogue.get(&format!("/children/{other}")).problem(404, "not_found");

    let second = decide(abroad, review, 2, "same").expect(200);
    assert_eq!((&second.body["status"], &second.body["likeness"]), (&json!("same"), &Value::Null));
    let merged = cast.stranger.get(&format!("/children/{other}")).expect(200);
    assert_eq!(merged.body["merged_into"], one.as_str());
    cast.pedagogue.get(&format!("/children/{other}")).expect(200);
    let read = cast.supervisor.get(&format!("/register/match-reviews/{}", it.match_review)).expect(200);
    assert_eq!((&read.body["same_child"], &read.body["children_review"]["status"]), (&json!(true), &json!("same")));
    let late = decide(abroad, review, 3, "different").problem(409, "domain_rule");
    assert_eq!(late.body["reason"], "child_match_review_decided");
    // A merge like any other: it is taken back in the same way.
    let apart = json!({"reason": "Two cousins after all."});
    cast.supervisor.change(&format!("/children/{other}/unmerge"), merged.version(), &apart).expect(200);
    let _ = cast.pedagogue.get(&format!("/children/{other}")).problem(404, "not_found");
}

#[test]
fn two_children_are_not_asked_about_twice() {
    let it = asked();
    let Asked { cast, abroad, one, other, review, .. } = &it;
    let closed = decide(abroad, review, 1, "different").expect(200);
    assert_eq!((&closed.body["status"], closed.version()), (&json!("different"), 2));
    assert_eq!(
        decide(&cast.supervisor, review, 2, "same").problem(409, "domain_rule").body["reason"],
        "child_match_review_decided"
    );
    // Another event of the same records.
    let _ = filed(&cast.pedagogue, "2026-05-10", ("child_id", json!(one)));
    let second = filed(&cast.stranger, "2026-05-10", ("child_id", json!(other)));
    assert_eq!(second.body["match"]["outcome"], "review", "{}", second.text);
    let open = cast.supervisor.get("/register/match-reviews?status=open").expect(200);
    let again = open.body["items"][0]["id"].as_str().expect("a review").to_owned();
    let same = json!({"decision": "same", "reason": "One event again"});
    let decided = cast.supervisor.change(&format!("/register/match-reviews/{again}/decide"), 1, &same).expect(200);
    assert_eq!(decided.body["children_review"], json!({"id": review, "status": "different"}));
    assert_eq!(cast.pedagogue.get(&format!("/children/{one}")).expect(200).body["records"], json!([one]));
}

#[test]
fn two_numbers_are_two_children() {
    let it = asked();
    for (client, child, iin) in [(&it.cast.pedagogue, &it.one, IINS[0]), (&it.cast.stranger, &it.other, IINS[1])] {
        client.patch(&format!("/children/{child}"), 1, &json!({"iin": iin})).expect(200);
    }
    let refused = decide(&it.cast.supervisor, &it.review, 1, "same").problem(409, "domain_rule");
    assert_eq!(refused.body["rules"], json!(["child_iins_differ"]));
    assert_eq!(it.cast.supervisor.get(&format!("/children/match-reviews/{}", it.review)).expect(200).version(), 1);
}

/// Both sides at one instant: one of them hears that the other was first, and the records are merged once, by nobody alone.
#[test]
fn both_sides_at_one_instant() {
    let it = asked();
    let mut answers: Vec<u16> = thread::scope(|scope| {
        let both = [&it.cast.supervisor, &it.abroad].map(|client| {
            let review = &it.review;
            scope.spawn(move || decide(client, review, 1, "same").status)
        });
        both.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    let present = it.cast.supervisor.get(&format!("/children/match-reviews/{}", it.review)).expect(200);
    assert_eq!((&present.body["status"], present.version()), (&json!("open"), 2));
    let confirmed = |side: &str| present.body[side]["confirmed"] == true;
    assert!(confirmed("one") != confirmed("other"), "{}", present.text);
}
