//! Lists of people: read, matched, measured, made up. The rules are [`qorgan_domain::matching`].

pub(crate) mod arguments;
pub(crate) mod columns;
pub(crate) mod linking;
pub(crate) mod lists;
pub(crate) mod made_up;
pub(crate) mod quality;
