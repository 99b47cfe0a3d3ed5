//! SQL and row security against a real PostgreSQL.

mod board;
mod child_identity;
mod child_search;
mod everyday;
mod group;
mod help;
mod import_batches;
mod ledger;
mod ledger_bench;
mod migrations;
mod operations;
mod releases;
mod row_security;
mod statistics;
