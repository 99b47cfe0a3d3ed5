//! What holds for every answer, whoever made it.

use actix_web::http::{Method, header};
use actix_web::test::TestRequest;

use super::app::{ID, authorization, call, service, tokens};

#[actix_web::test]
async fn problems_speak_the_language_of_the_client() {
    let app = service(&tokens(), None).await;
    for (accepted, language, title) in [
        (None, "ru", "Не найдено"),
        (Some("kk-KZ, ru;q=0.5"), "kk", "Табылмады"),
        (Some("fr, en;q=0.8, kk;q=0.3"), "en", "Not found"),
        (Some("fr"), "ru", "Не найдено"),
    ] {
        let mut request = TestRequest::get().uri("/nowhere");
        if let Some(accepted) = accepted {
            request = request.insert_header((header::ACCEPT_LANGUAGE, accepted));
        }
        let answer = call(&app, request).await;
        assert_eq!(answer.problem(), (404, "not_found".into()));
        assert_eq!(answer.header("content-language"), Some(language));
        assert_eq!(answer.json()["title"], title);
        assert_eq!(answer.json()["instance"], "/nowhere");
    }
}

#[actix_web::test]
async fn an_unknown_method_gets_the_known_ones() {
    let app = service(&tokens(), None).await;
    let delete = call(&app, TestRequest::delete().uri("/api/v1/cases")).await;
    assert_eq!(delete.problem(), (405, "method_not_allowed".into()));
    assert_eq!(delete.header("allow"), Some("GET, HEAD, OPTIONS, POST"));
    let get = call(&app, TestRequest::get().uri(&format!("/api/v1/cases/{ID}"))).await;
    assert_eq!(get.header("allow"), Some("OPTIONS, PATCH"));
    let options = call(&app, TestRequest::default().method(Method::OPTIONS).uri("/api/v1/cases")).await;
    assert_eq!((options.status.as_u16(), options.header("allow")), (204, Some("GET, HEAD, OPTIONS, POST")));
    let nowhere = call(&app, TestRequest::default().method(Method::OPTIONS).uri("/api/v1/nothing")).await;
    assert_eq!(nowhere.problem().0, 404);
}

#[actix_web::test]
async fn head_is_served_by_get() {
    let app = service(&tokens(), None).await;
    let head = call(&app, TestRequest::default().method(Method::HEAD).uri("/openapi.json")).await;
    assert_eq!((head.status.as_u16(), head.header("content-type")), (200, Some("application/json")));
    let head = call(&app, TestRequest::default().method(Method::HEAD).uri("/api/v1/cases?x=1")).await;
    assert_eq!(head.status, 400);
}

#[actix_web::test]
async fn a_panic_is_a_problem_without_internals() {
    let app = service(&tokens(), None).await;
    let request = TestRequest::get().uri("/api/v1/panic").insert_header(("x-request-id", "r-7"));
    let answer = call(&app, request.insert_header((header::ACCEPT_LANGUAGE, "kk"))).await;
    assert_eq!(answer.problem(), (500, "internal".into()));
    assert_eq!(answer.header("x-request-id"), Some("r-7"));
    assert_eq!(answer.header("content-language"), Some("kk"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.text.contains("secret"));
    let next = call(&app, TestRequest::get().uri("/api/v1/cases")).await;
    assert_eq!(next.status, 200, "the application goes on");
}

#[actix_web::test]
async fn errors_of_others_become_problems() {
    let app = service(&tokens(), None).await;
    let answer = call(&app, TestRequest::get().uri("/api/v1/foreign")).await;
    assert_eq!(answer.problem(), (500, "internal".into()));
    assert!(!answer.text.contains("secret"));
    let page = call(&app, TestRequest::get().uri("/docs/no-such-file.js")).await;
    assert_eq!(page.problem(), (404, "not_found".into()));
}

#[actix_web::test]
async fn request_ids_are_echoed_when_harmless() {
    let app = service(&tokens(), None).await;
    let long = "a".repeat(65);
    for (given, echoed) in
        [("abc-1.2_3", true), ("a b", false), (long.as_str(), false), ("", false), ("<script>", false)]
    {
        let request = TestRequest::get().uri("/nowhere").insert_header(("x-request-id", given));
        let answer = call(&app, request).await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id == given, echoed, "{given}");
        assert!(echoed || id.len() == 36, "{id}");
    }
}

#[actix_web::test]
async fn answers_are_safe_for_browsers_and_caches() {
    let tokens = tokens();
    let app = service(&tokens, None).await;
    let data = call(&app, TestRequest::get().uri("/api/v1/cases").insert_header(authorization(&tokens))).await;
    assert_eq!(data.header("cache-control"), Some("no-store"));
    assert_eq!(data.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(data.header("referrer-policy"), Some("no-referrer"));
    assert!(data.header("content-security-policy").unwrap().starts_with("default-src 'none'; frame-ancestors"));
    let page = call(&app, TestRequest::get().uri("/docs/")).await;
    assert!(page.header("content-security-policy").unwrap().contains("script-src 'self'"));
    assert_eq!(page.header("cache-control"), None);
}

#[actix_web::test]
async fn answers_are_compressed_on_request() {
    let app = service(&tokens(), None).await;
    for encoding in ["gzip", "br"] {
        let request = TestRequest::get().uri("/openapi.json").insert_header((header::ACCEPT_ENCODING, encoding));
        assert_eq!(call(&app, request).await.header("content-encoding"), Some(encoding));
    }
}
