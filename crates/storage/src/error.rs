//! What can go wrong between the program and PostgreSQL.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;
use uuid::Uuid;

/// A failure of storage. `Display` says what failed; the cause is in the chain. Neither carries
/// values of rows, so both may be logged.
#[derive(Debug, Error)]
pub enum StorageError {
    /// No connection, or it broke. The work may be tried again; whether it was committed is known
    /// only through an Idempotency-Key.
    #[error("the database is not available")]
    Unavailable,
    /// The row was changed since it was read.
    #[error("the row was changed meanwhile (it is now at another version)")]
    Stale,
    /// A unique constraint refused the row.
    #[error("a row with the same key exists ({constraint})")]
    Duplicate {
        /// The constraint's name.
        constraint: String,
    },
    /// A foreign key refused the row: it names something that does not exist.
    #[error("the row refers to something that does not exist ({constraint})")]
    MissingReference {
        /// The constraint's name.
        constraint: String,
    },
    /// A row that does not convert to its domain type.
    #[error("{table}.{column} of row {row} holds a value the program does not know")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: Uuid,
    },
    /// Two transactions stood in each other's way; nothing was written.
    #[error("the transaction collided with another one")]
    Collision,
    /// Anything else; a mistake of the program or the database's configuration.
    #[error("a statement failed ({0})")]
    Statement(&'static str),
}

impl From<DieselError> for StorageError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(kind, information) => {
                let constraint = || information.constraint_name().unwrap_or("unnamed").to_owned();
                match kind {
                    DatabaseErrorKind::UniqueViolation => return Self::Duplicate { constraint: constraint() },
                    DatabaseErrorKind::ForeignKeyViolation => {
                        return Self::MissingReference { constraint: constraint() };
                    }
                    DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                        return Self::Unavailable;
                    }
                    DatabaseErrorKind::SerializationFailure => return Self::Collision,
                    _ => {}
                }
                let message = information.message();
                if gone(message) {
                    return Self::Unavailable;
                }
                if message.contains("deadlock detected") || message.contains("lock timeout") {
                    return Self::Collision;
                }
                // PostgreSQL's message names columns and constraints; row values stand only in its
                // detail, which is not logged.
                tracing::error!(kind = ?kind, message, constraint = information.constraint_name(), "statement failed");
                Self::Statement("refused by the database")
            }
            DieselError::NotFound => Self::Statement("a row that must exist was not found"),
            DieselError::BrokenTransactionManager => Self::Unavailable,
            other => {
                tracing::error!(error = %kind_of(other), "statement failed");
                Self::Statement("could not be run or read")
            }
        }
    }
}

const fn kind_of(error: &DieselError) -> &'static str {
    match error {
        DieselError::DeserializationError(_) => "a column could not be read",
        DieselError::SerializationError(_) => "a value could not be written",
        DieselError::QueryBuilderError(_) => "a query could not be built",
        _ => "another error of the database library",
    }
}

/// Messages by which PostgreSQL or libpq say that the server went away or is not ready.
fn gone(message: &str) -> bool {
    const GONE: &[&str] = &[
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "the database system is",
        "could not receive data from server",
        "could not send data to server",
        "no connection to the server",
        "connection not open",
    ];
    GONE.iter().any(|phrase| message.contains(phrase))
}
