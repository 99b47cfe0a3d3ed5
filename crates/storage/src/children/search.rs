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

use super::Candidate;
use super::likeness::Comparable;
use crate::{Permit, StorageError, Tx};

/// Records that are scored.
const COMPARED: i32 = 400;
/// Words of the dictionary that one word of the query may stand for: those with fewer slips first, then the commoner.
const READINGS: usize = 60;
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

/// The words of the dictionary that one word of the query may stand for.
#[derive(Default, Clone)]
struct Readings {
    tokens: Vec<String>,
    children: i64,
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
        let mut candidates = self.scored(&[terms.person()], &found)?.pop().unwrap_or_default();
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
