//! The interagency group that studies and qualifies facts of suicidal behaviour: measure 31 of the roadmap.
//!
//! Members of seven bodies sit in it ([`Role::QualificationMember`](crate::identity::Role)). A session puts facts on its
//! agenda, asks organisations for material, takes the written opinion of each member and decides: the fact is confirmed
//! at a level, or not confirmed. [`Group::decide`] answers a command with what happens or with everything that is
//! missing; [`GroupSeat`] says for how long a member reads the file of a fact. Board, quorum, windows and gates are
//! those of [`consilium`](crate::consilium).

mod material;
pub mod opinions;
mod rules;
mod session;
mod vocabulary;

pub use material::material_status;
pub use rules::{GroupRules, GroupSeat};
pub use session::{Group, GroupAction, GroupCommand, GroupEvent, GroupItem, GroupRefusal, Resolution, possible_in};
pub use vocabulary::{Conclusion, MaterialStatus, QualificationOutcome, RecusalGround, may_convene_as};
