//! From HTTP to checked types: past an extractor of this module there are no raw strings.
//!
//! [`Body`] and [`Query`] gather every wrong field before they answer; [`PathId`], [`IfMatch`] and
//! [`IdempotencyKey`] read the rest of the request. Start at [`json::FromJson`].

mod body;
mod domain;
mod headers;
pub mod json;
mod language;
mod page;
mod path;
mod query;
mod spool;
mod strict;
pub mod text;

pub use body::{Body, BodyLimit};
pub use headers::{IdempotencyKey, IfMatch, etag};
pub use json::{FromJson, Patch};
pub use language::Language;
pub use page::{Cursor, Limit, Page};
pub use path::PathId;
pub use query::{FromQuery, Query, QueryParameters, QueryTable, QueryValues};
pub use spool::{ImportLimit, Spooled, is_plain, spool};
pub use text::FromText;
