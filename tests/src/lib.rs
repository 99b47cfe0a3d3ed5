//! What the end-to-end tests stand on: a PostgreSQL shared by all tests, a database of its own for each
//! test, a server over real HTTP, and a small world of organisations with a user in every role.
//!
//! It never mocks: requests go through a socket, rows through PostgreSQL. Start at [`Server::start`].

pub mod client;
pub mod database;
pub mod deadlines;
pub mod facts;
pub mod server;
pub mod world;

pub use client::{Client, Reply};
pub use database::TestDatabase;
pub use server::Server;
pub use world::World;
