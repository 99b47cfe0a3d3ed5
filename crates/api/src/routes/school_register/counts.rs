//! `GET /in-school-register/counts`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::Action;

use super::list::day_of;
use super::view::{CountsView, Names};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::Query;

query! {
    /// What to count.
    pub struct CountsQuery {
        /// As of the end of this day, by what was known then; today where absent.
        pub as_of: Option<NaiveDate>,
        /// Of this school.
        pub organisation_id: Option<OrganisationId>,
    }
}

/// Count who is on the in-school register as of a day, by ground, of the schools in scope.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "school_register_counts",
    params(CountsQuery),
    responses((status = 200, body = CountsView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_read"))),
)]
#[get("/in-school-register/counts")]
pub async fn school_register_counts(ctx: Ctx, query: Query<CountsQuery>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let query = query.0;
    ctx.answer(move |tx| {
        tx.authorize(Action::SchoolRegisterRead)?;
        let as_of = day_of(tx, query.as_of)?;
        let counts = tx.school_register_counts(as_of, query.organisation_id)?;
        let names = Names::load(tx, language)?;
        Answer::ok(&CountsView::of(as_of, counts, &names))
    })
    .await
}
