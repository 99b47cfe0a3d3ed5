//! `/statistics/register` against a count made here of what was filed.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use qorgan_domain::calendar::local_date;
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use super::{changed, file};
use crate::bad_input::Chance;
use crate::support::Cast;

/// Reports of one run. The seed is fixed: a failure comes back.
const REPORTS: usize = 60;
const SEED: u64 = 351;
const PERIOD: &str = "from=2024-01-01&to=2026-12-31";
const DIMENSIONS: [&str; 11] =
    ["month", "territory", "kind", "main_form", "level", "sex", "age_group", "setting", "relation", "agency", "status"];

/// The value of every dimension of one fact, as it should be counted.
type Fact = BTreeMap<&'static str, Option<String>>;

fn table(client: &Client, query: &str) -> Reply {
    client.get(&format!("/statistics/register?{PERIOD}&{query}")).expect(200)
}

/// Cells of an answer: the values of the dimensions, and the count.
fn cells(reply: &Reply, dimensions: &[&str]) -> BTreeMap<Vec<Option<String>>, u64> {
    let rows = reply.body["rows"].as_array().expect("rows");
    let cells: BTreeMap<_, _> = rows
        .iter()
        .map(|row| {
            let values = dimensions.iter().map(|name| row[*name].as_str().map(str::to_owned)).collect();
            (values, row["count"].as_u64().expect("a count"))
        })
        .collect();
    assert_eq!(cells.len(), rows.len(), "no cell comes twice: {}", reply.text);
    cells
}

fn counted(facts: &[Fact], dimensions: &[&str]) -> BTreeMap<Vec<Option<String>>, u64> {
    let mut cells = BTreeMap::new();
    for fact in facts {
        let values = dimensions.iter().map(|name| fact[name].clone()).collect();
        *cells.entry(values).or_default() += 1;
    }
    cells
}

/// A child of the pedagogue's school: its id, birth date, sex.
fn children(cast: &Cast) -> Vec<(String, NaiveDate, &'static str)> {
    let births = [
        ("2024-01-01", "male"),
        ("2020-06-30", "female"),
        ("2016-02-29", "male"),
        ("2013-12-31", "female"),
        ("2010-10-10", "male"),
        ("2008-01-01", "female"),
    ];
    let letters = ["а", "б", "в", "г", "д", "е"];
    births
        .iter()
        .zip(letters)
        .map(|((birth, sex), letter)| {
            let body = json!({"last_name": format!("Санақ{letter}"), "first_name": "Бала", "birth_date": birth, "sex": sex, "territory": "351000000"});
            let id = cast.pedagogue.post("/children", &body).expect(201).id();
            (id, birth.parse().expect("a date"), *sex)
        })
        .collect()
}

fn age_group(birth: NaiveDate, day: NaiveDate) -> &'static str {
    match day.years_since(birth).expect("born before") {
        0..=2 => "age_0_2",
        3..=6 => "age_3_6",
        7..=10 => "age_7_10",
        11..=13 => "age_11_13",
        14..=15 => "age_14_15",
        _ => "age_16_17",
    }
}

/// Files a report by chance, and says how it is to be counted; not at all where it joined a fact.
fn file_one(chance: &mut Chance, cast: &Cast, children: &[(String, NaiveDate, &'static str)]) -> Option<Fact> {
    let (client, agency) = *chance.of(&[(&cast.pedagogue, "UO"), (&cast.health, "UZ"), (&cast.police, "DP")]);
    let (child, birth, sex) = chance.of(children);
    let first: NaiveDate = "2024-01-01".parse().expect("a date");
    let day = first + Days::new(u64::try_from(chance.below(760)).expect("days"));
    let territory = *chance.of(&["351000000", "352400000"]);
    let setting = *chance.of(&["home", "school", "online", "public_place"]);
    let mut body = changed(child, json!({"occurred_on": day, "place": {"territory": territory, "setting": setting}}));
    let (mut form, mut level, mut relation) = (None, None, None);
    let kind = if chance.below(3) == 0 { "suicidal_behaviour" } else { "violence" };
    if kind == "violence" {
        form = Some(*chance.of(&["physical", "bullying", "neglect", "witnessed"]));
        relation = *chance.of(&[Some("peer"), Some("parent_guardian"), None]);
    } else {
        level = Some(*chance.of(&["ideation", "attempt"]));
    }
    for (name, value) in
        [("kind", Some(kind)), ("main_form", form), ("level", level), ("alleged_perpetrator_relation", relation)]
    {
        body[name] = json!(value);
    }
    if file(client, &body).expect(201).body["match"]["outcome"] == "matched" {
        return None;
    }
    let text = |value: &str| Some(value.to_owned());
    let owned = |value: Option<&str>| value.map(str::to_owned);
    Some(BTreeMap::from([
        ("month", text(&day.format("%Y-%m").to_string())),
        ("territory", text(territory)),
        ("kind", text(kind)),
        ("main_form", owned(form)),
        ("level", owned(level)),
        ("sex", text(sex)),
        ("age_group", text(age_group(*birth, day))),
        ("setting", text(setting)),
        ("relation", owned(relation)),
        ("agency", text(agency)),
        ("status", text("registered")),
    ]))
}

#[test]
fn every_table_is_the_count_of_what_was_filed() {
    let cast = Cast::new();
    let mut chance = Chance::new(SEED);
    let children = children(&cast);
    let facts: Vec<Fact> = (0..REPORTS).filter_map(|_| file_one(&mut chance, &cast, &children)).collect();
    let filed = facts.len();
    assert!(filed > REPORTS / 2, "{filed}");
    let statistician = &cast.statistician;
    let whole = table(statistician, "");
    assert_eq!((&whole.body["total"], &whole.body["rows"][0]["count"]), (&json!(filed), &json!(filed)));
    // By each dimension alone, and by each together with each other.
    for (place, one) in DIMENSIONS.iter().enumerate() {
        let alone = table(statistician, &format!("group_by={one}"));
        assert_eq!(cells(&alone, &[one]), counted(&facts, &[one]), "{one}");
        assert_eq!(alone.body["total"], filed, "{one}");
        for other in &DIMENSIONS[place + 1..] {
            let both = table(statistician, &format!("group_by={one},{other}"));
            assert_eq!(cells(&both, &[one, other]), counted(&facts, &[one, other]), "{one},{other}");
        }
    }
    // Every filter leaves exactly the facts of its value, and together the values of a dimension leave all.
    for dimension in DIMENSIONS.iter().filter(|dimension| **dimension != "month") {
        let mut sum = 0;
        for (value, count) in counted(&facts, &[dimension]) {
            let Some(value) = &value[0] else { continue };
            let narrowed = table(statistician, &format!("{dimension}={value}"));
            assert_eq!(narrowed.body["total"], count, "{dimension}={value}");
            sum += count;
        }
        let without = counted(&facts, &[dimension]).get(&vec![None]).copied().unwrap_or(0);
        assert_eq!(usize::try_from(sum + without).expect("a count"), filed, "{dimension}");
    }
    // A period is its days, both ends included; the region holds its cities.
    let day = |fact: &Fact| fact["month"].clone().expect("a month");
    let of_may = facts.iter().filter(|fact| day(fact) == "2024-05").count();
    let may = statistician.get("/statistics/register?from=2024-05-01&to=2024-05-31").expect(200);
    assert_eq!(may.body["total"], of_may);
    assert_eq!(table(statistician, "territory=350000000").body["total"], filed);
}

#[test]
fn the_register_of_a_past_day_stays_as_it_read() {
    let cast = Cast::new();
    let child = cast.child("Кешегі");
    let today = local_date(Utc::now());
    let yesterday = today.pred_opt().expect("a day");
    let before = yesterday.pred_opt().expect("a day");
    let total = |day: NaiveDate| table(&cast.statistician, &format!("as_of={day}")).body["total"].clone();
    let first = file(&cast.pedagogue, &changed(&child, json!({}))).expect(201);
    assert_eq!((total(today), total(yesterday)), (json!(1), json!(0)), "a fact that was entered today");
    // The clock is turned back for this fact: it was entered yesterday.
    let id = first.body["fact"]["id"].as_str().expect("a fact");
    let aged = sql_query(
        "UPDATE register_fact_versions SET recorded_at = recorded_at - interval '1 day' WHERE fact_id::text = $1",
    )
    .bind::<diesel::sql_types::Text, _>(id)
    .execute(&mut cast.server.database.owner())
    .expect("age the fact");
    assert_eq!(aged, 1);
    file(&cast.pedagogue, &changed(&child, json!({"occurred_on": "2026-03-11"}))).expect(201);
    assert_eq!((total(today), total(yesterday), total(before)), (json!(2), json!(1), json!(0)));
    let future = today.succ_opt().expect("a day");
    let refused =
        cast.statistician.get(&format!("/statistics/register?{PERIOD}&as_of={future}")).problem(400, "invalid_query");
    assert_eq!(refused.errors(), [("as_of".to_owned(), "as_of_future".to_owned())]);
}

#[test]
fn a_table_names_nobody() {
    let cast = Cast::new();
    let child = cast.child("Аталмаған");
    let filed = file(&cast.pedagogue, &changed(&child, json!({"level": Value::Null}))).expect(201);
    let reply = table(&cast.statistician, "group_by=month,territory,kind,main_form,sex,age_group,setting,relation");
    assert_eq!(reply.body["total"], 1);
    for secret in [
        "Аталмаған",
        &child,
        filed.body["fact"]["id"].as_str().expect("a fact"),
        filed.body["fact"]["number"].as_str().expect("a number"),
        "2026-02-10",
    ] {
        assert!(!reply.text.contains(secret), "{secret}");
    }
    for dimension in ["child_id", "occurred_on", "description", "id", "count"] {
        let _ =
            cast.statistician.get(&format!("/statistics/register?group_by={dimension}")).problem(400, "invalid_query");
    }
    for role in ["auditor.home", "administrator.home", "social_pedagogue.home", "statistician.abroad"] {
        let reply = cast.server.client(role).get("/statistics/register");
        assert_eq!(reply.status, if role == "statistician.abroad" { 200 } else { 403 }, "{role}");
    }
}
