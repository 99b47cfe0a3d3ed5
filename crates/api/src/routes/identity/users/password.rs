//! `POST /users/{id}/password`.

use actix_web::{HttpResponse, post, web};
use qorgan_domain::identity::check_password_reset;
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::Action;
use qorgan_storage::identity::{PasswordHash, User};
use qorgan_storage::{Authorized, Tx};

use super::own_account;
use crate::answer::Answer;
use crate::auth::{Passwords, Secret, check_new_password};
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request;
use crate::request::{Body, PathId};

request! {
    /// A new password.
    #[schema(example = json!({"password": "тау бөкен жүгірді"}))]
    pub struct PasswordResetRequest {
        /// The password, or the client secret of a service account: 12 to 128 characters.
        pub password: Secret,
    }
}

/// Set somebody's password, or the secret of a service account. All sessions of the account end.
///
/// One's own is changed at `POST /auth/password`. It takes no Idempotency-Key: a repeat sets the same password again.
#[utoipa::path(
    tag = "identity",
    operation_id = "user_password",
    params(("id" = UserId, Path)),
    request_body = PasswordResetRequest,
    responses((status = 204), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("user_manage"))),
)]
#[post("/users/{id}/password")]
pub async fn user_password(
    ctx: Ctx,
    id: PathId<UserId>,
    passwords: web::Data<Passwords>,
    body: Body<PasswordResetRequest>,
) -> Result<HttpResponse, Problem> {
    let password = body.value.password;
    // Asked before the costly hash, so that only an administrator can make the server hash.
    let username = ctx.clone().run(move |tx| Ok(resettable(tx, id.0)?.username.clone())).await?;
    check_new_password(&password, username.as_str()).map_err(|issue| Problem::field("/password", issue))?;
    let hash = PasswordHash::new(passwords.hash(&password).await?);
    ctx.answer(move |tx| {
        let user = resettable(tx, id.0)?;
        tx.user_password_set(&user, &hash)?;
        Ok(Answer::no_content())
    })
    .await
}

fn resettable(tx: &mut Tx<'_>, id: UserId) -> Result<Authorized<User>, Problem> {
    let user = tx.user_for(id, Action::UserManage)?;
    check_password_reset(tx.actor(), id).map_err(own_account)?;
    Ok(user)
}
