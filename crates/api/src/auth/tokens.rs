//! Access tokens: short-lived JWTs that prove a session.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use qorgan_domain::ids::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::SigningKeys;
use crate::problem::{Problem, ProblemCode};

/// Seconds by which the clocks of two servers may differ.
const LEEWAY_SECONDS: i64 = 5;

/// Longest token that is looked at, in bytes; ours are under 600.
const MAX_TOKEN_BYTES: usize = 2048;

/// `typ` of an access token (RFC 9068, section 2.1): no other token of ours can pass for one.
const TOKEN_TYPE: &str = "at+jwt";

/// What access tokens say about where they come from and how long they live.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// `iss`: the address or name of this installation.
    pub issuer: String,
    /// `aud`: who the tokens are for, the API itself.
    pub audience: String,
    /// How long a token lives.
    pub lifetime: TimeDelta,
}

impl Default for TokenSettings {
    /// Ten minutes: a stolen token is soon worthless, and refreshing stays rare.
    fn default() -> Self {
        Self { issuer: "qorgan".into(), audience: "qorgan-api".into(), lifetime: TimeDelta::minutes(10) }
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// An access token, ready to be handed out.
#[derive(Clone)]
pub struct AccessToken {
    /// The compact JWT.
    pub token: String,
    /// Seconds until it expires.
    pub expires_in: i64,
}

/// What a good token proves. Whether the session still lives is for the database to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// The session.
    pub session: SessionId,
    /// Its user.
    pub user: UserId,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// It was good and is past its time.
    #[error("the token has expired")]
    Expired,
    /// It is not a token of this server: how it fails is of use only to a forger.
    #[error("the token is not valid")]
    Invalid,
}

impl From<TokenRefusal> for Problem {
    fn from(refusal: TokenRefusal) -> Self {
        Self::new(match refusal {
            TokenRefusal::Expired => ProblemCode::TokenExpired,
            TokenRefusal::Invalid => ProblemCode::Unauthenticated,
        })
    }
}

/// Issues and verifies access tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    keys: Arc<SigningKeys>,
    settings: Arc<TokenSettings>,
}

impl Tokens {
    /// Tokens signed by these keys.
    pub fn new(keys: SigningKeys, settings: TokenSettings) -> Self {
        Self { keys: Arc::new(keys), settings: Arc::new(settings) }
    }

    /// The keys, for the JWK set.
    pub fn keys(&self) -> &SigningKeys {
        &self.keys
    }

    /// Issues a token for a session.
    ///
    /// # Errors
    /// When the key cannot sign, which a key that was read cannot do.
    pub fn issue(
        &self,
        user: UserId,
        session: SessionId,
        now: DateTime<Utc>,
    ) -> Result<AccessToken, jsonwebtoken::errors::Error> {
        let (id, key) = self.keys.signing();
        let header = Header { typ: Some(TOKEN_TYPE.into()), kid: Some(id.to_owned()), ..Header::new(Algorithm::EdDSA) };
        let claims = Claims {
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            sub: user.as_uuid(),
            sid: session.as_uuid(),
            iat: now.timestamp(),
            exp: (now + self.settings.lifetime).timestamp(),
            jti: Uuid::now_v7(),
        };
        Ok(AccessToken { token: encode(&header, &claims, key)?, expires_in: claims.exp - claims.iat })
    }

    /// Verifies a token: algorithm, key, signature, type, issuer, audience, and then its time.
    ///
    /// # Errors
    /// [`TokenRefusal::Expired`] only for a token that is otherwise good.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Verified, TokenRefusal> {
        let claims = self.signed_claims(token).ok_or(TokenRefusal::Invalid)?;
        let now = now.timestamp();
        if claims.iat > now + LEEWAY_SECONDS {
            return Err(TokenRefusal::Invalid);
        }
        if claims.exp + LEEWAY_SECONDS <= now {
            return Err(TokenRefusal::Expired);
        }
        Ok(Verified { session: SessionId::from_uuid(claims.sid), user: UserId::from_uuid(claims.sub) })
    }

    /// The claims of a token that one of our keys signed for us.
    fn signed_claims(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let header = decode_header(token).ok()?;
        let ours = header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TOKEN_TYPE) && header.crit.is_none();
        let key = self.keys.verifying(header.kid.as_deref()?).filter(|_| ours)?;
        // The algorithm is ours to say, not the token's: neither `none` nor an HMAC with the public key passes.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The library reads a clock of its own; ours is a parameter, and `verify` checks the time.
        validation.validate_exp = false;
        decode::<Claims>(token, key, &validation).ok().map(|data| data.claims)
    }
}
