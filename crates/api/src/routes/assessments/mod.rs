//! Instruments of assessment: reference data in versions. Assessments themselves stand below their case.

pub mod definition;
mod list;
mod publish;
mod versions;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(list::instrument_list).service(versions::instrument_versions).service(publish::instrument_publish);
}
