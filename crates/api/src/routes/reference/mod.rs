//! Reference data: the same for everybody who is logged in.

mod agencies;
mod classifiers;
pub(crate) mod labels;
mod territories;
pub mod view;

pub use labels::code_of;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(agencies::agency_list).service(territories::territory_list).service(classifiers::classifier_get);
}
