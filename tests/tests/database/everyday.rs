//! Row security of the tables of everyday work, and of the index that the search asks.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use qorgan_tests::Server;
use serde_json::json;

use crate::row_security::{count, enter, furnish};

const TABLES: &[&str] = &["case_links", "case_linked_children", "case_follow_up_checks", "case_seen"];

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

fn found(connection: &mut PgConnection, words: &str) -> i64 {
    let query = format!(
        "SELECT count(*) AS found FROM cases_found(NULL, '{{}}', '{words}', NULL, NULL, NULL, NULL, NULL, NULL, 100)"
    );
    let row: Found = sql_query(query).get_result(connection).expect("a count");
    row.found
}

/// A case with something in every table.
fn everyday(server: &Server) -> String {
    let case = furnish(server);
    let pedagogue = server.client("social_pedagogue.home");
    let other = json!({"last_name": "Смежная", "first_name": "Айша", "birth_date": "2012-02-03", "sex": "female", "territory": "351000000"});
    let other = pedagogue.post("/children", &other).expect(201).id();
    let body = json!({"child_id": other, "title": "T", "description": "D", "risk_level": "low"});
    let second = pedagogue.post("/cases", &body).expect(201).id();
    let link = json!({"case_id": second, "kind": "sibling", "reason": "Sisters"});
    pedagogue.post(&format!("/cases/{case}/links"), &link).expect(201);
    let linked = json!({"child_id": other, "role": "witness", "reason": "Was there"});
    pedagogue.post(&format!("/cases/{case}/linked-children"), &linked).expect(201);
    qorgan_tests::client::send(pedagogue.request("POST", &format!("/api/v1/cases/{case}/seen"))).expect(204);
    sql_query(format!(
        "INSERT INTO case_follow_up_checks (id, case_id, checked_on, safe, reopen_proposed, content_id, section, author_id, organisation_id, created_at)
         SELECT gen_random_uuid(), case_id, '2026-01-01', 'yes', false, id, 'general', author_id, organisation_id, now()
         FROM case_contents WHERE case_id = '{case}' LIMIT 1"
    ))
    .execute(&mut server.database.owner())
    .expect("a check");
    case
}

#[test]
fn the_tables_of_everyday_work_are_closed_to_strangers() {
    let server = Server::start();
    everyday(&server);
    let mut owner = server.database.owner();
    let mut nobody = server.database.server();
    for table in TABLES {
        assert!(count(&mut owner, table) > 0, "{table}: the fixture leaves it empty");
        assert_eq!(count(&mut nobody, table), 0, "{table} without a session");
    }
    for stranger in ["social_pedagogue.abroad", "juvenile_inspector.home", "administrator.home", "auditor.home"] {
        let mut connection = server.database.server();
        enter(&server, &mut connection, stranger);
        for table in TABLES {
            assert_eq!(count(&mut connection, table), 0, "{table} as {stranger}");
        }
    }
    // The clinic works on the first case alone: of the link it sees nothing, of what it did not look at neither.
    let mut connection = server.database.server();
    enter(&server, &mut connection, "health_specialist.home");
    let seen: Vec<i64> = TABLES.iter().map(|table| count(&mut connection, table)).collect();
    assert_eq!(seen, [0, 1, 1, 0]);
}

#[test]
fn the_index_is_reached_by_the_search_alone_and_keeps_its_conditions() {
    let server = Server::start();
    everyday(&server);
    for table in ["search_texts", "search_names"] {
        let mut connection = server.database.server();
        enter(&server, &mut connection, "social_pedagogue.home");
        assert!(sql_query(format!("SELECT FROM {table}")).execute(&mut connection).is_err(), "{table} is read");
    }
    assert_eq!(found(&mut server.database.server(), "secret"), 0, "without a session");
    for (user, expected) in [
        ("health_specialist.home", 1),
        ("social_pedagogue.home", 0),
        ("psychologist.home", 0),
        ("supervisor.office.home", 0),
        ("health_specialist.abroad", 0),
        ("administrator.home", 0),
        ("auditor.home", 0),
    ] {
        let mut connection = server.database.server();
        enter(&server, &mut connection, user);
        assert_eq!(found(&mut connection, "secret"), expected, "{user}");
    }
}
