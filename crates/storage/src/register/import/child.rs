//! The child of a row.

use qorgan_domain::children::{PersonName, name_key};
use qorgan_domain::ids::ChildId;
use qorgan_domain::register::import::RowPerson;

use crate::children::{ChildProbe, LinkableChild};
use crate::{Permit, StorageError, Tx};

/// Candidates that are looked at.
const MOST: i32 = 5;

/// Which child of the index a row is about.
pub enum RowChild {
    /// This one, with the probability of it.
    Certain(LinkableChild, f64),
    /// Perhaps one of these.
    Likely(Vec<(ChildId, f64)>),
    /// None that the index knows.
    Unknown,
}

impl Tx<'_> {
    /// Looks for the child of a row, beyond what the actor may see of it.
    pub(in crate::register) fn row_child(
        &mut self,
        permit: &Permit,
        person: &RowPerson,
    ) -> Result<RowChild, StorageError> {
        let (Some(last), Some(first)) = (&person.last_name, &person.first_name) else {
            return self.row_child_by_number(permit, person);
        };
        let Some(birth_date) = person.birth_date else { return self.row_child_by_number(permit, person) };
        let name = name_key(last, first, None::<&PersonName>);
        let probe = ChildProbe::before_registration(person.iin.as_ref(), &name, birth_date);
        let found = self.child_candidates(permit, &probe, MOST)?;
        let certain: Vec<_> = found
            .iter()
            .filter(|it| it.evidence.same_iin || (it.evidence.same_name && it.evidence.same_birth_date))
            .collect();
        if let [one] = certain[..]
            && let Some(child) = self.child_for_link(one.id)?
        {
            return Ok(RowChild::Certain(child, one.score));
        }
        if found.is_empty() {
            return Ok(RowChild::Unknown);
        }
        Ok(RowChild::Likely(found.into_iter().map(|it| (it.id, it.score)).collect()))
    }

    fn row_child_by_number(&mut self, permit: &Permit, person: &RowPerson) -> Result<RowChild, StorageError> {
        let holder = person.iin.as_ref().map(|iin| self.child_iin_holder(permit, iin)).transpose()?.flatten();
        let Some(holder) = holder else { return Ok(RowChild::Unknown) };
        let child = self.child_for_link(holder.id)?;
        Ok(child.map_or(RowChild::Unknown, |child| RowChild::Certain(child, holder.score)))
    }
}
