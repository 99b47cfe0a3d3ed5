//! Pages that the program serves itself, their files compiled in.

mod files;
mod map;

pub use map::{PATTERNS, serve};
