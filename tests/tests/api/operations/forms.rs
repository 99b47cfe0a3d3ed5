//! The forms of these tables.

use std::io::Read;

use qorgan_tests::client;
use serde_json::Value;

use super::fixture::as_owner;
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
    for accept in ["text/html", "application/vnd.json-stat+json"] {
        let request = cast.supervisor.request("GET", "/api/v1/statistics/detection").header("Accept", accept);
        client::send(request).problem(406, "not_acceptable");
    }
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
