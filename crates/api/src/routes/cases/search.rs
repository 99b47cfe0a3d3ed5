//! `POST /cases/search`: names and numbers never travel in a URL.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::search::{CaseSearch, MatchPlace, SearchText};
use qorgan_domain::cases::{RiskLevel, Section, Stage};
use qorgan_domain::ids::OrganisationId;
use qorgan_storage::cases::{CaseFound, CaseKey, CaseSearchFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::CaseItemView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request;
use crate::request::{Body, Cursor, Limit, Page};
use crate::routes::paging::next_cursor;

request! {
    /// What to look for among the cases you may see.
    #[schema(example = json!({"query": "Сапаров Алия", "stage": "implementation"}))]
    pub struct CaseSearchRequest {
        /// A case's number or a part of it; or the child's name, in Kazakh or Russian spelling, each part with one
        /// typing error at most; or words that stand together in one text (`"…"` for a phrase, `-` before a word
        /// that must not be there).
        pub query: SearchText,
        /// In this stage.
        pub stage: Option<Stage>,
        /// At this risk.
        pub risk_level: Option<RiskLevel>,
        /// With this organisation among the participants.
        pub organisation_id: Option<OrganisationId>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[schema(value_type = Option<String>)]
        pub cursor: Option<Cursor<CaseKey>>,
    }
}

/// A place where a case was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseMatch)]
pub struct MatchView {
    /// The place.
    pub place: MatchPlace,
    /// The section, for `content`.
    pub section: Option<Section>,
}

/// A case, and where it was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseFound)]
pub struct CaseFoundView {
    /// The case.
    #[serde(flatten)]
    pub case: CaseItemView,
    /// Every place in which it was found and that you may read. The texts themselves are not repeated.
    pub matched_in: Vec<MatchView>,
}

impl From<CaseFound> for CaseFoundView {
    fn from(found: CaseFound) -> Self {
        let places = found.places.into_iter().map(|place| MatchView { place, section: None });
        let contents = found.sections.into_iter();
        let contents = contents.map(|section| MatchView { place: MatchPlace::Content, section: Some(section) });
        Self { case: found.item.into(), matched_in: places.chain(contents).collect() }
    }
}

/// Look for cases by number, by the child's name or by words.
///
/// Only what you may read is searched: a text of a section that is closed to you is never found. Danger of life comes
/// first, then the latest change.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_search",
    request_body = CaseSearchRequest,
    responses((status = 200, body = Page<CaseFoundView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[post("/cases/search")]
pub async fn case_search(ctx: Ctx, body: Body<CaseSearchRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.answer(move |tx| {
        let page = tx.case_search(&CaseSearchFilter {
            search: CaseSearch::new(&request.query),
            stage: request.stage,
            risk_level: request.risk_level,
            organisation: request.organisation_id,
            after: request.cursor.map(|cursor| cursor.0),
            limit: request.limit.unwrap_or_default().get(),
        })?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(CaseFoundView::from).collect(),
        })
    })
    .await
}
