//! Parts of names and how far they agree.

use super::agreement::Level;
use super::letters::name_tokens;
use super::nicknames::formal_names;

/// From this similarity on names are nearly the same; Winkler (1990) and Christen (2012) take 0.9 to 0.94.
const CLOSE: f64 = 0.92;
/// From this similarity on names are alike.
const SIMILAR: f64 = 0.85;
/// In names at least this long one slip of the pen leaves no doubt what was meant; shorter ones (Дана, Дина) are two.
const LONG_ENOUGH_FOR_A_SLIP: usize = 6;

/// One part of a name, ready to compare.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct NamePart {
    /// Words in the order written.
    pub(super) tokens: Vec<String>,
    /// All words in one.
    joined: String,
    /// The length of `joined` in letters.
    length: usize,
    formal: &'static [u16],
}

impl NamePart {
    /// Normalises a part of a name; none where no letter is left.
    pub(super) fn new(text: &str) -> Option<Self> {
        Self::of(name_tokens(text))
    }

    pub(super) fn of(tokens: Vec<String>) -> Option<Self> {
        let joined = tokens.concat();
        let formal = match tokens.as_slice() {
            [one] => formal_names(one),
            _ => &[],
        };
        (!joined.is_empty()).then(|| Self { length: joined.chars().count(), tokens, joined, formal })
    }

    /// How far two parts agree.
    pub(super) fn level(&self, other: &Self) -> Level {
        if self.joined == other.joined {
            return Level::Exact;
        }
        if self.length == 1 || other.length == 1 {
            let initial = self.joined.chars().next() == other.joined.chars().next();
            return if initial { Level::Initial } else { Level::Different };
        }
        if self.formal.iter().any(|name| other.formal.contains(name)) {
            return Level::Close;
        }
        if (self.tokens.len() > 1 || other.tokens.len() > 1)
            && let Some(level) = self.level_of_parts(other)
        {
            return level;
        }
        self.likeness(other)
    }

    /// Double names: the same words in another order, or one of two left out.
    fn level_of_parts(&self, other: &Self) -> Option<Level> {
        let (fewer, more) = if self.tokens.len() <= other.tokens.len() { (self, other) } else { (other, self) };
        let all_found = fewer.tokens.iter().all(|word| word.chars().count() > 2 && more.tokens.contains(word));
        match (all_found, fewer.tokens.len() == more.tokens.len()) {
            (false, _) => None,
            (true, true) => Some(Level::Exact),
            (true, false) => Some(Level::Close),
        }
    }

    fn likeness(&self, other: &Self) -> Level {
        let similarity = strsim::jaro_winkler(&self.joined, &other.joined);
        if similarity >= CLOSE {
            return Level::Close;
        }
        if similarity < SIMILAR - 0.1 {
            return Level::Different;
        }
        let shorter = self.length.min(other.length);
        let slip = shorter >= LONG_ENOUGH_FOR_A_SLIP && strsim::osa_distance(&self.joined, &other.joined) == 1;
        match (slip, similarity >= SIMILAR) {
            (true, _) => Level::Close,
            (false, true) => Level::Similar,
            (false, false) => Level::Different,
        }
    }
}

/// How far two texts agree that are no names.
pub(super) fn text_level(one: &str, other: &str) -> Level {
    if one == other {
        return Level::Exact;
    }
    let similarity = strsim::jaro_winkler(one, other);
    if similarity >= CLOSE || (one.len().min(other.len()) >= 4 && strsim::osa_distance(one, other) == 1) {
        Level::Close
    } else if similarity >= SIMILAR {
        Level::Similar
    } else {
        Level::Different
    }
}
