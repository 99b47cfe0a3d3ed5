//! Releases: a period is closed, confirmed by the agencies, signed, published; what comes later is a revision.

mod life;
mod races;
mod revisions;

use chrono::{Datelike, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Date, Integer};
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::bad_input::Chance;
use crate::support::{Cast, register_child, report};

/// The first quarter of 2026 as the tests close it.
pub const QUARTER: &str = "2026-01-01";
const FACTS: usize = 16;

/// The end of a month that is over: the last, the one before it …
pub fn month_end(before: u32) -> NaiveDate {
    let today = qorgan_domain::calendar::local_date(Utc::now());
    let mut first = today.with_day(1).expect("a first of a month");
    for _ in 0..before {
        first = first.pred_opt().and_then(|day| day.with_day(1)).expect("a first of a month");
    }
    first.pred_opt().expect("a day")
}

/// Facts of the quarter, one child each, of the school at home; entered before the last two ends of months.
pub fn furnish(cast: &Cast) {
    let mut chance = Chance::new(27);
    for at in 0..FACTS {
        file(cast, at, &mut chance);
    }
    age(cast, 75);
}

pub fn file(cast: &Cast, at: usize, chance: &mut Chance) {
    let letter = "абвгдежзи".chars().nth(at % 9).unwrap_or('к');
    let child = register_child(&cast.pedagogue, &format!("Шығарылым{letter}"));
    let mut body = report(&child, None);
    body["occurred_on"] = json!(format!("2026-0{}-1{}", 1 + at % 3, chance.below(9)));
    body["main_form"] = json!(chance.of(&["physical", "bullying", "bullying"]));
    cast.pedagogue.post("/register/reports", &body).expect(201);
}

/// Turns the clock back for what was entered today.
pub fn age(cast: &Cast, days: i32) {
    sql_query("UPDATE register_fact_versions SET recorded_at = recorded_at - make_interval(days => $1) WHERE recorded_at > now() - interval '1 day'")
        .bind::<Integer, _>(days)
        .execute(&mut cast.server.database.owner())
        .expect("age the facts");
}

/// What was entered today was entered at noon of a day.
pub fn entered_on(cast: &Cast, day: NaiveDate) {
    sql_query("UPDATE register_fact_versions SET recorded_at = $1 + interval '7 hours' WHERE recorded_at > now() - interval '1 day'")
        .bind::<Date, _>(day)
        .execute(&mut cast.server.database.owner())
        .expect("age the facts");
}

/// The statistics office, and a colleague who did not propose.
pub fn office(cast: &Cast) -> (Client, Client) {
    (cast.server.client("statistician.home"), cast.server.client("statistician.abroad"))
}

pub fn propose(office: &Client, as_of: NaiveDate) -> Reply {
    office.post("/statistics/releases", &json!({"period": "quarter", "from": QUARTER, "as_of": as_of}))
}

pub fn at(release: &str) -> String {
    format!("/statistics/releases/{release}")
}

/// The only part: of the schools at home.
pub fn part(office: &Client, release: &str) -> Value {
    let parts = office.get(&format!("{}/parts", at(release))).expect(200);
    let items = parts.body["items"].as_array().expect("parts");
    assert_eq!(items.len(), 1, "{}", parts.text);
    items[0].clone()
}

/// Answers for it as the office of education at home.
pub fn answer(cast: &Cast, release: &str, version: i64, body: &Value) -> Reply {
    let part = part(&cast.server.client("statistician.home"), release);
    let path = format!("{}/parts/{}/answer", at(release), part["id"].as_str().expect("an id"));
    cast.server.client("supervisor.office.home").change(&path, version, body)
}

pub fn publish(client: &Client, release: &str, body: &Value) -> Reply {
    client.change(&format!("{}/publish", at(release)), 1, body)
}

/// Proposed as of a day, confirmed, published.
pub fn published(cast: &Cast, as_of: NaiveDate) -> String {
    let (first, second) = office(cast);
    let release = propose(&first, as_of).expect(201).id();
    answer(cast, &release, 1, &json!({"answer": "confirmed"})).expect(200);
    publish(&second, &release, &json!({})).expect(200);
    release
}
