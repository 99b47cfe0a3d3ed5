//! Refresh tokens: long-lived secrets of which the database holds a hash only.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::Issue;
use crate::request::FromText;

/// Random bytes of a token: 256 bits, so a fast hash is enough to keep it.
const BYTES: usize = 32;

/// Longest text that is looked at; a token of ours has 43 characters.
const MAX_TEXT_BYTES: usize = 256;

/// A refresh token. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(String);

impl RefreshToken {
    /// A new random token.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text that the client gets, once.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the text: what is stored and looked up.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken")
    }
}

impl FromText for RefreshToken {
    /// Any text of a sane length: whether it is a token of ours, its hash will tell.
    fn from_text(text: &str) -> Result<Self, Issue> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Issue::new("text_too_long").with("max", MAX_TEXT_BYTES));
        }
        Ok(Self(text.to_owned()))
    }
}

crate::json_from_text!(RefreshToken);

impl PartialSchema for RefreshToken {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Opaque; each may be used once, the answer brings the next one."))
            .into()
    }
}

impl ToSchema for RefreshToken {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_stay_out_of_logs() {
        let (one, two) = (RefreshToken::generate().unwrap(), RefreshToken::generate().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.as_str().len(), 43);
        assert_eq!(one.hash(), RefreshToken::from_text(one.as_str()).unwrap().hash());
        assert!(!format!("{one:?}").contains(one.as_str()));
    }
}
