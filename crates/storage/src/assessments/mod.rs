//! Instruments of assessment: reference data in versions. Assessments by them belong to cases and stand there.

mod instruments;

pub use instruments::Published;
pub(crate) use instruments::as_json;
