//! Fields that are wrong in themselves, operation by operation: every one is named, by pointer and code.

use qorgan_tests::{Client, Reply, client};
use serde_json::{Value, json};

use super::{clear, wrong};
use crate::support::Cast;

/// A wrong body, where it goes, and what must be said of it.
struct Wrong {
    client: Client,
    path: String,
    body: Value,
    errors: &'static [&'static str],
    /// Personal values of it, which must not come back.
    sent: &'static [&'static str],
}

fn send(wrong: &Wrong) -> Reply {
    let (method, path) = wrong.path.split_once(' ').expect("a method and a path");
    let request = wrong.client.request(method, &format!("/api/v1{path}")).header("If-Match", "\"1\"");
    client::send(request.json(&wrong.body))
}

#[test]
fn every_wrong_field_is_named() {
    let cast = Cast::new();
    let case = cast.case();
    let mut table = children(&cast);
    table.extend(case_work(&cast, &case.id()));
    table.extend(signals_and_register(&cast, case.body["child_id"].as_str().expect("a child")));
    table.extend(accounts(&cast));
    for wrong_body in &table {
        let reply = send(wrong_body);
        clear(&reply, 422, "validation_failed", wrong_body.sent);
        assert_eq!(wrong(&reply), wrong_body.errors, "{} {}", wrong_body.path, wrong_body.body);
        let messages = reply.body["errors"].as_array().expect("errors");
        assert!(messages.iter().all(|error| error["message"].as_str().is_some_and(|text| !text.is_empty())));
    }
}

fn children(cast: &Cast) -> Vec<Wrong> {
    let wrong = |path: &str, body, errors, sent| Wrong {
        client: cast.pedagogue.clone(),
        path: path.into(),
        body,
        errors,
        sent,
    };
    vec![
        wrong(
            "POST /children",
            json!({"last_name": 7, "first_name": ["Х"], "patronymic": {}, "birth_date": 20_140_517, "sex": true, "iin": 600_115_500_014_i64,
                "organisation_id": 1, "territory": null, "confirm_new": "yes", "id": []}),
            &[
                "/birth_date wrong_type",
                "/confirm_new wrong_type",
                "/first_name wrong_type",
                "/id wrong_type",
                "/iin wrong_type",
                "/last_name wrong_type",
                "/organisation_id wrong_type",
                "/patronymic wrong_type",
                "/sex wrong_type",
                "/territory wrong_type",
            ],
            &["600115500014", "20140517"],
        ),
        wrong(
            "POST /children",
            json!({"last_name": "Секр3тов", "first_name": " ", "patronymic": "Секретович\u{0}", "birth_date": "2014-02-30", "sex": "boy",
                "iin": "600115500014", "territory": "35", "surname": "Секретов"}),
            &[
                "/birth_date date_format",
                "/first_name name_format",
                "/iin iin_control_digit",
                "/last_name name_format",
                "/patronymic name_format",
                "/sex unknown_code",
                "/surname unknown_field",
                "/territory kato_format",
            ],
            &["Секр", "600115500014", "2014-02-30"],
        ),
        wrong(
            "POST /children",
            json!({}),
            &[
                "/birth_date missing_field",
                "/first_name missing_field",
                "/last_name missing_field",
                "/sex missing_field",
                "/territory missing_field",
            ],
            &[],
        ),
        // What only the day and the database know, in one answer too.
        wrong(
            "POST /children",
            json!({"id": "0190a6f8-5b1c-4c3e-9f00-1234567890ab", "last_name": "Секретов", "first_name": "А", "birth_date": "2090-01-01", "sex": "male",
                "territory": "990000000", "organisation_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab"}),
            &[
                "/birth_date birth_date_future",
                "/id id_not_v7",
                "/organisation_id unknown_organisation",
                "/territory unknown_territory",
            ],
            &["Секретов", "2090-01-01"],
        ),
        wrong(
            "POST /children",
            json!({"last_name": "Секретов", "first_name": "А", "birth_date": "1950-01-01", "sex": "male", "territory": "351000000"}),
            &["/birth_date birth_date_too_old"],
            &["Секретов", "1950-01-01"],
        ),
        wrong(
            "POST /children",
            json!({"last_name": "Секретов", "first_name": "А", "birth_date": "2014-05-17", "sex": "male", "territory": "351000000", "iin": "60011550001x"}),
            &["/iin iin_format"],
            &["60011550001x", "Секретов"],
        ),
        wrong("POST /children/search", json!({"query": "Секретов"}), &["/query search_too_broad"], &["Секретов"]),
        wrong(
            "POST /children/search",
            json!({"query": "Секретов Секрет", "limit": 51}),
            &["/limit number_too_large"],
            &["Секрет"],
        ),
        wrong(
            "POST /children/search",
            json!({"iin": "600115500014", "limit": 1.5, "name": "Секретов"}),
            &["/iin iin_control_digit", "/limit wrong_type", "/name unknown_field"],
            &["600115500014", "Секретов"],
        ),
    ]
}

fn case_work(cast: &Cast, case: &str) -> Vec<Wrong> {
    let wrong = |path: String, body, errors, sent| Wrong { client: cast.pedagogue.clone(), path, body, errors, sent };
    let post = |part: &str| format!("POST /cases/{case}{part}");
    vec![
        wrong(
            "POST /cases".into(),
            json!({"child_id": "x", "title": "", "description": "Секрет\u{7}", "risk_level": "HIGH", "stage": "closed"}),
            &[
                "/child_id id_format",
                "/description text_control_characters",
                "/risk_level unknown_code",
                "/stage unknown_field",
                "/title text_too_short",
            ],
            &["Секрет"],
        ),
        wrong(
            "POST /cases".into(),
            json!({"child_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "title": "я".repeat(201), "description": "я".repeat(20_001), "risk_level": "low"}),
            &["/description text_too_long", "/title text_too_long"],
            &["яяя"],
        ),
        wrong(
            format!("PATCH /cases/{case}"),
            json!({"title": "\u{0}", "risk_level": 3, "stage": "closed", "version": 7}),
            &[
                "/risk_level wrong_type",
                "/stage unknown_field",
                "/title text_control_characters",
                "/version unknown_field",
            ],
            &[],
        ),
        wrong(
            post("/transitions"),
            json!({"action": "close", "reason": "."}),
            &["/action unknown_code", "/reason text_too_short"],
            &[],
        ),
        wrong(
            post("/notes"),
            json!({"section": "secret", "text": "Секрет\u{1b}[2J"}),
            &["/section unknown_code", "/text text_control_characters"],
            &["Секрет"],
        ),
        wrong(
            post("/assessments"),
            json!({"risk_level": null, "needs": "", "child_view": 5}),
            &["/child_view wrong_type", "/needs text_too_short", "/risk_level wrong_type"],
            &[],
        ),
        wrong(
            post("/reviews"),
            json!({"conclusion": "", "summary": []}),
            &["/conclusion unknown_code", "/summary wrong_type"],
            &[],
        ),
        wrong(
            post("/participants"),
            json!({"organisation_id": "", "reason": "ok"}),
            &["/organisation_id id_format", "/reason text_too_short"],
            &[],
        ),
        wrong(
            post("/plan"),
            json!({"goals": [{"title": "G", "tasks": [{"title": 1, "organisation_id": "?", "due_on": "soon", "mandatory": "no", "section": "x", "who": "Секретов"}]}, {}]}),
            &[
                "/goals/0/tasks/0/due_on date_format",
                "/goals/0/tasks/0/mandatory wrong_type",
                "/goals/0/tasks/0/organisation_id id_format",
                "/goals/0/tasks/0/section unknown_code",
                "/goals/0/tasks/0/title wrong_type",
                "/goals/0/tasks/0/who unknown_field",
                "/goals/1/title missing_field",
            ],
            &["Секретов"],
        ),
    ]
}

fn signals_and_register(cast: &Cast, child: &str) -> Vec<Wrong> {
    let wrong = |path: &str, body, errors, sent| Wrong {
        client: cast.pedagogue.clone(),
        path: path.into(),
        body,
        errors,
        sent,
    };
    vec![
        wrong(
            "POST /signals",
            json!({"channel": "pigeon", "description": " ", "territory": 351_000_000, "urgency": "now", "occurred_on": "today",
                "child": {"last_name": "Секр3тов", "age": "11", "iin": "600115500014", "phone": "+77010000000"}}),
            &[
                "/channel unknown_code",
                "/child/age wrong_type",
                "/child/first_name missing_field",
                "/child/iin iin_control_digit",
                "/child/last_name name_format",
                "/child/phone unknown_field",
                "/description text_too_short",
                "/occurred_on date_format",
                "/territory wrong_type",
                "/urgency unknown_code",
            ],
            &["Секр", "600115500014", "+77010000000"],
        ),
        wrong(
            "POST /signals",
            json!({"channel": "parent", "description": "D", "territory": "990000000", "urgency": "routine", "occurred_on": "2090-01-01", "child_id": child,
                "organisation_id": cast.organisation("DKPSISU home"),
                "child": {"last_name": "Секретов", "first_name": "А", "age": 18, "birth_date": "2090-01-01"}}),
            &[
                "/child/age number_too_large",
                "/child/birth_date birth_date_future",
                "/child_id not_allowed_here",
                "/occurred_on date_future",
                "/organisation_id organisation_takes_no_signals",
                "/territory unknown_territory",
            ],
            &["Секретов"],
        ),
        wrong(
            "POST /register/reports",
            json!({"kind": "violence", "main_form": "Physical", "forms": "physical", "occurred_on": "2026-2-1", "place": {"territory": "", "setting": "moon", "street": "Секретная"},
                "child_id": [], "role": "hero", "description": "", "external_refs": [{"system": "erdr", "number": ""}]}),
            &[
                "/child_id wrong_type",
                "/description text_too_short",
                "/external_refs/0/number text_too_short",
                "/forms wrong_type",
                "/main_form unknown_code",
                "/occurred_on date_format",
                "/place/setting unknown_code",
                "/place/street unknown_field",
                "/place/territory kato_format",
                "/role unknown_code",
            ],
            &["Секретная"],
        ),
    ]
}

fn accounts(cast: &Cast) -> Vec<Wrong> {
    let administrator = cast.server.client("administrator.home");
    let school = cast.organisation("school home");
    let wrong =
        |path: &str, body, errors, sent| Wrong { client: administrator.clone(), path: path.into(), body, errors, sent };
    vec![
        wrong(
            "POST /users",
            json!({"username": "Секрет", "display_name": "", "kind": "robot", "organisation_id": "x", "roles": [{"role": "boss", "scope": 1}], "password": 123_456_789_012_i64}),
            &[
                "/display_name text_too_short",
                "/kind unknown_code",
                "/organisation_id id_format",
                "/password wrong_type",
                "/roles/0/role unknown_code",
                "/roles/0/scope wrong_type",
                "/username username_format",
            ],
            &["Секрет", "123456789012"],
        ),
        wrong(
            "POST /users",
            json!({"username": "new.user", "display_name": "Н", "organisation_id": school, "roles": [{"role": "social_pedagogue", "scope": "organisation"}], "password": "Sekretov1"}),
            &["/password password_too_short"],
            &["Sekretov1"],
        ),
        wrong(
            "POST /auth/login",
            json!({"username": 1, "password": {"$ne": ""}, "remember": true}),
            &["/password wrong_type", "/remember unknown_field", "/username wrong_type"],
            &[],
        ),
        wrong(
            "POST /auth/login",
            json!({"username": "a", "password": "Sekretov".repeat(200)}),
            &["/password text_too_long"],
            &["Sekretov"],
        ),
        wrong(
            "POST /auth/refresh",
            json!({"refresh_token": "Sekretov".repeat(50)}),
            &["/refresh_token text_too_long"],
            &["Sekretov"],
        ),
        wrong(
            "POST /organisations",
            json!({"agency": "uo", "territory": "x", "kind": "castle", "name": ""}),
            &["/agency agency_code_format", "/kind unknown_code", "/name text_too_short", "/territory kato_format"],
            &[],
        ),
    ]
}
