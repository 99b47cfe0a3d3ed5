//! The unified register: reports and the facts they tell of.

mod file;
mod get;
mod list;
mod reconciliation;
mod reports;
mod request;
pub mod view;

pub use file::{check, insert, reported};
pub use request::CaseFactRequest;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(file::report_file).service(list::fact_list).service(get::fact_get).service(reports::fact_reports);
    reconciliation::register(config);
}
