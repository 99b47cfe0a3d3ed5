//! Accounts of people and of service accounts, their roles.

mod create;
mod get;
mod list;
mod password;
mod update;
pub mod view;

use qorgan_domain::Invalid;
use qorgan_domain::identity::{AgencyCode, OwnAccountRule, Role, Scope, check_roles};
use qorgan_domain::policy::RoleGrant;
use qorgan_storage::StorageError;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{FieldErrors, Pointer, Problem, ProblemCode};
use crate::request;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(list::user_list)
        .service(create::user_create)
        .service(get::user_get)
        .service(update::user_update)
        .service(password::user_password);
}

request! {
    /// A role, and how far it reaches.
    pub struct RoleGrantRequest {
        /// The role.
        pub role: Role,
        /// How far it reaches.
        pub scope: Scope,
    }
}

impl From<RoleGrantRequest> for RoleGrant {
    fn from(request: RoleGrantRequest) -> Self {
        Self { role: request.role, scope: request.scope }
    }
}

/// Checks roles that a request names, and points at every wrong one.
fn check_named_roles(roles: &[RoleGrant], agency: &AgencyCode) -> Result<(), Problem> {
    check_roles(roles, agency).map_err(|wrong| {
        let mut errors = FieldErrors::new();
        let list = Pointer::ROOT.key("roles");
        for (place, invalid) in wrong {
            match place {
                Some(place) => errors.push(&list.index(place).key("role"), invalid),
                None => errors.push(&list, invalid),
            }
        }
        Problem::validation(errors)
    })
}

/// Checks roles that stay when an account moves to an organisation of another agency.
fn check_kept_roles(roles: &[RoleGrant], agency: &AgencyCode) -> Result<(), Problem> {
    check_roles(roles, agency).map_err(|wrong| {
        let first = wrong.into_iter().next().map(|(_, invalid)| invalid);
        Problem::field("/organisation_id", first.unwrap_or_else(|| Invalid::new("role_not_in_agency")))
    })
}

fn own_account(rule: OwnAccountRule) -> Problem {
    Problem::new(ProblemCode::DomainRule).because(rule)
}

/// Says that a user name is taken, which the database finds.
fn known_username(error: StorageError) -> Problem {
    match &error {
        StorageError::Duplicate { constraint } if constraint == "users_username_key" => {
            Problem::new(ProblemCode::DomainRule).because("username_taken")
        }
        _ => error.into(),
    }
}
