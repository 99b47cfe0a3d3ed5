//! Raw SQL as the server's role, with the context of this or that user: the second line of defence alone.

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_tests::{Client, Server};
use serde_json::{Value, json};

/// Tables with personal data that a user of another agency must see nothing of.
const TABLES: &[&str] = &[
    "children",
    "signals",
    "cases",
    "case_participants",
    "case_contents",
    "case_notes",
    "case_assessments",
    "case_assessment_drafts",
    "case_plans",
    "case_goals",
    "case_tasks",
    "case_reviews",
    "case_events",
    "case_deadlines",
    "protocol_applications",
    "register_facts",
    "register_fact_versions",
    "register_reports",
    "idempotency_records",
    "audit_events",
];

#[derive(QueryableByName)]
pub struct Count {
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

#[derive(QueryableByName)]
struct Entered {
    #[diesel(sql_type = Jsonb)]
    answer: Value,
}

/// Begins a transaction and enters the session of a user of the world.
pub fn enter(server: &Server, connection: &mut PgConnection, username: &str) {
    connection.batch_execute("BEGIN").expect("begin");
    let entered: Entered = sql_query("SELECT enter_session($1, $2, $3, NULL) AS answer")
        .bind::<SqlUuid, _>(server.world.person(username).session.as_uuid())
        .bind::<Timestamptz, _>(Utc::now())
        .bind::<Nullable<Text>, _>(None::<String>)
        .get_result(connection)
        .expect("enter the session");
    assert_eq!(entered.answer["outcome"], "entered");
}

pub fn count(connection: &mut PgConnection, table: &str) -> i64 {
    let row: Count = sql_query(format!("SELECT count(*) AS count FROM {table}")).get_result(connection).expect(table);
    row.count
}

pub fn post(client: &Client, path: &str, body: &Value) -> String {
    let reply = client.post_with(path, &[("Idempotency-Key", path)], body).expect(201);
    reply.body["id"].as_str().unwrap_or_default().to_owned()
}

/// A case at home with something in every table.
pub fn furnish(server: &Server) -> String {
    let pedagogue = server.client("social_pedagogue.home");
    let child = post(
        &pedagogue,
        "/children",
        &json!({"last_name": "Скрытая", "first_name": "Айша", "birth_date": "2013-02-03",
        "sex": "female", "territory": "351000000"}),
    );
    post(
        &pedagogue,
        "/signals",
        &json!({"channel": "parent", "description": "D", "territory": "351000000", "urgency": "routine", "child_id": child}),
    );
    let case =
        post(&pedagogue, "/cases", &json!({"child_id": child, "title": "T", "description": "D", "risk_level": "low"}));
    let act = |action: &str| {
        let version = pedagogue.get(&format!("/cases/{case}")).expect(200).version();
        pedagogue.change(&format!("/cases/{case}/transitions"), version, &json!({"action": action})).expect(200);
    };
    act("start_assessment");
    post(
        &pedagogue,
        &format!("/cases/{case}/assessments"),
        &json!({"risk_level": "low", "needs": "N", "child_view": "V"}),
    );
    let answers = json!([{"question": "child_view", "value": "Secret view"}]);
    let draft = json!({"instrument": "needs_and_safety", "status": "draft", "answers": answers});
    let drafted = pedagogue.post(&format!("/cases/{case}/assessments"), &draft).expect(201);
    assert_eq!(drafted.body["status"], "draft");
    act("complete_assessment");
    let hospital = server.world.organisation("UZ home");
    let plan = json!({"goals": [{"title": "G", "tasks": [{"title": "T", "organisation_id": hospital, "due_on": "2090-01-01", "section": "medical"}]}]});
    post(&pedagogue, &format!("/cases/{case}/plan"), &plan);
    act("approve_plan");
    let health = server.client("health_specialist.home");
    let task = health.get("/tasks?mine=true").expect(200).body["items"][0]["id"].as_str().expect("a task").to_owned();
    health.change(&format!("/tasks/{task}/complete"), 1, &json!({"result": "Secret result"})).expect(200);
    act("start_review");
    post(&pedagogue, &format!("/cases/{case}/reviews"), &json!({"conclusion": "continue", "summary": "S"}));
    post(
        &pedagogue,
        "/register/reports",
        // Its protocol asks something of the school alone.
        &json!({"kind": "suicidal_behaviour", "level": "ideation", "occurred_on": "2026-01-10",
        "place": {"territory": "351000000", "setting": "home"}, "child_id": child, "role": "victim", "description": "D", "case_id": case}),
    );
    post(&health, &format!("/cases/{case}/notes"), &json!({"section": "medical", "text": "Secret note"}));
    case
}

#[test]
fn without_a_session_there_are_no_rows() {
    let server = Server::start();
    furnish(&server);
    let mut connection = server.database.server();
    let mut owner = server.database.owner();
    for table in TABLES.iter().chain(&["users", "user_roles", "organisations"]) {
        assert!(count(&mut owner, table) > 0, "{table}: the fixture leaves it empty");
        assert_eq!(count(&mut connection, table), 0, "{table}");
    }
}

#[test]
fn another_agency_another_school_and_those_without_cases_see_none_of_it() {
    let server = Server::start();
    furnish(&server);
    for stranger in [
        "social_pedagogue.abroad",
        "supervisor.office.abroad",
        "juvenile_inspector.home",
        "juvenile_inspector.abroad",
        "health_specialist.abroad",
        "social_worker.home",
        "administrator.home",
        "analyst.home",
        "roadmap_coordinator.home",
        "consilium_secretary.home",
        "qualification_member.home",
        "hotline_operator.home",
    ] {
        let mut connection = server.database.server();
        enter(&server, &mut connection, stranger);
        for table in TABLES {
            assert_eq!(count(&mut connection, table), 0, "{table} as {stranger}");
        }
    }
}

#[test]
fn the_statistics_office_sees_versions_and_nothing_that_names_a_child() {
    let server = Server::start();
    furnish(&server);
    let mut connection = server.database.server();
    enter(&server, &mut connection, "statistician.home");
    for table in TABLES {
        let expected = i64::from(*table == "register_fact_versions");
        assert_eq!(count(&mut connection, table), expected, "{table}");
    }
}

#[test]
fn the_auditor_sees_the_log_and_no_content() {
    let server = Server::start();
    furnish(&server);
    let mut connection = server.database.server();
    enter(&server, &mut connection, "auditor.home");
    for table in TABLES {
        assert_eq!(count(&mut connection, table) > 0, *table == "audit_events", "{table}");
    }
}

#[test]
fn a_participant_sees_the_case_but_not_the_text_of_foreign_sections() {
    let server = Server::start();
    let case = furnish(&server);
    let mut connection = server.database.server();
    enter(&server, &mut connection, "social_pedagogue.home");
    let secret = "SELECT count(*) AS count FROM case_contents WHERE section = 'medical'";
    let row: Count = sql_query(secret).get_result(&mut connection).expect("contents");
    assert_eq!(row.count, 0, "the school does not read medical texts");
    assert_eq!(count(&mut connection, "case_notes WHERE section = 'medical'"), 1, "it sees that a note is there");
    assert_eq!(count(&mut connection, "case_tasks WHERE origin = 'plan'"), 1);
    assert_eq!(count(&mut connection, "protocol_applications"), 1);

    let mut connection = server.database.server();
    enter(&server, &mut connection, "health_specialist.home");
    let row: Count = sql_query(secret).get_result(&mut connection).expect("contents");
    assert_eq!(row.count, 2, "the note and the result of the task");
    assert_eq!(count(&mut connection, &format!("cases WHERE id = '{case}'")), 1);
}

#[test]
fn nobody_writes_beyond_its_reach() {
    let server = Server::start();
    let case = furnish(&server);
    let stranger = "social_pedagogue.abroad";
    let person = server.world.person(stranger).clone();
    let (user, organisation) = (person.user, person.organisation);
    let foreign = server.world.person("social_pedagogue.home").clone();
    let refused = [
        // Into a case that it does not see.
        format!("INSERT INTO case_participants (case_id, organisation_id, organisation_agency, organisation_kato, role, reason, added_by, added_at)
                 VALUES ('{case}', '{organisation}', 'UO', '352400000', 'participant', 'x', '{user}', now())"),
        format!("INSERT INTO case_contents (id, case_id, section, organisation_id, author_id, body, created_at)
                 VALUES (gen_random_uuid(), '{case}', 'general', '{organisation}', '{user}', '{{}}', now())"),
        format!("INSERT INTO case_events (id, case_id, kind, data, actor_id, organisation_id, at)
                 VALUES (gen_random_uuid(), '{case}', 'amended', '{{}}', '{user}', '{organisation}', now())"),
        // In another's name.
        format!("INSERT INTO audit_events (id, at, actor_id, action, resource_kind, outcome)
                 VALUES (gen_random_uuid(), now(), '{}', 'case_read', 'case', 'done')", foreign.user),
        format!("INSERT INTO idempotency_records (user_id, key, request_hash, status, body, created_at, expires_at)
                 VALUES ('{}', 'k', '', 200, '', now(), now())", foreign.user),
        // What only an administrator does.
        format!("INSERT INTO user_roles (user_id, role, scope) VALUES ('{user}', 'supervisor', 'region')"),
        "INSERT INTO organisations (id, agency_code, kato, kind, name, created_at, updated_at)
                 VALUES (gen_random_uuid(), 'UO', '352400000', 'school', 'x', now(), now())".to_owned(),
        format!("SELECT authentication_set_password('{}', 'x', now())", foreign.user),
    ];
    for statement in refused {
        let mut connection = server.database.server();
        enter(&server, &mut connection, stranger);
        assert!(sql_query(&statement).execute(&mut connection).is_err(), "refused: {statement}");
    }
    // Updates of rows that it does not see change none.
    for statement in [
        format!("UPDATE cases SET title = 'x' WHERE id = '{case}'"),
        "UPDATE children SET last_name = 'x'".to_owned(),
        "UPDATE signals SET status = 'dismissed'".to_owned(),
        "UPDATE case_tasks SET status = 'waived', waive_reason = 'x'".to_owned(),
        "DELETE FROM user_roles".to_owned(),
        "DELETE FROM idempotency_records".to_owned(),
    ] {
        let mut connection = server.database.server();
        enter(&server, &mut connection, stranger);
        assert_eq!(
            sql_query(&statement).execute(&mut connection).expect("no error"),
            0,
            "changes nothing: {statement}"
        );
    }
}

#[test]
fn a_draft_is_seen_by_its_organisation_alone_and_never_lost() {
    let server = Server::start();
    let case = furnish(&server);
    // The clinic works on the case, and sees no draft of the school.
    let mut clinic = server.database.server();
    enter(&server, &mut clinic, "health_specialist.home");
    assert!(count(&mut clinic, "case_assessments") > 0);
    assert_eq!(count(&mut clinic, "case_assessment_drafts"), 0);
    for statement in ["UPDATE case_assessment_drafts SET answers = '{}'", "DELETE FROM case_assessment_drafts"] {
        assert_eq!(sql_query(statement).execute(&mut clinic).expect("no error"), 0, "{statement}");
    }
    let school = server.world.person("social_pedagogue.home").organisation;
    let forged = format!(
        "INSERT INTO case_assessment_drafts (id, case_id, section, instrument_code, instrument_version, answers,
             author_id, organisation_id, created_at, updated_at)
         VALUES (gen_random_uuid(), '{case}', 'general', 'needs_and_safety', 1, '{{}}', context_user(), '{school}',
             now(), now())"
    );
    assert!(sql_query(forged).execute(&mut clinic).is_err(), "in the name of another organisation");
    // The school itself cannot make one disappear: a draft leaves only as an assessment.
    let mut school = server.database.server();
    enter(&server, &mut school, "social_pedagogue.home");
    assert_eq!(count(&mut school, "case_assessment_drafts"), 1);
    assert_eq!(sql_query("DELETE FROM case_assessment_drafts").execute(&mut school).expect("no error yet"), 1);
    assert!(school.batch_execute("COMMIT").is_err(), "refused when the transaction ends");
    assert_eq!(count(&mut server.database.owner(), "case_assessment_drafts"), 1);
    // Only an administrator publishes instruments.
    let publish = "INSERT INTO assessment_instruments (code, version, valid_from, definition, created_at, created_by)
                   VALUES ('made_up', 1, now(), '{}', now(), context_user())";
    for (user, may) in [("social_pedagogue.home", false), ("administrator.home", true)] {
        let mut connection = server.database.server();
        enter(&server, &mut connection, user);
        assert_eq!(sql_query(publish).execute(&mut connection).is_ok(), may, "{user}");
    }
}

#[test]
fn a_revoked_session_or_a_disabled_user_enters_nothing() {
    let server = Server::start();
    let session = server.world.person("social_pedagogue.home").session;
    let mut owner = server.database.owner();
    let outcome = |connection: &mut PgConnection| {
        let entered: Entered = sql_query("SELECT enter_session($1, now(), NULL, NULL) AS answer")
            .bind::<SqlUuid, _>(session.as_uuid())
            .get_result(connection)
            .expect("an answer");
        entered.answer["outcome"].as_str().expect("an outcome").to_owned()
    };
    let mut connection = server.database.server();
    assert_eq!(outcome(&mut connection), "entered");
    sql_query("UPDATE users SET disabled_at = now() WHERE username = 'social_pedagogue.home'")
        .execute(&mut owner)
        .expect("disable");
    assert_eq!(outcome(&mut connection), "disabled");
    sql_query("UPDATE users SET disabled_at = NULL").execute(&mut owner).expect("enable");
    assert_eq!(outcome(&mut connection), "ended", "enabling does not bring old sessions back");
    sql_query("UPDATE sessions SET revoked_at = NULL").execute(&mut owner).expect("open again");
    assert_eq!(outcome(&mut connection), "entered");
    sql_query("UPDATE sessions SET revoked_at = now()").execute(&mut owner).expect("revoke");
    assert_eq!(outcome(&mut connection), "ended");
}
