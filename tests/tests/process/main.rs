//! The program itself, as one starts it.

mod import;
mod import_facts;
mod kill;
mod match_learn;
mod program;
mod readme;
mod statistics;
mod worker;
