//! The names that a child is held under, and what its record is found by.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::{
    LOOKUP_VERSION, LookupEntry, NameSource, PersonName, Spelling, lookup_entry, near_forms,
};
use qorgan_domain::ids::ChildId;
use qorgan_domain::matching::{HeldName, Person};
use uuid::Uuid;

use super::{Child, LinkableChild};
use crate::schema::child_names;
use crate::{Authorized, StorageError, Tx, rows};

diesel::define_sql_function! {
    /// All records of the child that a record is of.
    fn child_record_ids(child: SqlUuid) -> Array<SqlUuid>;
}
diesel::define_sql_function! {
    /// The record that stands for a child.
    fn child_survivor(child: SqlUuid) -> SqlUuid;
}
diesel::define_sql_function! {
    fn child_name_hold(id: SqlUuid, child: SqlUuid, last: Text, first: Text, patronymic: Nullable<Text>,
        source: Text, now: Timestamptz) -> Bool;
}

/// A name that a child is held under. `Debug` does not show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameHeld {
    /// The record that holds it: the child's, or one that was merged into it.
    pub record: ChildId,
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
    /// Patronymic.
    pub patronymic: Option<PersonName>,
    /// Where it comes from.
    pub source: NameSource,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// A name as somebody gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenName {
    /// Last name.
    pub last: PersonName,
    /// First name.
    pub first: PersonName,
    /// Patronymic.
    pub patronymic: Option<PersonName>,
}

impl GivenName {
    fn held(&self) -> HeldName {
        HeldName::new(self.last.as_str(), self.first.as_str(), self.patronymic.as_ref().map(PersonName::as_str))
    }
}

impl Tx<'_> {
    /// All names of a child under all its records, the oldest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_names_held(&mut self, child: &Authorized<Child>) -> Result<Vec<NameHeld>, StorageError> {
        let records = self.child_record_list(child.id)?;
        self.names_of(&records)
    }

    /// All records of a child, the surviving one first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_record_list(&mut self, child: ChildId) -> Result<Vec<ChildId>, StorageError> {
        let ids: Vec<Uuid> = diesel::select(child_record_ids(child.as_uuid())).get_result(self.connection)?;
        Ok(ids.into_iter().map(Into::into).collect())
    }

    /// The record that stands for a child now: where it was merged into, or itself.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_survivor(&mut self, child: ChildId) -> Result<ChildId, StorageError> {
        let survivor: Uuid = diesel::select(child_survivor(child.as_uuid())).get_result(self.connection)?;
        Ok(survivor.into())
    }

    /// Whether two records are of one child.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn children_same(&mut self, one: ChildId, other: ChildId) -> Result<bool, StorageError> {
        Ok(one == other || self.child_survivor(one)? == self.child_survivor(other)?)
    }

    /// Keeps a name under which somebody reported of a child, whose record the actor may not see. False where it was
    /// held before. The caller publishes and audits what it does with the child.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_name_hold(&mut self, child: &LinkableChild, name: &GivenName) -> Result<bool, StorageError> {
        let kept = self.name_keep(child.id, name, NameSource::Reported)?;
        if kept {
            self.lookup_write(child.id, &lookup_entry(&child.called(vec![name.held()])), None)?;
        }
        Ok(kept)
    }

    pub(super) fn name_keep(
        &mut self,
        child: ChildId,
        name: &GivenName,
        source: NameSource,
    ) -> Result<bool, StorageError> {
        Ok(diesel::select(child_name_hold(
            Uuid::now_v7(),
            child.as_uuid(),
            name.last.as_str(),
            name.first.as_str(),
            name.patronymic.as_ref().map(PersonName::as_str),
            source.as_str(),
            self.now,
        ))
        .get_result(self.connection)?)
    }

    /// Writes what a record is found by that was just made: it holds no name but its own.
    pub(super) fn lookup_begin(&mut self, child: &Child) -> Result<(), StorageError> {
        let person = Person { names: vec![child.given_name().held()], ..child.person() };
        self.lookup_write(child.id, &lookup_entry(&person), Some(LOOKUP_VERSION))
    }

    /// Writes anew what a record is found by, from all names that it holds.
    pub(super) fn lookup_renew(&mut self, child: &Child) -> Result<(), StorageError> {
        let mut names = vec![child.given_name().held()];
        names.extend(self.names_of(&[child.id])?.into_iter().map(|held| {
            GivenName { last: held.last_name, first: held.first_name, patronymic: held.patronymic }.held()
        }));
        let person = Person { names, ..child.person() };
        self.lookup_write(child.id, &lookup_entry(&person), Some(LOOKUP_VERSION))
    }

    fn names_of(&mut self, records: &[ChildId]) -> Result<Vec<NameHeld>, StorageError> {
        type Row = (Uuid, Uuid, String, String, Option<String>, String, DateTime<Utc>);
        let ids: Vec<Uuid> = records.iter().map(ChildId::as_uuid).collect();
        let found: Vec<Row> = child_names::table
            .filter(child_names::child_id.eq_any(ids))
            .order((child_names::recorded_at, child_names::id))
            .select((
                child_names::id,
                child_names::child_id,
                child_names::last_name,
                child_names::first_name,
                child_names::patronymic,
                child_names::source,
                child_names::recorded_at,
            ))
            .load(self.connection)?;
        let held = |(id, record, last, first, patronymic, source, recorded_at): Row| {
            Ok(NameHeld {
                record: record.into(),
                last_name: rows::parse(&last, "child_names", "last_name", id)?,
                first_name: rows::parse(&first, "child_names", "first_name", id)?,
                patronymic: rows::parse_optional(patronymic.as_deref(), "child_names", "patronymic", id)?,
                source: rows::parse(&source, "child_names", "source", id)?,
                recorded_at,
            })
        };
        found.into_iter().map(held).collect()
    }

    /// Adds to what a record is found by; with a version it replaces all of it.
    fn lookup_write(&mut self, child: ChildId, entry: &LookupEntry, version: Option<i16>) -> Result<(), StorageError> {
        let forms = Forms::of(&entry.spellings);
        sql_query("SELECT child_match_write($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind::<SqlUuid, _>(child.as_uuid())
            .bind::<Nullable<SmallInt>, _>(version)
            .bind::<Array<BigInt>, _>(&entry.keys)
            .bind::<Array<Text>, _>(&entry.words)
            .bind::<Array<SmallInt>, _>(&entry.places)
            .bind::<Array<Text>, _>(forms.words)
            .bind::<Array<Text>, _>(forms.spellings)
            .bind::<Array<BigInt>, _>(forms.forms)
            .execute(self.connection)?;
        Ok(())
    }
}

/// The forms of spellings, in parallel lists.
#[derive(Default)]
pub(super) struct Forms<'a> {
    pub(super) words: Vec<&'a str>,
    pub(super) spellings: Vec<&'a str>,
    pub(super) forms: Vec<i64>,
}

impl<'a> Forms<'a> {
    pub(super) fn of(spellings: impl IntoIterator<Item = &'a Spelling>) -> Self {
        let mut all = Self::default();
        for spelled in spellings {
            for form in near_forms(&spelled.spelling) {
                all.words.push(&spelled.word);
                all.spellings.push(&spelled.spelling);
                all.forms.push(form);
            }
        }
        all
    }
}
