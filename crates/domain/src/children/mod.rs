//! Children: who a child is, by number, name and date of birth.

mod birth;
mod candidates;
mod home;
mod iin;
mod name;
mod name_key;

pub use birth::{age_on, birth_date_ok, is_child_on};
pub use candidates::{MatchEvidence, MatchSign, SearchTerms};
pub use home::is_childs_home;
pub use iin::{Iin, IinWarning};
pub(crate) use name::APOSTROPHES;
pub use name::PersonName;
pub(crate) use name_key::{FILIATION, fold_letters, stem};
pub use name_key::{NameKey, name_key};

use crate::words::words;

words! {
    /// Sex of a person, as in the identity document.
    pub enum Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
    }
}
