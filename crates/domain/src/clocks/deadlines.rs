//! Deadlines: what must be done by when, when it is called to mind, and who is told once it is late.
//!
//! Source: domain.md "Deadlines by risk"; how long, how often and whom to tell is dated reference data.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Allowance, TimeUnit, WorkingCalendar};
use crate::Invalid;
use crate::calendar::{end_of_day, local_date};
use crate::cases::Stage;
use crate::words::words;

words! {
    /// What has a deadline.
    pub enum DeadlineKind {
        /// To speak with the child or family for the first time.
        FirstContact = "first_contact",
        /// To complete the assessment.
        Assessment = "assessment",
        /// To have a plan approved.
        Plan = "plan",
        /// To review the case again.
        ReviewInterval = "review_interval",
        /// To do a task.
        TaskDue = "task_due",
        /// To see how the child fares after the case was closed.
        PostClosureCheck = "post_closure_check",
    }

    /// Where a clock stands.
    pub enum DeadlineState {
        /// It runs.
        Running = "running",
        /// What it waited for was done, in time or late.
        Met = "met",
        /// It stands still for now.
        Paused = "paused",
        /// What it waited for is not needed any more.
        Cancelled = "cancelled",
    }

    /// Who is told of a missed deadline, in this order.
    pub enum EscalationLevel {
        /// The case manager.
        Manager = "manager",
        /// The supervisors over the lead organisation, of its own or its territory.
        Supervisor = "supervisor",
        /// The supervisors of the lead's agency in the region.
        Region = "region",
    }
}

/// A step of escalation: whom to tell, and how long after the due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EscalationStep {
    /// Whom.
    pub to: EscalationLevel,
    /// How long after the due time; `0 hours` is at once.
    pub after: Allowance,
}

/// What the rules of time say of one kind of deadline at one risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineRule {
    /// How long it may take; `None` for tasks, which bring their own due time.
    pub allowance: Option<Allowance>,
    /// It may never take longer than this, whatever `allowance` says.
    pub at_latest: Option<Allowance>,
    /// How long before the due time it is called to mind.
    pub remind_before: Allowance,
    /// Who is told once it is late.
    pub escalation: Vec<EscalationStep>,
    /// In these stages of the case the clock stands still.
    pub pause_stages: Vec<Stage>,
}

/// When a deadline is due, and when the worker acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The first moment at which it is late.
    pub due_at: DateTime<Utc>,
    /// When it is called to mind; `None` where that would be before it began.
    pub remind_at: Option<DateTime<Utc>>,
    /// When each level is told, in the order of [`EscalationLevel::ALL`].
    pub escalate_at: [Option<DateTime<Utc>>; 3],
}

/// The longest limit in each unit: about ten years, so that no date runs out.
const fn longest(unit: TimeUnit) -> u16 {
    match unit {
        TimeUnit::Hours => 24 * 366,
        TimeUnit::WorkingDays => 2600,
        TimeUnit::CalendarDays => 3660,
        TimeUnit::Months => 120,
    }
}

impl DeadlineRule {
    /// When a clock that started is due, by the rule alone; `None` for tasks.
    #[must_use]
    pub fn due_at(&self, start: DateTime<Utc>, calendar: &WorkingCalendar) -> Option<DateTime<Utc>> {
        let due = self.allowance?.due_at(start, calendar);
        Some(self.at_latest.map_or(due, |latest| due.min(latest.due_at(start, calendar))))
    }

    /// Whole days until the due day, for a clock that starts on a day.
    #[must_use]
    pub fn days_from(&self, day: NaiveDate, calendar: &WorkingCalendar) -> Option<u16> {
        let last = self.allowance?.last_day(day, calendar);
        let last = self.at_latest.map_or(last, |latest| last.min(latest.last_day(day, calendar)));
        u16::try_from((last - day).num_days()).ok()
    }

    /// When the worker acts on a deadline that started and is due.
    #[must_use]
    pub fn schedule(&self, start: DateTime<Utc>, due_at: DateTime<Utc>, calendar: &WorkingCalendar) -> Schedule {
        let remind_at = Some(self.remind_before.before(due_at, calendar)).filter(|at| *at > start);
        let at = |level: EscalationLevel| {
            let step = self.escalation.iter().find(|step| step.to == level)?;
            Some(step.after.later_than(due_at, calendar))
        };
        let escalate_at = [EscalationLevel::Manager, EscalationLevel::Supervisor, EscalationLevel::Region].map(at);
        Schedule { due_at, remind_at, escalate_at }
    }

    /// The due time after the clock stood still. Where days are counted the rest of a day is given too, so it stays
    /// the end of a working day.
    #[must_use]
    pub fn postponed(&self, base: DateTime<Utc>, paused: TimeDelta, calendar: &WorkingCalendar) -> DateTime<Utc> {
        if paused <= TimeDelta::zero() {
            return base;
        }
        let later = base + paused;
        if self.allowance.is_some_and(|allowance| allowance.unit == TimeUnit::Hours) {
            return later;
        }
        // The end of a day belongs to the day that ends.
        let day = local_date(later - TimeDelta::microseconds(1));
        end_of_day(if calendar.is_working(day) { day } else { calendar.working_day_after(day, 1) })
    }

    /// What is wrong with a rule, by field.
    #[must_use]
    pub fn complaints(&self, kind: DeadlineKind) -> Vec<(&'static str, Invalid)> {
        let mut wrong = Vec::new();
        match (&self.allowance, kind) {
            (None, DeadlineKind::TaskDue) => {}
            (Some(_), DeadlineKind::TaskDue) => wrong.push(("allowance", Invalid::new("not_allowed_here"))),
            (None, _) => wrong.push(("allowance", Invalid::new("required_here"))),
            (Some(allowance), _) => {
                if allowance.amount == 0 {
                    wrong.push(("allowance/amount", Invalid::new("number_too_small").with("min", 1)));
                }
            }
        }
        let limits = [("allowance/amount", self.allowance), ("at_latest/amount", self.at_latest)];
        for (field, limit) in limits.into_iter().chain([("remind_before/amount", Some(self.remind_before))]) {
            if let Some(limit) = limit.filter(|limit| limit.amount > longest(limit.unit)) {
                wrong.push((field, Invalid::new("number_too_large").with("max", longest(limit.unit))));
            }
        }
        if self.escalation.is_empty() {
            wrong.push(("escalation", Invalid::new("too_few_items").with("min", 1)));
        }
        if self.escalation.iter().any(|step| step.after.amount > longest(step.after.unit)) {
            wrong.push(("escalation", Invalid::new("invalid_value")));
        }
        if !self.escalation.is_sorted_by(|one, next| one.to < next.to) {
            wrong.push(("escalation", Invalid::new("escalation_order")));
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn rule(amount: u16, unit: TimeUnit) -> DeadlineRule {
        let after = |amount, unit| Allowance::new(amount, unit);
        DeadlineRule {
            allowance: Some(after(amount, unit)),
            at_latest: Some(after(3, TimeUnit::Months)),
            remind_before: after(1, TimeUnit::WorkingDays),
            escalation: vec![
                EscalationStep { to: EscalationLevel::Manager, after: after(0, TimeUnit::Hours) },
                EscalationStep { to: EscalationLevel::Supervisor, after: after(1, TimeUnit::WorkingDays) },
            ],
            pause_stages: vec![],
        }
    }

    /// Nauryz of 2026: 21 to 23 March are holidays, two of them on a weekend, so 24 and 25 are free as well.
    fn nauryz() -> WorkingCalendar {
        WorkingCalendar::new((21..=25).map(|day| (NaiveDate::from_ymd_opt(2026, 3, day).unwrap(), false)))
    }

    #[test]
    fn working_days_step_over_holidays_there_and_back() {
        let rule = rule(7, TimeUnit::WorkingDays);
        // A Tuesday: 18, 19, 20, 26, 27, 30, 31 March.
        let due = rule.due_at(moment("2026-03-17T06:00:00Z"), &nauryz()).unwrap();
        assert_eq!(due, moment("2026-03-31T19:00:00Z"));
        // Due on the last day before the holidays: told on the first day after them.
        let due = moment("2026-03-20T19:00:00Z");
        let schedule = rule.schedule(moment("2026-03-10T06:00:00Z"), due, &nauryz());
        assert_eq!(schedule.remind_at, Some(moment("2026-03-19T19:00:00Z")));
        assert_eq!(schedule.escalate_at, [Some(due), Some(moment("2026-03-26T19:00:00Z")), None]);
        // Due on the first day after them: called to mind on the last day before.
        let schedule = rule.schedule(moment("2026-03-10T06:00:00Z"), moment("2026-03-26T19:00:00Z"), &nauryz());
        assert_eq!(schedule.remind_at, Some(moment("2026-03-20T19:00:00Z")));
    }

    #[test]
    fn nothing_takes_longer_than_at_latest_and_nothing_is_called_to_mind_before_it_began() {
        let start = moment("2026-01-15T06:00:00Z");
        let rule = rule(200, TimeUnit::CalendarDays);
        assert_eq!(rule.due_at(start, &nauryz()), Some(moment("2026-04-15T19:00:00Z")));
        assert_eq!(rule.days_from("2026-01-15".parse().unwrap(), &nauryz()), Some(90));
        assert_eq!(rule.schedule(start, start + TimeDelta::hours(2), &nauryz()).remind_at, None);
    }

    #[test]
    fn a_pause_gives_back_what_it_took() {
        let base = moment("2026-03-20T19:00:00Z");
        let days = rule(7, TimeUnit::WorkingDays);
        assert_eq!(days.postponed(base, TimeDelta::zero(), &nauryz()), base);
        // Two days later is a holiday: the end of the first working day.
        assert_eq!(days.postponed(base, TimeDelta::days(2), &nauryz()), moment("2026-03-26T19:00:00Z"));
        assert_eq!(days.postponed(base, TimeDelta::minutes(5), &nauryz()), moment("2026-03-26T19:00:00Z"));
        let hours = rule(24, TimeUnit::Hours);
        assert_eq!(hours.postponed(base, TimeDelta::minutes(5), &nauryz()), base + TimeDelta::minutes(5));
    }

    #[test]
    fn a_rule_is_checked_by_field() {
        let good = rule(7, TimeUnit::WorkingDays);
        assert!(good.complaints(DeadlineKind::Assessment).is_empty());
        let codes = |rule: &DeadlineRule, kind| -> Vec<_> {
            rule.complaints(kind).into_iter().map(|(field, invalid)| (field, invalid.code())).collect()
        };
        assert_eq!(codes(&good, DeadlineKind::TaskDue), [("allowance", "not_allowed_here")]);
        let mut bad = rule(0, TimeUnit::Hours);
        bad.escalation.reverse();
        bad.remind_before = Allowance::new(u16::MAX, TimeUnit::Months);
        let expected = [
            ("allowance/amount", "number_too_small"),
            ("remind_before/amount", "number_too_large"),
            ("escalation", "escalation_order"),
        ];
        assert_eq!(codes(&bad, DeadlineKind::Plan), expected);
        bad.allowance = None;
        bad.escalation.clear();
        let expected = [
            ("allowance", "required_here"),
            ("remind_before/amount", "number_too_large"),
            ("escalation", "too_few_items"),
        ];
        assert_eq!(codes(&bad, DeadlineKind::Plan), expected);
    }

    proptest! {
        #[test]
        fn reminder_due_time_and_levels_stand_in_order(
            amount in 1_u16..60, unit in prop::sample::select(TimeUnit::ALL), hours in 0_i64..2000, pause in 0_i64..2000,
        ) {
            let (rule, start) = (rule(amount, unit), moment("2026-01-01T00:00:00Z") + TimeDelta::hours(hours));
            let base = rule.due_at(start, &nauryz()).unwrap();
            let due = rule.postponed(base, TimeDelta::hours(pause), &nauryz());
            prop_assert!(due >= base + TimeDelta::hours(pause));
            let schedule = rule.schedule(start, due, &nauryz());
            prop_assert!(schedule.remind_at.is_none_or(|at| start < at && at < due));
            let levels: Vec<_> = schedule.escalate_at.into_iter().flatten().collect();
            prop_assert!(levels.is_sorted() && levels[0] == due);
        }
    }
}
