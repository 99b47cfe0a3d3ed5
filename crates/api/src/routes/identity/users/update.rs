//! `PATCH /users/{id}`.

use actix_web::{HttpResponse, patch};
use qorgan_domain::identity::check_own_account;
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef, RoleGrant};
use qorgan_domain::text::Title;
use qorgan_storage::Tx;
use qorgan_storage::identity::{User, UserChange};

use super::view::UserView;
use super::{RoleGrantRequest, check_kept_roles, check_named_roles, own_account};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem};
use crate::request;
use crate::request::{Body, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// What changes of an account; what is left out stays.
    #[schema(example = json!({"roles": [{"role": "psychologist", "scope": "organisation"}], "disabled": false}))]
    pub struct UserPatch {
        /// The name that colleagues see.
        pub display_name: Option<Title>,
        /// Its organisation, which must work and whose agency must be one that may give its roles.
        pub organisation_id: Option<OrganisationId>,
        /// All its roles from now on.
        pub roles: Option<Vec<RoleGrantRequest>>,
        /// Whether it may not be used any more.
        pub disabled: Option<bool>,
    }
}

impl From<UserPatch> for UserChange {
    fn from(patch: UserPatch) -> Self {
        Self {
            display_name: patch.display_name.map(Title::into_string),
            organisation: patch.organisation_id,
            roles: patch.roles.map(|roles| roles.into_iter().map(RoleGrant::from).collect()),
            disabled: patch.disabled,
        }
    }
}

/// Change an account. It takes effect at the account's next request, whatever tokens it holds.
///
/// Nobody disables itself, and no administrator takes the administrator's role from itself (409).
#[utoipa::path(
    tag = "identity",
    operation_id = "user_update",
    params(("id" = UserId, Path), IfMatch),
    request_body = UserPatch,
    responses(
        (status = 200, body = UserView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("user_manage"))),
)]
#[patch("/users/{id}")]
pub async fn user_update(
    ctx: Ctx,
    id: PathId<UserId>,
    if_match: IfMatch,
    body: Body<UserPatch>,
) -> Result<HttpResponse, Problem> {
    let change = UserChange::from(body.value);
    ctx.answer(move |tx| {
        let user = tx.user_for(id.0, Action::UserManage)?;
        unchanged(user.version, if_match)?;
        check(tx, &user, &change)?;
        let changed = tx.user_update(&user, change)?;
        Ok(Answer::ok(&UserView::from(&changed))?.etag(changed.version))
    })
    .await
}

/// Checks organisation and roles together: each is right only with the other.
fn check(tx: &mut Tx<'_>, user: &User, change: &UserChange) -> Result<(), Problem> {
    check_own_account(tx.actor(), user.id, change.roles.as_deref(), change.disabled).map_err(own_account)?;
    let organisation = match change.organisation {
        Some(id) => working(tx, id)?,
        None => user.organisation.clone(),
    };
    match &change.roles {
        Some(roles) => check_named_roles(roles, &organisation.agency),
        None if change.organisation.is_some() => check_kept_roles(&user.roles, &organisation.agency),
        None => Ok(()),
    }
}

fn working(tx: &mut Tx<'_>, id: OrganisationId) -> Result<OrganisationRef, Problem> {
    tx.organisation_ref(id)?.ok_or_else(|| Problem::field("/organisation_id", Issue::new("unknown_organisation")))
}
