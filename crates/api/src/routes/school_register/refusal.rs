//! What stands against a placement, as problems.

use qorgan_domain::school_register::{
    Ground, GroundUse, LegalRegime, PlacementDates, PlacementRefusal, check_dates, check_ground,
};
use qorgan_storage::school_register::PlacementRecord;
use qorgan_storage::{AccessError, StorageError, Tx};

use super::view::Names;
use crate::problem::{FieldErrors, Pointer, Problem, ProblemCode};

/// The problem of a rule that refuses.
pub fn refused(refusal: PlacementRefusal) -> Problem {
    match refusal {
        PlacementRefusal::NotAChild => Problem::new(ProblemCode::NotAChild),
        other => Problem::new(ProblemCode::DomainRule).because(other),
    }
}

/// A failure of writing; the database's own guard finds the child on another register at the last moment.
pub fn written(error: AccessError) -> Problem {
    match error {
        AccessError::Storage(StorageError::Duplicate { constraint }) if constraint == "school_placements_apart" => {
            refused(PlacementRefusal::AlreadyOnRegister)
        }
        error => error.into(),
    }
}

/// The fields of a request, by the names that the record has for them.
pub type FieldNames = &'static [(&'static str, &'static str)];

/// Every day and every ground that is wrong. `renamed`: what a field of the record is called in the request.
pub fn check(
    tx: &Tx<'_>,
    record: &PlacementRecord,
    names: &Names,
    renamed: FieldNames,
    errors: &mut FieldErrors,
) -> Result<(), Problem> {
    let span = record.state.span;
    let removal = span.until.zip(record.removal.as_ref().map(|removal| removal.decided_on));
    let dates = PlacementDates {
        placed_on: span.from,
        decided_on: record.decided_on,
        parents_informed_on: record.parents_informed_on,
        review_on: record.review_on,
        removal,
    };
    let called = |name: &'static str| renamed.iter().find(|(of, _)| *of == name).map_or(name, |(_, called)| *called);
    for (name, invalid) in check_dates(&dates, tx.today()) {
        errors.push(&Pointer::ROOT.key(called(name)), invalid);
    }
    let regimes: Vec<LegalRegime> =
        names.regimes.iter().map(qorgan_storage::school_register::RegimeRow::rule).collect();
    let grounds = names.grounds.iter().map(|row| row.rule()).collect::<Result<Vec<Ground>, _>>()?;
    let mut ground = |name, code: &str, usage, day| {
        if let Err(invalid) = check_ground(code, usage, day, &grounds, &regimes) {
            errors.push(&Pointer::ROOT.key(called(name)), invalid);
        }
    };
    ground("ground", &record.ground, GroundUse::Placement, span.from);
    if let Some((removed_on, removal)) = span.until.zip(record.removal.as_ref()) {
        ground("removal_ground", &removal.ground, GroundUse::Removal, removed_on);
    }
    Ok(())
}
