//! The page `/map` in a real browser: `make test-browser`. Built only with the feature `browser`.

mod chrome;
mod map;
