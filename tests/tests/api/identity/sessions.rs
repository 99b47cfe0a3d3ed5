//! A session from log-in to log-out, and the ways in which it ends early.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use qorgan_tests::{Client, Reply, Server, client};
use serde_json::{Value, json};

use super::{PASSWORD, give_password, log_in, word};

const WHO: &str = "social_pedagogue.home";

fn refresh(client: &Client, token: &str) -> Reply {
    client.post("/auth/refresh", &json!({"refresh_token": token}))
}

fn log_out(client: &Client) -> Reply {
    client::send(client.request("POST", "/api/v1/auth/logout"))
}

#[test]
fn a_session_from_log_in_to_log_out() {
    let server = Server::start();
    give_password(&server, WHO);
    let door = server.anonymous();
    let opened = log_in(&door, " Social_Pedagogue.HOME ", PASSWORD).expect(200);
    assert_eq!((&opened.body["token_type"], &opened.body["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(opened.header("cache-control"), Some("no-store"));
    let user = door.with_token(word(&opened, "access_token"));

    let me = user.get("/auth/me").expect(200);
    assert_eq!(me.body["user"]["username"], WHO);
    assert_eq!((&me.body["agency"], &me.body["organisation"]["name"]), (&json!("UO"), &json!("school home")));
    assert_eq!(me.body["roles"], json!([{"role": "social_pedagogue", "scope": "organisation"}]));
    let permissions = me.body["permissions"].as_array().expect("permissions");
    assert!(permissions.contains(&json!("case_open")) && !permissions.contains(&json!("closure_decide")));
    assert!(me.body["sections"]["read"].as_array().is_some_and(|sections| !sections.contains(&json!("medical"))));

    let renewed = refresh(&door, &word(&opened, "refresh_token")).expect(200);
    assert_ne!(renewed.body["refresh_token"], opened.body["refresh_token"]);
    let again = door.with_token(word(&renewed, "access_token"));
    again.get("/auth/me").expect(200);

    let _ = log_out(&again).expect(204);
    for client in [&user, &again] {
        let _ = client.get("/auth/me").problem(401, "session_ended");
    }
    assert_eq!(refresh(&door, &word(&renewed, "refresh_token")).status, 401);
    let _ = log_out(&again).problem(401, "session_ended");
}

#[test]
fn a_refresh_token_that_comes_again_ends_its_session_and_no_other() {
    let server = Server::start();
    give_password(&server, WHO);
    let door = server.anonymous();
    let (stolen, other) = (log_in(&door, WHO, PASSWORD).expect(200), log_in(&door, WHO, PASSWORD).expect(200));
    let renewed = refresh(&door, &word(&stolen, "refresh_token")).expect(200);
    let renewed = refresh(&door, &word(&renewed, "refresh_token")).expect(200);
    let user = door.with_token(word(&renewed, "access_token"));
    user.get("/auth/me").expect(200);
    let _ = refresh(&door, &word(&stolen, "refresh_token")).problem(401, "refresh_token_reused");
    // The whole family is dead: the newest access token and the newest refresh token too.
    let _ = user.get("/auth/me").problem(401, "session_ended");
    assert_eq!(refresh(&door, &word(&renewed, "refresh_token")).status, 401);
    door.with_token(word(&other, "access_token")).get("/auth/me").expect(200);
    refresh(&door, &word(&other, "refresh_token")).expect(200);
    for unknown in ["", "x", "q0Xy1ZrM8d3uU4bW7n2cT5vK9sPfHaLjEoGiRtYwQxk"] {
        let _ = refresh(&door, unknown).problem(401, "invalid_refresh_token");
    }
}

#[test]
fn of_one_refresh_token_sent_at_once_one_wins_at_most() {
    let server = Server::start();
    give_password(&server, WHO);
    let door = server.anonymous();
    let opened = log_in(&door, WHO, PASSWORD).expect(200);
    let token = word(&opened, "refresh_token");
    let start = Barrier::new(6);
    let replies: Vec<Reply> = thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    refresh(&door, &token)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a client")).collect()
    });
    let won: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(won.len(), 1, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 401)));
    // Whoever won, nobody can tell the thief from the owner: the session is over.
    let _ = door.with_token(word(won[0], "access_token")).get("/auth/me").problem(401, "session_ended");
    let _ = door.with_token(word(&opened, "access_token")).get("/auth/me").problem(401, "session_ended");
}

#[test]
fn who_cannot_log_in_learns_nothing_from_it() {
    let server = Server::start();
    for name in [WHO, "hotline_operator.home", "psychologist.home"] {
        give_password(&server, name);
    }
    let administrator = server.client("administrator.home");
    let disabled = server.world.person("psychologist.home").user;
    administrator.patch(&format!("/users/{disabled}"), 1, &json!({"disabled": true})).expect(200);
    let door = server.anonymous();
    let attempts = [
        (WHO, "not this one, sorry"),
        (WHO, ""),
        ("nobody.here", PASSWORD),
        ("", PASSWORD),
        ("a\u{0}b", PASSWORD),
        ("Ә' OR 1=1 --", PASSWORD),
        // No password was ever set.
        ("supervisor.home", PASSWORD),
        // A program's account does not come by this door.
        ("hotline_operator.home", PASSWORD),
        ("psychologist.home", "not this one, sorry"),
    ];
    let answers: BTreeSet<String> = attempts
        .iter()
        .map(|(username, password)| {
            let mut reply = log_in(&door, username, password).problem(401, "invalid_credentials");
            assert!(password.is_empty() || !reply.text.contains(password));
            reply.body["request_id"] = Value::Null;
            reply.body.to_string()
        })
        .collect();
    assert_eq!(answers.len(), 1, "all refusals read the same: {answers:?}");
    let _ = log_in(&door, "psychologist.home", PASSWORD).problem(401, "account_disabled");
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    let server = Server::start();
    give_password(&server, WHO);
    let door = server.anonymous();
    let (here, there) = (log_in(&door, WHO, PASSWORD).expect(200), log_in(&door, WHO, PASSWORD).expect(200));
    let (here_client, there_client) =
        (door.with_token(word(&here, "access_token")), door.with_token(word(&there, "access_token")));
    let change = |current: &str, new: &str| {
        here_client.post("/auth/password", &json!({"current_password": current, "new_password": new}))
    };
    let wrong = change("not this one, sorry", "қарлы тау шыңы").problem(422, "validation_failed");
    assert_eq!(wrong.errors(), [("/current_password".to_owned(), "password_wrong".to_owned())]);
    let weak = change(PASSWORD, "123456789012").problem(422, "validation_failed");
    assert_eq!(weak.errors(), [("/new_password".to_owned(), "password_too_common".to_owned())]);
    there_client.get("/auth/me").expect(200);

    let _ = change(PASSWORD, "қарлы тау шыңы").expect(204);
    here_client.get("/auth/me").expect(200);
    refresh(&door, &word(&here, "refresh_token")).expect(200);
    let _ = there_client.get("/auth/me").problem(401, "session_ended");
    assert_eq!(refresh(&door, &word(&there, "refresh_token")).status, 401);
    let _ = log_in(&door, WHO, PASSWORD).problem(401, "invalid_credentials");
    log_in(&door, WHO, "қарлы тау шыңы").expect(200);
}

#[test]
fn others_can_verify_a_token_by_the_published_keys() {
    let server = Server::start();
    give_password(&server, WHO);
    let door = server.anonymous();
    let token = word(&log_in(&door, WHO, PASSWORD).expect(200), "access_token");
    let published = client::send(door.request("GET", "/.well-known/jwks.json")).expect(200);
    let header = decode_header(&token).expect("a header");
    assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::EdDSA, Some("at+jwt")));
    let keys = published.body["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kid"].as_str() == header.kid.as_deref()).expect("the key of the token");
    assert!(key["d"].is_null() && key["kty"] == "OKP" && key["alg"] == "EdDSA");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["qorgan-api"]);
    validation.set_issuer(&["qorgan"]);
    let public = DecodingKey::from_ed_components(key["x"].as_str().expect("x")).expect("a key");
    let claims = decode::<Value>(&token, &public, &validation).expect("the signature holds").claims;
    assert_eq!(claims["sub"], server.world.person(WHO).user.to_string());
    assert!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).is_some_and(|(exp, iat)| exp - iat == 600));
    for personal in ["username", "name", "email", "roles"] {
        assert!(claims[personal].is_null(), "{personal} stands in a token");
    }
}
