//! Bodies, queries, paths and headers that are wrong, and what is said about them.

use actix_web::http::header;
use actix_web::test::TestRequest;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::app::{Answer, ID, authorization, call, service, tokens};

async fn post(content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let tokens = tokens();
    let app = service(&tokens, None).await;
    let request = TestRequest::post().uri("/api/v1/cases").insert_header(authorization(&tokens));
    let request = request.insert_header((header::CONTENT_TYPE, content_type)).set_payload(body.into());
    call(&app, request.insert_header(("accept-language", "en"))).await
}

async fn get(path: &str) -> Answer {
    let tokens = tokens();
    let app = service(&tokens, None).await;
    call(&app, TestRequest::get().uri(path)).await
}

async fn patch(path: &str, if_match: &[&str], body: &'static str) -> Answer {
    let tokens = tokens();
    let app = service(&tokens, None).await;
    let mut request = TestRequest::patch().uri(path).insert_header((header::CONTENT_TYPE, "application/json"));
    for value in if_match {
        request = request.append_header((header::IF_MATCH, *value));
    }
    call(&app, request.set_payload(body)).await
}

#[actix_web::test]
async fn a_good_body_becomes_a_checked_value() {
    let body = json!({
        "child_id": ID, "title": "  Сабаққа келмеді ", "opened_on": "2026-03-31", "signal_id": null,
        "facts": [{ "count": 2, "seen": true }],
    });
    let answer = post("application/json; charset=utf-8", body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let json = answer.json();
    assert_eq!(json["title"], "Сабаққа келмеді");
    assert_eq!(json["facts"], json!([[2, true]]));
    assert_eq!(json["sha256"], json!(<[u8; 32]>::from(Sha256::digest(body.to_string()))));
    let minimal = json!({ "child_id": ID, "title": "a", "opened_on": "2026-03-31" });
    assert_eq!(post("application/vnd.qorgan+json", minimal.to_string()).await.status, 201);
}

#[actix_web::test]
async fn every_wrong_field_is_named_at_once() {
    let body = r#"{
        "child_id": "Aigerim-Serik", "title": "", "opened_on": 20260331, "signal_id": 5, "extra": 1, "a/b": {},
        "facts": [{"count": 1, "seen": true}, {"count": 99999999999, "seen": "yes", "iin": "600101000000"}, 7],
        "title": "again"
    }"#;
    let answer = post("application/json", body).await;
    assert_eq!(answer.problem(), (422, "validation_failed".into()));
    let mut errors = answer.errors();
    errors.sort();
    let expected = [
        "/a~1b: unknown_field",
        "/child_id: id_format",
        "/extra: unknown_field",
        "/facts/1/count: number_too_large",
        "/facts/1/iin: unknown_field",
        "/facts/1/seen: wrong_type",
        "/facts/2: wrong_type",
        "/opened_on: wrong_type",
        "/signal_id: wrong_type",
        "/title: duplicate_field",
        "/title: text_too_short",
    ];
    assert_eq!(errors, expected);
    assert!(!answer.text.contains("Aigerim") && !answer.text.contains("600101000000"), "values are not echoed");
    let bound = answer.json()["errors"].as_array().unwrap().iter().any(|error| error["min"] == "1");
    assert!(bound, "the broken bound is told");
}

#[actix_web::test]
async fn missing_fields_are_named() {
    let answer = post("application/json", "{}").await;
    assert_eq!(answer.errors(), ["/child_id: missing_field", "/title: missing_field", "/opened_on: missing_field"]);
    let answer = post("application/json", "[]").await;
    assert_eq!(answer.problem(), (422, "validation_failed".into()));
    assert_eq!(answer.errors(), [": wrong_type"]);
}

#[actix_web::test]
async fn broken_json_is_placed_and_not_repeated() {
    let answer = post("application/json", "{\n  \"title\": \"Асем\", oops }").await;
    assert_eq!(answer.problem(), (400, "malformed_json".into()));
    assert_eq!(answer.json()["line"], 2);
    assert!(!answer.text.contains("oops") && !answer.text.contains("Асем"));
    for body in [b"".to_vec(), b"{\"a\":".to_vec(), b"\xff\xfe{}".to_vec(), "[".repeat(4000).into_bytes()] {
        assert_eq!(post("application/json", body).await.problem(), (400, "malformed_json".into()));
    }
}

#[actix_web::test]
async fn other_media_types_and_encodings_are_refused() {
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "nonsense"]
    {
        let answer = post(content_type, "{}").await;
        assert_eq!(answer.problem(), (415, "unsupported_media_type".into()), "{content_type}");
    }
    let tokens = tokens();
    let app = service(&tokens, None).await;
    let post = || TestRequest::post().uri("/api/v1/cases").insert_header(authorization(&tokens)).set_payload("{}");
    assert_eq!(call(&app, post()).await.problem().0, 415, "no content type");
    let packed =
        post().insert_header((header::CONTENT_TYPE, "application/json")).insert_header(("content-encoding", "gzip"));
    assert_eq!(call(&app, packed).await.problem().0, 415, "a packed body");
}

#[actix_web::test]
async fn a_body_over_the_limit_is_refused() {
    let body = format!("{{\"title\": \"{}\"}}", "a".repeat(4096));
    let answer = post("application/json", body).await;
    assert_eq!(answer.problem(), (413, "payload_too_large".into()));
    assert_eq!(answer.json()["limit_bytes"], 4096);
    let tokens = tokens();
    let app = service(&tokens, None).await;
    let announced = TestRequest::post().uri("/api/v1/cases").insert_header(authorization(&tokens));
    let announced = announced.insert_header((header::CONTENT_TYPE, "application/json"));
    let announced = announced.insert_header((header::CONTENT_LENGTH, "5000"));
    assert_eq!(call(&app, announced).await.problem().0, 413, "refused before it is read");
}

#[actix_web::test]
async fn queries_are_checked_as_a_whole() {
    let answer = get("/api/v1/cases?limit=500&limit=1&cursor=x&stage=open&child_id=1,2").await;
    assert_eq!(answer.problem(), (400, "invalid_query".into()));
    let mut errors = answer.errors();
    errors.sort();
    let expected = [
        "child_id: id_format",
        "cursor: cursor_invalid",
        "limit: number_too_large",
        "limit: repeated_parameter",
        "stage: unknown_parameter",
    ];
    assert_eq!(errors, expected);
}

#[actix_web::test]
async fn pages_follow_their_cursor() {
    let first = get(&format!("/api/v1/cases?limit=20&child_id={ID},{ID}")).await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = get(&format!("/api/v1/cases?cursor={cursor}")).await;
    assert_eq!(second.json(), json!({ "items": [], "next_cursor": null }));
}

#[actix_web::test]
async fn a_malformed_id_is_not_found() {
    for id in ["1", "%00", "0190a6f85b1c7c3e9f001234567890ab", "..%2f..", "Асем"] {
        let answer = patch(&format!("/api/v1/cases/{id}").replace("Асем", "%D0%90"), &["\"3\""], "{}").await;
        assert_eq!(answer.problem(), (404, "not_found".into()), "{id}");
    }
}

#[actix_web::test]
async fn a_change_needs_the_version_that_was_read() {
    let path = format!("/api/v1/cases/{ID}");
    assert_eq!(patch(&path, &[], "{}").await.problem(), (428, "precondition_required".into()));
    for value in ["*", "3", "W/\"3\"", "\"3\", \"4\"", "\"03\"", "\"-1\"", "\"x\"", "\"99999999999999999999\""] {
        let answer = patch(&path, &[value], "{}").await;
        assert_eq!(answer.problem(), (400, "invalid_header".into()), "{value}");
        assert_eq!(answer.errors(), ["If-Match: header_format"]);
    }
    assert_eq!(patch(&path, &["\"3\"", "\"3\""], "{}").await.problem().0, 400);
    let stale = patch(&path, &["\"2\""], "{}").await;
    assert_eq!(stale.problem(), (412, "stale_version".into()));
    assert_eq!(stale.json()["current_version"], 3);
    assert_eq!(patch(&path, &["\"3\""], "{}").await.header("etag"), Some("\"4\""));
}

#[actix_web::test]
async fn a_patch_tells_absent_from_null() {
    let path = format!("/api/v1/cases/{ID}");
    assert_eq!(patch(&path, &["\"3\""], "{}").await.json()["title"], "absent");
    assert_eq!(patch(&path, &["\"3\""], r#"{"title":null}"#).await.json()["title"], json!(null));
    assert_eq!(patch(&path, &["\"3\""], r#"{"title":"b"}"#).await.json()["title"], "b");
    assert_eq!(patch(&path, &["\"3\""], r#"{"title":1}"#).await.errors(), ["/title: wrong_type"]);
}

#[actix_web::test]
async fn idempotency_keys_are_bounded() {
    let tokens = tokens();
    let app = service(&tokens, None).await;
    let body = json!({ "child_id": ID, "title": "a", "opened_on": "2026-03-31" });
    let with = |key: String| {
        let request = TestRequest::post().uri("/api/v1/cases").insert_header(authorization(&tokens));
        request.insert_header(("idempotency-key", key)).set_json(&body)
    };
    assert_eq!(call(&app, with("k".repeat(255))).await.json()["key"], "k".repeat(255));
    for key in [String::new(), "k".repeat(256), "a b".into(), "ключ".into()] {
        assert_eq!(call(&app, with(key.clone())).await.problem(), (400, "invalid_header".into()), "{key}");
    }
}
