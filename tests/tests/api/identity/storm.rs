//! Many log-ins at once, and one who guesses.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use qorgan_api::ApiSettings;
use qorgan_api::auth::PasswordSettings;
use qorgan_api::middleware::RateQuota;
use qorgan_tests::server::settings;
use qorgan_tests::{Reply, Server, client};
use serde_json::json;

use super::{PASSWORD, give_password, give_password_at, log_in};

const WHO: &str = "social_pedagogue.home";
/// Log-ins that come at once: as many as may wait for a hash, and more.
const STORM: usize = 64;

#[test]
fn who_guesses_waits() {
    let server = Server::with(&ApiSettings { login_quota: RateQuota::new(3, 3600), ..settings() });
    give_password(&server, WHO);
    give_password(&server, "psychologist.home");
    let door = server.anonymous();
    for _ in 0..3 {
        let _ = log_in(&door, WHO, "not this one, sorry").problem(401, "invalid_credentials");
    }
    // The right password does not help any more, however the name is spelled; neither does the other door.
    for name in [WHO, " SOCIAL_pedagogue.home "] {
        let refused = log_in(&door, name, PASSWORD).problem(429, "too_many_requests");
        let wait: u64 = refused.header("retry-after").and_then(|text| text.parse().ok()).expect("Retry-After");
        assert!((1..=3600).contains(&wait), "{wait}");
    }
    let form = [("grant_type", "client_credentials"), ("client_id", WHO), ("client_secret", PASSWORD)];
    let token = client::send(door.request("POST", "/api/v1/auth/token").form(&form));
    let _ = token.problem(429, "too_many_requests");
    // A name that does not exist is counted alike; others are not touched.
    for attempt in 0..4 {
        let expected = if attempt < 3 { 401 } else { 429 };
        assert_eq!(log_in(&door, "nobody.here", PASSWORD).status, expected);
    }
    log_in(&door, "psychologist.home", PASSWORD).expect(200);
    // Forged addresses do not give new attempts.
    let body = json!({"username": WHO, "password": PASSWORD});
    let forged = door.request("POST", "/api/v1/auth/login").header("X-Forwarded-For", "203.0.113.9").json(&body);
    let _ = client::send(forged).problem(429, "too_many_requests");
}

#[test]
fn a_session_has_a_quota_and_learns_what_is_left() {
    let server = Server::with(&ApiSettings { session_quota: RateQuota::new(5, 3600), ..settings() });
    let (one, other) = (server.client(WHO), server.client("psychologist.home"));
    let mut replies: Vec<Reply> = (0..7).map(|_| one.get("/cases")).collect();
    for reply in &replies {
        assert!(
            reply.header("ratelimit-policy").is_some_and(|policy| policy.contains("q=5;w=3600")),
            "{:?}",
            reply.headers
        );
        assert!(reply.header("ratelimit").is_some());
    }
    let refused = replies.split_off(5);
    assert!(replies.iter().all(|reply| reply.status == 200));
    for reply in refused {
        let reply = reply.problem(429, "too_many_requests");
        assert!(reply.header("retry-after").is_some());
    }
    other.get("/cases").expect(200);
    let _ = client::send(one.request("GET", "/healthz")).expect(200);
}

#[test]
fn a_storm_of_log_ins_leaves_the_api_answering() {
    let cost = PasswordSettings::default();
    let server = Server::with(&ApiSettings { passwords: cost.clone(), ..settings() });
    give_password_at(&server, WHO, cost);
    let door = server.anonymous();
    let other = server.client("psychologist.home");
    let (start, over) = (Barrier::new(STORM + 1), AtomicBool::new(false));
    let (logins, answered) = thread::scope(|scope| {
        let threads: Vec<_> = (0..STORM)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    log_in(&door, WHO, PASSWORD)
                })
            })
            .collect();
        let watcher = scope.spawn(|| {
            start.wait();
            let mut answered = 0;
            while !over.load(Ordering::Relaxed) {
                let asked = Instant::now();
                let _ = client::send(door.request("GET", "/healthz")).expect(200);
                other.get("/cases").expect(200);
                assert!(asked.elapsed() < Duration::from_secs(20), "the API starved");
                answered += 1;
            }
            answered
        });
        let logins: Vec<Reply> = threads.into_iter().map(|thread| thread.join().expect("a client")).collect();
        over.store(true, Ordering::Relaxed);
        (logins, watcher.join().expect("the watcher"))
    });
    assert!(answered >= 3, "the API answered only {answered} times during the storm");
    let opened = logins.iter().filter(|reply| reply.status == 200).count();
    assert!(opened > 0, "somebody got in");
    for reply in logins.iter().filter(|reply| reply.status != 200) {
        let reply = reply.clone().problem(503, "unavailable");
        assert!(reply.header("retry-after").is_some(), "who does not get in is told when to come again");
    }
}
