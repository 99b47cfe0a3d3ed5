//! Counts of the register.

mod csv;
mod cube;
mod export;
mod format;
mod json_stat;
mod labels;
mod make;
mod ndjson;
mod operations;
mod register;
pub mod releases;
mod table;
pub mod view;
mod xlsx;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(register::statistics_register);
    releases::register(config);
    operations::register(config);
}
