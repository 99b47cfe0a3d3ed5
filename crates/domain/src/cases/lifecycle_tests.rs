//! The lifecycle as domain.md "A case, from detection to resolution" draws it.

mod properties;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::lifecycle::{CaseEvidence, CaseState, Command, Decider, DraftPlan, Refusal, Transition, decide, outlook};
use super::{ApprovalRule, ApprovalRules, CaseAction, ClosureOutcome, EscalationTarget, MissingCode, RiskLevel, Stage};
use crate::ids::{TaskId, UserId};
use CaseAction as A;
use MissingCode as M;
use Stage::{Assessment, Closed, ClosureProposed, Implementation, Planning, Registered, Review};

/// The drawing: every action with each stage it starts from and where it leads then.
const DRAWING: [(CaseAction, Stage, Stage); 16] = [
    (A::StartAssessment, Registered, Assessment),
    (A::CompleteAssessment, Assessment, Planning),
    (A::ApprovePlan, Planning, Implementation),
    (A::StartReview, Implementation, Review),
    (A::Continue, Review, Implementation),
    (A::Replan, Review, Planning),
    (A::ProposeClosure, Review, ClosureProposed),
    (A::ApproveClosure, ClosureProposed, Closed),
    (A::RejectClosure, ClosureProposed, Review),
    (A::Reopen, Closed, Assessment),
    (A::Escalate, Registered, Registered),
    (A::Escalate, Assessment, Assessment),
    (A::Escalate, Planning, Planning),
    (A::Escalate, Implementation, Implementation),
    (A::Escalate, Review, Review),
    (A::Escalate, ClosureProposed, ClosureProposed),
];

fn target(action: CaseAction, stage: Stage) -> Option<Stage> {
    DRAWING.iter().find(|(of, from, _)| *of == action && *from == stage).map(|(_, _, to)| *to)
}

const AUTHOR: u128 = 1;
const PROPOSER: u128 = 2;
const SUPERVISOR: u128 = 3;

fn user(number: u128) -> UserId {
    Uuid::from_u128(number).into()
}

fn task(number: u128) -> TaskId {
    Uuid::from_u128(number).into()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Everything that [`decide`] looks at.
#[derive(Debug, Clone)]
struct Scene {
    state: CaseState,
    evidence: CaseEvidence,
    command: Command,
    decider: Decider,
    now: DateTime<Utc>,
}

impl Scene {
    fn decide(&self) -> Result<Transition, Refusal> {
        decide(&self.state, &self.evidence, &self.command, self.decider, self.now)
    }

    fn outlook(&self) -> Vec<(CaseAction, BTreeSet<MissingCode>)> {
        outlook(&self.state, &self.evidence, self.decider, self.now)
            .into_iter()
            .map(|(action, missing)| (action, missing.iter().map(|missing| missing.code).collect()))
            .collect()
    }

    /// The codes of the refusal; none where the command is accepted.
    fn missing(&self) -> BTreeSet<MissingCode> {
        match self.decide() {
            Ok(_) => BTreeSet::new(),
            Err(refusal) => {
                assert_eq!(refusal.action, self.command.action());
                assert!(!refusal.missing.is_empty(), "a refusal without a reason");
                refusal.missing.iter().map(|missing| missing.code).collect()
            }
        }
    }
}

/// A command that is told everything it needs.
fn told(action: CaseAction) -> Command {
    match action {
        A::StartAssessment => Command::StartAssessment,
        A::CompleteAssessment => Command::CompleteAssessment,
        A::ApprovePlan => Command::ApprovePlan { review_interval_days: 14 },
        A::StartReview => Command::StartReview,
        A::Continue => Command::Continue { review_interval_days: 30 },
        A::Replan => Command::Replan,
        A::ProposeClosure => {
            Command::ProposeClosure { outcome: Some(ClosureOutcome::SafetyRestored), has_reason: true }
        }
        A::ApproveClosure => Command::ApproveClosure,
        A::RejectClosure => Command::RejectClosure { has_reason: true },
        A::Reopen => Command::Reopen { has_reason: true },
        A::Escalate => Command::Escalate { to: Some(EscalationTarget::Commission), has_reason: true },
    }
}

/// A case on which everything was done that any action asks for, and a supervisor who had no part in it.
fn scene(stage: Stage, action: CaseAction) -> Scene {
    let since = moment("2026-03-02T04:00:00Z");
    let later = since + TimeDelta::hours(30);
    Scene {
        state: CaseState {
            stage,
            stage_since: since,
            risk_level: RiskLevel::High,
            manager: Some(user(AUTHOR)),
            review_due_on: Some(day("2026-03-31")),
            closure_proposed_by: (stage == ClosureProposed).then(|| user(PROPOSER)),
        },
        evidence: CaseEvidence {
            last_assessment: Some((later, RiskLevel::Medium)),
            draft_plan: Some(DraftPlan { author: user(AUTHOR), goals: 2, goals_without_tasks: 0 }),
            tasks_done: 1,
            mandatory_tasks_open: Vec::new(),
            last_review_at: Some(later),
            register_reports: 1,
            merged: false,
            approval: ApprovalRules::default(),
        },
        command: told(action),
        decider: Decider { user: user(SUPERVISOR), supervisor: true },
        now: later + TimeDelta::hours(1),
    }
}

#[test]
fn every_action_from_every_stage() {
    for stage in Stage::ALL {
        for action in CaseAction::ALL {
            let scene = scene(*stage, *action);
            let Some(to) = target(*action, *stage) else {
                let refusal = scene.decide().unwrap_err();
                assert_eq!(refusal.action, *action);
                let required: Vec<&str> =
                    DRAWING.iter().filter(|(of, ..)| of == action).map(|(_, from, _)| from.as_str()).collect();
                let [missing] = &refusal.missing[..] else { panic!("{action} from {stage}: {refusal:?}") };
                assert_eq!(missing.code, M::Stage);
                assert_eq!(missing.params, [("stage", stage.to_string()), ("required", required.join(","))]);
                continue;
            };
            let transition = scene.decide().unwrap_or_else(|refusal| panic!("{action} from {stage}: {refusal:?}"));
            assert_eq!((transition.action, transition.from, transition.to), (*action, *stage, to));
            assert_eq!(transition.state.stage, to);
            assert_eq!(transition.state.manager, scene.state.manager);
            let since = if to == *stage { scene.state.stage_since } else { scene.now };
            assert_eq!(transition.state.stage_since, since, "{action} from {stage}");
        }
    }
}

/// What takes one thing away from a scene.
type Spoil = fn(&mut Scene);

#[test]
fn each_gate_alone_is_named() {
    let table: [(CaseAction, Spoil, MissingCode); 29] = [
        (A::StartAssessment, |s| s.state.manager = None, M::CaseManager),
        (A::CompleteAssessment, |s| s.evidence.last_assessment = None, M::CompletedAssessment),
        (A::CompleteAssessment, |s| s.state.stage_since = s.now, M::CompletedAssessment),
        (A::ApprovePlan, |s| s.evidence.draft_plan = None, M::Plan),
        (A::ApprovePlan, |s| plan(s).goals = 0, M::PlanTasks),
        (A::ApprovePlan, |s| plan(s).goals_without_tasks = 1, M::PlanTasks),
        (A::ApprovePlan, |s| s.decider.supervisor = false, M::Supervisor),
        (A::ApprovePlan, |s| s.decider.user = user(AUTHOR), M::OtherThanAuthor),
        (A::StartReview, not_done_nor_due, M::TaskDoneOrReviewDue),
        (A::StartReview, neither_done_nor_planned, M::TaskDoneOrReviewDue),
        (A::Continue, |s| s.evidence.last_review_at = None, M::ReviewRecorded),
        (A::Continue, |s| s.state.stage_since = s.now, M::ReviewRecorded),
        (A::Replan, |s| s.evidence.last_review_at = None, M::ReviewRecorded),
        (A::Replan, |s| s.state.stage_since = s.now, M::ReviewRecorded),
        (A::ProposeClosure, |s| s.evidence.mandatory_tasks_open = vec![task(1)], M::MandatoryTasks),
        (A::ProposeClosure, |s| s.evidence.register_reports = 0, M::RegisterReport),
        (A::ProposeClosure, |s| s.command = propose(None, true), M::Outcome),
        (A::ProposeClosure, |s| s.command = propose(Some(ClosureOutcome::Other), false), M::Reason),
        (A::ApproveClosure, |s| s.decider.supervisor = false, M::Supervisor),
        (A::ApproveClosure, |s| s.decider.user = user(PROPOSER), M::OtherThanProposer),
        (A::ApproveClosure, |s| s.evidence.mandatory_tasks_open = vec![task(1)], M::MandatoryTasks),
        (A::RejectClosure, |s| s.decider.supervisor = false, M::Supervisor),
        (A::RejectClosure, |s| s.decider.user = user(PROPOSER), M::OtherThanProposer),
        (A::RejectClosure, |s| s.command = Command::RejectClosure { has_reason: false }, M::Reason),
        (A::Reopen, |s| s.command = Command::Reopen { has_reason: false }, M::Reason),
        (A::Reopen, |s| s.evidence.merged = true, M::NotMerged),
        (A::ProposeClosure, |s| s.command = propose(Some(ClosureOutcome::Merged), true), M::Outcome),
        (A::Escalate, |s| s.command = Command::Escalate { to: None, has_reason: true }, M::EscalationTarget),
        (A::Escalate, |s| s.command = escalate(EscalationTarget::Consilium, false), M::Reason),
    ];
    for (line, (action, spoil, code)) in table.into_iter().enumerate() {
        let (_, stage, _) = DRAWING.into_iter().find(|(of, ..)| *of == action).unwrap();
        let mut scene = scene(stage, action);
        assert!(scene.decide().is_ok(), "line {line}: {action} with everything fulfilled");
        spoil(&mut scene);
        assert_eq!(scene.missing(), BTreeSet::from([code]), "line {line}: {action}");
    }
}

fn plan(scene: &mut Scene) -> &mut DraftPlan {
    scene.evidence.draft_plan.as_mut().unwrap()
}

fn not_done_nor_due(scene: &mut Scene) {
    scene.evidence.tasks_done = 0;
}

fn neither_done_nor_planned(scene: &mut Scene) {
    scene.evidence.tasks_done = 0;
    scene.state.review_due_on = None;
}

fn propose(outcome: Option<ClosureOutcome>, has_reason: bool) -> Command {
    Command::ProposeClosure { outcome, has_reason }
}

fn escalate(to: EscalationTarget, has_reason: bool) -> Command {
    Command::Escalate { to: Some(to), has_reason }
}

#[test]
fn all_that_is_missing_is_named_at_once() {
    let mut approve_plan = scene(Planning, A::ApprovePlan);
    plan(&mut approve_plan).goals_without_tasks = 2;
    approve_plan.decider = Decider { user: user(AUTHOR), supervisor: false };
    assert_eq!(approve_plan.missing(), BTreeSet::from([M::PlanTasks, M::Supervisor, M::OtherThanAuthor]));

    let mut closing = scene(Review, A::ProposeClosure);
    closing.evidence = CaseEvidence { mandatory_tasks_open: vec![task(1)], ..CaseEvidence::default() };
    closing.command = propose(None, false);
    assert_eq!(closing.missing(), BTreeSet::from([M::MandatoryTasks, M::RegisterReport, M::Outcome, M::Reason]));

    let mut rejecting = scene(ClosureProposed, A::RejectClosure);
    rejecting.decider = Decider { user: user(PROPOSER), supervisor: false };
    rejecting.command = Command::RejectClosure { has_reason: false };
    assert_eq!(rejecting.missing(), BTreeSet::from([M::Supervisor, M::OtherThanProposer, M::Reason]));

    let mut escalating = scene(Planning, A::Escalate);
    escalating.command = Command::Escalate { to: None, has_reason: false };
    assert_eq!(escalating.missing(), BTreeSet::from([M::EscalationTarget, M::Reason]));
}

#[test]
fn four_eyes_on_a_plan_at_high_and_critical_risk_only() {
    let four_eyes = BTreeSet::from([M::Supervisor, M::OtherThanAuthor]);
    let table = [
        (RiskLevel::Low, BTreeSet::new()),
        (RiskLevel::Medium, BTreeSet::new()),
        (RiskLevel::High, four_eyes.clone()),
        (RiskLevel::Critical, four_eyes),
    ];
    for (risk, expected) in table {
        let mut scene = scene(Planning, A::ApprovePlan);
        scene.state.risk_level = risk;
        assert_eq!(scene.missing(), BTreeSet::new(), "{risk}: a supervisor who did not write it");
        scene.decider = Decider { user: user(AUTHOR), supervisor: false };
        assert_eq!(scene.missing(), expected, "{risk}: its author");
    }
}

#[test]
fn the_rules_of_approval_are_those_of_the_data() {
    let supervisor = BTreeSet::from([M::Supervisor]);
    let other = BTreeSet::from([M::OtherThanAuthor]);
    let both = BTreeSet::from([M::Supervisor, M::OtherThanAuthor]);
    for (rule, expected) in [
        (ApprovalRule::NONE, BTreeSet::new()),
        (ApprovalRule { supervisor: true, other_than_author: false }, supervisor),
        (ApprovalRule { supervisor: false, other_than_author: true }, other),
        (ApprovalRule::STRICT, both),
    ] {
        for risk in RiskLevel::ALL {
            let mut scene = scene(Planning, A::ApprovePlan);
            scene.state.risk_level = *risk;
            scene.evidence.approval = ApprovalRules::new([(*risk, rule)]);
            scene.decider = Decider { user: user(AUTHOR), supervisor: false };
            assert_eq!(scene.missing(), expected, "{risk} {rule:?}");
        }
    }
}

#[test]
fn mandatory_tasks_are_counted_and_named() {
    let mut scene = scene(Review, A::ProposeClosure);
    scene.evidence.mandatory_tasks_open = vec![task(1), task(2)];
    let refusal = scene.decide().unwrap_err();
    let [missing] = &refusal.missing[..] else { panic!("{refusal:?}") };
    assert_eq!(missing.params, [("count", "2".to_owned()), ("tasks", format!("{},{}", task(1), task(2)))]);
}

#[test]
fn only_what_did_not_happen_needs_no_report() {
    for outcome in ClosureOutcome::ALL.iter().filter(|outcome| **outcome != ClosureOutcome::Merged) {
        let mut scene = scene(Review, A::ProposeClosure);
        scene.evidence.register_reports = 0;
        scene.command = propose(Some(*outcome), true);
        let expected: BTreeSet<MissingCode> =
            if *outcome == ClosureOutcome::NotConfirmed { BTreeSet::new() } else { [M::RegisterReport].into() };
        assert_eq!(scene.missing(), expected, "{outcome}");
        scene.evidence.mandatory_tasks_open = vec![task(1)];
        assert!(scene.missing().contains(&M::MandatoryTasks), "{outcome} drops no mandatory task");
    }
}

#[test]
fn a_review_is_due_by_the_day_of_kazakhstan() {
    let mut scene = scene(Implementation, A::StartReview);
    scene.evidence.tasks_done = 0;
    for (now, due) in [
        ("2026-03-30T18:59:59.999999Z", false),
        ("2026-03-30T19:00:00Z", true),
        ("2026-03-31T18:59:59Z", true),
        ("2026-04-05T00:00:00Z", true),
    ] {
        scene.now = moment(now);
        assert_eq!(scene.decide().is_ok(), due, "{now}");
    }
    scene.now = moment("2026-03-03T00:00:00Z");
    scene.evidence.tasks_done = 1;
    assert!(scene.decide().is_ok(), "a task is done before the review is due");
}

#[test]
fn what_a_stage_asks_for_was_done_since_it_began() {
    for (stage, action) in [(Assessment, A::CompleteAssessment), (Review, A::Continue), (Review, A::Replan)] {
        let mut scene = scene(stage, action);
        for (microseconds, accepted) in [(-1, false), (0, true), (1, true)] {
            let done = scene.state.stage_since + TimeDelta::microseconds(microseconds);
            scene.evidence.last_assessment = Some((done, RiskLevel::Low));
            scene.evidence.last_review_at = Some(done);
            assert_eq!(scene.decide().is_ok(), accepted, "{action}: {microseconds} µs after the stage began");
        }
    }
}

#[test]
fn what_the_actions_write() {
    for risk in RiskLevel::ALL {
        let mut assessed = scene(Assessment, A::CompleteAssessment);
        assessed.evidence.last_assessment = Some((assessed.now, *risk));
        assert_eq!(assessed.decide().unwrap().state.risk_level, *risk, "the assessed risk replaces the first one");
    }
    for (stage, action, due) in [
        (Planning, A::ApprovePlan, "2026-04-14"),
        (Review, A::Continue, "2026-04-30"),
        (Review, A::Replan, "2026-03-31"),
    ] {
        let mut scene = scene(stage, action);
        // In Kazakhstan it is the 31st already. A plan made anew sets its own date when it is approved.
        scene.now = moment("2026-03-30T20:00:00Z");
        assert_eq!(scene.decide().unwrap().state.review_due_on, Some(day(due)), "{action}");
    }
    let proposed = scene(Review, A::ProposeClosure).decide().unwrap().state;
    assert_eq!(proposed.closure_proposed_by, Some(user(SUPERVISOR)));
    let rejected = scene(ClosureProposed, A::RejectClosure).decide().unwrap().state;
    assert_eq!(rejected.closure_proposed_by, None);
    let mut closed = scene(Closed, A::Reopen);
    closed.state.closure_proposed_by = Some(user(PROPOSER));
    let reopened = closed.decide().unwrap().state;
    assert_eq!((reopened.stage, reopened.closure_proposed_by), (Assessment, None));
    for stage in Stage::ALL.iter().filter(|stage| stage.is_open()) {
        let scene = scene(*stage, A::Escalate);
        assert_eq!(scene.decide().unwrap().state, scene.state, "escalating at {stage} changes nothing else");
    }
}
