//! `POST /children/search`: names and ИИН never travel in a URL.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::children::{Iin, PersonName, SearchTerms};
use qorgan_domain::policy::Action;

use super::view::{CandidateView, candidate_views};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem};
use crate::request;
use crate::request::{Body, Page};

/// Candidates shown unless another number is asked for.
const DEFAULT_LIMIT: usize = 20;
/// Most candidates shown: who needs more should ask more narrowly.
const MAX_LIMIT: usize = 50;

request! {
    /// Whom to look for: an ИИН, or at least two parts of a name, or one part with the date of birth.
    #[schema(example = json!({"query": "Алимов Кайрат", "birth_date": "2014-05-10"}))]
    pub struct ChildSearchRequest {
        /// Parts of the name, in any order, in Kazakh, Russian or Latin spelling, with a slip or two in each; a record
        /// must have all of them, under whatever name it is held.
        pub query: Option<PersonName>,
        /// Date of birth: with it, records of that day come first.
        pub birth_date: Option<NaiveDate>,
        /// ИИН.
        pub iin: Option<Iin>,
        /// At most so many: 1 to 50, 20 by default.
        #[schema(minimum = 1, maximum = 50, default = 20)]
        pub limit: Option<i32>,
    }
}

/// Look for a child in the shared index.
///
/// Records that the caller may not read are masked: initials, year of birth, territory. The likeliest come first: `score`
/// is the probability that a record is the child, by what was given; `evidence` is what each field says. Of merged
/// records the surviving one is shown. Every record shown is audited. There are no further pages: ask more narrowly.
#[utoipa::path(
    tag = "children",
    operation_id = "child_search",
    request_body = ChildSearchRequest,
    responses((status = 200, body = Page<CandidateView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_search"))),
)]
#[post("/children/search")]
pub async fn child_search(ctx: Ctx, body: Body<ChildSearchRequest>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.answer(move |tx| {
        let permit = tx.authorize(Action::ChildSearch)?;
        let limit = limit(request.limit)?;
        let terms = SearchTerms::new(request.query.as_ref(), request.birth_date, request.iin)
            .map_err(|invalid| Problem::field("/query", invalid))?;
        let candidates = tx.child_search(&permit, &terms, limit)?;
        let items = candidate_views(tx, candidates, language)?;
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}

fn limit(asked: Option<i32>) -> Result<usize, Problem> {
    let wrong = |issue: Issue| Err(Problem::field("/limit", issue));
    match asked.map_or(Ok(DEFAULT_LIMIT), usize::try_from) {
        Ok(0) | Err(_) => wrong(Issue::new("number_too_small").with("min", 1)),
        Ok(limit) if limit > MAX_LIMIT => wrong(Issue::new("number_too_large").with("max", MAX_LIMIT)),
        Ok(limit) => Ok(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded() {
        let read = |asked| limit(asked).map_err(|problem| problem.errors()[0].code());
        assert_eq!(read(None), Ok(20));
        assert_eq!(read(Some(50)), Ok(50));
        assert_eq!(read(Some(0)), Err("number_too_small"));
        assert_eq!(read(Some(-1)), Err("number_too_small"));
        assert_eq!(read(Some(51)), Err("number_too_large"));
    }
}
