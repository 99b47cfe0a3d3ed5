//! The unit of work: one transaction in which a session is entered, the work is done, and its event,
//! audit row, outbox row and idempotency record are written. Nothing is written "afterwards".

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::calendar::local_date;
use qorgan_domain::identity::AccountKind;
use qorgan_domain::ids::{OrganisationId, SessionId, UserId};
use qorgan_domain::policy::{Action, Actor, OrganisationRef, RoleGrant};
use qorgan_domain::register::matching::MatchRules;
use serde::Deserialize;
use uuid::Uuid;

use crate::audit::PendingAudit;
use crate::database::finish;
use crate::{Database, StorageError};

/// How long the first answer to an Idempotency-Key is kept.
const IDEMPOTENCY_HOURS: i64 = 24;

diesel::define_sql_function! {
    fn enter_session(session: SqlUuid, now: Timestamptz, key: Nullable<Text>, request_hash: Nullable<Binary>) -> Jsonb;
}

/// What a request brings into its unit of work.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The session of the verified access token.
    pub session: SessionId,
    /// The time of the request.
    pub now: DateTime<Utc>,
    /// The request's id, for the audit row.
    pub request_id: String,
    /// Idempotency-Key and the hash of method, path and body.
    pub idempotency: Option<(String, [u8; 32])>,
}

/// Why no unit of work began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryRefusal {
    /// The session was ended, or never was.
    Ended,
    /// The account or its organisation is disabled.
    Disabled,
}

/// An error of a unit of work. What it says decides whether the attempt is audited as refused.
pub trait Failure: From<StorageError> + From<EntryRefusal> {
    /// The stable code of a refusal (forbidden, not found, against a rule), or `None` for anything
    /// that is no refusal, such as bad input or a broken connection.
    fn refusal(&self) -> Option<&str>;
}

/// The state of the request's Idempotency-Key.
#[derive(Debug, Clone)]
pub enum Idempotency {
    /// No key came.
    None,
    /// The key is new.
    Fresh,
    /// The request was answered before.
    Done(StoredAnswer),
    /// A request with this key is under way.
    Running,
    /// The key was used for another request.
    OtherRequest,
}

/// The first answer to a request.
#[derive(Debug, Clone, Deserialize)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Location`, for a created resource.
    pub location: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// The JSON body.
    pub body: String,
}

/// What was tried last: the subject of the audit row if it is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) action: Action,
    pub(crate) resource: Option<Uuid>,
    pub(crate) case: Option<Uuid>,
}

/// A unit of work under way.
pub struct Tx<'c> {
    pub(crate) connection: &'c mut PgConnection,
    pub(crate) actor: Actor,
    pub(crate) now: DateTime<Utc>,
    pub(crate) request_id: String,
    pub(crate) attempt: Attempt,
    pub(crate) audits: Vec<PendingAudit>,
    pub(crate) events: Vec<crate::cases::PendingEvent>,
    /// Whether every other report waits for this unit of work.
    pub(crate) holds_register: bool,
    /// The rules of matching, once a report asked for them: their day, and from when on they are in force.
    pub(crate) match_rules: Option<(NaiveDate, NaiveDate, Arc<MatchRules>)>,
    idempotency: Idempotency,
    idempotency_key: Option<(String, [u8; 32])>,
}

#[derive(Deserialize)]
struct Entered {
    outcome: String,
    actor: Option<ActorRow>,
    idempotency: Option<IdempotencyRow>,
}

#[derive(Deserialize)]
struct ActorRow {
    session_id: SessionId,
    user_id: UserId,
    username: String,
    display_name: String,
    account_kind: AccountKind,
    organisation_id: OrganisationId,
    organisation_name: String,
    agency: qorgan_domain::identity::AgencyCode,
    kato: qorgan_domain::territory::Kato,
    roles: Vec<RoleGrant>,
}

#[derive(Deserialize)]
struct IdempotencyRow {
    state: String,
    #[serde(flatten)]
    answer: Option<StoredAnswer>,
}

impl Database {
    /// Does `work` as the session's user, in one transaction.
    ///
    /// A refusal rolls the transaction back and is then audited in a transaction of its own.
    ///
    /// # Errors
    /// What `work` answers; [`EntryRefusal`] where the session is not live; [`StorageError`].
    pub fn run<T, E: Failure>(&self, entry: &Entry, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.begin()?;
        let mut trace = None;
        let result = enter(&mut connection.pg, entry).and_then(|mut tx| {
            let result = work(&mut tx).and_then(|value| tx.flush().map(|()| value).map_err(E::from));
            trace = Some((tx.actor, tx.attempt, tx.audits));
            result
        });
        let result = finish(&mut connection, result);
        drop(connection);
        if let (Err(error), Some((actor, attempt, audits))) = (&result, trace)
            && let Some(reason) = error.refusal()
        {
            self.audit_refusal(&actor, attempt, &audits, entry, reason)?;
        }
        result
    }
}

fn enter<'c, E: Failure>(connection: &'c mut PgConnection, entry: &Entry) -> Result<Tx<'c>, E> {
    let (key, hash) = match &entry.idempotency {
        Some((key, hash)) => (Some(key.as_str()), Some(hash.as_slice())),
        None => (None, None),
    };
    let answer: serde_json::Value = diesel::select(enter_session(entry.session.as_uuid(), entry.now, key, hash))
        .get_result(connection)
        .map_err(StorageError::from)?;
    let entered: Entered = serde_json::from_value(answer).map_err(|error| {
        tracing::error!(%error, "enter_session answered what the program does not know");
        StorageError::Statement("enter_session")
    })?;
    let actor = match (entered.outcome.as_str(), entered.actor) {
        ("entered", Some(row)) => row.into_actor(),
        ("disabled", _) => return Err(EntryRefusal::Disabled.into()),
        _ => return Err(EntryRefusal::Ended.into()),
    };
    Ok(Tx {
        connection,
        actor,
        now: entry.now,
        request_id: entry.request_id.clone(),
        attempt: Attempt { action: Action::AccountUse, resource: None, case: None },
        audits: Vec::new(),
        events: Vec::new(),
        holds_register: false,
        match_rules: None,
        idempotency: entered.idempotency.map_or(Idempotency::None, IdempotencyRow::into_state),
        idempotency_key: entry.idempotency.clone(),
    })
}

impl ActorRow {
    fn into_actor(self) -> Actor {
        Actor {
            session: self.session_id,
            user: self.user_id,
            username: self.username,
            display_name: self.display_name,
            account_kind: self.account_kind,
            organisation: OrganisationRef { id: self.organisation_id, agency: self.agency, kato: self.kato },
            organisation_name: self.organisation_name,
            roles: self.roles,
        }
    }
}

impl IdempotencyRow {
    fn into_state(self) -> Idempotency {
        match (self.state.as_str(), self.answer) {
            ("done", Some(answer)) => Idempotency::Done(answer),
            ("fresh", _) => Idempotency::Fresh,
            ("other_request", _) => Idempotency::OtherRequest,
            _ => Idempotency::Running,
        }
    }
}

impl Tx<'_> {
    /// Who works.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The time of the request.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The day of the request in Kazakhstan.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        local_date(self.now)
    }

    /// The state of the request's Idempotency-Key.
    #[must_use]
    pub const fn idempotency(&self) -> &Idempotency {
        &self.idempotency
    }

    /// Does a part of the work that may fail by itself: then what it wrote, and the events and audit rows that it
    /// gathered, are taken back, and the rest of the unit of work goes on.
    ///
    /// # Errors
    /// What `work` answers; [`StorageError`] where PostgreSQL cannot go back.
    pub fn part<T, E: From<StorageError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let (audits, events) = (self.audits.len(), self.events.len());
        let holds_register = self.holds_register;
        self.connection.batch_execute("SAVEPOINT part").map_err(StorageError::from)?;
        let result = work(self);
        let ending = if result.is_ok() { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" };
        self.connection.batch_execute(ending).map_err(StorageError::from)?;
        if result.is_err() {
            self.audits.truncate(audits);
            self.events.truncate(events);
            // Going back lets go of what was locked on the way.
            self.holds_register = holds_register;
        }
        result
    }

    /// Keeps the answer for a repeat of the request, if it came with a key.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn remember(&mut self, answer: &StoredAnswer) -> Result<(), StorageError> {
        use crate::schema::idempotency_records as records;
        let (Idempotency::Fresh, Some((key, hash))) = (&self.idempotency, &self.idempotency_key) else {
            return Ok(());
        };
        diesel::insert_into(records::table)
            .values((
                records::user_id.eq(self.actor.user.as_uuid()),
                records::key.eq(key),
                records::request_hash.eq(hash.as_slice()),
                records::status.eq(i16::try_from(answer.status).unwrap_or(200)),
                records::location.eq(&answer.location),
                records::etag.eq(&answer.etag),
                records::body.eq(&answer.body),
                records::created_at.eq(self.now),
                records::expires_at.eq(self.now + Duration::hours(IDEMPOTENCY_HOURS)),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Writes the events, audit rows and outbox rows gathered on the way.
    fn flush(&mut self) -> Result<(), StorageError> {
        self.flush_events()?;
        self.flush_audits()
    }
}
