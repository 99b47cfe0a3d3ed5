//! Notices to users: written in the transaction of what they tell, read by their recipient alone.

mod inbox;
mod notify;

pub use inbox::{NoticeFilter, NoticeKey, NoticeView, ReadNotices};
pub use notify::{Notice, Recipients};
