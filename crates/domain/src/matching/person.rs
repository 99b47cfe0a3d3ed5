//! What is known of a person, as given and ready to compare.

use std::fmt;

use chrono::NaiveDate;

use super::frequencies::NamePlace;
use super::letters::plain;
use super::names::NamePart;
use crate::children::{Iin, Sex};

/// One name that a person is held under. Parts that are not known are none.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct HeldName {
    /// Last name.
    pub last: Option<String>,
    /// First name.
    pub first: Option<String>,
    /// Patronymic.
    pub patronymic: Option<String>,
}

impl HeldName {
    /// A name of last and first name and, perhaps, patronymic; empty parts are none.
    #[must_use]
    pub fn new(last: &str, first: &str, patronymic: Option<&str>) -> Self {
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
        Self { last: given(last), first: given(first), patronymic: patronymic.and_then(given) }
    }
}

impl fmt::Debug for HeldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeldName(•••)")
    }
}

/// What is known of a person. Only a name is needed; what is missing neither speaks for nor against.
///
/// The number is given as written, since a wrong one still tells something. Personal data: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// All names that the person is held under, former and other spellings among them.
    pub names: Vec<HeldName>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Individual identification number, right or wrong.
    pub iin: Option<String>,
    /// Code of the territory (KATO).
    pub kato: Option<String>,
    /// Further fields of a list, compared as texts, in the order of the model's own.
    pub extras: Vec<Option<String>>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({} names)", self.names.len())
    }
}

impl Person {
    /// Normalises everything, once, so that comparing is quick.
    #[must_use]
    pub fn prepare(&self) -> Prepared {
        let mut names: Vec<PreparedName> = self.names.iter().filter_map(PreparedName::new).collect();
        names.dedup();
        let iin = self.iin.as_deref().map(plain).filter(|digits| !digits.is_empty());
        // A right number tells the date of birth where nothing else does.
        let told = || iin.as_deref().and_then(|digits| Iin::new(digits).ok()?.birth_date());
        Prepared {
            birth_date: self.birth_date.or_else(told),
            sex: self.sex,
            kato: self.kato.as_deref().map(|code| code.trim().to_owned()).filter(|code| !code.is_empty()),
            extras: self.extras.iter().map(|text| text.as_deref().map(plain).filter(|t| !t.is_empty())).collect(),
            names,
            iin,
        }
    }
}

/// A person ready to compare. Personal data: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Prepared {
    pub(super) names: Vec<PreparedName>,
    pub(super) birth_date: Option<NaiveDate>,
    pub(super) sex: Option<Sex>,
    pub(super) iin: Option<String>,
    pub(super) kato: Option<String>,
    pub(super) extras: Vec<Option<String>>,
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prepared({} names)", self.names.len())
    }
}

impl Prepared {
    /// The normalised words of all names with the place that each stands in, for a dictionary of name words.
    pub fn tokens(&self) -> impl Iterator<Item = (NamePlace, &str)> {
        self.names.iter().flat_map(|name| {
            NamePlace::ALL.iter().zip(&name.parts).flat_map(|(place, part)| {
                part.iter().flat_map(move |part| part.tokens.iter().map(move |token| (*place, token.as_str())))
            })
        })
    }

    /// Whether nothing of any name is left after normalisation: such a person is not to be found by name.
    #[must_use]
    pub fn is_nameless(&self) -> bool {
        self.names.is_empty()
    }

    /// The number as it is compared: digits and letters only.
    #[must_use]
    pub fn iin(&self) -> Option<&str> {
        self.iin.as_deref()
    }

    /// The date of birth: the one given, or the one that a right number tells.
    #[must_use]
    pub const fn birth_date(&self) -> Option<NaiveDate> {
        self.birth_date
    }
}

/// A name's parts in the order of [`NamePlace::ALL`].
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PreparedName {
    pub(super) parts: [Option<NamePart>; 3],
}

impl PreparedName {
    fn new(name: &HeldName) -> Option<Self> {
        let part = |text: &Option<String>| text.as_deref().and_then(NamePart::new);
        let mut parts = [part(&name.last), part(&name.first), part(&name.patronymic)];
        match &mut parts {
            [None, None, None] => return None,
            // The whole name in one field.
            [whole @ Some(_), None, None] | [None, whole @ Some(_), None] => {
                let tokens = whole.take().map(|part| part.tokens).unwrap_or_default();
                parts = spread(tokens);
            }
            _ => {}
        }
        Some(Self { parts })
    }
}

/// Words of a whole name: last, first name and, all the rest, patronymic.
fn spread(tokens: Vec<String>) -> [Option<NamePart>; 3] {
    let mut words = tokens.into_iter();
    let (last, first) = (words.next(), words.next());
    let one = |word: Option<String>| NamePart::of(word.into_iter().collect());
    [one(last), one(first), NamePart::of(words.collect())]
}
