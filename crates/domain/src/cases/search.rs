//! What somebody types to find a case: a number or a part of it, a child's name, words of a text.

use std::fmt;

use crate::children::{PersonName, name_key};
use crate::text::Text;
use crate::words::words;

/// What is typed: 2 to 200 characters.
pub type SearchText = Text<2, 200>;

words! {
    /// Where a case was found.
    pub enum MatchPlace {
        /// In its number.
        Number = "number",
        /// In the child's name, perhaps with a typing error.
        ChildName = "child_name",
        /// In title, description or grounds.
        CaseText = "case_text",
        /// In a note, an assessment, a review or another text of a section that the caller reads.
        Content = "content",
    }
}

/// Fewest digits that say enough of a number.
const SHORTEST_NUMBER: usize = 3;

/// What to look for, in each of the places. It may hold a name: `Debug` shows how much there is, not what.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseSearch {
    number: Option<String>,
    name_tokens: Vec<String>,
    words: String,
}

impl fmt::Debug for CaseSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaseSearch(number {}, {} name tokens)", self.number.is_some(), self.name_tokens.len())
    }
}

impl CaseSearch {
    /// Reads what was typed. Every reading that makes sense is tried: who types should not have to say what it is.
    #[must_use]
    pub fn new(typed: &SearchText) -> Self {
        Self {
            number: number_part(typed.as_str()),
            name_tokens: name_tokens(typed.as_str()),
            words: typed.as_str().to_owned(),
        }
    }

    /// A part of a case's number: digits, hyphens and perhaps the check character.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// Parts of a name, normalised, the longest first: it narrows most. Empty where it cannot be a name.
    #[must_use]
    pub fn name_tokens(&self) -> &[String] {
        &self.name_tokens
    }

    /// The words as typed, for texts.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }
}

fn number_part(typed: &str) -> Option<String> {
    let compact: String = typed.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let digits = compact.chars().filter(char::is_ascii_digit).count();
    let right = compact.chars().all(|c| c.is_ascii_digit() || c == '-' || c == 'X');
    (right && digits >= SHORTEST_NUMBER).then_some(compact)
}

fn name_tokens(typed: &str) -> Vec<String> {
    let Ok(name) = PersonName::new(typed) else { return Vec::new() };
    // Both places hold it: last and first name are compared in any order anyway.
    let mut tokens = name_key(&name, &name, None).tokens;
    tokens.sort_by_key(|token| std::cmp::Reverse(token.chars().count()));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(typed: &str) -> CaseSearch {
        CaseSearch::new(&SearchText::new(typed).unwrap())
    }

    #[test]
    fn a_part_of_a_number_is_told_from_a_name() {
        let table = [
            ("35-2026-000123-6", Some("35-2026-000123-6"), 0),
            ("000123", Some("000123"), 0),
            ("123-x", Some("123-X"), 0),
            (" 35 - 2026 ", Some("35-2026"), 0),
            ("12", None, 0),
            ("Сапарова Алия", None, 2),
            ("Қайрат", None, 1),
            ("синяки 2026", None, 0),
            ("%_%", None, 0),
        ];
        for (typed, number, tokens) in table {
            let found = search(typed);
            assert_eq!((found.number(), found.name_tokens().len()), (number, tokens), "{typed}");
        }
    }

    #[test]
    fn names_are_folded_and_the_longest_part_leads() {
        assert_eq!(search("Әлия Сапарова").name_tokens(), ["сапаров", "алия"]);
    }

    #[test]
    fn debug_shows_no_name() {
        assert_eq!(format!("{:?}", search("Сапарова Алия")), "CaseSearch(number false, 2 name tokens)");
    }
}
