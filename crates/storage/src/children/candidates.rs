//! Looking for a child beyond one's own reach: what is found is shown masked.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Text, Uuid as SqlUuid};
use qorgan_domain::children::{Iin, Resembling, Sex, lookup_entry};
use qorgan_domain::ids::ChildId;
use qorgan_domain::matching::{Decision, HeldName, Person, Scored};
use qorgan_domain::policy::Action;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::{Child, NewChild};
use crate::schema::children;
use crate::{Authorized, Permit, StorageError, Tx, rows};

/// A record that may be the child that is looked for, with no more of it than anybody who searches may see. Of merged
/// records the surviving one.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The record.
    pub id: ChildId,
    /// First letters of last and first name.
    pub initials: String,
    /// Year of birth.
    pub birth_year: i32,
    /// Territory.
    pub kato: Kato,
    /// How likely it is the child, and why.
    pub scored: Scored,
    /// What follows from that.
    pub decision: Decision,
    /// Whether it holds the very number: then it is the child.
    pub same_iin: bool,
    /// The whole date of birth, not to be shown.
    pub(super) birth_date: NaiveDate,
    /// Sex, not to be shown.
    pub(super) sex: Sex,
}

impl Candidate {
    /// What decides whether a report is about it.
    #[must_use]
    pub const fn resembling(&self) -> Resembling {
        Resembling { same_iin: self.same_iin, decision: self.decision }
    }

    /// The same child, to be linked to.
    pub(crate) fn linkable(&self) -> LinkableChild {
        LinkableChild { id: self.id, birth_date: self.birth_date, sex: self.sex, kato: self.kato.clone() }
    }
}

/// What linking needs to know of a child that the actor may not see.
#[derive(Debug, Clone)]
pub struct LinkableChild {
    /// The record; of merged ones the surviving.
    pub id: ChildId,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// Territory.
    pub kato: Kato,
}

impl LinkableChild {
    /// The child under other names, with what is known of it besides.
    pub(super) fn called(&self, names: Vec<HeldName>) -> Person {
        Person { names, birth_date: Some(self.birth_date), sex: Some(self.sex), ..Person::default() }
    }
}

#[derive(QueryableByName)]
struct LinkableRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Date)]
    birth_date: NaiveDate,
    #[diesel(sql_type = Text)]
    sex: String,
    #[diesel(sql_type = Text)]
    kato: String,
}

impl Tx<'_> {
    /// The records that a child to be registered may be already, the likeliest first, `limit` at most. Every record
    /// named here is audited under the permit's action, found or shown.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_candidates(
        &mut self,
        permit: &Permit,
        child: &NewChild,
        limit: usize,
    ) -> Result<Vec<Candidate>, StorageError> {
        let mut found = self.likely(&[child.person().prepare()])?.pop().unwrap_or_default();
        found.truncate(limit);
        self.audit_candidates(permit.action(), found.iter());
        Ok(found)
    }

    /// Who holds a number, before a child is registered with it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_iin_holder(&mut self, permit: &Permit, iin: &Iin) -> Result<Option<Candidate>, StorageError> {
        self.holder(permit.action(), iin)
    }

    /// Who else holds a number, before it is written into a child's record: also a record that was merged into this
    /// one, since a number stands in one record only.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_iin_holder_besides(
        &mut self,
        child: &Authorized<Child>,
        iin: &Iin,
    ) -> Result<Option<Candidate>, StorageError> {
        // The number is unique among records: written twice, it would be refused as well.
        let own: Option<Uuid> = children::table
            .filter(children::iin.eq(iin.expose()))
            .select(children::id)
            .first(self.connection)
            .optional()?;
        if own == Some(child.id.as_uuid()) {
            return Ok(None);
        }
        self.holder(child.action(), iin)
    }

    fn holder(&mut self, action: Action, iin: &Iin) -> Result<Option<Candidate>, StorageError> {
        let probe = Person { iin: Some(iin.expose().to_owned()), ..Person::default() };
        let found = self.likely(&[probe.prepare()])?.pop().unwrap_or_default();
        let holder = found.into_iter().find(|candidate| candidate.same_iin);
        self.audit_candidates(action, holder.iter());
        Ok(holder)
    }

    /// Makes registrations of children alike wait for one another until this unit of work ends: the second searches
    /// after the first has written, so search before create finds it. Alike are those that share a key by which
    /// likely doubles are found, so that another spelling waits too. Keys are locked in their order.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_registration_begin(&mut self, child: &NewChild) -> Result<(), StorageError> {
        let keys = lookup_entry(&child.person()).keys;
        sql_query(
            "SELECT count(pg_advisory_xact_lock(k.key)) FROM (SELECT key # 4211 AS key FROM unnest($1) AS key ORDER BY 1) AS k",
        )
        .bind::<Array<BigInt>, _>(keys)
        .execute(self.connection)?;
        Ok(())
    }

    /// A child that a signal, a case or a report is to be linked to: it exists, though the actor may not see it. Of a
    /// merged record the surviving one answers: link to the id in the answer. None where the actor links no children
    /// at all. The look-up is audited.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_for_link(&mut self, id: ChildId) -> Result<Option<LinkableChild>, StorageError> {
        let row: Option<LinkableRow> = sql_query("SELECT * FROM child_for_link($1)")
            .bind::<SqlUuid, _>(id.as_uuid())
            .get_result(self.connection)
            .optional()?;
        let Some(row) = row else { return Ok(None) };
        self.audit(Action::ChildSearch, row.id, None);
        Ok(Some(LinkableChild {
            id: row.id.into(),
            birth_date: row.birth_date,
            sex: rows::parse(&row.sex, "children", "sex", row.id)?,
            kato: rows::parse(&row.kato, "children", "kato", row.id)?,
        }))
    }
}
