//! Whether two records are about one person.
//!
//! Records are compared field by field; each field agrees at a [`Level`]; each level has a weight, the binary logarithm
//! of how much more often it is seen among records of one person than among records of two (Fellegi and Sunter, "A
//! theory for record linkage", JASA 64, 1969). The sum of weights, with the prior, decides: one person, a question for
//! somebody, or two persons. Every sum is explained by its [`Evidence`].
//!
//! Nothing here reads, writes, draws lots or looks at a clock. Start at [`Person`], then [`Model::score`]; where records
//! to compare are found is [`blocking_keys`]; how weights come from data is [`Estimate`] and [`Model::learn`].

mod agreement;
mod assign;
mod blocking;
mod compare;
mod dates;
mod estimate;
mod frequencies;
mod learn;
mod letters;
mod model;
mod names;
mod nicknames;
mod numbers;
mod person;
mod score;

pub use agreement::{Field, Level};
pub use assign::{has_repetitions, one_to_one};
pub use blocking::{BlockKey, Blocked, Blocker, blocking_keys};
pub use compare::{Comparison, compare};
pub use estimate::{Estimate, Estimation};
pub use frequencies::{Frequencies, NamePlace};
pub use learn::Decided;
pub use letters::name_tokens;
pub use model::{FieldModel, LevelModel, Model, ModelError, Thresholds};
pub use person::{HeldName, Person, Prepared};
pub use score::{Decision, Evidence, Scored};

#[cfg(test)]
mod tests;
