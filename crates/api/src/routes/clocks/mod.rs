//! Clocks: the working calendar, the rules of time, the deadlines of a case, whom a crisis wakes.

mod calendar;
mod day;
mod deadlines;
mod duty_contacts;
mod publish;
mod rules;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(calendar::calendar_list)
        .service(day::calendar_day_get)
        .service(day::calendar_day_set)
        .service(day::calendar_day_withdraw)
        .service(rules::deadline_rule_list)
        .service(publish::deadline_rule_publish)
        .service(deadlines::case_deadline_list)
        .service(duty_contacts::duty_contact_list)
        .service(duty_contacts::duty_contact_name);
}
