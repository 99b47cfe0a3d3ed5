//! The made-up region of `qorgan serve --demo`: organisations, people, children, signals, cases, facts.
//!
//! Nobody in it is real, and it is the same every time: all chance comes from one seed ([`random`]), all times are
//! fixed and past. [`scenario`] writes down what happened as steps in the order of time; [`play`] takes them, each one
//! unit of work of a made-up person, through the same loading with the right, the same decisions of the domain and the
//! same writing as a request. So the data keeps every rule, and every event and audit row of it is true.
//!
//! A load that was interrupted goes on where it stopped: the request id of a step is in the audit rows of its unit of
//! work, so the database itself tells which steps were taken. Start at [`load`].

#![allow(
    clippy::expect_used,
    reason = "the made-up region is written here and the same at every start: its tests walk all of it"
)]

mod calendar;
mod cases;
mod children;
mod course;
mod deeds;
mod facts;
mod group;
mod help;
mod ids;
mod names;
mod patterns;
mod play;
pub(crate) mod random;
mod region;
mod scenario;
mod settle;
mod signals;
mod staff;
mod steps;
mod topics;

use std::error::Error;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use diesel::PgConnection;
use qorgan_domain::Invalid;
use qorgan_domain::cases::Missing;
use qorgan_domain::cases::lifecycle::Refusal;
use qorgan_storage::identity::PasswordHash;
use qorgan_storage::{AccessError, Database, Denial, EntryRefusal, Failure, StorageError, installed};

use play::Player;
use scenario::{Scenario, World};

/// The name under which the database keeps that the load is complete.
const NAME: &str = "demonstration";

/// Why the demonstration region could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    Password(#[source] Box<dyn Error + Send + Sync>),
    /// An account of the demonstration's name exists and belongs to another organisation.
    #[error("the account `{0}` exists and does not belong to the demonstration region")]
    AccountTaken(String),
    /// A step was refused: the database holds what the region does not expect.
    #[error("step {step} was refused ({reason})")]
    Refused {
        /// The step.
        step: String,
        /// A stable code.
        reason: String,
    },
}

/// Makes the hash of the demonstration's password; called for each account that may log in.
pub type PasswordHasher<'a> = dyn Fn() -> Result<PasswordHash, Box<dyn Error + Send + Sync>> + 'a;

/// Loads the region and its accounts, unless that was done before; answers whether it was done now.
///
/// `owner` makes organisations and accounts, `server` does everything else, under row security like any request.
/// Programs that load into one database at once wait for one another.
///
/// # Errors
/// [`DemoError`]. What was loaded until then stays, and the next load goes on from there.
pub fn load(
    owner: &mut PgConnection,
    server: &Database,
    password_hash: &PasswordHasher<'_>,
    now: DateTime<Utc>,
) -> Result<bool, DemoError> {
    if installed::is_complete(owner, NAME)? {
        return Ok(false);
    }
    installed::acquire(owner, NAME)?;
    let loaded = load_alone(owner, server, password_hash, now);
    installed::release(owner, NAME)?;
    loaded
}

fn load_alone(
    owner: &mut PgConnection,
    server: &Database,
    password_hash: &PasswordHasher<'_>,
    now: DateTime<Utc>,
) -> Result<bool, DemoError> {
    if installed::is_complete(owner, NAME)? {
        return Ok(false);
    }
    let scenario = Scenario::plan();
    tracing::info!(steps = scenario.steps.len(), "loading the demonstration region");
    let settled = settle::settle(owner, &scenario.world, password_hash)?;
    let taken = installed::committed_requests(owner, play::REQUESTS)?;
    // The story takes place in days that are over.
    installed::open_past(owner)?;
    let mut player = Player::new(server, &scenario.world, settled);
    let played = player.play(&scenario.steps, &taken);
    player.end_sessions(now)?;
    installed::close_past(owner)?;
    played?;
    installed::mark_complete(owner, NAME, now)?;
    Ok(true)
}

/// A text of the demonstration as the domain takes it.
fn spoken<T: FromStr<Err = Invalid>>(text: &str) -> T {
    text.parse().expect("the texts of the demonstration never change, and its tests read all of them")
}

/// Why a unit of work of a step was given up.
#[derive(Debug)]
enum Trouble {
    Storage(StorageError),
    Refused(String),
}

impl Trouble {
    fn of(self, step: &str) -> DemoError {
        match self {
            Self::Storage(error) => DemoError::Storage(error),
            Self::Refused(reason) => DemoError::Refused { step: step.to_owned(), reason },
        }
    }

    fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<StorageError> for Trouble {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<EntryRefusal> for Trouble {
    fn from(refusal: EntryRefusal) -> Self {
        Self::refused(match refusal {
            EntryRefusal::Ended => "session_ended",
            EntryRefusal::Disabled => "account_disabled",
        })
    }
}

impl From<AccessError> for Trouble {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Denied(Denial::Forbidden) => Self::refused("forbidden"),
            AccessError::Denied(Denial::NotFound) => Self::refused("not_found"),
            AccessError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<Missing> for Trouble {
    fn from(missing: Missing) -> Self {
        Self::refused(missing.code.as_str())
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        let missing: Vec<&str> = refusal.missing.iter().map(|missing| missing.code.as_str()).collect();
        Self::refused(format!("{}: {}", refusal.action, missing.join(", ")))
    }
}

impl Failure for Trouble {
    fn refusal(&self) -> Option<&str> {
        match self {
            Self::Refused(reason) => Some(reason),
            Self::Storage(_) => None,
        }
    }
}
