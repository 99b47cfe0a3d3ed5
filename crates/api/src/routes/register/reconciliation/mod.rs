//! Lists of other bodies compared with the register.

mod close;
mod export;
mod get;
mod items;
mod list;
mod resolve;
mod upload;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(upload::reconciliation_create)
        .service(list::reconciliation_list)
        .service(get::reconciliation_get)
        .service(items::reconciliation_items)
        .service(resolve::reconciliation_item_resolve)
        .service(close::reconciliation_close)
        .service(export::reconciliation_export);
}
