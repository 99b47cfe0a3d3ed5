//! Merging records of children and separating them.

use qorgan_domain::policy::Action;
use serde_json::json;

use super::{About, Fixture, Probe};

/// Into itself, and without a merge before: who may do it is told the rule (409), and the records stay as they are.
pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let child = &fixture.child;
    let probe = |operation, path: String, body| Probe {
        operation,
        action: Action::ChildMerge,
        about: About::Child,
        method: "POST",
        path,
        body: Some(body),
    };
    vec![
        probe("child_merge", format!("/children/{child}/merge"), json!({"into": child, "reason": "Twice"})),
        probe("child_unmerge", format!("/children/{child}/unmerge"), json!({"reason": "Two after all"})),
    ]
}
