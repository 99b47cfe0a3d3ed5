//! The states of cases: what the trigger writes, and what the migration makes of the events of cases that were there before.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use serde_json::json;

use super::fixture::{as_owner, close};
use crate::support::{Cast, open_case};

const UP: &str = include_str!("../../../../migrations/2026112328_operations_statistics/up.sql");

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Text)]
    state: String,
}

fn states(cast: &Cast) -> Vec<String> {
    let rows: Vec<State> = sql_query(
        "SELECT concat_ws(' ', case_id, since, coalesce(until::text, 'now'), change, stage, risk_level, outcome) AS state
         FROM case_states ORDER BY case_id, since, until NULLS LAST",
    )
    .load(&mut cast.server.database.owner())
    .expect("the states");
    rows.into_iter().map(|row| row.state).collect()
}

#[test]
fn whole_lives_of_cases_give_the_same_states_twice() {
    let cast = Cast::new();
    let closed = close(&cast);
    close(&cast);
    cast.act(&cast.pedagogue, &closed, json!({"action": "reopen", "reason": "It began again."})).expect(200);
    let child = cast.child("Қосылған");
    let (one, other) =
        (open_case(&cast.pedagogue, &child, "high").id(), open_case(&cast.pedagogue, &child, "low").id());
    let body = json!({"into": other, "reason": "The same family, opened twice."});
    let merged = cast.pedagogue.change(&format!("/cases/{one}/merge"), cast.version(&one), &body);
    assert!(merged.status < 300, "{}", merged.text);
    let written = states(&cast);
    for expected in ["closed closed medium safety_restored", "reopened assessment medium", "closed closed high merged"]
    {
        assert!(written.iter().any(|state| state.ends_with(expected)), "{expected}: {written:#?}");
    }
    let part =
        UP.split("-- What stood before").nth(1).and_then(|rest| rest.split("-- -----").next()).expect("the part");
    as_owner(&cast, &format!("DELETE FROM case_states; -- {part}"));
    assert_eq!(states(&cast), written);
}
