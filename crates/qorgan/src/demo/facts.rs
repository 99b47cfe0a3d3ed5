//! The facts of the register that no case is about.

use std::collections::HashSet;

use chrono::NaiveDate;
use qorgan_domain::register::Nature;

use super::World;
use super::calendar::{date, day_between, days_between, later, moment, working_day};
use super::ids::{Kind, id};
use super::patterns::{FATAL, PATTERNS, Pattern};
use super::random::Random;
use super::region::TERRITORIES;
use super::steps::{Act, ReportPlan, Step};
use super::topics::What;

/// All facts, those of cases among them.
pub(super) const FACTS: usize = 500;
/// Numbers of cases stay below: their reports are numbered like them.
const FIRST_NUMBER: usize = 1_000;
/// So many facts of each territory come before chance decides where.
const OF_EACH_TERRITORY: usize = 5;
/// An organisation files together what it learnt within so many days, so many reports at once.
const TOGETHER: (u32, usize) = (12, 3);

/// The first day of an event.
fn first_day() -> NaiveDate {
    date(2024, 1, 1)
}

/// The last day of an event.
pub(super) fn last_day() -> NaiveDate {
    date(2026, 10, 31)
}

/// A fact before it is filed.
struct Event {
    number: usize,
    pattern: &'static Pattern,
    child: usize,
    occurred_on: NaiveDate,
    /// When it is known enough to be reported.
    known_on: NaiveDate,
    reporter: usize,
}

/// The filing of `count` facts.
pub(super) fn plan(world: &World, in_cases: &HashSet<usize>, count: usize) -> Vec<Step> {
    let mut events = fatal(world, in_cases);
    let gone: HashSet<usize> = events.iter().map(|event| event.child).collect();
    for number in events.len()..count {
        events.push(event(world, number, &gone));
    }
    events.sort_by_key(|event| (event.reporter, event.known_on, event.number));
    file(world, &events)
}

/// Deaths: at even distances over the years, of children who stand in no case and in no other fact.
fn fatal(world: &World, in_cases: &HashSet<usize>) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for (pattern, count) in FATAL {
        let start = first_day();
        let slot = days_between(start, last_day()) / u32::try_from(*count).unwrap_or(1);
        for turn in (0..).map(|turn| turn * slot).take(*count) {
            let number = events.len();
            let mut random = Random::stream("fatal", number);
            let taken: HashSet<usize> =
                events.iter().map(|event| event.child).chain(in_cases.iter().copied()).collect();
            let from = later(start, turn);
            events.push(drawn(world, number, pattern, None, (from, later(from, slot - 1)), &taken, &mut random));
        }
    }
    events
}

fn event(world: &World, number: usize, gone: &HashSet<usize>) -> Event {
    let mut random = Random::stream("fact", number);
    let pattern = &PATTERNS[random.weighted(PATTERNS.iter().map(|pattern| pattern.weight))];
    let territory = if number < TERRITORIES.len() * OF_EACH_TERRITORY {
        number % TERRITORIES.len()
    } else {
        random.weighted(TERRITORIES.iter().map(|territory| territory.population))
    };
    let span = (first_day(), last_day());
    drawn(world, number, pattern, Some(TERRITORIES[territory].kato), span, gone, &mut random)
}

/// Draws a day until some child fits it.
fn drawn(
    world: &World,
    number: usize,
    pattern: &'static Pattern,
    kato: Option<&str>,
    span: (NaiveDate, NaiveDate),
    barred: &HashSet<usize>,
    random: &mut Random,
) -> Event {
    loop {
        let occurred_on = day_between(span.0, span.1, random);
        let known_on = working_day(later(occurred_on, random.below(5)));
        let fits = |place: &usize| {
            let child = &world.children[*place];
            (pattern.ages.0..=pattern.ages.1).contains(&child.age_on(occurred_on))
                && child.registered_on < known_on
                && kato.is_none_or(|kato| world.kato_of(*place) == kato)
                && !barred.contains(place)
        };
        let fitting: Vec<usize> = (0..world.children.len()).filter(fits).collect();
        if !fitting.is_empty() {
            let child = random.pick(&fitting);
            let reporter = match random.pick(pattern.agencies) {
                "UO" => world.children[child].home,
                agency => world.region.on_duty(agency, world.kato_of(child)),
            };
            return Event { number, pattern, child, occurred_on, known_on, reporter };
        }
    }
}

/// Steps in which organisations file what they know; `events` stand by reporter and day.
fn file(world: &World, events: &[Event]) -> Vec<Step> {
    let (days, most) = TOGETHER;
    let mut steps: Vec<Step> = Vec::new();
    let mut rest = events;
    while let [first, ..] = rest {
        let together =
            |event: &&Event| event.reporter == first.reporter && days_between(first.known_on, event.known_on) <= days;
        let (batch, others) = rest.split_at(rest.iter().take(most).take_while(together).count());
        rest = others;
        let mut random = Random::stream("filing", first.number);
        let day = batch.iter().map(|event| event.known_on).max().unwrap_or(first.known_on);
        let at = moment(day, &mut random);
        steps.push(Step {
            at,
            actor: world.staff.voice(first.reporter),
            key: format!("facts-{:03}", first.number),
            act: Act::FileReports(batch.iter().map(|event| report(event, at, &mut random)).collect()),
        });
    }
    steps
}

fn report(event: &Event, at: chrono::DateTime<chrono::Utc>, random: &mut Random) -> ReportPlan {
    let pattern = event.pattern;
    ReportPlan {
        id: id(Kind::Report, at, FIRST_NUMBER + event.number).into(),
        nature: nature(pattern.what),
        occurred_on: event.occurred_on,
        setting: random.pick(pattern.settings),
        relation: (!pattern.relations.is_empty()).then(|| random.pick(pattern.relations)),
        child: event.child,
        description: random.pick(pattern.words),
    }
}

/// What the register counts it as.
pub(super) fn nature(what: What) -> Nature {
    match what {
        What::Violence(main_form, others) => {
            Nature::Violence { main_form, forms: others.iter().copied().chain([main_form]).collect() }
        }
        What::Suicidal(level) => Nature::SuicidalBehaviour { level },
    }
}
