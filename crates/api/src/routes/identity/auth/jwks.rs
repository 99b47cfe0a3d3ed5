//! `GET /.well-known/jwks.json`.

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpResponse, get, web};

use crate::auth::Tokens;

/// How long a client may keep the keys: short enough that a new key is known before the last token of the old one expires.
const FRESHNESS: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The public keys by which access tokens can be verified (RFC 7517).
#[utoipa::path(
    tag = "identity",
    operation_id = "jwks_get",
    responses((status = 200, description = "A JWK set", body = Object, example = json!({"keys": [{
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }]}))),
    extensions(("x-permission" = json!("none"))),
)]
#[get("/.well-known/jwks.json")]
pub async fn jwks_get(tokens: web::Data<Tokens>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, FRESHNESS)).json(tokens.keys().jwks())
}
