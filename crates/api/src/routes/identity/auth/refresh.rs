//! `POST /auth/refresh`.

use actix_web::{HttpResponse, post};
use qorgan_storage::identity::{Exchange, Rotation};

use super::door::{Door, new_refresh_token};
use super::view::SessionTokensView;
use crate::auth::RefreshToken;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::Body;

request! {
    /// The newest refresh token of a session.
    #[schema(example = json!({"refresh_token": "q0Xy1ZrM8d3uU4bW7n2cT5vK9sPfHaLjEoGiRtYwQxk"}))]
    pub struct RefreshRequest {
        /// The token.
        pub refresh_token: RefreshToken,
    }
}

/// Prolong a session: the refresh token is exchanged for a new one.
///
/// Each refresh token is good once. One that comes a second time was stolen or lost on the way, so the whole session
/// ends (`refresh_token_reused`) and the person logs in again.
#[utoipa::path(
    tag = "identity",
    operation_id = "auth_refresh",
    request_body = RefreshRequest,
    responses(
        (status = 200, body = SessionTokensView),
        (status = 401, description = "refresh_token_reused"),
    ),
    extensions(("x-permission" = json!("none"))),
)]
#[post("/auth/refresh")]
pub async fn auth_refresh(door: Door, body: Body<RefreshRequest>) -> Result<HttpResponse, Problem> {
    let next = new_refresh_token()?;
    let (old_hash, new_hash) = (body.value.refresh_token.hash(), next.hash());
    let (now, expires, request_id) = (door.now, door.refresh_until(), door.request_id().to_owned());
    let rotation = door.stored(move |database| {
        let (old_hash, new_hash, request_id) = (&old_hash, &new_hash, request_id.as_str());
        database.refresh_rotate(&Exchange { old_hash, new_hash, now, expires, request_id })
    });
    let owner = match rotation.await? {
        Rotation::Rotated(owner) => owner,
        Rotation::Reused(_) => return Err(Problem::new(ProblemCode::RefreshTokenReused)),
        Rotation::Unknown | Rotation::Expired(_) => return Err(Problem::new(ProblemCode::InvalidRefreshToken)),
        Rotation::Disabled(_) => return Err(Problem::new(ProblemCode::AccountDisabled)),
    };
    let access = door.access_token(owner.user, owner.session)?;
    Ok(HttpResponse::Ok().json(SessionTokensView::new(access, &next)))
}
