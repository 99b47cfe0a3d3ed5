//! SQL and row security against a real PostgreSQL.

mod board;
mod everyday;
mod help;
mod migrations;
mod row_security;
mod statistics;
