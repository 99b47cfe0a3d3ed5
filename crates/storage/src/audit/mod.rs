//! The audit log: who did, or tried, what to which record.

mod list;
mod write;

pub use list::{AuditFilter, AuditRow};
pub use write::AuthenticationAudit;
pub(crate) use write::{PendingAudit, write_authentication};
