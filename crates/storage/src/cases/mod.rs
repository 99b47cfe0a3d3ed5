//! Cases and all that hangs on them.

mod change;
mod contents;
mod events;
mod evidence;
mod list;
mod load;
mod manager;
mod open;
mod participants;
mod parts;
mod plans;
mod tasks;

pub use change::{CaseAmendment, Told};
pub use contents::{Content, ContentView, NewContent};
pub(crate) use events::PendingEvent;
pub use events::{CaseEvent, TimelineEntry};
pub use list::{CaseFilter, CaseKey, CaseListItem};
pub use load::{Case, Participant};
pub use open::NewCase;
pub use parts::{AssessmentView, NewAssessment, NewReview, NoteView, ReviewView};
pub use plans::{GoalView, NewGoal, NewPlan, NewTask, PlanView};
pub use tasks::{Task, TaskFilter, TaskKey};
