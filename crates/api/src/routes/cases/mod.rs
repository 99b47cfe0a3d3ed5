//! Cases and all that hangs on them.

mod assessments;
mod create;
mod get;
mod list;
mod notes;
pub mod opening;
mod participants;
mod plan;
mod reviews;
pub mod sections;
mod timeline;
mod transition;
mod update;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(list::case_list)
        .service(create::case_create)
        .service(get::case_get)
        .service(update::case_update)
        .service(transition::case_transition)
        .service(timeline::case_timeline)
        .service(participants::participant_add)
        .service(assessments::assessment_create)
        .service(assessments::assessment_list)
        .service(plan::plan_create)
        .service(plan::plan_list)
        .service(reviews::review_create)
        .service(reviews::review_list)
        .service(notes::note_create)
        .service(notes::note_list);
}
