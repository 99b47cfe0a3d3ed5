//! Who asks: a user as the database knows it at this moment.

use serde::{Deserialize, Serialize};

use crate::identity::{AccountKind, AgencyCode, Role, Scope};
use crate::ids::{OrganisationId, SessionId, UserId};
use crate::territory::Kato;

/// An organisation as far as rights need it: which agency it belongs to and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationRef {
    /// The organisation.
    pub id: OrganisationId,
    /// Its agency.
    pub agency: AgencyCode,
    /// Its territory.
    pub kato: Kato,
}

/// A role held by a user, and how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGrant {
    /// The role.
    pub role: Role,
    /// How far it reaches.
    pub scope: Scope,
}

/// The user behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The session the request came with.
    pub session: SessionId,
    /// The user.
    pub user: UserId,
    /// The name the user logs in with.
    pub username: String,
    /// The name that colleagues see.
    pub display_name: String,
    /// Person or service.
    pub account_kind: AccountKind,
    /// The user's organisation.
    pub organisation: OrganisationRef,
    /// That organisation's name.
    pub organisation_name: String,
    /// The roles, each with its scope.
    pub roles: Vec<RoleGrant>,
}

impl Actor {
    /// Whether the user holds the role, in any scope.
    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.roles.iter().any(|grant| grant.role == role)
    }

    /// Whether a role of this scope reaches an organisation. `Scope::Own` reaches none: it is about
    /// what is assigned to the user in person. Wider scopes reach organisations of the user's own
    /// agency in the territory (domain.md "Nobody sees a case because of rank alone").
    #[must_use]
    pub fn reaches(&self, scope: Scope, organisation: &OrganisationRef) -> bool {
        if scope == Scope::Own {
            return false;
        }
        if organisation.id == self.organisation.id {
            return true;
        }
        organisation.agency == self.organisation.agency
            && self
                .organisation
                .kato
                .prefix_of_scope(scope)
                .is_some_and(|prefix| organisation.kato.as_str().starts_with(prefix.as_str()))
    }
}
