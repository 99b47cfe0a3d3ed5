//! How cases stood, and the cells of the statistics of the operation.

mod bench;
mod made_up;
mod plain;

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_tests::{Client, Server};
use serde_json::{Value, json};

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Jsonb)]
    answer: Value,
}

#[derive(QueryableByName, Debug, PartialEq)]
struct State {
    #[diesel(sql_type = SqlUuid)]
    case_id: uuid::Uuid,
    #[diesel(sql_type = Text)]
    change: String,
    #[diesel(sql_type = Timestamptz)]
    since: chrono::DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<chrono::DateTime<Utc>>,
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = Text)]
    risk_level: String,
    #[diesel(sql_type = Nullable<Text>)]
    outcome: Option<String>,
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Cell {
    #[diesel(sql_type = Nullable<Array<Nullable<Text>>>)]
    keys: Option<Vec<Option<String>>>,
    #[diesel(sql_type = BigInt)]
    records: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    others: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    cell_key: Option<i64>,
}

fn enter(server: &Server, connection: &mut PgConnection, username: &str) {
    connection.batch_execute("ROLLBACK; BEGIN").expect("begin");
    let entered: Answer = sql_query("SELECT enter_session($1, $2, NULL, NULL) AS answer")
        .bind::<SqlUuid, _>(server.world.person(username).session.as_uuid())
        .bind::<Timestamptz, _>(Utc::now())
        .get_result(connection)
        .expect("enter the session");
    assert_eq!(entered.answer["outcome"], "entered");
}

fn cells(connection: &mut PgConnection, protected: bool, dimensions: &[&str]) -> Result<Vec<Cell>, String> {
    sql_query(
        "SELECT keys, records, others, cell_key
         FROM case_cells($1, 'open', $2, '2026-01-01', '2027-01-01', now() + interval '1 day', '{}') ORDER BY keys",
    )
    .bind::<Bool, _>(protected)
    .bind::<Array<Text>, _>(dimensions)
    .load(connection)
    .map_err(|error| error.to_string())
}

fn states(connection: &mut PgConnection) -> Vec<State> {
    sql_query("SELECT case_id, change, since, until, stage, risk_level, outcome FROM case_states ORDER BY case_id, id")
        .load(connection)
        .expect("states")
}

/// A child and its case, led by a person's organisation.
fn open(person: &Client, last_name: &str, risk: &str) -> String {
    let child = json!({"last_name": last_name, "first_name": "Бала", "birth_date": "2014-05-17", "sex": "female",
        "territory": "351000000", "confirm_new": true});
    let child = person.post("/children", &child).expect(201).id();
    let case = json!({"child_id": child, "title": "T", "description": "D", "risk_level": risk});
    person.post("/cases", &case).expect(201).id()
}

fn act(person: &Client, case: &str, action: &str) {
    let version = person.get(&format!("/cases/{case}")).expect(200).version();
    person.change(&format!("/cases/{case}/transitions"), version, &json!({"action": action})).expect(200);
}

fn lives(server: &Server) -> Vec<String> {
    let pedagogue = server.client("social_pedagogue.home");
    let cases: Vec<String> = [("Бір", "low"), ("Екі", "high"), ("Үш", "medium")]
        .iter()
        .map(|(name, risk)| open(&pedagogue, name, risk))
        .collect();
    act(&pedagogue, &cases[0], "start_assessment");
    let found = json!({"risk_level": "high", "needs": "N", "child_view": "V"});
    pedagogue.post(&format!("/cases/{}/assessments", cases[0]), &found).expect(201);
    act(&pedagogue, &cases[0], "complete_assessment");
    let version = pedagogue.get(&format!("/cases/{}", cases[1])).expect(200).version();
    pedagogue.patch(&format!("/cases/{}", cases[1]), version, &json!({"risk_level": "critical"})).expect(200);
    let version = pedagogue.get(&format!("/cases/{}", cases[1])).expect(200).version();
    pedagogue.patch(&format!("/cases/{}", cases[1]), version, &json!({"title": "Another"})).expect(200);
    cases
}

#[test]
fn every_change_of_a_case_is_a_state_and_the_last_one_is_how_it_stands() {
    let server = Server::start();
    let cases = lives(&server);
    let mut owner = server.database.owner();
    let all = states(&mut owner);
    let of = |case: &str| -> Vec<(&str, &str, &str)> {
        let of = all.iter().filter(|state| state.case_id.to_string() == case);
        of.map(|state| (state.change.as_str(), state.stage.as_str(), state.risk_level.as_str())).collect()
    };
    assert_eq!(
        of(&cases[0]),
        [("opened", "registered", "low"), ("moved", "assessment", "low"), ("moved", "planning", "high")]
    );
    assert_eq!(of(&cases[1]), [("opened", "registered", "high"), ("moved", "registered", "critical")]);
    assert_eq!(of(&cases[2]), [("opened", "registered", "medium")]);
    for pair in all.windows(2).filter(|pair| pair[0].case_id == pair[1].case_id) {
        assert_eq!(pair[0].until, Some(pair[1].since), "no gap, no overlap");
    }
}

/// The part of the migration that makes the states of cases that were there before, run on the events of these.
#[test]
fn the_events_of_cases_give_the_states_that_the_trigger_wrote() {
    const UP: &str = include_str!("../../../migrations/2026112328_operations_statistics/up.sql");
    let server = Server::start();
    lives(&server);
    let mut owner = server.database.owner();
    // Cases without events, as they come from elsewhere: one open, one closed.
    owner
        .batch_execute(
            "INSERT INTO cases (id, number, child_id, title, description, stage, stage_since, risk_level, kato,
                                lead_organisation_id, closure_outcome, closure_proposed_by, closed_at, opened_at, opened_by, updated_at)
             SELECT gen_random_uuid(), 'n' || n, c.child_id, 'T', 'D', v.stage, c.opened_at, 'low', c.kato, c.lead_organisation_id,
                    v.outcome, CASE WHEN v.outcome IS NOT NULL THEN c.opened_by END,
                    CASE WHEN v.outcome IS NOT NULL THEN c.opened_at END, c.opened_at - interval '9 days', c.opened_by, c.updated_at
             FROM (SELECT * FROM cases ORDER BY number LIMIT 1) AS c,
                  (VALUES (1, 'review', NULL), (2, 'closed', 'other')) AS v (n, stage, outcome)",
        )
        .expect("cases without events");
    let written = states(&mut owner);
    let part =
        UP.split("-- What stood before").nth(1).and_then(|rest| rest.split("-- -----").next()).expect("the part");
    owner.batch_execute(&format!("DELETE FROM case_states; -- {part}")).expect("make the states anew");
    let made = states(&mut owner);
    let without_order = |mut states: Vec<State>| {
        states.sort_by_key(|state| (state.case_id, state.since, state.until.is_none()));
        states
    };
    assert_eq!(without_order(made), without_order(written));
}

#[test]
fn the_server_reads_no_state_and_no_key_and_each_right_has_its_cells() {
    let server = Server::start();
    lives(&server);
    let mut connection = server.database.server();
    for person in ["analyst.home", "supervisor.office.home", "social_pedagogue.home"] {
        for table in
            ["case_states", "case_record_keys", "signal_record_keys", "case_milestones", "case_milestone_kinds"]
        {
            for statement in [format!("SELECT 1 FROM {table}"), format!("DELETE FROM {table}")] {
                enter(&server, &mut connection, person);
                let refused = sql_query(&statement).execute(&mut connection).expect_err(&statement).to_string();
                assert!(refused.contains("permission denied"), "{person}: {refused}");
            }
        }
    }
    for (person, exact, protected) in [
        ("analyst.home", false, true),
        ("statistician.home", false, true),
        ("supervisor.office.home", true, false),
        ("social_pedagogue.home", true, false),
        ("health_specialist.home", false, false),
        ("administrator.home", false, false),
    ] {
        for (asked, may) in [(false, exact), (true, protected)] {
            enter(&server, &mut connection, person);
            assert_eq!(cells(&mut connection, asked, &["stage"]).is_ok(), may, "{person} {asked}");
        }
    }
    enter(&server, &mut connection, "analyst.home");
    let refused = cells(&mut connection, true, &["s.case_id::text) FROM cases; --"]).expect_err("injected");
    assert!(refused.contains("no such dimension"), "{refused}");
    connection.batch_execute("ROLLBACK").expect("rollback");
    assert!(cells(&mut connection, true, &[]).is_err(), "without a session");
}

#[test]
fn the_key_of_a_cell_is_the_sum_of_those_of_its_cases() {
    let server = Server::start();
    lives(&server);
    let mut connection = server.database.server();
    enter(&server, &mut connection, "analyst.home");
    let total: Answer =
        sql_query("SELECT to_jsonb(sum(record_key)::bigint % 4294967296) AS answer FROM case_record_keys")
            .get_result(&mut server.database.owner())
            .expect("the sum of the keys");
    for dimension in ["stage", "risk_level", "agency", "organisation", "territory", "channel", "outcome", "month"] {
        enter(&server, &mut connection, "analyst.home");
        let found = cells(&mut connection, true, &[dimension]).expect(dimension);
        let whole = found.iter().find(|cell| cell.keys.is_none()).expect("the total");
        assert_eq!((whole.records, whole.cell_key, whole.others), (3, total.answer.as_i64(), None), "{dimension}");
        let parts: Vec<&Cell> = found.iter().filter(|cell| cell.keys.is_some()).collect();
        assert_eq!(parts.iter().map(|cell| cell.records).sum::<i64>(), 3, "{dimension}");
        let sum: i64 = parts.iter().filter_map(|cell| cell.cell_key).sum();
        assert_eq!(Some(sum % 4_294_967_296), whole.cell_key, "{dimension}");
    }
    enter(&server, &mut connection, "social_pedagogue.home");
    let exact = cells(&mut connection, false, &["stage"]).expect("exact cells");
    assert!(exact.iter().all(|cell| cell.cell_key.is_none()), "no key leaves with exact counts");
}
