//! Cells and their keys: what the server learns of the register, and what it does not.

use std::collections::BTreeMap;

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_tests::Server;
use serde_json::{Value, json};

const GROUPS: [&str; 18] = [
    "age_0_2",
    "age_0_2",
    "age_0_2",
    "age_3_6",
    "age_3_6",
    "age_3_6",
    "age_3_6",
    "age_7_10",
    "age_7_10",
    "age_7_10",
    "age_7_10",
    "age_11_13",
    "age_11_13",
    "age_11_13",
    "age_14_15",
    "age_14_15",
    "age_16_17",
    "age_16_17",
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
    #[diesel(sql_type = Array<Nullable<Text>>)]
    keys: Vec<Option<String>>,
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

fn cells(connection: &mut PgConnection, dimensions: &[&str], filters: &Value) -> Result<Vec<Cell>, String> {
    sql_query(
        "SELECT * FROM register_cells($1, '2026-01-01', '2026-12-31', now() + interval '1 day', '{annulled,merged}', $2,
                                      NULL, $3) ORDER BY keys",
    )
    .bind::<Array<Text>, _>(dimensions)
    .bind::<Array<Text>, _>(GROUPS.to_vec())
    .bind::<Jsonb, _>(filters)
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
    let all = cells(&mut connection, &[], &json!({})).expect("cells");
    assert_eq!(all, [Cell { keys: vec![], facts: 4, cell_key: whole(keys.iter().sum()) }]);
    // The parts of any division add up to the whole, and a filter is the cell of its value.
    for dimension in [
        "month",
        "territory",
        "kind",
        "main_form",
        "level",
        "sex",
        "age_group",
        "setting",
        "relation",
        "agency",
        "status",
    ] {
        let parts = cells(&mut connection, &[dimension], &json!({})).expect(dimension);
        assert_eq!(parts.iter().map(|part| part.facts).sum::<i64>(), 4, "{dimension}");
        assert_eq!(whole(parts.iter().map(|part| part.cell_key).sum()), all[0].cell_key, "{dimension}");
        for part in parts.iter().filter(|_| !matches!(dimension, "month" | "territory")) {
            let Some(value) = &part.keys[0] else { continue };
            let alone = cells(&mut connection, &[], &json!({ dimension: value })).expect(dimension);
            assert_eq!((alone[0].facts, alone[0].cell_key), (part.facts, part.cell_key), "{dimension}={value}");
        }
    }
    // The same values as exact counts have.
    let statistician = server.client("statistician.home");
    let dimensions = "month,territory,kind,main_form,sex,age_group,setting,agency";
    let exact = statistician
        .get(&format!("/statistics/register?from=2026-01-01&to=2026-12-31&group_by={dimensions}"))
        .expect(200);
    let dimensions: Vec<&str> = dimensions.split(',').collect();
    let expected: BTreeMap<Vec<Option<String>>, i64> = exact.body["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            let values = dimensions.iter().map(|name| row[*name].as_str().map(str::to_owned)).collect();
            (values, row["count"].as_i64().expect("a count"))
        })
        .collect();
    let found = cells(&mut connection, &dimensions, &json!({})).expect("cells");
    assert_eq!(found.into_iter().map(|cell| (cell.keys, cell.facts)).collect::<BTreeMap<_, _>>(), expected);
}

#[test]
fn cells_are_for_those_who_may_see_protected_counts_and_dimensions_are_those_listed() {
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
        assert_eq!(cells(&mut connection, &["kind"], &json!({})).is_ok(), may, "{person}");
    }
    for injected in ["fact_id", "1); DROP TABLE users; --", "Month", ""] {
        enter(&server, &mut connection, "analyst.home");
        let refused = cells(&mut connection, &["kind", injected], &json!({})).expect_err(injected);
        assert!(refused.contains("no such dimension"), "{refused}");
    }
    connection.batch_execute("ROLLBACK").expect("rollback");
    assert!(cells(&mut connection, &[], &json!({})).is_err(), "without a session");
}
