//! Everything that happened in the made-up region, in the order of time.

use std::collections::{BTreeMap, HashSet};

use super::calendar::opening;
use super::children::PlannedChild;
use super::region::Region;
use super::staff::Staff;
use super::steps::{Act, Deed, Step};
use super::{cases, children, facts, group, signals};

/// Who and what is there.
pub(super) struct World {
    pub(super) region: Region,
    pub(super) staff: Staff,
    pub(super) children: Vec<PlannedChild>,
}

impl World {
    fn plan() -> Self {
        let region = Region::plan();
        let staff = Staff::plan(&region);
        let children = children::plan(&region);
        Self { region, staff, children }
    }

    /// Where a child lives.
    pub(super) fn kato_of(&self, child: usize) -> &'static str {
        self.region.organisations[self.children[child].home].kato
    }
}

/// The world and its steps.
pub(super) struct Scenario {
    pub(super) world: World,
    pub(super) steps: Vec<Step>,
}

impl Scenario {
    pub(super) fn plan() -> Self {
        let world = World::plan();
        let mut steps = registrations(&world);
        let mut cases = cases::plan(&world);
        steps.extend(signals::plan(&world, &mut cases));
        steps.extend(cases.into_iter().flat_map(|case| case.course.steps));
        let known: HashSet<usize> = steps.iter().filter_map(|step| subject(&step.act)).collect();
        let reported = steps.iter().map(|step| reports(&step.act)).sum::<usize>();
        steps.extend(facts::plan(&world, &known, facts::FACTS - reported));
        steps.push(group::plan(&world));
        steps.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
        Self { world, steps }
    }
}

/// Homes register their new children together.
fn registrations(world: &World) -> Vec<Step> {
    let mut groups = BTreeMap::<_, Vec<usize>>::new();
    for (place, child) in world.children.iter().enumerate() {
        groups.entry((child.home, child.registered_on)).or_default().push(place);
    }
    let step = |((home, day), children)| Step {
        at: opening(day),
        actor: world.staff.voice(home),
        key: format!("children-{home:02}.{day}"),
        act: Act::RegisterChildren(children),
    };
    groups.into_iter().map(step).collect()
}

/// The child whom a case or a signal is about.
fn subject(act: &Act) -> Option<usize> {
    match act {
        Act::OpenCase(plan) => Some(plan.child),
        Act::FileSignal(plan) => Some(plan.child),
        _ => None,
    }
}

/// How many reports a step files.
fn reports(act: &Act) -> usize {
    match act {
        Act::Work { deeds, .. } => deeds.iter().filter(|deed| matches!(deed, Deed::Report(_))).count(),
        Act::FileReports(reports) => reports.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar::date;
    use super::*;

    #[test]
    fn the_plan_is_the_same_every_time_and_past() {
        let (one, other) = (Scenario::plan(), Scenario::plan());
        let told = |scenario: &Scenario| -> Vec<_> {
            scenario.steps.iter().map(|step| (step.at, step.actor, step.key.clone())).collect()
        };
        assert_eq!(told(&one), told(&other));
        let keys: HashSet<&String> = one.steps.iter().map(|step| &step.key).collect();
        assert_eq!(keys.len(), one.steps.len(), "a key names one step");
        let last = one.steps.last().expect("steps").at.date_naive();
        assert!(last <= date(2026, 11, 16), "{last}");
    }

    #[test]
    fn the_dead_stand_in_no_case_and_no_other_fact() {
        let scenario = Scenario::plan();
        let fatal = |description: &str| facts_of(&scenario).filter(|report| report.description == description).count();
        assert_eq!(facts_of(&scenario).count(), facts::FACTS);
        assert_eq!(fatal("Начато досудебное расследование."), 2);
        let mut dead: Vec<usize> = facts_of(&scenario)
            .filter(|report| {
                let level = report.nature.level().map(|level| level.as_str());
                let form = report.nature.main_form().map(|form| form.as_str());
                level == Some("completed") || form == Some("violent_death")
            })
            .map(|report| report.child)
            .collect();
        assert_eq!(dead.len(), 7);
        assert_eq!(facts_of(&scenario).filter(|report| dead.contains(&report.child)).count(), 7);
        assert!(!scenario.steps.iter().filter_map(|step| subject(&step.act)).any(|child| dead.contains(&child)));
        dead.dedup();
        assert_eq!(dead.len(), 7);
    }

    fn facts_of(scenario: &Scenario) -> impl Iterator<Item = &super::super::steps::ReportPlan> {
        scenario.steps.iter().flat_map(|step| match &step.act {
            Act::Work { deeds, .. } => deeds
                .iter()
                .filter_map(|deed| match deed {
                    Deed::Report(report) => Some(&**report),
                    _ => None,
                })
                .collect::<Vec<_>>(),
            Act::FileReports(reports) => reports.iter().collect(),
            _ => Vec::new(),
        })
    }
}
