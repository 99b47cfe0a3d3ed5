//! Logging in, refreshing, logging out: before there is a session, so through functions of the database.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::identity::AccountKind;
use qorgan_domain::ids::{SessionId, UserId};
use qorgan_domain::policy::Action;
use uuid::Uuid;

use super::{PasswordHash, User};
use crate::audit::{AuthenticationAudit, write_authentication};
use crate::{Authorized, Database, StorageError, Tx, rows};

/// An account as far as a log-in needs it.
#[derive(Debug, Clone)]
pub struct LoginAccount {
    /// Whose.
    pub user: UserId,
    /// A person's or a program's.
    pub kind: AccountKind,
    /// What the given password must match.
    pub password_hash: PasswordHash,
    /// Whether the account or its organisation may not work any more.
    pub disabled: bool,
}

/// A session to open.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// Its id, which access tokens carry.
    pub session: SessionId,
    /// Whose.
    pub user: UserId,
    /// When it begins.
    pub now: DateTime<Utc>,
    /// When it ends unless it is refreshed.
    pub expires: DateTime<Utc>,
    /// SHA-256 of its first refresh token; none for a service account.
    pub refresh_hash: Option<&'a [u8; 32]>,
    /// By what it was opened, for the audit row: `login`, `token`.
    pub action: &'a str,
    /// The request's id, for the audit row.
    pub request_id: &'a str,
}

/// One refresh token in exchange for the next.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// SHA-256 of the token that was shown.
    pub old_hash: &'a [u8; 32],
    /// SHA-256 of the token that replaces it.
    pub new_hash: &'a [u8; 32],
    /// When.
    pub now: DateTime<Utc>,
    /// When the session ends unless it is refreshed again.
    pub expires: DateTime<Utc>,
    /// The request's id, for the audit row.
    pub request_id: &'a str,
}

/// The session a refresh token belongs to, and its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionOwner {
    /// The session.
    pub session: SessionId,
    /// Its user.
    pub user: UserId,
}

/// What became of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It was replaced by the new one.
    Rotated(SessionOwner),
    /// It had been replaced before: stolen or replayed. Its session is ended now.
    Reused(SessionOwner),
    /// There is no such token.
    Unknown,
    /// It, or its session, has ended.
    Expired(SessionOwner),
    /// The account or its organisation is disabled.
    Disabled(SessionOwner),
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    password_hash: String,
    #[diesel(sql_type = Bool)]
    disabled: bool,
}

#[derive(QueryableByName)]
struct RotationRow {
    #[diesel(sql_type = Text)]
    outcome: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    session_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    user_id: Option<Uuid>,
}

impl RotationRow {
    fn rotation(&self) -> Result<Rotation, StorageError> {
        let owner = self.session_id.zip(self.user_id);
        let owner = owner.map(|(session, user)| SessionOwner { session: session.into(), user: user.into() });
        match (self.outcome.as_str(), owner) {
            ("unknown", _) => Ok(Rotation::Unknown),
            ("rotated", Some(owner)) => Ok(Rotation::Rotated(owner)),
            ("reused", Some(owner)) => Ok(Rotation::Reused(owner)),
            ("expired", Some(owner)) => Ok(Rotation::Expired(owner)),
            ("disabled", Some(owner)) => Ok(Rotation::Disabled(owner)),
            _ => Err(StorageError::Statement("authentication_rotate")),
        }
    }
}

impl Database {
    /// The account of this name that has a password or secret.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn account_for_login(&self, username: &str) -> Result<Option<LoginAccount>, StorageError> {
        let row: Option<AccountRow> = self.without_session(|connection| {
            Ok(sql_query("SELECT user_id, kind, password_hash, disabled FROM authentication_account($1)")
                .bind::<Text, _>(username)
                .get_result(connection)
                .optional()?)
        })?;
        row.map(|row| {
            Ok(LoginAccount {
                user: row.user_id.into(),
                kind: rows::parse(&row.kind, "users", "kind", row.user_id)?,
                password_hash: PasswordHash::new(row.password_hash),
                disabled: row.disabled,
            })
        })
        .transpose()
    }

    /// Opens a session, and audits it. Whether the user may have one the caller has checked.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn session_open(&self, new: &NewSession<'_>) -> Result<(), StorageError> {
        self.without_session(|connection| {
            sql_query("SELECT authentication_open($1, $2, $3, $4, $5)")
                .bind::<SqlUuid, _>(new.session.as_uuid())
                .bind::<SqlUuid, _>(new.user.as_uuid())
                .bind::<Timestamptz, _>(new.now)
                .bind::<Timestamptz, _>(new.expires)
                .bind::<Nullable<Binary>, _>(new.refresh_hash.map(<[u8; 32]>::as_slice))
                .execute(connection)?;
            let event = AuthenticationAudit {
                action: new.action,
                user: Some(new.user.as_uuid()),
                session: Some(new.session.as_uuid()),
                refusal: None,
                now: new.now,
                request_id: new.request_id,
            };
            write_authentication(connection, &event)
        })
    }

    /// Replaces a refresh token by a new one, prolongs its session, and audits it. That a used token ends its session
    /// is committed although the caller is refused.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn refresh_rotate(&self, exchange: &Exchange<'_>) -> Result<Rotation, StorageError> {
        self.without_session(|connection| {
            let row: RotationRow =
                sql_query("SELECT outcome, session_id, user_id FROM authentication_rotate($1, $2, $3, $4)")
                    .bind::<Binary, _>(exchange.old_hash.as_slice())
                    .bind::<Binary, _>(exchange.new_hash.as_slice())
                    .bind::<Timestamptz, _>(exchange.now)
                    .bind::<Timestamptz, _>(exchange.expires)
                    .get_result(connection)?;
            let event = AuthenticationAudit {
                action: "refresh",
                user: row.user_id,
                session: row.session_id,
                refusal: (row.outcome != "rotated").then_some(row.outcome.as_str()),
                now: exchange.now,
                request_id: exchange.request_id,
            };
            write_authentication(connection, &event)?;
            row.rotation()
        })
    }

    /// Ends a session; one that has ended stays as it is. `reason` is a code.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn session_revoke(&self, session: SessionId, now: DateTime<Utc>, reason: &str) -> Result<(), StorageError> {
        self.without_session(|connection| revoke(connection, session, now, reason))
    }
}

fn revoke(
    connection: &mut PgConnection,
    session: SessionId,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<(), StorageError> {
    sql_query("SELECT authentication_revoke($1, $2, $3)")
        .bind::<SqlUuid, _>(session.as_uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(reason)
        .execute(connection)?;
    Ok(())
}

impl Tx<'_> {
    /// Ends the session of this very request.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn own_session_end(&mut self) -> Result<(), StorageError> {
        revoke(self.connection, self.actor.session, self.now, "logout")?;
        self.audit(Action::AccountUse, self.actor.user.as_uuid(), None);
        Ok(())
    }

    /// Sets the actor's own password. All other sessions of the actor end.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn own_password_set(&mut self, hash: &PasswordHash) -> Result<(), StorageError> {
        let user = self.actor.user;
        self.password_write(user, hash)?;
        self.audit(Action::AccountUse, user.as_uuid(), None);
        Ok(())
    }

    /// Sets somebody's password or client secret. All sessions of that user end.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn user_password_set(&mut self, user: &Authorized<User>, hash: &PasswordHash) -> Result<(), StorageError> {
        self.password_write(user.id, hash)?;
        self.audit(user.action(), user.id.as_uuid(), None);
        Ok(())
    }

    pub(super) fn password_write(&mut self, user: UserId, hash: &PasswordHash) -> Result<(), StorageError> {
        sql_query("SELECT authentication_set_password($1, $2, $3)")
            .bind::<SqlUuid, _>(user.as_uuid())
            .bind::<Text, _>(hash.as_str())
            .bind::<Timestamptz, _>(self.now)
            .execute(self.connection)?;
        Ok(())
    }
}
