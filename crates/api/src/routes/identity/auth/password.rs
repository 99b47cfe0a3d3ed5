//! `POST /auth/password`.

use actix_web::{HttpResponse, post};
use qorgan_domain::policy::Action;

use super::door::Door;
use crate::answer::Answer;
use crate::auth::{Secret, check_new_password};
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::Body;

request! {
    /// The password there is, and the one there shall be.
    #[schema(example = json!({"current_password": "Qorgan-demo-2026", "new_password": "тау бөкен жүгірді"}))]
    pub struct OwnPasswordRequest {
        /// The present password.
        pub current_password: Secret,
        /// The new one: 12 to 128 characters, none that everybody guesses.
        pub new_password: Secret,
    }
}

/// Change your own password. All your other sessions end.
///
/// It takes no Idempotency-Key: a repeat is refused by the old password, and nothing of a password is kept.
#[utoipa::path(
    tag = "identity",
    operation_id = "auth_password",
    request_body = OwnPasswordRequest,
    responses((status = 204)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("account_use"))),
)]
#[post("/auth/password")]
pub async fn auth_password(ctx: Ctx, door: Door, body: Body<OwnPasswordRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    let actor = ctx.clone().run(|tx| {
        tx.authorize(Action::AccountUse)?;
        Ok(tx.actor().clone())
    });
    let actor = actor.await?;
    check_new_password(&request.new_password, &actor.username)
        .map_err(|issue| Problem::field("/new_password", issue))?;
    let shown = door.account("password", &actor.username, &request.current_password, actor.account_kind).await;
    shown.map_err(|problem| match problem.code() {
        // A 401 would send the client to refresh its token, which is good.
        ProblemCode::InvalidCredentials => Problem::field("/current_password", Issue::new("password_wrong")),
        _ => problem,
    })?;
    let hash = door.hash(&request.new_password).await?;
    ctx.answer(move |tx| {
        tx.authorize(Action::AccountUse)?;
        tx.own_password_set(&hash)?;
        Ok(Answer::no_content())
    })
    .await
}
