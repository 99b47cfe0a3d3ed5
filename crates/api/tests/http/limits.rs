//! Rate limits as clients see them.

use actix_web::ResponseError;
use actix_web::test::TestRequest;
use qorgan_api::middleware::{ClientAddress, LoginLimiter, RateQuota, RequestLimits};

use super::app::{authorization, call, service, tokens};

fn limits() -> Option<RequestLimits> {
    Some(RequestLimits::new(RateQuota::new(3, 3600), RateQuota::new(2, 3600)))
}

#[actix_web::test]
async fn an_address_without_a_token_is_limited() {
    let app = service(&tokens(), limits()).await;
    let get = || TestRequest::get().uri("/api/v1/cases").peer_addr("192.0.2.1:1".parse().unwrap());
    let first = call(&app, get()).await;
    assert_eq!(first.header("ratelimit-policy"), Some("\"address\";q=2;w=3600"));
    assert_eq!(first.header("ratelimit"), Some("\"address\";r=1;t=1800"));
    assert_eq!(call(&app, get()).await.status, 200);
    let third = call(&app, get()).await;
    assert_eq!(third.problem(), (429, "too_many_requests".into()));
    let wait: u64 = third.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=1800).contains(&wait));
    assert!(third.header("ratelimit").unwrap().starts_with("\"address\";r=0"));
    let other = get().peer_addr("192.0.2.2:1".parse().unwrap());
    assert_eq!(call(&app, other).await.status, 200, "another address has its own quota");
    assert_eq!(call(&app, get().uri("/openapi.json")).await.status, 200, "only the API is limited");
}

#[actix_web::test]
async fn a_session_has_its_own_quota() {
    let tokens = tokens();
    let app = service(&tokens, limits()).await;
    let (one, two) = (authorization(&tokens), authorization(&tokens));
    let get = |session: &(_, String)| TestRequest::get().uri("/api/v1/cases").insert_header(session.clone());
    for _ in 0..3 {
        assert_eq!(call(&app, get(&one)).await.status, 200);
    }
    assert_eq!(call(&app, get(&one)).await.problem().0, 429);
    assert_eq!(call(&app, get(&two)).await.status, 200);
}

#[test]
fn attempts_to_log_in_are_limited_by_user_and_address() {
    let limiter = LoginLimiter::new(RateQuota::new(2, 600));
    let (here, there) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
    assert!(limiter.check("pedagogue", ClientAddress(here)).is_ok());
    assert!(limiter.check(" Pedagogue", ClientAddress(here)).is_ok());
    let refused = limiter.check("PEDAGOGUE", ClientAddress(here)).unwrap_err();
    assert!(refused.error_response().headers().contains_key("retry-after"));
    assert!(limiter.check("pedagogue", ClientAddress(there)).is_ok(), "nobody is locked out from elsewhere");
    assert!(limiter.check("police", ClientAddress(here)).is_ok());
}
