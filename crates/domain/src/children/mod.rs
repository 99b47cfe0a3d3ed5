//! Children: who a child is, by number, name and date of birth.

mod birth;
mod candidates;
mod home;
mod iin;
mod lookup;
mod merge;
mod name;
mod name_key;
mod near;
mod pair;
mod reported;

pub use birth::{age_on, birth_date_ok, is_child_on};
pub use candidates::SearchTerms;
pub use home::is_childs_home;
pub use iin::{Iin, IinWarning};
pub use lookup::{LOOKUP_VERSION, LookupEntry, Spelling, lookup_entry, spellings};
pub use merge::{
    ChildMergeFacts, ChildMergeRefusal, ChildMergeSide, ChildUnmergeRefusal, may_merge_child, may_unmerge_child,
};
pub(crate) use name::APOSTROPHES;
pub use name::PersonName;
pub(crate) use name_key::{FILIATION, fold_letters, stem};
pub use name_key::{NameKey, name_key};
pub use near::{near_days, near_forms, slips_allowed, slips_between};
pub use pair::{ChildPairRefusal, Confirmation, confirm, may_read_words};
pub use reported::{Resembling, reported_child};

use crate::words::words;

words! {
    /// Where a name that a child is held under comes from.
    pub enum NameSource {
        /// It was registered under this name.
        Registered = "registered",
        /// The record was corrected to this name.
        Amended = "amended",
        /// Somebody reported of the child under this name.
        Reported = "reported",
    }
}

words! {
    /// Sex of a person, as in the identity document.
    pub enum Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
    }
}
