//! Signals and what is decided on them.

mod accept;
mod create;
mod get;
mod list;
mod triage;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(create::signal_create)
        .service(list::signal_list)
        .service(get::signal_get)
        .service(triage::signal_triage);
}
