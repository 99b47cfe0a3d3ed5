//! Territories and organisations of a file, asked for once.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::signals::import::{ImportAddressee, ImportRow};
use qorgan_domain::territory::Kato;

use crate::schema::territories;
use crate::{StorageError, Tx};

/// What is known by now; `None` is known not to be.
#[derive(Default)]
pub struct Directory {
    territories: HashMap<Kato, bool>,
    organisations: HashMap<OrganisationId, Option<OrganisationRef>>,
    on_duty: HashMap<(AgencyCode, Kato), Option<OrganisationRef>>,
    by_default: HashMap<Kato, Option<OrganisationRef>>,
}

impl Directory {
    pub fn knows_territory(&self, kato: &Kato) -> bool {
        self.territories.get(kato).copied().unwrap_or(false)
    }

    /// The organisation that a row names, or the one it goes to by default.
    pub fn addressee(&self, row: &ImportRow) -> Option<&OrganisationRef> {
        match &row.addressee {
            Some(ImportAddressee::Organisation(id)) => self.organisations.get(id)?.as_ref(),
            Some(ImportAddressee::OnDuty(agency)) => self.on_duty.get(&(agency.clone(), row.kato.clone()))?.as_ref(),
            None => self.by_default.get(&row.kato)?.as_ref(),
        }
    }
}

impl Tx<'_> {
    /// Looks up what a batch names and earlier ones did not. Duty is asked for once for each agency and known
    /// territory of the file, of which the region has few; everything else in one statement.
    pub(super) fn import_look_up(&mut self, known: &mut Directory, rows: &[ImportRow]) -> Result<(), StorageError> {
        let katos: BTreeSet<&Kato> =
            rows.iter().map(|row| &row.kato).filter(|kato| !known.territories.contains_key(*kato)).collect();
        if !katos.is_empty() {
            let codes: Vec<&str> = katos.iter().map(|kato| kato.as_str()).collect();
            let found: Vec<String> = territories::table
                .filter(territories::kato.eq_any(codes))
                .select(territories::kato)
                .load(self.connection)?;
            let found: HashSet<String> = found.into_iter().collect();
            for kato in katos {
                known.territories.insert(kato.clone(), found.contains(kato.as_str()));
            }
        }
        self.import_look_up_organisations(known, rows)?;
        for row in rows.iter().filter(|row| known.territories.get(&row.kato) == Some(&true)) {
            match &row.addressee {
                Some(ImportAddressee::OnDuty(agency)) => {
                    let place = (agency.clone(), row.kato.clone());
                    if let Entry::Vacant(unknown) = known.on_duty.entry(place) {
                        let today = self.today();
                        unknown.insert(self.duty_organisation(agency.as_str(), &row.kato, today)?);
                    }
                }
                None if !known.by_default.contains_key(&row.kato) => {
                    let found = self.signal_addressee(&row.kato)?;
                    known.by_default.insert(row.kato.clone(), found);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn import_look_up_organisations(&mut self, known: &mut Directory, rows: &[ImportRow]) -> Result<(), StorageError> {
        let named: BTreeSet<OrganisationId> = rows
            .iter()
            .filter_map(|row| match &row.addressee {
                Some(ImportAddressee::Organisation(id)) if !known.organisations.contains_key(id) => Some(*id),
                _ => None,
            })
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let found = self.organisation_refs(named.iter().copied().collect())?;
        known.organisations.extend(named.into_iter().map(|id| (id, None)));
        known.organisations.extend(found.into_iter().map(|organisation| (organisation.id, Some(organisation))));
        Ok(())
    }
}
