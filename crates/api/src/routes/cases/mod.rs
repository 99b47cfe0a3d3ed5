//! Cases and all that hangs on them.

mod assessments;
mod attachments;
mod bulk_assign;
pub mod closure;
mod create;
mod drafts;
mod follow_up;
mod get;
mod linked_children;
mod links;
mod list;
mod merge;
mod notes;
pub mod opening;
mod participants;
mod plan;
mod plan_compare;
mod plan_return;
mod protocols;
mod reviews;
mod search;
pub mod sections;
mod seen;
mod timeline;
mod transition;
mod update;
pub mod view;
mod worklists;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(worklists::worklist_list)
        .service(worklists::worklist_get)
        .service(search::case_search)
        .service(bulk_assign::case_bulk_assign)
        .service(list::case_list)
        .service(create::case_create)
        .service(get::case_get)
        .service(update::case_update)
        .service(transition::case_transition)
        .service(closure::case_closure_summary)
        .service(timeline::case_timeline)
        .service(seen::case_seen)
        .service(links::case_link_create)
        .service(links::case_link_list)
        .service(links::case_link_end)
        .service(linked_children::linked_child_create)
        .service(linked_children::linked_child_list)
        .service(linked_children::linked_child_end)
        .service(merge::case_merge)
        .service(follow_up::follow_up_create)
        .service(follow_up::follow_up_list)
        .service(participants::participant_add)
        .configure(assessments::register)
        .service(plan::plan_create)
        .service(plan::plan_list)
        .service(protocols::protocol_application_list)
        .service(protocols::protocol_application_create)
        .service(protocols::protocol_application_move)
        .service(plan_compare::plan_compare)
        .service(plan_return::plan_return)
        .service(reviews::review_create)
        .service(reviews::review_list)
        .service(notes::note_create)
        .service(notes::note_list)
        .configure(attachments::register);
}
