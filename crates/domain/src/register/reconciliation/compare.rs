//! One row against the facts of the children that it may be about.

use chrono::NaiveDate;

use super::{DifferingField, ReconciliationOutcome};
use crate::children::Sex;
use crate::ids::FactId;
use crate::register::{FactKind, Relation, Setting, SuicidalLevel, ViolenceForm};
use crate::territory::Kato;

/// How sure it is that a fact's child is the row's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChildLikeness {
    /// Nothing but a number speaks for it: by name it is another child, or the row names none.
    Stranger,
    /// It may be.
    Likely,
    /// It is the only one that comes near, and comes very near: enough where the event agrees too.
    Close,
    /// It is, as far as the register can tell.
    Certain,
}

impl ChildLikeness {
    /// Of a child that is not certain; `alone`: no other comes near. `close`: from this probability on a child that no
    /// other comes near is [`ChildLikeness::Close`]; dated reference data. A work list may be a little bolder than what
    /// joins reports: nothing follows from it by itself.
    #[must_use]
    pub fn of(probability: f64, alone: bool, close: f64) -> Self {
        if alone && probability >= close { Self::Close } else { Self::Likely }
    }
}

/// What the numbers of the investigation (ЕРДР) and of the book of records (КУИ) say of a row and a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberAgreement {
    /// Both name one number.
    Same,
    /// Both name numbers of one of these systems, and none of them is the same.
    Differs,
    /// One of them names none.
    Unknown,
}

/// How many days list and register may be apart about one event; dated reference data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Up to so many days it is the same event.
    pub same_days: i64,
    /// Up to so many days a person decides.
    pub review_days: i64,
}

/// What a row says, as far as it is compared. What it does not say differs from nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedRow {
    /// What kind of event.
    pub kind: Option<FactKind>,
    /// The form by which violence is counted.
    pub main_form: Option<ViolenceForm>,
    /// How far suicidal behaviour went.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// Where it took place.
    pub kato: Option<Kato>,
    /// In what surroundings.
    pub setting: Option<Setting>,
    /// What the alleged perpetrator is to the child.
    pub relation: Option<Relation>,
    /// The sex of the child.
    pub sex: Option<Sex>,
}

/// A fact of the register, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedFact {
    /// Which.
    pub id: FactId,
    /// How sure it is that its child is the row's.
    pub likeness: ChildLikeness,
    /// What kind of event.
    pub kind: FactKind,
    /// The form by which violence is counted.
    pub main_form: Option<ViolenceForm>,
    /// All forms.
    pub forms: Vec<ViolenceForm>,
    /// How far suicidal behaviour went.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// Where it took place.
    pub kato: Kato,
    /// In what surroundings.
    pub setting: Setting,
    /// What the alleged perpetrator is to the child.
    pub relation: Option<Relation>,
    /// The sex of the child.
    pub sex: Sex,
    /// Whether the row names one of its numbers.
    pub number: NumberAgreement,
}

/// What came of comparing a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// `matched`, `differing`, `uncertain` or `only_there`.
    pub outcome: ReconciliationOutcome,
    /// The fact it is, or may be.
    pub fact: Option<FactId>,
    /// What is known differently; empty for a match.
    pub differing: Vec<DifferingField>,
    /// Whether row and fact name one number.
    pub same_number: bool,
}

/// Compares a row with the facts of the children it may be about, and with those that name its numbers, and settles on the
/// likeliest.
///
/// The same event: the child is certain (or close, and the row says kind, form or level, and place, and all agree), the kind is
/// one, the days lie within the narrow window, the place does not contradict, nor does the form. A number that both know
/// stands for place and form, and for a child that is but likely. Uncertain: the kind is one and the days lie within the
/// wide window, but something of that is missing; or a number is the same and days or child are not: one case of the police
/// may be about several days, and about several children. A place contradicts when neither lies in the other; forms
/// contradict when neither side has the other's main form among its own.
///
/// Of a fact that nothing but a number speaks for it is told that the child differs, and no more: whoever guesses numbers
/// learns nothing of what lies behind them.
#[must_use]
pub fn compare(row: &ComparedRow, facts: &[ComparedFact], windows: Windows) -> Comparison {
    let ranked = facts.iter().filter_map(|fact| Some((rank(row, fact, windows)?, fact)));
    let best = ranked.min_by_key(|(rank, fact)| (*rank, fact.id));
    let Some((Rank { certainty, .. }, fact)) = best else {
        return Comparison {
            outcome: ReconciliationOutcome::OnlyThere,
            fact: None,
            differing: Vec::new(),
            same_number: false,
        };
    };
    let differing = told(row, fact);
    let outcome = match certainty {
        Certainty::Possible => ReconciliationOutcome::Uncertain,
        Certainty::Same if differing.is_empty() => ReconciliationOutcome::Matched,
        Certainty::Same => ReconciliationOutcome::Differing,
    };
    Comparison { outcome, fact: Some(fact.id), differing, same_number: fact.number == NumberAgreement::Same }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    Same,
    Possible,
}

/// The better the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    certainty: Certainty,
    no_number: bool,
    stranger: bool,
    days: i64,
    differing: usize,
}

/// Nothing where the fact is another event.
fn rank(row: &ComparedRow, fact: &ComparedFact, windows: Windows) -> Option<Rank> {
    let days = (row.occurred_on - fact.occurred_on).num_days().abs();
    let same_number = fact.number == NumberAgreement::Same;
    let stranger = fact.likeness == ChildLikeness::Stranger;
    // A common number keeps a pair together over any days, but not a stranger's.
    let far = days > windows.review_days && (stranger || !same_number);
    if far || (stranger && !same_number) || row.kind.is_some_and(|kind| kind != fact.kind) {
        return None;
    }
    let says_enough = row.kind.is_some() && row.kato.is_some() && (row.main_form.is_some() || row.level.is_some());
    let child = match fact.likeness {
        ChildLikeness::Certain => true,
        ChildLikeness::Close => same_number || (says_enough && row.sex.is_none_or(|sex| sex == fact.sex)),
        ChildLikeness::Likely => same_number,
        ChildLikeness::Stranger => false,
    };
    let one_place = row.kato.as_ref().is_none_or(|kato| kato.covers(&fact.kato) || fact.kato.covers(kato));
    let one_form = row.main_form.is_none_or(|form| fact.main_form == Some(form) || fact.forms.contains(&form));
    let same = child && days <= windows.same_days && (same_number || (one_place && one_form));
    Some(Rank {
        certainty: if same { Certainty::Same } else { Certainty::Possible },
        no_number: !same_number,
        stranger,
        days,
        differing: differing(row, fact).len(),
    })
}

/// What is told of the differences.
fn told(row: &ComparedRow, fact: &ComparedFact) -> Vec<DifferingField> {
    if fact.likeness == ChildLikeness::Stranger { vec![DifferingField::Child] } else { differing(row, fact) }
}

fn differing(row: &ComparedRow, fact: &ComparedFact) -> Vec<DifferingField> {
    use DifferingField as D;
    let place = row.kato.as_ref().is_some_and(|kato| !kato.covers(&fact.kato) && !fact.kato.covers(kato));
    let found = [
        (D::Kind, row.kind.is_some_and(|kind| kind != fact.kind)),
        (D::MainForm, row.main_form.is_some() && row.main_form != fact.main_form),
        (D::Level, row.level.is_some() && row.level != fact.level),
        (D::OccurredOn, row.occurred_on != fact.occurred_on),
        (D::Territory, place),
        (D::Setting, row.setting.is_some_and(|setting| setting != fact.setting)),
        (D::Relation, row.relation.is_some() && fact.relation.is_some() && row.relation != fact.relation),
        (D::Sex, row.sex.is_some_and(|sex| sex != fact.sex)),
        (D::Number, fact.number == NumberAgreement::Differs),
    ];
    found.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
}
