//! Who is calling: signing keys, access and refresh tokens, passwords.
//!
//! Nothing here touches the database: a token proves a session, and whether that session still lives is
//! asked by the unit of work. Time is always a parameter.

mod bearer;
mod documents;
mod keys;
mod password;
mod policy;
mod refresh;
mod tokens;

pub use bearer::Bearer;
pub use documents::{DocumentClaims, DocumentRefusal, SignedDocument, verify_document};
pub use keys::{KeyError, SigningKeys, generate_pem};
pub use password::{PasswordSettings, Passwords, Secret};
pub use policy::check_new_password;
pub use refresh::RefreshToken;
pub use tokens::{AccessToken, TokenRefusal, TokenSettings, Tokens, Verified};
