//! `GET /deadline-rules`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;

use super::view::DeadlineRuleView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Page, Query};

query! {
    /// Which rules to list.
    pub struct DeadlineRuleQuery {
        /// Those in force on this day, and those that come later; today where absent.
        pub on: Option<NaiveDate>,
    }
}

/// List the rules of time: how long something may take at which risk, when it is called to mind, who is told once it is
/// late. One page, by what they are about and by risk.
#[utoipa::path(
    tag = "clocks",
    operation_id = "deadline_rule_list",
    params(DeadlineRuleQuery),
    responses((status = 200, body = Page<DeadlineRuleView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/deadline-rules")]
pub async fn deadline_rule_list(ctx: Ctx, query: Query<DeadlineRuleQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let rules = tx.deadline_rule_list(query.on.unwrap_or_else(|| tx.today()))?;
        Answer::ok(&Page { items: rules.into_iter().map(DeadlineRuleView::from).collect(), next_cursor: None })
    })
    .await
}
