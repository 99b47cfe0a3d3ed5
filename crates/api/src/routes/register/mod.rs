//! The unified register: reports and the facts they tell of.

mod amend;
mod combine;
mod file;
mod get;
mod list;
mod match_reviews;
mod match_rules;
pub mod qualification;
mod reconciliation;
mod reports;
mod request;
mod versions;
pub mod view;

pub use file::{alike, await_others, check, insert, reported};
pub use request::CaseFactRequest;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(file::report_file).service(list::fact_list).service(get::fact_get).service(reports::fact_reports);
    qualification::register(config);
    reconciliation::register(config);
    config.service(versions::fact_versions).service(amend::fact_amend).service(amend::fact_annul);
    config.service(combine::fact_merge).service(combine::fact_split);
    config.service(match_rules::match_rules_list).service(match_rules::match_rules_learn);
    config
        .service(match_reviews::match_review_list)
        .service(match_reviews::match_review_get)
        .service(match_reviews::match_review_assign)
        .service(match_reviews::match_review_decide);
}
