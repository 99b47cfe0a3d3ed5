//! Organisations, accounts, sessions. What the server does runs as its own role, under row security or through the
//! `authentication_*` functions; [`accounts`] is for the owner of the database: the command line, made-up data.

pub mod accounts;
mod organisations;
mod sessions;
mod users;

use std::fmt;

pub use organisations::{NewOrganisation, Organisation, OrganisationChange, OrganisationFilter, OrganisationKey};
pub use sessions::{Exchange, LoginAccount, NewSession, Rotation, SessionOwner};
pub use users::{NewUser, User, UserChange, UserFilter};

/// The hash of a password or a client secret, as a PHC string. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes what the hasher answered.
    #[must_use]
    pub const fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The PHC string, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}
