//! `POST /users`.

use actix_web::{HttpResponse, post, web};
use qorgan_domain::identity::{AccountKind, Username};
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::{Action, RoleGrant};
use qorgan_domain::text::Title;
use qorgan_storage::identity::{NewUser, PasswordHash};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::view::UserView;
use super::{RoleGrantRequest, check_named_roles, known_username};
use crate::answer::Answer;
use crate::auth::{Passwords, Secret, check_new_password};
use crate::context::Ctx;
use crate::problem::{Issue, Problem};
use crate::request;
use crate::request::{Body, IdempotencyKey};

request! {
    /// An account to add.
    #[schema(example = json!({
        "username": "a.serikova", "display_name": "Серикова Айгерим", "kind": "person",
        "organisation_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab",
        "roles": [{"role": "social_pedagogue", "scope": "organisation"}],
        "password": "тау бөкен жүгірді",
    }))]
    pub struct NewUserRequest {
        /// The name it logs in with: 3 to 64 of a–z, 0–9, `.`, `_`, `-`.
        pub username: Username,
        /// The name that colleagues see.
        pub display_name: Title,
        /// A person's (the default) or, for another system, a service's.
        pub kind: Option<AccountKind>,
        /// Its organisation, which must work.
        pub organisation_id: OrganisationId,
        /// Its roles, at least one, each such as its agency may give.
        pub roles: Vec<RoleGrantRequest>,
        /// Its first password, or the client secret of a service account: 12 to 128 characters.
        pub password: Secret,
    }
}

/// The request as it was checked, its secret hashed.
struct Checked {
    username: Username,
    display_name: String,
    kind: AccountKind,
    organisation: OrganisationId,
    roles: Vec<RoleGrant>,
}

/// Add an account with its first password. A service account logs in at `POST /auth/token` with it.
#[utoipa::path(
    tag = "identity",
    operation_id = "user_create",
    params(IdempotencyKey),
    request_body = NewUserRequest,
    responses(
        (status = 201, body = UserView, headers(("ETag" = String), ("Location" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("user_manage"))),
)]
#[post("/users")]
pub async fn user_create(
    ctx: Ctx,
    passwords: web::Data<Passwords>,
    body: Body<NewUserRequest>,
) -> Result<HttpResponse, Problem> {
    // Asked before the costly hash, so that only an administrator can make the server hash.
    ctx.clone().run(|tx| Ok(tx.authorize(Action::UserManage).map(|_| ())?)).await?;
    let request = body.value;
    check_new_password(&request.password, request.username.as_str())
        .map_err(|issue| Problem::field("/password", issue))?;
    let password_hash = PasswordHash::new(passwords.hash(&request.password).await?);
    let checked = Checked {
        username: request.username,
        display_name: request.display_name.into_string(),
        kind: request.kind.unwrap_or(AccountKind::Person),
        organisation: request.organisation_id,
        roles: request.roles.into_iter().map(Into::into).collect(),
    };
    ctx.post(checked.fingerprint(), move |tx| {
        let permit = tx.authorize(Action::UserManage)?;
        let organisation = tx
            .organisation_ref(checked.organisation)?
            .ok_or_else(|| Problem::field("/organisation_id", Issue::new("unknown_organisation")))?;
        check_named_roles(&checked.roles, &organisation.agency)?;
        let new = checked.into_new(password_hash);
        tx.user_insert(&permit, &new).map_err(known_username)?;
        let added = tx.user_for(new.id, Action::UserRead)?;
        let location = format!("/api/v1/users/{}", new.id);
        Ok(Answer::created(location, &UserView::from(&*added))?.etag(added.version))
    })
    .await
}

impl Checked {
    /// What tells a repeat from another request under one Idempotency-Key: all but the password. A fast hash of a
    /// body that holds a password, kept for a day, could be guessed at by who steals the database.
    fn fingerprint(&self) -> [u8; 32] {
        let content = json!([self.username, self.display_name, self.kind, self.organisation, self.roles]);
        Sha256::digest(content.to_string()).into()
    }

    fn into_new(self, password_hash: PasswordHash) -> NewUser {
        NewUser {
            id: Uuid::now_v7().into(),
            username: self.username,
            display_name: self.display_name,
            kind: self.kind,
            organisation: self.organisation,
            roles: self.roles,
            password_hash,
        }
    }
}
