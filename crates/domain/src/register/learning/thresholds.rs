//! Where the thresholds stand under learned weights.
//!
//! How much certainty a region asks for is its operator's word, not what decisions say: so thresholds move only to keep,
//! under the new weights, what they promised under the old ones, and only to where more people are asked.
//!
//! * `automatic` never falls. It rises until no pair that was decided to be two events would be joined by itself.
//! * `review` never rises. It falls until nearly all pairs that were decided to be one event would still be asked about; the
//!   rest ([`LEFT_OUT`]) may be slips of who decided, and one slip must not bring everything before a person.

use super::{Agreements, Decided, rounded};
use crate::register::matching::{Agreement, MatchField, MatchOutcome, MatchRules};

/// How far above a pair of two events the automatic threshold stands, in bits.
const MARGIN: f64 = 0.5;
/// The share of pairs of one event that may fall below the review threshold.
const LEFT_OUT: f64 = 0.02;
/// `review` falls by no more than this in one learning, in bits.
const MOST_LOWERED: f64 = 3.0;

/// The automatic and the review threshold for rules whose weights were learned.
pub(super) fn learned(rules: &MatchRules, decided: &[Decided]) -> (f64, f64) {
    (automatic(rules, decided), review(rules, decided))
}

fn agreement(agreements: &Agreements) -> impl Fn(MatchField) -> Agreement {
    move |field| agreements.get(&field).copied().unwrap_or(Agreement::Unknown)
}

fn automatic(rules: &MatchRules, decided: &[Decided]) -> f64 {
    let joined = decided.iter().filter(|it| it.different > 0).filter_map(|it| {
        let score = rules.score_of(&it.agreements);
        let outcome = rules.outcome(score, true, agreement(&it.agreements));
        (outcome == MatchOutcome::Matched).then_some(score)
    });
    joined.map(|score| rounded(score + MARGIN)).fold(rules.automatic, f64::max)
}

fn review(rules: &MatchRules, decided: &[Decided]) -> f64 {
    // A common number brings a pair before a person whatever its score.
    let by_score = decided.iter().filter(|it| agreement(&it.agreements)(MatchField::Number) != Agreement::Same);
    let mut scores: Vec<(f64, usize)> = by_score.map(|it| (rules.score_of(&it.agreements), it.same)).collect();
    scores.sort_by(|one, other| one.0.total_cmp(&other.0));
    let all: usize = scores.iter().map(|(_, same)| same).sum();
    let mut left_out = 0;
    let lowest = scores.iter().find(|(_, same)| {
        left_out += same;
        left_out as f64 > LEFT_OUT * all as f64
    });
    let kept = lowest.map_or(rules.review, |(score, _)| (score * 100.0).floor() / 100.0);
    kept.clamp(rules.review - MOST_LOWERED, rules.review)
}
