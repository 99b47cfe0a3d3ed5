//! `/cases/{id}/assessments`: what was found out about the child's situation, in free form or by an instrument.

mod compare;
mod complete;
mod create;
mod form;
mod get;
mod judged;
mod list;
mod update;
mod view;

pub use compare::assessment_compare;
pub use complete::assessment_complete;
pub use create::assessment_create;
pub use get::assessment_get;
pub use list::assessment_list;
pub use update::assessment_update;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this part.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(assessment_create)
        .service(assessment_list)
        // Before the one that takes any word for an id.
        .service(assessment_compare)
        .service(assessment_get)
        .service(assessment_update)
        .service(assessment_complete);
}
