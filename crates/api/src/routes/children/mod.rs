//! The shared index of children.

mod check;
mod create;
mod for_report;
mod get;
mod match_reviews;
mod merge;
mod search;
mod update;
pub mod view;

pub use create::{ChildRequest, InlineChild};
pub use for_report::ForReport;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(create::child_create)
        .service(search::child_search)
        .service(match_reviews::child_match_review_list)
        .service(match_reviews::child_match_review_get)
        .service(match_reviews::child_match_review_decide)
        .service(get::child_get)
        .service(merge::child_merge)
        .service(merge::child_unmerge)
        .service(update::child_update);
}
