//! The change feed: what changed for somebody since a place in the order.

mod changes;
mod sight;

pub use changes::{Change, Changes, FeedError, Place, Since};
