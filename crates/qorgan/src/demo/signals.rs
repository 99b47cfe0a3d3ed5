//! The signals of the made-up region.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use qorgan_domain::cases::{RiskLevel, Stage};
use qorgan_domain::identity::OrganisationKind;
use qorgan_domain::signals::{SignalChannel, Urgency};

use super::World;
use super::calendar::{date, day_between, later, moment, working_day};
use super::cases::PlannedCase;
use super::ids::{Kind, id};
use super::random::Random;
use super::steps::{Act, SignalPlan, Step};
use super::topics::{TOPICS, Topic};

/// How many signals opened a case, were linked to one, were dismissed, wait.
const ACCEPTED: usize = 55;
const LINKED: usize = 15;
const DISMISSED: usize = 22;
const WAITING: usize = 28;
/// Of the dismissed and the waiting ones, so many are addressed to the school of the account `pedagogue`.
const OF_FIRST_SCHOOL: (usize, usize) = (2, 4);

/// The ways signals come, with the agency that files what comes that way: none stands for the child's own school.
const CHANNELS: &[(SignalChannel, Option<&str>)] = &[
    (SignalChannel::SchoolStaff, None),
    (SignalChannel::SchoolStaff, None),
    (SignalChannel::Child, None),
    (SignalChannel::Parent, None),
    (SignalChannel::HealthFacility, Some("UZ")),
    (SignalChannel::Police, Some("DP")),
    (SignalChannel::Raid, Some("DP")),
    (SignalChannel::Hotline111, Some("CC111")),
    (SignalChannel::Hotline111, Some("CC111")),
    (SignalChannel::BalaqorgauQr, Some("CC111")),
];

const DISMISSALS: &[&str] = &[
    "Звонок оказался ошибочным, ребёнок и родители опрошены.",
    "О том же уже сообщали, новых сведений нет.",
    "Ссора на перемене, дети помирились, травли нет.",
    "Қайта тексерілді, қауіп жоқ.",
];

/// Signals with what became of them. Cases that begin with a signal learn of it here.
pub(super) fn plan(world: &World, cases: &mut [PlannedCase]) -> Vec<Step> {
    let mut writer = Writer { world, steps: Vec::new(), count: 0 };
    writer.accepted(cases);
    writer.linked(cases);
    writer.dismissed();
    writer.waiting();
    writer.steps
}

struct Writer<'a> {
    world: &'a World,
    steps: Vec<Step>,
    count: usize,
}

impl Writer<'_> {
    /// Some of the first school's cases, and every so many of the others.
    fn accepted(&mut self, cases: &mut [PlannedCase]) {
        let mut order: Vec<usize> = (0..cases.len()).collect();
        Random::stream("accepted", 0).shuffle(&mut order);
        order.sort_by_key(|place| !(cases[*place].sketch.lead == 0 && place % 3 == 0));
        for place in order.into_iter().take(ACCEPTED) {
            let case = &mut cases[place];
            let mut random = Random::stream("accept", place);
            let at = case.course.opened_at - TimeDelta::minutes(i64::from(random.between(20, 150)));
            let topic = case.sketch.topic;
            let (signal, _) = self.file(at, topic, case.sketch.child, case.sketch.lead, None, &mut random);
            case.course.opening().signal = Some(signal);
        }
    }

    /// A second word about a child whose case is under way.
    fn linked(&mut self, cases: &[PlannedCase]) {
        let under_way =
            |case: &&PlannedCase| matches!(case.sketch.stage, Stage::Implementation | Stage::Review | Stage::Closed);
        let mut fitting: Vec<&PlannedCase> = cases.iter().filter(under_way).collect();
        Random::stream("linked", 0).shuffle(&mut fitting);
        fitting.sort_by_key(|case| case.sketch.lead != 0);
        // One of the first school is enough.
        let of_first = fitting.iter().filter(|case| case.sketch.lead == 0).count().saturating_sub(1);
        for case in fitting.into_iter().skip(of_first).take(LINKED) {
            let mut random = Random::stream("link", case.sketch.number);
            let opened_on = case.course.opened_at.date_naive();
            let at = moment(working_day(later(opened_on, random.between(1, 4))), &mut random);
            let topic = case.sketch.topic;
            let (signal, key) = self.file(at, topic, case.sketch.child, case.sketch.lead, None, &mut random);
            let act = Act::LinkSignal { signal, case: case.course.id };
            self.decide(case.course.manager, at + TimeDelta::minutes(50), key, act);
        }
    }

    fn dismissed(&mut self) {
        for turn in 0..DISMISSED {
            let mut random = Random::stream("dismiss", turn);
            let day = day_between(date(2024, 3, 1), date(2026, 10, 20), &mut random);
            let home = self.home(turn < OF_FIRST_SCHOOL.0, &mut random);
            let Some((child, topic)) = self.subject(home, day, &mut random) else { continue };
            let at = moment(working_day(day), &mut random);
            let (signal, key) = self.file(at, topic, child, home, None, &mut random);
            let decided_at = moment(working_day(later(at.date_naive(), random.between(1, 3))), &mut random);
            let act = Act::DismissSignal { signal, reason: random.pick(DISMISSALS) };
            self.decide(self.world.staff.voice(home), decided_at, key, act);
        }
    }

    /// Signals nobody has decided on; some of them wait at the offices of education, where the hotline sent them.
    fn waiting(&mut self) {
        for turn in 0..WAITING {
            let mut random = Random::stream("wait", turn);
            let day = day_between(date(2026, 10, 26), date(2026, 11, 12), &mut random);
            let home = self.home(turn < OF_FIRST_SCHOOL.1, &mut random);
            let Some((child, topic)) = self.subject(home, day, &mut random) else { continue };
            let by_hotline = (turn >= WAITING - 8).then_some((SignalChannel::Hotline111, Some("CC111")));
            let addressee = match by_hotline {
                Some(_) => self.world.region.on_duty("UO", self.world.kato_of(child)),
                None => home,
            };
            let at = moment(working_day(day), &mut random);
            self.file(at, topic, child, addressee, by_hotline, &mut random);
        }
    }

    /// The first school, or some other school or college.
    fn home(&self, first: bool, random: &mut Random) -> usize {
        let is_school = |home: &usize| self.world.region.organisations[*home].kind != OrganisationKind::Kindergarten;
        let homes: Vec<usize> = self.world.region.homes().filter(is_school).skip(1).collect();
        if first { 0 } else { random.pick(&homes) }
    }

    /// A child of a home and a topic that fits its age.
    fn subject(&self, home: usize, day: NaiveDate, random: &mut Random) -> Option<(usize, &'static Topic)> {
        let fits = |place: &usize| {
            let child = &self.world.children[*place];
            child.home == home && child.registered_on < day && child.age_on(day) < 18
        };
        let children: Vec<usize> = (0..self.world.children.len()).filter(fits).collect();
        if children.is_empty() {
            return None;
        }
        let child = random.pick(&children);
        let age = self.world.children[child].age_on(day);
        let topics: Vec<&Topic> = TOPICS.iter().filter(|topic| (topic.ages.0..=topic.ages.1).contains(&age)).collect();
        (!topics.is_empty()).then(|| (child, random.pick(&topics)))
    }

    /// The filing; answers with the signal and the beginning of the keys of its steps.
    fn file(
        &mut self,
        at: DateTime<Utc>,
        topic: &Topic,
        child: usize,
        addressee: usize,
        way: Option<(SignalChannel, Option<&'static str>)>,
        random: &mut Random,
    ) -> (qorgan_domain::ids::SignalId, String) {
        let (channel, agency) = way.unwrap_or_else(|| random.pick(CHANNELS));
        let (world, home) = (self.world, self.world.children[child].home);
        let filer = match agency {
            None => world.staff.voice(home),
            Some("CC111") => world.staff.named("hotline-111"),
            Some(agency) => world.staff.voice(world.region.on_duty(agency, world.kato_of(child))),
        };
        let signal = id(Kind::Signal, at, self.count).into();
        let key = format!("signal-{:03}", self.count);
        self.count += 1;
        let plan = SignalPlan {
            id: signal,
            channel,
            description: if random.chance(20) { topic.title_kk.to_owned() } else { topic.description.to_owned() },
            occurred_on: at.date_naive(),
            addressee,
            child,
            told: agency == Some("CC111"),
            urgency: match topic.risk {
                RiskLevel::Critical => Urgency::Immediate,
                RiskLevel::High => Urgency::Urgent,
                _ => Urgency::Routine,
            },
        };
        self.steps.push(Step { at, actor: filer, key: format!("{key}.file"), act: Act::FileSignal(Box::new(plan)) });
        (signal, key)
    }

    fn decide(&mut self, actor: usize, at: DateTime<Utc>, key: String, act: Act) {
        self.steps.push(Step { at, actor, key: format!("{key}.decide"), act });
    }
}
