//! Tasks: the steps of a plan, as the organisations that have to do them see them.

mod complete;
mod get;
mod list;
pub mod view;
mod waive;

pub use complete::refused;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(list::task_list).service(get::task_get).service(complete::task_complete).service(waive::task_waive);
}
