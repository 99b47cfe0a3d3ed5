//! `GET /cases/{id}/timeline`.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::ids::{CaseId, EventId, OrganisationId, UserId};
use qorgan_domain::policy::Action;
use qorgan_storage::cases::TimelineEntry;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{OrganisationNameView, PersonView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, PathId, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which part of the timeline to show.
    pub struct TimelineQuery {
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<i64>>,
    }
}

/// Something that happened to a case. It holds codes and ids, never content.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseEvent)]
pub struct EventView {
    /// Its id.
    pub id: EventId,
    /// The case it happened to: this one, or one that was merged into it.
    pub case_id: CaseId,
    /// What happened.
    pub kind: CaseEventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it; `null` for what the system did by itself, as when a deadline passes.
    pub actor: Option<PersonView>,
    /// For which organisation.
    pub organisation: Option<OrganisationNameView>,
    /// The section of what it is about.
    pub section: Option<Section>,
    /// The note, task, assessment… it is about.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub subject_id: Option<Uuid>,
    /// Codes and ids that belong to it, such as `action`, `from` and `to` of a transition.
    #[schema(value_type = Object)]
    pub data: Value,
}

impl From<TimelineEntry> for EventView {
    fn from(entry: TimelineEntry) -> Self {
        Self {
            id: entry.id.into(),
            case_id: entry.case,
            kind: entry.kind,
            at: entry.at,
            actor: entry.actor.map(|(id, name)| (UserId::from(id), name).into()),
            organisation: entry.organisation.map(|(id, name)| (OrganisationId::from(id), name).into()),
            section: entry.section,
            subject_id: entry.subject,
            data: entry.data,
        }
    }
}

/// Read what happened to a case, and to those that were merged into it, oldest first.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_timeline",
    params(("id" = CaseId, Path), TimelineQuery),
    responses((status = 200, body = Page<EventView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/timeline")]
pub async fn case_timeline(ctx: Ctx, id: PathId<CaseId>, query: Query<TimelineQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let after = query.cursor.map(|cursor| cursor.0);
        let page = tx.case_timeline(&case, after, query.limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(EventView::from).collect(),
        })
    })
    .await
}
