//! Cases and all that hangs on them.

mod added_tasks;
mod change;
mod consequences;
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

pub use added_tasks::AddedTask;
pub use change::{CaseAmendment, Told};
pub use consequences::CaseChange;
pub use contents::{Content, ContentView, NewContent};
pub(crate) use events::PendingEvent;
pub use events::{CaseEvent, TimelineEntry};
pub use list::{CaseFilter, CaseKey, CaseListItem};
pub use load::{Case, Participant};
pub use open::NewCase;
pub use parts::{AssessmentView, NewAssessment, NewReview, NoteView, ReviewView};
pub use plans::{GoalView, NewGoal, NewPlan, NewTask, PlanView};
pub use tasks::{Task, TaskFilter, TaskKey};
