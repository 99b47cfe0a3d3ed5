//! Log-in, refresh, log-out, tokens of service accounts, one's own password and rights.

mod door;
mod jwks;
mod login;
mod logout;
mod me;
mod password;
mod refresh;
mod token;
pub mod view;

pub(super) use jwks::jwks_get;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this area.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(login::auth_login)
        .service(refresh::auth_refresh)
        .service(logout::auth_logout)
        .service(token::auth_token)
        .service(password::auth_password)
        .service(me::auth_me);
}
