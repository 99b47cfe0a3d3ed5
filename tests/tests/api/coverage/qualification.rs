//! Qualification: a session of the group at home with a fact on its agenda, and a request for material.

use super::*;
use crate::consilium::in_days;
use crate::qualification::suicidal_report;

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let cast = &fixture.cast;
    let child = cast.child("Рассмотренная");
    let fact =
        cast.pedagogue.post("/register/reports", &suicidal_report(&child, "attempt")).expect(201).body["fact"]["id"]
            .as_str()
            .expect("a fact")
            .to_owned();
    let keeper = cast.server.client("qualification_member.home");
    let convened = json!({"title": "S", "scheduled_at": in_days(5), "role": "secretary"});
    let id = keeper.post("/register/qualification-sessions", &convened).expect(201).id();
    let at = |part: &str| format!("/register/qualification-sessions/{id}{part}");
    let item = keeper.post(&at("/items"), &json!({"fact_id": fact})).expect(201).body["items"][0]["id"].clone();
    let item = item.as_str().expect("an item").to_owned();
    let before = |part: &str| at(&format!("/items/{item}{part}"));
    let ask = json!({"organisation_id": cast.organisation("UZ home"), "request": "R"});
    let material = keeper.post(&before("/materials"), &ask).expect(201).id();
    let another = cast.server.world.person("qualification_member.abroad").user;
    let get = |operation, action, about, path| Probe { operation, action, about, method: "GET", path, body: None };
    let post = |operation, action, about, path, body| Probe {
        operation,
        action,
        about,
        method: "POST",
        path,
        body: Some(body),
    };
    let keep = |operation, path, body| post(operation, Action::QualificationManage, About::Group, path, body);
    let sessions = "/register/qualification-sessions";
    let decision = json!({"outcome": "postponed", "reason": "The chair is ill."});
    vec![
        get(
            "qualification_fact_list",
            Action::QualificationManage,
            About::Nothing,
            "/register/qualification-facts".into(),
        ),
        get("qualification_session_list", Action::QualificationRead, About::Nothing, sessions.into()),
        get("qualification_session_get", Action::QualificationRead, About::Group, at("")),
        get("qualification_document_get", Action::QualificationRead, About::Group, at("/document")),
        get("qualification_file_get", Action::QualificationFileRead, About::GroupFile, before("/file")),
        get("material_list", Action::MaterialRead, About::Nothing, "/register/qualification-materials".into()),
        get(
            "material_get",
            Action::MaterialRead,
            About::Material,
            format!("/register/qualification-materials/{material}"),
        ),
        post(
            "material_answer",
            Action::MaterialAnswer,
            About::Material,
            format!("/register/qualification-materials/{material}/answer"),
            json!({"answer": "A"}),
        ),
        post(
            "qualification_session_create",
            Action::QualificationManage,
            About::Nothing,
            sessions.into(),
            json!({"title": "S", "scheduled_at": in_days(10)}),
        ),
        Probe {
            operation: "qualification_session_update",
            action: Action::QualificationManage,
            about: About::Group,
            method: "PATCH",
            path: at(""),
            body: Some(json!({"title": "Another"})),
        },
        // The fact is on the agenda: a rule refuses it, a right does not.
        keep("qualification_item_add", at("/items"), json!({"fact_id": fact})),
        keep("qualification_member_add", at("/members"), json!({"user_id": another, "role": "member"})),
        post(
            "qualification_recusal_declare",
            Action::QualificationRecuse,
            About::Group,
            before("/recusals"),
            json!({"user_id": another}),
        ),
        keep("qualification_material_ask", before("/materials"), ask),
        // The secretary gives no opinion.
        post(
            "qualification_opinion_give",
            Action::OpinionGive,
            About::GroupFile,
            before("/opinions"),
            json!({"outcome": "not_confirmed", "reasons": "R"}),
        ),
        keep("qualification_session_open", at("/open"), json!({"protocol_number": "1"})),
        keep("qualification_attendance_record", at("/attendance"), json!({"present": []})),
        post("qualification_decide", Action::FactQualify, About::Group, before("/decide"), decision),
        post(
            "fact_qualify",
            Action::FactQualify,
            About::Group,
            format!("/register/facts/{fact}/qualify"),
            json!({"status": "not_confirmed", "protocol_number": "1", "reason": "Because."}),
        ),
        keep("qualification_session_close", at("/close"), json!({})),
        keep("qualification_session_cancel", at("/cancel"), json!({"reason": "Nobody can come."})),
    ]
}
