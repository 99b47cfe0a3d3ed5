//! The risk map, its alerts, and the page.

use diesel::RunQueryDsl;
use qorgan_tests::facts::{age_facts, file_fact};
use qorgan_tests::{Client, Reply, client};
use serde_json::{Value, json};

use crate::support::Cast;

const YEAR: &str = "from=2026-01-01&to=2026-12-31";
const HOME: &str = "351000000";
const ABROAD: &str = "352400000";

fn get(client: &Client, query: &str) -> Reply {
    client.get(&format!("/risk-map?{YEAR}&{query}"))
}

/// Three quiet years of two cities, then one that is quiet in the first and loud in the second.
fn furnish(cast: &Cast) {
    let mut at = 0;
    for (year, home, abroad) in [(2023, 3, 2), (2024, 2, 1), (2025, 3, 2), (2026, 3, 12)] {
        for (territory, count) in [(HOME, home), (ABROAD, abroad)] {
            for number in 0..count {
                let nature = ["physical", "bullying", "attempt"][number % 3];
                file_fact(
                    &cast.pedagogue,
                    at,
                    &format!("{year}-0{}-1{}", 1 + number % 8, number % 10),
                    territory,
                    nature,
                );
                at += 1;
            }
        }
    }
    age_facts(&cast.server);
}

fn place<'a>(map: &'a Value, kato: &str) -> &'a Value {
    let features = map["features"].as_array().expect("features");
    &features.iter().find(|feature| feature["id"] == kato).expect("the place")["properties"]
}

#[test]
fn the_map_is_geojson_and_says_what_the_counts_say() {
    let cast = Cast::new();
    furnish(&cast);
    let reply = get(&cast.statistician, "").expect(200);
    assert_eq!(reply.header("content-type"), Some("application/geo+json"));
    let map = reply.body;
    assert_eq!(
        (&map["type"], &map["method"], &map["indicator"]),
        (&json!("FeatureCollection"), &json!("exact"), &json!("facts"))
    );
    let features = map["features"].as_array().expect("features");
    assert_eq!(features.len(), 13);
    for feature in features {
        assert_eq!((&feature["type"], &feature["geometry"]["type"]), (&json!("Feature"), &json!("Point")));
        let at = |axis: usize| feature["geometry"]["coordinates"][axis].as_f64().expect("a coordinate");
        // Longitude stands first (RFC 7946, section 3.1.1): the region lies from 71 to 76 east and from 46 to 51 north.
        assert!((71.0..76.0).contains(&at(0)) && (46.0..51.0).contains(&at(1)), "{feature}");
        let bbox = |side: usize| map["bbox"][side].as_f64().expect("a side");
        assert!(bbox(0) <= at(0) && at(0) <= bbox(2) && bbox(1) <= at(1) && at(1) <= bbox(3));
        for name in ["ru", "kk", "en"] {
            assert!(feature["properties"]["names"][name].is_string(), "{feature}");
        }
    }
    assert!(map["attribution"].as_str().is_some_and(|text| text.contains("GeoNames") && text.contains("CC BY 4.0")));

    let (home, abroad) = (place(&map, HOME), place(&map, ABROAD));
    assert_eq!((&home["count"], &abroad["count"], &map["region"]["count"]), (&json!(3), &json!(12), &json!(15)));
    let children = abroad["children"].as_f64().expect("children");
    let rate = 12.0 * 10_000.0 / children;
    assert!((abroad["rate"].as_f64().expect("a rate") - rate).abs() < 0.006);
    assert!(abroad["interval"]["low"].as_f64() < abroad["rate"].as_f64());
    assert_eq!((&home["state"], &home["alert"]), (&json!("within"), &json!(false)));
    assert_eq!((&abroad["state"], &abroad["alert"]), (&json!("above"), &json!(true)), "{abroad}");
    assert_eq!((&abroad["trend"]["direction"], &abroad["trend"]["before"]), (&json!("rising"), &json!(2)));
    let history: Vec<&Value> =
        abroad["history"].as_array().expect("history").iter().map(|point| &point["count"]).collect();
    assert_eq!(history, [&json!(2), &json!(1), &json!(2)], "years before the register knew anything are left out");
    let breakdown = abroad["breakdown"].as_array().expect("a breakdown");
    assert_eq!(breakdown.iter().map(|row| row["count"].as_u64().expect("a count")).sum::<u64>(), 12);

    // The same by the statistics.
    let counted = cast.statistician.get(&format!("/statistics/register?{YEAR}&group_by=territory")).expect(200);
    for row in counted.body["rows"].as_array().expect("rows") {
        assert_eq!(place(&map, row["territory"].as_str().expect("a code"))["count"], row["count"]);
    }
    let rows = cast.server.database.owner();
    let audited = audited(rows);
    assert_eq!(audited, 1 + 1, "one row for the map, one for the count");
}

fn audited(mut owner: diesel::PgConnection) -> i64 {
    use diesel::prelude::*;
    diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "(SELECT count(*) FROM audit_events WHERE action = 'statistics_exact')",
    ))
    .get_result(&mut owner)
    .expect("count the audit rows")
}

#[test]
fn the_index_shows_its_parts_and_every_indicator_can_be_mapped() {
    let cast = Cast::new();
    furnish(&cast);
    let map = get(&cast.statistician, "indicator=composite").expect(200).body;
    let index = &place(&map, ABROAD)["index"];
    assert_eq!(index["value"], place(&map, ABROAD)["value"]);
    let sum = |member: &str| -> f64 {
        index["parts"].as_array().expect("parts").iter().map(|part| part[member].as_f64().expect("a number")).sum()
    };
    assert!((sum("points") - index["value"].as_f64().expect("a value")).abs() < 0.1, "{index}");
    assert!((sum("weight") - 1.0).abs() < 0.001);
    assert!(map["weights"].as_array().is_some_and(|weights| !weights.is_empty()) && map["provisional"] == true);
    for (indicator, count) in
        [("physical", 5), ("attempt", 5), ("suicidal_behaviour", 5), ("violence", 10), ("neglect", 0)]
    {
        let map = get(&cast.statistician, &format!("indicator={indicator}")).expect(200).body;
        let sum: u64 = map["features"]
            .as_array()
            .expect("features")
            .iter()
            .map(|f| f["properties"]["count"].as_u64().expect("a count"))
            .sum();
        assert_eq!(sum, count, "{indicator}");
    }
    let analyst = cast.server.client("analyst.home");
    let periods = ["from=2026-02-01&to=2026-02-28", "from=2026-01-01&to=2026-03-31", "from=2025-09-01&to=2026-08-31"];
    for (client, period) in
        [&cast.statistician, &analyst].into_iter().flat_map(|client| periods.map(|one| (client, one)))
    {
        let map = client.get(&format!("/risk-map?{period}")).expect(200).body;
        let count = client.get(&format!("/statistics/register?{period}")).expect(200).body["total"].clone();
        assert_eq!(map["region"]["count"], count, "{period}");
        client.get(&format!("/risk-map/alerts?{period}")).expect(200);
    }
}

#[test]
fn everybody_but_the_statistics_office_is_shown_what_protected_counts_say() {
    let cast = Cast::new();
    furnish(&cast);
    let office = get(&cast.statistician, "method=protected").expect(200).body;
    assert_eq!(office["method"], "protected");
    assert!(office["note"].as_str().is_some_and(|note| note.contains("1, 2")));
    for person in ["analyst.home", "analyst.abroad", "supervisor.office.home", "roadmap_coordinator.home"] {
        let client = cast.server.client(person);
        assert_eq!(get(&client, "").expect(200).body, office, "{person}");
        get(&client, "method=exact").problem(403, "forbidden");
        client.get(&format!("/risk-map/alerts?{YEAR}&method=exact")).problem(403, "forbidden");
    }
    for person in ["social_pedagogue.home", "administrator.home", "auditor.home", "hotline_operator.home"] {
        get(&cast.server.client(person), "").problem(403, "forbidden");
        cast.server.client(person).get("/risk-map/alerts").problem(403, "forbidden");
    }
    // Nothing else than the statistics tell: of this year, of the years before, of the forms.
    let analyst = cast.server.client("analyst.home");
    let counted = |query: &str| analyst.get(&format!("/statistics/register?{query}")).expect(200).body;
    let cells = counted(&format!("{YEAR}&group_by=territory"));
    for feature in office["features"].as_array().expect("features") {
        let cell = cells["rows"].as_array().expect("rows").iter().find(|row| row["territory"] == feature["id"]);
        let count = cell.map_or(json!(0), |row| row["count"].clone());
        assert_eq!(feature["properties"]["count"], count);
        assert!(count.as_u64().is_some_and(|count| count == 0 || count >= 3), "1 and 2 are never shown");
    }
    assert_eq!(office["region"]["count"], cells["total"]);
    assert_eq!(office["as_of"], cells["as_of"]);
    for point in office["region"]["history"].as_array().expect("history") {
        let (from, to) = (point["from"].as_str().expect("a day"), point["to"].as_str().expect("a day"));
        assert_eq!(point["count"], counted(&format!("from={from}&to={to}"))["total"]);
    }
    for row in office["region"]["breakdown"].as_array().expect("a breakdown") {
        let code = row["indicator"].as_str().expect("a code");
        let name = if code == "attempt" { "level" } else { "main_form" };
        assert_eq!(row["count"], counted(&format!("{YEAR}&{name}={code}"))["total"], "{code}");
    }
}

#[test]
fn alerts_list_what_left_its_range_and_how_many_do_by_chance() {
    let cast = Cast::new();
    furnish(&cast);
    let alerts = cast.statistician.get(&format!("/risk-map/alerts?{YEAR}")).expect(200).body;
    let items = alerts["items"].as_array().expect("items");
    let found =
        |kato: &str, indicator: &str| items.iter().any(|item| item["kato"] == kato && item["indicator"] == indicator);
    assert!(found(ABROAD, "facts") && found(ABROAD, "violence"), "{alerts}");
    assert!(!found(HOME, "facts"));
    for item in items {
        let (score, above) = (item["score"].as_f64().expect("a score"), item["state"] == "above");
        assert!(if above { score > 1.0 } else { score < -1.0 }, "{item}");
    }
    let compared = alerts["compared"].as_f64().expect("a number");
    assert!(compared >= 14.0 && (alerts["by_chance"].as_f64().expect("a number") - compared * 0.01).abs() < 0.01);
}

#[test]
fn where_numbers_come_from_is_told_in_the_language_of_the_answer() {
    let cast = Cast::new();
    let told = |language: &str| {
        let map = cast.statistician.request("GET", &format!("/api/v1/risk-map?{YEAR}"));
        let map = client::send(map.header("Accept-Language", language)).expect(200).body;
        let rates = format!("/api/v1/statistics/register?{YEAR}&group_by=region&rates=true");
        let rates = cast.statistician.request("GET", &rates).header("Accept-Language", language);
        let rates = client::send(rates).expect(200).body;
        [&map["source"], &map["children_source"], &rates["population"][0]["source"]]
            .map(|source| source.as_str().unwrap_or_default().chars().take(6).collect::<String>())
    };
    assert_eq!(told("en"), ["Method", "Estima", "Roadma"]);
    assert_eq!(told("ru"), ["Метод:", "Оценка", "Дорожн"]);
    assert_eq!(told("kk"), ["Әдіс: ", "Осы ба", "Қараға"]);
    // Numbers that an administrator entered in one language stand for all.
    diesel::sql_query(
        "INSERT INTO child_population (kato, valid_from, children, source, provisional)
         VALUES ('350000000', '2025-01-01', 320000, 'Бюро', false)",
    )
    .execute(&mut cast.server.database.owner())
    .expect("a later number");
    assert_eq!(told("kk")[2], "Бюро");
}

#[test]
fn what_cannot_be_mapped_is_refused_by_name() {
    let cast = Cast::new();
    let analyst = cast.server.client("analyst.home");
    let refused = |client: &Client, query: &str| {
        let reply = client.get(&format!("/risk-map?{query}")).problem(400, "invalid_query");
        reply.errors().into_iter().map(|(name, code)| format!("{name} {code}")).collect::<Vec<_>>()
    };
    assert_eq!(refused(&analyst, "from=2026-01-02&to=2026-03-31"), ["to period_not_whole"]);
    assert_eq!(refused(&analyst, "from=2026-03-31&to=2026-01-01"), ["to period_reversed"]);
    assert_eq!(refused(&cast.statistician, "as_of=2090-01-01&from=2026-03-31&to=2026-01-01").len(), 2);
    assert_eq!(refused(&analyst, "indicator=witchcraft"), ["indicator unknown_code"]);
    assert_eq!(refused(&analyst, "colour=red"), ["colour unknown_parameter"]);
    // The office may take any days.
    cast.statistician.get("/risk-map?from=2026-01-02&to=2026-03-30").expect(200);
    // An empty register is a map too.
    let map = cast.statistician.get("/risk-map").expect(200).body;
    assert!(
        map["features"]
            .as_array()
            .is_some_and(|places| places.iter().all(|place| place["properties"]["state"] == "unknown"))
    );
    cast.server.anonymous().get("/risk-map").problem(401, "unauthenticated");
}

#[test]
fn the_page_is_served_whole_and_closed() {
    let cast = Cast::new();
    let anonymous = cast.server.anonymous();
    let fetch = |path: &str| client::send(anonymous.request("GET", path));
    let page = fetch("/map").expect(200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    for name in ["app.js", "style.css", "layout.json", "vendor/d3.min.js", "vendor/d3-LICENSE.txt"] {
        let file = fetch(&format!("/map/{name}")).expect(200);
        assert!(!file.text.is_empty() && file.header("content-security-policy") == Some(policy), "{name}");
        let tag = file.header("etag").expect("a tag");
        let again = client::send(anonymous.request("GET", &format!("/map/{name}")).header("If-None-Match", tag));
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{name}");
    }
    fetch("/map/../server.rs").problem(404, "not_found");
    fetch("/map/nothing.js").problem(404, "not_found");
    let posted = client::send(anonymous.request("POST", "/map"));
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
}
