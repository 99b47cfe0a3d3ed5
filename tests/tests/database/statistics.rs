//! Cells and their keys: what the server learns of the register, and what it does not.

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_tests::Server;
use serde_json::{Value, json};

const ATTRIBUTES: &[&str] = &[
    "occurred_on",
    "kato",
    "kind",
    "main_form",
    "form",
    "level",
    "sex",
    "age_years",
    "setting",
    "relation",
    "agency",
    "status",
    "channel",
    "organisation_kato",
];

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Jsonb)]
    answer: Value,
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = BigInt)]
    record_key: i64,
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Cell {
    #[diesel(sql_type = BigInt)]
    facts: i64,
    #[diesel(sql_type = BigInt)]
    cell_key: i64,
}

fn enter(server: &Server, connection: &mut PgConnection, username: &str) {
    connection.batch_execute("ROLLBACK; BEGIN").expect("begin");
    let entered: Answer = sql_query("SELECT enter_session($1, $2, $3, NULL) AS answer")
        .bind::<SqlUuid, _>(server.world.person(username).session.as_uuid())
        .bind::<Timestamptz, _>(Utc::now())
        .bind::<Nullable<Text>, _>(None::<String>)
        .get_result(connection)
        .expect("enter the session");
    assert_eq!(entered.answer["outcome"], "entered");
}

fn cells(connection: &mut PgConnection, attributes: &[&str]) -> Result<Vec<Cell>, String> {
    sql_query(
        "SELECT facts, cell_key
         FROM register_counted($1, '2026-01-01', '2026-12-31', now() + interval '1 day')",
    )
    .bind::<Array<Text>, _>(attributes)
    .load(connection)
    .map_err(|error| error.to_string())
}

/// Facts of one child each, by form and month.
fn furnish(server: &Server) {
    let pedagogue = server.client("social_pedagogue.home");
    for (at, (form, day)) in
        [("physical", "2026-02-10"), ("physical", "2026-02-11"), ("bullying", "2026-02-10"), ("physical", "2026-03-01")]
            .into_iter()
            .enumerate()
    {
        let last_name = ["Кілтов", "Кілтбай", "Кілтжан", "Кілтбек"][at];
        let child = json!({"last_name": last_name, "first_name": "Бала", "birth_date": "2014-05-17",
            "sex": "female", "territory": "351000000", "confirm_new": true});
        let child = pedagogue.post("/children", &child).expect(201).id();
        let report = json!({"kind": "violence", "main_form": form, "occurred_on": day, "child_id": child, "role": "victim",
            "place": {"territory": "351000000", "setting": "home"}, "description": "D"});
        pedagogue.post("/register/reports", &report).expect(201);
    }
}

fn record_keys(connection: &mut PgConnection) -> Vec<i64> {
    let keys: Vec<Key> = sql_query("SELECT record_key FROM register_record_keys ORDER BY record_key")
        .load(connection)
        .expect("record keys");
    keys.into_iter().map(|row| row.record_key).collect()
}

#[test]
fn every_fact_has_a_key_of_its_own_that_the_server_never_reads() {
    let server = Server::start();
    furnish(&server);
    let keys = record_keys(&mut server.database.owner());
    assert_eq!(keys.len(), 4);
    assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "random: {keys:?}");
    let mut connection = server.database.server();
    for person in ["analyst.home", "statistician.home", "administrator.home"] {
        for statement in [
            "SELECT record_key FROM register_record_keys",
            "SELECT sum(record_key)::bigint AS record_key FROM register_record_keys",
            "SELECT count(*) AS record_key FROM register_record_keys",
            "UPDATE register_record_keys SET record_key = 0",
            "INSERT INTO register_record_keys (fact_id, record_key) SELECT id, 1 FROM register_facts",
            "DELETE FROM register_record_keys",
        ] {
            enter(&server, &mut connection, person);
            let refused = sql_query(statement).execute(&mut connection).expect_err(statement).to_string();
            assert!(refused.contains("permission denied for table register_record_keys"), "{person}: {refused}");
        }
    }
}

#[test]
fn the_key_of_a_cell_is_the_sum_of_those_of_its_facts() {
    let server = Server::start();
    furnish(&server);
    let mut connection = server.database.server();
    let whole = |sum: i64| sum % (1 << 32);
    let keys = record_keys(&mut server.database.owner());
    enter(&server, &mut connection, "analyst.home");
    let all = cells(&mut connection, &[]).expect("cells");
    assert_eq!(all, [Cell { facts: 4, cell_key: whole(keys.iter().sum()) }]);
    // The parts of any division add up to the whole; so do those of all together, each of one fact with its own key.
    for attribute in ATTRIBUTES {
        let parts = cells(&mut connection, &[attribute]).expect(attribute);
        assert_eq!(parts.iter().map(|part| part.facts).sum::<i64>(), 4, "{attribute}");
        assert_eq!(whole(parts.iter().map(|part| part.cell_key).sum()), all[0].cell_key, "{attribute}");
    }
    let mut each: Vec<i64> =
        cells(&mut connection, ATTRIBUTES).expect("cells").iter().map(|cell| cell.cell_key).collect();
    each.sort_unstable();
    assert_eq!(each, keys);
}

#[test]
fn cells_are_for_those_who_may_see_counts_and_attributes_are_those_listed() {
    let server = Server::start();
    furnish(&server);
    let mut connection = server.database.server();
    for (person, may) in [
        ("analyst.home", true),
        ("roadmap_coordinator.home", true),
        ("supervisor.office.home", true),
        ("statistician.home", true),
        ("social_pedagogue.home", false),
        ("administrator.home", false),
        ("auditor.home", false),
    ] {
        enter(&server, &mut connection, person);
        assert_eq!(cells(&mut connection, &["kind"]).is_ok(), may, "{person}");
    }
    for injected in ["fact_id", "1); DROP TABLE users; --", "Month", ""] {
        enter(&server, &mut connection, "analyst.home");
        let refused = cells(&mut connection, &["kind", injected]).expect_err(injected);
        assert!(refused.contains("no such attribute"), "{refused}");
    }
    connection.batch_execute("ROLLBACK").expect("rollback");
    assert!(cells(&mut connection, &[]).is_err(), "without a session");
}
