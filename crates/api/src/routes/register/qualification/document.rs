//! `GET /register/qualification-sessions/{id}/document`.

use actix_web::{Either, HttpResponse, get};
use qorgan_domain::ids::QualificationSessionId;
use qorgan_domain::policy::Action;

use super::view::SessionView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::documents::{DocumentFormat, qualification};
use crate::problem::Problem;
use crate::query;
use crate::request::{PathId, Query};

query! {
    /// In what form to answer.
    pub struct ProtocolQuery {
        /// `docx` where absent.
        pub format: Option<DocumentFormat>,
    }
}

/// Write the protocol of a session as a document, in the language of `Accept-Language`.
///
/// It holds what `GET /register/qualification-sessions/{id}` shows the caller: facts by their numbers, no child, no
/// opinion. Every page says whose copy it is.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_document_get",
    params(("id" = QualificationSessionId, Path), ProtocolQuery),
    responses((status = 200, description = "The protocol", content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (SessionView = "application/json"),
    ))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_read"))),
)]
#[get("/register/qualification-sessions/{id}/document")]
pub async fn qualification_document_get(
    ctx: Ctx,
    id: PathId<QualificationSessionId>,
    query: Query<ProtocolQuery>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let format = query.0.format.unwrap_or(DocumentFormat::Docx);
    let written = ctx
        .run(move |tx| {
            let session = tx.qualification_for(id.0, Action::QualificationRead)?;
            let view = SessionView::from(&*session);
            Ok(match format {
                DocumentFormat::Json => Either::Left(Answer::ok(&view)?.etag(session.version)),
                DocumentFormat::Docx => Either::Right(qualification::protocol(&view, tx.actor(), tx.now(), language)?),
            })
        })
        .await?;
    Ok(match written {
        Either::Left(answer) => answer.into_response(),
        Either::Right(document) => document.into_response(),
    })
}
