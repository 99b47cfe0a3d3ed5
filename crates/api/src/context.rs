//! From a request to its unit of work and back: the one way by which handlers reach the database.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use chrono::{SubsecRound, Utc};
use qorgan_storage::{Database, Entry, Idempotency, StorageError, Tx};
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::auth::Bearer;
use crate::middleware::RequestId;
use crate::problem::{Problem, ProblemCode};
use crate::request::{IdempotencyKey, Language, QueryTable};

/// An authenticated request: its session, its time, its language, its Idempotency-Key.
///
/// Name it first among a handler's parameters: whoever has no good token learns nothing else.
///
/// # Errors
/// `unauthenticated` or `token_expired` (401), `invalid_header` or `invalid_query` (400).
#[derive(Clone)]
pub struct Ctx {
    database: web::Data<Database>,
    entry: Entry,
    key: Option<String>,
    /// Method and path: the same key on another operation is another request.
    target: String,
    /// The language of texts in the answer.
    pub language: Language,
}

impl FromRequest for Ctx {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::of(request, payload))
    }
}

impl Ctx {
    fn of(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
        let ctx = Self::authenticated(request, payload)?;
        QueryTable::check(request)?;
        let key = IdempotencyKey::from_request(request, payload).into_inner()?.0;
        Ok(Self { key, ..ctx })
    }

    /// The caller alone, whatever else is wrong with the request.
    ///
    /// # Errors
    /// `unauthenticated` or `token_expired` (401).
    pub(crate) fn authenticated(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
        // PostgreSQL keeps microseconds: what is answered now must equal what is read later.
        let now = Utc::now().trunc_subsecs(6);
        let verified = Bearer::of(request, now)?;
        let request_id = RequestId::from_request(request, payload).into_inner()?.0;
        let Some(database) = request.app_data::<web::Data<Database>>() else {
            tracing::error!("the application has no Database");
            return Err(Problem::new(ProblemCode::Internal));
        };
        Ok(Self {
            database: database.clone(),
            entry: Entry { session: verified.session, now, request_id, idempotency: None },
            key: None,
            target: format!("{} {}", request.method(), request.path()),
            language: Language::of(request.headers()),
        })
    }

    /// Does the work as the session's user, in one transaction, off the async threads.
    ///
    /// # Errors
    /// What the work answers; `session_ended`, `account_disabled`, `unavailable`.
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        web::block(move || self.database.run(&self.entry, work))
            .await
            .map_err(|_| Problem::new(ProblemCode::Internal))?
    }

    /// Does the work of a GET, or of a change that needs no Idempotency-Key.
    ///
    /// # Errors
    /// As [`Ctx::run`].
    pub async fn answer(
        self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Answer, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        self.run(work).await.map(Answer::into_response)
    }

    /// Does the work of a POST: the same Idempotency-Key with the same body answers the first answer
    /// again. The answer is kept in the transaction of the work.
    ///
    /// # Errors
    /// As [`Ctx::run`]; `idempotency_in_progress`, `idempotency_key_reused`.
    pub async fn post(
        mut self,
        body_sha256: [u8; 32],
        work: impl FnOnce(&mut Tx<'_>) -> Result<Answer, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        if let Some(key) = self.key.take() {
            let mut hash = Sha256::new();
            hash.update(self.target.as_bytes());
            hash.update(body_sha256);
            self.entry.idempotency = Some((key, hash.finalize().into()));
        }
        self.answer(move |tx| match tx.idempotency() {
            Idempotency::Done(stored) => Ok(Answer::replayed(stored.clone())),
            Idempotency::Running => Err(Problem::new(ProblemCode::IdempotencyInProgress)),
            Idempotency::OtherRequest => Err(Problem::new(ProblemCode::IdempotencyKeyReused)),
            Idempotency::None => work(tx),
            Idempotency::Fresh => {
                let answer = work(tx)?;
                tx.remember(answer.stored())?;
                Ok(answer)
            }
        })
        .await
    }
}

/// Runs work of the database outside any session (log-in, health), off the async threads.
///
/// # Errors
/// What the work answers.
pub async fn without_session<T: Send + 'static>(
    database: &web::Data<Database>,
    work: impl FnOnce(&Database) -> Result<T, StorageError> + Send + 'static,
) -> Result<T, Problem> {
    let database = database.clone();
    let result = web::block(move || work(&database)).await.map_err(|_| Problem::new(ProblemCode::Internal))?;
    result.map_err(Problem::from)
}
