//! Random commands by random people at random times: no state that is reached breaks an invariant, and the events
//! give the same state when they are folded anew.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::commands::{CaseCommand, CommandRefusal, decide};
use super::happened::{Event, Happened, PlannedTask};
use super::lifecycle::{Command, Decider, ROUTES};
use super::model::{CaseModel, INVARIANTS, Misfit, STEP_INVARIANTS};
use super::{ApprovalRules, CaseAction, ClosureOutcome, EscalationTarget, RiskLevel, Stage};
use crate::ids::TaskId;

/// What somebody tries: a command still without ids, which depend on what is there.
#[derive(Debug, Clone)]
enum Try {
    /// An action: one that starts from the present stage, if `sensible`.
    Act {
        action: Index,
        sensible: bool,
        tells: bool,
        outcome: ClosureOutcome,
    },
    Assign(u128),
    Risk(RiskLevel),
    Participant(u128),
    Assess(RiskLevel),
    Plan {
        goals: Vec<Vec<(u128, bool)>>,
    },
    AddTask(u128, bool),
    Complete(Index),
    Waive(Index),
    Review,
    Report,
}

#[derive(Debug, Clone)]
struct Deed {
    attempt: Try,
    person: u128,
    hours_later: i64,
}

fn any_try() -> impl Strategy<Value = Try> {
    let task = || (1..=4u128, prop::bool::weighted(0.7));
    let goals = prop::collection::vec(prop::collection::vec(task(), 0..3), 0..3);
    prop_oneof![
        16 => (any::<Index>(), prop::bool::weighted(0.85), prop::bool::weighted(0.9), select(ClosureOutcome::ALL))
            .prop_map(|(action, sensible, tells, outcome)| Try::Act { action, sensible, tells, outcome }),
        1 => (1..=4u128).prop_map(Try::Assign),
        1 => select(RiskLevel::ALL).prop_map(Try::Risk),
        1 => (1..=4u128).prop_map(Try::Participant),
        4 => select(RiskLevel::ALL).prop_map(Try::Assess),
        4 => goals.prop_map(|goals| Try::Plan { goals }),
        1 => task().prop_map(|(holder, mandatory)| Try::AddTask(holder, mandatory)),
        6 => any::<Index>().prop_map(Try::Complete),
        3 => any::<Index>().prop_map(Try::Waive),
        4 => Just(Try::Review),
        2 => Just(Try::Report),
    ]
}

fn any_life() -> impl Strategy<Value = (RiskLevel, Vec<Deed>)> {
    let deed = (any_try(), 1..=4u128, 0..200i64).prop_map(|(attempt, person, hours_later)| Deed {
        attempt,
        person,
        hours_later,
    });
    (select(RiskLevel::ALL), prop::collection::vec(deed, 1..200))
}

fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

struct Life {
    case: CaseModel,
    events: Vec<Event>,
    now: DateTime<Utc>,
    ids: u128,
    refused: BTreeSet<&'static str>,
}

impl Life {
    fn begin(risk_level: RiskLevel) -> Self {
        let now = "2026-01-05T03:00:00Z".parse().unwrap();
        let happened = Happened::Opened { lead: id(1), risk_level, manager: None };
        let opened = Event { at: now, actor: id(1), happened };
        let case = CaseModel::begin(&opened).unwrap();
        Self { case, events: vec![opened], now, ids: 100, refused: BTreeSet::new() }
    }

    fn next<T: From<Uuid>>(&mut self) -> T {
        self.ids += 1;
        id(self.ids)
    }

    fn task(&mut self, holder: u128, mandatory: bool) -> PlannedTask {
        PlannedTask { id: self.next(), organisation: id(holder), mandatory }
    }

    /// One of the tasks, or one that does not exist.
    fn some_task(&self, index: &Index) -> TaskId {
        let tasks: Vec<TaskId> = self.case.tasks.keys().copied().collect();
        if tasks.is_empty() { id(7) } else { *index.get(&tasks) }
    }

    fn command(&mut self, attempt: &Try) -> CaseCommand {
        match attempt {
            Try::Act { action, sensible, tells, outcome } => {
                let stage = self.case.state.stage;
                let starts = |(action, from, _): &&(CaseAction, &[Stage], Option<Stage>)| {
                    !sensible || (from.contains(&stage) && *action != CaseAction::Escalate)
                };
                let actions: Vec<CaseAction> = ROUTES.iter().filter(starts).map(|(action, ..)| *action).collect();
                CaseCommand::Act(lifecycle_command(*action.get(&actions), *tells, *outcome))
            }
            Try::Assign(person) => CaseCommand::AssignManager(id(*person)),
            Try::Risk(risk) => CaseCommand::SetRisk(*risk),
            Try::Participant(organisation) => CaseCommand::AddParticipant(id(*organisation)),
            Try::Assess(risk) => CaseCommand::RecordAssessment(*risk),
            Try::Plan { goals } => {
                let goals = goals
                    .iter()
                    .map(|tasks| tasks.iter().map(|(holder, mandatory)| self.task(*holder, *mandatory)).collect())
                    .collect();
                CaseCommand::DraftPlan { plan: self.next(), goals }
            }
            Try::AddTask(holder, mandatory) => CaseCommand::AddTask(self.task(*holder, *mandatory)),
            Try::Complete(index) => CaseCommand::CompleteTask(self.some_task(index)),
            Try::Waive(index) => CaseCommand::WaiveTask(self.some_task(index)),
            Try::Review => CaseCommand::RecordReview,
            Try::Report => CaseCommand::FileReport,
        }
    }

    fn take(&mut self, deed: &Deed) -> Result<(), TestCaseError> {
        self.now += TimeDelta::hours(deed.hours_later);
        let command = self.command(&deed.attempt);
        // Four people; the even ones are supervisors.
        let decider = Decider { user: id(deed.person), supervisor: deed.person.is_multiple_of(2) };
        let before = self.case.clone();
        match decide(&self.case, &command, decider, self.now) {
            Ok(happened) => {
                prop_assert!(!happened.is_empty(), "{:?} was accepted and nothing happened", command);
                for happened in happened {
                    let event = Event { at: self.now, actor: decider.user, happened };
                    self.case.apply(&event).map_err(|misfit| TestCaseError::fail(misfit.to_string()))?;
                    self.events.push(event);
                }
                self.check_supervisors(&before, decider)?;
            }
            Err(refusal) => {
                self.refused.insert(name(&refusal));
            }
        }
        for (name, holds) in INVARIANTS {
            prop_assert!(holds(&self.case), "{} is broken by {:?}", name, command);
        }
        for (name, holds) in STEP_INVARIANTS {
            prop_assert!(holds(&before, &self.case), "{} is broken by {:?}", name, command);
        }
        Ok(())
    }

    /// Who supervises stands in no event; what asks for a supervisor was done by one.
    fn check_supervisors(&self, before: &CaseModel, decider: Decider) -> Result<(), TestCaseError> {
        let Some(step) = self.case.path.get(before.path.len()) else { return Ok(()) };
        let grave = ApprovalRules::default().of(before.state.risk_level).supervisor;
        let asks = match step.action {
            CaseAction::ApproveClosure | CaseAction::RejectClosure => true,
            CaseAction::ApprovePlan => grave,
            _ => false,
        };
        prop_assert!(!asks || decider.supervisor, "{} by no supervisor", step.action);
        Ok(())
    }
}

fn lifecycle_command(action: CaseAction, tells: bool, outcome: ClosureOutcome) -> Command {
    match action {
        CaseAction::StartAssessment => Command::StartAssessment,
        CaseAction::CompleteAssessment => Command::CompleteAssessment,
        CaseAction::ApprovePlan => Command::ApprovePlan { review_interval_days: 14 },
        CaseAction::StartReview => Command::StartReview,
        CaseAction::Continue => Command::Continue { review_interval_days: 30 },
        CaseAction::Replan => Command::Replan,
        CaseAction::ProposeClosure => Command::ProposeClosure { outcome: tells.then_some(outcome), has_reason: tells },
        CaseAction::ApproveClosure => Command::ApproveClosure,
        CaseAction::RejectClosure => Command::RejectClosure { has_reason: tells },
        CaseAction::Reopen => Command::Reopen { has_reason: tells },
        CaseAction::Escalate => {
            Command::Escalate { to: tells.then_some(EscalationTarget::Commission), has_reason: tells }
        }
    }
}

const fn name(refusal: &CommandRefusal) -> &'static str {
    match refusal {
        CommandRefusal::Lifecycle(_) => "lifecycle",
        CommandRefusal::Stage(_) => "stage",
        CommandRefusal::Task(_) => "task",
        CommandRefusal::NoSuchTask => "no_such_task",
        CommandRefusal::AlreadyParticipant => "already_participant",
        CommandRefusal::Closed => "closed",
    }
}

fn live(risk: RiskLevel, deeds: &[Deed]) -> Result<Life, TestCaseError> {
    let mut life = Life::begin(risk);
    for deed in deeds {
        life.take(deed)?;
    }
    let again = CaseModel::replay(&life.events);
    prop_assert_eq!(again.as_ref(), Ok(&life.case));
    Ok(life)
}

proptest! {
    #[test]
    fn no_reachable_state_breaks_an_invariant_and_events_give_it_again((risk, deeds) in any_life()) {
        live(risk, &deeds)?;
    }
}

/// Without this the property above could hold because nothing ever happens.
#[test]
fn random_commands_reach_every_action_and_every_refusal() {
    let mut runner = TestRunner::deterministic();
    let (mut taken, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..400 {
        let (risk, deeds) = any_life().new_tree(&mut runner).unwrap().current();
        let life = live(risk, &deeds).unwrap();
        taken.extend(life.case.path.iter().map(|step| step.action));
        refused.extend(life.refused);
    }
    assert_eq!(taken, CaseAction::ALL.iter().copied().collect());
    let all = ["already_participant", "closed", "lifecycle", "no_such_task", "stage", "task"];
    assert_eq!(refused, BTreeSet::from(all));
}

/// Each invariant can fail: a case made up to break it does.
#[test]
fn the_invariants_see_what_they_are_for() {
    let mut life = Life::begin(RiskLevel::High);
    let task = life.task(1, true);
    let decider = Decider { user: id(2), supervisor: true };
    let plan = CaseCommand::DraftPlan { plan: id(50), goals: vec![vec![task]] };
    let steps = [
        CaseCommand::AssignManager(id(1)),
        CaseCommand::Act(Command::StartAssessment),
        CaseCommand::RecordAssessment(RiskLevel::High),
        CaseCommand::Act(Command::CompleteAssessment),
        plan,
    ];
    for command in steps {
        for happened in decide(&life.case, &command, decider, life.now).unwrap() {
            life.case.apply(&Event { at: life.now, actor: id(1), happened }).unwrap();
        }
    }
    let approve = CaseCommand::Act(Command::ApprovePlan { review_interval_days: 7 });
    // The author approves at high risk, against the rules.
    for happened in decide(&life.case, &approve, Decider { user: id(2), supervisor: true }, life.now).unwrap() {
        life.case.apply(&Event { at: life.now, actor: id(1), happened }).unwrap();
    }
    let broken = |case: &CaseModel| -> Vec<&str> {
        INVARIANTS.iter().filter(|(_, holds)| !holds(case)).map(|(name, _)| *name).collect()
    };
    assert_eq!(broken(&life.case), ["four_eyes_on_risk"]);

    let sound = life.case.clone();
    let with = |change: &dyn Fn(&mut CaseModel)| {
        let mut case = sound.clone();
        change(&mut case);
        broken(&case)
    };
    assert!(with(&|case| case.participants.clear()).contains(&"one_lead"));
    assert!(with(&|case| case.state.stage = Stage::Review).contains(&"stages_follow_the_table"));
    assert!(with(&|case| case.state.stage = Stage::Closed).contains(&"closed_has_outcome"));
    assert!(with(&|case| case.state.stage = Stage::Closed).contains(&"nothing_mandatory_is_dropped"));
    assert!(with(&|case| case.finished.extend([task.id])).contains(&"finished_tasks_stay_finished"));
    assert!(with(&|case| case.plans.extend(sound.plans.clone())).contains(&"one_plan_in_force"));
    assert!(with(&|case| case.participants.clear()).contains(&"whoever_has_a_task_takes_part"));
    let mut decided_alone = sound.clone();
    for action in [CaseAction::ProposeClosure, CaseAction::ApproveClosure] {
        let mut step = sound.path[0].clone();
        (step.action, step.actor) = (action, id(3));
        decided_alone.path.push(step);
    }
    assert!(broken(&decided_alone).contains(&"four_eyes_on_closure"));
    let mut shorter = sound.clone();
    shorter.path.pop();
    assert!(!STEP_INVARIANTS.iter().all(|(_, holds)| holds(&sound, &shorter)));
}

#[test]
fn a_history_with_a_hole_is_noticed() {
    let life = Life::begin(RiskLevel::Low);
    let event = |happened| Event { at: life.now, actor: id(1), happened };
    assert_eq!(CaseModel::replay([]), Err((0, Misfit::NotOpened)));
    let opened = &life.events[0];
    assert_eq!(CaseModel::replay([opened, opened]), Err((1, Misfit::OpenedTwice)));
    let stray = event(Happened::TaskCompleted(id(9)));
    assert_eq!(CaseModel::replay([opened, &stray]), Err((1, Misfit::UnknownTask)));
}
