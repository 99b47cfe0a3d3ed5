//! Worklists, search, bulk reassignment, links, merging, the check after closure.

use qorgan_domain::policy::Action;
use serde_json::{Value, json};

use super::{About, Fixture, Probe};
use crate::support::{open_case, register_child};

/// The operations of everyday work. Makes what they need beside the fixture.
pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let Fixture { cast, linked_by_all, case, .. } = fixture;
    let manager = cast.server.world.person("social_pedagogue.home").user.to_string();
    let other_child = register_child(&cast.pedagogue, "Связанная");
    let other = open_case(&cast.pedagogue, &other_child, "low").id();
    let link = json!({"case_id": other, "kind": "same_incident", "reason": "The same evening"});
    let link = cast.pedagogue.post(&format!("/cases/{case}/links"), &link).expect(201).id();
    let witness = json!({"child_id": other_child, "role": "witness", "reason": "Was there"});
    let witness = cast.pedagogue.post(&format!("/cases/{case}/linked-children"), &witness).expect(201).id();
    let end = json!({"reason": "A mistake"});
    let get = |operation, about, path: String| Probe {
        operation,
        action: Action::CaseRead,
        about,
        method: "GET",
        path,
        body: None,
    };
    let post = |operation, action, about, path: String, body: Value| Probe {
        operation,
        action,
        about,
        method: "POST",
        path,
        body: Some(body),
    };
    vec![
        get("worklist_list", About::Nothing, "/worklists".into()),
        get("worklist_get", About::Nothing, "/worklists/mine".into()),
        post("case_search", Action::CaseRead, About::Nothing, "/cases/search".into(), json!({"query": "Bruises"})),
        post(
            "case_bulk_assign",
            Action::CaseAssign,
            About::Nothing,
            "/cases/bulk-assign".into(),
            json!({"items": [{"case_id": case, "version": 1}], "manager_id": manager, "reason": "Took over"}),
        ),
        Probe { method: "POST", ..get("case_seen", About::Case, format!("/cases/{case}/seen")) },
        post(
            "case_link_create",
            Action::CaseLink,
            About::Case,
            format!("/cases/{case}/links"),
            json!({"case_id": other, "kind": "other", "reason": "Neighbours"}),
        ),
        get("case_link_list", About::Case, format!("/cases/{case}/links")),
        post("case_link_end", Action::CaseLink, About::Case, format!("/cases/{case}/links/{link}/end"), end.clone()),
        post(
            "linked_child_create",
            Action::CaseLink,
            About::Case,
            format!("/cases/{case}/linked-children"),
            json!({"child_id": linked_by_all, "role": "other", "reason": "A friend"}),
        ),
        get("linked_child_list", About::Case, format!("/cases/{case}/linked-children")),
        post(
            "linked_child_end",
            Action::CaseLink,
            About::Case,
            format!("/cases/{case}/linked-children/{witness}/end"),
            end,
        ),
        post(
            "case_merge",
            Action::CaseMerge,
            About::Case,
            format!("/cases/{case}/merge"),
            json!({"into": other, "reason": "Opened twice"}),
        ),
        post(
            "follow_up_create",
            Action::FollowUpWrite,
            About::Case,
            format!("/cases/{case}/follow-up-checks"),
            json!({"checked_on": "2026-01-10", "safe": "yes", "summary": "S"}),
        ),
        get("follow_up_list", About::Case, format!("/cases/{case}/follow-up-checks")),
    ]
}
