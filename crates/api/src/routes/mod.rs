//! The operations, one folder an area, one verb a file. [`register`] makes the routes and the API document.

pub mod assessments;
pub mod audit;
pub mod cases;
pub mod children;
pub mod clocks;
pub mod consilium;
pub mod family;
pub mod health;
pub mod identity;
pub mod lists;
pub mod notifications;
pub mod paging;
pub mod protocols;
pub mod reference;
pub mod register;
pub mod risk_map;
pub mod school_register;
pub mod services;
pub mod signals;
pub mod stage;
pub mod stale;
pub mod statistics;
pub mod sync;
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
    assessments::register(config);
    audit::register(config);
    cases::register(config);
    protocols::register(config);
    children::register(config);
    consilium::register(config);
    clocks::register(config);
    notifications::register(config);
    tasks::register(config);
    family::register(config);
    school_register::register(config);
    services::register(config);
    identity::register(config);
    reference::register(config);
    register::register(config);
    risk_map::register(config);
    signals::register(config);
    statistics::register(config);
    sync::register(config);
}
