//! Organisations of the agencies.

mod create;
mod get;
mod list;
mod update;
pub mod view;

use qorgan_storage::StorageError;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{Issue, Problem};

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(list::organisation_list)
        .service(create::organisation_create)
        .service(get::organisation_get)
        .service(update::organisation_update);
}

/// Names the field by which a write refers to something that does not exist.
fn known_references(error: StorageError) -> Problem {
    match &error {
        StorageError::MissingReference { constraint } if constraint == "organisations_agency_code_fkey" => {
            Problem::field("/agency", Issue::new("unknown_agency"))
        }
        StorageError::MissingReference { constraint } if constraint == "organisations_kato_fkey" => {
            Problem::field("/territory", Issue::new("unknown_territory"))
        }
        _ => error.into(),
    }
}
