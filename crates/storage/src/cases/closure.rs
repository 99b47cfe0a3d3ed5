//! What a case came to, in numbers, codes and days: no text of any section.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use qorgan_domain::cases::{CaseAction, CaseEventKind, ReviewConclusion, RiskLevel};
use qorgan_domain::policy::Action;
use serde_json::Value;
use uuid::Uuid;

use super::{Case, Task};
use crate::schema::{case_events, case_plans, case_reviews, consilium_decisions, register_reports};
use crate::{Authorized, StorageError, Tx, rows};

/// What was done on a case.
#[derive(Debug, Clone)]
pub struct ClosureSummary {
    /// What was said of the risk, in order: when, by what event, how high.
    pub risk_course: Vec<(DateTime<Utc>, CaseEventKind, RiskLevel)>,
    /// How many assessments were completed.
    pub assessments: usize,
    /// How many plans were approved.
    pub plans_approved: i64,
    /// When it was reviewed, and what each review concluded.
    pub reviews: Vec<(DateTime<Utc>, ReviewConclusion)>,
    /// The tasks that count, by due date.
    pub tasks: Vec<Task>,
    /// How many decisions of a consilium there are.
    pub board_decisions: i64,
    /// How many reports to the unified register name it, as far as the actor may see them.
    pub register_reports: i64,
    /// How often closure was proposed, refused, and how often the case was opened again.
    pub closures: [(CaseAction, usize); 3],
}

impl Tx<'_> {
    /// Gathers it. Audited as a reading of the case.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_closure_summary(&mut self, case: &Authorized<Case>) -> Result<ClosureSummary, StorageError> {
        let id = case.id.as_uuid();
        let events: Vec<(Uuid, DateTime<Utc>, String, Value)> = case_events::table
            .filter(case_events::case_id.eq(id))
            .order(case_events::seq)
            .select((case_events::id, case_events::at, case_events::kind, case_events::data))
            .load(self.connection)?;
        let reviews: Vec<(Uuid, DateTime<Utc>, String)> = case_reviews::table
            .filter(case_reviews::case_id.eq(id))
            .order(case_reviews::created_at)
            .select((case_reviews::id, case_reviews::created_at, case_reviews::conclusion))
            .load(self.connection)?;
        let plans_approved = case_plans::table
            .filter(case_plans::case_id.eq(id).and(case_plans::approved_at.is_not_null()))
            .select(count_star())
            .first(self.connection)?;
        let board_decisions = consilium_decisions::table
            .filter(consilium_decisions::case_id.eq(id).and(consilium_decisions::outcome.ne("postponed")))
            .select(count_star())
            .first(self.connection)?;
        let register_reports = register_reports::table
            .filter(register_reports::case_id.eq(id))
            .select(count_star())
            .first(self.connection)?;
        let mut tasks = self.tasks_of_case(case)?;
        tasks.retain(|task| task.active);
        self.audit(Action::CaseRead, id, Some(id));
        let times = |action: CaseAction| {
            let taken = |data: &Value| data["action"].as_str() == Some(action.as_str());
            (action, events.iter().filter(|(.., kind, data)| kind == "transitioned" && taken(data)).count())
        };
        Ok(ClosureSummary {
            assessments: events.iter().filter(|(.., kind, _)| kind == "assessment_recorded").count(),
            risk_course: risk_course(&events)?,
            plans_approved,
            reviews: reviews
                .into_iter()
                .map(|(id, at, conclusion)| Ok((at, rows::parse(&conclusion, "case_reviews", "conclusion", id)?)))
                .collect::<Result<_, StorageError>>()?,
            tasks,
            board_decisions,
            register_reports,
            closures: [CaseAction::ProposeClosure, CaseAction::RejectClosure, CaseAction::Reopen].map(times),
        })
    }
}

/// Events that say how high the risk is.
fn risk_course(
    events: &[(Uuid, DateTime<Utc>, String, Value)],
) -> Result<Vec<(DateTime<Utc>, CaseEventKind, RiskLevel)>, StorageError> {
    const KINDS: [CaseEventKind; 3] =
        [CaseEventKind::Opened, CaseEventKind::Amended, CaseEventKind::AssessmentRecorded];
    let mut course = Vec::new();
    for (id, at, kind, data) in events {
        let kind = KINDS.into_iter().find(|known| known.as_str() == kind);
        if let (Some(kind), Some(risk)) = (kind, data["risk_level"].as_str()) {
            course.push((*at, kind, rows::parse(risk, "case_events", "data", *id)?));
        }
    }
    Ok(course)
}
