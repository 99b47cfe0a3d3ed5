//! Why the value of one field is refused.

use std::fmt;

/// Why a single field's value is refused: a stable code and the numbers or words its message needs.
///
/// It never contains the refused value, which may be personal data; the field's name is added by whoever
/// knows it (the request type), the text in the reader's language by the API.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    code: &'static str,
    params: Vec<(&'static str, String)>,
}

impl Invalid {
    /// A refusal with the given stable `code` (a lower-case word such as `text_too_long`).
    pub fn new(code: &'static str) -> Self {
        Self { code, params: Vec::new() }
    }

    /// Adds a parameter of the message, for example the greatest length allowed. Never pass the refused value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// The stable code; never translated.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The parameters of the message, in the order in which they were added.
    pub fn params(&self) -> &[(&'static str, String)] {
        &self.params
    }
}

impl fmt::Display for Invalid {
    /// Prints exactly the code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_the_code_and_nothing_else() {
        let invalid = Invalid::new("text_too_long").with("max", 200);
        assert_eq!(invalid.to_string(), "text_too_long");
        assert_eq!(invalid.params(), [("max", "200".to_owned())]);
    }
}
