//! Links between cases, and other children of a case.

use serde_json::json;

use crate::support::{Cast, lists, open_case};

#[test]
fn a_link_is_seen_from_both_cases_by_who_sees_both() {
    let cast = Cast::new();
    let (elder, younger) = (cast.child("Старшая"), cast.child("Младшая"));
    let case = open_case(&cast.pedagogue, &elder, "low").id();
    let other = open_case(&cast.pedagogue, &younger, "high");
    let (other, number) = (other.id(), other.body["number"].as_str().expect("a number").to_owned());
    let links = format!("/cases/{case}/links");
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    let body = json!({"id": id, "case_id": other, "kind": "sibling", "reason": "The younger sister."});
    let made = cast.pedagogue.post(&links, &body).expect(201);
    assert_eq!((made.body["case"]["number"].as_str(), made.id().as_str()), (Some(number.as_str()), id));
    cast.pedagogue.post(&links, &body).expect(200);
    let changed = json!({"id": id, "case_id": other, "kind": "sibling", "reason": "Another reason."});
    cast.pedagogue.post(&links, &changed).problem(409, "id_taken");
    let again = json!({"case_id": other, "kind": "sibling", "reason": "Once more."});
    let refused = cast.pedagogue.post(&links, &again).problem(409, "domain_rule");
    assert_eq!(refused.body["reason"], "link_exists");
    let back = json!({"case_id": case, "kind": "sibling", "reason": "From the other side."});
    cast.pedagogue.post(&format!("/cases/{other}/links"), &back).problem(409, "domain_rule");
    let seen = cast.pedagogue.get(&format!("/cases/{other}/links")).expect(200);
    assert_eq!(seen.body["items"][0]["case"]["id"], case.as_str());

    // The clinic works on one of them only: of the link it learns nothing, not even that there is one.
    let join = json!({"organisation_id": cast.organisation("UZ home"), "reason": "Examination"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &join).expect(201);
    assert_eq!(cast.health.get(&links).expect(200).body["items"], json!([]));
    let timeline = cast.health.get(&format!("/cases/{case}/timeline")).expect(200);
    assert!(!timeline.text.contains("link") && !timeline.text.contains(&other));
    cast.health.post(&links, &again).problem(403, "forbidden");
    cast.stranger.get(&links).problem(404, "not_found");
    cast.pedagogue.post(&format!("/cases/{other}/participants"), &join).expect(201);
    assert!(lists(&cast.health.get(&links).expect(200), id));

    // It is ended with a reason, once, and may be made again.
    let end = json!({"reason": "Not sisters after all."});
    cast.health.post(&format!("{links}/{id}/end"), &end).problem(403, "forbidden");
    cast.pedagogue.post(&format!("/cases/{other}/links/{id}/end"), &end).expect(204);
    let ended = cast.pedagogue.post(&format!("{links}/{id}/end"), &end).problem(409, "domain_rule");
    assert_eq!(ended.body["reason"], "link_ended");
    cast.pedagogue.post(&format!("{links}/{case}/end"), &end).problem(404, "not_found");
    assert_eq!(cast.pedagogue.get(&links).expect(200).body["items"], json!([]));
    cast.pedagogue.post(&links, &again).expect(201);
}

#[test]
fn kinds_of_links_keep_their_meaning() {
    let cast = Cast::new();
    let child = cast.child("Однажды");
    let case = open_case(&cast.pedagogue, &child, "low").id();
    let same_child = open_case(&cast.pedagogue, &child, "low").id();
    let other_child = open_case(&cast.pedagogue, &cast.child("Дважды"), "low").id();
    let link = |to: &str, kind: &str| {
        cast.pedagogue.post(&format!("/cases/{case}/links"), &json!({"case_id": to, "kind": kind, "reason": "Because"}))
    };
    for (to, kind, rule) in [
        (&same_child, "sibling", "link_needs_other_child"),
        (&other_child, "duplicate", "link_needs_same_child"),
        (&case, "other", "link_to_itself"),
    ] {
        assert_eq!(link(to, kind).problem(409, "domain_rule").body["reason"], rule);
    }
    link(&same_child, "duplicate").expect(201);
    link(&other_child, "same_incident").expect(201);
    // A case that one may not know of is none.
    let foreign = crate::support::register_child(&cast.stranger, "Чужая");
    let foreign = open_case(&cast.stranger, &foreign, "low").id();
    let nowhere = link(&foreign, "other").problem(422, "validation_failed");
    assert_eq!(nowhere.errors(), [("/case_id".to_owned(), "unknown_case".to_owned())]);
    let nothing = link("0190a6f8-5b1c-7c3e-9f00-1234567890ab", "other").problem(422, "validation_failed");
    assert_eq!(nowhere.errors(), nothing.errors());
}

#[test]
fn another_child_is_linked_and_its_record_opens_to_nobody() {
    let cast = Cast::new();
    let case = cast.case();
    let (case, own) = (case.id(), case.body["child_id"].as_str().expect("a child").to_owned());
    let witness = cast.child("Свидетельница");
    let path = format!("/cases/{case}/linked-children");
    let body = json!({"child_id": witness, "role": "witness", "reason": "Was in the classroom."});
    let linked = cast.pedagogue.post(&path, &body).expect(201);
    assert_eq!(linked.body["child_name"], "Свидетельница Алия");
    let twice = cast.pedagogue.post(&path, &body).problem(409, "domain_rule");
    assert_eq!(twice.body["reason"], "linked_child_exists");
    let itself = json!({"child_id": own, "role": "victim", "reason": "The same child."});
    assert_eq!(
        cast.pedagogue.post(&path, &itself).problem(409, "domain_rule").body["reason"],
        "link_needs_other_child"
    );
    let unknown = json!({"child_id": case, "role": "victim", "reason": "No child."});
    assert_eq!(cast.pedagogue.post(&path, &unknown).problem(422, "validation_failed").errors()[0].1, "unknown_child");
    // A participant sees that there is another child and what it is to the case, not who.
    let join = json!({"organisation_id": cast.organisation("UZ home"), "reason": "Examination"});
    cast.pedagogue.post(&format!("/cases/{case}/participants"), &join).expect(201);
    let seen = cast.health.get(&path).expect(200);
    assert_eq!(
        (&seen.body["items"][0]["role"], &seen.body["items"][0]["child_name"]),
        (&json!("witness"), &json!(null))
    );
    cast.health.get(&format!("/children/{witness}")).problem(404, "not_found");
    cast.health.post(&path, &body).problem(403, "forbidden");
    cast.stranger.get(&path).problem(404, "not_found");
    let timeline = cast.health.get(&format!("/cases/{case}/timeline")).expect(200);
    assert!(timeline.text.contains("child_linked") && !timeline.text.contains(&witness));
    let end = format!("{path}/{}/end", linked.id());
    cast.pedagogue.post(&end, &json!({"reason": "Was not there."})).expect(204);
    cast.pedagogue.post(&end, &json!({"reason": "Was not there."})).problem(409, "domain_rule");
    assert_eq!(cast.pedagogue.get(&path).expect(200).body["items"], json!([]));
}
