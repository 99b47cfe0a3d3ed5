//! The unified register: changes of facts, mergers, match reviews.

use qorgan_domain::policy::Action;
use serde_json::{Value, json};

use super::{About, Fixture, Probe};
use crate::support::report;

/// A report of a day on which nothing else happened.
fn told(fixture: &Fixture, day: &str, members: Value) -> String {
    let mut body = report(&fixture.child, Some(&fixture.case));
    body["occurred_on"] = json!(day);
    body.as_object_mut().expect("an object").extend(members.as_object().expect("members").clone());
    let filed = fixture.cast.pedagogue.post("/register/reports", &body).expect(201);
    filed.body["fact"]["id"].as_str().expect("a fact").to_owned()
}

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let fact = |day| told(fixture, day, json!({}));
    let (amended, annulled, merged, into) =
        (fact("2025-01-10"), fact("2025-02-10"), fact("2025-03-10"), fact("2025-04-10"));
    // Bullying on two days that follow each other: a person decides.
    let bullying = |day| told(fixture, day, json!({"main_form": "bullying"}));
    let _ = (bullying("2025-06-10"), bullying("2025-06-11"));
    let reviews = fixture.cast.supervisor.get("/register/match-reviews").expect(200).body;
    let review = reviews["items"][0]["id"].as_str().expect("a review").to_owned();

    let get =
        |operation, action, about, path: String| Probe { operation, action, about, method: "GET", path, body: None };
    let post = |operation, action, path: String, body| Probe {
        operation,
        action,
        about: About::Fact,
        method: "POST",
        path,
        body: Some(body),
    };
    let of = |fact: &str, tail: &str| format!("/register/facts/{fact}/{tail}");
    let reviewed = |tail: &str| format!("/register/match-reviews/{review}{tail}");
    vec![
        get("fact_versions", Action::RegisterRead, About::Fact, of(&amended, "versions")),
        post(
            "fact_amend",
            Action::FactAmend,
            of(&amended, "amend"),
            json!({"occurred_on": "2025-01-11", "reason": "Another day"}),
        ),
        post("fact_annul", Action::FactAnnul, of(&annulled, "annul"), json!({"reason": "A mistake"})),
        post("fact_merge", Action::FactMerge, of(&merged, "merge"), json!({"into": into, "reason": "One event"})),
        post(
            "fact_split",
            Action::FactMerge,
            of(&into, "split"),
            json!({"reports": ["0190a6f8-5b1c-7c3e-9f00-1234567890ab"], "reason": "Two events"}),
        ),
        get("match_review_list", Action::MatchReviewRead, About::Nothing, "/register/match-reviews".into()),
        get("match_review_get", Action::MatchReviewRead, About::Fact, reviewed("")),
        post("match_review_assign", Action::MatchReviewDecide, reviewed("/assign"), json!({})),
        post(
            "match_review_decide",
            Action::MatchReviewDecide,
            reviewed("/decide"),
            json!({"decision": "different", "reason": "Two events"}),
        ),
    ]
}
