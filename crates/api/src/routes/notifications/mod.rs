//! Notices: what the caller is told, and which of it was read.

mod list;
mod read;
pub mod view;
mod words;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(list::notification_list).service(read::notification_read);
}
