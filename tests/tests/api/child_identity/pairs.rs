//! Facts that are one event and speak of two records of a child: whether these are one child is asked of both sides.

use std::thread;

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
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

/// The two reports, and the review of their facts.
fn near(cast: &Cast) -> (Reply, Reply, String) {
    let first = filed(&cast.pedagogue, "2026-02-10", spelled("2013-08-21"));
    let second = filed(&cast.stranger, "2026-02-10", spelled("2014-01-02"));
    assert_eq!(second.body["match"]["outcome"], "review", "{}", second.text);
    let open = cast.supervisor.get("/register/match-reviews?status=open").expect(200);
    assert_eq!(open.body["items"][0]["same_child"], false);
    assert_eq!(open.body["items"][0]["children_review"], Value::Null);
    (first, second, open.body["items"][0]["id"].as_str().expect("a review").to_owned())
}

fn asked() -> Asked {
    let cast = Cast::new();
    let abroad = cast.server.client("supervisor.abroad");
    let (first, second, match_review) = near(&cast);
    let same = json!({"decision": "same", "reason": "Both schools speak of one event"});
    let path = format!("/register/match-reviews/{match_review}");
    let decided = cast.supervisor.change(&format!("{path}/decide"), 1, &same).expect(200);
    // The answer says that it was asked; the records are two as before.
    assert_eq!(decided.body["children_review"]["status"], "open", "{}", decided.text);
    let review = decided.body["children_review"]["id"].as_str().expect("a review").to_owned();
    Asked { one: child_of(&first), other: child_of(&second), cast, abroad, match_review, review }
}

fn decide(client: &Client, review: &str, version: i64, decision: &str) -> Reply {
    say(client, review, version, decision, &format!("We hold them for {decision}."))
}

fn say(client: &Client, review: &str, version: i64, decision: &str, reason: &str) -> Reply {
    let body = json!({"decision": decision, "reason": reason});
    client.change(&format!("/children/match-reviews/{review}/decide"), version, &body)
}

/// The reasons that a client reads, by themselves and in the list.
fn reasons(client: &Client, review: &str) -> Vec<String> {
    let read = client.get(&format!("/children/match-reviews/{review}")).expect(200);
    let list = client.get("/children/match-reviews").expect(200);
    let listed = list.body["items"].as_array().expect("items").iter().find(|item| item["id"] == *review);
    assert_eq!(listed.map(|item| &item["reasons"]), Some(&read.body["reasons"]));
    let all = read.body["reasons"].as_array().expect("reasons");
    all.iter().map(|words| words["reason"].as_str().expect("a reason").to_owned()).collect()
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// What the database shows the server in the session of a user: rows of words, of merges, and reasons of reviews.
fn shown_by_the_database(cast: &Cast, username: &str) -> [i64; 3] {
    let mut connection = cast.server.database.server();
    connection.batch_execute("BEGIN").expect("begin");
    sql_query("SELECT enter_session($1, $2, $3, NULL) AS answer")
        .bind::<SqlUuid, _>(cast.server.world.person(username).session.as_uuid())
        .bind::<Timestamptz, _>(Utc::now())
        .bind::<Nullable<Text>, _>(None::<String>)
        .execute(&mut connection)
        .expect("enter the session");
    ["child_match_review_words", "child_merges", "child_match_reviews WHERE reason IS NOT NULL"].map(|rows| {
        let query = sql_query(format!("SELECT count(*) AS count FROM {rows}"));
        query.get_result::<Count>(&mut connection).expect("a count").count
    })
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

/// Who writes may name the child whose record lies before him: his words are the other side's only while both see one
/// record, which may end.
#[test]
fn words_of_one_side_are_the_others_while_the_records_are_one() {
    let it = asked();
    let Asked { cast, abroad, other, review, .. } = &it;
    let (ours, theirs) = ("Арман Сериков told his aunt of it.", "The father of Сериков is known to us.");
    let first = say(&cast.supervisor, review, 1, "same", ours).expect(200);
    let said = &first.body["reasons"][0];
    assert_eq!((&said["decision"], &said["reason"]), (&json!("same"), &json!(ours)));
    assert!(said["said_by"].is_string() && said["said_at"].is_string(), "{}", first.text);
    assert_eq!(reasons(&cast.supervisor, review), [ours]);

    // The other side reads that it was said, not what, nor by whom.
    assert!(reasons(abroad, review).is_empty());
    let read = abroad.get(&format!("/children/match-reviews/{review}")).expect(200);
    assert_eq!((&read.body["one"]["confirmed"], &read.body["one"]["confirmed_by"]), (&json!(true), &Value::Null));
    assert!(!read.text.contains("aunt"), "{}", read.text);
    assert_eq!(shown_by_the_database(cast, "supervisor.home"), [1, 0, 0]);
    assert_eq!(shown_by_the_database(cast, "supervisor.abroad"), [0, 0, 0]);

    let second = say(abroad, review, 2, "same", theirs).expect(200);
    assert_eq!((&second.body["status"], &second.body["decided_by"].is_string()), (&json!("same"), &true));
    for (client, name) in [(&cast.supervisor, "supervisor.home"), (abroad, "supervisor.abroad")] {
        assert_eq!(reasons(client, review), [ours, theirs]);
        assert_eq!(shown_by_the_database(cast, name), [2, 1, 0]);
    }

    let merged = cast.stranger.get(&format!("/children/{other}")).expect(200);
    let apart = json!({"reason": "Two cousins after all."});
    cast.supervisor.change(&format!("/children/{other}/unmerge"), merged.version(), &apart).expect(200);
    assert_eq!(reasons(&cast.supervisor, review), [ours]);
    assert_eq!(reasons(abroad, review), [theirs]);
    let decided_by = |client: &Client| {
        client.get(&format!("/children/match-reviews/{review}")).expect(200).body["decided_by"].is_string()
    };
    assert_eq!((decided_by(&cast.supervisor), decided_by(abroad)), (false, true));
    for name in ["supervisor.home", "supervisor.abroad"] {
        assert_eq!(shown_by_the_database(cast, name), [1, 0, 0], "{name}");
    }
}

#[test]
fn who_hears_of_two_children_does_not_hear_why() {
    let it = asked();
    let Asked { cast, abroad, review, .. } = &it;
    let said = say(&cast.supervisor, review, 1, "different", "Арман lives with us alone.").expect(200);
    assert_eq!((&said.body["status"], &said.body["decided_by"].is_string()), (&json!("different"), &true));
    assert_eq!(reasons(&cast.supervisor, review), ["Арман lives with us alone."]);
    let read = abroad.get(&format!("/children/match-reviews/{review}")).expect(200);
    assert_eq!((&read.body["status"], &read.body["decided_by"]), (&json!("different"), &Value::Null));
    assert!(read.body["decided_at"].is_string() && !read.text.contains("lives"), "{}", read.text);
    assert!(reasons(abroad, review).is_empty());
    assert_eq!(shown_by_the_database(cast, "supervisor.abroad"), [0, 0, 0]);
}

/// Neither does who decides on the facts name the child to the reporter of the other one, unless they are one fact.
#[test]
fn why_two_facts_are_two_is_for_who_reads_both() {
    let cast = Cast::new();
    let abroad = cast.server.client("supervisor.abroad");
    let (_, _, review) = near(&cast);
    let path = format!("/register/match-reviews/{review}");
    let body = json!({"decision": "different", "reason": "Арман was in the clinic on that day."});
    let decided = cast.supervisor.change(&format!("{path}/decide"), 1, &body).expect(200);
    assert_eq!(decided.body["reason"], body["reason"]);
    let read = abroad.get(&path).expect(200);
    assert_eq!((&read.body["status"], &read.body["reason"]), (&json!("different"), &Value::Null));
    assert!(!abroad.get("/register/match-reviews").expect(200).text.contains("clinic"));
    assert_eq!(cast.supervisor.get(&path).expect(200).body["reason"], body["reason"]);
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
