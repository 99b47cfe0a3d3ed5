//! The cases of the made-up region: who leads them, for whom, and how far each came.

use std::collections::HashSet;

use chrono::NaiveDate;
use qorgan_domain::cases::{RiskLevel, Stage};

use super::World;
use super::calendar::{date, day_between, earlier};
use super::course::{Course, Sketch};
use super::random::Random;
use super::topics::{TOPICS, Topic};

/// How many cases stand in each stage in the end.
pub(super) const STAGES: &[(Stage, usize)] = &[
    (Stage::Registered, 30),
    (Stage::Assessment, 36),
    (Stage::Planning, 36),
    (Stage::Implementation, 84),
    (Stage::Review, 36),
    (Stage::ClosureProposed, 24),
    (Stage::Closed, 54),
];

/// How many cases are led where the named accounts work.
const OF_PEDAGOGUE: usize = 14;
const OF_PEDAGOGUE2: usize = 9;
const OF_SOCIAL_WORKER: usize = 12;
const OF_GUARDIANSHIP: usize = 9;
/// How many cases other centres and guardianship bodies lead; schools lead the rest.
const OF_OTHER_OFFICES: usize = 14;

/// A case and its course.
pub(super) struct PlannedCase {
    pub(super) sketch: Sketch,
    pub(super) course: Course,
}

/// The last day on which anything happens.
pub(super) fn last_day() -> NaiveDate {
    date(2026, 11, 12)
}

/// All cases.
pub(super) fn plan(world: &World) -> Vec<PlannedCase> {
    let leads = leads(world);
    let stages = stages(OF_PEDAGOGUE + OF_PEDAGOGUE2 + OF_SOCIAL_WORKER + OF_GUARDIANSHIP, leads.len());
    let mut taken = HashSet::new();
    let mut cases = Vec::with_capacity(leads.len());
    for (number, (lead, stage)) in leads.into_iter().zip(stages).enumerate() {
        let case = case(world, number, lead, stage, &taken);
        taken.insert(case.sketch.child);
        cases.push(case);
    }
    cases
}

/// The lead of each case.
fn leads(world: &World) -> Vec<usize> {
    let desk = |username| world.staff.accounts[world.staff.named(username)].organisation;
    let count: usize = STAGES.iter().map(|(_, count)| count).sum();
    let mut leads = Vec::with_capacity(count);
    for (username, cases) in [
        ("pedagogue", OF_PEDAGOGUE),
        ("pedagogue2", OF_PEDAGOGUE2),
        ("social.worker", OF_SOCIAL_WORKER),
        ("guardianship", OF_GUARDIANSHIP),
    ] {
        leads.extend(std::iter::repeat_n(desk(username), cases));
    }
    let busy: HashSet<usize> = leads.iter().copied().collect();
    let is_other_office = |place: &usize| {
        let found = &world.region.organisations[*place];
        matches!(found.agency, "UKZSP" | "OPEKA") && !busy.contains(place)
    };
    let offices: Vec<usize> = (0..world.region.organisations.len()).filter(is_other_office).collect();
    leads.extend(offices.into_iter().cycle().take(OF_OTHER_OFFICES));
    let homes: Vec<usize> = world.region.homes().filter(|home| !busy.contains(home)).collect();
    let children = |home: &usize| world.children.iter().filter(|child| child.home == *home).count();
    let weights: Vec<u32> = homes.iter().map(|home| u32::try_from(children(home)).unwrap_or(0)).collect();
    let mut random = Random::stream("leads", 0);
    while leads.len() < count {
        leads.push(homes[random.weighted(weights.iter().copied())]);
    }
    leads
}

/// The stage of each case: the first `in_turn` one after another, so that every named account finds all of them.
fn stages(in_turn: usize, count: usize) -> Vec<Stage> {
    let mut left: Vec<(Stage, usize)> = STAGES.to_vec();
    let mut stages = Vec::with_capacity(count);
    for turn in 0..in_turn {
        let (stage, count) = &mut left[turn % STAGES.len()];
        *count = count.saturating_sub(1);
        stages.push(*stage);
    }
    let mut rest: Vec<Stage> = left.into_iter().flat_map(|(stage, count)| std::iter::repeat_n(stage, count)).collect();
    Random::stream("stages", 0).shuffle(&mut rest);
    stages.extend(rest);
    stages
}

/// When the last step of a case was: the less is left to do, the longer ago that may be.
fn last_step(stage: Stage, random: &mut Random) -> NaiveDate {
    let days = match stage {
        Stage::Closed => return day_between(date(2024, 6, 15), last_day(), random),
        Stage::Registered | Stage::ClosureProposed => 14,
        Stage::Assessment | Stage::Planning | Stage::Review => 25,
        Stage::Implementation => 45,
    };
    earlier(last_day(), random.below(days))
}

fn case(world: &World, number: usize, lead: usize, stage: Stage, taken: &HashSet<usize>) -> PlannedCase {
    let mut random = Random::stream("sketch", number);
    loop {
        let last_day = last_step(stage, &mut random);
        let again = random.chance(15);
        let child = random.pick(&within_reach(world, lead, last_day, taken));
        let Some(topic) = topic(world.children[child].age_on(last_day), &mut random) else { continue };
        let sketch = Sketch { number, child, lead, topic, stage, again, last_day };
        let course = Course::plan(world, &sketch);
        let (opened_on, child) = (course.opened_at.date_naive(), &world.children[child]);
        if child.registered_on < opened_on && child.age_on(opened_on) >= topic.ages.0 {
            return PlannedCase { sketch, course };
        }
    }
}

/// The children for whom an organisation may lead a case: its own, or those of the territories it is on duty for.
fn within_reach(world: &World, lead: usize, day: NaiveDate, taken: &HashSet<usize>) -> Vec<usize> {
    let agency = world.region.organisations[lead].agency;
    let fits = |place: &usize| {
        let child = &world.children[*place];
        let near = if agency == "UO" {
            child.home == lead
        } else {
            world.region.on_duty(agency, world.kato_of(*place)) == lead
        };
        near && child.registered_on < day && child.age_on(day) < 18 && !taken.contains(place)
    };
    (0..world.children.len()).filter(fits).collect()
}

/// A topic for a child of this age; the worst is the rarest.
fn topic(age: i32, random: &mut Random) -> Option<&'static Topic> {
    let fitting: Vec<&Topic> = TOPICS.iter().filter(|topic| (topic.ages.0..=topic.ages.1).contains(&age)).collect();
    let weights = fitting.iter().map(|topic| if topic.risk == RiskLevel::Critical { 2 } else { 5 });
    (!fitting.is_empty()).then(|| fitting[random.weighted(weights)])
}
