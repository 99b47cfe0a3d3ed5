//! `POST /notifications/read`.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use qorgan_domain::ids::NotificationId;
use qorgan_domain::policy::Action;
use qorgan_storage::notifications::ReadNotices;

use super::view::ReadView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem};
use crate::request;
use crate::request::{Body, IdempotencyKey};

request! {
    /// Which notices you have read: either `ids` or `up_to`.
    #[schema(example = json!({"ids": ["0190a6f8-5b1c-7c3e-9f00-1234567890ab"]}))]
    pub struct NotificationReadRequest {
        /// These; those of others, and those read before, are passed over.
        pub ids: Vec<NotificationId>,
        /// All that came until this time, included: `created_at` of the newest you have seen.
        pub up_to: Option<DateTime<Utc>>,
    }
}

/// Say which of your notices you have read.
#[utoipa::path(
    tag = "notifications",
    operation_id = "notification_read",
    params(IdempotencyKey),
    request_body = NotificationReadRequest,
    responses((status = 200, body = ReadView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("account_use"))),
)]
#[post("/notifications/read")]
pub async fn notification_read(ctx: Ctx, body: Body<NotificationReadRequest>) -> Result<HttpResponse, Problem> {
    let NotificationReadRequest { ids, up_to } = body.value;
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::AccountUse)?;
        let read = match (up_to, ids.is_empty()) {
            (None, false) => ReadNotices::Ids(ids),
            (Some(up_to), true) => ReadNotices::UpTo(up_to),
            (None, true) => return Err(Problem::field("/ids", Issue::new("required_here"))),
            (Some(_), false) => return Err(Problem::field("/up_to", Issue::new("not_allowed_here"))),
        };
        let read = tx.notices_read(&permit, &read)?;
        Answer::ok(&ReadView { read })
    })
    .await
}
