//! `/cases/{id}/reviews`: what was achieved, and what follows.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::cases::{CasePart, ReviewConclusion, Section};
use qorgan_domain::ids::{CaseId, ReviewId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Narrative;
use qorgan_storage::cases::{NewContent, NewReview};
use uuid::Uuid;

use super::drafts::draft;
use super::sections::writes_in;
use super::view::{ReviewJson, location, text_of};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Page, PathId};
use crate::routes::stage::stage_problem;

request! {
    /// A review.
    #[schema(example = json!({"conclusion": "propose_closure", "summary": "No new signs for three months; the family keeps the appointments."}))]
    pub struct ReviewRequest {
        /// An id chosen by the client (UUIDv7), so that the request can be repeated safely.
        pub id: Option<ReviewId>,
        /// The section that protects its text; `general` where absent.
        pub section: Option<Section>,
        /// What follows.
        pub conclusion: ReviewConclusion,
        /// What was seen.
        pub summary: Narrative,
        /// When to look again.
        pub next_review_on: Option<NaiveDate>,
        /// When it was written, if that was on a device without connection: not in the future, not more than 90 days
        /// ago. `created_at` is when it came.
        pub written_at: Option<DateTime<Utc>>,
    }
}

/// Record a review of the case.
#[utoipa::path(
    tag = "cases",
    operation_id = "review_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = ReviewRequest,
    responses(
        (status = 201, body = ReviewJson),
        (status = 200, description = "The review was recorded before by this very request", body = ReviewJson),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("review_write"))),
)]
#[post("/cases/{id}/reviews")]
pub async fn review_create(ctx: Ctx, id: PathId<CaseId>, body: Body<ReviewRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::ReviewWrite)?;
        let section = request.section.unwrap_or(Section::General);
        let new = NewReview {
            id: request.id.unwrap_or_else(|| ReviewId::from_uuid(Uuid::now_v7())),
            conclusion: request.conclusion,
            next_review_on: request.next_review_on,
            written_at: draft(request.id.map(|id| id.as_uuid()), request.written_at, tx.now())?,
            content: NewContent { section, body: text_of("summary", request.summary.as_str()) },
        };
        if let Some(known) = request.id.map(|id| tx.review_repeated(&case, id)).transpose()?.flatten() {
            return if tx.wrote_review(&known, &new) {
                Answer::ok(&ReviewJson::from(known))
            } else {
                Err(Problem::new(ProblemCode::IdTaken))
            };
        }
        may_write(CasePart::Review, case.state.stage).map_err(stage_problem)?;
        writes_in(tx, section)?;
        if request.next_review_on.is_some_and(|day| day < tx.today()) {
            return Err(Problem::field("/next_review_on", Issue::new("date_past")));
        }
        tx.review_insert(&case, &new)?;
        let written = tx.review_list(&case)?.into_iter().find(|review| review.id == new.id);
        let view = written.map(ReviewJson::from).ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created(format!("{}/reviews", location(case.id)), &view)
    })
    .await
}

/// List the reviews of a case, newest first.
#[utoipa::path(
    tag = "cases",
    operation_id = "review_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<ReviewJson>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/reviews")]
pub async fn review_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let items = tx.review_list(&case)?.into_iter().map(ReviewJson::from).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
