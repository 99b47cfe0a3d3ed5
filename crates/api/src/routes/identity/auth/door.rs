//! What the operations share that work before there is a session.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, TimeDelta, Utc};
use qorgan_domain::identity::{AccountKind, Username};
use qorgan_domain::ids::{SessionId, UserId};
use qorgan_storage::audit::AuthenticationAudit;
use qorgan_storage::identity::{LoginAccount, NewSession, PasswordHash};
use qorgan_storage::{Database, StorageError};
use uuid::Uuid;

use crate::auth::{AccessToken, Passwords, RefreshToken, Secret, Tokens};
use crate::context::without_session;
use crate::middleware::{ClientAddress, LoginLimiter, RequestId};
use crate::problem::{Problem, ProblemCode};
use crate::request::QueryTable;
use crate::server::RefreshLifetime;

/// A request that asks for a session.
///
/// # Errors
/// `invalid_query` (400) with query parameters; `internal` (500) where the application lacks a part of it.
#[derive(Clone)]
pub struct Door {
    database: web::Data<Database>,
    passwords: web::Data<Passwords>,
    tokens: web::Data<Tokens>,
    limiter: web::Data<LoginLimiter>,
    refresh_lifetime: web::Data<RefreshLifetime>,
    address: ClientAddress,
    request_id: String,
    /// The time of the request.
    pub now: DateTime<Utc>,
}

impl FromRequest for Door {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::of(request, payload))
    }
}

/// A part of the application.
fn part<T: 'static>(request: &HttpRequest) -> Result<web::Data<T>, Problem> {
    request.app_data::<web::Data<T>>().cloned().ok_or_else(|| {
        tracing::error!(part = std::any::type_name::<T>(), "the application lacks a part");
        Problem::new(ProblemCode::Internal)
    })
}

impl Door {
    fn of(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
        QueryTable::check(request)?;
        Ok(Self {
            database: part(request)?,
            passwords: part(request)?,
            tokens: part(request)?,
            limiter: part(request)?,
            refresh_lifetime: part(request)?,
            address: ClientAddress::of(request),
            request_id: RequestId::from_request(request, payload).into_inner()?.0,
            now: Utc::now(),
        })
    }

    /// The account that this name and secret open, if it is of the kind that may come this way. Who has no account
    /// learns neither from the answer nor from its time that the name is unknown. A refusal is audited, except for
    /// one attempt too many: that must cost nothing.
    ///
    /// # Errors
    /// `too_many_requests` (429), `invalid_credentials` (401), `account_disabled` (401) only to who knows the secret.
    pub async fn account(
        &self,
        action: &'static str,
        username: &str,
        secret: &Secret,
        kind: AccountKind,
    ) -> Result<LoginAccount, Problem> {
        let username = username.trim().to_lowercase();
        self.limiter.check(&username, self.address)?;
        let known = match Username::new(&username) {
            Ok(username) => self.stored(move |database| database.account_for_login(username.as_str())).await?,
            Err(_) => None,
        };
        let user = known.as_ref().map(|account| account.user);
        let fitting = known.filter(|account| account.kind == kind);
        let hash = fitting.as_ref().map(|account| account.password_hash.as_str().to_owned());
        let right = self.passwords.verify(secret, hash).await?;
        let refusal = match fitting.filter(|_| right) {
            Some(account) if !account.disabled => return Ok(account),
            Some(_) => ProblemCode::AccountDisabled,
            None => ProblemCode::InvalidCredentials,
        };
        self.audit_refused(action, user, refusal).await?;
        Err(Problem::new(refusal))
    }

    async fn audit_refused(
        &self,
        action: &'static str,
        user: Option<UserId>,
        refusal: ProblemCode,
    ) -> Result<(), Problem> {
        let (now, request_id) = (self.now, self.request_id.clone());
        self.stored(move |database| {
            database.audit_authentication(&AuthenticationAudit {
                action,
                user: user.map(Into::into),
                session: None,
                refusal: Some(refusal.as_str()),
                now,
                request_id: &request_id,
            })
        })
        .await
    }

    /// Opens a session of a person: an access token, and a refresh token to prolong it.
    ///
    /// # Errors
    /// `unavailable`, `internal`.
    pub async fn open_refreshable(&self, user: UserId) -> Result<(AccessToken, RefreshToken), Problem> {
        let refresh = new_refresh_token()?;
        let hash = refresh.hash();
        let access = self.open("login", user, Some(hash)).await?;
        Ok((access, refresh))
    }

    /// Opens a session of a service account, which lives as long as its one access token.
    ///
    /// # Errors
    /// `unavailable`, `internal`.
    pub async fn open_for_token(&self, user: UserId) -> Result<AccessToken, Problem> {
        self.open("token", user, None).await
    }

    async fn open(
        &self,
        action: &'static str,
        user: UserId,
        refresh_hash: Option<[u8; 32]>,
    ) -> Result<AccessToken, Problem> {
        let session = SessionId::from(Uuid::now_v7());
        let access = self.access_token(user, session)?;
        let expires = match refresh_hash {
            Some(_) => self.refresh_until(),
            None => self.now + TimeDelta::seconds(access.expires_in),
        };
        let (now, request_id) = (self.now, self.request_id.clone());
        self.stored(move |database| {
            let refresh_hash = refresh_hash.as_ref();
            let request_id = request_id.as_str();
            database.session_open(&NewSession { session, user, now, expires, refresh_hash, action, request_id })
        })
        .await?;
        Ok(access)
    }

    /// An access token for a session.
    ///
    /// # Errors
    /// `internal` where the key cannot sign.
    pub fn access_token(&self, user: UserId, session: SessionId) -> Result<AccessToken, Problem> {
        self.tokens.issue(user, session, self.now).map_err(|error| Problem::internal(&error))
    }

    /// When a session ends that is opened or refreshed now.
    pub fn refresh_until(&self) -> DateTime<Utc> {
        self.now + self.refresh_lifetime.0
    }

    /// The request's id, for the audit row.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// `unavailable` (503) where too many wait already.
    pub async fn hash(&self, password: &Secret) -> Result<PasswordHash, Problem> {
        self.passwords.hash(password).await.map(PasswordHash::new)
    }

    /// Runs work of the database outside any session.
    ///
    /// # Errors
    /// As the work.
    pub async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, Problem> {
        without_session(&self.database, work).await
    }
}

/// A refresh token that nobody has yet.
///
/// # Errors
/// `internal` where the system gives no randomness.
pub fn new_refresh_token() -> Result<RefreshToken, Problem> {
    RefreshToken::generate().map_err(|error| Problem::internal(&error))
}
