//! The clocks of tasks, and those that a note, an assessment or a review ends. Whatever changes a task tells an event of
//! its case, so the clocks are brought up to date where events are written: no way of changing tasks can forget them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::cases::{CaseEventKind, RiskLevel};
use qorgan_domain::clocks::turns::{self, Turn};
use qorgan_domain::clocks::{DeadlineKind, DeadlineRule, DeadlineState};
use uuid::Uuid;

use super::open::OPEN;
use super::turn::running;
use crate::schema::{case_deadlines, cases};
use crate::{StorageError, Tx, rows};

/// Events that leave the tasks of a case alone.
const QUIET: &[CaseEventKind] = &[
    CaseEventKind::Opened,
    CaseEventKind::SignalLinked,
    CaseEventKind::Amended,
    CaseEventKind::ManagerAssigned,
    CaseEventKind::ParticipantAdded,
    CaseEventKind::AssessmentRecorded,
    CaseEventKind::PlanDrafted,
    CaseEventKind::ReviewRecorded,
    CaseEventKind::NoteWritten,
    CaseEventKind::ReportFiled,
];

#[derive(QueryableByName)]
struct Differing {
    #[diesel(sql_type = SqlUuid)]
    task_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    case_id: Uuid,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    risk_level: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    deadline_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    state: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    started_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    paused_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    paused_seconds: i64,
}

/// Tasks that count and whose clock is missing, still open, or due at another time. A closed case needs no clocks of
/// tasks; one whose clock was cancelled by that keeps none when it is opened again, until its due time is changed.
const DIFFERING: &str = "
    SELECT t.id AS task_id, t.case_id, t.status, t.due_at, c.risk_level, d.id AS deadline_id, d.state, d.started_at,
           d.paused_at, coalesce(d.paused_seconds, 0) AS paused_seconds
    FROM case_tasks t
    JOIN cases c ON c.id = t.case_id
    LEFT JOIN case_plans p ON p.id = t.plan_id AND p.case_id = t.case_id
    LEFT JOIN case_deadlines d ON d.task_id = t.id
    WHERE t.case_id = ANY ($1) AND (t.plan_id IS NULL OR p.approved_at IS NOT NULL)
      AND CASE WHEN t.status = 'open' THEN c.stage <> 'closed' AND (d.id IS NULL OR d.base_due_at <> t.due_at)
               ELSE d.state IN ('running', 'paused') END
    ORDER BY t.id";

impl Tx<'_> {
    /// Brings the clocks of the cases that events tell of up to date.
    pub(crate) fn clocks_follow(&mut self) -> Result<(), StorageError> {
        let told = |kinds: &[CaseEventKind]| -> BTreeSet<Uuid> {
            let events = self.events.iter().filter(|pending| kinds.contains(&pending.event.kind));
            events.map(|pending| pending.case.as_uuid()).collect()
        };
        let moved = told(&[CaseEventKind::Transitioned]);
        // The reason of an action is kept as a note, and is no contact.
        let noted: Vec<Uuid> = told(&[CaseEventKind::NoteWritten]).difference(&moved).copied().collect();
        let assessed: Vec<Uuid> = told(&[CaseEventKind::AssessmentRecorded]).into_iter().collect();
        let reviewed: Vec<Uuid> = told(&[CaseEventKind::ReviewRecorded]).into_iter().collect();
        let loud = self.events.iter().filter(|pending| !QUIET.contains(&pending.event.kind));
        let loud: Vec<Uuid> = loud.map(|pending| pending.case.as_uuid()).collect::<BTreeSet<_>>().into_iter().collect();
        let managed = self.managed_by_actor(&noted)?;
        self.clocks_settle(&managed, &met_by(turns::NOTED_BY_MANAGER), DeadlineState::Met)?;
        self.clocks_settle(&assessed, &met_by(turns::ASSESSED), DeadlineState::Met)?;
        self.clocks_settle(&reviewed, &met_by(turns::REVIEWED), DeadlineState::Met)?;
        self.task_clocks_sync(&loud)
    }

    fn managed_by_actor(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(cases::table
            .filter(cases::id.eq_any(ids).and(cases::manager_id.eq(self.actor.user.as_uuid())))
            .select(cases::id)
            .load(self.connection)?)
    }

    fn task_clocks_sync(&mut self, ids: &[Uuid]) -> Result<(), StorageError> {
        if ids.is_empty() {
            return Ok(());
        }
        let differing: Vec<Differing> = sql_query(DIFFERING).bind::<Array<SqlUuid>, _>(ids).load(self.connection)?;
        let (open, settled): (Vec<_>, Vec<_>) = differing.into_iter().partition(|task| task.status == "open");
        // Whatever else a task can come to, nothing is left to do in it.
        let (done, dropped): (Vec<_>, Vec<_>) = settled.into_iter().partition(|task| task.status == "done");
        for (tasks, state) in [(done, DeadlineState::Met), (dropped, DeadlineState::Cancelled)] {
            let ids: Vec<Uuid> = tasks.iter().map(|task| task.task_id).collect();
            self.task_clocks_settle(&ids, state)?;
        }
        if open.is_empty() { Ok(()) } else { self.task_clocks_start(&open) }
    }

    fn task_clocks_settle(&mut self, tasks: &[Uuid], state: DeadlineState) -> Result<(), StorageError> {
        if tasks.is_empty() {
            return Ok(());
        }
        diesel::update(case_deadlines::table)
            .filter(case_deadlines::task_id.eq_any(tasks).and(case_deadlines::state.eq_any(OPEN)))
            .set((
                case_deadlines::state.eq(state.as_str()),
                case_deadlines::settled_at.eq(self.now),
                case_deadlines::paused_at.eq(None::<DateTime<Utc>>),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Starts the clocks that are missing, and moves those whose task is due at another time.
    fn task_clocks_start(&mut self, tasks: &[Differing]) -> Result<(), StorageError> {
        let (now, today) = (self.now, self.today());
        let calendar = self.working_calendar(today)?;
        let mut rules: HashMap<RiskLevel, (Uuid, DeadlineRule)> = HashMap::new();
        let mut moved = Vec::new();
        let mut missing: HashMap<Uuid, Vec<_>> = HashMap::new();
        for task in tasks {
            let risk: RiskLevel = rows::parse(&task.risk_level, "cases", "risk_level", task.case_id)?;
            // Four risks at most.
            let (rule_id, rule) = match rules.entry(risk) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(unknown) => {
                    let rule = self.rules_in_force(risk, today)?.of(DeadlineKind::TaskDue)?.clone();
                    unknown.insert(rule).clone()
                }
            };
            let mut clock = running(DeadlineKind::TaskDue, now, task.due_at, rule_id, rule);
            let Some(id) = task.deadline_id else {
                missing.entry(task.case_id).or_default().push((clock, Some(task.task_id)));
                continue;
            };
            clock.id = id;
            clock.started_at = task.started_at.unwrap_or(now);
            clock.paused = TimeDelta::seconds(task.paused_seconds);
            if task.state.as_deref() == Some("paused") {
                (clock.state, clock.paused_at) = (DeadlineState::Paused, task.paused_at);
            }
            clock.due_at = clock.rule.postponed(clock.base_due_at, clock.paused, &calendar);
            moved.push(clock);
        }
        for (case, clocks) in missing {
            self.clocks_insert(case, &clocks, &calendar)?;
        }
        self.clocks_rewrite(&moved, &calendar)
    }
}

/// The kinds that turns meet.
fn met_by(turns: &[Turn]) -> Vec<DeadlineKind> {
    turns.iter().filter_map(|turn| if let Turn::Meet(kind) = turn { Some(*kind) } else { None }).collect()
}
