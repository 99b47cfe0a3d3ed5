//! Searching the shared index by words of a name with slips of the pen.
//!
//! Comparing a query with a million names would take a second. The words that names are made of are tens of thousands:
//! each word of the query is looked up in that dictionary by the forms it shares (`near_forms`), and records are then
//! looked up by whole words.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text};
use qorgan_domain::children::{Iin, SearchTerms, near_forms, slips_between};
use qorgan_domain::ids::ChildId;

use super::Candidate;
use super::likeness::Comparable;
use crate::{Permit, StorageError, Tx};

/// Records that are scored.
const COMPARED: i32 = 400;
const MOST_COMPARED: usize = COMPARED as usize;
/// Words of the dictionary that one word of the query may stand for: those with fewer slips first, then the commoner.
const READINGS: usize = 60;
/// More slips than a reading has: the word is not in the name at all.
const MISSING: usize = 4;
/// Words of the query that are looked up: those with the fewest children. The others only count in the score.
const MOST_WORDS: usize = 4;

#[derive(QueryableByName)]
struct NearRow {
    #[diesel(sql_type = Integer)]
    word: i32,
    #[diesel(sql_type = Text)]
    spelling: String,
    #[diesel(sql_type = Text)]
    token: String,
    #[diesel(sql_type = Integer)]
    children_count: i32,
}

/// The words of the dictionary that one word of the query may stand for, with the slips between.
#[derive(Default, Clone)]
struct Readings {
    tokens: Vec<String>,
    slips: Vec<usize>,
    children: i64,
}

impl Readings {
    /// Those with a slip at most.
    fn near(&self) -> Self {
        let near = |(_, slips): &(&String, &usize)| **slips <= 1;
        let (tokens, slips) =
            self.tokens.iter().zip(&self.slips).filter(near).map(|(token, slips)| (token.clone(), *slips)).unzip();
        Self { tokens, slips, children: self.children }
    }

    /// The fewest slips between the word and one of a name; more than any reading has where it is none of them.
    fn slips_from(&self, name: &[String]) -> usize {
        let known = self.tokens.iter().zip(&self.slips).filter(|(token, _)| name.contains(token));
        known.map(|(_, slips)| *slips).min().unwrap_or(MISSING)
    }
}

impl Tx<'_> {
    /// What is found for a search, the likeliest first, `limit` at most. Every record named here is audited under the
    /// permit's action, found or shown.
    ///
    /// A record must have all words of the name, each with a slip or two. Where none has all of three or more words,
    /// one of them may be missing: a patronymic often is.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_search(
        &mut self,
        permit: &Permit,
        terms: &SearchTerms,
        limit: usize,
    ) -> Result<Vec<Candidate>, StorageError> {
        let mut readings = self.readings(terms)?;
        readings.sort_by_key(|word| word.children);
        let mut found = self.with_words(&readings, terms)?;
        if found.is_empty() && readings.len() > 2 {
            for missing in 0..readings.len() {
                let mut fewer = readings.clone();
                fewer.remove(missing);
                found.extend(self.with_words(&fewer, terms)?);
            }
        }
        // Of many namesakes, and those with other names, the nearest: which of them are looked at must not be chance.
        let by_name_alone = terms.birth_date().is_none() && terms.iin().is_none();
        if by_name_alone && found.len() >= MOST_COMPARED {
            let near: Vec<Readings> = readings.iter().map(Readings::near).collect();
            found.extend(self.with_words(&near, terms)?);
        }
        let mut candidates = self.scored(&[terms.person()], &found)?.pop().unwrap_or_default();
        if by_name_alone {
            nearest_first(&mut candidates, &found, &readings);
        }
        candidates.truncate(limit);
        self.audit_candidates(permit.action(), candidates.iter());
        Ok(candidates)
    }

    /// For each word of a query what it may stand for: words of which a spelling is near one of its own.
    fn readings(&mut self, terms: &SearchTerms) -> Result<Vec<Readings>, StorageError> {
        let words = terms.words();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let spelled = terms.spellings();
        let (mut places, mut forms) = (Vec::new(), Vec::new());
        for (place, spelled) in (0_i32..).zip(&spelled) {
            for form in near_forms(&spelled.spelling) {
                places.push(place);
                forms.push(form);
            }
        }
        let near: Vec<NearRow> = sql_query("SELECT * FROM name_tokens_near($1, $2)")
            .bind::<Array<Integer>, _>(places)
            .bind::<Array<BigInt>, _>(forms)
            .load(self.connection)?;
        let mut found: Vec<HashMap<String, (usize, i32)>> = vec![HashMap::new(); words.len()];
        for row in near {
            let Some(spelled) = usize::try_from(row.word).ok().and_then(|place| spelled.get(place)) else { continue };
            let Some(slips) = slips_between(&spelled.spelling, &row.spelling) else { continue };
            let Ok(word) = words.binary_search(&spelled.word) else { continue };
            let reading = (slips, -row.children_count);
            found[word].entry(row.token).and_modify(|known| *known = reading.min(*known)).or_insert(reading);
        }
        let readings = found.into_iter().map(|near| {
            let mut near: Vec<((usize, i32), String)> = near.into_iter().map(|(token, order)| (order, token)).collect();
            near.sort();
            near.truncate(READINGS);
            Readings {
                children: near.iter().map(|((_, count), _)| -i64::from(*count)).sum(),
                slips: near.iter().map(|((slips, _), _)| *slips).collect(),
                tokens: near.into_iter().map(|(_, token)| token).collect(),
            }
        });
        Ok(readings.collect())
    }

    fn with_words(&mut self, readings: &[Readings], terms: &SearchTerms) -> Result<Vec<Comparable>, StorageError> {
        let mut groups: Vec<&Vec<String>> = readings.iter().map(|word| &word.tokens).take(MOST_WORDS).collect();
        if groups.iter().any(|tokens| tokens.is_empty()) {
            // No name has such a word: nobody has all of them.
            groups.clear();
        }
        if groups.is_empty() && terms.iin().is_none() {
            return Ok(Vec::new());
        }
        let group = |at: usize| groups.get(at).copied();
        let on_day = terms.words().len() == 1;
        Ok(sql_query("SELECT * FROM child_search($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind::<Nullable<Array<Text>>, _>(group(0))
            .bind::<Nullable<Array<Text>>, _>(group(1))
            .bind::<Nullable<Array<Text>>, _>(group(2))
            .bind::<Nullable<Array<Text>>, _>(group(3))
            .bind::<Nullable<Date>, _>(terms.birth_date() as Option<NaiveDate>)
            .bind::<Bool, _>(on_day)
            .bind::<Nullable<Text>, _>(terms.iin().map(Iin::expose))
            .bind::<Integer, _>(COMPARED)
            .load(self.connection)?)
    }
}

/// Where nothing but the name is known, how little it must have been misspelled says more than how rare it is: weights of
/// frequency tell a child from strangers, not one namesake from another.
fn nearest_first(candidates: &mut [Candidate], found: &[Comparable], readings: &[Readings]) {
    let mut slips: HashMap<ChildId, usize> = HashMap::new();
    for row in found {
        let name = row.words();
        let of_row: usize = readings.iter().map(|word| word.slips_from(&name)).sum();
        slips.entry(row.survivor.into()).and_modify(|known| *known = of_row.min(*known)).or_insert(of_row);
    }
    // Stable: those with equal slips stay in the order of their scores.
    candidates.sort_by_key(|candidate| slips.get(&candidate.id).copied().unwrap_or(usize::MAX));
}
