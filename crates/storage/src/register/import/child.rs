//! The child of a row.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt};
use qorgan_domain::children::{Iin, PersonName, Resembling, lookup_entry, reported_child};
use qorgan_domain::ids::ChildId;
use qorgan_domain::matching::{HeldName, Person};
use qorgan_domain::register::import::RowPerson;
use qorgan_domain::territory::Kato;

use crate::children::{Candidate, Identified, LinkableChild, PeopleFound};
use crate::{Permit, StorageError, Tx};

/// Persons that are looked for at once.
const AT_ONCE: usize = 100;

/// Which child of the index a row is about.
pub enum RowChild {
    /// This one, with the probability of it.
    Certain(LinkableChild, f64),
    /// Perhaps one of these.
    Likely(Vec<(ChildId, f64)>),
    /// None that the index knows.
    Unknown,
}

/// What the index knows of the child of a row that becomes a report.
#[derive(Debug, Default)]
pub(super) struct RowRecord {
    /// The record that certainly is the child.
    pub(super) certain: Option<LinkableChild>,
    /// Records that may be.
    pub(super) alike: Vec<ChildId>,
    /// The number of the row belongs to a child that agrees with it in nothing else.
    pub(super) number_of_another: bool,
}

/// What is known of the child of a row, ready to be compared. Where the child lives no row says; mostly it is where the
/// event took place.
fn person(row: &RowPerson, kato: Option<&Kato>) -> Person {
    let text = |name: &Option<PersonName>| name.as_ref().map(|name| name.as_str().to_owned());
    let name = HeldName { last: text(&row.last_name), first: text(&row.first_name), patronymic: text(&row.patronymic) };
    let nameless = name.last.is_none() && name.first.is_none();
    Person {
        names: if nameless { Vec::new() } else { vec![name] },
        birth_date: row.birth_date,
        sex: row.sex,
        iin: row.iin.as_ref().map(|iin| Iin::expose(iin).to_owned()),
        kato: kato.map(|kato| kato.as_str().to_owned()),
        ..Person::default()
    }
}

impl Tx<'_> {
    /// Looks for the children of rows, beyond what the actor may see of them; in the order of the rows.
    pub(in crate::register) fn row_children(
        &mut self,
        permit: &Permit,
        rows: &[(&RowPerson, Option<&Kato>)],
    ) -> Result<Vec<RowChild>, StorageError> {
        let mut children = Vec::with_capacity(rows.len());
        for part in rows.chunks(AT_ONCE) {
            let people: Vec<Person> = part.iter().map(|(row, kato)| person(row, *kato)).collect();
            let found = self.children_identify(permit, &people)?;
            children.extend(found.into_iter().map(|found| match found {
                Identified::Certain(child, scored) => RowChild::Certain(child, scored.probability),
                Identified::Uncertain(found) => {
                    RowChild::Likely(found.into_iter().map(|it| (it.id, it.scored.probability)).collect())
                }
                Identified::Unknown => RowChild::Unknown,
            }));
        }
        Ok(children)
    }

    /// Looks for the children of rows that become reports one after the other. Registrations of children alike wait.
    pub(super) fn row_people_find(&mut self, rows: &[(&RowPerson, &Kato)]) -> Result<PeopleFound, StorageError> {
        self.people_find(rows.iter().map(|(row, kato)| person(row, Some(*kato))).collect())
    }
}

impl RowRecord {
    /// The record that the child of a row certainly is, as for a report of its own
    /// ([`reported_child`](qorgan_domain::children::reported_child)), the records that it may be, and whether another child
    /// holds its number.
    pub(super) fn of(found: Identified) -> Self {
        let found = match found {
            Identified::Certain(child, _) => return Self { certain: Some(child), ..Self::default() },
            Identified::Uncertain(found) => found,
            Identified::Unknown => return Self::default(),
        };
        let resembling: Vec<Resembling> = found.iter().map(Candidate::resembling).collect();
        let certain = reported_child(&resembling, false).map(|place| found[place].linkable());
        let alike = found.iter().map(|it| it.id).filter(|id| certain.as_ref().is_none_or(|child| child.id != *id));
        Self {
            alike: alike.collect(),
            number_of_another: certain.is_none() && found.iter().any(|it| it.same_iin),
            certain,
        }
    }
}

impl Tx<'_> {
    /// Makes registrations of children alike wait, as [`Tx::child_registration_begin`] does, for all rows of a batch at
    /// once and in one order: locks taken row by row would meet those of others crosswise.
    pub(super) fn rows_registration_begin(&mut self, rows: &[(&RowPerson, &Kato)]) -> Result<(), StorageError> {
        let mut keys: Vec<i64> =
            rows.iter().flat_map(|(row, kato)| lookup_entry(&person(row, Some(*kato))).keys).collect();
        keys.sort_unstable();
        keys.dedup();
        sql_query(
            "SELECT count(pg_advisory_xact_lock(k.key))
             FROM (SELECT key # 4211 AS key FROM unnest($1) AS key ORDER BY 1) AS k",
        )
        .bind::<Array<BigInt>, _>(keys)
        .execute(self.connection)?;
        Ok(())
    }
}
