//! What log-in answers, and what one may know of oneself.

use std::collections::BTreeSet;

use qorgan_domain::cases::Section;
use qorgan_domain::identity::{AccountKind, Scope};
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::{Action, Actor, may_ever, sections};
use qorgan_domain::territory::Kato;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{AccessToken, RefreshToken};
use crate::routes::identity::users::view::RoleGrantView;

/// A session that can be refreshed.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionTokens)]
pub struct SessionTokensView {
    /// The JWT for `Authorization: Bearer`.
    access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 600)]
    expires_in: i64,
    /// For `POST /auth/refresh`; good once.
    refresh_token: String,
}

impl SessionTokensView {
    /// Puts the tokens together.
    pub fn new(access: AccessToken, refresh: &RefreshToken) -> Self {
        Self {
            access_token: access.token,
            token_type: "Bearer",
            expires_in: access.expires_in,
            refresh_token: refresh.as_str().to_owned(),
        }
    }
}

/// The access token of a service account. There is no refresh token: ask for the next one the same way.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientToken)]
pub struct ClientTokenView {
    /// The JWT for `Authorization: Bearer`.
    access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until it expires, and its session with it.
    #[schema(example = 600)]
    expires_in: i64,
}

impl From<AccessToken> for ClientTokenView {
    fn from(access: AccessToken) -> Self {
        Self { access_token: access.token, token_type: "Bearer", expires_in: access.expires_in }
    }
}

/// The account of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnAccount)]
pub struct OwnAccountView {
    /// Its id.
    id: UserId,
    /// The name it logs in with.
    username: String,
    /// The name that colleagues see.
    display_name: String,
    /// A person's or a program's.
    kind: AccountKind,
}

/// The organisation of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnOrganisation)]
pub struct OwnOrganisationView {
    /// Its id.
    id: OrganisationId,
    /// Its name.
    name: String,
    /// Its territory (KATO).
    territory: Kato,
}

/// Sections of case content.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnSections)]
pub struct OwnSectionsView {
    /// Those that the caller's roles read, in cases that it may see.
    read: BTreeSet<Section>,
    /// Those that they write.
    write: BTreeSet<Section>,
}

/// Who the caller is, and what it may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeView {
    /// The account.
    user: OwnAccountView,
    /// The code of its agency.
    #[schema(example = "UO")]
    agency: String,
    /// Its organisation.
    organisation: OwnOrganisationView,
    /// Its roles, each with its scope.
    roles: Vec<RoleGrantView>,
    /// The widest scope among them.
    scope: Option<Scope>,
    /// What any of its roles may do, to records within the role's scope.
    permissions: Vec<Action>,
    /// Sections that its roles read and write.
    sections: OwnSectionsView,
}

impl From<&Actor> for MeView {
    fn from(actor: &Actor) -> Self {
        Self {
            user: OwnAccountView {
                id: actor.user,
                username: actor.username.clone(),
                display_name: actor.display_name.clone(),
                kind: actor.account_kind,
            },
            agency: actor.organisation.agency.to_string(),
            organisation: OwnOrganisationView {
                id: actor.organisation.id,
                name: actor.organisation_name.clone(),
                territory: actor.organisation.kato.clone(),
            },
            roles: actor.roles.iter().map(|grant| (*grant).into()).collect(),
            scope: actor.roles.iter().map(|grant| grant.scope).max(),
            permissions: Action::ALL.iter().copied().filter(|action| may_ever(actor, *action)).collect(),
            sections: OwnSectionsView { read: sections::readable(actor), write: sections::writable(actor) },
        }
    }
}
