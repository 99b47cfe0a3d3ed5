//! What people do on a case, as the operations of the API do it: load with the right, ask the domain, write.

use std::fmt::Debug;

use qorgan_domain::cases::lifecycle::{Command, decide};
use qorgan_domain::cases::rules::{may_complete, may_follow, may_waive, may_write};
use qorgan_domain::cases::{CaseAction, CasePart, ReviewConclusion, RiskLevel, Section};
use qorgan_domain::ids::{AssessmentId, CaseId, GoalId, NoteId, PlanId, ReviewId, TaskId};
use qorgan_domain::policy::{Action, sections};
use qorgan_domain::register::ChildRole;
use qorgan_domain::tasks::{TaskOrigin, TaskStatus};
use qorgan_storage::Tx;
use qorgan_storage::cases::{Case, NewAssessment, NewContent, NewGoal, NewPlan, NewReview, NewTask, Task, TaskFilter};
use qorgan_storage::register::{NewReport, ReportedChild};
use serde_json::{Value, json};
use uuid::Uuid;

use super::help;
use super::ids::{Kind, id};
use super::play::Player;
use super::steps::{Advance, Deed, ReportPlan, TaskPlan};
use super::{Trouble, spoken};

/// Most tasks a case of the demonstration has, and more.
const ALL_TASKS: i64 = 200;

/// Does one thing on a case.
pub(super) fn take(player: &Player<'_>, tx: &mut Tx<'_>, case: CaseId, deed: &Deed) -> Result<(), Trouble> {
    match deed {
        Deed::Note { section, text } => note(tx, case, *section, text),
        Deed::Assess { risk_level, needs, child_view } => assess(tx, case, *risk_level, needs, child_view),
        Deed::Plan { goal, tasks } => plan(player, tx, case, goal, tasks),
        Deed::Complete { title, result } => complete(tx, case, title, result),
        Deed::FollowProtocols => follow_protocols(tx, case),
        Deed::WaiveProtocols { reason } => waive_protocols(tx, case, reason),
        Deed::Waive { titles, reason } => waive(tx, case, titles, reason),
        Deed::Review { conclusion, next_review_on, summary } => review(tx, case, *conclusion, *next_review_on, summary),
        Deed::Advance(step) => advance(tx, case, step),
        Deed::Family => help::family(tx, case),
        Deed::Place { ground, plan } => help::place(tx, case, ground, plan),
        Deed::Report(plan) => report(player, tx, Some(case), plan),
    }
}

/// An id for a part that the actor writes now; a case takes at most one part of a kind at a moment.
pub(super) fn part(tx: &Tx<'_>, case: CaseId) -> Uuid {
    let of_case = usize::try_from(case.as_uuid().as_u128() & 0xffff_ffff).unwrap_or_default();
    id(Kind::Part, tx.now(), of_case)
}

fn writes_in(tx: &Tx<'_>, section: Section) -> Result<(), Trouble> {
    let writes = sections::writable(tx.actor()).contains(&section);
    if writes { Ok(()) } else { Err(Trouble::refused("section_not_writable")) }
}

fn note(tx: &mut Tx<'_>, case: CaseId, section: Section, text: &str) -> Result<(), Trouble> {
    let case = tx.case_for(case, Action::NoteWrite)?;
    may_write(CasePart::Note, case.state.stage)?;
    writes_in(tx, section)?;
    let id = NoteId::from_uuid(part(tx, case.id));
    tx.note_insert(&case, id, &NewContent { section, body: json!({"text": text}) })?;
    Ok(())
}

fn assess(tx: &mut Tx<'_>, case: CaseId, risk_level: RiskLevel, needs: &str, child_view: &str) -> Result<(), Trouble> {
    let case = tx.case_for(case, Action::AssessmentWrite)?;
    may_write(CasePart::Assessment, case.state.stage)?;
    writes_in(tx, Section::General)?;
    let body = json!({"needs": needs, "child_view": child_view});
    let content = NewContent { section: Section::General, body };
    let new = NewAssessment { id: AssessmentId::from_uuid(part(tx, case.id)), risk_level, content };
    Ok(tx.assessment_insert(&case, &new)?)
}

fn plan(player: &Player<'_>, tx: &mut Tx<'_>, case: CaseId, goal: &str, tasks: &[TaskPlan]) -> Result<(), Trouble> {
    let case = tx.case_for(case, Action::PlanWrite)?;
    may_write(CasePart::Plan, case.state.stage)?;
    let task = |task: &TaskPlan| NewTask {
        id: TaskId::from_uuid(Uuid::now_v7()),
        continues: None,
        service: None,
        family_member: None,
        title: spoken(task.title),
        organisation: player.organisation(task.organisation).clone(),
        due_on: task.due_on,
        mandatory: task.mandatory,
        section: task.section,
    };
    let goals = vec![NewGoal {
        id: GoalId::from_uuid(Uuid::now_v7()),
        title: spoken(goal),
        tasks: tasks.iter().map(task).collect(),
    }];
    Ok(tx.plan_insert(&case, &NewPlan { id: PlanId::from_uuid(part(tx, case.id)), goals })?)
}

fn review(
    tx: &mut Tx<'_>,
    case: CaseId,
    conclusion: ReviewConclusion,
    next_review_on: Option<chrono::NaiveDate>,
    summary: &str,
) -> Result<(), Trouble> {
    let case = tx.case_for(case, Action::ReviewWrite)?;
    may_write(CasePart::Review, case.state.stage)?;
    writes_in(tx, Section::General)?;
    let content = NewContent { section: Section::General, body: json!({"summary": summary}) };
    let id = ReviewId::from_uuid(part(tx, case.id));
    let new = NewReview { id, conclusion, next_review_on, written_at: None, content };
    Ok(tx.review_insert(&case, &new)?)
}

// ---- tasks

/// The open tasks of a case, of the actor's organisation or of all.
fn open_tasks(tx: &mut Tx<'_>, case: CaseId, mine: bool) -> Result<Vec<Task>, Trouble> {
    let filter = TaskFilter {
        mine,
        status: Some(TaskStatus::Open),
        case: Some(case),
        limit: ALL_TASKS,
        ..TaskFilter::default()
    };
    Ok(tx.task_list(&filter)?.items)
}

/// The open tasks of the case that come from its plan, or from protocols.
fn open_of(tx: &mut Tx<'_>, case: CaseId, mine: bool, origin: TaskOrigin) -> Result<Vec<Task>, Trouble> {
    let mut tasks = open_tasks(tx, case, mine)?;
    tasks.retain(|task| task.origin == origin);
    Ok(tasks)
}

fn complete(tx: &mut Tx<'_>, case: CaseId, title: &str, result: &str) -> Result<(), Trouble> {
    let found = open_of(tx, case, true, TaskOrigin::Plan)?.into_iter().find(|task| task.title == title);
    let found = found.ok_or_else(|| Trouble::refused("no_such_task"))?;
    finish(tx, found.id, result)
}

fn finish(tx: &mut Tx<'_>, task: TaskId, result: &str) -> Result<(), Trouble> {
    let (case, task) = tx.task_for(task, Action::TaskComplete)?;
    may_write(CasePart::of_task(task.origin), case.state.stage)?;
    may_complete(task.status).map_err(refused)?;
    may_follow(tx.tasks_open_among(&task.after)?).map_err(refused)?;
    let result: Value = json!({"result": result});
    Ok(tx.task_complete(&case, &task, &result)?)
}

fn waive(tx: &mut Tx<'_>, case: CaseId, titles: &[&str], reason: &str) -> Result<(), Trouble> {
    let open = open_of(tx, case, false, TaskOrigin::Plan)?;
    open.iter().filter(|task| titles.contains(&task.title.as_str())).try_for_each(|task| drop_task(tx, task.id, reason))
}

fn drop_task(tx: &mut Tx<'_>, task: TaskId, reason: &str) -> Result<(), Trouble> {
    let (case, task) = tx.task_for(task, Action::TaskWaive)?;
    may_write(CasePart::of_task(task.origin), case.state.stage)?;
    may_waive(case.decider(tx.actor()), task.status, task.mandatory).map_err(refused)?;
    Ok(tx.task_waive(&case, &task, &spoken(reason))?)
}

/// Step after step, until what is left waits for others.
fn follow_protocols(tx: &mut Tx<'_>, case: CaseId) -> Result<(), Trouble> {
    loop {
        let mut done = false;
        for task in open_of(tx, case, true, TaskOrigin::Protocol)? {
            if tx.tasks_open_among(&task.after)?.is_empty() {
                finish(tx, task.id, outcome_of(task.section))?;
                done = true;
            }
        }
        if !done {
            return Ok(());
        }
    }
}

const fn outcome_of(section: Section) -> &'static str {
    match section {
        Section::Medical => "Осмотр проведён, рекомендации даны.",
        Section::Investigation => "Сведения собраны, меры приняты.",
        Section::Psychological => "Встреча проведена, договорились о следующей.",
        Section::Social => "Семья посещена, помощь предложена.",
        Section::General | Section::Education => "Сделано, отмечено в журнале.",
    }
}

fn waive_protocols(tx: &mut Tx<'_>, case: CaseId, reason: &str) -> Result<(), Trouble> {
    let open = open_of(tx, case, false, TaskOrigin::Protocol)?;
    open.iter().try_for_each(|task| drop_task(tx, task.id, reason))
}

fn refused(refusal: impl Debug) -> Trouble {
    Trouble::refused(format!("{refusal:?}"))
}

// ---- lifecycle

fn advance(tx: &mut Tx<'_>, case: CaseId, step: &Advance) -> Result<(), Trouble> {
    let case = tx.case_for(case, Action::of_lifecycle(step.action))?;
    let evidence = tx.case_evidence(&case)?;
    let command = command(tx, &case, step)?;
    let transition = decide(&case.state, &evidence, &command, case.decider(tx.actor()), tx.now())?;
    if step.action == CaseAction::ApprovePlan {
        tx.plan_approve(&case)?;
    }
    if let Some(target) = step.told.escalate_to {
        tx.participants_escalate(&case, target)?;
    }
    let told = qorgan_storage::cases::Told {
        reason: step.told.reason.map(spoken),
        outcome: step.told.outcome,
        escalate_to: step.told.escalate_to,
    };
    Ok(tx.case_transition(&case, &transition, &told)?)
}

fn command(tx: &mut Tx<'_>, case: &Case, step: &Advance) -> Result<Command, Trouble> {
    let has_reason = step.told.reason.is_some();
    let mut review_interval = || tx.review_interval_days(case.state.risk_level, tx.now().date_naive());
    Ok(match step.action {
        CaseAction::StartAssessment => Command::StartAssessment,
        CaseAction::CompleteAssessment => Command::CompleteAssessment,
        CaseAction::ApprovePlan => Command::ApprovePlan { review_interval_days: review_interval()? },
        CaseAction::StartReview => Command::StartReview,
        CaseAction::Continue => Command::Continue { review_interval_days: review_interval()? },
        CaseAction::Replan => Command::Replan,
        CaseAction::ProposeClosure => Command::ProposeClosure { outcome: step.told.outcome, has_reason },
        CaseAction::ApproveClosure => Command::ApproveClosure,
        CaseAction::RejectClosure => Command::RejectClosure { has_reason },
        CaseAction::Reopen => Command::Reopen { has_reason },
        CaseAction::Escalate => Command::Escalate { to: step.told.escalate_to, has_reason },
    })
}

// ---- register

/// Files a report, perhaps for a case.
pub(super) fn report(
    player: &Player<'_>,
    tx: &mut Tx<'_>,
    case: Option<CaseId>,
    plan: &ReportPlan,
) -> Result<(), Trouble> {
    let planned = &player.world.children[plan.child];
    let child = tx.child_for_link(planned.id)?.ok_or_else(|| Trouble::refused("unknown_child"))?;
    let case = case.map(|case| tx.case_for(case, Action::CaseRead)).transpose()?;
    let permit = tx.authorize(Action::ReportFile)?;
    let new = NewReport {
        id: Some(plan.id),
        nature: plan.nature.clone(),
        occurred_on: plan.occurred_on,
        kato: child.kato,
        setting: plan.setting,
        child: ReportedChild { id: child.id, birth_date: child.birth_date, sex: child.sex },
        child_role: ChildRole::Victim,
        relation: plan.relation,
        description: spoken(plan.description),
        case: case.as_ref(),
        external_refs: Vec::new(),
        children_alike: Vec::new(),
        calls_for_action: false,
    };
    tx.report_insert(&permit, &new).map(drop).map_err(|error| match error {
        qorgan_storage::register::FilingError::Storage(error) => Trouble::Storage(error),
        other => refused(other),
    })
}
