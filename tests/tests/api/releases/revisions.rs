//! What is recorded later: as a revision, and in a new edition beside the old one.

use serde_json::{Value, json};

use super::{FACTS, answer, at, entered_on, file, furnish, month_end, office, propose, publish, published};
use crate::bad_input::Chance;
use crate::support::Cast;

const QUARTER_DAYS: &str = "from=2026-01-01&to=2026-03-31";

fn table(reply: &Value, code: &str) -> Value {
    let tables = reply["tables"].as_array().expect("tables");
    tables.iter().find(|table| table["code"] == code).expect("a table").clone()
}

#[test]
fn what_is_recorded_later_shows_as_a_revision_and_the_release_stays() {
    let cast = Cast::new();
    furnish(&cast);
    let (first, second) = office(&cast);
    let analyst = cast.server.client("analyst.home");
    let release = published(&cast, month_end(1));
    let revisions = format!("{}/revisions", at(&release));
    let before = first.get(&format!("{}/tables/month_kind", at(&release))).expect(200).text;
    let none = first.get(&format!("{revisions}?as_of={}", month_end(0))).expect(200).body;
    assert!(none["tables"].as_array().expect("tables").iter().all(|table| table["rows"] == json!([])), "{none}");

    // One more fact of January, entered in the month that is over, and one of today.
    file(&cast, 0, &mut Chance::new(1));
    entered_on(&cast, month_end(0));
    file(&cast, 3, &mut Chance::new(2));
    let exact = first.get(&format!("{revisions}?as_of={}&table=month_kind", month_end(0))).expect(200).body;
    assert_eq!((&exact["published_as_of"], &exact["as_of"]), (&json!(month_end(1)), &json!(month_end(0))));
    let months = table(&exact, "month_kind");
    assert_eq!(exact["tables"].as_array().map(Vec::len), Some(1), "of the table asked for");
    assert_eq!(
        (&months["published"], &months["now"], &months["difference"]),
        (&json!(FACTS), &json!(FACTS + 1), &json!(1))
    );
    let row = &months["rows"][0];
    assert_eq!((&row["month"], &row["kind"], &row["difference"]), (&json!("2026-01"), &json!("violence"), &json!(1)));
    assert_eq!(months["rows"].as_array().map(Vec::len), Some(1));
    let today = table(&first.get(&revisions).expect(200).body, "total");
    assert_eq!(today["difference"], 2, "the office sees the register of today");

    // Everybody else: both protected, at the end of a month, as the register answers for these days too.
    let shown = analyst.get(&revisions).expect(200).body;
    assert_eq!(
        (&shown["as_of"], &shown["method"], &shown["rule_changed"]),
        (&json!(month_end(0)), &json!("protected"), &json!(false))
    );
    assert_eq!(analyst.get(&format!("{revisions}?as_of={}", chrono::Utc::now().date_naive())).expect(200).body, shown);
    for (day, member) in [(month_end(1), "published"), (month_end(0), "now")] {
        let counted = analyst.get(&format!("/statistics/register?{QUARTER_DAYS}&as_of={day}")).expect(200).body;
        assert_eq!(table(&shown, "total")[member], counted["total"], "{day}");
    }
    assert_eq!(first.get(&format!("{revisions}?method=protected")).expect(200).body, shown);
    for (as_of, code) in [("2026-04-01", "as_of_before_release"), ("2090-01-01", "as_of_future")] {
        let refused = analyst.get(&format!("{revisions}?as_of={as_of}")).problem(400, "invalid_query");
        assert_eq!(refused.errors(), [("as_of".to_owned(), code.to_owned())]);
    }
    assert_eq!(first.get(&format!("{}/tables/month_kind", at(&release))).expect(200).text, before);

    // A new edition takes its place, as of a later day; the old one stays readable.
    let refused = propose(&first, month_end(1)).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/as_of".to_owned(), "as_of_not_later".to_owned())]);
    let edition = propose(&first, month_end(0)).expect(201);
    assert_eq!((&edition.body["edition"], &edition.body["supersedes"]), (&json!(2), &json!(release)));
    let later = edition.id();
    assert!(analyst.get(&at(&release)).expect(200).body["superseded_by"].is_null(), "not before it is published");
    answer(&cast, &later, 1, &json!({"answer": "confirmed"})).expect(200);
    publish(&second, &later, &json!({})).expect(200);
    assert_eq!(analyst.get(&at(&release)).expect(200).body["superseded_by"], json!(later));
    assert_eq!(first.get(&format!("{}/tables/month_kind", at(&release))).expect(200).text, before);
    assert_eq!(first.get(&format!("{}/tables/total", at(&later))).expect(200).body["total"], FACTS + 1);
    let document = first.get(&format!("{}/document", at(&later))).expect(200).body;
    assert_eq!(document["document"]["supersedes"], json!(release));
    let page = analyst.get("/statistics/releases?period=quarter&from=2026-01-01&limit=1").expect(200);
    let cursor = page.body["next_cursor"].as_str().expect("more");
    let rest = analyst.get(&format!("/statistics/releases?period=quarter&from=2026-01-01&limit=1&cursor={cursor}"));
    let found = [&page.body["items"][0]["edition"], &rest.expect(200).body["items"][0]["edition"]].map(Value::as_i64);
    assert_eq!(found, [Some(2), Some(1)]);
}
