//! Every dimension, comparison, rates and children of `/statistics/register`.

mod files;

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_query;
use qorgan_tests::{Client, Reply};
use serde_json::{Value, json};

use crate::support::{Cast, report};

const PERIOD: &str = "from=2024-01-01&to=2026-12-31";

/// One fact as it should be counted: the values of every dimension. Forms are several.
struct Expected {
    values: BTreeMap<&'static str, Option<String>>,
    forms: Vec<&'static str>,
    child: usize,
}

/// Day, territory, forms (the main one first) or a level, age of the child's record, who reports.
type Told = (&'static str, &'static str, &'static [&'static str], usize, &'static str);

/// Ages on the days below: birth dates of three children.
const BIRTHS: [&str; 3] = ["2010-03-15", "2015-06-30", "2021-01-01"];

const TOLD: &[Told] = &[
    ("2024-08-31", "351000000", &["physical"], 0, "UO"),
    ("2024-09-01", "351011100", &["physical", "psychological"], 1, "UO"),
    ("2024-12-31", "351011100", &["bullying", "physical", "psychological"], 2, "UZ"),
    ("2025-01-01", "352400000", &["neglect"], 0, "DP"),
    ("2025-03-31", "352400000", &["attempt"], 0, "UO"),
    ("2025-04-01", "351000000", &["ideation"], 1, "UO"),
    ("2025-08-31", "351000000", &["physical"], 1, "UZ"),
    ("2025-11-05", "351000000", &["cyberbullying", "psychological"], 1, "UO"),
    ("2026-01-20", "351000000", &["physical"], 1, "UO"),
    ("2026-01-31", "352400000", &["physical", "economic"], 2, "DP"),
];

const DIMENSIONS: &[&str] = &[
    "day",
    "month",
    "quarter",
    "year",
    "school_year",
    "region",
    "territory",
    "settlement",
    "reporter_territory",
    "kind",
    "main_form",
    "level",
    "sex",
    "age_group",
    "age_five_years",
    "age_school_stage",
    "age",
    "agency",
    "status",
    "outcome",
    "channel",
];

fn text(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

fn group(age: i32, ends: &[(i32, i32)]) -> Option<String> {
    let (from, to) = ends.iter().find(|(from, to)| (*from..=*to).contains(&age)).expect("a child");
    text(format!("age_{from}_{to}"))
}

fn expected((day, territory, forms, child, agency): &Told) -> Expected {
    let part = |range: std::ops::Range<usize>| day[range].parse::<i32>().expect("a number");
    let (year, month) = (part(0..4), part(5..7));
    let birth = BIRTHS[*child];
    let born: i32 = birth[..4].parse().expect("a year");
    let age = year - born - i32::from(day[5..] < birth[5..]);
    let school = if month >= 9 { year } else { year - 1 };
    let suicidal = matches!(forms[0], "attempt" | "ideation");
    let channel = match *agency {
        "UO" => "school_staff",
        "UZ" => "health_facility",
        _ => "police",
    };
    let values = BTreeMap::from([
        ("day", text(day)),
        ("month", text(&day[..7])),
        ("quarter", text(format!("{year}-Q{}", (month - 1) / 3 + 1))),
        ("year", text(year)),
        ("school_year", text(format!("{school}-{}", school + 1))),
        ("region", text("350000000")),
        ("territory", text(format!("{}00000", &territory[..4]))),
        ("settlement", text(territory)),
        ("reporter_territory", text("351000000")),
        ("kind", text(if suicidal { "suicidal_behaviour" } else { "violence" })),
        ("main_form", (!suicidal).then(|| forms[0].to_owned())),
        ("level", suicidal.then(|| forms[0].to_owned())),
        ("sex", text("female")),
        ("age_group", group(age, &[(0, 2), (3, 6), (7, 10), (11, 13), (14, 15), (16, 17)])),
        ("age_five_years", group(age, &[(0, 4), (5, 9), (10, 14), (15, 17)])),
        ("age_school_stage", group(age, &[(0, 6), (7, 10), (11, 15), (16, 17)])),
        ("age", text(age)),
        ("agency", text(agency)),
        ("status", text("registered")),
        ("outcome", text("not_decided")),
        ("channel", text(channel)),
    ]);
    Expected { values, forms: if suicidal { Vec::new() } else { forms.to_vec() }, child: *child }
}

/// Files what was told; answers with the children.
fn furnish(cast: &Cast) -> Vec<String> {
    let names = ["Сұраныс", "Кезеңбай", "Өлшемжан"];
    let children: Vec<String> = BIRTHS
        .iter()
        .zip(names)
        .map(|(birth, name)| {
            let body = json!({"last_name": name, "first_name": "Бала", "birth_date": birth, "sex": "female",
                "territory": "351000000", "confirm_new": true});
            cast.pedagogue.post("/children", &body).expect(201).id()
        })
        .collect();
    for (day, territory, forms, child, agency) in TOLD {
        let client = match *agency {
            "UO" => &cast.pedagogue,
            "UZ" => &cast.health,
            _ => &cast.police,
        };
        let mut body = report(&children[*child], None);
        body["occurred_on"] = json!(day);
        body["place"]["territory"] = json!(territory);
        if matches!(forms[0], "attempt" | "ideation") {
            body["kind"] = json!("suicidal_behaviour");
            body["level"] = json!(forms[0]);
            body["main_form"] = Value::Null;
            body["alleged_perpetrator_relation"] = Value::Null;
        } else {
            body["main_form"] = json!(forms[0]);
            body["forms"] = json!(forms);
        }
        let filed = client.post("/register/reports", &body).expect(201);
        assert_eq!(filed.body["match"]["outcome"], "new", "{day}: {}", filed.text);
    }
    children
}

fn get(client: &Client, query: &str) -> Reply {
    client.get(&format!("/statistics/register?{PERIOD}&{query}"))
}

fn cells(reply: &Reply, dimensions: &[&str], measure: &str) -> BTreeMap<Vec<Option<String>>, Value> {
    let rows = reply.body["rows"].as_array().expect("rows");
    rows.iter()
        .map(|row| {
            let values = dimensions.iter().map(|name| row[*name].as_str().map(str::to_owned)).collect();
            (values, row[measure].clone())
        })
        .collect()
}

#[test]
fn every_dimension_counts_what_was_filed() {
    let cast = Cast::new();
    furnish(&cast);
    let facts: Vec<Expected> = TOLD.iter().map(expected).collect();
    let other = "age";
    for dimension in DIMENSIONS {
        for dimensions in [vec![*dimension], vec![*dimension, other, "kind", "month", "agency"]] {
            let unique: BTreeSet<&str> = dimensions.iter().copied().collect();
            if unique.len() < dimensions.len() {
                continue;
            }
            let mut counted: BTreeMap<Vec<Option<String>>, i64> = BTreeMap::new();
            for fact in &facts {
                *counted.entry(dimensions.iter().map(|of| fact.values[of].clone()).collect()).or_default() += 1;
            }
            let reply = get(&cast.statistician, &format!("group_by={}", dimensions.join(","))).expect(200);
            let counted = counted.into_iter().map(|(key, count)| (key, json!(count))).collect();
            assert_eq!(cells(&reply, &dimensions, "count"), counted, "{dimensions:?}");
            assert_eq!(reply.body["total"], TOLD.len(), "{dimensions:?}");
        }
        // As a filter: each value alone, and two of them together.
        if matches!(*dimension, "day" | "month" | "quarter" | "year" | "school_year" | "region" | "settlement") {
            get(&cast.statistician, &format!("{dimension}=1")).problem(400, "invalid_query");
            continue;
        }
        let values: BTreeSet<&String> = facts.iter().filter_map(|fact| fact.values[dimension].as_ref()).collect();
        let count = |wanted: &[&String]| {
            let of = |fact: &&Expected| fact.values[dimension].as_ref().is_some_and(|value| wanted.contains(&value));
            facts.iter().filter(of).count()
        };
        for value in &values {
            let narrowed = get(&cast.statistician, &format!("{dimension}={value}")).expect(200);
            assert_eq!(narrowed.body["total"], count(&[value]), "{dimension}={value}");
        }
        let two: Vec<&String> = values.iter().copied().take(2).collect();
        let given = two.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(",");
        let narrowed = get(&cast.statistician, &format!("{dimension}={given}")).expect(200);
        assert_eq!(narrowed.body["total"], count(&two), "{dimension}={given}");
    }
}

#[test]
fn a_fact_counts_for_each_of_its_forms() {
    let cast = Cast::new();
    furnish(&cast);
    let facts: Vec<Expected> = TOLD.iter().map(expected).collect();
    let mut counted: BTreeMap<Vec<Option<String>>, i64> = BTreeMap::new();
    for fact in &facts {
        for form in &fact.forms {
            *counted.entry(vec![text(form)]).or_default() += 1;
        }
        if fact.forms.is_empty() {
            *counted.entry(vec![None]).or_default() += 1;
        }
    }
    let counted: BTreeMap<_, _> = counted.into_iter().map(|(key, count)| (key, json!(count))).collect();
    let table = get(&cast.statistician, "group_by=any_form").expect(200);
    assert_eq!(cells(&table, &["any_form"], "count"), counted);
    assert_eq!(table.body["total"], TOLD.len(), "each fact once");
    assert!(table.body["note"].as_str().is_some_and(|note| !note.is_empty()), "the rows add up to more: it says so");
    let psychological = facts.iter().filter(|fact| fact.forms.contains(&"psychological")).count();
    let with = |forms: &[&str]| facts.iter().filter(|fact| fact.forms.iter().any(|form| forms.contains(form))).count();
    let filtered = get(&cast.statistician, "any_form=psychological").expect(200);
    assert_eq!(filtered.body["total"], psychological);
    let filtered = get(&cast.statistician, "any_form=psychological,physical").expect(200);
    assert_eq!(filtered.body["total"], with(&["psychological", "physical"]), "who has both counts once");
    // Of the facts that have it, every form.
    let both = get(&cast.statistician, "group_by=any_form&any_form=psychological").expect(200);
    assert_eq!(both.body["total"], psychological);
    assert_eq!(cells(&both, &["any_form"], "count")[&vec![text("physical")]], 2);
    let five = get(&cast.statistician, "group_by=any_form,age,month,agency,territory").expect(200);
    assert_eq!(five.body["total"], TOLD.len());
}

#[test]
fn periods_are_set_side_by_side() {
    let cast = Cast::new();
    furnish(&cast);
    let year = |query: &str| {
        cast.statistician.get(&format!("/statistics/register?from=2025-01-01&to=2025-12-31&{query}")).expect(200)
    };
    let table = year("group_by=kind&compare=previous,year_before");
    let codes: Vec<&str> =
        table.body["measures"].as_array().expect("measures").iter().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(
        codes,
        [
            "count",
            "previous_count",
            "previous_difference",
            "previous_percent",
            "year_before_count",
            "year_before_difference",
            "year_before_percent"
        ]
    );
    // 2024: three of violence. 2025: three of violence, two of suicidal behaviour.
    let rows = table.body["rows"].as_array().expect("rows");
    assert_eq!(rows[0]["kind"], "violence");
    assert_eq!(
        (&rows[0]["count"], &rows[0]["previous_count"], &rows[0]["previous_difference"]),
        (&json!(3), &json!(3), &json!(0))
    );
    assert_eq!(
        (&rows[1]["count"], &rows[1]["year_before_count"], &rows[1]["year_before_percent"]),
        (&json!(2), &json!(0), &Value::Null)
    );
    assert_eq!(table.body["totals"]["previous_difference"], 2);
    assert_eq!(table.body["totals"]["previous_percent"], 66.7);
    assert_eq!(table.body["earlier"][0], json!({"comparison": "previous", "from": "2024-01-01", "to": "2024-12-31"}));
    // Month against month, also those that are in one year only.
    let months = year("group_by=month&compare=year_before");
    let now = cells(&months, &["month"], "count");
    let before = cells(&months, &["month"], "year_before_count");
    assert_eq!((&now[&vec![text("2025-08")]], &before[&vec![text("2025-08")]]), (&json!(1), &json!(1)));
    assert_eq!((&now[&vec![text("2025-09")]], &before[&vec![text("2025-09")]]), (&json!(0), &json!(1)));
    let sorted: Vec<&str> =
        months.body["rows"].as_array().expect("rows").iter().filter_map(|row| row["month"].as_str()).collect();
    assert!(sorted.is_sorted(), "{sorted:?}");
    // By day and settlement too.
    let days =
        cast.statistician.get("/statistics/register?from=2025-04-01&to=2025-04-01&group_by=day&compare=previous");
    let days = days.expect(200);
    assert_eq!(cells(&days, &["day"], "previous_count")[&vec![text("2025-04-01")]], 1);
    // Protected counts: of periods that are over, and of shown numbers.
    sql_query("UPDATE register_fact_versions SET recorded_at = recorded_at - interval '40 days'")
        .execute(&mut cast.server.database.owner())
        .expect("age the facts");
    let analyst = cast.server.client("analyst.home");
    let shown = |period: &str, more: &str| analyst.get(&format!("/statistics/register?{period}&{more}")).expect(200);
    let compared = shown("from=2025-01-01&to=2025-12-31", "compare=previous");
    let before = shown("from=2024-01-01&to=2024-12-31", "");
    let now = shown("from=2025-01-01&to=2025-12-31", "");
    let totals = &compared.body["totals"];
    assert_eq!((&totals["count"], &totals["previous_count"]), (&now.body["total"], &before.body["total"]));
    let difference = now.body["total"].as_i64().expect("a count") - before.body["total"].as_i64().expect("a count");
    assert_eq!(totals["previous_difference"], difference);
    let whole = "from=2026-01-01&to=2026-12-31&compare=previous";
    let refused = analyst.get(&format!("/statistics/register?{whole}")).problem(400, "invalid_query");
    assert_eq!(refused.errors(), [("compare".to_owned(), "period_not_over".to_owned())]);
    cast.statistician.get(&format!("/statistics/register?{whole}")).expect(200);
}

#[test]
fn rates_are_for_the_children_of_the_place() {
    let cast = Cast::new();
    furnish(&cast);
    let table = get(&cast.statistician, "group_by=territory&rates=true").expect(200);
    let rates = cells(&table, &["territory"], "rate");
    // 7 facts for 142 370 children, 3 for 49 690.
    assert_eq!(rates[&vec![text("351000000")]], json!(0.49));
    assert_eq!(rates[&vec![text("352400000")]], json!(0.6));
    assert_eq!(table.body["totals"]["rate"], json!(0.31), "10 for 317 681");
    let population = table.body["population"].as_array().expect("numbers of children");
    assert_eq!(population.len(), 14);
    assert!(population.iter().all(|row| row["provisional"] == true && row["source"].is_string()), "{population:?}");
    let none = get(&cast.statistician, "group_by=territory,sex&rates=true").expect(200);
    assert_eq!((&none.body["rows"][0]["rate"], &none.body["population"]), (&Value::Null, &json!([])));
    assert!(none.body["note"].is_string(), "why there are none");
    assert_eq!(get(&cast.statistician, "group_by=territory").expect(200).body["population"], Value::Null);
    // A later number counts from its day on.
    sql_query("INSERT INTO child_population VALUES ('352400000', '2026-01-01', 1000, 'test', false)")
        .execute(&mut cast.server.database.owner())
        .expect("a later number");
    let by_year = get(&cast.statistician, "group_by=territory,year&rates=true").expect(200);
    let rates = cells(&by_year, &["territory", "year"], "rate");
    assert_eq!(rates[&vec![text("352400000"), text("2025")]], json!(0.4));
    assert_eq!(rates[&vec![text("352400000"), text("2026")]], json!(10.0));
}

#[test]
fn children_are_counted_once_as_their_records_were_merged_then() {
    let cast = Cast::new();
    let children = furnish(&cast);
    let facts: Vec<Expected> = TOLD.iter().map(expected).collect();
    let table = get(&cast.statistician, "group_by=kind&measures=children").expect(200);
    let distinct = |suicidal: bool| {
        let of = facts.iter().filter(|fact| fact.forms.is_empty() == suicidal);
        of.map(|fact| fact.child).collect::<BTreeSet<_>>().len()
    };
    let found = cells(&table, &["kind"], "children");
    assert_eq!(found[&vec![text("violence")]], distinct(false));
    assert_eq!(found[&vec![text("suicidal_behaviour")]], distinct(true));
    assert_eq!((&table.body["totals"]["children"], &table.body["total"]), (&json!(3), &json!(TOLD.len())));
    let forms = get(&cast.statistician, "group_by=any_form&measures=children").expect(200);
    assert_eq!(cells(&forms, &["any_form"], "children")[&vec![text("physical")]], 3);
    // Two records become one; as of an earlier day they are still two.
    sql_query("UPDATE register_fact_versions SET recorded_at = recorded_at - interval '40 days'")
        .execute(&mut cast.server.database.owner())
        .expect("age the facts");
    let merged = json!({"into": children[0], "reason": "Registered twice."});
    cast.supervisor.change(&format!("/children/{}/merge", children[1]), 1, &merged).expect(200);
    let count = |more: &str| {
        let reply = get(&cast.statistician, &format!("measures=children&{more}")).expect(200);
        reply.body["totals"]["children"].clone()
    };
    let yesterday = chrono::Utc::now().date_naive() - chrono::Days::new(2);
    assert_eq!((count(""), count(&format!("as_of={yesterday}"))), (json!(2), json!(3)));
    let records = cast.supervisor.get(&format!("/children/{}", children[1])).expect(200);
    let unmerge = json!({"reason": "Two cousins."});
    cast.supervisor.change(&format!("/children/{}/unmerge", children[1]), records.version(), &unmerge).expect(200);
    assert_eq!(count(""), 3);
    // Nobody else counts children.
    let refused =
        cast.server.client("analyst.home").get("/statistics/register?from=2025-01-01&to=2025-12-31&measures=children");
    assert_eq!(refused.problem(400, "invalid_query").errors(), [("measures".to_owned(), "exact_only".to_owned())]);
}

#[test]
fn the_office_alone_sees_what_is_so_fine() {
    let cast = Cast::new();
    let analyst = cast.server.client("analyst.home");
    let year = "from=2025-01-01&to=2025-12-31";
    for (query, name, code) in [
        ("group_by=day", "group_by", "exact_only"),
        ("group_by=settlement", "group_by", "exact_only"),
        ("group_by=age", "group_by", "exact_only"),
        ("age=7", "age", "exact_only"),
        ("sex=male,female", "sex", "one_value_only"),
        ("group_by=age_group,age_five_years", "group_by", "age_groupings_crossed"),
        ("group_by=school_year", "group_by", "time_not_whole"),
        ("reporter_territory=351011100", "reporter_territory", "territory_too_fine"),
    ] {
        let path = format!("/statistics/register?{year}&{query}");
        let refused = analyst.get(&path).problem(400, "invalid_query");
        assert_eq!(refused.errors(), [(name.to_owned(), code.to_owned())], "{query}");
        cast.statistician.get(&path).expect(200);
    }
    for query in ["group_by=age_five_years", "group_by=quarter,any_form", "group_by=reporter_territory,outcome,channel"]
    {
        analyst.get(&format!("/statistics/register?{year}&{query}")).expect(200);
    }
}

#[test]
fn a_moment_shows_what_was_recorded_until_then_and_at_it() {
    #[derive(QueryableByName)]
    struct Recorded {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    let cast = Cast::new();
    for name in ["Бірінші", "Екінші"] {
        let child = cast.child(name);
        cast.pedagogue.post("/register/reports", &report(&child, None)).expect(201);
    }
    let recorded: Vec<Recorded> = sql_query(
        "SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS text
         FROM register_fact_versions, LATERAL (VALUES (recorded_at), (recorded_at - interval '1 microsecond')) AS m (moment)
         ORDER BY moment",
    )
    .load(&mut cast.server.database.owner())
    .expect("moments");
    for (at, facts) in recorded.iter().zip([0, 1, 1, 2]) {
        let ask = |more: &str| get(&cast.statistician, &format!("as_of={}{more}", at.text)).expect(200);
        // From sums, from the versions fact by fact, and children.
        let table = ask("");
        assert_eq!((&table.body["total"], &table.body["final"]), (&json!(facts), &json!(false)), "{}", at.text);
        assert_eq!(ask("&group_by=day,sex,agency,channel,setting").body["total"], facts, "{}", at.text);
        assert_eq!(ask("&measures=children").body["totals"]["children"], facts, "{}", at.text);
        let shown: chrono::DateTime<chrono::Utc> =
            table.body["as_of"].as_str().expect("a moment").parse().expect("a time");
        assert_eq!(shown, at.text.parse::<chrono::DateTime<chrono::Utc>>().expect("a time"));
    }
    // Without the day's end the period ends with the day of the moment in Kazakhstan.
    let evening = cast.statistician.get("/statistics/register?as_of=2025-12-31T20:00:00Z").expect(200);
    assert_eq!(
        (&evening.body["to"], &evening.body["final"], &evening.body["as_of"]),
        (&json!("2026-01-01"), &json!(true), &json!("2025-12-31T20:00:00Z"))
    );
    let evening =
        cast.statistician.get("/statistics/register?as_of=2026-01-01T01:00:00%2B05:00&format=csv").expect(200);
    assert!(evening.text.contains(",2025-12-31T20:00:00Z,exact"), "{}", evening.text);
    let ahead = cast.statistician.get("/statistics/register?as_of=2999-01-01T00:00:00Z");
    assert_eq!(ahead.problem(400, "invalid_query").errors(), [("as_of".to_owned(), "as_of_future".to_owned())]);
    let wrong = cast.statistician.get("/statistics/register?as_of=2026-01-01T25:00");
    assert_eq!(wrong.problem(400, "invalid_query").errors(), [("as_of".to_owned(), "as_of_format".to_owned())]);
    // Protected counts are of the end of a month, whatever the moment.
    let analyst = cast.server.client("analyst.home");
    let rested =
        analyst.get("/statistics/register?from=2025-01-01&to=2025-12-31&as_of=2025-12-31T18:59:59Z").expect(200);
    assert_eq!(rested.body["as_of"], "2025-11-30");
}
