//! `GET /changes`: what changed for the caller since a cursor.

use actix_web::{HttpResponse, get};
use qorgan_storage::sync::{Changes, FeedError, Place, Since};

use super::view::ChangesView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::query;
use crate::request::{Cursor, FromText, Limit, Query};

/// `now`, or a cursor.
#[derive(Debug)]
pub struct SinceText(Since);

impl FromText for SinceText {
    fn from_text(text: &str) -> Result<Self, Issue> {
        match text {
            "now" => Ok(Self(Since::Now)),
            text => Cursor::<Place>::from_text(text).map(|cursor| Self(Since::After(cursor.0))),
        }
    }
}

query! {
    /// From where to read.
    pub struct ChangeQuery {
        /// `next_cursor` of the answer before; `now` for the present place and no changes; from the beginning of what is
        /// kept where absent.
        #[param(value_type = Option<String>)]
        pub since: Option<SinceText>,
        /// At most so many.
        pub limit: Option<Limit>,
    }
}

/// Read what changed for you since a cursor.
///
/// The entries are pointers; read the records at their own addresses. No change is passed over, whatever else is being
/// written: a change is told once nothing can come before it any more. The answer looks through a bounded number of
/// changes, so it may hold no item and still say `more`. First synchronisation: take a cursor with `since=now`, read the
/// lists, then follow the feed from that cursor. A cursor is good for 180 days, and as long as the user keeps the same
/// roles and organisation: after that the answer is 410 `cursor_expired`, and a first synchronisation is due. See
/// `docs/offline-sync.md`.
#[utoipa::path(
    tag = "sync",
    operation_id = "change_list",
    params(ChangeQuery),
    responses((status = 200, body = ChangesView), (status = 410, description = "cursor_expired")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("changes_read"))),
)]
#[get("/changes")]
pub async fn change_list(ctx: Ctx, query: Query<ChangeQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let since = query.since.map_or(Since::Beginning, |since| since.0);
    ctx.answer(move |tx| {
        let changes = tx.changes(&since, query.limit.unwrap_or_default().get()).map_err(refused)?;
        Answer::ok(&view(changes)?)
    })
    .await
}

fn view(changes: Changes) -> Result<ChangesView, Problem> {
    Ok(ChangesView {
        items: changes.items.into_iter().map(Into::into).collect(),
        next_cursor: Cursor(changes.next).encode().map_err(|_| Problem::new(ProblemCode::Internal))?,
        more: changes.more,
    })
}

fn refused(error: FeedError) -> Problem {
    match error {
        FeedError::Pruned => Problem::new(ProblemCode::CursorExpired).because("cursor_pruned"),
        FeedError::OtherReach => Problem::new(ProblemCode::CursorExpired).because("cursor_of_other_reach"),
        FeedError::Access(error) => error.into(),
    }
}
