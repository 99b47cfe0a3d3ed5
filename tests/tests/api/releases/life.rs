//! From the proposal to the signature, and every refusal on the way.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use diesel::sql_query;
use qorgan_api::auth::{DocumentRefusal, verify_document};
use qorgan_domain::statistics::release::canonical;
use qorgan_tests::client;
use serde_json::{Value, json};

use super::{FACTS, answer, at, furnish, month_end, office, part, propose, publish, published};
use crate::support::{Cast, lists};

const QUARTER_DAYS: &str = "from=2026-01-01&to=2026-03-31";

#[test]
fn a_period_is_proposed_confirmed_signed_and_published() {
    let cast = Cast::new();
    furnish(&cast);
    let (first, second) = office(&cast);
    let (supervisor, analyst) = (cast.server.client("supervisor.office.home"), cast.server.client("analyst.home"));
    let proposed = propose(&first, month_end(0)).expect(201);
    let release = proposed.id();
    assert_eq!((&proposed.body["status"], &proposed.body["edition"]), (&json!("proposed"), &json!(1)));
    assert_eq!(proposed.body["period"], json!({"kind": "quarter", "from": "2026-01-01", "to": "2026-03-31"}));
    assert_eq!(proposed.body["as_of"], json!(month_end(0)));

    let told = supervisor.get("/notifications").expect(200);
    assert_eq!(told.body["items"][0]["kind"], "release_awaits_answer", "{}", told.text);
    for stranger in ["supervisor.office.abroad", "supervisor.home", "statistician.home"] {
        let told = cast.server.client(stranger).get("/notifications").expect(200);
        assert!(!told.text.contains("release_awaits_answer"), "{stranger}");
    }

    // Before it is published the office sees it all, the agency that is asked sees its part, nobody else anything.
    assert!(lists(&first.get("/statistics/releases").expect(200), &release));
    assert!(lists(&supervisor.get("/statistics/releases?status=proposed").expect(200), &release));
    assert_eq!(supervisor.get(&at(&release)).expect(200).body["tables"], json!([]));
    supervisor.get(&format!("{}/tables/total", at(&release))).problem(403, "forbidden");
    for stranger in ["analyst.home", "supervisor.office.abroad", "supervisor.home", "roadmap_coordinator.home"] {
        let client = cast.server.client(stranger);
        assert!(!lists(&client.get("/statistics/releases").expect(200), &release), "{stranger}");
        client.get(&at(&release)).problem(404, "not_found");
        client.get(&format!("{}/tables/total", at(&release))).problem(404, "not_found");
    }
    first.get(&format!("{}/document", at(&release))).problem(409, "domain_rule");
    first.get(&format!("{}/revisions", at(&release))).problem(409, "domain_rule");

    // The part is what the agency reported, counted exactly.
    let found = part(&first, &release);
    assert_eq!((&found["agency"], &found["territory"]), (&json!("UO"), &json!("351000000")));
    assert_eq!((&found["facts"], &found["state"]), (&json!(FACTS), &json!("waiting")));
    let path = format!("{}/parts/{}", at(&release), found["id"].as_str().expect("an id"));
    let full = supervisor.get(&path).expect(200);
    let exact = first.get(&format!("/statistics/register?{QUARTER_DAYS}&group_by=month,kind&agency=UO")).expect(200);
    let tables = full.body["tables"].as_array().expect("tables");
    let table = tables.iter().find(|table| table["code"] == "month_kind").expect("a table");
    assert_eq!((&table["rows"], &table["total"]), (&exact.body["rows"], &json!(FACTS)));
    for stranger in ["supervisor.office.abroad", "supervisor.home"] {
        cast.server.client(stranger).get(&path).problem(404, "not_found");
    }
    analyst.get(&path).problem(403, "forbidden");

    let refused = publish(&first, &release, &json!({})).problem(409, "transition_refused");
    assert_eq!(refused.missing(), ["release_other_than_proposer", "release_parts_waiting"]);
    assert_eq!(
        publish(&second, &release, &json!({})).problem(409, "transition_refused").missing(),
        ["release_parts_waiting"]
    );
    supervisor.post(&format!("{path}/answer"), &json!({"answer": "confirmed"})).problem(428, "precondition_required");
    supervisor.change(&format!("{path}/answer"), 2, &json!({"answer": "confirmed"})).problem(412, "stale_version");
    let confirmed = supervisor.change(&format!("{path}/answer"), 1, &json!({"answer": "confirmed"})).expect(200);
    assert_eq!((&confirmed.body["state"], confirmed.version()), (&json!("confirmed"), 2));
    let done = publish(&second, &release, &json!({})).expect(200);
    assert_eq!((&done.body["status"], done.version()), (&json!("published"), 2));

    // Now all who may see counts see it, and nobody changes it.
    assert!(lists(&analyst.get("/statistics/releases?status=published&period=quarter").expect(200), &release));
    assert!(analyst.get(&at(&release)).expect(200).body["proposed_by"].is_null());
    let mut late = supervisor.change(&format!("{path}/answer"), 2, &json!({"answer": "objected", "comment": "Late"}));
    assert_eq!(late.problem(409, "domain_rule").body["reason"], "release_settled");
    for (action, body) in [("publish", json!({})), ("withdraw", json!({"reason": "Second thoughts"}))] {
        late = second.change(&format!("{}/{action}", at(&release)), 2, &body);
        assert_eq!(late.problem(409, "domain_rule").body["reason"], "release_settled", "{action}");
    }
    cast.pedagogue.get(&at(&release)).problem(403, "forbidden");
}

#[test]
fn what_is_published_is_what_everybody_may_count_and_exact_for_the_office_alone() {
    let cast = Cast::new();
    furnish(&cast);
    let release = published(&cast, month_end(0));
    let (first, _) = office(&cast);
    let analyst = cast.server.client("analyst.home");
    let tables = analyst.get(&at(&release)).expect(200).body["tables"].as_array().expect("tables").clone();
    assert!(tables.len() > 10);
    for table in &tables {
        let code = table["code"].as_str().expect("a code");
        let dimensions: Vec<&str> =
            table["dimensions"].as_array().expect("dimensions").iter().filter_map(Value::as_str).collect();
        let query = format!("{QUARTER_DAYS}&as_of={}&group_by={}", month_end(0), dimensions.join(","));
        let query = query.trim_end_matches("&group_by=");
        let path = format!("{}/tables/{code}", at(&release));
        for (client, method) in [(&analyst, "protected"), (&first, "exact"), (&first, "protected")] {
            let frozen = client.get(&format!("{path}?method={method}")).expect(200).body;
            let counted = client.get(&format!("/statistics/register?{query}&method={method}")).expect(200).body;
            assert_eq!((&frozen["method"], &frozen["as_of"]), (&json!(method), &json!(month_end(0))), "{code}");
            assert_eq!((&frozen["rows"], &frozen["total"]), (&counted["rows"], &counted["total"]), "{code} {method}");
        }
        assert_eq!(analyst.get(&path).expect(200).body["method"], "protected");
        assert_eq!(first.get(&path).expect(200).body["method"], "exact");
        analyst.get(&format!("{path}?method=exact")).problem(403, "forbidden");
    }
    let path = format!("{}/tables/month_kind", at(&release));
    for (format, kind) in
        [("csv", "text/csv; charset=utf-8; header=present"), ("json-stat", "application/vnd.json-stat+json")]
    {
        let reply = analyst.get(&format!("{path}?format={format}")).expect(200);
        assert_eq!(reply.header("content-type"), Some(kind));
        assert!(reply.text.contains("protected"), "{}", reply.text);
    }
    let sheet = analyst.request("GET", &format!("/api/v1{path}?format=xlsx")).send().expect("an answer");
    assert_eq!(sheet.status(), 200);
    assert!(zip::ZipArchive::new(std::io::Cursor::new(sheet.bytes().expect("a body"))).is_ok());
    client::send(analyst.request("GET", &format!("/api/v1{path}")).header("Accept", "text/html"))
        .problem(406, "not_acceptable");
    analyst.get(&format!("{}/tables/nothing", at(&release))).problem(404, "not_found");
    analyst.get(&format!("{}/document?method=exact", at(&release))).problem(403, "forbidden");
    analyst.get(&format!("{}/revisions?method=exact", at(&release))).problem(403, "forbidden");
}

#[test]
fn the_signature_can_be_checked_without_the_server() {
    let cast = Cast::new();
    furnish(&cast);
    let release = published(&cast, month_end(0));
    let keys = client::send(cast.server.anonymous().request("GET", "/.well-known/jwks.json")).expect(200).body;
    let (first, _) = office(&cast);
    let analyst = cast.server.client("analyst.home");
    for (client, method) in [(&first, "exact"), (&first, "protected"), (&analyst, "protected")] {
        let signed = client.get(&format!("{}/document?method={method}", at(&release))).expect(200).body;
        let (document, signature) = (&signed["document"], &signed["signature"]);
        assert_eq!((&document["method"], &document["id"]), (&json!(method), &json!(release)));
        assert_eq!(document["all_parts_confirmed"], true);
        assert_eq!(document.get("parts").is_some(), method == "exact", "who reported where is a count too");
        assert_eq!(signature["jwk"], keys["keys"][0], "the key that the server publishes");
        let jws = signature["jws"].as_str().expect("a signature");
        let text = canonical(document).expect("whole numbers");
        let claims = verify_document(&text, jws, &keys["keys"][0]).expect("signed");
        assert_eq!((claims.sub.to_string(), json!(claims.sha256)), (release.clone(), signature["sha256"].clone()));
        let mut forged = document.clone();
        forged["tables"][0]["total"] = json!(document["tables"][0]["total"].as_i64().expect("a count") + 1);
        let forged = canonical(&forged).expect("whole numbers");
        assert_eq!(verify_document(&forged, jws, &keys["keys"][0]), Err(DocumentRefusal::OtherDocument));
        // The header names the form, so that nothing else that the server signs passes for a release.
        let header = URL_SAFE_NO_PAD.decode(jws.split('.').next().expect("a header")).expect("base64");
        let header: Value = serde_json::from_slice(&header).expect("JSON");
        assert_eq!((&header["typ"], &header["alg"]), (&json!("qorgan-release+jws"), &json!("EdDSA")));
        // Nor does it open anything as a token.
        cast.server.anonymous().with_token(jws).get("/auth/me").problem(401, "unauthenticated");
    }
}

#[test]
fn an_objection_holds_a_release_up_until_it_is_taken_back_or_answered() {
    let cast = Cast::new();
    furnish(&cast);
    let (first, second) = office(&cast);
    let release = propose(&first, month_end(0)).expect(201).id();
    let refused = answer(&cast, &release, 1, &json!({"answer": "objected"})).problem(422, "validation_failed");
    assert_eq!(refused.errors(), [("/comment".to_owned(), "required_here".to_owned())]);
    let objection = json!({"answer": "objected", "comment": "Two facts are missing."});
    answer(&cast, &release, 1, &objection).expect(200);
    let id = part(&first, &release)["id"].clone();
    let missing = |body: &Value| publish(&second, &release, body).problem(409, "transition_refused").missing();
    assert_eq!(missing(&json!({})), ["release_objection_open"]);
    answer(&cast, &release, 2, &json!({"answer": "confirmed"})).expect(200);
    let overrule = json!({"overrule": [{"part_id": id, "reason": "They were entered after the day."}]});
    assert_eq!(missing(&overrule), ["release_nothing_to_overrule"]);
    answer(&cast, &release, 3, &objection).expect(200);
    let strange = json!({"overrule": [{"part_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "reason": "Why not"},
        {"part_id": id, "reason": "Once"}, {"part_id": id, "reason": "Twice"}]});
    let refused = publish(&second, &release, &strange).problem(422, "validation_failed");
    let wrong = |at: usize, code: &str| (format!("/overrule/{at}/part_id"), code.to_owned());
    assert_eq!(refused.errors(), [wrong(0, "unknown_part"), wrong(2, "part_named_twice")]);
    publish(&second, &release, &overrule).expect(200);
    // The agency reads why; every answer stays; the others learn only that not all confirmed.
    let mine = part(&cast.server.client("supervisor.office.home"), &release);
    assert_eq!((&mine["outcome"], &mine["outcome_reason"]), (&json!("overruled"), &overrule["overrule"][0]["reason"]));
    let answers: Vec<_> = mine["answers"].as_array().expect("answers").iter().map(|given| &given["answer"]).collect();
    assert_eq!(answers, ["objected", "confirmed", "objected"]);
    let analyst = cast.server.client("analyst.home");
    let document = analyst.get(&format!("{}/document", at(&release))).expect(200);
    assert_eq!(document.body["document"]["all_parts_confirmed"], false);
    assert!(!document.text.contains("351000000\",\"outcome"), "{}", document.text);
}

#[test]
fn silence_holds_a_release_up_for_its_time_only() {
    let cast = Cast::new();
    furnish(&cast);
    let (first, second) = office(&cast);
    let release = propose(&first, month_end(0)).expect(201).id();
    assert_eq!(publish(&second, &release, &json!({})).missing(), ["release_parts_waiting"]);
    sql_query("UPDATE statistics_releases SET confirm_by = confirm_by - 15")
        .execute(&mut cast.server.database.owner())
        .expect("let the days pass");
    publish(&second, &release, &json!({})).expect(200);
    assert_eq!(part(&first, &release)["outcome"], "silent");
}

#[test]
fn a_proposal_is_checked_and_there_is_one_at_a_time() {
    let cast = Cast::new();
    let (first, second) = office(&cast);
    let release = |body: &Value| first.post("/statistics/releases", body);
    for (body, wrong) in [
        (json!({"period": "quarter", "from": "2026-02-01"}), ("/from", "period_start")),
        (json!({"period": "half_year", "from": "2026-01-02"}), ("/from", "period_start")),
        (json!({"period": "month", "from": "2026-01-01", "as_of": "2026-02-27"}), ("/as_of", "as_of_not_month_end")),
        (
            json!({"period": "month", "from": "2026-02-01", "as_of": "2026-01-31"}),
            ("/as_of", "as_of_before_period_end"),
        ),
        (json!({"period": "month", "from": "2026-01-01", "as_of": "2090-01-31"}), ("/as_of", "as_of_not_over")),
        (json!({"period": "week", "from": "2026-01-01"}), ("/period", "unknown_code")),
    ] {
        let refused = release(&body).problem(422, "validation_failed");
        assert_eq!(refused.errors(), [(wrong.0.to_owned(), wrong.1.to_owned())], "{body}");
    }
    let id = "0190a6f8-5b1c-7c3e-9f00-1234567890ab";
    let body = json!({"id": id, "period": "half_year", "from": "2025-07-01"});
    assert_eq!(release(&body).expect(201).id(), id);
    assert_eq!(release(&body).expect(200).id(), id, "a repeat is the same release");
    release(&json!({"id": id, "period": "year", "from": "2025-01-01"})).problem(409, "id_taken");
    second.post("/statistics/releases", &body).problem(409, "id_taken");
    let again = json!({"period": "half_year", "from": "2025-07-01"});
    assert_eq!(release(&again).problem(409, "domain_rule").body["reason"], "release_already_proposed");
    // Other periods over the same days are other releases.
    release(&json!({"period": "year", "from": "2025-01-01"})).expect(201);
    let path = format!("{}/withdraw", at(id));
    second.post(&path, &json!({"reason": "A mistake"})).problem(428, "precondition_required");
    second.change(&path, 4, &json!({"reason": "A mistake"})).problem(412, "stale_version");
    let withdrawn = second.change(&path, 1, &json!({"reason": "A mistake"})).expect(200);
    assert_eq!(
        (&withdrawn.body["status"], &withdrawn.body["withdraw_reason"]),
        (&json!("withdrawn"), &json!("A mistake"))
    );
    assert_eq!(release(&again).expect(201).body["edition"], 1);
    cast.server.client("analyst.home").get(&at(id)).problem(404, "not_found");
    cast.server.client("analyst.home").post("/statistics/releases", &again).problem(403, "forbidden");
}

#[test]
fn what_is_done_with_a_release_stands_in_the_audit_log() {
    let cast = Cast::new();
    furnish(&cast);
    let release = published(&cast, month_end(0));
    cast.server.client("analyst.home").get(&format!("{}/tables/total", at(&release))).expect(200);
    let log = cast.server.client("auditor.home").get("/audit/events?limit=200").expect(200);
    let events = log.body["items"].as_array().expect("events");
    let of = |action: &str| {
        events.iter().filter(|event| event["action"] == action && event["resource_id"] == release.as_str()).count()
    };
    assert_eq!(of("release_manage"), 2, "proposed and published");
    assert!(of("statistics_exact") >= 1 && of("statistics_protected") >= 2 && of("release_read") >= 1);
    assert!(events.iter().any(|event| event["action"] == "release_part_answer"));
}
