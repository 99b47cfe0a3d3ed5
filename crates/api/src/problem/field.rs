//! One wrong field, and all wrong fields of one request.

use std::fmt;

use qorgan_domain::Invalid;
use serde_json::{Map, Value, json};

use super::messages;
use crate::request::Language;

/// Most errors one answer lists: past this the client learns nothing, and the answer only grows.
const MAX_ERRORS: usize = 100;

/// Longest piece of a pointer that is repeated to the client; names of unknown fields are theirs to choose.
const MAX_TOKEN_CHARACTERS: usize = 64;

/// Where in a document a value stands, as a JSON pointer (RFC 6901): a chain towards the root that costs
/// nothing until an error is written.
#[derive(Debug, Clone, Copy)]
pub struct Pointer<'a> {
    parent: Option<&'a Pointer<'a>>,
    token: Token<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Token<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl Pointer<'static> {
    /// The whole document: the empty pointer.
    pub const ROOT: Self = Self { parent: None, token: Token::Root };
}

impl<'a> Pointer<'a> {
    /// The member `name` of the object here.
    pub fn key(&'a self, name: &'a str) -> Pointer<'a> {
        Pointer { parent: Some(self), token: Token::Key(name) }
    }

    /// The item at `index` (from 0) of the array here.
    pub fn index(&'a self, index: usize) -> Pointer<'a> {
        Pointer { parent: Some(self), token: Token::Index(index) }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.token {
            Token::Root => Ok(()),
            Token::Index(index) => write!(f, "/{index}"),
            Token::Key(name) => {
                let shown: String = name.chars().take(MAX_TOKEN_CHARACTERS).collect();
                write!(f, "/{}", shown.replace('~', "~0").replace('/', "~1"))
            }
        }
    }
}

/// What is wrong with a value: a stable code and the bounds that were broken, never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    code: &'static str,
    parameters: Vec<(&'static str, String)>,
}

impl Issue {
    /// An issue with a code of [`messages::FIELDS`].
    pub fn new(code: &'static str) -> Self {
        Self { code, parameters: Vec::new() }
    }

    /// Adds a parameter, such as `max`: it fills `{max}` in the message and stands in the answer as a member.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    /// A value of another JSON type than `expected` (`string`, `integer`, …).
    pub fn wrong_type(expected: &'static str) -> Self {
        Self::new("wrong_type").with("expected", expected)
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl From<Invalid> for Issue {
    fn from(invalid: Invalid) -> Self {
        invalid.params().iter().fold(Self::new(invalid.code()), |issue, (name, value)| issue.with(name, value))
    }
}

/// What is wrong with a value, in words of one language.
pub fn words_of(invalid: &Invalid, language: Language) -> String {
    let words =
        messages::find(messages::FIELDS, invalid.code()).or_else(|| messages::find(messages::FIELDS, "invalid_value"));
    messages::fill(words.map_or("", |words| words.in_language(language)), invalid.params())
}

/// One wrong field: where it stands and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pointer: String,
    issue: Issue,
}

impl FieldError {
    /// An error at a JSON pointer (`/child/iin`), or at the name of a query parameter or header.
    pub fn new(pointer: impl ToString, issue: Issue) -> Self {
        Self { pointer: pointer.to_string(), issue }
    }

    /// Where the field stands.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The stable code of what is wrong.
    pub fn code(&self) -> &'static str {
        self.issue.code
    }

    /// The member of `errors` in one language.
    pub(super) fn render(&self, language: Language) -> Value {
        let words = messages::find(messages::FIELDS, self.issue.code)
            .or_else(|| messages::find(messages::FIELDS, "invalid_value"));
        let text = words.map_or("", |words| words.in_language(language));
        let mut member = Map::new();
        for (name, value) in &self.issue.parameters {
            member.insert((*name).to_owned(), json!(value));
        }
        member.insert("pointer".into(), json!(self.pointer));
        member.insert("code".into(), json!(self.issue.code));
        member.insert("message".into(), json!(messages::fill(text, &self.issue.parameters)));
        Value::Object(member)
    }
}

/// All wrong fields of one request, gathered before any is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// No errors yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error at a place.
    pub fn push(&mut self, at: &Pointer<'_>, issue: impl Into<Issue>) {
        self.add(FieldError::new(at, issue.into()));
    }

    /// Adds an error at a named parameter or header.
    pub fn push_named(&mut self, name: &str, issue: impl Into<Issue>) {
        self.add(FieldError::new(name.chars().take(MAX_TOKEN_CHARACTERS).collect::<String>(), issue.into()));
    }

    fn add(&mut self, error: FieldError) {
        if self.0.len() < MAX_ERRORS {
            self.0.push(error);
        }
    }

    /// How many fields are wrong.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }
}

impl IntoIterator for FieldErrors {
    type Item = FieldError;
    type IntoIter = std::vec::IntoIter<FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_escaped_and_bounded() {
        let facts = Pointer::ROOT.key("facts");
        let first = facts.index(0);
        assert_eq!(first.key("a/b~c").to_string(), "/facts/0/a~1b~0c");
        assert_eq!(Pointer::ROOT.to_string(), "");
        assert_eq!(Pointer::ROOT.key(&"x".repeat(500)).to_string().len(), 65);
    }

    #[test]
    fn the_list_is_bounded() {
        let mut errors = FieldErrors::new();
        for index in 0..10_000 {
            errors.push(&Pointer::ROOT.index(index), Issue::new("invalid_value"));
        }
        assert_eq!(errors.iter().count(), MAX_ERRORS);
    }

    #[test]
    fn an_unknown_code_still_has_words() {
        let member = FieldError::new("/a", Issue::new("not_in_the_table")).render(Language::En);
        assert_eq!(member["code"], "not_in_the_table");
        assert_eq!(member["message"], "The value is not valid.");
    }
}
