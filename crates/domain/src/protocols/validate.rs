//! What is wrong with a definition: everything at once.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::instantiate::in_order;
use super::{Condition, Definition, Step, StepCode, Trigger};
use crate::Invalid;
use crate::clocks::{Allowance, TimeUnit};
use crate::identity::{AgencyCode, may_hold};
use crate::register::FactKind;

/// Most steps of a protocol.
const MAX_STEPS: usize = 100;
/// Greatest age of a child, in completed years.
const MAX_AGE: u8 = 17;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer into the definition, such as `/steps/3/after/0`.
    pub at: String,
    /// What.
    pub invalid: Invalid,
}

/// Everything that is wrong with a definition; `agencies` are those that there are.
#[must_use]
pub fn validate(definition: &Definition, agencies: &BTreeSet<AgencyCode>) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    trigger(&definition.trigger, &mut faults);
    let steps = &definition.steps;
    if steps.is_empty() {
        faults.add("/steps", Invalid::new("too_few_items").with("min", 1));
    }
    if steps.len() > MAX_STEPS {
        faults.add("/steps", Invalid::new("too_many_items").with("max", MAX_STEPS));
    }
    let known: BTreeSet<&StepCode> = steps.iter().map(|step| &step.code).collect();
    let mut seen: BTreeSet<&StepCode> = BTreeSet::new();
    for (place, step) in steps.iter().enumerate() {
        let at = format!("/steps/{place}");
        if !seen.insert(&step.code) {
            faults.add(&format!("{at}/code"), Invalid::new("step_repeated"));
        }
        check_step(step, &at, agencies, &mut faults);
        condition(&step.only_if, definition.trigger.kind, &format!("{at}/only_if"), &mut faults);
        for (after, _) in step.after.iter().enumerate().filter(|(_, code)| !known.contains(code)) {
            faults.add(&format!("{at}/after/{after}"), Invalid::new("step_unknown"));
        }
    }
    circles(steps, &known, &mut faults);
    faults.0
}

/// What is wrong with the days on which a version is in force.
///
/// # Errors
/// `period_reversed` where it ends on its first day or before.
pub fn validate_period(from: NaiveDate, to: Option<NaiveDate>) -> Result<(), Invalid> {
    if to.is_some_and(|to| to <= from) { Err(Invalid::new("period_reversed")) } else { Ok(()) }
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, at: &str, invalid: Invalid) {
        self.0.push(Fault { at: at.to_owned(), invalid });
    }

    /// Forms and levels belong to the kind of fact that has them.
    fn of_kind(&mut self, at: &str, forms: bool, levels: bool, kind: Option<FactKind>) {
        for (field, given, fitting) in
            [("forms", forms, FactKind::Violence), ("levels", levels, FactKind::SuicidalBehaviour)]
        {
            if given && kind != Some(fitting) {
                self.add(&format!("{at}/{field}"), Invalid::new("not_allowed_here"));
            }
        }
    }
}

fn trigger(trigger: &Trigger, faults: &mut Faults) {
    if trigger.kind.is_none() && trigger.risk_levels.is_empty() {
        faults.add("/trigger", Invalid::new("trigger_empty"));
    }
    if trigger.kind.is_none() && !trigger.child_roles.is_empty() {
        faults.add("/trigger/child_roles", Invalid::new("not_allowed_here"));
    }
    faults.of_kind("/trigger", !trigger.forms.is_empty(), !trigger.levels.is_empty(), trigger.kind);
}

fn check_step(step: &Step, at: &str, agencies: &BTreeSet<AgencyCode>, faults: &mut Faults) {
    if !agencies.contains(&step.agency) {
        faults.add(&format!("{at}/agency"), Invalid::new("unknown_agency"));
    } else if let Some(role) = step.role.filter(|role| !may_hold(*role, &step.agency)) {
        let invalid = Invalid::new("role_not_in_agency").with("role", role).with("agency", step.agency.as_str());
        faults.add(&format!("{at}/role"), invalid);
    }
    let most = longest(step.due);
    if step.due.amount > most {
        faults.add(&format!("{at}/due/amount"), Invalid::new("number_too_large").with("max", most));
    }
}

/// A year, in each unit: what takes longer is no step of a protocol.
const fn longest(due: Allowance) -> u16 {
    match due.unit {
        TimeUnit::Hours => 366 * 24,
        TimeUnit::WorkingDays | TimeUnit::CalendarDays => 366,
        TimeUnit::Months => 12,
    }
}

fn condition(condition: &Condition, kind: Option<FactKind>, at: &str, faults: &mut Faults) {
    faults.of_kind(at, !condition.forms.is_empty(), !condition.levels.is_empty(), kind);
    for (field, age) in [("age_from", condition.age_from), ("age_to", condition.age_to)] {
        if age.is_some_and(|age| age > MAX_AGE) {
            faults.add(&format!("{at}/{field}"), Invalid::new("number_too_large").with("max", MAX_AGE));
        }
    }
    if let (Some(from), Some(to)) = (condition.age_from, condition.age_to)
        && from > to
    {
        faults.add(&format!("{at}/age_to"), Invalid::new("number_too_small").with("min", from));
    }
}

/// Steps that wait, perhaps by others, for themselves: none of them could ever be done.
fn circles(steps: &[Step], known: &BTreeSet<&StepCode>, faults: &mut Faults) {
    // Unknown codes and repeated steps are named already; here nothing waits for them.
    let trimmed: Vec<Step> = steps
        .iter()
        .map(|step| Step {
            after: step.after.iter().filter(|code| known.contains(code)).cloned().collect(),
            ..step.clone()
        })
        .collect();
    let possible: BTreeSet<&StepCode> = in_order(&trimmed).into_iter().map(|step| &step.code).collect();
    for (place, _) in steps.iter().enumerate().filter(|(_, step)| !possible.contains(&step.code)) {
        faults.add(&format!("/steps/{place}/after"), Invalid::new("step_circle"));
    }
}
