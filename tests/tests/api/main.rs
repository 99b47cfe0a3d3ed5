//! Flows over real HTTP; the files mirror the areas of the API.

mod bad_input;
mod cases;
mod children;
mod concurrency;
mod coverage;
mod documents;
mod flow;
mod identity;
mod register;
mod signals;
mod support;
