//! Rules of matching and their learning; records that may be one child.

use qorgan_domain::policy::Action;
use serde_json::json;

use super::{About, Fixture, Probe};

/// A pair of records of the school at home, asked about after two facts about them were decided to be one event.
fn pair(fixture: &Fixture) -> String {
    let cast = &fixture.cast;
    let report = |birth: &str| {
        let child = json!({"last_name": "Сериков", "first_name": "Арман", "birth_date": birth, "sex": "male",
            "territory": "351000000"});
        let report = json!({"kind": "violence", "main_form": "sexual", "occurred_on": "2025-11-10", "child": child,
            "role": "victim", "place": {"territory": "351000000", "setting": "home"}, "description": "Told by a friend."});
        cast.pedagogue.post("/register/reports", &report).expect(201)
    };
    let (_, second) = (report("2013-08-21"), report("2014-01-02"));
    assert_eq!(second.body["match"]["outcome"], "review", "{}", second.text);
    let open = cast.supervisor.get("/register/match-reviews?status=open").expect(200);
    let review = open.body["items"]
        .as_array()
        .expect("reviews")
        .iter()
        .find(|review| review["newer"]["id"] == second.body["fact"]["id"])
        .expect("the review");
    let path = format!("/register/match-reviews/{}/decide", review["id"].as_str().expect("an id"));
    let decided = cast.supervisor.change(&path, 1, &json!({"decision": "same", "reason": "One event"})).expect(200);
    decided.body["children_review"]["id"].as_str().expect("a review").to_owned()
}

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let pair = pair(fixture);
    let probe =
        |operation, action, about, method, path: String, body| Probe { operation, action, about, method, path, body };
    let reviewed = |tail: &str| format!("/children/match-reviews/{pair}{tail}");
    vec![
        probe(
            "match_rules_list",
            Action::ReferenceRead,
            About::Nothing,
            "GET",
            "/register/match-rules".to_owned(),
            None,
        ),
        // Whoever may learn hears that there are too few decisions.
        probe(
            "match_rules_learn",
            Action::MatchRulesManage,
            About::Nothing,
            "POST",
            "/register/match-rules/learn".to_owned(),
            Some(json!({"dry_run": true})),
        ),
        probe(
            "child_match_review_list",
            Action::ChildMerge,
            About::Nothing,
            "GET",
            "/children/match-reviews".to_owned(),
            None,
        ),
        probe("child_match_review_get", Action::ChildMerge, About::SchoolChild, "GET", reviewed(""), None),
        probe(
            "child_match_review_decide",
            Action::ChildMerge,
            About::SchoolChild,
            "POST",
            reviewed("/decide"),
            Some(json!({"decision": "different", "reason": "Two cousins"})),
        ),
    ]
}
