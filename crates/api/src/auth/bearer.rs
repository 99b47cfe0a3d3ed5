//! The extractor that answers 401 unless the request carries a good access token.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use chrono::{DateTime, Utc};

use super::tokens::{TokenRefusal, Tokens, Verified};
use crate::problem::{Problem, ProblemCode};

/// The session that the request's access token proves. Needs `web::Data<Tokens>`.
///
/// # Errors
/// `unauthenticated` (401) without a good token, `token_expired` (401) when it is past its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer(pub Verified);

/// What became of the token of this request: it is verified once, for the rate limit and for the handler.
#[derive(Clone)]
struct Outcome(Result<Verified, Refusal>);

#[derive(Debug, Clone, Copy)]
enum Refusal {
    Absent,
    Token(TokenRefusal),
}

impl Bearer {
    /// The session of a request, at whatever point of its way.
    ///
    /// # Errors
    /// As the extractor.
    pub fn of(request: &HttpRequest, now: DateTime<Utc>) -> Result<Verified, Problem> {
        let known = request.extensions().get::<Outcome>().cloned();
        let outcome = match known {
            Some(outcome) => outcome,
            None => {
                let Some(tokens) = request.app_data::<web::Data<Tokens>>() else {
                    tracing::error!("the application has no Tokens");
                    return Err(Problem::new(ProblemCode::Internal));
                };
                let outcome = Outcome(verify(request.headers(), tokens, now));
                request.extensions_mut().insert(outcome.clone());
                outcome
            }
        };
        outcome.0.map_err(|refusal| match refusal {
            Refusal::Absent => Problem::new(ProblemCode::Unauthenticated),
            Refusal::Token(refusal) => refusal.into(),
        })
    }
}

/// Takes the token out of the one `Authorization` header (RFC 6750, section 2.1). A token in the address is
/// not looked for: addresses end in logs.
fn verify(headers: &HeaderMap, tokens: &Tokens, now: DateTime<Utc>) -> Result<Verified, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION);
    let value = values.next().ok_or(Refusal::Absent)?;
    let invalid = Refusal::Token(TokenRefusal::Invalid);
    if values.next().is_some() {
        return Err(invalid);
    }
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(invalid);
    }
    tokens.verify(token.trim(), now).map_err(Refusal::Token)
}

impl FromRequest for Bearer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request, Utc::now()).map(Self))
    }
}
