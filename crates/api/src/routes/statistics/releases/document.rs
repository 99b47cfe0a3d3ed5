//! `GET /statistics/releases/{id}/document`.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ReleaseId;
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::StatisticsMethod;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::query;
use crate::request::{PathId, Query};

query! {
    /// Which document of a release.
    pub struct ReleaseDocumentQuery {
        /// Which numbers; exact where you may and say nothing.
        pub method: Option<StatisticsMethod>,
    }
}

/// A release as it was signed.
#[derive(ToSchema)]
#[schema(as = ReleaseSigned)]
#[expect(dead_code, reason = "the shape, for the document of the API; the answer is written as it was signed")]
pub struct SignedView {
    /// Everything that the signature vouches for: period, day, method, tables. Whole numbers only.
    document: Map<String, Value>,
    /// The signature.
    signature: SignatureView,
}

/// The signature of a release.
#[derive(ToSchema)]
#[schema(as = ReleaseSignature)]
#[expect(dead_code, reason = "the shape, for the document of the API")]
pub struct SignatureView {
    /// A compact JSON Web Signature (RFC 7515) by Ed25519 over `{"sub": id, "sha256": hash, "iat": time}`.
    jws: String,
    /// SHA-256 of `document` in canonical JSON (RFC 8785), in hexadecimal digits.
    sha256: String,
    /// The public key (RFC 8037). Compare its `kid`, a hash of it, with one that you trust, such as that of
    /// `/.well-known/jwks.json` when the release was published.
    jwk: Map<String, Value>,
}

/// Read a published release whole, with its signature. `qorgan statistics verify-release FILE` checks it without the server;
/// `docs/releases.md` says how others do.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_document",
    params(("id" = ReleaseId, Path), ReleaseDocumentQuery),
    responses(
        (status = 200, description = "The document and its signature", body = SignedView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_read"))),
)]
#[get("/statistics/releases/{id}/document")]
pub async fn release_document(
    ctx: Ctx,
    id: PathId<ReleaseId>,
    query: Query<ReleaseDocumentQuery>,
) -> Result<HttpResponse, Problem> {
    let body = ctx
        .run(move |tx| {
            let release = tx.release_for(id.0, Action::ReleaseRead)?;
            let method = super::method(tx, query.0.method);
            let found = tx.release_document(&release, method)?;
            let found = found.ok_or_else(|| Problem::new(ProblemCode::DomainRule).because("release_not_published"))?;
            let sha256: String = found.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
            let signature = json!({"jws": found.jws, "sha256": sha256, "jwk": found.jwk});
            // As it was signed, to the byte.
            Ok(format!("{{\"document\":{},\"signature\":{signature}}}", found.content))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"release.json\""))
        .body(body))
}
