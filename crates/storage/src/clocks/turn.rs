//! What becomes of a case's clocks when something happens to it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use qorgan_domain::calendar::{end_of_day, local_date};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::cases::lifecycle::CaseState;
use qorgan_domain::clocks::turns::{self, Turn};
use qorgan_domain::clocks::{DeadlineKind, DeadlineState, WorkingCalendar};
use uuid::Uuid;

use super::open::{OPEN, OpenClock};
use crate::cases::{Case, CaseChange};
use crate::schema::{case_deadlines, cases};
use crate::{Authorized, StorageError, Tx};

impl Tx<'_> {
    /// Lets clocks, crisis management and notices follow a change of a case.
    pub(crate) fn clocks_turn(
        &mut self,
        case: &Authorized<Case>,
        state: &CaseState,
        change: &CaseChange,
    ) -> Result<(), StorageError> {
        match change {
            CaseChange::Opened => self.clocks_take(case, state, turns::OPENED)?,
            CaseChange::Moved { action, from, to } => {
                self.clocks_take(case, state, turns::of_action(*action))?;
                if from != to {
                    self.clocks_pause(case, state)?;
                }
            }
            CaseChange::RiskChanged { from, to } => self.clocks_rejudge(case, state, *from, *to)?,
            CaseChange::Merged { .. } => self.clocks_take(case, state, &[Turn::CancelAll])?,
            CaseChange::FollowedUp { finding } if finding.settles() => {
                self.clocks_take(case, state, &[Turn::Meet(DeadlineKind::PostClosureCheck)])?;
            }
            CaseChange::FactReported { .. } | CaseChange::ManagerNamed { .. } | CaseChange::FollowedUp { .. } => {}
        }
        self.crisis_follow(case, state, change)?;
        self.notices_follow(case, state, change)
    }

    /// Ends the open clock of a kind because what it waited for was done. None open is no mistake.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn deadline_meet(&mut self, case: &Authorized<Case>, kind: DeadlineKind) -> Result<(), StorageError> {
        self.clocks_settle(&[case.id.as_uuid()], &[kind], DeadlineState::Met)
    }

    /// Ends open clocks of these kinds, not those of tasks. One that started in this very unit of work waits for what
    /// comes after: an assessment that finds danger to life is no contact made in it.
    pub(super) fn clocks_settle(
        &mut self,
        cases: &[Uuid],
        kinds: &[DeadlineKind],
        state: DeadlineState,
    ) -> Result<(), StorageError> {
        if cases.is_empty() || kinds.is_empty() {
            return Ok(());
        }
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        diesel::update(case_deadlines::table)
            .filter(case_deadlines::case_id.eq_any(cases).and(case_deadlines::kind.eq_any(kinds)))
            .filter(case_deadlines::task_id.is_null().and(case_deadlines::state.eq_any(OPEN)))
            .filter(case_deadlines::started_at.lt(self.now))
            .set((
                case_deadlines::state.eq(state.as_str()),
                case_deadlines::settled_at.eq(self.now),
                case_deadlines::paused_at.eq(None::<DateTime<Utc>>),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    fn clocks_take(&mut self, case: &Authorized<Case>, state: &CaseState, turns: &[Turn]) -> Result<(), StorageError> {
        let of =
            |pick: fn(&Turn) -> Option<DeadlineKind>| -> Vec<DeadlineKind> { turns.iter().filter_map(pick).collect() };
        let id = case.id.as_uuid();
        let met = of(|turn| if let Turn::Meet(kind) = turn { Some(*kind) } else { None });
        let cancelled = of(|turn| if let Turn::Cancel(kind) = turn { Some(*kind) } else { None });
        let started = of(|turn| if let Turn::Start(kind) = turn { Some(*kind) } else { None });
        self.clocks_settle(&[id], &met, DeadlineState::Met)?;
        self.clocks_settle(&[id], &cancelled, DeadlineState::Cancelled)?;
        if turns.contains(&Turn::CancelAll) {
            diesel::update(case_deadlines::table)
                .filter(case_deadlines::case_id.eq(id).and(case_deadlines::state.eq_any(OPEN)))
                .set((
                    case_deadlines::state.eq(DeadlineState::Cancelled.as_str()),
                    case_deadlines::settled_at.eq(self.now),
                    case_deadlines::paused_at.eq(None::<DateTime<Utc>>),
                ))
                .execute(self.connection)?;
        }
        if started.is_empty() { Ok(()) } else { self.clocks_start(id, state, &started) }
    }

    fn clocks_start(&mut self, case: Uuid, state: &CaseState, kinds: &[DeadlineKind]) -> Result<(), StorageError> {
        let (now, today) = (self.now, self.today());
        let rules = self.rules_in_force(state.risk_level, today)?;
        let calendar = self.working_calendar(today)?;
        let mut clocks = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let (rule_id, rule) = rules.of(*kind)?.clone();
            // The day of the next review was set by the action that starts its clock.
            let agreed = state.review_due_on.filter(|day| *kind == DeadlineKind::ReviewInterval && *day >= today);
            let due_at = agreed.map(end_of_day).or_else(|| rule.due_at(now, &calendar));
            let due_at = due_at.ok_or(StorageError::Statement("a rule of time has no allowance"))?;
            clocks.push((running(*kind, now, due_at, rule_id, rule), None));
        }
        self.clocks_insert(case, &clocks, &calendar)
    }

    /// Stops the clocks that stand still in this stage, and lets the others go on. What has run out stays late.
    fn clocks_pause(&mut self, case: &Authorized<Case>, state: &CaseState) -> Result<(), StorageError> {
        let now = self.now;
        let mut changed = Vec::new();
        for mut clock in self.clocks_open(case.id.as_uuid())? {
            let stands = clock.rule.pause_stages.contains(&state.stage);
            match (stands, clock.paused_at) {
                (true, None) if now < clock.due_at => {
                    clock.state = DeadlineState::Paused;
                    clock.paused_at = Some(now);
                }
                (false, Some(since)) => {
                    clock.state = DeadlineState::Running;
                    clock.paused_at = None;
                    clock.paused += now - since;
                }
                _ => continue,
            }
            changed.push(clock);
        }
        if changed.is_empty() {
            return Ok(());
        }
        let calendar = self.working_calendar(local_date(now))?;
        for clock in changed.iter_mut().filter(|clock| clock.paused_at.is_none()) {
            clock.due_at = clock.rule.postponed(clock.base_due_at, clock.paused, &calendar);
        }
        self.clocks_rewrite(&changed, &calendar)
    }

    /// Measures the open clocks by the rules of another risk, from when they started: a clock never becomes due later by
    /// it. In danger of life the first contact is to be made anew, within hours from now.
    fn clocks_rejudge(
        &mut self,
        case: &Authorized<Case>,
        state: &CaseState,
        from: RiskLevel,
        to: RiskLevel,
    ) -> Result<(), StorageError> {
        let today = self.today();
        let rules = self.rules_in_force(to, today)?;
        let calendar = self.working_calendar(today)?;
        let mut clocks = self.clocks_open(case.id.as_uuid())?;
        if to == RiskLevel::Critical && from != to {
            let contact = clocks.extract_if(.., |clock| clock.kind == DeadlineKind::FirstContact).next();
            self.contact_anew(case, contact.as_ref(), &calendar)?;
        }
        for clock in &mut clocks {
            let (rule_id, rule) = rules.of(clock.kind)?;
            (clock.rule_id, clock.rule) = (*rule_id, rule.clone());
            if let Some(due_at) = rule.due_at(clock.started_at, &calendar) {
                clock.base_due_at = clock.base_due_at.min(due_at);
                clock.due_at = clock.due_at.min(rule.postponed(clock.base_due_at, clock.paused, &calendar));
            }
        }
        self.clocks_rewrite(&clocks, &calendar)?;
        let review = clocks.iter().find(|clock| clock.kind == DeadlineKind::ReviewInterval);
        review.map_or(Ok(()), |review| self.review_sooner(case, state, last_day(review.due_at)))
    }

    fn contact_anew(
        &mut self,
        case: &Authorized<Case>,
        running_now: Option<&OpenClock>,
        calendar: &WorkingCalendar,
    ) -> Result<(), StorageError> {
        let (now, id) = (self.now, case.id.as_uuid());
        let rules = self.rules_in_force(RiskLevel::Critical, self.today())?;
        let (rule_id, rule) = rules.of(DeadlineKind::FirstContact)?.clone();
        let due_at = rule.due_at(now, calendar).ok_or(StorageError::Statement("a rule of time has no allowance"))?;
        let sooner = running_now.map(|clock| clock.due_at).filter(|due| *due > now);
        let due_at = sooner.map_or(due_at, |sooner| due_at.min(sooner));
        self.clocks_settle(&[id], &[DeadlineKind::FirstContact], DeadlineState::Cancelled)?;
        self.clocks_insert(id, &[(running(DeadlineKind::FirstContact, now, due_at, rule_id, rule), None)], calendar)
    }

    /// The lifecycle waits for the same day as the clock.
    fn review_sooner(
        &mut self,
        case: &Authorized<Case>,
        state: &CaseState,
        day: NaiveDate,
    ) -> Result<(), StorageError> {
        if state.review_due_on.is_some_and(|due| due > day) {
            diesel::update(cases::table.find(case.id.as_uuid()))
                .set(cases::review_due_on.eq(day))
                .execute(self.connection)?;
        }
        Ok(())
    }
}

/// The last day on which it is in time.
fn last_day(due_at: DateTime<Utc>) -> NaiveDate {
    local_date(due_at - TimeDelta::microseconds(1))
}

/// A clock that starts now.
pub(super) fn running(
    kind: DeadlineKind,
    now: DateTime<Utc>,
    due_at: DateTime<Utc>,
    rule_id: Uuid,
    rule: qorgan_domain::clocks::DeadlineRule,
) -> OpenClock {
    OpenClock {
        id: Uuid::now_v7(),
        kind,
        state: DeadlineState::Running,
        started_at: now,
        base_due_at: due_at,
        due_at,
        paused_at: None,
        paused: TimeDelta::zero(),
        rule_id,
        rule,
    }
}
