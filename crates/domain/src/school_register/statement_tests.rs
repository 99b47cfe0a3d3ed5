//! Random lives of placements: whatever is recorded when, no child stands on two registers, and a day that is over
//! reads as it read when it ended.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::calendar::{end_of_day, local_date};
use crate::identity::AgencyCode;
use crate::policy::OrganisationRef;
use crate::territory::Kato;

const CHILDREN: usize = 3;
const DAYS: i64 = 60;

fn start() -> DateTime<Utc> {
    "2080-01-01T00:00:00Z".parse().unwrap()
}

/// One thing that somebody tries, some hours after the last.
#[derive(Debug, Clone)]
enum Command {
    Place { child: usize, days_ago: u64 },
    Remove { nth: usize, days_ago: u64 },
    Amend { nth: usize, days_ago: u64, length: u64 },
    Annul { nth: usize },
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (0..CHILDREN, 0..8u64).prop_map(|(child, days_ago)| Command::Place { child, days_ago }),
        2 => (0..20usize, 0..8u64).prop_map(|(nth, days_ago)| Command::Remove { nth, days_ago }),
        2 => (0..20usize, 0..12u64, 0..9u64).prop_map(|(nth, days_ago, length)| Command::Amend { nth, days_ago, length }),
        1 => (0..20usize).prop_map(|nth| Command::Annul { nth }),
    ]
}

#[derive(Debug, Default)]
struct Register {
    /// Child and versions of each placement.
    placements: Vec<(usize, Vec<PlacementVersion>)>,
}

impl Register {
    fn state(&self, nth: usize) -> PlacementState {
        self.placements[nth].1.last().expect("a version").state
    }

    fn others(&self, child: usize, besides: Option<usize>) -> Vec<PlacementState> {
        let of = |place: &usize| self.placements[*place].0 == child && Some(*place) != besides;
        (0..self.placements.len()).filter(of).map(|place| self.state(place)).collect()
    }

    fn record(&mut self, nth: usize, state: PlacementState, now: DateTime<Utc>) {
        let versions = &mut self.placements[nth].1;
        versions.last_mut().expect("a version").superseded_at = Some(now);
        versions.push(PlacementVersion { state, recorded_at: now, superseded_at: None });
    }

    /// Does what the rules allow; what they refuse changes nothing.
    fn take(&mut self, command: &Command, now: DateTime<Utc>) {
        let today = local_date(now);
        let birth = "2070-01-01".parse().unwrap();
        let count = self.placements.len().max(1);
        match *command {
            Command::Place { child, days_ago } => {
                let school = OrganisationRef {
                    id: Uuid::nil().into(),
                    agency: AgencyCode::new("UO").unwrap(),
                    kato: Kato::new("351000000").unwrap(),
                };
                let candidate = Candidate { birth_date: birth, school: Some(&school), acts_for_school: true };
                let from = today - Days::new(days_ago);
                if may_place(&candidate, from, &self.others(child, None)).is_ok() {
                    let state = PlacementState { span: Span { from, until: None }, annulled: false };
                    self.placements
                        .push((child, vec![PlacementVersion { state, recorded_at: now, superseded_at: None }]));
                }
            }
            _ if self.placements.is_empty() => {}
            Command::Remove { nth, days_ago } => {
                let nth = nth % count;
                if let Ok(state) = may_remove(self.state(nth), today - Days::new(days_ago)) {
                    self.record(nth, state, now);
                }
            }
            Command::Amend { nth, days_ago, length } => {
                let nth = nth % count;
                let present = self.state(nth);
                let from = today - Days::new(days_ago);
                let until = present.span.until.map(|_| from + Days::new(length));
                let wanted = PlacementState { span: Span { from, until }, annulled: false };
                let others = self.others(self.placements[nth].0, Some(nth));
                if let Ok(state) = may_amend(present, wanted, birth, &others) {
                    self.record(nth, state, now);
                }
            }
            Command::Annul { nth } => {
                let nth = nth % count;
                let wanted = PlacementState { annulled: true, ..self.state(nth) };
                if let Ok(state) = may_amend(self.state(nth), wanted, birth, &[]) {
                    self.record(nth, state, now);
                }
            }
        }
    }

    /// Which placements stand on a day.
    fn statement(&self, day: NaiveDate) -> Vec<usize> {
        let stands = |place: &usize| self.placements[*place].1.iter().any(|version| version.stands_on(day));
        (0..self.placements.len()).filter(stands).collect()
    }
}

proptest! {
    #[test]
    fn no_overlap_and_a_past_day_never_changes(commands in prop::collection::vec((command(), 1..40i64), 1..40)) {
        let mut register = Register::default();
        let mut now = start();
        let mut told: Vec<(NaiveDate, Vec<usize>)> = Vec::new();
        let mut next_day = local_date(now);
        for (command, hours) in &commands {
            now += TimeDelta::hours(*hours);
            // What each day that is over by now reads, noted before anything else is recorded.
            while end_of_day(next_day) <= now {
                told.push((next_day, register.statement(next_day)));
                next_day = next_day + Days::new(1);
            }
            register.take(command, now);
            for (nth, (child, _)) in register.placements.iter().enumerate() {
                let state = register.state(nth);
                let others = register.others(*child, Some(nth));
                prop_assert!(state.annulled || !others.iter().any(|other| other.occupies(state.span)));
            }
            for (day, statement) in &told {
                prop_assert_eq!(&register.statement(*day), statement, "{}", day);
            }
        }
        // As of any day a child stands there once at most.
        for offset in 0..DAYS {
            let day = local_date(start()) + TimeDelta::days(offset);
            let mut children: Vec<usize> =
                register.statement(day).into_iter().map(|place| register.placements[place].0).collect();
            let all = children.len();
            children.sort_unstable();
            children.dedup();
            prop_assert_eq!(children.len(), all, "{}", day);
        }
    }
}
