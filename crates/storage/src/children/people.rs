//! Many people who are registered one after the other, looked for at once.
//!
//! What is found is what looking for each alone, just before it is registered, would find: a person who may be like
//! somebody written down meanwhile is looked for once more.

use std::collections::HashSet;

use qorgan_domain::children::lookup_entry;
use qorgan_domain::ids::ChildId;
use qorgan_domain::matching::{Person, Prepared, blocking_keys};

use super::likeness::identified;
use super::{Candidate, Identified, LinkableChild};
use crate::{Permit, StorageError, Tx};

/// What was found of many people, and what was written since.
pub(crate) struct PeopleFound {
    each: Vec<PersonFound>,
    /// Keys of the names and records written since.
    keys: HashSet<i64>,
    /// Records to which names were added since.
    records: HashSet<ChildId>,
}

struct PersonFound {
    person: Person,
    keys: Vec<i64>,
    candidates: Vec<Candidate>,
    /// The children whose records were compared.
    compared: HashSet<ChildId>,
}

impl PeopleFound {
    /// A record was made of this person.
    pub(crate) fn registered(&mut self, place: usize) {
        if let Some(found) = self.each.get(place) {
            self.keys.extend(&found.keys);
        }
    }

    /// A child is held under the name of this person too.
    pub(crate) fn name_held(&mut self, place: usize, child: &LinkableChild) {
        if let Some(found) = self.each.get(place) {
            let names = found.person.names.clone();
            self.keys.extend(lookup_entry(&child.called(names)).keys);
            self.records.insert(child.id);
        }
    }

    /// Whether nothing was written that looking for the person again could find.
    fn stands(&self, found: &PersonFound) -> bool {
        found.compared.is_disjoint(&self.records) && !found.keys.iter().any(|key| self.keys.contains(key))
    }
}

impl Tx<'_> {
    /// Looks for people, in two round trips. Who is to be registered must be waited for before: nobody else registers a
    /// child alike from then on.
    pub(crate) fn people_find(&mut self, people: Vec<Person>) -> Result<PeopleFound, StorageError> {
        if people.is_empty() {
            return Ok(PeopleFound { each: Vec::new(), keys: HashSet::new(), records: HashSet::new() });
        }
        let probes: Vec<Prepared> = people.iter().map(Person::prepare).collect();
        let rows = self.lookalikes(&probes)?;
        let mut compared = vec![HashSet::new(); probes.len()];
        for row in &rows {
            if let Some(compared) = usize::try_from(row.probe).ok().and_then(|place| compared.get_mut(place)) {
                compared.insert(row.survivor.into());
            }
        }
        let candidates = self.scored_likely(&probes, &rows)?;
        let each = people.into_iter().zip(&probes).zip(candidates).zip(compared);
        let each = each.map(|(((person, probe), candidates), compared)| PersonFound {
            person,
            keys: blocking_keys(probe).into_iter().map(|key| key.value()).collect(),
            candidates,
            compared,
        });
        Ok(PeopleFound { each: each.collect(), keys: HashSet::new(), records: HashSet::new() })
    }

    /// Who one of them is, as [`Tx::child_identify`] would say now. Every record found is audited under the permit's action.
    pub(crate) fn person_identify(
        &mut self,
        permit: &Permit,
        people: &PeopleFound,
        place: usize,
    ) -> Result<Identified, StorageError> {
        let found = people.each.get(place).ok_or(StorageError::Statement("nobody of that place was looked for"))?;
        if !people.stands(found) {
            return self.child_identify(permit, &found.person);
        }
        self.audit_candidates(permit.action(), found.candidates.iter());
        Ok(identified(found.candidates.clone()))
    }
}
