//! The program itself, as one starts it.

mod import;
mod kill;
mod program;
mod readme;
mod worker;
