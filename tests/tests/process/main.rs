//! The program itself, as one starts it.

mod readme;
