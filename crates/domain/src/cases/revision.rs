//! Revisions of a plan: what becomes of unfinished tasks, and what changed from one revision to another.
//!
//! A task of a plan that was once approved stays alive until it is done, waived, or *continued* by a task of a later
//! plan, which takes its place when that plan is approved. So nothing mandatory is lost by planning anew, and nothing
//! is asked for twice.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{PlanStatus, Section};
use crate::Invalid;
use crate::ids::{OrganisationId, PlanId, TaskId, UserId};
use crate::tasks::TaskStatus;
use crate::words::words;

words! {
    /// Who of the family takes part in a step, or is concerned by it: a word, because a plan is read by every
    /// participant and names no relative.
    pub enum FamilyRole {
        /// The child itself.
        Child = "child",
        /// The mother.
        Mother = "mother",
        /// The father.
        Father = "father",
        /// Both parents.
        Parents = "parents",
        /// A guardian or another legal representative.
        Guardian = "guardian",
        /// A grandparent.
        Grandparent = "grandparent",
        /// A brother or a sister.
        Sibling = "sibling",
        /// Another relative or a close person.
        OtherRelative = "other_relative",
        /// The family as a whole.
        Family = "family",
    }

    /// What may change about a task from one revision to another.
    pub enum TaskField {
        /// What is to be reached by it.
        Goal = "goal",
        /// What is to be done.
        Title = "title",
        /// By whom.
        Organisation = "organisation",
        /// Until when.
        DueOn = "due_on",
        /// Whether the case cannot be closed without it.
        Mandatory = "mandatory",
        /// The section of its result.
        Section = "section",
        /// The service.
        Service = "service",
        /// Who of the family.
        FamilyMember = "family_member",
    }
}

/// A task that a new plan wants to continue, as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Continued {
    /// Where it stands.
    pub status: TaskStatus,
    /// Whether it counts: its plan was approved.
    pub active: bool,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
}

/// Whether a task of a new plan may continue one of a plan before. A mandatory one stays mandatory: waiving is a
/// supervisor's, and planning anew is no way around it.
///
/// # Errors
/// `task_not_continued` for a task that is settled or never counted, `task_stays_mandatory`.
pub fn may_continue(task: Continued, mandatory: bool) -> Result<(), Invalid> {
    if !task.active || task.status != TaskStatus::Open {
        return Err(Invalid::new("task_not_continued"));
    }
    if task.mandatory && !mandatory {
        return Err(Invalid::new("task_stays_mandatory"));
    }
    Ok(())
}

/// Why a plan cannot be returned to its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnRefusal {
    /// It is not the draft that waits for approval (any more).
    NotTheDraft,
    /// One does not return one's own plan; one writes another.
    OwnPlan,
}

/// Whether somebody who may approve plans may return this one.
///
/// # Errors
/// [`ReturnRefusal`].
pub fn may_return(status: PlanStatus, author: UserId, decider: UserId) -> Result<(), ReturnRefusal> {
    if status != PlanStatus::Draft {
        return Err(ReturnRefusal::NotTheDraft);
    }
    if author == decider { Err(ReturnRefusal::OwnPlan) } else { Ok(()) }
}

/// A task as a revision has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedTask {
    /// Its id.
    pub id: TaskId,
    /// The task that it continues.
    pub continues: Option<TaskId>,
    /// The title of its goal.
    pub goal: String,
    /// What is to be done.
    pub title: String,
    /// By whom.
    pub organisation: OrganisationId,
    /// Until when.
    pub due_on: NaiveDate,
    /// Whether the case cannot be closed without it.
    pub mandatory: bool,
    /// The section of its result.
    pub section: Section,
    /// The service.
    pub service: Option<String>,
    /// Who of the family.
    pub family_member: Option<FamilyRole>,
}

/// A revision as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRevision {
    /// Its id.
    pub id: PlanId,
    /// The titles of its goals.
    pub goals: Vec<String>,
    /// Its tasks.
    pub tasks: Vec<PlannedTask>,
}

/// What changed from one revision to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanComparison {
    /// Goals that only the later one has.
    pub goals_added: Vec<String>,
    /// Goals that only the earlier one has.
    pub goals_removed: Vec<String>,
    /// Tasks that only the later one has.
    pub tasks_added: Vec<TaskId>,
    /// Tasks that only the earlier one has. Those that are open still count.
    pub tasks_removed: Vec<TaskId>,
    /// Tasks of both that differ: the earlier, the later, in what.
    pub tasks_changed: Vec<(TaskId, TaskId, Vec<TaskField>)>,
}

/// Compares two revisions. Tasks are the same where the later continues the earlier, through whatever revisions lie
/// between (`continues` says of every task of the case what it continues), else where title and organisation agree.
#[must_use]
pub fn compare(from: &PlannedRevision, to: &PlannedRevision, continues: &BTreeMap<TaskId, TaskId>) -> PlanComparison {
    let mut left: Vec<&PlannedTask> = from.tasks.iter().collect();
    let mut comparison = PlanComparison {
        goals_added: without(&to.goals, &from.goals),
        goals_removed: without(&from.goals, &to.goals),
        ..PlanComparison::default()
    };
    let mut unmatched = Vec::new();
    for task in &to.tasks {
        let origins = origins(task.id, continues);
        match left.iter().position(|earlier| origins.contains(&earlier.id)) {
            Some(place) => comparison.pair(left.remove(place), task),
            None => unmatched.push(task),
        }
    }
    for task in unmatched {
        let alike = |earlier: &&PlannedTask| (&earlier.title, earlier.organisation) == (&task.title, task.organisation);
        match left.iter().position(alike) {
            Some(place) => comparison.pair(left.remove(place), task),
            None => comparison.tasks_added.push(task.id),
        }
    }
    comparison.tasks_removed = left.into_iter().map(|task| task.id).collect();
    comparison
}

/// A task and all that it continues.
fn origins(task: TaskId, continues: &BTreeMap<TaskId, TaskId>) -> BTreeSet<TaskId> {
    let mut origins = BTreeSet::new();
    let mut next = Some(task);
    // The set ends a circle, which the data cannot have.
    while let Some(task) = next.filter(|task| origins.insert(*task)) {
        next = continues.get(&task).copied();
    }
    origins
}

fn without(these: &[String], those: &[String]) -> Vec<String> {
    these.iter().filter(|title| !those.contains(title)).cloned().collect()
}

impl PlanComparison {
    fn pair(&mut self, from: &PlannedTask, to: &PlannedTask) {
        let fields: Vec<TaskField> = [
            (TaskField::Goal, from.goal != to.goal),
            (TaskField::Title, from.title != to.title),
            (TaskField::Organisation, from.organisation != to.organisation),
            (TaskField::DueOn, from.due_on != to.due_on),
            (TaskField::Mandatory, from.mandatory != to.mandatory),
            (TaskField::Section, from.section != to.section),
            (TaskField::Service, from.service != to.service),
            (TaskField::FamilyMember, from.family_member != to.family_member),
        ]
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect();
        if !fields.is_empty() {
            self.tasks_changed.push((from.id, to.id, fields));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use uuid::Uuid;

    use super::*;

    fn task(number: u128, title: &str, continues: Option<u128>) -> PlannedTask {
        PlannedTask {
            id: Uuid::from_u128(number).into(),
            continues: continues.map(|number| Uuid::from_u128(number).into()),
            goal: "Safe".into(),
            title: title.into(),
            organisation: Uuid::from_u128(1).into(),
            due_on: "2090-01-01".parse().unwrap(),
            mandatory: true,
            section: Section::General,
            service: None,
            family_member: None,
        }
    }

    fn revision(number: u128, tasks: Vec<PlannedTask>) -> PlannedRevision {
        PlannedRevision { id: Uuid::from_u128(number).into(), goals: vec!["Safe".into()], tasks }
    }

    fn chain(revisions: &[&PlannedRevision]) -> BTreeMap<TaskId, TaskId> {
        let tasks = revisions.iter().flat_map(|revision| &revision.tasks);
        tasks.filter_map(|task| Some((task.id, task.continues?))).collect()
    }

    #[test]
    fn tasks_are_followed_through_the_revisions_between() {
        let first = revision(1, vec![task(11, "Examine", None), task(12, "Talk", None), task(13, "Visit", None)]);
        let second = revision(2, vec![task(21, "Examine again", Some(11))]);
        let mut later = task(31, "Examine again", Some(21));
        later.due_on = "2090-02-01".parse().unwrap();
        later.family_member = Some(FamilyRole::Mother);
        let third = revision(3, vec![later, task(32, "Talk", None), task(33, "Sports club", None)]);
        let found = compare(&first, &third, &chain(&[&first, &second, &third]));
        assert_eq!(found.tasks_added, [third.tasks[2].id]);
        assert_eq!(found.tasks_removed, [first.tasks[2].id]);
        let fields = vec![TaskField::Title, TaskField::DueOn, TaskField::FamilyMember];
        assert_eq!(found.tasks_changed, [(first.tasks[0].id, third.tasks[0].id, fields)]);
        assert!(found.goals_added.is_empty() && found.goals_removed.is_empty());
    }

    #[test]
    fn only_a_living_task_is_continued_and_a_mandatory_one_stays_so() {
        for status in TaskStatus::ALL {
            for active in [true, false] {
                let may = may_continue(Continued { status: *status, active, mandatory: false }, false);
                assert_eq!(may.is_ok(), active && *status == TaskStatus::Open, "{status} {active}");
            }
        }
        let mandatory = Continued { status: TaskStatus::Open, active: true, mandatory: true };
        assert_eq!(may_continue(mandatory, false).unwrap_err().code(), "task_stays_mandatory");
        assert!(may_continue(mandatory, true).is_ok());
        assert!(may_continue(Continued { mandatory: false, ..mandatory }, true).is_ok());
    }

    #[test]
    fn a_draft_is_returned_by_somebody_else() {
        let (author, other) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        assert_eq!(may_return(PlanStatus::Draft, author, other), Ok(()));
        assert_eq!(may_return(PlanStatus::Draft, author, author), Err(ReturnRefusal::OwnPlan));
        for status in PlanStatus::ALL.iter().filter(|status| **status != PlanStatus::Draft) {
            assert_eq!(may_return(*status, author, other), Err(ReturnRefusal::NotTheDraft), "{status}");
        }
    }

    fn any_revision(first: u128) -> impl Strategy<Value = PlannedRevision> {
        let any_task = (0..6u128, select(vec!["A", "B", "C"]), any::<bool>(), prop::option::of(0..12u128));
        prop::collection::btree_map(0..6u128, any_task, 0..6).prop_map(move |tasks| {
            let tasks = tasks.into_iter().map(|(number, (organisation, title, mandatory, continues))| PlannedTask {
                mandatory,
                organisation: Uuid::from_u128(organisation % 2).into(),
                ..task(first + number, title, continues)
            });
            revision(first, tasks.collect())
        })
    }

    proptest! {
        #[test]
        fn nothing_changed_where_nothing_changed(one in any_revision(0)) {
            prop_assert_eq!(compare(&one, &one, &chain(&[&one])), PlanComparison::default());
        }

        /// Every task of either revision is added, removed, changed or the same; none twice.
        #[test]
        fn every_task_is_accounted_for_once(one in any_revision(0), two in any_revision(6)) {
            let found = compare(&one, &two, &chain(&[&one, &two]));
            let paired = two.tasks.len() - found.tasks_added.len();
            prop_assert_eq!(one.tasks.len(), found.tasks_removed.len() + paired);
            prop_assert!(found.tasks_changed.len() <= paired);
            let changed: BTreeSet<_> = found.tasks_changed.iter().map(|(from, ..)| *from).collect();
            prop_assert!(changed.iter().all(|id| !found.tasks_removed.contains(id)));
        }
    }
}
