//! The risk map: counts, rates and alerts of the cities and districts, as GeoJSON.

mod alerts;
mod frame;
mod map;
mod survey;
mod view;
mod words;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config.service(map::risk_map).service(alerts::risk_map_alerts);
}
