//! The consilium: a session at home with a case on its agenda.

use super::*;
use crate::consilium::in_days;

/// A planned session with an open case on its agenda: (session, item).
fn session(fixture: &Fixture) -> (String, String) {
    let cast = &fixture.cast;
    let child = cast.child("Повестка");
    let case = open_case(&cast.pedagogue, &child, "high").id();
    let escalate = json!({"action": "escalate", "escalate_to": "consilium", "reason": "Three schools in a year."});
    cast.act(&cast.pedagogue, &case, escalate).expect(200);
    let secretary = cast.server.client("consilium_secretary.home");
    let convened = json!({"title": "S", "scheduled_at": in_days(10)});
    let session = secretary.post("/consilium/sessions", &convened).expect(201).id();
    let item = json!({"case_id": case, "question": "Q"});
    let reply = secretary.post(&format!("/consilium/sessions/{session}/items"), &item).expect(201);
    (session, reply.body["items"][0]["id"].as_str().expect("an item").to_owned())
}

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let (id, item) = session(fixture);
    let at = |part: &str| format!("/consilium/sessions/{id}{part}");
    let user = fixture.cast.server.world.person("health_specialist.home").user;
    let get = |operation, action, about, path| Probe { operation, action, about, method: "GET", path, body: None };
    let session = |operation, action, method, path, body| Probe {
        operation,
        action,
        about: About::Session,
        method,
        path,
        body: Some(body),
    };
    let keep = |operation, path, body| session(operation, Action::ConsiliumManage, "POST", path, body);
    vec![
        get("consilium_session_list", Action::ConsiliumRead, About::Nothing, "/consilium/sessions".into()),
        get("consilium_case_list", Action::ConsiliumManage, About::Nothing, "/consilium/cases".into()),
        get("consilium_session_get", Action::ConsiliumRead, About::Session, at("")),
        get("consilium_document_get", Action::ConsiliumRead, About::Session, at("/document")),
        get("case_consilium_list", Action::CaseRead, About::Case, format!("/cases/{}/consilium", fixture.case)),
        get("case_closure_summary", Action::CaseRead, About::Case, format!("/cases/{}/closure-summary", fixture.case)),
        Probe {
            operation: "consilium_session_create",
            action: Action::ConsiliumManage,
            about: About::Nothing,
            method: "POST",
            path: "/consilium/sessions".into(),
            body: Some(json!({"title": "S", "scheduled_at": in_days(10)})),
        },
        session("consilium_session_update", Action::ConsiliumManage, "PATCH", at(""), json!({"title": "Another"})),
        keep("consilium_member_add", at("/members"), json!({"user_id": user, "role": "member"})),
        // The case is on the agenda: a rule refuses it, a right does not.
        keep("consilium_item_add", at("/items"), json!({"id": item, "case_id": fixture.case, "question": "Q"})),
        session(
            "consilium_conflict_declare",
            Action::ConsiliumDeclare,
            "POST",
            at(&format!("/items/{item}/conflicts")),
            json!({"user_id": user}),
        ),
        keep("consilium_session_open", at("/open"), json!({})),
        keep("consilium_attendance_record", at("/attendance"), json!({"present": []})),
        keep(
            "consilium_decision_record",
            at(&format!("/items/{item}/decisions")),
            json!({"outcome": "postponed", "text": "T"}),
        ),
        keep("consilium_session_close", at("/close"), json!({})),
        keep("consilium_session_cancel", at("/cancel"), json!({"reason": "Nobody can come."})),
    ]
}
