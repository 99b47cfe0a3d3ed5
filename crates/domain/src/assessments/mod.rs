//! Assessments by instruments: questionnaires and screens that are versioned data, and the rules that hold for all of
//! them.
//!
//! A [`Definition`](definition::Definition) says what is asked and how answers are scored; [`check`](check::check)
//! refuses a definition that could fail somebody later, so that everything below is total: answers are checked
//! ([`answers`]), scored ([`score`]), compared with earlier ones ([`compare`]), and the risk that an assessment finds
//! is settled ([`risk`]). What a law or an order may change about an instrument is in its definition, never here.

pub mod answers;
pub mod check;
pub mod code;
pub mod compare;
pub mod definition;
pub mod risk;
pub mod score;
#[cfg(test)]
mod tests;

pub use answers::{AnswerFault, AnswerValue, Answers, Completeness};
pub use check::Fault;
pub use code::AssessmentCode;
pub use compare::{Comparability, Comparison};
pub use definition::{
    AnswerPurpose, AssessmentStatus, Choice, Condition, Definition, Instrument, MeantFor, Question, QuestionKind,
    Respondent, Scoring, Texts, Threshold, Wording,
};
pub use risk::{RiskFound, RiskOverride};
pub use score::Finding;
