//! `GET /cases/{id}/attachments`.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;
use uuid::Uuid;

use super::view::AttachmentJson;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, PathId, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which documents to list.
    pub struct AttachmentQuery {
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<(DateTime<Utc>, Uuid)>>,
    }
}

/// List the documents of a case, newest first. Of one in a section that is closed to you it shows who attached what
/// kind of file, how long, when; not its title.
#[utoipa::path(
    tag = "cases",
    operation_id = "attachment_list",
    params(("id" = CaseId, Path), AttachmentQuery),
    responses((status = 200, body = Page<AttachmentJson>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/attachments")]
pub async fn attachment_list(
    ctx: Ctx,
    id: PathId<CaseId>,
    query: Query<AttachmentQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let before = query.cursor.map(|cursor| cursor.0);
        let page = tx.attachment_list(&case, before, query.limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(AttachmentJson::from).collect(),
        })
    })
    .await
}
