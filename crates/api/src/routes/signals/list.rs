//! `GET /signals`.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::signals::{SignalChannel, SignalStatus, Urgency};
use qorgan_storage::signals::{SignalFilter, SignalKey};

use super::view::SignalView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which signals to list.
    pub struct SignalQuery {
        /// Standing so.
        pub status: Option<SignalStatus>,
        /// That came this way.
        pub channel: Option<SignalChannel>,
        /// As urgent as this.
        pub urgency: Option<Urgency>,
        /// Addressed to this organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Received at or after this time.
        pub since: Option<DateTime<Utc>>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<SignalKey>>,
    }
}

/// List the signals you may read, the latest first: those addressed to or filed by organisations in your scope.
#[utoipa::path(
    tag = "signals",
    operation_id = "signal_list",
    params(SignalQuery),
    responses((status = 200, body = Page<SignalView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("signal_read"))),
)]
#[get("/signals")]
pub async fn signal_list(ctx: Ctx, query: Query<SignalQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = SignalFilter {
            status: query.status,
            channel: query.channel,
            urgency: query.urgency,
            organisation: query.organisation_id,
            since: query.since,
        };
        let after = query.cursor.map(|cursor| cursor.0);
        let page = tx.signal_list(&filter, after, query.limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.iter().map(|signal| SignalView::of(signal, tx.actor())).collect(),
        })
    })
    .await
}
