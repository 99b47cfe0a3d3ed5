//! Many cases, made up in the database.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

const CASES: &str = include_str!("cases.sql");
const UP: &str = include_str!("../../../../migrations/2026112332_operations_speed/up.sql");

/// The part of the migration that makes what is counted of deadlines.
pub fn milestones() -> &'static str {
    let rest = UP.split("-- The deadlines that there are already.").nth(1).expect("the part");
    rest.split("CREATE INDEX").next().expect("its end")
}

/// Writes so many cases of the last ten years, and opens the statistics to the connection: all of the region, and exactly
/// those of an agency.
pub fn make(owner: &mut PgConnection, wanted: usize) {
    let prepare = format!(
        "SET timezone = 'UTC'; CREATE TABLE test_cases AS SELECT {wanted} AS wanted; SELECT setseed(0.351);
         SET session_replication_role = replica"
    );
    owner.batch_execute(&prepare).expect("let made-up cases in");
    owner.batch_execute(CASES).expect("made-up cases");
    owner.batch_execute(milestones()).expect("what is counted of deadlines");
    owner
        .batch_execute(
            "RESET session_replication_role;
             SELECT set_config('qorgan.powers', '{operations_protected,operations_exact}', false);
             SELECT set_config('qorgan.' || resource || '_agency', 'UO', false),
                    set_config('qorgan.' || resource || '_prefix', '35', false)
             FROM unnest(ARRAY['case', 'signal', 'register']) AS resource",
        )
        .expect("a session of statistics");
}
