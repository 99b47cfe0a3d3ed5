//! Counts of the register.

mod labels;
mod register;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(register::statistics_register);
}
