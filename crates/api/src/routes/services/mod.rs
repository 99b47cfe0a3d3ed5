//! The directory of services, and appointments of cases with them.

mod book;
mod create;
mod get;
mod list;
mod record;
mod settle;
mod update;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(list::service_list)
        .service(create::service_create)
        .service(get::service_get)
        .service(update::service_update)
        .service(book::appointment_create)
        .service(book::appointment_list)
        .service(settle::appointment_update);
}
