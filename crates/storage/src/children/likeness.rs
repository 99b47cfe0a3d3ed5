//! Records that may be the same child: found by keys in the database, compared and scored here.
//!
//! What is compared is of children that the actor may not see; it stays in this module. What leaves it is a
//! [`Candidate`]: masked, with its score.

use std::collections::{BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::children::{PersonName, Sex, near_days};
use qorgan_domain::ids::ChildId;
use qorgan_domain::matching::{
    Decision, Frequencies, HeldName, Model, NamePlace, Person, Prepared, Scored, blocking_keys, name_tokens,
};
use qorgan_domain::policy::Action;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::{Candidate, LinkableChild};
use crate::{Permit, StorageError, Tx, rows};

/// Records of one block and day that are looked at. Sixteen words of sound make a block of some hundred at a million
/// children; a day of it has a handful.
const PER_KEY: i32 = 200;
/// Records that are compared with one probe.
const COMPARED: i32 = 300;
/// Among fewer children than this nothing is learnt of how frequent names are.
const ENOUGH_CHILDREN: i64 = 10_000;

/// With fewer records than this the prior is that of so many: an index that is still small will grow.
const LEAST_RECORDS: u64 = 1_000;

/// What is compared with: the weights that come with the program, the prior of an index of this size, and how frequent
/// the names are.
struct Weights {
    model: Model,
    frequencies: Frequencies,
}

/// Who somebody is, by what is known of the person.
#[derive(Debug, Clone)]
pub enum Identified {
    /// One record, so surely that nobody needs to look.
    Certain(LinkableChild, Scored),
    /// Records that may be the person, the likeliest first: somebody decides.
    Uncertain(Vec<Candidate>),
    /// No record is like it.
    Unknown,
}

#[derive(QueryableByName)]
pub(super) struct Comparable {
    #[diesel(sql_type = Integer)]
    pub(super) probe: i32,
    #[diesel(sql_type = SqlUuid)]
    pub(super) survivor: Uuid,
    #[diesel(sql_type = Nullable<Array<Nullable<Text>>>)]
    last_names: Option<Vec<Option<String>>>,
    #[diesel(sql_type = Nullable<Array<Nullable<Text>>>)]
    first_names: Option<Vec<Option<String>>>,
    #[diesel(sql_type = Nullable<Array<Nullable<Text>>>)]
    patronymics: Option<Vec<Option<String>>>,
    #[diesel(sql_type = Date)]
    birth_date: NaiveDate,
    #[diesel(sql_type = Text)]
    sex: String,
    #[diesel(sql_type = Nullable<Text>)]
    iin: Option<String>,
    #[diesel(sql_type = Text)]
    kato: String,
    #[diesel(sql_type = Text)]
    shown_last: String,
    #[diesel(sql_type = Text)]
    shown_first: String,
    #[diesel(sql_type = Date)]
    shown_born: NaiveDate,
    #[diesel(sql_type = Text)]
    shown_kato: String,
    #[diesel(sql_type = Text)]
    shown_sex: String,
}

impl Comparable {
    fn person(&self) -> Result<Person, StorageError> {
        let [lasts, firsts, patronymics] =
            [&self.last_names, &self.first_names, &self.patronymics].map(|names| names.iter().flatten());
        let names = lasts.zip(firsts).zip(patronymics).map(|((last, first), patronymic)| HeldName {
            last: last.clone(),
            first: first.clone(),
            patronymic: patronymic.clone(),
        });
        Ok(Person {
            names: names.collect(),
            birth_date: Some(self.birth_date),
            sex: Some(rows::parse(&self.sex, "children", "sex", self.survivor)?),
            iin: self.iin.clone(),
            kato: Some(self.kato.clone()),
            ..Person::default()
        })
    }

    /// The words of all names held, normalised as those of the dictionary are.
    pub(super) fn words(&self) -> Vec<String> {
        let names =
            [&self.last_names, &self.first_names, &self.patronymics].map(|names| names.iter().flatten().flatten());
        names.into_iter().flatten().flat_map(|name| name_tokens(name)).collect()
    }

    fn candidate(&self, scored: Scored, decision: Decision, same_iin: bool) -> Result<Candidate, StorageError> {
        let of = |name: &str, column| -> Result<char, StorageError> {
            let name: PersonName = rows::parse(name, "children", column, self.survivor)?;
            Ok(name.initial().unwrap_or('?'))
        };
        Ok(Candidate {
            id: self.survivor.into(),
            initials: format!("{}. {}.", of(&self.shown_last, "last_name")?, of(&self.shown_first, "first_name")?),
            birth_date: self.shown_born,
            birth_year: self.shown_born.year(),
            sex: rows::parse::<Sex>(&self.shown_sex, "children", "sex", self.survivor)?,
            kato: rows::parse::<Kato>(&self.shown_kato, "children", "kato", self.survivor)?,
            decision,
            same_iin,
            scored,
        })
    }
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Text)]
    token: String,
    #[diesel(sql_type = Integer)]
    last_count: i32,
    #[diesel(sql_type = Integer)]
    first_count: i32,
    #[diesel(sql_type = Integer)]
    patronymic_count: i32,
    #[diesel(sql_type = BigInt)]
    children: i64,
}

impl Tx<'_> {
    /// Who a person is whom somebody reports of, or whom a list names. Every record found is audited under the
    /// permit's action.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_identify(&mut self, permit: &Permit, person: &Person) -> Result<Identified, StorageError> {
        let found = self.children_identify(permit, std::slice::from_ref(person))?;
        Ok(found.into_iter().next().unwrap_or(Identified::Unknown))
    }

    /// The same for many at once, in their order: two round trips for all of them. A hundred or so at a time.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn children_identify(&mut self, permit: &Permit, people: &[Person]) -> Result<Vec<Identified>, StorageError> {
        let probes: Vec<Prepared> = people.iter().map(Person::prepare).collect();
        let found = self.likely(&probes)?;
        self.audit_candidates(permit.action(), found.iter().flatten());
        Ok(found.into_iter().map(identified).collect())
    }

    /// Records of other children that may be this one, at the level of review or above, the likeliest first. The
    /// caller has the right to the child, and audits what it shows.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_likenesses(&mut self, child: ChildId) -> Result<Vec<(ChildId, Scored)>, StorageError> {
        Ok(self.likenesses(child)?.into_iter().map(|candidate| (candidate.id, candidate.scored)).collect())
    }

    /// The same with what anybody who searches may see of them.
    pub(super) fn likenesses(&mut self, child: ChildId) -> Result<Vec<Candidate>, StorageError> {
        let own: Vec<Comparable> = sql_query("SELECT * FROM child_comparable_records($1)")
            .bind::<SqlUuid, _>(child.as_uuid())
            .load(self.connection)?;
        let Some(first) = own.first() else { return Ok(Vec::new()) };
        // The surviving record with the names of all.
        let mut person = first.person()?;
        for record in &own[1..] {
            let of = record.person()?;
            person.names.extend(of.names);
            person.iin = person.iin.or(of.iin);
        }
        let days: Vec<NaiveDate> = own.iter().flat_map(|record| near_days(record.birth_date)).collect();
        let found: Vec<Comparable> = sql_query("SELECT * FROM child_lookalikes_of($1, $2, $3, $4)")
            .bind::<SqlUuid, _>(child.as_uuid())
            .bind::<Array<Date>, _>(days)
            .bind::<Integer, _>(PER_KEY)
            .bind::<Integer, _>(COMPARED)
            .load(self.connection)?;
        let mut scored = self.scored(&[person.prepare()], &found)?.pop().unwrap_or_default();
        scored.retain(|candidate| candidate.decision != Decision::Different);
        Ok(scored)
    }

    /// For each probe the records that may be the same, the likeliest first: at the level of review or above, or with
    /// the same number.
    pub(super) fn likely(&mut self, probes: &[Prepared]) -> Result<Vec<Vec<Candidate>>, StorageError> {
        let found = self.lookalikes(probes)?;
        self.scored_likely(probes, &found)
    }

    /// The records that share keys with each probe, or hold its number.
    pub(super) fn lookalikes(&mut self, probes: &[Prepared]) -> Result<Vec<Comparable>, StorageError> {
        let mut asked = Asked::default();
        for (place, probe) in (0..).zip(probes) {
            asked.add(place, probe);
        }
        Ok(sql_query("SELECT * FROM child_lookalikes($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind::<Array<Integer>, _>(&asked.key_probes)
            .bind::<Array<BigInt>, _>(&asked.keys)
            .bind::<Array<Integer>, _>(&asked.day_probes)
            .bind::<Array<Date>, _>(&asked.days)
            .bind::<Array<Integer>, _>(&asked.iin_probes)
            .bind::<Array<Text>, _>(&asked.iins)
            .bind::<Integer, _>(PER_KEY)
            .bind::<Integer, _>(COMPARED)
            .load(self.connection)?)
    }

    /// What was found for each probe, scored: the likeliest first, at the level of review or above, or with the same number.
    pub(super) fn scored_likely(
        &mut self,
        probes: &[Prepared],
        found: &[Comparable],
    ) -> Result<Vec<Vec<Candidate>>, StorageError> {
        let mut scored = self.scored(probes, found)?;
        for candidates in &mut scored {
            candidates.retain(|candidate| candidate.same_iin || candidate.decision != Decision::Different);
        }
        Ok(scored)
    }

    /// Scores what was found against its probe; of several records of one child the likeliest counts.
    pub(super) fn scored(
        &mut self,
        probes: &[Prepared],
        found: &[Comparable],
    ) -> Result<Vec<Vec<Candidate>>, StorageError> {
        let people: Vec<Prepared> =
            found.iter().map(|row| row.person().map(|person| person.prepare())).collect::<Result<_, _>>()?;
        let mut best: Vec<HashMap<Uuid, Candidate>> = vec![HashMap::new(); probes.len()];
        if found.is_empty() {
            return Ok(vec![Vec::new(); probes.len()]);
        }
        let Weights { model, frequencies } = self.weights(probes.iter().chain(&people))?;
        for (row, person) in found.iter().zip(&people) {
            let place = usize::try_from(row.probe).unwrap_or(usize::MAX);
            let (Some(probe), Some(best)) = (probes.get(place), best.get_mut(place)) else { continue };
            let same_iin = probe.iin().is_some() && probe.iin() == row.iin.as_deref();
            let scored = model.score(probe, person, &frequencies);
            let decision = model.decide(&scored);
            let candidate = row.candidate(scored, decision, same_iin)?;
            let known = best.entry(row.survivor).or_insert_with(|| candidate.clone());
            let same_iin = known.same_iin || same_iin;
            if candidate.scored.weight > known.scored.weight {
                *known = candidate;
            }
            known.same_iin = same_iin;
        }
        let sorted = |found: HashMap<Uuid, Candidate>| {
            let mut candidates: Vec<Candidate> = found.into_values().collect();
            candidates.sort_by(|one, other| {
                (other.same_iin, other.scored.weight)
                    .partial_cmp(&(one.same_iin, one.scored.weight))
                    .unwrap_or(std::cmp::Ordering::Equal)
                    .then(one.id.cmp(&other.id))
            });
            candidates
        };
        Ok(best.into_iter().map(sorted).collect())
    }

    /// How frequent the words of these names are, by the dictionary (as shipped where it knows too few children), and the
    /// weights for an index of its size.
    fn weights<'a>(&mut self, people: impl Iterator<Item = &'a Prepared>) -> Result<Weights, StorageError> {
        let words: BTreeSet<&str> = people.flat_map(|person| person.tokens().map(|(_, word)| word)).collect();
        let counted: Vec<CountRow> = sql_query("SELECT * FROM name_token_counts($1, $2)")
            .bind::<Array<Text>, _>(words.into_iter().collect::<Vec<_>>())
            .bind::<BigInt, _>(ENOUGH_CHILDREN)
            .load(self.connection)?;
        let children = counted.iter().map(|row| row.children).max().unwrap_or(0);
        let records = u64::try_from(children).unwrap_or(0);
        let model = Model::shipped().for_records(records.max(LEAST_RECORDS));
        let frequencies =
            if children < ENOUGH_CHILDREN { Frequencies::shipped() } else { frequencies(counted, records) };
        Ok(Weights { model, frequencies })
    }

    pub(super) fn audit_candidates<'a>(&mut self, action: Action, found: impl Iterator<Item = &'a Candidate>) {
        let ids: Vec<Uuid> = found.map(|candidate| candidate.id.as_uuid()).collect();
        if !ids.is_empty() {
            self.audit_many(action, ids);
        }
    }
}

/// Shares of words by their counts among so many children.
fn frequencies(counted: Vec<CountRow>, children: u64) -> Frequencies {
    let number = |count: i32| u64::try_from(count).unwrap_or(0);
    let mut counts: Vec<(NamePlace, String, u64)> = Vec::with_capacity(counted.len() * 3);
    for row in counted {
        counts.push((NamePlace::Last, row.token.clone(), number(row.last_count)));
        counts.push((NamePlace::First, row.token.clone(), number(row.first_count)));
        counts.push((NamePlace::Patronymic, row.token, number(row.patronymic_count)));
    }
    counts.retain(|(.., count)| *count > 0);
    // All other words of the place, so that the shares are those among all children.
    for place in NamePlace::ALL {
        let known: u64 = counts.iter().filter(|count| count.0 == *place).map(|count| count.2).sum();
        counts.push((*place, String::new(), children.saturating_sub(known)));
    }
    Frequencies::from_counts(counts)
}

/// What the database is asked for, in parallel lists.
#[derive(Default)]
struct Asked {
    key_probes: Vec<i32>,
    keys: Vec<i64>,
    day_probes: Vec<i32>,
    days: Vec<NaiveDate>,
    iin_probes: Vec<i32>,
    iins: Vec<String>,
}

impl Asked {
    fn add(&mut self, place: i32, probe: &Prepared) {
        for key in blocking_keys(probe) {
            self.key_probes.push(place);
            self.keys.push(key.value());
        }
        for day in probe.birth_date().map(near_days).unwrap_or_default() {
            self.day_probes.push(place);
            self.days.push(day);
        }
        if let Some(iin) = probe.iin() {
            self.iin_probes.push(place);
            self.iins.push(iin.to_owned());
        }
    }
}

/// One record that is surely the person, if it holds the very number or no other comes near: another is a double that
/// nobody merged yet, or a brother, and somebody must look.
pub(super) fn identified(candidates: Vec<Candidate>) -> Identified {
    match candidates.first() {
        None => Identified::Unknown,
        Some(first) if first.decision == Decision::Automatic && (first.same_iin || candidates.len() == 1) => {
            Identified::Certain(first.linkable(), first.scored.clone())
        }
        Some(_) => Identified::Uncertain(candidates),
    }
}
