//! SQL and row security against a real PostgreSQL.

mod migrations;
mod row_security;
