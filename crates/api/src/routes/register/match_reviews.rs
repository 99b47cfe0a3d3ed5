//! `/register/match-reviews`: pairs of facts that may be one event.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::children::Sex;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{ChildId, ChildMatchReviewId, FactId, MatchReviewId, ReportId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::register::matching::{MatchDecision, ReviewStatus, differences};
use qorgan_domain::register::{FactKind, FactNumber, FactStatus, Relation, SuicidalLevel, ViolenceForm};
use qorgan_domain::text::Reason;
use qorgan_storage::Tx;
use qorgan_storage::register::{MatchReview, ReviewError, ReviewFact, ReviewFilter, ReviewKey};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::amend::refused;
use super::view::{EvidenceView, PlaceView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request::{Body, Cursor, IdempotencyKey, IfMatch, Limit, Page, PathId, Query};
use crate::routes::paging::next_cursor;
use crate::routes::version::unchanged;
use crate::{query, request};

/// Where a page of reviews starts: when the last pair of the page before was found, and its id.
type Position = (DateTime<Utc>, Uuid);

query! {
    /// Which reviews to list.
    pub struct MatchReviewListQuery {
        /// Of this status.
        pub status: Option<ReviewStatus>,
        /// To be decided by this user.
        pub assigned_to: Option<UserId>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<Position>>,
    }
}

request! {
    /// Who is to decide.
    #[schema(example = json!({"user_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab"}))]
    pub struct MatchReviewAssignRequest {
        /// A user of the caller's organisation who may decide; nobody when absent.
        pub user_id: Option<UserId>,
    }

    /// Whether two facts are one event.
    #[schema(example = json!({"decision": "same", "reason": "Both agencies confirm by telephone: one event."}))]
    pub struct MatchReviewDecideRequest {
        /// The same: the newer fact is merged into the older one. Different: the pair is not proposed again.
        pub decision: MatchDecision,
        /// Why.
        pub reason: Reason,
    }
}

/// One of the facts of a review, with no more of it than the decision needs: no name, no word of a report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewedFact)]
pub struct ReviewedFactView {
    /// Its id.
    pub id: FactId,
    /// The number people use.
    pub number: FactNumber,
    /// Its version.
    pub version: i32,
    /// Where it stands.
    pub status: FactStatus,
    /// The child; `null` where the caller may not read its record.
    pub child_id: Option<ChildId>,
    /// Sex of the child.
    pub sex: Sex,
    /// Age of the child on the day of the event.
    pub age_years: i16,
    /// Violence or suicidal behaviour.
    pub kind: FactKind,
    /// The form by which violence is counted.
    pub main_form: Option<ViolenceForm>,
    /// All forms of violence.
    pub forms: Vec<ViolenceForm>,
    /// How far suicidal behaviour went.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// Where it took place.
    pub place: PlaceView,
    /// What the alleged perpetrator is to the child.
    pub alleged_perpetrator_relation: Option<Relation>,
    /// The agencies that reported it.
    pub agencies: Vec<AgencyCode>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

impl ReviewedFactView {
    fn of(fact: &ReviewFact, readable: &BTreeSet<ChildId>) -> Self {
        let content = &fact.content;
        Self {
            id: fact.id,
            number: fact.number,
            version: fact.version,
            status: fact.status,
            child_id: Some(fact.child_id).filter(|child| readable.contains(child)),
            sex: fact.sex,
            age_years: fact.age_years,
            kind: content.nature.kind(),
            main_form: content.nature.main_form(),
            forms: content.nature.forms().collect(),
            level: content.nature.level(),
            occurred_on: content.occurred_on,
            place: PlaceView { territory: content.kato.clone(), setting: content.setting },
            alleged_perpetrator_relation: content.relation,
            agencies: fact.agencies.clone(),
            created_at: fact.created_at,
        }
    }
}

/// That it was asked whether two records are one child.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChildrenAsked)]
pub struct ChildrenAskedView {
    /// The review of the two records.
    pub id: ChildMatchReviewId,
    /// Where it stands.
    pub status: ReviewStatus,
}

/// Two facts that may be one event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchReview)]
pub struct MatchReviewView {
    /// Its id.
    pub id: MatchReviewId,
    /// Its version; as in `ETag`.
    pub version: i64,
    /// Where it stands.
    pub status: ReviewStatus,
    /// The fact that was there before.
    pub older: ReviewedFactView,
    /// The fact that came.
    pub newer: ReviewedFactView,
    /// The report that made the newer fact.
    pub report_id: ReportId,
    /// Whether records say that both are about one child.
    pub same_child: bool,
    /// Where that was not so and the facts are one event: whether the two records are one child, a question of its own
    /// (`/children/match-reviews/{id}`) for those who may merge them. `null` where it was not asked, or is not for you.
    pub children_review: Option<ChildrenAskedView>,
    /// The fields in which they differ.
    pub differences: Vec<&'static str>,
    /// How near they are.
    pub score: f64,
    /// Why.
    pub evidence: Vec<EvidenceView>,
    /// The rules by which they were compared, in force from this day.
    pub rules_from: NaiveDate,
    /// Who is to decide.
    pub assigned_to: Option<UserId>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why; `null` where two facts stayed two and who decided read one of them that you may not.
    pub reason: Option<String>,
    /// When the pair was found.
    pub created_at: DateTime<Utc>,
}

impl MatchReviewView {
    fn of(review: &MatchReview, readable: &BTreeSet<ChildId>) -> Self {
        Self {
            id: review.id,
            version: review.version,
            status: review.status,
            older: ReviewedFactView::of(&review.older, readable),
            newer: ReviewedFactView::of(&review.newer, readable),
            report_id: review.report_id,
            same_child: review.one_child(),
            children_review: review
                .children_asked
                .map(|asked| ChildrenAskedView { id: asked.id, status: asked.status }),
            differences: differences(&review.newer.content, &review.older.content),
            score: review.score,
            evidence: review.evidence.iter().copied().map(Into::into).collect(),
            rules_from: review.rules_from,
            assigned_to: review.assigned_to,
            decided_by: review.decided_by,
            decided_at: review.decided_at,
            reason: review.reason.clone(),
            created_at: review.created_at,
        }
    }
}

/// The children of reviews that the caller may read.
fn readable(tx: &mut Tx<'_>, reviews: &[&MatchReview]) -> Result<BTreeSet<ChildId>, Problem> {
    let ids: BTreeSet<ChildId> =
        reviews.iter().flat_map(|review| [review.older.child_id, review.newer.child_id]).collect();
    let ids: Vec<ChildId> = ids.into_iter().collect();
    Ok(tx.children_visible(&ids)?.into_iter().map(|child| child.id).collect())
}

/// List the pairs of facts that may be one event, the newest first.
///
/// For supervisors of an organisation that reported one of the two.
#[utoipa::path(
    tag = "register",
    operation_id = "match_review_list",
    params(MatchReviewListQuery),
    responses((status = 200, body = Page<MatchReviewView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("match_review_read"))),
)]
#[get("/register/match-reviews")]
pub async fn match_review_list(ctx: Ctx, query: Query<MatchReviewListQuery>) -> Result<HttpResponse, Problem> {
    let MatchReviewListQuery { status, assigned_to, limit, cursor } = query.0;
    let filter = ReviewFilter { status, assigned_to };
    let after = cursor.map(|Cursor((created_at, id))| ReviewKey { created_at, id });
    ctx.answer(move |tx| {
        let page = tx.match_review_list(&filter, after, limit.unwrap_or_default().get())?;
        let readable = readable(tx, &page.items.iter().collect::<Vec<_>>())?;
        Answer::ok(&Page {
            items: page.items.iter().map(|review| MatchReviewView::of(review, &readable)).collect(),
            next_cursor: next_cursor(page.next.map(|ReviewKey { created_at, id }| (created_at, id)))?,
        })
    })
    .await
}

/// Read a pair of facts side by side, with what speaks for one event and in which fields they differ.
///
/// The words of a report are read with `/register/facts/{id}/reports`, where the caller sees the report.
#[utoipa::path(
    tag = "register",
    operation_id = "match_review_get",
    params(("id" = MatchReviewId, Path)),
    responses((status = 200, body = MatchReviewView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("match_review_read"))),
)]
#[get("/register/match-reviews/{id}")]
pub async fn match_review_get(ctx: Ctx, id: PathId<MatchReviewId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| answer(tx, id.0)).await
}

/// Give a match review to somebody to decide.
#[utoipa::path(
    tag = "register",
    operation_id = "match_review_assign",
    params(("id" = MatchReviewId, Path), IfMatch, IdempotencyKey),
    request_body = MatchReviewAssignRequest,
    responses((status = 200, body = MatchReviewView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("match_review_decide"))),
)]
#[post("/register/match-reviews/{id}/assign")]
pub async fn match_review_assign(
    ctx: Ctx,
    id: PathId<MatchReviewId>,
    if_match: IfMatch,
    body: Body<MatchReviewAssignRequest>,
) -> Result<HttpResponse, Problem> {
    let user = body.value.user_id;
    ctx.post(body.sha256, move |tx| {
        let review = tx.match_review_for(id.0, Action::MatchReviewDecide)?;
        unchanged(review.version, if_match)?;
        if !tx.match_review_assign(&review, user)? {
            return Err(Problem::field("/user_id", Issue::new("may_not_decide")));
        }
        answer(tx, id.0)
    })
    .await
}

/// Decide whether two facts are one event.
///
/// `same` merges the newer fact into the older one; `different` is remembered. `split` and `merge` of the facts take a
/// decision back. Where the facts are about two records of children, `same` asks besides whether these are one child
/// (`children_review`): they are never merged by that alone.
#[utoipa::path(
    tag = "register",
    operation_id = "match_review_decide",
    params(("id" = MatchReviewId, Path), IfMatch, IdempotencyKey),
    request_body = MatchReviewDecideRequest,
    responses(
        (status = 200, body = MatchReviewView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("match_review_decide"))),
)]
#[post("/register/match-reviews/{id}/decide")]
pub async fn match_review_decide(
    ctx: Ctx,
    id: PathId<MatchReviewId>,
    if_match: IfMatch,
    body: Body<MatchReviewDecideRequest>,
) -> Result<HttpResponse, Problem> {
    let MatchReviewDecideRequest { decision, reason } = body.value;
    ctx.post(body.sha256, move |tx| {
        let review = tx.match_review_for(id.0, Action::MatchReviewDecide)?;
        unchanged(review.version, if_match)?;
        tx.match_review_decide(&review, decision, &reason).map_err(|error| match error {
            ReviewError::Refused(refusal) => Problem::new(ProblemCode::DomainRule).because(refusal),
            ReviewError::Change(error) => refused(error),
        })?;
        answer(tx, id.0)
    })
    .await
}

fn answer(tx: &mut Tx<'_>, id: MatchReviewId) -> Result<Answer, Problem> {
    let review = tx.match_review_for(id, Action::MatchReviewRead)?;
    let readable = readable(tx, &[&review])?;
    Ok(Answer::ok(&MatchReviewView::of(&review, &readable))?.etag(review.version))
}
