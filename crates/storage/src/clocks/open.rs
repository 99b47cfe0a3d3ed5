//! The clocks of a case that are open, and writing what becomes of them.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Jsonb;
use qorgan_domain::clocks::{DeadlineKind, DeadlineRule, DeadlineState, WorkingCalendar};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rules::RuleRow;
use crate::schema::{case_deadlines, clock_rules};
use crate::{StorageError, Tx, rows};

/// The states of a clock that is open.
pub(super) const OPEN: [&str; 2] = ["running", "paused"];

/// A clock that runs or stands still.
#[derive(Debug, Clone)]
pub(super) struct OpenClock {
    pub(super) id: Uuid,
    pub(super) kind: DeadlineKind,
    pub(super) state: DeadlineState,
    pub(super) started_at: DateTime<Utc>,
    /// Due if it had never stood still.
    pub(super) base_due_at: DateTime<Utc>,
    pub(super) due_at: DateTime<Utc>,
    pub(super) paused_at: Option<DateTime<Utc>>,
    pub(super) paused: TimeDelta,
    pub(super) rule_id: Uuid,
    pub(super) rule: DeadlineRule,
}

/// Steps that were taken are not taken again, wherever the due time moves.
const REWRITE: &str = "
    UPDATE case_deadlines d SET
        state = n.state, rule_id = n.rule_id, base_due_at = n.base_due_at, due_at = n.due_at,
        paused_at = n.paused_at, paused_seconds = n.paused_seconds, settled_at = NULL,
        remind_at = CASE WHEN 'reminder' = ANY (d.told) THEN NULL ELSE n.remind_at END,
        manager_at = CASE WHEN 'manager' = ANY (d.told) THEN NULL ELSE n.manager_at END,
        supervisor_at = CASE WHEN 'supervisor' = ANY (d.told) THEN NULL ELSE n.supervisor_at END,
        region_at = CASE WHEN 'region' = ANY (d.told) THEN NULL ELSE n.region_at END
    FROM jsonb_to_recordset($1) AS n (id uuid, state text, rule_id uuid, base_due_at timestamptz, due_at timestamptz,
        paused_at timestamptz, paused_seconds bigint, remind_at timestamptz, manager_at timestamptz,
        supervisor_at timestamptz, region_at timestamptz)
    WHERE d.id = n.id";

impl OpenClock {
    fn row(&self, calendar: &WorkingCalendar) -> Value {
        let schedule = self.rule.schedule(self.started_at, self.due_at, calendar);
        let [manager_at, supervisor_at, region_at] = schedule.escalate_at;
        json!({
            "id": self.id, "state": self.state, "rule_id": self.rule_id, "base_due_at": self.base_due_at,
            "due_at": self.due_at, "paused_at": self.paused_at, "paused_seconds": self.paused.num_seconds(),
            "remind_at": schedule.remind_at, "manager_at": manager_at, "supervisor_at": supervisor_at,
            "region_at": region_at,
        })
    }
}

impl Tx<'_> {
    /// The open clocks of a case with the rules they follow.
    pub(super) fn clocks_open(&mut self, case: Uuid) -> Result<Vec<OpenClock>, StorageError> {
        type Row = (Uuid, String, String, DateTime<Utc>, DateTime<Utc>, DateTime<Utc>, Option<DateTime<Utc>>, i64);
        let found: Vec<(Row, RuleRow)> = case_deadlines::table
            .inner_join(clock_rules::table.on(clock_rules::id.eq(case_deadlines::rule_id)))
            .filter(case_deadlines::case_id.eq(case).and(case_deadlines::state.eq_any(OPEN)))
            .order(case_deadlines::id)
            .select((
                (
                    case_deadlines::id,
                    case_deadlines::kind,
                    case_deadlines::state,
                    case_deadlines::started_at,
                    case_deadlines::base_due_at,
                    case_deadlines::due_at,
                    case_deadlines::paused_at,
                    case_deadlines::paused_seconds,
                ),
                RuleRow::as_select(),
            ))
            .load(self.connection)?;
        found
            .into_iter()
            .map(|((id, kind, state, started_at, base_due_at, due_at, paused_at, seconds), rule)| {
                Ok(OpenClock {
                    id,
                    kind: rows::parse(&kind, "case_deadlines", "kind", id)?,
                    state: rows::parse(&state, "case_deadlines", "state", id)?,
                    started_at,
                    base_due_at,
                    due_at,
                    paused_at,
                    paused: TimeDelta::seconds(seconds),
                    rule_id: rule.id,
                    rule: rule.rule()?,
                })
            })
            .collect()
    }

    /// Writes clocks as they are now, in one statement.
    pub(super) fn clocks_rewrite(
        &mut self,
        clocks: &[OpenClock],
        calendar: &WorkingCalendar,
    ) -> Result<(), StorageError> {
        if clocks.is_empty() {
            return Ok(());
        }
        let rows: Vec<Value> = clocks.iter().map(|clock| clock.row(calendar)).collect();
        sql_query(REWRITE).bind::<Jsonb, _>(Value::Array(rows)).execute(self.connection)?;
        Ok(())
    }

    /// Writes new clocks, all running. One of the same kind that runs already stays as it is.
    pub(super) fn clocks_insert(
        &mut self,
        case: Uuid,
        clocks: &[(OpenClock, Option<Uuid>)],
        calendar: &WorkingCalendar,
    ) -> Result<(), StorageError> {
        let rows: Vec<_> = clocks
            .iter()
            .map(|(clock, task)| {
                let schedule = clock.rule.schedule(clock.started_at, clock.due_at, calendar);
                let [manager_at, supervisor_at, region_at] = schedule.escalate_at;
                (
                    case_deadlines::id.eq(clock.id),
                    case_deadlines::case_id.eq(case),
                    case_deadlines::kind.eq(clock.kind.as_str()),
                    case_deadlines::task_id.eq(*task),
                    case_deadlines::rule_id.eq(clock.rule_id),
                    case_deadlines::state.eq(clock.state.as_str()),
                    case_deadlines::started_at.eq(clock.started_at),
                    case_deadlines::base_due_at.eq(clock.base_due_at),
                    case_deadlines::due_at.eq(clock.due_at),
                    case_deadlines::remind_at.eq(schedule.remind_at),
                    case_deadlines::manager_at.eq(manager_at),
                    case_deadlines::supervisor_at.eq(supervisor_at),
                    case_deadlines::region_at.eq(region_at),
                )
            })
            .collect();
        diesel::insert_into(case_deadlines::table).values(rows).on_conflict_do_nothing().execute(self.connection)?;
        Ok(())
    }
}
