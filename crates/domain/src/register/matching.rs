//! Whether a report tells of an event that the register knows already.
//!
//! A report is compared with each live fact that may be its event: field by field, each agreement with a weight (log2
//! odds, after Fellegi and Sunter, *A Theory for Record Linkage*, 1969), so that every score can be explained. A sum is
//! not enough to join an agency's words to a fact: that asks for the same child besides, a day within the window of such
//! events, a nature and a place that agree. Whatever is near and not certain is a person's to decide.
//!
//! Windows, weights and what goes together are data ([`MatchRules`]), dated, and changed without a release.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{ChildRole, FactContent, Nature};
use crate::ids::FactId;
use crate::territory::Kato;
use crate::words::words;

/// No window is wider, in days: reports that could meet must wait for one another, and they wait by such spans.
pub const LONGEST_WINDOW: i64 = 14;

/// At most so many candidates are put before a person for one report.
pub const MOST_REVIEWS: usize = 5;

words! {
    /// What a report and a fact are compared by.
    pub enum MatchField {
        /// The child.
        Child = "child",
        /// The day of the event.
        Day = "day",
        /// Form of violence, or level of suicidal behaviour.
        Nature = "nature",
        /// District and setting.
        Place = "place",
        /// What the alleged perpetrator is to the child.
        Relation = "relation",
        /// What the child was in the event.
        Role = "role",
        /// A number by which another system knows the event.
        Number = "number",
    }

    /// How far a report and a fact agree in a field.
    pub enum Agreement {
        /// Fully.
        Same = "same",
        /// Nearly: records of what may be one child, a day within the window, forms that go together, half of the place.
        Near = "near",
        /// One of them does not say.
        Unknown = "unknown",
        /// They differ.
        Differs = "differs",
    }

    /// What became of a report when it was compared with the facts already known.
    pub enum MatchOutcome {
        /// It tells of a known fact, and joined it.
        Matched = "matched",
        /// It may tell of a known fact: it made one of its own, and a person decides.
        Review = "review",
        /// It made a fact of its own.
        New = "new",
    }

    /// Where a match review stands.
    pub enum ReviewStatus {
        /// Nobody decided yet.
        Open = "open",
        /// The facts are one event.
        Same = "same",
        /// They are two; the pair is not proposed again.
        Different = "different",
    }

    /// What is decided about two facts.
    pub enum MatchDecision {
        /// They are one event.
        Same = "same",
        /// They are two.
        Different = "different",
    }

    /// Why a match review is not decided.
    pub enum ReviewRefusal {
        /// It was decided already; a split or a merger changes that.
        Decided = "match_review_decided",
    }
}

impl MatchDecision {
    /// Where a review stands that was decided so.
    #[must_use]
    pub const fn status(self) -> ReviewStatus {
        match self {
            Self::Same => ReviewStatus::Same,
            Self::Different => ReviewStatus::Different,
        }
    }
}

/// A line of the explanation of a score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MatchEvidence {
    /// The field.
    pub field: MatchField,
    /// How far it agrees.
    pub agreement: Agreement,
    /// What that adds to the score.
    pub weight: f64,
}

/// How far apart events of some natures may be said to lie and still be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Codes of forms and levels.
    pub natures: Vec<String>,
    /// Up to so many days apart a report may join a fact.
    pub automatic_days: i64,
    /// Up to so many days apart a person is asked.
    pub review_days: i64,
}

/// The rules of matching, in force from some day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchRules {
    /// From this score on a report may join a fact.
    pub automatic: f64,
    /// From this score on a person is asked.
    pub review: f64,
    /// What an agreement adds to the score; what is absent adds nothing.
    pub weights: BTreeMap<MatchField, BTreeMap<Agreement, f64>>,
    /// By forms and levels; what stands nowhere has no window but the same day, for a person.
    pub windows: Vec<Window>,
    /// Pairs of forms, or of levels, by which agencies call one event.
    pub compatible: Vec<(String, String)>,
}

/// What a report says, as far as matching looks at it.
#[derive(Debug, Clone)]
pub struct Told {
    /// What it was.
    pub content: FactContent,
    /// What the child was in it.
    pub role: ChildRole,
}

/// A fact that may be the event.
#[derive(Debug, Clone)]
pub struct Known {
    /// The fact.
    pub fact: FactId,
    /// Whether it is about the report's child: [`Agreement::Same`], or [`Agreement::Near`] for what may be the child.
    pub child: Agreement,
    /// What it says.
    pub content: FactContent,
    /// What the child was by its reports.
    pub roles: Vec<ChildRole>,
    /// Whether one of its reports names a number that the report names too.
    pub same_number: bool,
}

/// What the comparison with one fact gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The fact.
    pub fact: FactId,
    /// The sum of the weights.
    pub score: f64,
    /// Its explanation.
    pub evidence: Vec<MatchEvidence>,
    /// Matched, for a person, or nothing.
    pub outcome: MatchOutcome,
}

impl MatchRules {
    /// Whether the rules can be worked with.
    ///
    /// # Errors
    /// What is wrong, in a word.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.review > self.automatic {
            return Err("review above automatic");
        }
        let sound = |window: &Window| (0..=window.review_days).contains(&window.automatic_days);
        if !self.windows.iter().all(|window| sound(window) && window.review_days <= LONGEST_WINDOW) {
            return Err("window");
        }
        let finite = self.weights.values().flat_map(BTreeMap::values).all(|weight| weight.is_finite());
        if finite && self.automatic.is_finite() && self.review.is_finite() { Ok(()) } else { Err("weight") }
    }

    /// The days of facts that a report is compared with.
    #[must_use]
    pub fn days_around(day: NaiveDate) -> (NaiveDate, NaiveDate) {
        let span = chrono::Duration::days(LONGEST_WINDOW);
        (day.checked_sub_signed(span).unwrap_or(NaiveDate::MIN), day.checked_add_signed(span).unwrap_or(NaiveDate::MAX))
    }

    /// Compares a report with one fact of the same kind.
    #[must_use]
    pub fn compare(&self, told: &Told, known: &Known) -> Compared {
        let (automatic_days, review_days) = self.window(&told.content.nature, &known.content.nature);
        let days = (told.content.occurred_on - known.content.occurred_on).num_days().abs();
        let day = match days {
            0 => Agreement::Same,
            days if days <= automatic_days => Agreement::Near,
            _ => Agreement::Differs,
        };
        let nature = self.natures(&told.content.nature, &known.content.nature);
        let place = places(&told.content, &known.content);
        let role = if known.roles.contains(&told.role) { Agreement::Same } else { Agreement::Differs };
        let number = if known.same_number { Agreement::Same } else { Agreement::Unknown };
        let evidence: Vec<MatchEvidence> = [
            (MatchField::Child, known.child),
            (MatchField::Day, day),
            (MatchField::Nature, nature),
            (MatchField::Place, place),
            (MatchField::Relation, relations(&told.content, &known.content)),
            (MatchField::Role, role),
            (MatchField::Number, number),
        ]
        .into_iter()
        .map(|(field, agreement)| MatchEvidence { field, agreement, weight: self.weight(field, agreement) })
        .collect();
        let score = evidence.iter().map(|line| line.weight).sum();
        let agreement = |field| {
            let line = evidence.iter().find(|line| line.field == field);
            line.map_or(Agreement::Unknown, |line| line.agreement)
        };
        let near = days <= review_days || known.same_number;
        let outcome = self.outcome(score, near, agreement);
        Compared { fact: known.fact, score, evidence, outcome }
    }

    /// What becomes of a report: the facts that it was found near, the nearest first. Matched means the first of them;
    /// of two that are equally near none is certain.
    #[must_use]
    pub fn decide(&self, told: &Told, known: &[Known]) -> (MatchOutcome, Vec<Compared>) {
        let mut near: Vec<Compared> = known
            .iter()
            .map(|known| self.compare(told, known))
            .filter(|compared| compared.outcome != MatchOutcome::New)
            .collect();
        near.sort_by(|one, other| {
            one.outcome.cmp(&other.outcome).then(other.score.total_cmp(&one.score)).then(one.fact.cmp(&other.fact))
        });
        near.truncate(MOST_REVIEWS);
        let outcome = match near.as_slice() {
            [] => MatchOutcome::New,
            [first, second, ..] if first.outcome == second.outcome && first.score <= second.score => {
                MatchOutcome::Review
            }
            [first, ..] => first.outcome,
        };
        (outcome, near)
    }

    /// What follows from a score and what agrees. `near`: the days lie within the wider window, or a number is the same.
    pub(super) fn outcome(&self, score: f64, near: bool, agreement: impl Fn(MatchField) -> Agreement) -> MatchOutcome {
        let same_number = agreement(MatchField::Number) == Agreement::Same;
        // A number of another system stands for the place and the perpetrator, not for the day: one criminal case may
        // be about several days.
        let certain = agreement(MatchField::Child) == Agreement::Same
            && agreement(MatchField::Day) != Agreement::Differs
            && agreement(MatchField::Nature) != Agreement::Differs
            && agreement(MatchField::Role) == Agreement::Same
            && (agreement(MatchField::Place) != Agreement::Differs || same_number);
        match score {
            score if certain && score >= self.automatic => MatchOutcome::Matched,
            score if near && (score >= self.review || same_number) => MatchOutcome::Review,
            _ => MatchOutcome::New,
        }
    }

    /// What an agreement adds to the score; what the rules do not name adds nothing.
    pub(super) fn weight(&self, field: MatchField, agreement: Agreement) -> f64 {
        self.weights.get(&field).and_then(|levels| levels.get(&agreement)).copied().unwrap_or(0.0)
    }

    /// The narrower window joins, the wider one asks.
    fn window(&self, one: &Nature, other: &Nature) -> (i64, i64) {
        let of = |nature: &Nature| {
            let code = code(nature);
            let window = self.windows.iter().find(|window| window.natures.iter().any(|nature| nature == code));
            window.map_or((-1, 0), |window| (window.automatic_days, window.review_days))
        };
        let ((one_joins, one_asks), (other_joins, other_asks)) = (of(one), of(other));
        (one_joins.min(other_joins), one_asks.max(other_asks))
    }

    /// Forms are the same when the main ones are, and go together when one agency's main form is among the other's
    /// forms or the rules say so.
    fn natures(&self, one: &Nature, other: &Nature) -> Agreement {
        let (left, right) = (code(one), code(other));
        if left == right && one.kind() == other.kind() {
            return Agreement::Same;
        }
        let among = |main: &str, forms: &Nature| forms.forms().any(|form| form.as_str() == main);
        let paired = self
            .compatible
            .iter()
            .any(|(a, b)| (a.as_str(), b.as_str()) == (left, right) || (b.as_str(), a.as_str()) == (left, right));
        if one.kind() == other.kind() && (paired || among(left, other) || among(right, one)) {
            Agreement::Near
        } else {
            Agreement::Differs
        }
    }
}

/// The code of the main form or of the level.
fn code(nature: &Nature) -> &'static str {
    match nature {
        Nature::Violence { main_form, .. } => main_form.as_str(),
        Nature::SuicidalBehaviour { level } => level.as_str(),
    }
}

/// Whether one territory is the other, or lies in it, or both lie in one city or district.
fn one_district(one: &Kato, other: &Kato) -> bool {
    // The first four digits of KATO name the city or district.
    one.covers(other) || other.covers(one) || one.as_str().get(..4) == other.as_str().get(..4)
}

fn places(one: &FactContent, other: &FactContent) -> Agreement {
    match (one_district(&one.kato, &other.kato), one.setting == other.setting) {
        (true, true) => Agreement::Same,
        (true, false) | (false, true) => Agreement::Near,
        (false, false) => Agreement::Differs,
    }
}

fn relations(one: &FactContent, other: &FactContent) -> Agreement {
    use super::Relation::Unknown;
    match (one.relation, other.relation) {
        (None | Some(Unknown), _) | (_, None | Some(Unknown)) => Agreement::Unknown,
        (one, other) if one == other => Agreement::Same,
        _ => Agreement::Differs,
    }
}

/// The fields in which a report differs from the fact that it joined, by their names: the fact stays as it is until
/// somebody amends it.
#[must_use]
pub fn differences(told: &FactContent, known: &FactContent) -> Vec<&'static str> {
    let mut differing = Vec::new();
    let mut differ = |field, differs: bool| {
        if differs {
            differing.push(field);
        }
    };
    differ("main_form", told.nature.main_form() != known.nature.main_form());
    differ("forms", !told.nature.forms().eq(known.nature.forms()));
    differ("level", told.nature.level() != known.nature.level());
    differ("occurred_on", told.occurred_on != known.occurred_on);
    differ("territory", told.kato != known.kato);
    differ("setting", told.setting != known.setting);
    differ("alleged_perpetrator_relation", told.relation.is_some() && told.relation != known.relation);
    differing
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
