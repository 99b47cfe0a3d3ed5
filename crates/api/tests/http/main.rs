//! What a client meets at the edge of the API: a small application built of the crate's pieces, called over
//! actix's test services.

mod app;
mod documents;
mod edge;
mod limits;
mod passwords;
mod requests;
mod tokens;
mod wire;
