//! Tokens that are not ours, and what is said to them.

use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use qorgan_api::auth::{SigningKeys, TokenRefusal, TokenSettings, Tokens, Verified, generate_pem};
use qorgan_domain::ids::{SessionId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::{Answer, ID, call, service, tokens};

fn identity() -> (UserId, SessionId) {
    (UserId::from_uuid(Uuid::now_v7()), SessionId::from_uuid(Uuid::now_v7()))
}

fn good(tokens: &Tokens) -> String {
    let (user, session) = identity();
    tokens.issue(user, session, Utc::now()).unwrap().token
}

/// A token with any header and claims, signed by whatever key, or not at all.
fn forge(header: &Value, claims: &Value, sign: impl FnOnce(&str) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(&message));
    format!("{message}.{signature}")
}

fn claims() -> Value {
    let now = Utc::now().timestamp();
    json!({ "iss": "qorgan", "aud": "qorgan-api", "sub": ID, "sid": ID, "jti": ID, "iat": now, "exp": now + 600 })
}

async fn ask(tokens: &Tokens, authorization: &[String]) -> Answer {
    let app = service(tokens, None).await;
    let body = json!({ "child_id": ID, "title": "a", "opened_on": "2026-03-31" });
    let mut request = TestRequest::post().uri("/api/v1/cases");
    for value in authorization {
        request = request.append_header(("authorization", value.as_str()));
    }
    call(&app, request.set_json(body)).await
}

#[actix_web::test]
async fn a_good_token_opens_the_door() {
    let tokens = tokens();
    let answer = ask(&tokens, &[format!("bearer {}", good(&tokens))]).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let (user, session) = identity();
    let issued = tokens.issue(user, session, Utc::now()).unwrap();
    assert_eq!(issued.expires_in, 600);
    assert_eq!(tokens.verify(&issued.token, Utc::now()), Ok(Verified { session, user }));
}

#[actix_web::test]
async fn no_token_or_something_else_is_401() {
    let tokens = tokens();
    let good = good(&tokens);
    for values in [
        vec![],
        vec![good.clone()],
        vec![format!("Basic {good}")],
        vec!["Bearer".into()],
        vec!["Bearer ".into()],
        vec!["Bearer a.b.c".into()],
        vec![format!("Bearer {}", "a".repeat(5000))],
        vec![format!("Bearer {good}"), format!("Bearer {good}")],
    ] {
        let answer = ask(&tokens, &values).await;
        assert_eq!(answer.problem(), (401, "unauthenticated".into()), "{values:?}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
    }
}

#[actix_web::test]
async fn an_expired_token_says_so() {
    let tokens = tokens();
    let (user, session) = identity();
    let old = tokens.issue(user, session, Utc::now() - TimeDelta::minutes(11)).unwrap();
    let answer = ask(&tokens, &[format!("Bearer {}", old.token)]).await;
    assert_eq!(answer.problem(), (401, "token_expired".into()));
    assert!(answer.header("www-authenticate").unwrap().contains("invalid_token"));
}

#[test]
fn time_has_a_leeway_of_seconds() {
    let tokens = tokens();
    let (user, session) = identity();
    let now = Utc::now();
    let token = tokens.issue(user, session, now).unwrap().token;
    let at = |seconds| tokens.verify(&token, now + TimeDelta::seconds(seconds)).map(|_| ());
    assert_eq!(at(-4), Ok(()));
    assert_eq!(at(-7), Err(TokenRefusal::Invalid), "issued in the future");
    assert_eq!(at(603), Ok(()));
    assert_eq!(at(606), Err(TokenRefusal::Expired));
}

#[test]
fn the_algorithm_is_not_the_tokens_choice() {
    let tokens = tokens();
    let id = tokens.keys().ids().next().unwrap().to_owned();
    let public = tokens.keys().jwks()["keys"][0]["x"].as_str().unwrap().to_owned();
    let public_bytes = URL_SAFE_NO_PAD.decode(&public).unwrap();
    for alg in ["none", "None", "NONE"] {
        let token = forge(&json!({ "alg": alg, "typ": "at+jwt", "kid": id }), &claims(), |_| Vec::new());
        assert_eq!(tokens.verify(&token, Utc::now()), Err(TokenRefusal::Invalid), "{alg}");
        let unsigned = token.trim_end_matches('.').to_owned();
        assert_eq!(tokens.verify(&unsigned, Utc::now()), Err(TokenRefusal::Invalid), "{alg}");
    }
    for secret in [public_bytes.as_slice(), public.as_bytes()] {
        let header = Header { typ: Some("at+jwt".into()), kid: Some(id.clone()), ..Header::new(Algorithm::HS256) };
        let token = encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(tokens.verify(&token, Utc::now()), Err(TokenRefusal::Invalid), "HMAC with the public key");
    }
}

/// A server's key, and a token signed by it with a header and claims of our choice.
fn signed(change_header: impl FnOnce(&mut Header), change_claims: impl FnOnce(&mut Value)) -> (Tokens, String) {
    use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
    let pem = generate_pem().unwrap();
    let tokens = Tokens::new(SigningKeys::from_pems([("a", &pem)]).unwrap(), TokenSettings::default());
    let der = ed25519_dalek::SigningKey::from_pkcs8_pem(&pem).unwrap().to_pkcs8_der().unwrap();
    let id = tokens.keys().ids().next().unwrap().to_owned();
    let mut header = Header { typ: Some("at+jwt".into()), kid: Some(id), ..Header::new(Algorithm::EdDSA) };
    let mut claims = claims();
    change_header(&mut header);
    change_claims(&mut claims);
    let token = encode(&header, &claims, &EncodingKey::from_ed_der(der.as_bytes())).unwrap();
    (tokens, token)
}

#[test]
fn every_claim_and_header_is_checked() {
    let verify = |(tokens, token): (Tokens, String)| tokens.verify(&token, Utc::now()).map(|_| ());
    assert_eq!(verify(signed(|_| (), |_| ())), Ok(()), "the unchanged token is good");
    let refused = [
        ("other type", signed(|header| header.typ = Some("JWT".into()), |_| ())),
        ("no type", signed(|header| header.typ = None, |_| ())),
        ("no kid", signed(|header| header.kid = None, |_| ())),
        ("unknown kid", signed(|header| header.kid = Some("other".into()), |_| ())),
        ("crit", signed(|header| header.crit = Some(vec!["b64".into()]), |_| ())),
        ("issuer", signed(|_| (), |claims| claims["iss"] = json!("other"))),
        ("audience", signed(|_| (), |claims| claims["aud"] = json!("other"))),
        ("no issuer", signed(|_| (), |claims| _ = claims.as_object_mut().unwrap().remove("iss"))),
        ("no expiry", signed(|_| (), |claims| _ = claims.as_object_mut().unwrap().remove("exp"))),
        ("expiry as text", signed(|_| (), |claims| claims["exp"] = json!("99999999999"))),
        ("no session", signed(|_| (), |claims| _ = claims.as_object_mut().unwrap().remove("sid"))),
        ("subject is no id", signed(|_| (), |claims| claims["sub"] = json!("admin"))),
    ];
    for (what, case) in refused {
        assert_eq!(verify(case), Err(TokenRefusal::Invalid), "{what}");
    }
}

#[test]
fn a_changed_token_is_refused() {
    let tokens = tokens();
    let token = good(&tokens);
    let parts: Vec<&str> = token.split('.').collect();
    let other = good(&tokens);
    let other_parts: Vec<&str> = other.split('.').collect();
    let swapped = format!("{}.{}.{}", parts[0], other_parts[1], parts[2]);
    assert_eq!(tokens.verify(&swapped, Utc::now()), Err(TokenRefusal::Invalid));
    let mut signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    signature[0] ^= 1;
    let flipped = format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode(signature));
    assert_eq!(tokens.verify(&flipped, Utc::now()), Err(TokenRefusal::Invalid));
    assert!(tokens.verify(&token, Utc::now()).is_ok());
}

#[test]
fn old_keys_verify_until_they_are_taken_away() {
    let (old, new) = (generate_pem().unwrap(), generate_pem().unwrap());
    let with = |pems: &[&String]| {
        let keys = SigningKeys::from_pems(pems.iter().map(|pem| ("key", pem.as_str()))).unwrap();
        Tokens::new(keys, TokenSettings::default())
    };
    let token = good(&with(&[&old]));
    assert!(with(&[&new, &old]).verify(&token, Utc::now()).is_ok());
    assert_eq!(with(&[&new]).verify(&token, Utc::now()), Err(TokenRefusal::Invalid));
}
