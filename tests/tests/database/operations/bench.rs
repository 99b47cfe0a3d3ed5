//! How quickly the work on a million cases is counted: `make bench-operations`. What it says is in
//! `docs/operations-statistics.md`.

use std::time::Instant;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use qorgan_tests::TestDatabase;

use super::made_up::make;

/// How often each table is asked for.
const TURNS: usize = 5;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

const YEAR: &str = "'2024-12-31 19:00Z', '2025-12-31 19:00Z', '2026-10-31 19:00Z', '{}'";
const OBSERVED: &str = "'2023-12-31 19:00Z', '2024-12-31 19:00Z', '2026-10-31 19:00Z', '{}'";

fn tables(protected: bool) -> Vec<(&'static str, String)> {
    vec![
        ("cases open", format!("case_cells({protected}, 'open', '{{stage,risk_level,territory}}', {YEAR})")),
        (
            "cases opened in a year",
            format!("case_cells({protected}, 'opened', '{{risk_level,channel,month}}', {YEAR})"),
        ),
        (
            "cases closed in a year",
            format!("case_cells({protected}, 'closed', '{{outcome,risk_level,month}}', {YEAR})"),
        ),
        ("deadlines of a year", format!("deadline_cells({protected}, '{{deadline,risk_level,territory}}', {YEAR})")),
        (
            "deadlines of a quarter",
            format!(
            "deadline_cells({protected}, '{{deadline,risk_level,territory}}', '2025-03-31 19:00Z', '2025-06-30 19:00Z',
                            '2026-10-31 19:00Z', '{{}}')"
        ),
        ),
        (
            "recurrence of a year",
            format!(
                "recurrence_cells({protected}, '{{outcome,risk_level,territory}}', {OBSERVED}, 12, '{{annulled,merged,not_confirmed}}')"
            ),
        ),
        ("signals of a year", format!("signal_cells({protected}, '{{channel,urgency,territory}}', {YEAR})")),
        (
            "workload by organisation",
            format!("workload_cells({protected}, 'organisation', '2025-12-31 19:00Z', '{{}}')"),
        ),
    ]
}

#[test]
#[ignore = "a benchmark of a quarter of an hour: make bench-operations"]
fn a_million_cases() {
    let wanted = std::env::var("QORGAN_BENCH_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let database = TestDatabase::new();
    let mut owner = database.owner();
    let begin = Instant::now();
    make(&mut owner, wanted);
    println!("{wanted} cases made up: {:.0} s", begin.elapsed().as_secs_f64());
    sql_query("VACUUM ANALYZE").execute(&mut owner).expect("vacuum");
    for protected in [true, false] {
        println!(
            "{}",
            if protected { "protected, the whole region" } else { "exact, the reach of an agency in the region" }
        );
        for (what, call) in tables(protected) {
            let query = format!("SELECT count(*) AS number FROM {call}");
            let mut times: Vec<f64> = (0..TURNS)
                .map(|_| {
                    let begin = Instant::now();
                    let cells = sql_query(&query).get_result::<Number>(&mut owner).expect(&query).number;
                    assert!(cells > 0, "{query}");
                    begin.elapsed().as_secs_f64() * 1000.0
                })
                .collect();
            times.sort_by(f64::total_cmp);
            println!("  {what}: {:.0} ms, {:.0} ms at worst", times[TURNS / 2], times[TURNS - 1]);
        }
    }
}
