//! `POST /auth/login`.

use actix_web::{HttpResponse, post};
use qorgan_domain::identity::AccountKind;

use super::door::Door;
use super::view::SessionTokensView;
use crate::auth::Secret;
use crate::problem::Problem;
use crate::request;
use crate::request::Body;

request! {
    /// A user name and its password.
    #[schema(example = json!({"username": "pedagogue", "password": "Qorgan-demo-2026"}))]
    pub struct LoginRequest {
        /// The user name; capital letters do not matter.
        pub username: String,
        /// The password.
        pub password: Secret,
    }
}

/// Log in as a person. Service accounts use `POST /auth/token`.
///
/// Attempts are counted by user name and address, right or wrong (429).
#[utoipa::path(
    tag = "identity",
    operation_id = "auth_login",
    request_body = LoginRequest,
    responses(
        (status = 200, body = SessionTokensView),
        (status = 401, description = "invalid_credentials"),
    ),
    extensions(("x-permission" = json!("none"))),
)]
#[post("/auth/login")]
pub async fn auth_login(door: Door, body: Body<LoginRequest>) -> Result<HttpResponse, Problem> {
    let LoginRequest { username, password } = body.value;
    let account = door.account("login", &username, &password, AccountKind::Person).await?;
    let (access, refresh) = door.open_refreshable(account.user).await?;
    Ok(HttpResponse::Ok().json(SessionTokensView::new(access, &refresh)))
}
