//! The calendar and the rules of time: read by everybody, kept by the administrator, dated.

use qorgan_tests::{Client, Reply, Server, client};
use serde_json::{Value, json};

use super::{clock, items, time};
use crate::support::{Cast, open_case};

fn change(client: &Client, method: &str, day: &str, version: i64, body: Option<&Value>) -> Reply {
    let request =
        client.request(method, &format!("/api/v1/calendar/{day}")).header("If-Match", format!("\"{version}\""));
    client::send(match body {
        Some(body) => request.json(body),
        None => request,
    })
}

#[test]
fn the_calendar_is_read_by_all_and_corrected_by_the_administrator() {
    let server = Server::start();
    let (admin, pedagogue) = (server.client("administrator.home"), server.client("social_pedagogue.home"));
    let nauryz = |client: &Client| -> Vec<(String, bool)> {
        let page = client.get("/calendar?from=2026-03-09&to=2026-03-31").expect(200);
        items(&page.body)
            .iter()
            .map(|day| (day["day"].as_str().expect("a day").to_owned(), day["working"].as_bool().expect("a word")))
            .collect()
    };
    let days: Vec<String> = nauryz(&pedagogue).into_iter().map(|(day, _)| day[8..].to_owned()).collect();
    assert_eq!(days, ["09", "21", "22", "23", "24", "25"], "8, 21 and 22 March 2026 are a Sunday and a weekend");

    // An ordinary Saturday becomes a working day.
    let plain = pedagogue.get("/calendar/2026-03-28").expect(200);
    assert_eq!((&plain.body["working"], &plain.body["exception"], plain.version()), (&json!(false), &json!(false), 0));
    let moved = json!({"working": true, "title_ru": "Рабочий день вместо 26 марта", "source": "Decree"});
    change(&pedagogue, "PUT", "2026-03-28", 0, Some(&moved)).problem(403, "forbidden");
    assert_eq!(change(&admin, "PUT", "2026-03-28", 0, Some(&moved)).expect(200).version(), 1);
    change(&admin, "PUT", "2026-03-28", 0, Some(&moved)).problem(412, "stale_version");
    assert!(nauryz(&pedagogue).contains(&("2026-03-28".to_owned(), true)));
    client::send(admin.request("PUT", "/api/v1/calendar/2026-03-28").json(&moved))
        .problem(428, "precondition_required");

    // Taken back, also after the reference data is loaded again.
    change(&admin, "DELETE", "2026-03-28", 1, None).expect(204);
    let version = admin.get("/calendar/2026-03-24").expect(200).version();
    change(&admin, "DELETE", "2026-03-24", version, None).expect(204);
    qorgan_storage::migrate::migrate(&server.database.owner_url()).expect("loaded again");
    let days: Vec<String> = nauryz(&pedagogue).into_iter().map(|(day, _)| day[8..].to_owned()).collect();
    assert_eq!(days, ["09", "21", "22", "23", "25"]);
    assert_eq!(pedagogue.get("/calendar/2026-03-24").expect(200).body["working"], true);

    for (query, code) in
        [("from=2026-02-01&to=2026-01-01", "period_reversed"), ("from=2024-01-01&to=2029-01-01", "period_too_long")]
    {
        let wrong = pedagogue.get(&format!("/calendar?{query}")).problem(400, "invalid_query");
        assert_eq!(wrong.errors(), [("to".to_owned(), code.to_owned())]);
    }
    pedagogue.get("/calendar/tomorrow").problem(404, "not_found");
    let english = client::send(pedagogue.request("GET", "/api/v1/calendar/2026-03-22").header("Accept-Language", "en"))
        .expect(200);
    assert_eq!(english.body["title"], "Nauryz");
}

#[test]
fn a_rule_is_published_for_a_day_and_counts_for_what_starts_then() {
    let cast = Cast::new();
    let admin = cast.server.client("administrator.home");
    let hours = |amount: i64| json!({"amount": amount, "unit": "hours"});
    let rule = |from: &str, amount: i64| {
        json!({"code": "first_contact", "risk_level": "low", "valid_from": from, "allowance": hours(amount),
            "remind_before": hours(1), "escalation": [{"to": "manager", "after": hours(0)}], "source": "Order"})
    };
    let before = open_case(&cast.pedagogue, &cast.child("Прежняя"), "low").id();
    let today = qorgan_domain::calendar::local_date(chrono::Utc::now());
    cast.pedagogue.post("/deadline-rules", &rule(&today.to_string(), 48)).problem(403, "forbidden");
    let published = admin.post("/deadline-rules", &rule(&today.to_string(), 48)).expect(201);
    admin.post("/deadline-rules", &rule(&today.to_string(), 49)).problem(409, "domain_rule");
    let yesterday = today.pred_opt().expect("a day").to_string();
    let past = admin.post("/deadline-rules", &rule(&yesterday, 48)).problem(422, "validation_failed");
    assert_eq!(past.errors(), [("/valid_from".to_owned(), "date_past".to_owned())]);

    let long = |case: &str| {
        let contact = clock(&cast.pedagogue, case, "first_contact", "running");
        (time(&contact["due_at"]) - time(&contact["started_at"])).num_hours()
    };
    let after = open_case(&cast.pedagogue, &cast.child("Новая"), "low").id();
    assert_eq!((long(&before), long(&after)), (168, 48));

    // A later one ends it; one between them stands between them.
    admin.post("/deadline-rules", &rule("2090-01-01", 24)).expect(201);
    admin.post("/deadline-rules", &rule("2080-01-01", 36)).expect(201);
    let page = cast.pedagogue.get("/deadline-rules").expect(200);
    let dates: Vec<_> = items(&page.body)
        .iter()
        .filter(|item| item["code"] == "first_contact" && item["risk_level"] == "low")
        .map(|item| (item["allowance"]["amount"].as_i64(), item["valid_to"].clone()))
        .collect();
    assert_eq!(dates, [(Some(48), json!("2080-01-01")), (Some(36), json!("2090-01-01")), (Some(24), json!(null))]);
    assert_eq!(items(&page.body).len(), 24 + 2, "every deadline at every risk, and two to come");

    // The client's own id: the same again is the same, another content is not.
    let mut own = rule("2085-01-01", 30);
    own["id"] = json!(uuid::Uuid::now_v7());
    admin.post("/deadline-rules", &own).expect(201);
    admin.post("/deadline-rules", &own).expect(200);
    own["allowance"] = hours(31);
    admin.post("/deadline-rules", &own).problem(409, "id_taken");
    assert_ne!(published.id(), own["id"].as_str().unwrap_or_default());
}

#[test]
fn a_bad_rule_is_named_field_by_field() {
    let server = Server::start();
    let admin = server.client("administrator.home");
    let hours = |amount: i64| json!({"amount": amount, "unit": "hours"});
    let step = |to: &str| json!({"to": to, "after": hours(0)});
    let bad = json!({"code": "task_due", "risk_level": "low", "valid_from": "2090-01-01", "allowance": hours(5),
        "remind_before": hours(20_000), "escalation": [step("region"), step("manager")], "source": "Order"});
    let mut wrong = admin.post("/deadline-rules", &bad).problem(422, "validation_failed").errors();
    wrong.sort();
    let expected = [
        ("/allowance", "not_allowed_here"),
        ("/escalation", "escalation_order"),
        ("/remind_before/amount", "number_too_large"),
    ];
    assert_eq!(wrong, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    let negative = json!({"code": "plan", "risk_level": "low", "valid_from": "2090-01-01", "allowance": hours(-1),
        "remind_before": hours(70_000), "escalation": [], "source": "Order"});
    let wrong = admin.post("/deadline-rules", &negative).problem(422, "validation_failed").errors();
    assert_eq!(
        wrong.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
        ["/allowance/amount", "/remind_before/amount"]
    );
}
