//! `/cases/{id}/attachments`: documents of a case, each in its section.

mod create;
mod download;
mod form;
mod get;
mod kind;
mod list;
mod view;
mod withdraw;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(create::attachment_create)
        .service(list::attachment_list)
        .service(get::attachment_get)
        .service(download::attachment_content)
        .service(withdraw::attachment_withdraw);
}
