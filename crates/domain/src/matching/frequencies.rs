//! How common names are: two people of a rare name are more likely one than two of a common one.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::names::NamePart;
use super::person::Prepared;
use crate::words::words;

words! {
    /// Where in a name a word stands.
    pub enum NamePlace {
        /// Last name.
        Last = "last",
        /// First name.
        First = "first",
        /// Patronymic.
        Patronymic = "patronymic",
    }
}

/// Shares of name words among all people who have a word in that place (Winkler, "The state of record linkage and
/// current research problems", 1999, calls them value-specific).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frequencies {
    shares: [HashMap<String, f64>; 3],
    unseen: [f64; 3],
}

/// A share is never taken as smaller: who knows only some thousand names does not know that a name is rarer.
const RAREST: f64 = 2e-5;
/// What is assumed of a word while nothing is known of any: about the average share weighed by itself.
const UNKNOWN: [f64; 3] = [0.003, 0.008, 0.008];

impl Frequencies {
    /// Nothing known: every word counts as an average one.
    #[must_use]
    pub fn unknown() -> Self {
        Self { shares: Default::default(), unseen: UNKNOWN }
    }

    /// What is assumed where no names have been counted, as [`Frequencies::unknown`]: no list of names comes with the
    /// program, since shares of made-up names would say nothing about real ones. Count a dictionary as soon as there
    /// is one.
    #[must_use]
    pub fn shipped() -> Self {
        Self::unknown()
    }

    /// Counts the words of people.
    pub fn of<'a>(people: impl IntoIterator<Item = &'a Prepared>) -> Self {
        let mut counts: [HashMap<String, u64>; 3] = Default::default();
        for person in people {
            for (place, token) in person.tokens() {
                let counts = &mut counts[place as usize];
                match counts.get_mut(token) {
                    Some(count) => *count += 1,
                    None => {
                        counts.insert(token.to_owned(), 1);
                    }
                }
            }
        }
        let words = NamePlace::ALL.iter().zip(counts);
        Self::from_counts(words.flat_map(|(place, counts)| counts.into_iter().map(|(word, n)| (*place, word, n))))
    }

    /// Shares from a dictionary of words with how many people have each in that place. Words are those of
    /// [`Prepared::tokens`]. A place without any word stays unknown.
    pub fn from_counts(counts: impl IntoIterator<Item = (NamePlace, String, u64)>) -> Self {
        let mut all: [HashMap<String, u64>; 3] = Default::default();
        for (place, word, count) in counts {
            *all[place as usize].entry(word).or_default() += count;
        }
        let mut frequencies = Self::unknown();
        for (place, counts) in all.into_iter().enumerate() {
            let total: u64 = counts.values().sum();
            if total == 0 {
                continue;
            }
            let share = |count: u64| (count as f64 / total as f64).max(RAREST);
            frequencies.unseen[place] = share(1);
            frequencies.shares[place] = counts.into_iter().map(|(word, count)| (word, share(count))).collect();
        }
        frequencies
    }

    /// The share of one normalised word.
    #[must_use]
    pub fn share(&self, place: NamePlace, token: &str) -> f64 {
        self.shares[place as usize].get(token).copied().unwrap_or(self.unseen[place as usize])
    }

    /// The share of a part of a name: that of its rarest word.
    pub(super) fn of_part(&self, place: NamePlace, part: &NamePart) -> f64 {
        part.tokens.iter().map(|token| self.share(place, token)).fold(1.0, f64::min)
    }
}
