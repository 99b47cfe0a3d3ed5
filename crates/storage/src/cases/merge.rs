//! Writing a merge: see `domain::cases::merge` for what it means. Nothing is moved; the participants of each case
//! become participants of the other, so that whoever goes on reads what the merged one holds.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use qorgan_domain::cases::lifecycle::CaseState;
use qorgan_domain::cases::merge::Merge;
use qorgan_domain::cases::{CaseEventKind, ClosureOutcome, RiskLevel, Stage};
use qorgan_domain::ids::{CaseId, TaskId};
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::tasks::{TaskOrigin, TaskStatus};
use qorgan_domain::text::Reason;
use serde_json::json;
use uuid::Uuid;

use super::change::guard;
use super::{AddedTask, Case, CaseChange, CaseEvent, Task};
use crate::schema::{case_tasks, cases};
use crate::{Authorized, StorageError, Tx, rows};

/// Why organisations of the one case take part in the other.
const UNITED: &str = "the cases were merged";
/// Why organisations with tasks of the merged case take part.
const CARRIED: &str = "has tasks of the merged case";

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Tx<'_> {
    /// Makes everybody who would change either case wait until this unit of work ends. The tasks come first, as they
    /// do for who finishes one, and the cases in the order of their ids, whichever is merged into which: so of two
    /// merges in opposite directions the second waits for the first, and finds it done.
    ///
    /// Who writes a text into a case holds the case's key before it takes the task that it finishes. A merge keeps
    /// its key and must not wait for them (`FOR NO KEY UPDATE`): each would wait for the other.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_merge_begin(&mut self, merged: CaseId, surviving: CaseId) -> Result<(), StorageError> {
        sql_query("SELECT id FROM case_tasks WHERE case_id = $1 AND status = 'open' ORDER BY id FOR NO KEY UPDATE")
            .bind::<SqlUuid, _>(merged.as_uuid())
            .load::<IdRow>(self.connection)?;
        sql_query("SELECT id FROM cases WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE")
            .bind::<Array<SqlUuid>, _>(vec![merged.as_uuid(), surviving.as_uuid()])
            .load::<IdRow>(self.connection)?;
        Ok(())
    }

    /// The case and those that were merged into it, however often, as far as the actor sees them.
    pub(super) fn case_with_merged(&mut self, case: CaseId) -> Result<Vec<Uuid>, StorageError> {
        let found: Vec<IdRow> =
            sql_query("SELECT case_with_merged($1) AS id").bind::<SqlUuid, _>(case.as_uuid()).load(self.connection)?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Merges one case into another, as the domain decided.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where one of them changed since it was read.
    pub fn case_merge(
        &mut self,
        merged: &Authorized<Case>,
        surviving: &Authorized<Case>,
        merge: Merge,
        reason: &Reason,
    ) -> Result<(), StorageError> {
        self.participants_unite(merged, surviving)?;
        self.participants_unite(surviving, merged)?;
        self.tasks_carry_over(merged, surviving.id)?;
        self.merged_close(merged, surviving.id, reason)?;
        self.surviving_go_on(surviving, merge.risk_level)?;
        self.reason_note(surviving, reason)?;
        self.event(merged.id, CaseEvent::of(CaseEventKind::Merged, json!({"into": surviving.id})));
        self.event(surviving.id, CaseEvent::of(CaseEventKind::Merged, json!({"from": merged.id})));
        self.audit(merged.action(), merged.id.as_uuid(), Some(merged.id.as_uuid()));
        self.audit(surviving.action(), surviving.id.as_uuid(), Some(surviving.id.as_uuid()));
        let closed = CaseState { stage: Stage::Closed, stage_since: self.now, ..merged.state.clone() };
        self.case_follow(merged, &closed, &CaseChange::Merged { into: surviving.id })?;
        let state = CaseState { risk_level: merge.risk_level, ..surviving.state.clone() };
        self.risk_followed(surviving, &state)
    }

    /// Makes the participants of one case participants of the other, with who is assigned there.
    fn participants_unite(&mut self, from: &Authorized<Case>, to: &Authorized<Case>) -> Result<(), StorageError> {
        let organisations: Vec<OrganisationRef> =
            from.participants.iter().map(|participant| participant.organisation.clone()).collect();
        self.participants_add(to, &organisations, UNITED)?;
        sql_query(
            "UPDATE case_participants AS of SET assigned_user_id = source.assigned_user_id
             FROM case_participants source
             WHERE source.case_id = $1 AND of.case_id = $2 AND of.organisation_id = source.organisation_id
               AND source.ended_at IS NULL AND source.assigned_user_id IS NOT NULL
               AND of.ended_at IS NULL AND of.assigned_user_id IS NULL",
        )
        .bind::<SqlUuid, _>(from.id.as_uuid())
        .bind::<SqlUuid, _>(to.id.as_uuid())
        .execute(self.connection)?;
        Ok(())
    }

    /// Settles the open tasks that count, each continued by an open one of the surviving case.
    fn tasks_carry_over(&mut self, merged: &Authorized<Case>, into: CaseId) -> Result<(), StorageError> {
        let tasks: Vec<Task> = self
            .tasks_of_case(merged)?
            .into_iter()
            .filter(|task| task.active && task.status == TaskStatus::Open)
            .collect();
        if tasks.is_empty() {
            return Ok(());
        }
        let continued: Vec<(TaskId, TaskId)> =
            tasks.iter().map(|task| (task.id, TaskId::from_uuid(Uuid::now_v7()))).collect();
        let added = tasks.iter().map(|task| continuation(task, &continued)).collect::<Result<Vec<_>, _>>()?;
        // As it is by now: the organisations came in a moment ago.
        let Some(surviving) = self.case_load(into)? else {
            return Err(StorageError::Statement("a case vanished"));
        };
        let surviving = Authorized::new(surviving, merged.action());
        self.tasks_add(&surviving, &added, CARRIED)?;
        let ids: Vec<Uuid> = tasks.iter().map(|task| task.id.as_uuid()).collect();
        let settled = diesel::update(case_tasks::table)
            .filter(case_tasks::id.eq_any(&ids).and(case_tasks::status.eq("open")))
            .set((
                case_tasks::status.eq(TaskStatus::CarriedOver.as_str()),
                case_tasks::finished_by.eq(self.actor.user.as_uuid()),
                case_tasks::finished_at.eq(self.now),
                case_tasks::updated_at.eq(self.now),
                case_tasks::version.eq(case_tasks::version + 1),
            ))
            .execute(self.connection)?;
        if settled != ids.len() {
            return Err(StorageError::Stale);
        }
        for (task, (_, to)) in tasks.iter().zip(&continued) {
            let data = json!({"mandatory": task.mandatory, "case_id": into, "task_id": to});
            let event = CaseEvent::about(CaseEventKind::TaskCarriedOver, task.id.as_uuid(), task.section, data);
            self.event(merged.id, event);
        }
        Ok(())
    }

    fn merged_close(&mut self, merged: &Case, into: CaseId, reason: &Reason) -> Result<(), StorageError> {
        let changed = diesel::update(cases::table.find(merged.id.as_uuid()))
            .filter(cases::version.eq(merged.version).and(cases::merged_into.is_null()))
            .set((
                cases::stage.eq(Stage::Closed.as_str()),
                cases::stage_since.eq(self.now),
                cases::closed_at.eq(self.now),
                cases::closure_outcome.eq(ClosureOutcome::Merged.as_str()),
                cases::closure_reason.eq(reason.as_str()),
                cases::closure_proposed_by.eq(self.actor.user.as_uuid()),
                cases::merged_into.eq(into.as_uuid()),
                cases::updated_at.eq(self.now),
                cases::version.eq(merged.version + 1),
            ))
            .execute(self.connection)?;
        guard(changed)
    }

    fn surviving_go_on(&mut self, surviving: &Case, risk: RiskLevel) -> Result<(), StorageError> {
        let changed = diesel::update(cases::table.find(surviving.id.as_uuid()))
            .filter(cases::version.eq(surviving.version))
            .set((
                cases::risk_level.eq(risk.as_str()),
                cases::updated_at.eq(self.now),
                cases::version.eq(surviving.version + 1),
            ))
            .execute(self.connection)?;
        guard(changed)
    }
}

/// The task that continues another one: the same, for the same organisation, due at the same time.
fn continuation(task: &Task, continued: &[(TaskId, TaskId)]) -> Result<AddedTask, StorageError> {
    let to = |id: TaskId| continued.iter().find(|(from, _)| *from == id).map(|(_, to)| *to);
    let id = to(task.id).ok_or(StorageError::Statement("a task without its continuation"))?;
    Ok(AddedTask {
        id,
        origin: TaskOrigin::Merge,
        source_id: task.id.as_uuid(),
        code: task.code.clone(),
        title: rows::parse(&task.title, "case_tasks", "title", task.id.as_uuid())?,
        organisation: task.organisation.0.clone(),
        due_at: task.due_at,
        mandatory: task.mandatory,
        section: task.section,
        // What is settled already holds nothing up.
        after: task.after.iter().filter_map(|id| to(*id)).collect(),
    })
}
