//! Looking for a child beyond one's own reach: the database masks what it answers.

use std::cmp::Ordering;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::children::{Iin, MatchEvidence, NameKey, SearchTerms, Sex};
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::Action;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::Child;
use crate::{Authorized, Permit, StorageError, Tx, rows};

/// What candidates are looked for by.
#[derive(Debug, Clone, Copy)]
pub struct ChildProbe<'a> {
    iin: Option<&'a Iin>,
    name: Option<&'a NameKey>,
    tokens: &'a [String],
    birth_date: Option<NaiveDate>,
}

impl<'a> ChildProbe<'a> {
    /// Before a child is registered: by number and by whole name; the date of birth tells candidates apart.
    #[must_use]
    pub const fn before_registration(iin: Option<&'a Iin>, name: &'a NameKey, birth_date: NaiveDate) -> Self {
        Self { iin, name: Some(name), tokens: &[], birth_date: Some(birth_date) }
    }

    /// The holder of a number.
    #[must_use]
    const fn holder(iin: &'a Iin) -> Self {
        Self { iin: Some(iin), name: None, tokens: &[], birth_date: None }
    }

    /// What somebody searches for.
    #[must_use]
    pub fn search(terms: &'a SearchTerms) -> Self {
        Self { iin: terms.iin(), name: None, tokens: terms.tokens(), birth_date: terms.birth_date() }
    }
}

/// A record that may be the child that is looked for, with no more of it than anybody who searches may see.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The record.
    pub id: ChildId,
    /// Whether the actor may read it in full ([`Tx::children_visible`]).
    pub visible: bool,
    /// First letters of last and first name.
    pub initials: String,
    /// Year of birth.
    pub birth_year: i32,
    /// Territory.
    pub kato: Kato,
    /// What it has in common with what is looked for.
    pub evidence: MatchEvidence,
    /// How sure the match is, from 0 to 1 ([`MatchEvidence::score`]).
    pub score: f64,
}

/// What linking needs to know of a child that the actor may not see.
#[derive(Debug, Clone)]
pub struct LinkableChild {
    /// The record.
    pub id: ChildId,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// Territory.
    pub kato: Kato,
}

#[derive(QueryableByName)]
struct CandidateRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    initials: String,
    #[diesel(sql_type = Integer)]
    birth_year: i32,
    #[diesel(sql_type = Text)]
    kato: String,
    #[diesel(sql_type = Bool)]
    visible: bool,
    #[diesel(sql_type = Bool)]
    same_iin: bool,
    #[diesel(sql_type = Bool)]
    same_name: bool,
    #[diesel(sql_type = Bool)]
    same_birth_date: bool,
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
    /// The candidates for a probe, the surest first, `limit` at most. Every record named here is audited under
    /// the permit's action, found or shown.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_candidates(
        &mut self,
        permit: &Permit,
        probe: &ChildProbe<'_>,
        limit: i32,
    ) -> Result<Vec<Candidate>, StorageError> {
        self.candidates(permit.action(), probe, limit)
    }

    /// Who holds a number, before a child is registered with it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_iin_holder(&mut self, permit: &Permit, iin: &Iin) -> Result<Option<Candidate>, StorageError> {
        Ok(self.candidates(permit.action(), &ChildProbe::holder(iin), 1)?.pop())
    }

    /// Who else holds a number, before it is written into a child's record.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_iin_holder_besides(
        &mut self,
        child: &Authorized<Child>,
        iin: &Iin,
    ) -> Result<Option<Candidate>, StorageError> {
        let holder = self.candidates(child.action(), &ChildProbe::holder(iin), 1)?.pop();
        Ok(holder.filter(|holder| holder.id != child.id))
    }

    fn candidates(
        &mut self,
        action: Action,
        probe: &ChildProbe<'_>,
        limit: i32,
    ) -> Result<Vec<Candidate>, StorageError> {
        let found: Vec<CandidateRow> = diesel::sql_query("SELECT * FROM child_candidates($1, $2, $3, $4, $5)")
            .bind::<Nullable<Text>, _>(probe.iin.map(Iin::expose))
            .bind::<Nullable<Text>, _>(probe.name.map(|name| name.key.as_str()))
            // An empty list would be contained in every name.
            .bind::<Nullable<Array<Text>>, _>((!probe.tokens.is_empty()).then_some(probe.tokens))
            .bind::<Nullable<Date>, _>(probe.birth_date)
            .bind::<Integer, _>(limit)
            .load(self.connection)?;
        let mut candidates =
            found.into_iter().filter_map(|row| row.into_candidate().transpose()).collect::<Result<Vec<_>, _>>()?;
        candidates.sort_by(|one, other| other.score.partial_cmp(&one.score).unwrap_or(Ordering::Equal));
        if !candidates.is_empty() {
            self.audit_many(action, candidates.iter().map(|candidate| candidate.id.as_uuid()).collect());
        }
        Ok(candidates)
    }

    /// Makes registrations of one name and birthday wait for one another until this unit of work ends: the second
    /// searches after the first has written, so search before create finds it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_registration_begin(&mut self, name: &NameKey, birth_date: NaiveDate) -> Result<(), StorageError> {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 4211))")
            .bind::<Text, _>(format!("{birth_date} {}", name.key))
            .execute(self.connection)?;
        Ok(())
    }

    /// A child that a signal, a case or a report is to be linked to: it exists, though the actor may not see it.
    /// None where the actor links no children at all. The look-up is audited.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_for_link(&mut self, id: ChildId) -> Result<Option<LinkableChild>, StorageError> {
        let row: Option<LinkableRow> = diesel::sql_query("SELECT * FROM child_for_link($1)")
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

impl CandidateRow {
    /// None where nothing but the birthday agrees.
    fn into_candidate(self) -> Result<Option<Candidate>, StorageError> {
        let evidence =
            MatchEvidence { same_iin: self.same_iin, same_name: self.same_name, same_birth_date: self.same_birth_date };
        let Some(score) = evidence.score() else { return Ok(None) };
        Ok(Some(Candidate {
            id: self.id.into(),
            visible: self.visible,
            initials: self.initials,
            birth_year: self.birth_year,
            kato: rows::parse(&self.kato, "children", "kato", self.id)?,
            evidence,
            score,
        }))
    }
}
