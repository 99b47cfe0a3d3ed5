//! Whatever is done to the register, for every past moment it reads as it read then.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{changed, file};
use crate::bad_input::Chance;
use crate::support::Cast;

const STEPS: usize = 48;
const SEEDS: [u64; 2] = [44, 2026];

/// A fact as the model knows it.
#[derive(Debug, Clone, PartialEq)]
struct Fact {
    status: String,
    form: String,
    day: String,
    merged_into: Option<String>,
    reports: Vec<String>,
}

/// The register in memory: no versions, no links, only how it reads now.
#[derive(Debug, Clone, Default, PartialEq)]
struct Register(BTreeMap<String, Fact>);

struct Play<'a> {
    cast: &'a Cast,
    children: Vec<String>,
    now: Register,
    /// The fact that each report was filed for, and what it said: form and day.
    filed: BTreeMap<String, (String, String, String)>,
    order: Vec<String>,
    chance: Chance,
}

impl Play<'_> {
    fn version(&self, fact: &str) -> i64 {
        self.cast.supervisor.get(&format!("/register/facts/{fact}")).expect(200).version()
    }

    fn change(&self, fact: &str, verb: &str, body: &Value) -> qorgan_tests::Reply {
        self.cast.supervisor.change(&format!("/register/facts/{fact}/{verb}"), self.version(fact), body)
    }

    fn any(&mut self) -> Option<String> {
        let facts: Vec<String> = self.now.0.keys().cloned().collect();
        (!facts.is_empty()).then(|| self.chance.of(&facts).clone())
    }

    fn report(&mut self) {
        let child = self.chance.of(&self.children).clone();
        let day = format!("2026-{:02}-{:02}", 1 + self.chance.below(3), 1 + 3 * self.chance.below(9));
        let form = (*self.chance.of(&["physical", "neglect", "bullying"])).to_owned();
        let filed = file(&self.cast.pedagogue, &changed(&child, json!({"occurred_on": day, "main_form": form})));
        let body = filed.expect(201).body;
        let (fact, report) = (text(&body["fact"]["id"]), text(&body["report"]["id"]));
        self.filed.insert(report.clone(), (fact.clone(), form.clone(), day.clone()));
        self.order.push(report.clone());
        let fresh = Fact { status: "registered".into(), form, day, merged_into: None, reports: Vec::new() };
        let joined = self.now.0.contains_key(&fact);
        assert_eq!(joined, body["match"]["outcome"] == "matched");
        self.now.0.entry(fact).or_insert(fresh).reports.push(report);
    }

    fn amend(&mut self) {
        let Some(fact) = self.any() else { return };
        let form = (*self.chance.of(&["physical", "sexual", "neglect"])).to_owned();
        let known = &self.now.0[&fact];
        let allowed = known.status == "registered" && known.form != form;
        let reply = self.change(&fact, "amend", &json!({"main_form": form, "forms": [], "reason": "A test"}));
        self.settle(&fact, &reply, allowed, |known| known.form = form);
    }

    fn annul(&mut self) {
        let Some(fact) = self.any() else { return };
        let allowed = self.now.0[&fact].status == "registered";
        let reply = self.change(&fact, "annul", &json!({"reason": "A test"}));
        self.settle(&fact, &reply, allowed, |known| known.status = "annulled".into());
    }

    fn settle(&mut self, fact: &str, reply: &qorgan_tests::Reply, allowed: bool, then: impl FnOnce(&mut Fact)) {
        assert_eq!(reply.status, if allowed { 200 } else { 409 }, "{}", reply.text);
        if allowed {
            then(self.now.0.get_mut(fact).expect("the fact"));
        }
    }

    fn merge(&mut self) {
        let (Some(one), Some(other)) = (self.any(), self.any()) else { return };
        let live = |register: &Register, fact: &str| register.0[fact].status == "registered";
        let allowed = one != other && live(&self.now, &one) && live(&self.now, &other);
        let reply = self.change(&one, "merge", &json!({"into": other, "reason": "A test"}));
        let mut moved = Vec::new();
        self.settle(&one, &reply, allowed, |known| {
            known.status = "merged".into();
            known.merged_into = Some(other.clone());
            moved = std::mem::take(&mut known.reports);
        });
        self.now.0.get_mut(&other).expect("the other").reports.extend(moved);
    }

    fn split(&mut self) {
        let Some(fact) = self.any() else { return };
        let known = self.now.0[&fact].clone();
        let taken: Vec<String> = known.reports.iter().filter(|_| self.chance.below(2) == 0).cloned().collect();
        let allowed = known.status == "registered" && !taken.is_empty() && taken.len() < known.reports.len();
        let reply = self.change(&fact, "split", &json!({"reports": taken, "reason": "A test"}));
        if !allowed {
            assert!(matches!(reply.status, 409 | 422), "{}", reply.text);
            return;
        }
        let body = reply.expect(200).body;
        let other = text(&body["other"]["id"]);
        let origins: Vec<&String> = taken.iter().map(|report| &self.filed[report].0).collect();
        let home = origins[0].clone();
        let back = origins.iter().all(|origin| **origin == home) && self.now.0[&home].status == "merged";
        assert_eq!(back, other == home, "reports go back where all of them came from");
        self.now.0.get_mut(&fact).expect("the fact").reports.retain(|report| !taken.contains(report));
        let first = self.order.iter().find(|report| taken.contains(report)).expect("a report");
        let (_, form, day) = self.filed[first].clone();
        let fresh = Fact { status: "registered".into(), form, day, merged_into: None, reports: Vec::new() };
        let given = self.now.0.entry(other).or_insert(fresh);
        given.status = "registered".into();
        given.merged_into = None;
        given.reports.extend(taken);
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The register as the API reads it at a moment.
fn read(cast: &Cast, moment: DateTime<Utc>) -> Register {
    let as_of = format!("as_of={}", moment.format("%Y-%m-%dT%H:%M:%S%.6fZ"));
    let list = cast.supervisor.get(&format!("/register/facts?limit=200&{as_of}")).expect(200).body;
    let facts = list["items"].as_array().expect("facts").iter().map(|fact| {
        let id = text(&fact["id"]);
        let one = cast.supervisor.get(&format!("/register/facts/{id}?{as_of}")).expect(200).body;
        assert_eq!(one, *fact, "the list and the fact");
        let reports = cast.supervisor.get(&format!("/register/facts/{id}/reports?{as_of}")).expect(200).body;
        let mut reports: Vec<String> =
            reports["items"].as_array().expect("reports").iter().map(|report| text(&report["id"])).collect();
        reports.sort();
        let read = Fact {
            status: text(&fact["status"]),
            form: text(&fact["main_form"]),
            day: text(&fact["occurred_on"]),
            merged_into: fact["merged_into"].as_str().map(str::to_owned),
            reports,
        };
        (id, read)
    });
    Register(facts.collect())
}

fn sorted(mut register: Register) -> Register {
    for fact in register.0.values_mut() {
        fact.reports.sort();
    }
    register
}

#[test]
fn every_past_moment_reads_as_it_read() {
    for seed in SEEDS {
        let cast = Cast::new();
        let children = vec![cast.child("Бірінші"), cast.child("Екінші")];
        let mut play = Play {
            cast: &cast,
            children,
            now: Register::default(),
            filed: BTreeMap::new(),
            order: Vec::new(),
            chance: Chance::new(seed),
        };
        let mut moments = Vec::new();
        for step in 0..STEPS {
            match play.chance.below(if step < 8 { 3 } else { 9 }) {
                0..=2 => play.report(),
                3 => play.amend(),
                4 | 5 => play.merge(),
                6 | 7 => play.split(),
                _ => play.annul(),
            }
            moments.push((Utc::now(), sorted(play.now.clone())));
        }
        // Counted once, and only what stands.
        let standing = play.now.0.values().filter(|fact| fact.status == "registered").count();
        let counted = cast.statistician.get("/statistics/register?from=2020-01-01&to=2026-12-31").expect(200);
        assert_eq!(counted.body["total"], standing);
        for status in ["annulled", "merged"] {
            assert!(play.now.0.values().any(|fact| fact.status == status), "seed {seed} makes none {status}");
        }
        // Every third moment, and the last: what read so then reads so for ever.
        for (moment, then) in moments.iter().rev().step_by(3) {
            assert_eq!(read(&cast, *moment), *then, "seed {seed}, {moment}");
        }
    }
}
