//! The feed of apps that work offline.

mod list;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(list::change_list);
}
