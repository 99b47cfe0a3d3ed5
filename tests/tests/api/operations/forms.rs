//! The forms of these tables.

use std::io::Read;

use qorgan_tests::client;
use serde_json::{Value, json};

use super::fixture::{as_owner, day, many};
use super::get;
use crate::support::Cast;

#[test]
fn csv_and_a_workbook_say_the_same() {
    let cast = Cast::new();
    cast.case();
    // A name that an office program would take for a formula.
    as_owner(
        &cast,
        "UPDATE organisations SET name = '=HYPERLINK(\"x\")', name_kk = 'Мектеп' WHERE name = 'school home';",
    );
    let table = get(&cast.supervisor, "cases?group_by=organisation,risk_level").expect(200);
    assert_eq!(table.body["rows"][0]["organisation_label"], "=HYPERLINK(\"x\")");
    let csv = get(&cast.supervisor, "cases?group_by=organisation,risk_level&format=csv").expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert!(csv.header("content-disposition").is_some_and(|name| name.contains("statistics-cases.csv")));
    let mut lines = csv.text.trim_start_matches('\u{feff}').split("\r\n");
    let head = "organisation,risk_level,organisation_label,risk_level_label,cases,children,from,to,as_of,method";
    assert_eq!(lines.next(), Some(head));
    let line = lines.next().expect("a line");
    assert!(line.contains(",medium,\"'=HYPERLINK(\"\"x\"\")\","), "{line}");
    assert!(line.ends_with(&format!(",1,1,,,{},exact", table.body["as_of"].as_str().expect("a day"))), "{line}");

    for (language, heading, name) in
        [("en", "Children", "=HYPERLINK"), ("kk", "Балалар саны", "Мектеп"), ("ru", "Детей", "=HYPERLINK")]
    {
        let path = "/api/v1/statistics/cases?group_by=organisation,risk_level&format=xlsx";
        let request = cast.supervisor.request("GET", path).header("Accept-Language", language);
        let bytes = request.send().expect("an answer").bytes().expect("a body");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
        let mut part = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).expect(name).read_to_string(&mut text).expect("text");
            text
        };
        let (sheet, strings) = (part("xl/worksheets/sheet1.xml"), part("xl/sharedStrings.xml"));
        assert!(sheet.contains("state=\"frozen\"") && !sheet.contains("<f>"), "a header that stays, no formula");
        assert!(strings.contains(heading) && strings.contains(name), "{strings}");
    }
}

#[test]
fn a_form_that_there_is_not_is_refused() {
    let cast = Cast::new();
    let request = cast.supervisor.request("GET", "/api/v1/statistics/detection").header("Accept", "text/html");
    client::send(request).problem(406, "not_acceptable");
    for table in ["cases", "timeliness", "recurrence", "detection", "workload"] {
        let csv = get(&cast.supervisor, &format!("{table}?format=csv")).expect(200);
        assert!(csv.text.starts_with('\u{feff}'), "{table}");
        let json = get(&cast.supervisor, table).expect(200);
        let measures = json.body["measures"].as_array().expect("measures");
        for measure in measures {
            let code = measure["code"].as_str().expect("a code");
            assert!(csv.text.lines().next().is_some_and(|head| head.contains(code)), "{table} {code}");
            assert_ne!(measure["label"], Value::Null);
        }
    }
}

/// The number of a cell by the codes of its categories, as a reader of JSON-stat finds it.
fn number(cube: &Value, codes: &[&str]) -> Value {
    let names = cube["id"].as_array().expect("dimensions").iter().map(|name| name.as_str().expect("a name"));
    let sizes = cube["size"].as_array().expect("sizes").iter().map(|size| size.as_u64().expect("a size"));
    let place = names.zip(sizes).zip(codes).fold(0, |place, ((name, size), code)| {
        let index = cube["dimension"][name]["category"]["index"].as_array().expect("categories");
        assert_eq!(index.len() as u64, size, "{name}");
        let at = index.iter().position(|known| known == code).unwrap_or_else(|| panic!("{name} has no {code}"));
        place * size + at as u64
    });
    cube["value"][usize::try_from(place).expect("a place")].clone()
}

#[test]
fn json_stat_says_the_same_as_json() {
    let cast = Cast::new();
    many(&cast, 60);
    let year = format!("from={}&to={}", day(400), day(0));
    for path in [
        format!("cases?counted=opened&group_by=month,risk_level,outcome&{year}"),
        format!("timeliness?group_by=deadline,territory&{year}"),
        format!("recurrence?{year}"),
        format!("detection?group_by=channel,month&{year}"),
        "workload".to_owned(),
        "workload?level=organisation".to_owned(),
        "workload?level=specialist".to_owned(),
    ] {
        for client in [&cast.supervisor, &cast.server.client("analyst.home")] {
            let path = if client.get("/auth/me").body["user"]["username"] == "analyst.home" {
                path.replace(&year, "from=2025-01-01&to=2025-12-31").replace("specialist", "organisation")
            } else {
                path.clone()
            };
            let table = get(client, &path).expect(200).body;
            let separator = if path.contains('?') { '&' } else { '?' };
            let cube = get(client, &format!("{path}{separator}format=json-stat")).expect(200);
            assert_eq!(cube.header("content-type"), Some("application/vnd.json-stat+json"), "{path}");
            let cube = cube.body;
            assert_eq!((&cube["version"], &cube["class"]), (&json!("2.0"), &json!("dataset")));
            let ids: Vec<&str> = cube["id"].as_array().expect("id").iter().filter_map(Value::as_str).collect();
            let (_, dimensions) = ids.split_last().expect("the measures");
            let mut told = 0;
            for row in table["rows"].as_array().expect("rows") {
                let codes: Vec<&str> = dimensions.iter().map(|name| row[*name].as_str().unwrap_or("_none")).collect();
                for measure in table["measures"].as_array().expect("measures") {
                    let code = measure["code"].as_str().expect("a code");
                    let asked: Vec<&str> = codes.iter().copied().chain([code]).collect();
                    assert_eq!(number(&cube, &asked), row[code], "{path} {asked:?}");
                    told += u64::from(row[code].as_f64().is_some_and(|number| number != 0.0));
                }
            }
            // What is not among the rows is 0, or not told.
            let values = cube["value"].as_array().expect("values");
            let not_empty = values.iter().filter(|value| value.as_f64().is_some_and(|number| number != 0.0)).count();
            assert_eq!(not_empty as u64, told, "{path}");
            assert_eq!(cube["extension"]["totals"], table["total"], "{path}");
            assert_eq!(cube["note"], table["notes"], "{path}");
            assert_eq!(cube["role"]["metric"], json!(["measure"]));
        }
    }
    let cube = get(&cast.supervisor, "workload?level=organisation&format=json-stat").expect(200).body;
    let school = cast.organisation("school home");
    assert_eq!(cube["extension"]["agency"][&school], "UO", "what is said of an organisation besides");
    let units = &cube["dimension"]["measure"]["category"]["unit"];
    assert_eq!(units["load_share"], json!({"decimals": 1, "symbol": "%"}));
    assert_eq!(units["open_cases"], json!({"decimals": 0, "label": "count"}));
}

#[test]
fn ndjson_is_a_row_a_line() {
    let cast = Cast::new();
    cast.case();
    let path = "cases?group_by=stage,risk_level";
    let table = get(&cast.supervisor, path).expect(200).body;
    let lines = get(&cast.supervisor, &format!("{path}&format=ndjson")).expect(200);
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    assert!(lines.header("content-disposition").is_some_and(|name| name.contains("statistics-cases.ndjson")));
    let lines: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let rows = table["rows"].as_array().expect("rows");
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(rows) {
        for (name, value) in row.as_object().expect("a row") {
            assert_eq!(&line[name], value, "{name}");
        }
        assert_eq!((&line["as_of"], &line["method"]), (&table["as_of"], &json!("exact")));
    }
}
