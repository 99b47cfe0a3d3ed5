//! The HTTP API of Qorgan: requests in, checked types down, problems and JSON out.
//!
//! It never writes SQL (that is `storage`) and never decides a rule (that is `domain`). A request's way:
//! [`middleware`] → [`context::Ctx`] and the extractors of [`request`] → a handler in [`routes`] → one unit of
//! work of `storage` → [`answer::Answer`], or a [`problem::Problem`]. [`server`] puts it together; [`openapi`]
//! is made from the same registration as the routes.

#![warn(clippy::unwrap_used, clippy::expect_used)]

pub mod answer;
pub mod auth;
pub mod context;
pub mod documents;
mod files;
pub mod middleware;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod request;
pub mod routes;
pub mod server;

pub use server::{ApiSettings, serve};
