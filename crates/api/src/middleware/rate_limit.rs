//! Rate limits: of a session, of an address without one, and of attempts to log in.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use chrono::Utc;
use qorgan_domain::ids::SessionId;

use super::client::ClientAddress;
use super::limiter::{Left, Limiter, RateQuota, Wait};
use crate::auth::Bearer;
use crate::problem::{Problem, ProblemCode};

// draft-ietf-httpapi-ratelimit-headers-10.
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Counts requests under `/api/`; register it as `web::Data`, or leave it out to count nothing.
pub struct RequestLimits {
    sessions: Limiter<SessionId>,
    addresses: Limiter<IpAddr>,
}

impl RequestLimits {
    /// Limits for each session, and for each address that shows no good token.
    pub fn new(session: RateQuota, address: RateQuota) -> Self {
        Self { sessions: Limiter::new(session), addresses: Limiter::new(address) }
    }

    fn check(&self, request: &ServiceRequest) -> (&'static str, RateQuota, Result<Left, Wait>) {
        let request = request.request();
        match Bearer::of(request, Utc::now()) {
            Ok(verified) => ("session", self.sessions.quota, self.sessions.check(verified.session)),
            Err(_) => {
                let address = ClientAddress::of(request).network();
                ("address", self.addresses.quota, self.addresses.check(address))
            }
        }
    }
}

impl Default for RequestLimits {
    /// 600 requests a minute for a session. 300 for an address without one: a whole school may log in
    /// through one address in the morning.
    fn default() -> Self {
        Self::new(RateQuota::new(600, 60), RateQuota::new(300, 60))
    }
}

/// Middleware, for `actix_web::middleware::from_fn`: refuses with `too_many_requests` (429) and tells in
/// `RateLimit` and `RateLimit-Policy` what is left. It stands inside [`edge`](super::edge).
///
/// # Errors
/// Those of the services inside.
pub async fn rate_limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let limits = request.app_data::<web::Data<RequestLimits>>().cloned();
    let Some(limits) = limits.filter(|_| request.path().starts_with("/api/")) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let (name, quota, outcome) = limits.check(&request);
    let mut response = match outcome {
        Ok(_) => next.call(request).await?.map_into_boxed_body(),
        Err(wait) => request.error_response(too_many(wait)),
    };
    let (remaining, reset) = match outcome {
        Ok(left) => (left.remaining, left.reset),
        Err(Wait(wait)) => (0, wait),
    };
    announce(response.headers_mut(), name, quota, remaining, reset);
    Ok(response)
}

fn announce(headers: &mut HeaderMap, name: &str, quota: RateQuota, remaining: u32, reset: Duration) {
    let policy = format!("\"{name}\";q={};w={}", quota.requests, quota.window.as_secs());
    let state = format!("\"{name}\";r={remaining};t={}", whole_seconds(reset));
    for (header, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(header, value);
        }
    }
}

fn too_many(Wait(wait): Wait) -> Problem {
    Problem::new(ProblemCode::TooManyRequests).retry_after(whole_seconds(wait))
}

/// Whole seconds, rounded up: a client that waits so long is let through.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Counts attempts to log in as a user from an address, so that a password cannot be guessed by trying, and
/// nobody can lock a user out from elsewhere. It keeps no username: only a hash with a random key.
pub struct LoginLimiter {
    attempts: Limiter<(u64, IpAddr)>,
    hasher: RandomState,
}

impl LoginLimiter {
    /// A limit for each pair of username and address.
    pub fn new(quota: RateQuota) -> Self {
        Self { attempts: Limiter::new(quota), hasher: RandomState::new() }
    }

    /// Counts an attempt, right or wrong; call it before the password is verified.
    ///
    /// # Errors
    /// `too_many_requests` (429) with `Retry-After`.
    pub fn check(&self, username: &str, address: ClientAddress) -> Result<(), Problem> {
        let username = self.hasher.hash_one(username.trim().to_lowercase());
        self.attempts.check((username, address.network())).map(|_| ()).map_err(too_many)
    }
}

impl Default for LoginLimiter {
    /// Ten attempts at once, then one in thirty seconds.
    fn default() -> Self {
        Self::new(RateQuota::new(10, 300))
    }
}
