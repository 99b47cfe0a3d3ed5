//! The program itself, as one starts it.

mod kill;
mod program;
mod readme;
