//! `/cases/{id}/family`: who belongs to the family of the child, and to what help they agreed.

mod consents;
mod create;
mod list;
mod update;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(list::family_list)
        .service(create::family_member_create)
        .service(update::family_member_update)
        .service(consents::consent_create);
}
