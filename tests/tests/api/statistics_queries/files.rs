//! Tables as files and cubes: what JSON says, in the same order.

use serde_json::{Value, json};

use super::{PERIOD, TOLD, furnish, get};
use crate::support::Cast;

#[test]
fn fine_tables_leave_as_files_in_the_same_order() {
    let cast = Cast::new();
    furnish(&cast);
    let query = "group_by=day,settlement,any_form,age,agency&measures=children&rates=true";
    let table = get(&cast.statistician, query).expect(200);
    let rows = table.body["rows"].as_array().expect("rows");
    assert!(rows.len() > TOLD.len(), "{}", rows.len());
    let csv = get(&cast.statistician, &format!("{query}&format=csv")).expect(200);
    let lines: Vec<&str> = csv.text.trim_start_matches('\u{feff}').trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), rows.len() + 1);
    assert!(lines[0].ends_with("agency_label,count,children,rate,from,to,as_of,method"), "{}", lines[0]);
    for (line, row) in lines[1..].iter().zip(rows) {
        let code = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let start = ["day", "settlement", "any_form", "age", "agency"].map(code).join(",");
        assert!(line.starts_with(&start), "{line} {row}");
    }
    let ndjson = get(&cast.statistician, &format!("{query}&format=ndjson")).expect(200);
    assert_eq!(ndjson.header("content-type"), Some("application/x-ndjson"));
    let read: Vec<Value> = ndjson.text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(read.len(), rows.len());
    for (line, row) in read.iter().zip(rows) {
        assert_eq!((&line["day"], &line["count"], &line["children"]), (&row["day"], &row["count"], &row["children"]));
        assert_eq!((&line["method"], &line["to"]), (&json!("exact"), &json!("2026-12-31")));
    }
    let path = format!("/api/v1/statistics/register?{PERIOD}&{query}&format=xlsx");
    let answer = cast.statistician.request("GET", &path).send().expect("an answer");
    let bytes = answer.bytes().expect("a body");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let mut sheet = String::new();
    let mut part = archive.by_name("xl/worksheets/sheet1.xml").expect("a sheet");
    std::io::Read::read_to_string(&mut part, &mut sheet).expect("text");
    assert!(sheet.contains("2024-08-31") && sheet.contains("state=\"frozen\"") && !sheet.contains("<f>"));
}

#[test]
fn json_stat_has_a_category_for_each_measure() {
    let cast = Cast::new();
    furnish(&cast);
    let cube =
        get(&cast.statistician, "group_by=quarter,region,any_form&rates=true&measures=children&format=json-stat");
    let cube = cube.expect(200).body;
    assert_eq!(cube["role"], json!({"time": ["quarter"], "geo": ["region"], "metric": ["measure"]}));
    assert_eq!(cube["dimension"]["measure"]["category"]["index"], json!(["count", "children", "rate"]));
    let cells: u64 = cube["size"].as_array().expect("sizes").iter().filter_map(Value::as_u64).product();
    let values = cube["value"].as_array().expect("values");
    assert_eq!(u64::try_from(values.len()).ok(), Some(cells));
    // Empty cells: no facts, no children, no rate.
    assert!(values.chunks(3).any(|cell| cell == [json!(0), json!(0), Value::Null]), "{values:?}");
    assert!(values.chunks(3).all(|cell| (cell[0] == 0) == cell[2].is_null()), "{values:?}");
    assert!(cube["note"].as_array().is_some_and(|notes| notes.len() >= 3), "{}", cube["note"]);
}
