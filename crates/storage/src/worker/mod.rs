//! The worker: reminds of deadlines before they are due and tells of those that passed, and takes out what has run out.
//!
//! Of all server processes on a database one works and the others stand by: whoever holds an advisory lock of the session
//! on a connection of its own. When the process or its connection dies, so does the lock, and another goes on. What was
//! done stands in the tables (`case_deadline_steps`), one transaction a batch, so nothing is done twice whoever does it.
//!
//! It works for no user. What it does is written in functions of the database that answer with counts alone, so the
//! server's role sees no row by it.

mod monitor;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Integer, Timestamptz};

use crate::database::connect;
use crate::{Database, StorageError};

pub use monitor::{WorkerMonitor, WorkerState};

/// Any number that no other program uses as an advisory lock of this database.
const LOCK: i64 = 0x51_6f72_6761_6e01;

/// Minutes between two rounds of taking out what has run out.
const SWEEP_MINUTES: i64 = 10;
/// Rows of a kind that one round takes out at most.
const SWEEP_ROWS: i32 = 1000;
/// Entries of the register's ledger that wait before they are folded into rollups: so many are read in about 10 ms.
const FOLD_AT_LEAST: i64 = 20_000;
/// Entries folded in one transaction.
const FOLD_ENTRIES: i64 = 200_000;
/// Rollups brought up to date in one turn: deadlines do not wait for more.
const FOLD_ROLLUPS: usize = 10;

/// What was done at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Chased {
    /// Deadlines looked at.
    #[diesel(sql_type = Integer)]
    pub deadlines: i32,
    /// Reminders.
    #[diesel(sql_type = Integer)]
    pub reminders: i32,
    /// Escalations.
    #[diesel(sql_type = Integer)]
    pub escalations: i32,
}

impl Chased {
    fn and(self, next: Self) -> Self {
        Self {
            deadlines: self.deadlines + next.deadlines,
            reminders: self.reminders + next.reminders,
            escalations: self.escalations + next.escalations,
        }
    }
}

/// A worker with a connection of its own.
pub struct Worker {
    url: String,
    /// Deadlines of one transaction.
    batch: i32,
    connection: Option<PgConnection>,
    leads: bool,
    swept_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

#[derive(QueryableByName)]
struct Swept {
    #[diesel(sql_type = BigInt)]
    swept: i64,
}

impl Worker {
    /// A worker that connects at its first turn. `url` is the server's.
    #[must_use]
    pub fn new(url: String, batch: i32) -> Self {
        Self { url, batch, connection: None, leads: false, swept_at: None }
    }

    /// Whether it was the one that works at its last turn.
    #[must_use]
    pub const fn leads(&self) -> bool {
        self.leads
    }

    /// Does what is due, if no other worker of the database is at it; all of it, batch by batch.
    ///
    /// # Errors
    /// [`StorageError`]; the connection is given up, and the next turn makes another.
    pub fn turn(&mut self, now: DateTime<Utc>) -> Result<Chased, StorageError> {
        let done = self.try_turn(now);
        if done.is_err() {
            self.connection = None;
            self.leads = false;
        }
        done
    }

    fn try_turn(&mut self, now: DateTime<Utc>) -> Result<Chased, StorageError> {
        if self.connection.is_none() {
            self.connection = Some(connect(&self.url).map_err(|_| StorageError::Unavailable)?);
        }
        let Some(connection) = self.connection.as_mut() else { return Err(StorageError::Unavailable) };
        if !self.leads {
            let lock: Locked = sql_query("SELECT pg_try_advisory_lock($1) AS locked")
                .bind::<BigInt, _>(LOCK)
                .get_result(connection)?;
            self.leads = lock.locked;
        }
        if !self.leads {
            // Also shows that the connection is alive.
            return Ok(Chased::default());
        }
        let mut total = Chased::default();
        loop {
            let done = chase(connection, now, self.batch)?;
            total = total.and(done);
            if done.deadlines < self.batch {
                break;
            }
        }
        ledger_fold(connection, FOLD_AT_LEAST, FOLD_ROLLUPS)?;
        if self.swept_at.is_none_or(|at| now - at >= TimeDelta::minutes(SWEEP_MINUTES)) {
            let swept: Swept = sql_query("SELECT worker_sweep($1, $2) AS swept")
                .bind::<Timestamptz, _>(now)
                .bind::<Integer, _>(SWEEP_ROWS)
                .get_result(connection)?;
            // A list of thousands of rows at a time, until nothing is due.
            while sql_query("SELECT reconciliation_sweep($1, $2) AS swept")
                .bind::<Timestamptz, _>(now)
                .bind::<Integer, _>(SWEEP_ROWS)
                .get_result::<Swept>(connection)?
                .swept
                > 0
            {}
            sql_query("SELECT name_tokens_count($1, '1 day')").bind::<Timestamptz, _>(now).execute(connection)?;
            self.swept_at = Some(now);
            tracing::debug!(rows = swept.swept, "took out what has run out");
        }
        Ok(total)
    }
}

/// One batch in one transaction: the statement is one.
fn chase(connection: &mut PgConnection, now: DateTime<Utc>, batch: i32) -> Result<Chased, StorageError> {
    Ok(sql_query("SELECT deadlines, reminders, escalations FROM worker_chase($1, $2)")
        .bind::<Timestamptz, _>(now)
        .bind::<Integer, _>(batch)
        .get_result(connection)?)
}

#[derive(QueryableByName)]
struct Folded {
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// Folds the ledger of the register, a rollup in each transaction, while one lags behind by at least so many entries.
fn ledger_fold(connection: &mut PgConnection, at_least: i64, rollups: usize) -> Result<(), StorageError> {
    for _ in 0..rollups {
        let folded: Folded = sql_query("SELECT register_ledger_fold($1, $2) AS entries")
            .bind::<BigInt, _>(at_least)
            .bind::<BigInt, _>(FOLD_ENTRIES)
            .get_result(connection)?;
        if folded.entries == 0 {
            break;
        }
    }
    Ok(())
}

impl Database {
    /// Folds what the register's ledger holds beyond its rollups, if that is at least so many entries. For tests.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn fold_ledger(&self, at_least: i64) -> Result<(), StorageError> {
        self.without_session(|connection| ledger_fold(connection, at_least, usize::MAX))
    }

    /// Chases a batch of deadlines as if it were `now`, whoever else works. For what tells a story, and for tests.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn chase_deadlines(&self, now: DateTime<Utc>, batch: i32) -> Result<Chased, StorageError> {
        self.without_session(|connection| chase(connection, now, batch))
    }
}
