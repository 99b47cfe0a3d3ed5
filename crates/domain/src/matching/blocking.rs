//! Which records are worth comparing: those that share a key.
//!
//! Several passes (Christen, "Data Matching", 2012, chapter 4), so that whatever is wrong in one field leaves a key that
//! does not use it: the number; the date of birth with the beginning of any word of the name; any two words of the
//! name by their sound; year, or day and month, with the beginnings of any two words.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::letters::sound_code;
use super::person::{Prepared, PreparedName};

/// A key that records of one person are likely to share. The number never changes for the same person: it may be
/// stored. It is made from personal data and is not reversible, but is not to be published either.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockKey(i64);

impl BlockKey {
    /// The number to store and to look up.
    #[must_use]
    pub const fn value(self) -> i64 {
        self.0
    }

    fn of(pass: char, parts: &[&str]) -> Self {
        let mut hash = Fnv::new();
        hash.write(pass);
        for part in parts {
            hash.write('\u{1f}');
            part.chars().for_each(|letter| hash.write(letter));
        }
        Self(i64::from_be_bytes(hash.0.to_be_bytes()))
    }
}

impl fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockKey(…)")
    }
}

/// FNV-1a of 64 bits (Fowler, Noll and Vo): simple, and the same for ever.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn write(&mut self, letter: char) {
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// Sounds of a word in a key that nothing but names makes.
const WORD: usize = 6;
/// Sounds of a word in a key with a year.
const BEGINNING: usize = 3;
/// Sounds of a word in a key with day and month, or with the whole date.
const SHORT_BEGINNING: usize = 2;
/// More words than this no name has; a longer list would make keys without end.
const MOST_WORDS: usize = 6;

/// The keys of a person, sorted, each once. Two records with a key in common are worth comparing.
#[must_use]
pub fn blocking_keys(person: &Prepared) -> Vec<BlockKey> {
    let mut keys = BTreeSet::new();
    if let Some(iin) = &person.iin {
        keys.insert(BlockKey::of('n', &[iin]));
    }
    for name in &person.names {
        keys_of_name(name, person.birth_date, &mut keys);
    }
    keys.into_iter().collect()
}

fn keys_of_name(name: &PreparedName, birth_date: Option<NaiveDate>, keys: &mut BTreeSet<BlockKey>) {
    let words: Vec<&str> =
        name.parts.iter().flatten().flat_map(|part| part.tokens.iter().map(String::as_str)).collect();
    let words = &words[..words.len().min(MOST_WORDS)];
    let codes = |length: usize| -> Vec<String> { words.iter().map(|word| sound_code(word, length)).collect() };
    for [one, other] in pairs(&codes(WORD)) {
        keys.insert(BlockKey::of('w', &[one, other]));
    }
    let Some(date) = birth_date else { return };
    let year = date.year().to_string();
    // Day and month in either order.
    let day = format!("{}-{}", date.day().min(date.month()), date.day().max(date.month()));
    let short = codes(SHORT_BEGINNING);
    for beginning in &short {
        keys.insert(BlockKey::of('d', &[&year, &day, beginning]));
    }
    for [one, other] in pairs(&short) {
        keys.insert(BlockKey::of('m', &[&day, one, other]));
    }
    for [one, other] in pairs(&codes(BEGINNING)) {
        keys.insert(BlockKey::of('y', &[&year, one, other]));
    }
}

/// Any two of several codes, in an order that does not depend on their places.
fn pairs(codes: &[String]) -> Vec<[&str; 2]> {
    let mut pairs = Vec::new();
    for (place, one) in codes.iter().enumerate() {
        for other in &codes[place + 1..] {
            pairs.push(if one <= other { [one.as_str(), other.as_str()] } else { [other.as_str(), one.as_str()] });
        }
    }
    pairs
}

/// Finds the pairs worth comparing in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocker {
    /// A key that would give more pairs than this is divided by date of birth; what is still too large is left out,
    /// and only pairs with another key in common remain of it.
    pub most_pairs: u64,
}

impl Default for Blocker {
    fn default() -> Self {
        Self { most_pairs: 1_000_000 }
    }
}

/// What blocking found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocked {
    /// Places in the two lists (twice the same list, first the lower place, for duplicates within one), sorted.
    pub pairs: Vec<(u32, u32)>,
    /// How many keys were divided by date of birth, being too common.
    pub divided: u64,
    /// How many (divided) keys were left out, being too common still.
    pub left_out: u64,
}

/// One key of one record: of which list, and where.
type Entry = (BlockKey, bool, u32);

impl Blocker {
    /// Pairs of one record of each list.
    #[must_use]
    pub fn between(&self, left: &[Prepared], right: &[Prepared]) -> Blocked {
        let mut entries = entries(left, false);
        entries.extend(entries_of(right, true));
        self.block(entries, |right_list, place| birth_date(if right_list { right } else { left }, place), false)
    }

    /// Pairs within one list.
    #[must_use]
    pub fn within(&self, list: &[Prepared]) -> Blocked {
        self.block(entries(list, false), |_, place| birth_date(list, place), true)
    }

    fn block(&self, mut entries: Vec<Entry>, born: impl Fn(bool, u32) -> Option<NaiveDate>, within: bool) -> Blocked {
        entries.sort_unstable();
        let mut blocked = Blocked::default();
        let mut found: Vec<u64> = Vec::new();
        for block in entries.chunk_by(|one, other| one.0 == other.0) {
            if number_of_pairs(block, within) <= self.most_pairs {
                gather(block, within, &mut found);
                continue;
            }
            blocked.divided += 1;
            let mut by_date: Vec<(Option<NaiveDate>, Entry)> =
                block.iter().map(|entry| (born(entry.1, entry.2), *entry)).collect();
            by_date.sort_unstable();
            for part in by_date.chunk_by(|one, other| one.0 == other.0) {
                let part: Vec<Entry> = part.iter().map(|(_, entry)| *entry).collect();
                if number_of_pairs(&part, within) <= self.most_pairs {
                    gather(&part, within, &mut found);
                } else {
                    blocked.left_out += 1;
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        blocked.pairs = found.into_iter().map(unpacked).collect();
        blocked
    }
}

fn birth_date(list: &[Prepared], place: u32) -> Option<NaiveDate> {
    list.get(place as usize).and_then(|person| person.birth_date)
}

fn entries(list: &[Prepared], right: bool) -> Vec<Entry> {
    entries_of(list, right).collect()
}

fn entries_of(list: &[Prepared], right: bool) -> impl Iterator<Item = Entry> {
    (0_u32..)
        .zip(list)
        .flat_map(move |(place, person)| blocking_keys(person).into_iter().map(move |key| (key, right, place)))
}

fn number_of_pairs(block: &[Entry], within: bool) -> u64 {
    let all = block.len() as u64;
    let right = block.iter().filter(|entry| entry.1).count() as u64;
    if within { all * all.saturating_sub(1) / 2 } else { (all - right) * right }
}

fn gather(block: &[Entry], within: bool, found: &mut Vec<u64>) {
    if within {
        for (at, one) in block.iter().enumerate() {
            found.extend(block[at + 1..].iter().map(|other| packed(one.2.min(other.2), one.2.max(other.2))));
        }
    } else {
        // Sorted: those of the left list come first.
        let (left, right) = block.split_at(block.partition_point(|entry| !entry.1));
        for one in left {
            found.extend(right.iter().map(|other| packed(one.2, other.2)));
        }
    }
}

fn packed(left: u32, right: u32) -> u64 {
    (u64::from(left) << 32) | u64::from(right)
}

fn unpacked(pair: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = pair.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}
