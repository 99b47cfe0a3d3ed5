//! What registering and correcting a child have in common.

use chrono::NaiveDate;
use qorgan_domain::children::{ChildMergeRefusal, Iin, birth_date_ok};
use qorgan_domain::ids::{ChildId, OrganisationId};
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::territory::Kato;
use qorgan_storage::children::{Candidate, Child};
use qorgan_storage::{Authorized, Tx};

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

/// A number that is to be written into a child's record: no other record may hold it, and no record that was merged into
/// this one another.
pub fn iin(tx: &mut Tx<'_>, child: &Authorized<Child>, iin: &Iin, language: Language) -> Result<(), Problem> {
    if let Some(holder) = tx.child_iin_holder_besides(child, iin)? {
        return Err(iin_taken(tx, holder, language)?);
    }
    let merged: Vec<ChildId> = tx.child_record_list(child.id)?.into_iter().filter(|id| *id != child.id).collect();
    let differs = tx.children_visible(&merged)?.iter().any(|record| record.iin.as_ref().is_some_and(|own| own != iin));
    if differs {
        return Err(Problem::new(ProblemCode::DomainRule).because(ChildMergeRefusal::IinsDiffer));
    }
    Ok(())
}

/// The refusal of a number that another record holds; it cannot be confirmed away.
pub fn iin_taken(tx: &mut Tx<'_>, holder: Candidate, language: Language) -> Result<Problem, Problem> {
    let candidates = candidate_views(tx, vec![holder], language)?;
    Ok(Problem::new(ProblemCode::IinTaken).with("candidates", candidates))
}
