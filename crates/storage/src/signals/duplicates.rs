//! What is known already about the child of a signal: other signals, open cases.
//!
//! Nothing is told of records that the actor may not read, not even that there are some: a count of signals that went
//! to others would tell a school that the police knows the family.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;
use diesel::prelude::*;
use qorgan_domain::calendar::local_date;
use qorgan_domain::children::Iin;
use qorgan_domain::ids::{ChildId, SignalId};
use qorgan_domain::policy::{Action, Verdict, decide};
use qorgan_domain::signals::{DuplicateSign, SignalAbout, same_child};
use uuid::Uuid;

use super::Signal;
use super::load::{SignalRow, case_visible};
use crate::cases::Case;
use crate::children::Child;
use crate::schema::{children, signals};
use crate::{Authorized, StorageError, Tx};

/// Most records of a kind that are looked at: a name that has more is no sign.
const MOST: i64 = 100;

/// Another signal, and by what it looks like one about the same child.
#[derive(Debug, Clone)]
pub struct DuplicateSignal {
    /// The signal.
    pub signal: Signal,
    /// By what, the strongest first.
    pub signs: Vec<DuplicateSign>,
}

/// An open case, and by what its child looks like the signal's.
#[derive(Debug, Clone)]
pub struct DuplicateCase {
    /// The case.
    pub case: Case,
    /// By what, the strongest first.
    pub signs: Vec<DuplicateSign>,
}

/// What no name has for a key, and no child for a number.
const NO_NAME: &str = " ";
const NO_NUMBER: &str = "";

/// What is known already, as far as the actor may read it.
#[derive(Debug, Clone, Default)]
pub struct Duplicates {
    /// Signals, the latest first.
    pub signals: Vec<DuplicateSignal>,
    /// Open cases, the latest change first.
    pub cases: Vec<DuplicateCase>,
}

impl Tx<'_> {
    /// Other signals about the same child that came within some days of this one, and the child's open cases. The
    /// caller audits what it shows of them ([`Tx::signal_duplicates_shown`]).
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn signal_duplicates(&mut self, signal: &Authorized<Signal>, days: i64) -> Result<Duplicates, StorageError> {
        let mut told: Vec<SignalAbout> = about(signal).into_iter().collect();
        if let Some(own) = signal.child_id {
            let record = self.children_visible(&[own])?.iter().map(record).next();
            told.push(record.unwrap_or_else(|| SignalAbout { child: Some(own), ..SignalAbout::default() }));
        }
        let found = self.children_alike(&told)?;
        let signals = self.signals_alike(signal, days, &told, &found)?;
        let ids: Vec<ChildId> = found.keys().copied().collect();
        let cases = self
            .open_cases_of(&ids, MOST)?
            .into_iter()
            .map(|case| DuplicateCase { signs: found.get(&case.child_id).cloned().unwrap_or_default(), case })
            .collect();
        Ok(Duplicates { signals, cases })
    }

    /// Audits that they were shown.
    pub fn signal_duplicates_shown(&mut self, duplicates: &Duplicates) {
        if !duplicates.signals.is_empty() {
            let ids = duplicates.signals.iter().map(|found| found.signal.id.as_uuid()).collect();
            self.audit_many(Action::SignalRead, ids);
        }
        if !duplicates.cases.is_empty() {
            let ids = duplicates.cases.iter().map(|found| found.case.id.as_uuid()).collect();
            self.audit_many(Action::CaseRead, ids);
        }
    }

    /// Records of children that look like the one that is told of, as far as the actor may read them.
    fn children_alike(&mut self, told: &[SignalAbout]) -> Result<HashMap<ChildId, Vec<DuplicateSign>>, StorageError> {
        let (keys, iins) = terms(told);
        let mut found: HashMap<ChildId, Vec<DuplicateSign>> = HashMap::new();
        for child in told.iter().filter_map(|about| about.child) {
            for record in self.child_record_list(child)? {
                found.insert(record, vec![DuplicateSign::SameChild]);
            }
        }
        if keys.is_empty() && iins.is_empty() {
            return Ok(found);
        }
        let (keys, iins) = (some_of(keys, NO_NAME.to_owned()), some_of(iins, NO_NUMBER.to_owned()));
        let ids: Vec<Uuid> = children::table
            .filter(children::iin.eq_any(&iins).or(children::name_key.eq_any(&keys)))
            .order(children::id)
            .limit(MOST)
            .select(children::id)
            .load(self.connection)?;
        let ids: Vec<ChildId> = ids.into_iter().map(Into::into).collect();
        for child in self.children_visible(&ids)? {
            let signs = compared(told, &record(&child));
            if !signs.is_empty() {
                found.entry(child.id).or_default().extend(signs);
            }
        }
        for signs in found.values_mut() {
            signs.sort();
            signs.dedup();
        }
        Ok(found)
    }

    /// Signals that look like this one, by index: of the same children, with the same number, with the same name.
    fn signals_alike(
        &mut self,
        signal: &Signal,
        days: i64,
        told: &[SignalAbout],
        children: &HashMap<ChildId, Vec<DuplicateSign>>,
    ) -> Result<Vec<DuplicateSignal>, StorageError> {
        let (keys, iins) = terms(told);
        if keys.is_empty() && iins.is_empty() && children.is_empty() {
            return Ok(Vec::new());
        }
        let ids = some_of(children.keys().map(ChildId::as_uuid).collect(), Uuid::nil());
        let (keys, iins) = (some_of(keys, NO_NAME.to_owned()), some_of(iins, NO_NUMBER.to_owned()));
        let (from, until) = (signal.received_at - Duration::days(days), signal.received_at + Duration::days(days));
        let rows: Vec<(SignalRow, bool)> = signals::table
            .filter(
                signals::child_id
                    .eq_any(ids)
                    .or(signals::match_iin.eq_any(&iins))
                    .or(signals::match_name_key.eq_any(&keys))
                    .assume_not_null(),
            )
            .filter(signals::received_at.between(from, until))
            .filter(signals::id.ne(signal.id.as_uuid()))
            .order((signals::received_at.desc(), signals::id.desc()))
            .limit(MOST)
            .select((SignalRow::as_select(), case_visible(signals::case_id)))
            .load(self.connection)?;
        let mut alike = Vec::new();
        for (row, case_visible) in rows {
            let other = row.into_signal(case_visible)?;
            let mut signs = about(&other).map(|about| compared(told, &about)).unwrap_or_default();
            signs.extend(other.child_id.and_then(|child| children.get(&child)).into_iter().flatten());
            signs.sort();
            signs.dedup();
            if !signs.is_empty() && self.reads(&other) {
                alike.push(DuplicateSignal { signal: other, signs });
            }
        }
        Ok(alike)
    }

    fn reads(&self, signal: &Signal) -> bool {
        let allowed = decide(&self.actor, Action::SignalRead, &signal.subject()) == Verdict::Allowed;
        if !allowed {
            let id: SignalId = signal.id;
            tracing::error!(signal = %id, user = %self.actor.user, "row security let a signal through");
        }
        allowed
    }
}

/// An empty list is never asked for: what is false implies the condition of any partial index, and the planner may walk
/// the wrong one.
fn some_of<T>(mut list: Vec<T>, none: T) -> Vec<T> {
    if list.is_empty() {
        list.push(none);
    }
    list
}

/// What a signal tells by itself.
fn about(signal: &Signal) -> Option<SignalAbout> {
    let reported = signal.reported_child.as_ref()?;
    Some(SignalAbout::reported(reported, local_date(signal.received_at)))
}

fn record(child: &Child) -> SignalAbout {
    SignalAbout::recorded(child.id, (&child.last_name, &child.first_name), child.birth_date, child.iin.clone())
}

fn compared(told: &[SignalAbout], other: &SignalAbout) -> Vec<DuplicateSign> {
    told.iter().flat_map(|about| same_child(about, other)).collect()
}

/// The name keys and numbers to look for.
fn terms(told: &[SignalAbout]) -> (Vec<String>, Vec<String>) {
    let keys: BTreeSet<String> = told.iter().filter_map(|about| about.name_key.clone()).collect();
    let iins: BTreeSet<String> =
        told.iter().filter_map(|about| about.iin.as_ref().map(Iin::expose)).map(str::to_owned).collect();
    (keys.into_iter().collect(), iins.into_iter().collect())
}
