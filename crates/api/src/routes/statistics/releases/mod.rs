//! Releases: the numbers of a period, confirmed by the agencies, signed, published.

mod answer;
mod document;
mod get;
mod list;
mod parts;
mod propose;
mod publish;
mod revisions;
mod tables;
mod view;
mod withdraw;

use qorgan_domain::policy::{Action, may_ever};
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_storage::Tx;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(propose::release_create)
        .service(list::release_list)
        .service(get::release_get)
        .service(parts::release_part_list)
        .service(parts::release_part_get)
        .service(answer::release_part_answer)
        .service(publish::release_publish)
        .service(withdraw::release_withdraw)
        .service(tables::release_table_get)
        .service(document::release_document)
        .service(revisions::release_revisions);
}

/// The method asked for; exact where the caller may and says nothing.
fn method(tx: &Tx<'_>, asked: Option<StatisticsMethod>) -> StatisticsMethod {
    let exact = may_ever(tx.actor(), Action::StatisticsExact);
    asked.unwrap_or(if exact { StatisticsMethod::Exact } else { StatisticsMethod::Protected })
}
