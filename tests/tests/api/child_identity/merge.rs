//! Merging records of one child and separating them again: nothing moves, nothing is lost.

use chrono::{Days, Utc};
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use super::{child, ids};
use crate::changes::{follow, now};
use crate::support::{Cast, open_case, report};

/// Numbers of nobody: births of 2060.
const IIN: &str = "600115500013";
const OTHER_IIN: &str = "600115500083";

pub fn merge(client: &Client, id: &str, version: i64, into: &str) -> Reply {
    let body = json!({"into": into, "reason": "Registered twice."});
    client.change(&format!("/children/{id}/merge"), version, &body)
}

fn unmerge(client: &Client, id: &str, version: i64) -> Reply {
    client.change(&format!("/children/{id}/unmerge"), version, &json!({"reason": "Two cousins."}))
}

/// A child of the school, whatever is there already.
pub fn register(cast: &Cast, last: &str, more: Value) -> String {
    let mut body = child(last, "Нұрлан", "Серікұлы", "2014-01-15");
    body["confirm_new"] = json!(true);
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    cast.pedagogue.post("/children", &body).expect(201).id()
}

fn reason(reply: &Reply) -> &str {
    reply.body["reason"].as_str().unwrap_or_default()
}

#[test]
fn the_survivor_answers_for_both_and_separating_restores_both() {
    let cast = Cast::new();
    let (one, two) = (register(&cast, "Қосарлы", json!({"iin": IIN})), register(&cast, "Косарлин", json!({})));
    let (one_path, two_path) = (format!("/children/{one}"), format!("/children/{two}"));
    let case = open_case(&cast.pedagogue, &one, "low").id();
    let clinic = json!({"organisation_id": cast.organisation("UZ home"), "reason": "Examination"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &clinic).expect(201);
    let before = (cast.pedagogue.get(&one_path).expect(200).body, cast.pedagogue.get(&two_path).expect(200).body);
    cast.health.get(&one_path).expect(200);
    cast.health.get(&two_path).problem(404, "not_found");

    cast.supervisor
        .post(&format!("{one_path}/merge"), &json!({"into": two, "reason": "Twice."}))
        .problem(428, "precondition_required");
    merge(&cast.supervisor, &one, 7, &two).problem(412, "stale_version");
    merge(&cast.pedagogue, &one, 1, &two).problem(403, "forbidden");
    merge(&cast.server.client("supervisor.abroad"), &one, 1, &two).problem(404, "not_found");
    let merged = merge(&cast.supervisor, &one, 1, &two).expect(200);
    assert_eq!((merged.id(), merged.body["records"].as_array().map(Vec::len)), (two.clone(), Some(2)));
    let names = merged.body["names_held"].to_string();
    assert!(names.contains("Қосарлы") && names.contains("Косарлин"), "{names}");
    let read = cast.pedagogue.get(&one_path).expect(200);
    assert_eq!((&read.body["merged_into"], read.version()), (&json!(two), 2));
    // Who saw one sees both.
    cast.health.get(&two_path).expect(200);

    // Found once, by either name and by the number of the merged one.
    for query in [json!({"query": "Косарлы Нурлан"}), json!({"query": "Косарлин Нурлан"}), json!({"iin": IIN})]
    {
        let found = cast.stranger.post("/children/search", &query).expect(200);
        assert_eq!(ids(&found.body["items"]), std::slice::from_ref(&two), "{query}");
    }
    let double = child("Косарлы", "Нурлан", "Серикович", "2014-01-15");
    let refused = cast.stranger.post("/children", &double).problem(409, "possible_duplicates");
    assert_eq!(ids(&refused.body["candidates"]), std::slice::from_ref(&two));

    // New records go to the surviving one; the old ones stay.
    let other = open_case(&cast.pedagogue, &one, "low");
    assert_eq!(other.body["child_id"], two.as_str());
    assert_eq!(cast.pedagogue.get(&format!("/cases/{case}")).expect(200).body["child_id"], one.as_str());
    let filed = cast.police.post("/register/reports", &report(&one, None)).expect(201);
    assert_eq!(filed.body["fact"]["child_id"], two.as_str(), "{}", filed.text);
    let corrected = cast.pedagogue.patch(&one_path, 2, &json!({"first_name": "Басқа"})).problem(409, "domain_rule");
    assert_eq!(reason(&corrected), "child_merged");
    let placed =
        cast.pedagogue.post(&format!("{one_path}/in-school-register"), &placement()).problem(409, "domain_rule");
    assert_eq!(reason(&placed), "child_merged");
    // A number beside that of the merged record would be a second one of the child.
    let second = cast.pedagogue.patch(&two_path, 1, &json!({"iin": OTHER_IIN})).problem(409, "domain_rule");
    assert_eq!(reason(&second), "child_iins_differ");

    let gone = unmerge(&cast.supervisor, &one, 2).expect(200);
    assert_eq!((gone.id(), &gone.body["merged_into"], gone.version()), (one.clone(), &Value::Null, 3));
    let same = |before: &Value, after: &Value| {
        for member in ["last_name", "first_name", "iin", "birth_date", "organisation_id", "names_held", "records"] {
            assert_eq!(before[member], after[member], "{member}");
        }
    };
    same(&before.0, &cast.pedagogue.get(&one_path).expect(200).body);
    same(&before.1, &cast.pedagogue.get(&two_path).expect(200).body);
    // The clinic takes part in the case of the one alone.
    cast.health.get(&one_path).expect(200);
    cast.health.get(&two_path).problem(404, "not_found");
    assert_eq!(reason(&unmerge(&cast.supervisor, &one, 3).problem(409, "domain_rule")), "child_not_merged");
}

fn placement() -> Value {
    let day = (Utc::now().date_naive() - Days::new(20)).to_string();
    json!({"ground": "truancy", "placed_on": day, "decided_on": day, "protocol_number": "3",
        "submitted_by": "class_teacher", "parents_informed_on": day, "review_on": day,
        "decision": "To place the pupil.", "plan": "Weekly talks."})
}

#[test]
fn what_is_not_one_child_is_not_merged() {
    let cast = Cast::new();
    let numbered = register(&cast, "Нөмірлі", json!({"iin": IIN}));
    let other_number = register(&cast, "Нөмірлі", json!({"iin": OTHER_IIN}));
    let refused = merge(&cast.supervisor, &numbered, 1, &other_number).problem(409, "domain_rule");
    assert_eq!(refused.body["rules"], json!(["child_iins_differ"]));
    // Not through a third one either.
    let third = register(&cast, "Нөмірлі", json!({}));
    merge(&cast.supervisor, &numbered, 1, &third).expect(200);
    let refused = merge(&cast.supervisor, &third, 1, &other_number).problem(409, "domain_rule");
    assert_eq!(refused.body["rules"], json!(["child_iins_differ"]));

    let itself = merge(&cast.supervisor, &third, 1, &third).problem(409, "domain_rule");
    assert_eq!(itself.body["rules"], json!(["child_merge_itself"]));
    let back = merge(&cast.supervisor, &third, 1, &numbered).problem(409, "domain_rule");
    assert_eq!(back.body["rules"], json!(["child_merge_into_merged"]), "no circle");
    let twice = merge(&cast.supervisor, &numbered, 2, &third).problem(409, "domain_rule");
    assert_eq!(twice.body["rules"], json!(["child_merged"]));
    let abroad = cast.stranger.post("/children", &child("Алыстағы", "Бала", "Ерұлы", "2011-03-03")).expect(201).id();
    let unseen = merge(&cast.supervisor, &third, 1, &abroad).problem(422, "validation_failed");
    assert_eq!(unseen.errors(), [("/into".to_owned(), "unknown_child".to_owned())]);
}

#[test]
fn a_child_on_two_in_school_registers_at_once_is_asked_about_first() {
    let cast = Cast::new();
    let (one, two) = (register(&cast, "Екі", json!({})), register(&cast, "Есеп", json!({})));
    for id in [&one, &two] {
        cast.pedagogue.post(&format!("/children/{id}/in-school-register"), &placement()).expect(201);
    }
    let refused = merge(&cast.supervisor, &one, 1, &two).problem(409, "domain_rule");
    assert_eq!(refused.body["rules"], json!(["child_placements_overlap"]));
    // Under one record, the other's placement counts as its own.
    let (three, four) = (register(&cast, "Үшінші", json!({})), register(&cast, "Төртінші", json!({})));
    cast.pedagogue.post(&format!("/children/{three}/in-school-register"), &placement()).expect(201);
    merge(&cast.supervisor, &three, 1, &four).expect(200);
    cast.pedagogue.post(&format!("/children/{four}/in-school-register"), &placement()).problem(409, "domain_rule");
    let listed = cast.pedagogue.get(&format!("/children/{four}/in-school-register")).expect(200);
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn children_whose_cases_were_merged_stay_together() {
    let cast = Cast::new();
    let (one, two) = (register(&cast, "Бірге", json!({})), register(&cast, "Бірге", json!({})));
    let (case, other) = (open_case(&cast.pedagogue, &one, "low"), open_case(&cast.pedagogue, &two, "low"));
    let into = json!({"into": other.id(), "reason": "One child."});
    let path = format!("/cases/{}/merge", case.id());
    let refused = cast.pedagogue.change(&path, case.version(), &into).problem(409, "domain_rule");
    assert_eq!(reason(&refused), "case_of_other_child");
    merge(&cast.supervisor, &one, 1, &two).expect(200);
    cast.pedagogue.change(&path, case.version(), &into).expect(200);
    assert_eq!(reason(&unmerge(&cast.supervisor, &one, 2).problem(409, "domain_rule")), "child_cases_merged");
}

#[test]
fn a_merge_is_told_to_those_who_see_it_and_a_loss_to_those_who_lose() {
    let cast = Cast::new();
    let (one, two) = (register(&cast, "Хабар", json!({})), register(&cast, "Хабарлы", json!({})));
    let case = open_case(&cast.pedagogue, &one, "low").id();
    let clinic = json!({"organisation_id": cast.organisation("UZ home"), "reason": "Examination"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &clinic).expect(201);
    let before = now(&cast.health);
    merge(&cast.supervisor, &one, 1, &two).expect(200);
    let told = |items: &[Value], gone: bool| {
        items.iter().any(|item| item["id"] == two.as_str() && (item["change"] == "gone") == gone)
    };
    let (_, after) = follow(&cast.health, &before, |items| told(items, false));
    unmerge(&cast.supervisor, &one, 2).expect(200);
    follow(&cast.health, &after, |items| told(items, true));
}
