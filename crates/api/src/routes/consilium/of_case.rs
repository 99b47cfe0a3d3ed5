//! `GET /cases/{id}/consilium`: what boards were asked about a case and decided.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use qorgan_domain::cases::Section;
use qorgan_domain::ids::{CaseId, ConsiliumItemId, ConsiliumSessionId};
use qorgan_domain::policy::Action;
use qorgan_storage::consilium::CaseDecisionView;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{BoardDecisionView, question};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::{Page, PathId};
use crate::routes::cases::view::OrganisationNameView;

/// An item of an agenda that is about the case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseConsiliumItem)]
pub struct CaseItemView {
    /// The item.
    pub id: ConsiliumItemId,
    /// Its session.
    pub session_id: ConsiliumSessionId,
    /// Who convened it.
    pub organisation: OrganisationNameView,
    /// When the case was put on the agenda.
    pub scheduled_at: DateTime<Utc>,
    /// The section that protects the question.
    pub section: Section,
    /// Whether the caller may read the question. Where not, it is `null`.
    pub readable: bool,
    /// The question put to the board.
    pub question: Option<String>,
    /// What was decided. How each member voted stands in the session's record only.
    pub decision: Option<BoardDecisionView>,
}

impl From<CaseDecisionView> for CaseItemView {
    fn from(item: CaseDecisionView) -> Self {
        let question = question(&item.question);
        Self {
            id: item.item,
            session_id: item.session,
            organisation: item.organisation.into(),
            scheduled_at: item.scheduled_at,
            section: item.section,
            readable: question.is_some(),
            question,
            decision: item.decision.as_ref().map(Into::into),
        }
    }
}

/// Read what consilia were asked about a case and decided, the latest first.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_consilium_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<CaseItemView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/consilium")]
pub async fn case_consilium_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let items = tx.case_consilium(&case)?.into_iter().map(CaseItemView::from).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
