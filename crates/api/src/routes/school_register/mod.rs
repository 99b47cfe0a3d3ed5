//! The in-school register (since 2 March 2026: pedagogical support).

mod amend;
mod counts;
mod get;
mod list;
mod of_child;
mod place;
mod reference;
mod refusal;
mod remove;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area. Words stand before ids: the first that fits an address takes it.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(reference::legal_regime_list)
        .service(reference::school_register_ground_list)
        .service(counts::school_register_counts)
        .service(list::school_register_list)
        .service(get::school_placement_get)
        .service(get::school_placement_versions)
        .service(remove::school_placement_remove)
        .service(amend::school_placement_amend)
        .service(place::case_school_placement_create)
        .service(place::child_school_placement_create)
        .service(of_child::case_school_placement_list)
        .service(of_child::child_school_placement_list);
}
