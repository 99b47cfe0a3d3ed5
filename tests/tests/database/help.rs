//! Row security of the in-school register, families, services and appointments: the second line of defence alone.

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_tests::{Client, Server};
use serde_json::{Value, json};

const TABLES: &[&str] = &[
    "school_placements",
    "school_placement_versions",
    "case_family_members",
    "case_family_versions",
    "case_family_consents",
    "case_appointments",
];

const HOTLINE: &str = "0190a000-0000-7000-8000-000000000111";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Entered {
    #[diesel(sql_type = Jsonb)]
    answer: Value,
}

fn enter(server: &Server, connection: &mut PgConnection, username: &str) {
    connection.batch_execute("BEGIN").expect("begin");
    let entered: Entered = sql_query("SELECT enter_session($1, $2, $3, NULL) AS answer")
        .bind::<SqlUuid, _>(server.world.person(username).session.as_uuid())
        .bind::<Timestamptz, _>(Utc::now())
        .bind::<Nullable<Text>, _>(None::<String>)
        .get_result(connection)
        .expect("enter the session");
    assert_eq!(entered.answer["outcome"], "entered");
}

fn count(connection: &mut PgConnection, from: &str) -> i64 {
    let row: Count = sql_query(format!("SELECT count(*) AS count FROM {from}")).get_result(connection).expect(from);
    row.count
}

fn counts(server: &Server, username: &str) -> Vec<i64> {
    let mut connection = server.database.server();
    enter(server, &mut connection, username);
    TABLES.iter().map(|table| count(&mut connection, table)).collect()
}

fn post(client: &Client, path: &str, body: &Value) -> String {
    client.post(path, body).expect(201).id()
}

/// A case at home with the clinic, the police and social services in it, and something in every table.
fn furnish(server: &Server) -> (String, String) {
    let pedagogue = server.client("social_pedagogue.home");
    let child = post(
        &pedagogue,
        "/children",
        &json!({"last_name": "Скрытая", "first_name": "Айша", "birth_date": "2013-02-03", "sex": "female", "territory": "351000000"}),
    );
    let case =
        post(&pedagogue, "/cases", &json!({"child_id": child, "title": "T", "description": "D", "risk_level": "low"}));
    for agency in ["UZ home", "DP home", "UKZSP home"] {
        let body = json!({"organisation_id": server.world.organisation(agency).to_string(), "reason": "Works on it"});
        pedagogue.post(&format!("/cases/{case}/participants"), &body).expect(201);
    }
    let placement = post(
        &pedagogue,
        &format!("/cases/{case}/in-school-register"),
        &json!({"ground": "truancy", "placed_on": "2026-09-15", "decided_on": "2026-09-14", "protocol_number": "3", "submitted_by": "other"}),
    );
    let social = server.client("social_worker.home");
    let member = post(
        &social,
        &format!("/cases/{case}/family"),
        &json!({"relation": "father", "last_name": "Тайный", "alleged_perpetrator": true}),
    );
    post(
        &social,
        &format!("/cases/{case}/family/{member}/consents"),
        &json!({"status": "given", "decided_on": "2026-09-01", "form": "oral"}),
    );
    post(
        &social,
        &format!("/cases/{case}/appointments"),
        &json!({"service_id": HOTLINE, "starts_at": "2026-10-01T05:00:00Z", "purpose": "P", "section": "social"}),
    );
    (case, placement)
}

#[test]
fn without_a_session_there_are_no_rows() {
    let server = Server::start();
    furnish(&server);
    let (mut connection, mut owner) = (server.database.server(), server.database.owner());
    for table in TABLES.iter().chain(&["services"]) {
        assert!(count(&mut owner, table) > 0, "{table}: the fixture leaves it empty");
        assert_eq!(count(&mut connection, table), 0, "{table}");
    }
}

#[test]
fn those_who_have_no_part_in_it_see_none_of_it() {
    let server = Server::start();
    furnish(&server);
    for stranger in [
        "social_pedagogue.abroad",
        "supervisor.office.abroad",
        "juvenile_inspector.abroad",
        "health_specialist.abroad",
        "social_worker.abroad",
        "guardianship_case_manager.home",
        "commission_secretary.home",
        "administrator.home",
        "auditor.home",
        "analyst.home",
        "statistician.home",
        "hotline_operator.home",
    ] {
        assert_eq!(counts(&server, stranger), [0; 6], "{TABLES:?} as {stranger}");
    }
}

#[test]
fn participants_see_the_headers_and_education_and_social_what_is_theirs() {
    let server = Server::start();
    furnish(&server);
    // Placements, their versions, members, versions of members (relation and pointers only), consents, appointments.
    let table = [
        ("social_pedagogue.home", [1, 1, 1, 1, 1, 1]),
        ("psychologist.home", [1, 1, 1, 1, 0, 1]),
        ("supervisor.office.home", [1, 1, 1, 1, 0, 1]),
        ("health_specialist.home", [1, 0, 1, 1, 0, 1]),
        ("juvenile_inspector.home", [1, 0, 1, 1, 0, 1]),
        ("social_worker.home", [1, 0, 1, 1, 1, 1]),
    ];
    for (username, expected) in table {
        assert_eq!(counts(&server, username), expected, "{TABLES:?} as {username}");
    }
    let alleged = "case_contents WHERE section = 'investigation'";
    let names = "case_contents WHERE section = 'social' AND body ? 'last_name'";
    for (username, of_names, of_alleged) in [
        ("social_pedagogue.home", 1, 0),
        ("psychologist.home", 0, 0),
        ("health_specialist.home", 0, 0),
        ("juvenile_inspector.home", 0, 1),
        ("social_worker.home", 1, 1),
    ] {
        let mut connection = server.database.server();
        enter(&server, &mut connection, username);
        assert_eq!(count(&mut connection, names), of_names, "names as {username}");
        assert_eq!(count(&mut connection, alleged), of_alleged, "the alleged perpetrator as {username}");
    }
}

#[test]
fn nobody_writes_beyond_its_reach_and_placements_never_overlap() {
    let server = Server::start();
    let (case, placement) = furnish(&server);
    let insert = |user: &str, organisation: &str, agency: &str, kato: &str| {
        format!(
            "INSERT INTO school_placements (id, child_id, organisation_id, organisation_agency, organisation_kato, placed_on,
                 created_by, created_at, updated_at)
             SELECT gen_random_uuid(), child_id, '{organisation}', '{agency}', '{kato}', '2026-08-01', '{user}', now(), now()
             FROM cases WHERE id = '{case}'"
        )
    };
    let person = |name: &str| server.world.person(name).clone();
    let (pedagogue, clinic) = (person("social_pedagogue.home"), person("health_specialist.home"));
    let school = pedagogue.organisation.to_string();
    let refused = [
        // Another agency places nobody, in its own or in the school's name.
        ("health_specialist.home", insert(&clinic.user.to_string(), &clinic.organisation.to_string(), "UZ", "351000000")),
        ("health_specialist.home", insert(&clinic.user.to_string(), &school, "UO", "351000000")),
        // The school overlaps nothing, whatever the program forgot.
        ("social_pedagogue.home", insert(&pedagogue.user.to_string(), &school, "UO", "351000000")),
        (
            "social_worker.abroad",
            format!("INSERT INTO case_family_members (id, case_id, created_by, created_at, updated_at)
                     VALUES (gen_random_uuid(), '{case}', '{}', now(), now())", person("social_worker.abroad").user),
        ),
        (
            "supervisor.home",
            "INSERT INTO services (id, kind, name_ru, kato, served, consent_required, valid_from, source, provisional, created_at, updated_at)
             VALUES (gen_random_uuid(), 'other', 'x', '351000000', '{351000000}', false, '2026-01-01', 'x', true, now(), now())".to_owned(),
        ),
    ];
    for (username, statement) in refused {
        let mut connection = server.database.server();
        enter(&server, &mut connection, username);
        assert!(sql_query(&statement).execute(&mut connection).is_err(), "refused as {username}: {statement}");
    }
    for (username, statement) in [
        ("health_specialist.home", format!("UPDATE school_placements SET annulled = true WHERE id = '{placement}'")),
        ("social_pedagogue.abroad", "UPDATE school_placement_versions SET superseded_at = now()".to_owned()),
        ("social_worker.abroad", "UPDATE case_appointments SET status = 'missed'".to_owned()),
        ("social_worker.abroad", "UPDATE case_family_members SET version = 9".to_owned()),
        ("supervisor.home", "UPDATE services SET provisional = false".to_owned()),
        ("social_pedagogue.home", "UPDATE services SET provisional = false".to_owned()),
    ] {
        let mut connection = server.database.server();
        enter(&server, &mut connection, username);
        let changed = sql_query(&statement).execute(&mut connection).expect("no error");
        assert_eq!(changed, 0, "changes nothing as {username}: {statement}");
    }
    // The functions that see more than the caller answer only to those who may ask.
    let mut connection = server.database.server();
    enter(&server, &mut connection, "social_worker.abroad");
    assert_eq!(count(&mut connection, &format!("family_consents('{case}')")), 0);
    let child = format!("school_placement_days((SELECT child_id FROM school_placements WHERE id = '{placement}'))");
    assert_eq!(count(&mut connection, &child), 0);
}
