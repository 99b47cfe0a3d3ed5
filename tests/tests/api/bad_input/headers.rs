//! Headers that are wrong, and the language of the answers.

use qorgan_tests::{Client, Server, client};
use serde_json::{Value, json};

use super::{clear, wrong};
use crate::support::Cast;

fn patch(client: &Client, path: &str, tags: &[&str]) -> qorgan_tests::Reply {
    let mut request = client.request("PATCH", &format!("/api/v1{path}")).json(&json!({"title": "Sekretov"}));
    for tag in tags {
        request = request.header("If-Match", *tag);
    }
    client::send(request)
}

#[test]
fn a_version_is_one_strong_tag() {
    let cast = Cast::new();
    let path = format!("/cases/{}", cast.case().id());
    clear(&patch(&cast.pedagogue, &path, &[]), 428, "precondition_required", &["Sekretov"]);
    let bad: &[&[&str]] = &[
        &["*"],
        &["1"],
        &["\"\""],
        &["W/\"1\""],
        &["\"1\", \"2\""],
        &["\"01\""],
        &["\"+1\""],
        &["\"-1\""],
        &["\"1"],
        &["\" 1\""],
        &["\"99999999999999999999\""],
        &["\"a\""],
        &[""],
        &["\"1\"", "\"1\""],
    ];
    for tags in bad {
        let reply = patch(&cast.pedagogue, &path, tags);
        clear(&reply, 400, "invalid_header", &["Sekretov"]);
        assert_eq!(wrong(&reply), ["If-Match header_format"], "{tags:?}");
    }
    let stale = patch(&cast.pedagogue, &path, &["\"9223372036854775807\""]);
    clear(&stale, 412, "stale_version", &["Sekretov"]);
    assert_eq!(cast.pedagogue.get(&path).expect(200).version(), 1, "nothing was changed");
}

#[test]
fn an_idempotency_key_is_short_and_visible() {
    let cast = Cast::new();
    let signal = json!({"channel": "parent", "description": "D", "territory": "351000000", "urgency": "routine"});
    let long = "k".repeat(256);
    for key in ["", " ", "a b", "ключ", long.as_str(), "a\u{7f}"] {
        let request = cast.pedagogue.request("POST", "/api/v1/signals").json(&signal);
        let request = request.header(
            "Idempotency-Key",
            reqwest::header::HeaderValue::from_bytes(key.as_bytes())
                .unwrap_or_else(|_| "\t".parse().expect("a header")),
        );
        let reply = client::send(request);
        clear(&reply, 400, "invalid_header", &[]);
        assert_eq!(wrong(&reply), ["Idempotency-Key header_format"], "{key:?}");
    }
    let twice = cast.pedagogue.request("POST", "/api/v1/signals").json(&signal);
    let reply = client::send(twice.header("Idempotency-Key", "a").header("Idempotency-Key", "b"));
    clear(&reply, 400, "invalid_header", &[]);
    let longest = "k".repeat(255);
    cast.pedagogue.post_with("/signals", &[("Idempotency-Key", &longest)], &signal).expect(201);
    assert_eq!(cast.pedagogue.get("/signals").expect(200).body["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_request_id_is_taken_only_if_it_is_harmless() {
    let server = Server::start();
    let client = server.anonymous();
    let ask = |id: &str| {
        let value = reqwest::header::HeaderValue::from_bytes(id.as_bytes()).expect("a header");
        client::send(client.request("GET", "/api/v1/auth/me").header("X-Request-Id", value))
    };
    let own = ask("tour-2026.1_a");
    clear(&own, 401, "unauthenticated", &[]);
    assert_eq!(own.header("x-request-id"), Some("tour-2026.1_a"));
    for id in ["", "a b", "<script>", "é", "\"", &"x".repeat(65)] {
        let reply = ask(id);
        clear(&reply, 401, "unauthenticated", &[]);
        assert_ne!(reply.header("x-request-id"), Some(id));
    }
}

/// Refusals of several kinds, each in one language.
fn refusals(cast: &Cast, language: Option<&str>) -> Vec<qorgan_tests::Reply> {
    let ask = |client: &Client, method: &str, path: &str, body: Option<Value>| {
        let mut request = client.request(method, path);
        if let Some(language) = language {
            request = request.header("Accept-Language", language);
        }
        client::send(if let Some(body) = body { request.json(&body) } else { request })
    };
    let wrong = json!({"last_name": "", "first_name": 1, "birth_date": "x", "sex": "male", "territory": "351000000"});
    vec![
        ask(&cast.server.anonymous(), "GET", "/api/v1/cases", None),
        ask(&cast.pedagogue, "POST", "/api/v1/children", Some(wrong)),
        ask(&cast.pedagogue, "GET", "/api/v1/cases?limit=0", None),
        ask(&cast.pedagogue, "GET", "/api/v1/nothing", None),
        ask(&cast.pedagogue, "DELETE", "/api/v1/cases", None),
        ask(&cast.statistician, "GET", "/api/v1/cases", None),
    ]
}

#[test]
fn words_follow_the_language_and_codes_do_not() {
    let cast = Cast::new();
    let codes = |replies: &[qorgan_tests::Reply]| {
        replies.iter().map(|reply| (reply.status, reply.body["code"].clone(), wrong(reply))).collect::<Vec<_>>()
    };
    let russian = refusals(&cast, None);
    let expected =
        ["unauthenticated", "validation_failed", "invalid_query", "not_found", "method_not_allowed", "forbidden"];
    assert_eq!(russian.iter().map(|reply| reply.body["code"].as_str().expect("a code")).collect::<Vec<_>>(), expected);
    let mut titles = Vec::new();
    for (asked, spoken) in [
        (None, "ru"),
        (Some("ru-RU"), "ru"),
        (Some("kk-KZ, ru;q=0.5"), "kk"),
        (Some("de, en;q=0.3"), "en"),
        (Some("de"), "ru"),
    ] {
        let replies = refusals(&cast, asked);
        assert_eq!(codes(&replies), codes(&russian), "{asked:?}");
        for reply in &replies {
            assert_eq!(reply.header("content-language"), Some(spoken), "{asked:?}: {}", reply.text);
            assert!(
                reply.header("vary").is_some_and(|vary| vary.to_lowercase().contains("accept-language")),
                "{:?}",
                reply.headers
            );
        }
        titles.push(replies.iter().map(|reply| reply.body["title"].to_string()).collect::<Vec<_>>());
        let messages = &replies[1].body["errors"][0]["message"];
        assert!(messages.as_str().is_some_and(|text| !text.is_empty()));
    }
    assert_eq!(titles[0], titles[1]);
    assert_eq!(titles[0], titles[4]);
    for ((one, other), third) in titles[0].iter().zip(&titles[2]).zip(&titles[3]) {
        assert!(one != other && other != third && one != third);
    }
}
