//! Tokens that open nothing, whatever they look like.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use qorgan_api::auth::{SigningKeys, TokenSettings, Tokens, generate_pem};
use qorgan_domain::ids::SessionId;
use qorgan_tests::{Server, client};
use serde_json::{Value, json};
use uuid::Uuid;

use super::clear;

const WHO: &str = "social_pedagogue.home";

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Claims that are right for a user of the world.
fn claims(server: &Server) -> Value {
    let (person, now) = (server.world.person(WHO), Utc::now().timestamp());
    json!({"iss": "qorgan", "aud": "qorgan-api", "sub": person.user, "sid": person.session, "jti": Uuid::now_v7(),
        "iat": now, "exp": now + 600})
}

/// Every token that somebody without a key can make, and one of a key that is not the server's.
fn forgeries(server: &Server) -> Vec<(&'static str, String)> {
    let claims = claims(server);
    let good = server.token(WHO);
    let pieces: Vec<&str> = good.split('.').collect();
    let kid = server.tokens().keys().ids().next().expect("a key").to_owned();
    let public = server.tokens().keys().jwks()["keys"][0]["x"].as_str().expect("a key").to_owned();
    let header = |alg: &str| json!({"alg": alg, "typ": "at+jwt", "kid": kid});
    let hmac = |secret: &[u8]| {
        let header = Header { typ: Some("at+jwt".into()), kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &EncodingKey::from_secret(secret)).expect("a token")
    };
    let other_pem = generate_pem().expect("a key");
    let other =
        Tokens::new(SigningKeys::from_pems([("other", other_pem.as_str())]).expect("keys"), TokenSettings::default());
    let person = server.world.person(WHO);
    let foreign = other.issue(person.user, person.session, Utc::now()).expect("a token").token;
    let foreign: Vec<&str> = foreign.split('.').collect();
    let mut longer = claims.clone();
    longer["exp"] = json!(Utc::now().timestamp() + 86_400);
    vec![
        ("alg none", format!("{}.{}.", part(&header("none")), part(&claims))),
        ("alg none, with the good signature", format!("{}.{}.{}", part(&header("none")), pieces[1], pieces[2])),
        ("alg NONE", format!("{}.{}.", part(&header("NONE")), part(&claims))),
        ("HMAC with the public key", hmac(&URL_SAFE_NO_PAD.decode(&public).expect("base64"))),
        ("HMAC with the public key's text", hmac(public.as_bytes())),
        ("HMAC with nothing", hmac(b"")),
        ("another key", foreign.join(".")),
        ("another key under our kid", format!("{}.{}.{}", part(&header("EdDSA")), foreign[1], foreign[2])),
        ("other claims under our signature", format!("{}.{}.{}", pieces[0], part(&longer), pieces[2])),
        ("no signature", format!("{}.{}", pieces[0], pieces[1])),
        ("empty signature", format!("{}.{}.", pieces[0], pieces[1])),
        (
            "a key in its own header",
            format!(
                "{}.{}.{}",
                part(&json!({"alg": "EdDSA", "typ": "at+jwt", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": public}})),
                foreign[1],
                foreign[2]
            ),
        ),
        (
            "kid as a path",
            format!(
                "{}.{}.{}",
                part(&json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "../../dev/null"})),
                pieces[1],
                pieces[2]
            ),
        ),
        ("not a token", "Sekretov".to_owned()),
        ("dots", "...".to_owned()),
        ("long", "A".repeat(6000)),
    ]
}

#[test]
fn forged_tokens_open_nothing() {
    let server = Server::start();
    for (what, token) in forgeries(&server) {
        let client = server.anonymous().with_token(token.clone());
        for path in ["/auth/me", "/cases", "/children/0190a6f8-5b1c-7c3e-9f00-1234567890ab"] {
            let reply = client.get(path);
            assert_eq!(reply.status, 401, "{what}: {}", reply.text);
            clear(&reply, 401, "unauthenticated", &[&token]);
            assert!(reply.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")));
        }
    }
    server.client(WHO).get("/auth/me").expect(200);
}

#[test]
fn other_schemes_and_places_carry_no_token() {
    let server = Server::start();
    let good = server.token(WHO);
    let anonymous = server.anonymous();
    for value in [good.clone(), format!("Basic {good}"), format!("Token {good}"), "Bearer".into(), "Bearer ".into()] {
        let request = anonymous.request("GET", "/api/v1/auth/me").header("Authorization", value);
        clear(&client::send(request), 401, "unauthenticated", &[&good]);
    }
    let twice = anonymous.request("GET", "/api/v1/auth/me");
    let twice =
        twice.header("Authorization", format!("Bearer {good}")).header("Authorization", format!("Bearer {good}"));
    clear(&client::send(twice), 401, "unauthenticated", &[]);
    let cookie = anonymous.request("GET", "/api/v1/auth/me").header("Cookie", format!("access_token={good}"));
    clear(&client::send(cookie), 401, "unauthenticated", &[]);
    clear(&anonymous.get(&format!("/auth/me?access_token={good}")), 401, "unauthenticated", &[&good]);
}

#[test]
fn a_token_past_its_time_or_without_a_session_says_so() {
    let server = Server::start();
    let person = server.world.person(WHO);
    let issue = |session, at| server.tokens().issue(person.user, session, at).expect("a token").token;
    let ask = |token: String| server.anonymous().with_token(token).get("/cases");
    let expired = issue(person.session, Utc::now() - TimeDelta::minutes(11));
    clear(&ask(expired.clone()), 401, "token_expired", &[&expired]);
    let early = issue(person.session, Utc::now() + TimeDelta::minutes(5));
    clear(&ask(early), 401, "unauthenticated", &[]);
    // A session that never was, and one of another user: the token is ours, its session does not hold.
    let nowhere = issue(SessionId::from(Uuid::now_v7()), Utc::now());
    clear(&ask(nowhere), 401, "session_ended", &[]);
    // A session that was ended.
    let token = server.token(WHO);
    let client = server.anonymous().with_token(token.clone());
    let _ = client::send(client.request("POST", "/api/v1/auth/logout")).expect(204);
    clear(&ask(token), 401, "session_ended", &[]);
}
