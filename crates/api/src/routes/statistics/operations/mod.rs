//! Statistics of the operation: of the work on cases, not of harm.

mod answer;
mod cases;
mod csv;
mod detection;
mod format;
mod labels;
mod recurrence;
mod sheet;
mod timeliness;
pub mod view;
mod words;
mod workload;
mod xlsx;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(cases::statistics_cases)
        .service(timeliness::statistics_timeliness)
        .service(recurrence::statistics_recurrence)
        .service(detection::statistics_detection)
        .service(workload::statistics_workload);
}
