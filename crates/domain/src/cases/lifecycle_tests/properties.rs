//! The invariants named at the top of `lifecycle.rs`, on whole lives of cases: people do things at random, by chance in
//! a sensible order, and the rules decide. Each invariant is checked on what was recorded, not on what the rules say.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

/// What somebody does on a case.
#[derive(Debug, Clone)]
enum Deed {
    Assign,
    Assess(RiskLevel),
    WritePlan {
        author: u128,
        goals: u64,
        goals_without_tasks: u64,
        mandatory: usize,
    },
    FinishTask,
    /// A protocol calls for a step, in whatever stage the case stands.
    CallForStep,
    Review,
    Report,
    Wait {
        hours: i64,
    },
    /// Try an action: one that starts from the present stage, if `sensible`.
    Try {
        action: Index,
        sensible: bool,
        told: bool,
        outcome: ClosureOutcome,
        decider: Decider,
    },
}

/// Four people; a person is a supervisor or is not, the even ones are.
fn any_decider() -> impl Strategy<Value = Decider> {
    (1..=4u128).prop_map(|number| Decider { user: user(number), supervisor: number % 2 == 0 })
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let plan = (1..=4u128, 0..3u64, prop_oneof![4 => Just(0u64), 1 => Just(1u64)], 0..3usize);
    let attempt = (
        any::<Index>(),
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.8),
        select(ClosureOutcome::ALL),
        any_decider(),
    );
    prop_oneof![
        1 => Just(Deed::Assign),
        3 => select(RiskLevel::ALL).prop_map(Deed::Assess),
        3 => plan.prop_map(|(author, goals, goals_without_tasks, mandatory)| {
            Deed::WritePlan { author, goals, goals_without_tasks, mandatory }
        }),
        5 => Just(Deed::FinishTask),
        1 => Just(Deed::CallForStep),
        3 => Just(Deed::Review),
        1 => Just(Deed::Report),
        3 => (0..400i64).prop_map(|hours| Deed::Wait { hours }),
        16 => attempt.prop_map(|(action, sensible, told, outcome, decider)| {
            Deed::Try { action, sensible, told, outcome, decider }
        }),
    ]
}

fn any_life() -> impl Strategy<Value = (RiskLevel, Vec<Deed>)> {
    (select(RiskLevel::ALL), prop::collection::vec(any_deed(), 1..150))
}

/// A case and what was recorded of it.
struct Life {
    first: CaseState,
    scene: Scene,
    /// Mandatory tasks of the plan that waits for approval.
    planned: usize,
    tasks: u128,
    /// The risk by the last assessment that ended a stage, or by the first impression.
    assessed_risk: RiskLevel,
    /// What was accepted, with the scene it was accepted in.
    accepted: Vec<(Scene, Transition)>,
    refused: BTreeSet<MissingCode>,
}

impl Life {
    fn begin(risk_level: RiskLevel) -> Self {
        let now = moment("2026-01-05T03:00:00Z");
        let first = CaseState {
            stage: Registered,
            stage_since: now,
            risk_level,
            manager: None,
            review_due_on: None,
            closure_proposed_by: None,
        };
        let scene = Scene {
            state: first.clone(),
            evidence: CaseEvidence::default(),
            command: Command::StartAssessment,
            decider: Decider { user: user(1), supervisor: false },
            now,
        };
        let (accepted, refused) = (Vec::new(), BTreeSet::new());
        Self { first, scene, planned: 0, tasks: 0, assessed_risk: risk_level, accepted, refused }
    }

    fn take(&mut self, deed: &Deed) -> Result<(), TestCaseError> {
        let now = self.scene.now;
        let evidence = &mut self.scene.evidence;
        match *deed {
            Deed::Assign => self.scene.state.manager = Some(user(1)),
            Deed::Assess(risk) => evidence.last_assessment = Some((now, risk)),
            Deed::WritePlan { author, goals, goals_without_tasks, mandatory } => {
                evidence.draft_plan = Some(DraftPlan { author: user(author), goals, goals_without_tasks });
                self.planned = mandatory;
            }
            Deed::FinishTask => {
                if evidence.mandatory_tasks_open.pop().is_some() {
                    evidence.tasks_done += 1;
                }
            }
            Deed::CallForStep => {
                if self.scene.state.stage != Closed {
                    self.tasks += 1;
                    evidence.mandatory_tasks_open.push(task(self.tasks));
                }
            }
            Deed::Review => evidence.last_review_at = Some(now),
            Deed::Report => evidence.register_reports += 1,
            Deed::Wait { hours } => self.scene.now += TimeDelta::hours(hours),
            Deed::Try { action, sensible, told: tells, outcome, decider } => {
                let stage = self.scene.state.stage;
                let actions: Vec<CaseAction> = CaseAction::ALL
                    .iter()
                    .copied()
                    .filter(|action| !sensible || (target(*action, stage).is_some() && *action != A::Escalate))
                    .collect();
                self.scene.command = command(*action.get(&actions), tells, outcome);
                self.scene.decider = decider;
                check_outlook(&self.scene)?;
                self.attempt()?;
            }
        }
        Ok(())
    }

    fn attempt(&mut self) -> Result<(), TestCaseError> {
        let transition = match self.scene.decide() {
            Ok(transition) => transition,
            Err(refusal) => {
                prop_assert!(!refusal.missing.is_empty());
                self.refused.extend(refusal.missing.iter().map(|missing| missing.code));
                return Ok(());
            }
        };
        self.check(&transition)?;
        self.accepted.push((self.scene.clone(), transition.clone()));
        match transition.action {
            A::CompleteAssessment => {
                self.assessed_risk = self.scene.evidence.last_assessment.expect("an assessment").1;
            }
            A::ApprovePlan => {
                self.scene.evidence.draft_plan = None;
                for _ in 0..std::mem::take(&mut self.planned) {
                    self.tasks += 1;
                    self.scene.evidence.mandatory_tasks_open.push(task(self.tasks));
                }
            }
            _ => {}
        }
        self.scene.state = transition.state;
        Ok(())
    }

    fn check(&self, transition: &Transition) -> Result<(), TestCaseError> {
        let Scene { state, evidence, decider, .. } = &self.scene;
        // stages_follow_the_table
        prop_assert_eq!(transition.from, state.stage);
        prop_assert_eq!(transition.state.stage, transition.to);
        prop_assert_eq!(target(transition.action, state.stage), Some(transition.to));
        match transition.action {
            A::ApproveClosure | A::RejectClosure => {
                // four_eyes_on_closure
                let proposal = self.accepted.iter().rev().find(|(_, earlier)| earlier.action == A::ProposeClosure);
                let proposer = proposal.expect("a closure was proposed").0.decider.user;
                prop_assert!(proposer != decider.user, "the proposer decided");
                prop_assert!(decider.supervisor);
                // nothing_mandatory_is_dropped
                let settled = evidence.mandatory_tasks_open.is_empty();
                prop_assert!(settled || transition.action == A::RejectClosure, "a mandatory task was dropped");
            }
            A::ApprovePlan => {
                // four_eyes_on_risk
                let plan = evidence.draft_plan.as_ref().expect("a plan to approve");
                let grave = matches!(self.assessed_risk, RiskLevel::High | RiskLevel::Critical);
                prop_assert!(!grave || (decider.supervisor && plan.author != decider.user), "two eyes on a grave risk");
                prop_assert!(plan.goals > 0 && plan.goals_without_tasks == 0);
            }
            A::ProposeClosure => {
                // nothing_mandatory_is_dropped
                prop_assert!(evidence.mandatory_tasks_open.is_empty(), "a mandatory task was dropped");
            }
            _ => {}
        }
        Ok(())
    }

    /// What was accepted gives the same state a second time.
    fn check_replay(&self) -> Result<(), TestCaseError> {
        let mut state = self.first.clone();
        for (scene, transition) in &self.accepted {
            // Who the manager is is not the lifecycle's to decide.
            state.manager = scene.state.manager;
            let again = Scene { state, ..scene.clone() }.decide();
            prop_assert_eq!(again.as_ref(), Ok(transition));
            state = transition.state.clone();
        }
        state.manager = self.scene.state.manager;
        prop_assert_eq!(&state, &self.scene.state);
        Ok(())
    }
}

fn command(action: CaseAction, tells: bool, outcome: ClosureOutcome) -> Command {
    match (action, tells) {
        (A::ProposeClosure, true) => propose(Some(outcome), true),
        (A::ProposeClosure, false) => propose(None, false),
        (A::RejectClosure, false) => Command::RejectClosure { has_reason: false },
        (A::Reopen, false) => Command::Reopen { has_reason: false },
        (A::Escalate, false) => Command::Escalate { to: None, has_reason: false },
        _ => told(action),
    }
}

/// The outlook lists what starts from the stage, each with what a command that is told everything would be refused for.
fn check_outlook(scene: &Scene) -> Result<(), TestCaseError> {
    let outlook = scene.outlook();
    let listed: BTreeSet<CaseAction> = outlook.iter().map(|(action, _)| *action).collect();
    prop_assert_eq!(listed.len(), outlook.len(), "an action is listed twice");
    for action in CaseAction::ALL {
        let decided = Scene { command: told(*action), ..scene.clone() }.missing();
        match outlook.iter().find(|(of, _)| of == action) {
            Some((_, missing)) => prop_assert_eq!(missing, &decided, "{}", action),
            None => prop_assert_eq!(decided, BTreeSet::from([M::Stage]), "{}", action),
        }
    }
    Ok(())
}

fn live(risk: RiskLevel, deeds: &[Deed]) -> Result<Life, TestCaseError> {
    let mut life = Life::begin(risk);
    for deed in deeds {
        life.take(deed)?;
    }
    life.check_replay()?;
    Ok(life)
}

proptest! {
    #[test]
    fn no_life_of_a_case_breaks_an_invariant((risk, deeds) in any_life()) {
        live(risk, &deeds)?;
    }
}

/// Without this the property above could hold because nothing ever happens.
#[test]
fn the_lives_go_everywhere_and_meet_every_gate() {
    let mut runner = TestRunner::deterministic();
    let (mut taken, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..500 {
        let (risk, deeds) = any_life().new_tree(&mut runner).unwrap().current();
        let life = live(risk, &deeds).unwrap();
        taken.extend(life.accepted.iter().map(|(_, transition)| (transition.action, transition.from)));
        refused.extend(life.refused);
    }
    assert_eq!(taken, DRAWING.iter().map(|(action, from, _)| (*action, *from)).collect());
    // Of signals and of merging, not of a life of its own.
    let elsewhere = [M::Child, M::OpenCase, M::NotMerged];
    assert_eq!(refused, M::ALL.iter().copied().filter(|code| !elsewhere.contains(code)).collect());
}
