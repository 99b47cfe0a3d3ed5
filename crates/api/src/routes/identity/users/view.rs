//! How an account looks in JSON.

use chrono::{DateTime, Utc};
use qorgan_domain::identity::{AccountKind, Role, Scope};
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::RoleGrant;
use qorgan_storage::identity::User;
use serde::Serialize;
use utoipa::ToSchema;

/// A role, and how far it reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoleGrant)]
pub struct RoleGrantView {
    /// The role.
    role: Role,
    /// How far it reaches.
    scope: Scope,
}

impl From<RoleGrant> for RoleGrantView {
    fn from(grant: RoleGrant) -> Self {
        Self { role: grant.role, scope: grant.scope }
    }
}

/// An account. Its password is never shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Its id.
    id: UserId,
    /// The name it logs in with.
    #[schema(example = "pedagogue")]
    username: String,
    /// The name that colleagues see.
    display_name: String,
    /// A person's or a service's.
    kind: AccountKind,
    /// Its organisation.
    organisation_id: OrganisationId,
    /// That organisation's name.
    organisation_name: String,
    /// The code of its agency.
    #[schema(example = "UO")]
    agency: String,
    /// Its roles, each with its scope.
    roles: Vec<RoleGrantView>,
    /// Whether it may not be used.
    disabled: bool,
    /// Since when.
    disabled_at: Option<DateTime<Utc>>,
    /// Its version, as in `ETag`.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            username: user.username.to_string(),
            display_name: user.display_name.clone(),
            kind: user.kind,
            organisation_id: user.organisation.id,
            organisation_name: user.organisation_name.clone(),
            agency: user.organisation.agency.to_string(),
            roles: user.roles.iter().map(|grant| (*grant).into()).collect(),
            disabled: user.disabled_at.is_some(),
            disabled_at: user.disabled_at,
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}
