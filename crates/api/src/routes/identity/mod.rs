//! Log-in and sessions, organisations, accounts.

pub mod auth;
pub mod organisations;
pub mod users;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area under `/api/v1`.
pub fn register(config: &mut ServiceConfig) {
    auth::register(config);
    organisations::register(config);
    users::register(config);
}

/// Registers the operations whose address a standard fixes, outside `/api/v1`.
pub fn register_well_known(config: &mut ServiceConfig) {
    config.service(auth::jwks_get);
}
