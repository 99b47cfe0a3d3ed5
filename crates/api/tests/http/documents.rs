//! The API document and its pages.

use actix_web::test::TestRequest;
use qorgan_api::openapi::{complaints, to_text};
use qorgan_api::problem::ProblemCode;
use serde_json::Value;

use super::app::{call, document, service, tokens};

fn statuses(document: &Value, path: &str, method: &str) -> Vec<String> {
    let answers = document["paths"][path][method]["responses"].as_object().unwrap();
    answers.keys().cloned().collect()
}

#[test]
fn the_document_is_of_version_3_1_and_the_same_each_time() {
    let text = to_text(&document()).unwrap();
    assert_eq!(text, to_text(&document()).unwrap());
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[test]
fn operations_get_the_errors_of_their_shape() {
    let document = serde_json::to_value(document()).unwrap();
    let open = ["201", "400", "401", "403", "408", "409", "413", "415", "422", "429", "500", "503"];
    assert_eq!(statuses(&document, "/api/v1/cases", "post"), open);
    assert_eq!(statuses(&document, "/api/v1/cases", "get"), ["200", "400", "401", "403", "429", "500", "503"]);
    let change = statuses(&document, "/api/v1/cases/{id}", "patch");
    for status in ["404", "412", "428"] {
        assert!(change.contains(&status.to_owned()), "{change:?}");
    }
    let conflict =
        &document["paths"]["/api/v1/cases"]["post"]["responses"]["409"]["content"]["application/problem+json"];
    assert_eq!(conflict["schema"]["$ref"], "#/components/schemas/Problem");
    assert_eq!(conflict["example"]["code"], "already_participant", "the description picks the example");
    assert_eq!(document["paths"]["/api/v1/cases"]["post"]["x-permission"], "case.open");
}

#[test]
fn request_types_are_documented_as_they_are_read() {
    let document = serde_json::to_value(document()).unwrap();
    let schema = &document["components"]["schemas"]["OpenCase"];
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], serde_json::json!(["child_id", "title", "opened_on"]));
    let parameters = document["paths"]["/api/v1/cases"]["get"]["parameters"].as_array().unwrap();
    assert_eq!(parameters.len(), 3);
    assert!(
        parameters.iter().all(|parameter| parameter["in"] == "query" && parameter["required"] == false),
        "{parameters:?}"
    );
}

#[test]
fn nothing_is_left_undocumented() {
    assert_eq!(complaints(&document()).unwrap(), Vec::<String>::new());
    let mut poor = document();
    let item = poor.paths.paths.get_mut("/api/v1/cases").unwrap();
    let operation = item.post.as_mut().unwrap();
    operation.summary = None;
    operation.tags = None;
    operation.extensions = None;
    operation.operation_id = Some("case_list".into());
    let found = complaints(&poor).unwrap();
    for what in ["no summary", "no tags", "no x-permission", "is also that of"] {
        assert!(found.iter().any(|line| line.contains(what)), "{what}: {found:?}");
    }
}

#[actix_web::test]
async fn the_pages_are_served_from_the_program() {
    let app = service(&tokens(), None).await;
    let json = call(&app, TestRequest::get().uri("/openapi.json")).await;
    assert_eq!(json.json()["info"]["title"], "Qorgan");
    let redirect = call(&app, TestRequest::get().uri("/docs")).await;
    assert_eq!((redirect.status.as_u16(), redirect.header("location")), (308, Some("/docs/")));
    let page = call(&app, TestRequest::get().uri("/docs/")).await;
    assert!(page.status.is_success() && page.text.contains("swagger-ui"));
    let script = call(&app, TestRequest::get().uri("/docs/swagger-initializer.js")).await;
    assert!(script.text.contains("/openapi.json") && !script.text.contains("petstore"), "{}", script.text);
}

#[actix_web::test]
async fn every_kind_of_problem_has_a_page() {
    let app = service(&tokens(), None).await;
    for code in ProblemCode::ALL {
        let page = call(&app, TestRequest::get().uri(&format!("/problems/{}", code.as_str()))).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(code.as_str()) && page.text.contains(code.title().kk));
    }
    let all = call(&app, TestRequest::get().uri("/problems")).await;
    assert!(all.text.contains("possible_duplicates") && all.text.contains("stale_version"));
    assert_eq!(call(&app, TestRequest::get().uri("/problems/nothing")).await.problem().0, 404);
}
