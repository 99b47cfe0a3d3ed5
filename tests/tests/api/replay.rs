//! Random people do random things over HTTP; then each case is made anew from its events and compared with what the
//! tables keep.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::cases::model::{CaseModel, INVARIANTS};
use qorgan_domain::cases::{CaseAction, ParticipantRole};
use qorgan_storage::cases::replay::replay;
use qorgan_tests::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Cast, assessment};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

struct Play {
    cast: Cast,
    people: Vec<Client>,
    managers: Vec<String>,
    dice: Dice,
    statuses: BTreeMap<u16, usize>,
}

impl Play {
    fn new() -> Self {
        let cast = Cast::new();
        let names = [
            "social_pedagogue.home",
            "pedagogue.second.home",
            "psychologist.home",
            "supervisor.home",
            "supervisor.office.home",
            "health_specialist.home",
            "juvenile_inspector.home",
        ];
        let people = names.iter().map(|name| cast.server.client(name)).collect();
        let managers = names[..4].iter().map(|name| cast.server.world.person(name).user.to_string()).collect();
        Self { cast, people, managers, dice: Dice(20_261_122), statuses: BTreeMap::new() }
    }

    fn note(&mut self, status: u16) {
        assert!(status < 500, "the server failed");
        *self.statuses.entry(status).or_default() += 1;
    }

    /// One thing that somebody tries on a case.
    fn deed(&mut self, case: &str, child: &str) {
        let somebody = self.people[self.dice.roll(self.people.len())].clone();
        let seen = somebody.get(&format!("/cases/{case}"));
        let view = match seen.status {
            200 => seen.body,
            _ => self.cast.pedagogue.get(&format!("/cases/{case}")).expect(200).body,
        };
        let version = view["version"].as_i64().expect("a version");
        let path = format!("/cases/{case}");
        let risks = ["low", "medium", "high", "critical"];
        let status = match self.dice.roll(20) {
            0..=7 => self.act(&somebody, case, &view, version),
            8 => {
                let risk = self.dice.pick(&risks);
                somebody.patch(&path, version, &json!({"risk_level": risk})).status
            }
            9 => {
                let manager = self.dice.pick(&self.managers.clone()).clone();
                somebody.patch(&path, version, &json!({"manager_id": manager, "title": "Renamed"})).status
            }
            10 => {
                let risk = *self.dice.pick(&risks);
                somebody.post(&format!("{path}/assessments"), &assessment(risk)).status
            }
            11 | 12 => {
                let body = self.plan();
                somebody.post(&format!("{path}/plan"), &body).status
            }
            13 | 14 => return self.task(case),
            15 => return self.steps(case),
            16 => {
                let body = json!({"conclusion": "continue", "summary": "S"});
                somebody.post(&format!("{path}/reviews"), &body).status
            }
            17 => {
                let name = *self.dice.pick(&["UZ home", "DP home", "UKZSP home", "KDN home"]);
                let body = json!({"organisation_id": self.cast.organisation(name), "reason": "Works on it"});
                somebody.post(&format!("{path}/participants"), &body).status
            }
            18 => somebody.post("/register/reports", &crate::support::report(child, Some(case))).status,
            _ => somebody.post(&format!("{path}/notes"), &json!({"section": "general", "text": "N"})).status,
        };
        self.note(status);
    }

    /// An action that the stage knows, or any.
    fn act(&mut self, somebody: &Client, case: &str, view: &Value, version: i64) -> u16 {
        let open: Vec<String> = view["allowed_actions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let sensible: Vec<&String> = open.iter().filter(|action| *action != "escalate").collect();
        let action = match (sensible.is_empty(), self.dice.roll(4)) {
            (false, 0..=2) => (*self.dice.pick(&sensible)).clone(),
            _ => self.dice.pick(CaseAction::ALL).to_string(),
        };
        let mut body = json!({"action": action});
        if ["propose_closure", "reject_closure", "reopen", "escalate"].contains(&action.as_str()) {
            body["reason"] = json!("Because");
        }
        if action == "propose_closure" {
            body["outcome"] = json!("safety_restored");
        }
        if action == "escalate" {
            body["escalate_to"] = json!(self.dice.pick(&["consilium", "commission", "crisis_management"]));
        }
        somebody.change(&format!("/cases/{case}/transitions"), version, &body).status
    }

    fn plan(&mut self) -> Value {
        let goals: Vec<Value> = (0..=self.dice.roll(2))
            .map(|_| {
                let tasks: Vec<Value> = (0..=self.dice.roll(2))
                    .map(|_| {
                        let holder = *self.dice.pick(&["school home", "UZ home", "DP home", "OPEKA home"]);
                        json!({"title": "T", "organisation_id": self.cast.organisation(holder), "due_on": "2090-01-01",
                            "mandatory": self.dice.roll(2) == 0})
                    })
                    .collect();
                json!({"title": "G", "tasks": tasks})
            })
            .collect();
        json!({"goals": goals})
    }

    /// Settles what protocols asked for: some steps are done by whoever may, the others waived by a supervisor.
    fn steps(&mut self, case: &str) {
        for task in self.cast.protocol_tasks(case) {
            let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
            let done = self.dice.roll(4) == 0 && {
                let somebody = self.people[self.dice.roll(self.people.len())].clone();
                let reply = somebody.change(&format!("{path}/complete"), 1, &json!({"result": "Done"}));
                self.note(reply.status);
                reply.status == 200
            };
            if !done {
                let reason = json!({"reason": "Not needed"});
                let status = self.cast.supervisor.change(&format!("{path}/waive"), 1, &reason).status;
                self.note(status);
            }
        }
    }

    /// Finishes a task, by whoever may.
    fn task(&mut self, case: &str) {
        let plans = self.cast.pedagogue.get(&format!("/cases/{case}/plan")).expect(200).body;
        let tasks: Vec<Value> = plans["items"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|plan| plan["goals"].as_array().cloned().unwrap_or_default())
            .flat_map(|goal| goal["tasks"].as_array().cloned().unwrap_or_default())
            .collect();
        if tasks.is_empty() {
            return;
        }
        let task = self.dice.pick(&tasks).clone();
        let path = format!("/tasks/{}", task["id"].as_str().expect("an id"));
        let version = task["version"].as_i64().expect("a version");
        let waive = self.dice.roll(3) == 0;
        for somebody in self.people.clone() {
            let reply = if waive {
                somebody.change(&format!("{path}/waive"), version, &json!({"reason": "Not needed"}))
            } else {
                somebody.change(&format!("{path}/complete"), version, &json!({"result": "Done"}))
            };
            self.note(reply.status);
            if reply.status == 200 {
                return;
            }
        }
    }
}

#[derive(QueryableByName)]
struct CaseRow {
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = Timestamptz)]
    stage_since: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    risk_level: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    manager_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Date>)]
    review_due_on: Option<NaiveDate>,
    #[diesel(sql_type = Array<Text>)]
    escalated_to: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    closure_outcome: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    closure_proposed_by: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    closed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    assessed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    reviewed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    reports: i64,
}

#[derive(QueryableByName)]
struct ParticipantRow {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = Text)]
    role: String,
}

#[derive(QueryableByName)]
struct TaskRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = Bool)]
    mandatory: bool,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Bool)]
    counts: bool,
}

#[derive(QueryableByName)]
struct PlanRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = SqlUuid)]
    author_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    approved_by: Option<Uuid>,
}

fn rows<T: diesel::deserialize::QueryableByName<diesel::pg::Pg> + 'static>(
    owner: &mut PgConnection,
    query: &str,
    case: Uuid,
) -> Vec<T> {
    diesel::sql_query(query).bind::<SqlUuid, _>(case).load(owner).expect("read the tables")
}

const CASE: &str = "
    SELECT stage, stage_since, risk_level, manager_id, review_due_on, escalated_to, closure_outcome,
           closure_proposed_by, closed_at,
           (SELECT max(completed_at) FROM case_assessments WHERE case_id = c.id) AS assessed_at,
           (SELECT max(created_at) FROM case_reviews WHERE case_id = c.id) AS reviewed_at,
           (SELECT count(*) FROM register_reports WHERE case_id = c.id) AS reports
    FROM cases c WHERE id = $1";

/// Holds the model against every table that a rule looks at.
fn compare(owner: &mut PgConnection, id: Uuid, model: &CaseModel) {
    let row = rows::<CaseRow>(owner, CASE, id).pop().expect("the case");
    let state = &model.state;
    assert_eq!(row.stage, state.stage.as_str());
    assert_eq!(row.stage_since, state.stage_since);
    assert_eq!(row.risk_level, state.risk_level.as_str());
    assert_eq!(row.manager_id, state.manager.map(|user| user.as_uuid()));
    assert_eq!(row.review_due_on, state.review_due_on);
    assert_eq!(row.closure_proposed_by, state.closure_proposed_by.map(|user| user.as_uuid()));
    assert_eq!(row.closure_outcome.as_deref(), model.outcome.map(|outcome| outcome.as_str()));
    assert_eq!(row.closed_at, model.closed_at);
    assert_eq!(row.escalated_to, model.escalated_to.iter().map(|target| target.as_str()).collect::<Vec<_>>());
    assert_eq!(row.assessed_at, model.last_assessment.map(|(at, _)| at));
    assert_eq!(row.reviewed_at, model.last_review_at);
    assert_eq!(row.reports.unsigned_abs(), model.reports);

    let query = "SELECT organisation_id, role FROM case_participants WHERE case_id = $1 AND ended_at IS NULL";
    let kept: BTreeSet<(Uuid, String)> =
        rows::<ParticipantRow>(owner, query, id).into_iter().map(|row| (row.organisation_id, row.role)).collect();
    let folded = model.participants.iter().map(|(id, role): (_, &ParticipantRole)| (id.as_uuid(), role.to_string()));
    assert_eq!(kept, folded.collect());

    let query = "SELECT t.id, t.organisation_id, t.mandatory, t.status,
                        t.plan_id IS NULL OR p.approved_at IS NOT NULL AS counts
                 FROM case_tasks t LEFT JOIN case_plans p ON p.id = t.plan_id WHERE t.case_id = $1";
    let kept: BTreeSet<(Uuid, Uuid, bool, String, bool)> = rows::<TaskRow>(owner, query, id)
        .into_iter()
        .map(|row| (row.id, row.organisation_id, row.mandatory, row.status, row.counts))
        .collect();
    let folded = model.tasks.iter().map(|(id, task)| {
        (id.as_uuid(), task.organisation.as_uuid(), task.mandatory, task.status.to_string(), model.counts(task))
    });
    assert_eq!(kept, folded.collect());

    let query = "SELECT id, status, author_id, approved_by FROM case_plans WHERE case_id = $1 ORDER BY revision";
    let kept: Vec<(Uuid, String, Uuid, Option<Uuid>)> = rows::<PlanRow>(owner, query, id)
        .into_iter()
        .map(|row| (row.id, row.status, row.author_id, row.approved_by))
        .collect();
    let folded = model.plans.iter().map(|plan| {
        let approver = plan.approved.map(|(user, _)| user.as_uuid());
        (plan.id.as_uuid(), plan.status.to_string(), plan.author.as_uuid(), approver)
    });
    assert_eq!(kept, folded.collect::<Vec<_>>());
}

#[test]
fn the_events_of_a_case_give_what_the_database_keeps() {
    const CASES: usize = 6;
    const MOST: usize = 3_000;
    let mut play = Play::new();
    let cases: Vec<(String, String)> = ('a'..='z')
        .zip(["low", "medium", "high"].into_iter().cycle())
        .take(CASES)
        .map(|(letter, risk)| {
            let child = play.cast.child(&format!("Повторова{letter}"));
            (crate::support::open_case(&play.cast.pedagogue, &child, risk).id(), child)
        })
        .collect();
    let mut owner = play.cast.server.database.owner();
    let mut taken = BTreeSet::new();
    let mut deeds = 0_usize;
    // Until every action was taken by somebody; each case is held against its events on the way, too.
    while taken.len() < CaseAction::ALL.len() || deeds < 400 {
        deeds += 1;
        assert!(deeds < MOST, "after {deeds} deeds only {taken:?} were taken: {:?}", play.statuses);
        let (case, child) = &cases[play.dice.roll(CASES)];
        play.deed(case, child);
        if deeds.is_multiple_of(25) {
            let model = replay(&mut owner, case.parse().expect("an id")).expect("the events fit one another");
            taken.extend(model.path.iter().map(|step| step.action));
        }
    }
    for (case, _) in &cases {
        let model = replay(&mut owner, case.parse().expect("an id")).expect("the events fit one another");
        for (name, holds) in INVARIANTS {
            assert!(holds(&model), "{name} is broken in {model:#?}");
        }
        compare(&mut owner, case.parse().expect("an id"), &model);
        if !model.unread.is_empty() {
            println!("kinds of events that the fold does not know: {:?}", model.unread);
        }
    }
    println!("{deeds} deeds, answers {:?}", play.statuses);
}
