//! `GET /register/facts/{id}/versions`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::FactId;
use qorgan_domain::policy::Action;
use qorgan_storage::register::Fact;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::FactView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::{Page, PathId};
use crate::routes::cases::view::PersonView;

/// A version of a fact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FactVersion)]
pub struct FactVersionView {
    /// The fact as it read from `recorded_at` on.
    #[serde(flatten)]
    pub fact: FactView,
    /// Who made it.
    pub recorded_by: PersonView,
}

/// Read every version of a fact, the first one first.
#[utoipa::path(
    tag = "register",
    operation_id = "fact_versions",
    params(("id" = FactId, Path)),
    responses((status = 200, body = Page<FactVersionView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("register_read"))),
)]
#[get("/register/facts/{id}/versions")]
pub async fn fact_versions(ctx: Ctx, id: PathId<FactId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let fact = tx.fact_for(id.0, Action::RegisterRead)?;
        let versions = tx.fact_versions(&fact)?;
        let items = versions.into_iter().map(|(version, person)| FactVersionView {
            fact: FactView::from(&Fact { current: version, ..Fact::clone(&fact) }),
            recorded_by: person.into(),
        });
        Answer::ok(&Page { items: items.collect(), next_cursor: None })
    })
    .await
}
