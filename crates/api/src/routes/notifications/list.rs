//! `GET /notifications`.

use actix_web::{HttpResponse, get};
use qorgan_storage::notifications::{NoticeFilter, NoticeKey};

use super::view::NotificationView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which notices to list.
    pub struct NotificationQuery {
        /// Only those that were not read yet (`true`), or were (`false`).
        pub unread: Option<bool>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<NoticeKey>>,
    }
}

/// List your notices, newest first, with their text in the language of the answer. Nobody else reads them.
#[utoipa::path(
    tag = "notifications",
    operation_id = "notification_list",
    params(NotificationQuery),
    responses((status = 200, body = Page<NotificationView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("account_use"))),
)]
#[get("/notifications")]
pub async fn notification_list(ctx: Ctx, query: Query<NotificationQuery>) -> Result<HttpResponse, Problem> {
    let (language, query) = (ctx.language, query.0);
    ctx.answer(move |tx| {
        let filter = NoticeFilter {
            unread: query.unread,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.notice_list(&filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(|notice| NotificationView::of(notice, language)).collect(),
        })
    })
    .await
}
