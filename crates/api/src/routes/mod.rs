//! The operations, one folder an area, one verb a file. [`register`] makes the routes and the API document.

pub mod audit;
pub mod cases;
pub mod children;
pub mod health;
pub mod identity;
pub mod paging;
pub mod reference;
pub mod register;
pub mod signals;
pub mod stage;
pub mod statistics;
pub mod tasks;
pub mod version;

use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every operation.
pub fn register(config: &mut ServiceConfig) {
    health::register(config);
    identity::register_well_known(config);
    config.service(scope("/api/v1").configure(v1));
}

/// Operations under `/api/v1`.
fn v1(config: &mut ServiceConfig) {
    audit::register(config);
    cases::register(config);
    children::register(config);
    tasks::register(config);
    identity::register(config);
    reference::register(config);
    register::register(config);
    signals::register(config);
    statistics::register(config);
}
