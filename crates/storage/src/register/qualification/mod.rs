//! The group that qualifies facts of suicidal behaviour: its sessions, their agenda, files, material, opinions and
//! decisions.

mod agenda;
mod file;
mod list;
mod load;
mod materials;
mod opinions;
mod settle;
mod waiting;
mod write;

pub use agenda::{FactStanding, QualificationDecision, QualificationItem};
pub use file::{ChildOfFile, QualificationFile};
pub use list::{QualificationFilter, QualificationKey, QualificationListItem};
pub use load::{FactBefore, QualificationSession};
pub use materials::{AnswerRefusal, Material, MaterialAnswer, MaterialFilter, MaterialKey, NewMaterial};
pub use opinions::{NewOpinion, Opinion};
pub use settle::NewSettlement;
pub use waiting::WaitingFact;
pub use write::{NewQualification, NewQualificationItem, QualificationAmendment};
