//! Statistics of the operation: of the work on cases, not of harm.

mod answer;
mod csv;
mod json_stat;
mod labels;
mod sheet;
mod tables;
pub mod view;
mod words;
mod workload;
mod xlsx;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(tables::statistics_cases)
        .service(tables::statistics_timeliness)
        .service(tables::statistics_recurrence)
        .service(tables::statistics_detection)
        .service(workload::statistics_workload);
}
