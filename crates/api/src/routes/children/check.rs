//! What registering and correcting a child have in common.

use chrono::NaiveDate;
use qorgan_domain::children::birth_date_ok;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::territory::Kato;
use qorgan_storage::Tx;
use qorgan_storage::children::Candidate;

use super::view::candidate_views;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request::Language;

/// A birth date that a child of the index may have.
pub fn birth_date(tx: &Tx<'_>, date: NaiveDate, at: &Pointer<'_>, errors: &mut FieldErrors) {
    if let Err(invalid) = birth_date_ok(date, tx.today()) {
        errors.push(&at.key("birth_date"), invalid);
    }
}

/// A territory of the reference data.
pub fn territory(tx: &mut Tx<'_>, kato: &Kato, at: &Pointer<'_>, errors: &mut FieldErrors) -> Result<(), Problem> {
    if !tx.territory_exists(kato)? {
        errors.push(&at.key("territory"), Issue::new("unknown_territory"));
    }
    Ok(())
}

/// An active organisation; none where `errors` now says that there is no such one.
pub fn organisation(
    tx: &mut Tx<'_>,
    id: OrganisationId,
    at: &Pointer<'_>,
    errors: &mut FieldErrors,
) -> Result<Option<OrganisationRef>, Problem> {
    let organisation = tx.organisation_ref(id)?;
    if organisation.is_none() {
        errors.push(&at.key("organisation_id"), Issue::new("unknown_organisation"));
    }
    Ok(organisation)
}

/// The refusal of a number that another record holds; it cannot be confirmed away.
pub fn iin_taken(tx: &mut Tx<'_>, holder: Candidate, language: Language) -> Result<Problem, Problem> {
    let candidates = candidate_views(tx, vec![holder], language)?;
    Ok(Problem::new(ProblemCode::IinTaken).with("candidates", candidates))
}
