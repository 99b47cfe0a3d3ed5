//! `/register/qualification-materials`: what one's own organisation was asked for.

use actix_web::{HttpResponse, get, post};
use qorgan_domain::consilium::{Gate, GateCode};
use qorgan_domain::ids::QualificationMaterialId;
use qorgan_domain::policy::Action;
use qorgan_domain::text::{Narrative, Title};
use qorgan_storage::register::qualification::{AnswerRefusal, MaterialAnswer, MaterialFilter, MaterialKey};

use super::file_view::MaterialView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::query;
use crate::request;
use crate::request::{Body, Cursor, IdempotencyKey, IfMatch, Limit, Page, PathId, Query};
use crate::routes::consilium::refused;
use crate::routes::paging::next_cursor;
use crate::routes::version::unchanged;

query! {
    /// Which requests to list.
    pub struct MaterialQuery {
        /// Only those that were answered (`true`), or were not (`false`).
        pub answered: Option<bool>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<MaterialKey>>,
    }
}

request! {
    /// An answer: a text, a document, or both.
    #[schema(example = json!({"answer": "The summary is attached to our letter.", "document": "Letter 14-7/112 of 2030-12-04"}))]
    pub struct MaterialAnswerRequest {
        /// In words.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 20000)]
        pub answer: Option<Narrative>,
        /// The document that is sent, by number, date, or where it is kept.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
        pub document: Option<Title>,
    }
}

/// List what the group asks your own organisation for, the latest first.
#[utoipa::path(
    tag = "qualification",
    operation_id = "material_list",
    params(MaterialQuery),
    responses((status = 200, body = Page<MaterialView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("material_read"))),
)]
#[get("/register/qualification-materials")]
pub async fn material_list(ctx: Ctx, query: Query<MaterialQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = MaterialFilter {
            answered: query.answered,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.material_list(&filter)?;
        let today = tx.today();
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(|material| MaterialView::on(today, material)).collect(),
        })
    })
    .await
}

/// Read what the group asks your own organisation for. Members read it in the file.
#[utoipa::path(
    tag = "qualification",
    operation_id = "material_get",
    params(("id" = QualificationMaterialId, Path)),
    responses((status = 200, body = MaterialView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("material_read"))),
)]
#[get("/register/qualification-materials/{id}")]
pub async fn material_get(ctx: Ctx, id: PathId<QualificationMaterialId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let material = tx.material_for(id.0, Action::MaterialRead)?;
        let version = material.version;
        Ok(Answer::ok(&MaterialView::on(tx.today(), material.into_inner()))?.etag(version))
    })
    .await
}

/// Answer what the group asks your own organisation for. An answer is never changed; a late one is taken and shown as
/// late, until the group is done with the fact.
#[utoipa::path(
    tag = "qualification",
    operation_id = "material_answer",
    params(("id" = QualificationMaterialId, Path), IfMatch, IdempotencyKey),
    request_body = MaterialAnswerRequest,
    responses(
        (status = 200, body = MaterialView, headers(("ETag" = String))),
        (status = 409, description = "transition_refused, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("material_answer"))),
)]
#[post("/register/qualification-materials/{id}/answer")]
pub async fn material_answer(
    ctx: Ctx,
    id: PathId<QualificationMaterialId>,
    if_match: IfMatch,
    body: Body<MaterialAnswerRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let material = tx.material_for(id.0, Action::MaterialAnswer)?;
        unchanged(material.version, if_match)?;
        if request.answer.is_none() && request.document.is_none() {
            return Err(Problem::field("/answer", Issue::new("required")));
        }
        let answer = MaterialAnswer::from((request.answer, request.document));
        tx.material_answer(&material, &answer).map_err(not_taken)?;
        let material = tx.material_for(id.0, Action::MaterialAnswer)?;
        let version = material.version;
        Ok(Answer::ok(&MaterialView::on(tx.today(), material.into_inner()))?.etag(version))
    })
    .await
}

fn not_taken(refusal: AnswerRefusal) -> Problem {
    match refusal {
        AnswerRefusal::Settled => refused(Action::MaterialAnswer, &[Gate::new(GateCode::FactDecided)]),
        AnswerRefusal::Answered => Problem::new(ProblemCode::DomainRule).because("material_answered"),
        AnswerRefusal::Storage(error) => error.into(),
    }
}
