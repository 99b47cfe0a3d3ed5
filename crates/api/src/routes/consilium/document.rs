//! `GET /consilium/sessions/{id}/document`.

use actix_web::{Either, HttpResponse, get};
use qorgan_domain::ids::ConsiliumSessionId;
use qorgan_domain::policy::Action;

use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::documents::{DocumentFormat, consilium};
use crate::problem::Problem;
use crate::query;
use crate::request::{PathId, Query};

query! {
    /// In what form to answer.
    pub struct RecordQuery {
        /// `docx` where absent.
        pub format: Option<DocumentFormat>,
    }
}

/// Write the record of a session as a document, in the language of `Accept-Language`.
///
/// It holds what `GET /consilium/sessions/{id}` shows the caller: what a section or the time closes is not in it. Every
/// page says whose copy it is.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_document_get",
    params(("id" = ConsiliumSessionId, Path), RecordQuery),
    responses((status = 200, description = "The record", content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (SessionView = "application/json"),
    ))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_read"))),
)]
#[get("/consilium/sessions/{id}/document")]
pub async fn consilium_document_get(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    query: Query<RecordQuery>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let format = query.0.format.unwrap_or(DocumentFormat::Docx);
    let written = ctx
        .run(move |tx| {
            let session = tx.consilium_for(id.0, Action::ConsiliumRead)?;
            let view = SessionView::from(&*session);
            Ok(match format {
                DocumentFormat::Json => Either::Left(Answer::ok(&view)?.etag(session.version)),
                DocumentFormat::Docx => Either::Right(consilium::record(&view, tx.actor(), tx.now(), language)?),
            })
        })
        .await?;
    Ok(match written {
        Either::Left(answer) => answer.into_response(),
        Either::Right(document) => document.into_response(),
    })
}
