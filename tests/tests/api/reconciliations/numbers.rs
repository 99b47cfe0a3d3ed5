//! Numbers of other systems in the comparison of a list.

use serde_json::{Value, json};

use super::{child, item, items, send};
use crate::support::Cast;

const HEADER: &str =
    "external_id;occurred_on;last_name;first_name;birth_date;sex;kind;main_form;territory;setting;erdr;kui";

fn numbered(client: &qorgan_tests::Client, child: &str, system: &str, number: &str) -> String {
    let report = json!({"kind": "violence", "main_form": "physical", "occurred_on": "2026-02-10",
        "place": {"territory": "351000000", "setting": "home"}, "child_id": child, "role": "victim",
        "external_refs": [{"system": system, "number": number}], "description": "Bruises on both arms."});
    let filed = client.post("/register/reports", &report).expect(201);
    filed.body["fact"]["number"].as_str().expect("a number").to_owned()
}

#[test]
fn a_number_that_both_know_speaks_for_one_event() {
    let cast = Cast::new();
    let office = cast.server.client("supervisor.office.home");
    let one = child(&cast.pedagogue, "Тулегенова", "Жанерке", "2013-04-11", "female");
    let foreign = child(&cast.health, "Қасымбекова", "Гүлнұр", "2014-12-02", "female");
    let booked = child(&cast.pedagogue, "Ибрагимов", "Бауыржан", "2012-09-30", "male");
    let other = child(&cast.pedagogue, "Оразалиев", "Нурдаулет", "2011-01-19", "male");
    let fact = numbered(&cast.pedagogue, &one, "erdr", "26 35-001/АБ");
    let strangers = numbered(&cast.health, &foreign, "erdr", "2635002ВГ");
    let _ = numbered(&cast.pedagogue, &booked, "kui", "1402");
    let differing = numbered(&cast.pedagogue, &other, "erdr", "2635003ДЕ");
    // One event by its number, though form and town differ; the number of a foreign child's case; a number of the book
    // of records, which each station begins anew; another number of the case.
    let rows = "1;12.02.2026;Төлегенова;Жанерке;11.04.2013;Ж;violence;sexual;352400000;home;2635001аб;\n\
        2;12.02.2026;Неизвестнова;Ділназ;01.06.2015;ж;violence;bullying;351000000;school;26-35-002-ВГ;\n\
        3;10.02.2026;Белгісізов;Ерлан;01.06.2015;м;violence;physical;351000000;home;;1402\n\
        4;10.02.2026;Оразалиев;Нурдаулет;19.01.2011;м;violence;physical;351000000;home;2635009ЯЯ;\n\
        5;30.06.2026;Неизвестнова;Ділназ;01.06.2015;ж;violence;bullying;351000000;school;26-35-002-ВГ;\n";
    let query = "title=police-2026&agency=DP&from=2026-01-01&to=2026-06-30";
    let uploaded = send(&office, query, "text/csv; charset=utf-8", format!("{HEADER}\n{rows}")).expect(201);
    let all = items(&office, &uploaded.id());
    let told = |id: &str| {
        let item = item(&all, id);
        (
            item["outcome"].clone(),
            item["differing"].clone(),
            item["same_number"].clone(),
            item["fact"]["number"].clone(),
        )
    };
    let expected = |outcome: &str, differing: Value, same: bool, number: &str| {
        (json!(outcome), differing, json!(same), if number.is_empty() { Value::Null } else { json!(number) })
    };
    assert_eq!(told("1"), expected("differing", json!(["main_form", "occurred_on", "territory"]), true, &fact));
    // Of the foreign child's fact no more is told than that it is another child's.
    assert_eq!(told("2"), expected("uncertain", json!(["child"]), true, &strangers));
    assert_eq!((&item(&all, "2")["fact"]["id"], &item(&all, "2")["score"]), (&Value::Null, &Value::Null));
    assert_eq!(told("3"), expected("only_there", json!([]), false, ""));
    assert_eq!(told("4"), expected("differing", json!(["number"]), false, &differing));
    assert_eq!(
        told("5"),
        expected("only_there", json!([]), false, ""),
        "months later a number says nothing of a stranger"
    );
}
