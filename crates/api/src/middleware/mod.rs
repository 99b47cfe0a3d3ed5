//! What every request passes on its way in and out.
//!
//! Order, from the outside: compression, [`edge`] (request id, panics, problems, headers, access log),
//! [`rate_limit`], [`rights_first`], the routes. In actix the last `wrap` is the outermost:
//! `app.wrap(from_fn(rights_first)).wrap(from_fn(rate_limit)).wrap(from_fn(edge)).wrap(Compress::default())`.

mod client;
mod edge;
mod headers;
mod limiter;
mod rate_limit;
mod rights;

pub use client::{ClientAddress, TrustedProxies};
pub use edge::{RequestId, edge};
pub use limiter::RateQuota;
pub use rate_limit::{LoginLimiter, RequestLimits, rate_limit};
pub use rights::{RightsTable, rights_first};
