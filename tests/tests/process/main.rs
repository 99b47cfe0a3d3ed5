//! The program itself, as one starts it.

mod import;
mod import_facts;
mod kill;
mod program;
mod readme;
mod statistics;
mod worker;
