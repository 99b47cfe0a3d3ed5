//! The rules of Qorgan: who may do what, how a case moves, what a fact is, how names and numbers compare.
//! It never does I/O: no database, no HTTP, no clock and no randomness of its own (both are parameters).
//! It never holds what a law or an order may change (deadlines, forms, protocols): that is dated reference data.
//! Past its types there are no bare strings: a value that exists has been checked, a refusal is an [`Invalid`].
//! Start reading at [`cases`], then [`register`]; [`words`], [`ids`] and [`text`] are the bricks of all others.

#![warn(clippy::unwrap_used, clippy::expect_used)]

pub mod assessments;
pub mod calendar;
pub mod cases;
pub mod check;
pub mod children;
pub mod clocks;
pub mod consilium;
pub mod family;
pub mod identity;
pub mod ids;
pub mod invalid;
pub mod lists;
pub mod matching;
pub mod notifications;
pub mod policy;
pub mod protocols;
pub mod register;
pub mod school_register;
pub mod services;
pub mod signals;
pub mod statistics;
pub mod tasks;
pub mod territory;
pub mod text;
pub mod words;

pub use invalid::Invalid;
