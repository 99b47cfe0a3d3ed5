//! Protocols: what a kind of fact calls for. Which of them apply to a case stands in `routes/cases/protocols.rs`.

mod dry_run;
mod get;
mod list;
mod publish;
mod request;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(list::protocol_list)
        .service(get::protocol_get)
        .service(publish::protocol_version_create)
        .service(dry_run::protocol_dry_run);
}
