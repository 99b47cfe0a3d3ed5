//! Signals and what is decided on them.

mod accept;
mod create;
mod duplicates;
mod get;
mod import;
mod list;
mod triage;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(create::signal_create)
        .service(list::signal_list)
        .service(import::signal_import)
        .service(get::signal_get)
        .service(duplicates::signal_duplicates)
        .service(triage::signal_triage);
}
