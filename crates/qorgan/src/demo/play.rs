//! Takes the steps of the scenario, each in a unit of work of its actor.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use qorgan_domain::cases::Stage;
use qorgan_domain::children::is_child_on;
use qorgan_domain::identity::Role;
use qorgan_domain::ids::{CaseId, SessionId, SignalId};
use qorgan_domain::policy::table::CASE_MANAGERS;
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::signals::{TriageCommand, TriageDecision, TriageRefusal, triage};
use qorgan_storage::cases::NewCase;
use qorgan_storage::children::NewChild;
use qorgan_storage::identity::NewSession;
use qorgan_storage::signals::{NewSignal, ReportedChild};
use qorgan_storage::{Database, Entry, Tx};
use uuid::Uuid;

use super::calendar::{date, opening};
use super::deeds;
use super::group;
use super::settle::Settled;
use super::steps::{Act, CasePlan, SignalPlan, Step};
use super::{DemoError, Trouble, World, spoken};

/// What the request ids of the steps start with.
pub(super) const REQUESTS: &str = "demonstration/";
/// How often the progress is told, in steps.
const TOLD_EVERY: usize = 500;
/// Deadlines chased in one transaction.
const CHASED_AT_ONCE: i32 = 500;

/// The people of the region at work.
pub(super) struct Player<'a> {
    database: &'a Database,
    pub(super) world: &'a World,
    settled: Settled,
    /// By place in the staff.
    sessions: HashMap<usize, SessionId>,
}

impl<'a> Player<'a> {
    pub(super) fn new(database: &'a Database, world: &'a World, settled: Settled) -> Self {
        Self { database, world, settled, sessions: HashMap::new() }
    }

    /// Takes the steps whose request ids are not among `taken`.
    pub(super) fn play(&mut self, steps: &[Step], taken: &HashSet<String>) -> Result<(), DemoError> {
        let mut day = None;
        for (number, step) in steps.iter().enumerate() {
            if day.replace(step.at.date_naive()) != Some(step.at.date_naive()) {
                self.morning(opening(step.at.date_naive()))?;
            }
            let request_id = format!("{REQUESTS}{}", step.key);
            if !taken.contains(&request_id) {
                let entry = Entry { session: self.session(step.actor)?, now: step.at, request_id, idempotency: None };
                self.database.run(&entry, |tx| self.act(tx, &step.act)).map_err(|trouble| trouble.of(&step.key))?;
            }
            if number % TOLD_EVERY == TOLD_EVERY - 1 {
                tracing::info!(step = number + 1, of = steps.len(), "loading the demonstration region");
            }
        }
        // What ran out since the story ended is chased by then, so that the first start does not flood.
        self.morning(opening(date(2026, 11, 19)))
    }

    /// What the worker does by the beginning of a working day: the deadlines of the story are missed in its time.
    fn morning(&self, now: DateTime<Utc>) -> Result<(), DemoError> {
        while self.database.chase_deadlines(now, CHASED_AT_ONCE)?.deadlines == CHASED_AT_ONCE {}
        Ok(())
    }

    /// Ends the sessions in which the steps were taken.
    pub(super) fn end_sessions(&mut self, now: DateTime<Utc>) -> Result<(), DemoError> {
        for (_, session) in self.sessions.drain() {
            self.database.session_revoke(session, now, "demonstration_loaded")?;
        }
        Ok(())
    }

    /// The session of somebody. No token was ever given out for it, and it ends by itself when the story does.
    fn session(&mut self, actor: usize) -> Result<SessionId, DemoError> {
        if let Some(session) = self.sessions.get(&actor) {
            return Ok(*session);
        }
        let session = SessionId::from_uuid(Uuid::now_v7());
        self.database.session_open(&NewSession {
            session,
            user: self.settled.users[actor],
            now: opening(date(2023, 12, 27)),
            expires: opening(date(2026, 11, 20)),
            refresh_hash: None,
            action: "demonstration",
            request_id: &format!("{REQUESTS}session"),
        })?;
        self.sessions.insert(actor, session);
        Ok(session)
    }

    /// An organisation of the plan as it stands in the database.
    pub(super) fn organisation(&self, place: usize) -> &OrganisationRef {
        &self.settled.organisations[place]
    }

    fn act(&self, tx: &mut Tx<'_>, act: &Act) -> Result<(), Trouble> {
        match act {
            Act::RegisterChildren(children) => children.iter().try_for_each(|child| self.register(tx, *child)),
            Act::FileSignal(plan) => self.file_signal(tx, plan),
            Act::DismissSignal { signal, reason } => dismiss(tx, *signal, reason),
            Act::LinkSignal { signal, case } => link(tx, *signal, *case),
            Act::OpenCase(plan) => self.open(tx, plan),
            Act::Work { case, deeds } => deeds.iter().try_for_each(|deed| deeds::take(self, tx, *case, deed)),
            Act::FileReports(reports) => reports.iter().try_for_each(|report| deeds::report(self, tx, None, report)),
            Act::ConveneGroup(plan) => group::convene(tx, plan),
        }
    }

    fn register(&self, tx: &mut Tx<'_>, child: usize) -> Result<(), Trouble> {
        let planned = &self.world.children[child];
        let home = self.organisation(planned.home).clone();
        let permit = tx.authorize(Action::ChildRegister)?;
        let new = NewChild {
            id: planned.id,
            last_name: planned.last_name.clone(),
            first_name: planned.first_name.clone(),
            patronymic: planned.patronymic.clone(),
            birth_date: planned.birth_date,
            sex: planned.sex,
            iin: planned.iin.clone(),
            kato: home.kato.clone(),
            organisation: Some(home),
        };
        tx.child_insert(&permit, new)?.map(drop).ok_or_else(|| Trouble::refused("iin_taken"))
    }

    fn file_signal(&self, tx: &mut Tx<'_>, plan: &SignalPlan) -> Result<(), Trouble> {
        let child = &self.world.children[plan.child];
        if !plan.told && tx.child_for_link(child.id)?.is_none() {
            return Err(Trouble::refused("unknown_child"));
        }
        let permit = tx.authorize(Action::SignalFile)?;
        let reported = plan.told.then(|| ReportedChild {
            last_name: child.last_name.clone(),
            first_name: child.first_name.clone(),
            patronymic: None,
            birth_date: None,
            age: u8::try_from(child.age_on(plan.occurred_on)).ok(),
            sex: Some(child.sex),
            iin: None,
            school: Some(spoken(&self.world.region.organisations[child.home].name)),
        });
        let new = NewSignal {
            id: plan.id,
            channel: plan.channel,
            description: spoken(&plan.description),
            occurred_on: Some(plan.occurred_on),
            kato: self.organisation(child.home).kato.clone(),
            addressee: self.organisation(plan.addressee).clone(),
            child_id: (!plan.told).then_some(child.id),
            reported_child: reported,
            urgency: plan.urgency,
        };
        tx.signal_insert(&permit, new)?.map(drop).ok_or_else(|| Trouble::refused("id_taken"))
    }

    /// As `POST /cases` does it; with a signal, that is accepted.
    fn open(&self, tx: &mut Tx<'_>, plan: &CasePlan) -> Result<(), Trouble> {
        let child = self.world.children[plan.child].id;
        let accepted = match plan.signal {
            None => None,
            Some(signal) => {
                let signal = tx.signal_for(signal, Action::SignalTriage)?;
                let command = TriageCommand {
                    decision: TriageDecision::Accept,
                    case_id: None,
                    child_id: Some(child),
                    reason: None,
                };
                let decision = triage(signal.status, signal.child_id, command).map_err(refused)?;
                Some((signal, decision))
            }
        };
        let permit = tx.authorize(Action::CaseOpen)?;
        let linkable = tx.child_for_link(child)?.ok_or_else(|| Trouble::refused("unknown_child"))?;
        if !is_child_on(linkable.birth_date, tx.now().date_naive()) {
            return Err(Trouble::refused("not_a_child"));
        }
        let manage = CASE_MANAGERS.iter().any(|role| *role != Role::Supervisor && tx.actor().holds(*role));
        let new = NewCase {
            id: plan.id,
            child,
            signal: plan.signal,
            title: spoken(plan.title),
            description: spoken(plan.description),
            grounds: plan.grounds.map(spoken),
            risk_level: plan.risk_level,
            manage,
        };
        let case = tx.case_open(&permit, &new)?;
        if let Some((signal, decision)) = accepted {
            tx.signal_decide(&signal, &decision, None, Some(case.id), Some(child))?;
        }
        Ok(())
    }
}

fn dismiss(tx: &mut Tx<'_>, signal: SignalId, reason: &str) -> Result<(), Trouble> {
    let signal = tx.signal_for(signal, Action::SignalTriage)?;
    let command = TriageCommand {
        decision: TriageDecision::Dismiss,
        case_id: None,
        child_id: None,
        reason: Some(spoken(reason)),
    };
    let decision = triage(signal.status, signal.child_id, command).map_err(refused)?;
    tx.signal_decide(&signal, &decision, None, None, None)?;
    Ok(())
}

fn link(tx: &mut Tx<'_>, signal: SignalId, case: CaseId) -> Result<(), Trouble> {
    let signal = tx.signal_for(signal, Action::SignalTriage)?;
    let case = tx.case_for(case, Action::CaseRead)?;
    if case.state.stage == Stage::Closed {
        return Err(Trouble::refused("case_closed"));
    }
    let command = TriageCommand {
        decision: TriageDecision::Link,
        case_id: Some(case.id),
        child_id: Some(case.child_id),
        reason: None,
    };
    let decision = triage(signal.status, signal.child_id, command).map_err(refused)?;
    tx.signal_decide(&signal, &decision, None, Some(case.id), Some(case.child_id))?;
    Ok(())
}

fn refused(refusal: TriageRefusal) -> Trouble {
    Trouble::refused(refusal.code())
}
