//! Statistics of the whole region, for those who see no case.

use std::collections::BTreeMap;

use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use super::fixture::{day, many};
use super::get;
use crate::support::Cast;

const CASES: u32 = 90;

/// A whole school year that the made-up cases fall into, or the calendar year before.
fn periods() -> Vec<String> {
    let today: chrono::NaiveDate = day(0).parse().expect("a day");
    let year = chrono::Datelike::year(&today);
    vec![format!("from={year}-01-01&to={year}-12-31"), format!("from={0}-01-01&to={0}-12-31", year - 1)]
}

fn cells(reply: &Reply, dimensions: &[&str], measure: &str) -> BTreeMap<Vec<Option<String>>, u64> {
    let rows = reply.body["rows"].as_array().expect("rows");
    rows.iter()
        .map(|row| {
            let values = dimensions.iter().map(|name| row[*name].as_str().map(str::to_owned)).collect();
            (values, row[measure].as_u64().expect("a count"))
        })
        .collect()
}

fn same(client: &Client, path: &str) -> Value {
    let first = get(client, path).expect(200).body;
    assert_eq!(get(client, path).expect(200).body, first, "{path}");
    first
}

#[test]
fn no_small_count_is_shown_and_equal_cells_have_equal_answers() {
    let cast = Cast::new();
    many(&cast, CASES);
    let analyst = cast.server.client("analyst.home");
    let abroad = cast.server.client("roadmap_coordinator.abroad");
    let dimensions = ["stage", "risk_level", "channel", "agency", "territory", "outcome"];
    let total = get(&analyst, "cases").expect(200).body["total"]["cases"].as_u64().expect("a count");
    assert!(total.abs_diff(60) <= 5, "{total} of 60 open");
    let mut seen = 0;
    for (at, one) in dimensions.iter().enumerate() {
        for other in &dimensions[at + 1..] {
            let path = format!("cases?group_by={one},{other}");
            let reply = get(&analyst, &path).expect(200);
            assert_eq!(reply.body["total"]["cases"], total, "the total is one cell, in whatever table");
            assert_eq!(reply.body["total"]["children"], Value::Null);
            assert_eq!(get(&abroad, &path).expect(200).body, reply.body, "{path}");
            let shown = cells(&reply, &[one, other], "cases");
            assert!(shown.values().all(|count| *count >= 3), "{path} {shown:?}");
            let turned =
                cells(&get(&analyst, &format!("cases?group_by={other},{one}")).expect(200), &[one, other], "cases");
            assert_eq!(turned, shown, "{path}");
            seen += shown.len();
        }
        for (values, count) in cells(&get(&analyst, &format!("cases?group_by={one}")).expect(200), &[one], "cases") {
            let Some(value) = &values[0] else { continue };
            let narrowed = get(&analyst, &format!("cases?{one}={value}")).expect(200);
            assert_eq!(narrowed.body["total"]["cases"], count, "{one}={value}");
        }
    }
    assert!(seen > 10, "{seen}");
    assert_eq!(same(&analyst, "cases?group_by=stage")["protection"]["max_noise"], 5);
}

#[test]
fn tables_of_deadlines_signals_and_recurrence_hide_the_few() {
    let cast = Cast::new();
    many(&cast, CASES);
    let analyst = cast.server.client("analyst.home");
    for period in periods() {
        for table in [
            "timeliness?group_by=deadline,risk_level",
            "detection?group_by=channel,territory",
            "recurrence?group_by=outcome",
        ] {
            let answer = same(&analyst, &format!("{table}&{period}"));
            let counts =
                answer["measures"].as_array().expect("measures").iter().filter(|measure| measure["unit"] == "count");
            let names: Vec<&str> = counts.filter_map(|measure| measure["code"].as_str()).collect();
            for row in answer["rows"].as_array().expect("rows").iter().chain([&answer["total"]]) {
                for name in &names {
                    let count = row[*name].as_u64().expect("a count");
                    assert!(count == 0 || count >= 3, "{table} {name}: {row}");
                }
                let decided: u64 =
                    ["accepted", "linked", "dismissed"].iter().filter_map(|name| row[*name].as_u64()).sum();
                assert!(row["median_hours"].is_null() || decided >= 15 || row["in_time"].as_u64() > Some(9), "{row}");
            }
        }
    }
}

#[test]
fn what_would_wear_the_noise_away_is_refused() {
    let cast = Cast::new();
    let analyst = cast.server.client("analyst.home");
    let year = "from=2026-01-01&to=2026-12-31";
    let organisation = cast.organisation("school home");
    for (path, expected) in [
        ("detection?from=2026-01-02&to=2026-12-31".to_owned(), ("to", "period_not_whole")),
        ("cases?counted=opened&from=2026-01-01&to=2026-02-10".to_owned(), ("to", "period_not_whole")),
        (format!("timeliness?{year}&territory=351011100"), ("territory", "territory_too_fine")),
        (format!("recurrence?{year}&group_by=organisation"), ("group_by", "organisation_too_fine")),
        (format!("cases?organisation={organisation}"), ("organisation", "organisation_too_fine")),
        (
            "cases?group_by=stage,channel,agency,territory&risk_level=high".to_owned(),
            ("group_by", "too_many_attributes"),
        ),
        ("workload?level=specialist".to_owned(), ("level", "specialist_too_fine")),
    ] {
        let refused = get(&analyst, &path).problem(400, "invalid_query");
        assert!(refused.errors().contains(&(expected.0.to_owned(), expected.1.to_owned())), "{path}: {}", refused.text);
    }
    // The same may be asked exactly.
    get(&cast.supervisor, "cases?group_by=stage,channel,agency,territory&risk_level=high").expect(200);
    let reply = get(&analyst, "cases").expect(200);
    let as_of: chrono::NaiveDate = reply.body["as_of"].as_str().expect("a day").parse().expect("a day");
    assert_eq!(chrono::Datelike::day(&as_of.succ_opt().expect("a day")), 1, "the end of a month: {as_of}");
    assert_eq!(reply.body["rows"], json!([{"cases": 0, "children": null}]));
}

#[test]
fn a_case_opened_today_is_in_no_protected_table_yet() {
    let cast = Cast::new();
    many(&cast, CASES);
    let analyst = cast.server.client("analyst.home");
    let before = get(&analyst, "cases?group_by=stage,risk_level").expect(200).body;
    cast.case();
    assert_eq!(get(&analyst, "cases?group_by=stage,risk_level").expect(200).body, before);
}
