//! `/children/match-reviews`: records that may be one child, since two facts about them are one event.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use qorgan_domain::ids::{ChildId, ChildMatchReviewId, FactId, UserId};
use qorgan_domain::register::matching::{MatchDecision, ReviewStatus};
use qorgan_domain::text::Reason;
use qorgan_storage::children::{ChildMatchReview, ChildMatchReviewKey, PairError, PairWords, PairedChild};
use qorgan_storage::{AccessError, Authorized, Tx};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{CandidateView, candidate_views};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, Cursor, IdempotencyKey, IfMatch, Language, Limit, Page, PathId, Query};
use crate::routes::paging::next_cursor;
use crate::routes::version::unchanged;
use crate::{query, request};

/// Where a page starts: when the last pair of the page before was asked about, and its id.
type Position = (DateTime<Utc>, Uuid);

query! {
    /// Which pairs to list.
    pub struct ChildMatchReviewListQuery {
        /// Of this status.
        pub status: Option<ReviewStatus>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<Position>>,
    }
}

request! {
    /// Whether two records are one child.
    #[schema(example = json!({"decision": "same", "reason": "One child: school and clinic wrote the name differently."}))]
    pub struct ChildMatchReviewDecideRequest {
        /// The same: said for the records that you may merge; they are merged once it was said for both. Different: the pair
        /// is not asked about again.
        pub decision: MatchDecision,
        /// Why.
        pub reason: Reason,
    }
}

/// One of the two records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PairedChild)]
pub struct PairedChildView {
    /// Its id; `null` where the caller may not read it.
    pub id: Option<ChildId>,
    /// Whether the caller's word counts for it.
    pub yours: bool,
    /// Whether somebody who may merge it said that both are one child.
    pub confirmed: bool,
    /// Who; `null` where that was for a record that the caller may not read.
    pub confirmed_by: Option<UserId>,
}

impl From<&PairedChild> for PairedChildView {
    fn from(side: &PairedChild) -> Self {
        let readable = side.record.is_some();
        Self {
            id: readable.then_some(side.id),
            yours: side.mergeable,
            confirmed: side.confirmed_by.is_some(),
            confirmed_by: side.confirmed_by.filter(|_| readable),
        }
    }
}

/// What somebody said of a pair of records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PairReason)]
pub struct PairReasonView {
    /// Whether they are one child.
    pub decision: MatchDecision,
    /// Why.
    pub reason: String,
    /// Who said it.
    pub said_by: UserId,
    /// When.
    pub said_at: DateTime<Utc>,
}

impl From<&PairWords> for PairReasonView {
    fn from(words: &PairWords) -> Self {
        Self {
            decision: if words.same { MatchDecision::Same } else { MatchDecision::Different },
            reason: words.reason.clone(),
            said_by: words.said_by,
            said_at: words.said_at,
        }
    }
}

/// Two records that may be one child.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChildMatchReview)]
pub struct ChildMatchReviewView {
    /// Its id.
    pub id: ChildMatchReviewId,
    /// Its version; as in `ETag`.
    pub version: i64,
    /// Where it stands.
    pub status: ReviewStatus,
    /// The record that survives where they are one.
    pub one: PairedChildView,
    /// The other.
    pub other: PairedChildView,
    /// The fact that both are about; `null` where the caller may not read it.
    pub fact_id: Option<FactId>,
    /// Who decided; `null` where that was the other side, or nobody.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What was said of the pair, the earliest first. Words of the other side are shown once the records are one; until
    /// then `status` and `confirmed` tell what it decided.
    pub reasons: Vec<PairReasonView>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
}

impl From<&ChildMatchReview> for ChildMatchReviewView {
    fn from(review: &ChildMatchReview) -> Self {
        Self {
            id: review.id,
            version: review.version,
            status: review.status,
            one: (&review.one).into(),
            other: (&review.other).into(),
            fact_id: review.fact,
            decided_by: review.decided_by,
            decided_at: review.decided_at,
            reasons: review.words.iter().map(PairReasonView::from).collect(),
            created_at: review.created_at,
        }
    }
}

/// Two records that may be one child, with how alike they are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChildMatchReviewInFull)]
pub struct ChildMatchReviewInFullView {
    /// The pair.
    #[serde(flatten)]
    pub review: ChildMatchReviewView,
    /// The record beside the one that you read, in full or masked, with score and evidence; `null` where the records do
    /// not look alike, or are merged meanwhile.
    pub likeness: Option<CandidateView>,
}

/// List the pairs of records that may be one child, the newest first.
///
/// For supervisors who may merge one of the two.
#[utoipa::path(
    tag = "children",
    operation_id = "child_match_review_list",
    params(ChildMatchReviewListQuery),
    responses((status = 200, body = Page<ChildMatchReviewView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_merge"))),
)]
#[get("/children/match-reviews")]
pub async fn child_match_review_list(
    ctx: Ctx,
    query: Query<ChildMatchReviewListQuery>,
) -> Result<HttpResponse, Problem> {
    let ChildMatchReviewListQuery { status, limit, cursor } = query.0;
    let after = cursor.map(|Cursor((created_at, id))| ChildMatchReviewKey { created_at, id });
    ctx.answer(move |tx| {
        let page = tx.child_match_review_list(status, after, limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            items: page.items.iter().map(ChildMatchReviewView::from).collect(),
            next_cursor: next_cursor(page.next.map(|ChildMatchReviewKey { created_at, id }| (created_at, id)))?,
        })
    })
    .await
}

/// Read a pair of records with what speaks for one child. A record out of your reach is shown masked, as in a search.
#[utoipa::path(
    tag = "children",
    operation_id = "child_match_review_get",
    params(("id" = ChildMatchReviewId, Path)),
    responses((status = 200, body = ChildMatchReviewInFullView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_merge"))),
)]
#[get("/children/match-reviews/{id}")]
pub async fn child_match_review_get(ctx: Ctx, id: PathId<ChildMatchReviewId>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let review = tx.child_match_review_for(id.0)?;
        answer(tx, &review, language)
    })
    .await
}

/// Decide whether two records are one child.
///
/// `same` counts for the records that you may merge. When it was said for both, by you or by whoever may merge the other,
/// the records are merged (`unmerge` takes it back); until then the pair stays open. Records with different ИИН are two
/// children (409 `child_iins_differ`). `different` closes the pair. The other side does not read your reason unless the records
/// are merged: it may not know the child.
#[utoipa::path(
    tag = "children",
    operation_id = "child_match_review_decide",
    params(("id" = ChildMatchReviewId, Path), IfMatch, IdempotencyKey),
    request_body = ChildMatchReviewDecideRequest,
    responses(
        (status = 200, body = ChildMatchReviewInFullView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_merge"))),
)]
#[post("/children/match-reviews/{id}/decide")]
pub async fn child_match_review_decide(
    ctx: Ctx,
    id: PathId<ChildMatchReviewId>,
    if_match: IfMatch,
    body: Body<ChildMatchReviewDecideRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let ChildMatchReviewDecideRequest { decision, reason } = body.value;
    ctx.post(body.sha256, move |tx| {
        let review = tx.child_match_review_for(id.0)?;
        unchanged(review.version, if_match)?;
        tx.child_match_review_decide(&review, decision, &reason).map_err(|error| match error {
            PairError::Refused(refusals) => {
                let problem = Problem::new(ProblemCode::DomainRule).with("rules", &refusals);
                refusals.iter().take(1).fold(problem, |problem, refusal| problem.because(refusal))
            }
            PairError::Storage(error) => AccessError::from(error).into(),
        })?;
        let review = tx.child_match_review_for(id.0)?;
        answer(tx, &review, language)
    })
    .await
}

fn answer(tx: &mut Tx<'_>, review: &Authorized<ChildMatchReview>, language: Language) -> Result<Answer, Problem> {
    let found = tx.child_match_review_likeness(review)?;
    let likeness = candidate_views(tx, found.into_iter().collect(), language)?.pop();
    let view = ChildMatchReviewInFullView { review: ChildMatchReviewView::from(&**review), likeness };
    Ok(Answer::ok(&view)?.etag(review.version))
}
