//! Protocols: their versions, and how they apply to cases.
//!
//! Start reading at `follow.rs`: a case changed, and what protocols call for is added in the same transaction.

mod applications;
mod decide;
mod follow;
mod publish;
mod read;
mod steps;
mod versions;

pub use applications::Application;
pub use decide::MoveRefusal;
pub use publish::NewVersion;
pub use read::{ApplicationView, StepView};
pub use versions::ProtocolVersion;
