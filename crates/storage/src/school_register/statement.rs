//! Who is on the in-school register as of a day, by school, and how many by ground.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::ids::{ChildId, OrganisationId, PlacementId};
use qorgan_domain::policy::{Action, OrganisationRef, Subject, Verdict, decide, scopes};
use uuid::Uuid;

use super::PlacementRecord;
use super::load::VersionRow;
use crate::page::Page;
use crate::reference::organisation_ref;
use crate::schema::{children, organisations, school_placement_versions as versions};
use crate::{AccessError, StorageError, Tx};

/// Which part of the statement.
#[derive(Debug, Clone)]
pub struct StatementFilter {
    /// As of the end of this day.
    pub as_of: NaiveDate,
    /// Of this school.
    pub organisation: Option<OrganisationId>,
    /// On this ground.
    pub ground: Option<String>,
    /// After this key.
    pub after: Option<StatementKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a placement in the statement: by day, then by id.
pub type StatementKey = (NaiveDate, Uuid);

/// A line of the statement.
#[derive(Debug, Clone)]
pub struct StatementItem {
    /// The placement.
    pub placement: PlacementId,
    /// The pupil.
    pub child_id: ChildId,
    /// Last and first name of the pupil, where the actor may read the record.
    pub child: Option<(String, String)>,
    /// The school, with its name.
    pub school: (OrganisationRef, String),
    /// What was recorded then.
    pub record: PlacementRecord,
}

/// How many are on the register on a ground.
#[derive(Debug, Clone, Queryable)]
pub struct GroundCount {
    /// The code of the ground.
    pub ground: String,
    /// How many.
    pub count: i64,
}

type Condition = Box<dyn BoxableExpression<versions::table, Pg, SqlType = Nullable<Bool>>>;

/// What stood as of a day: the same as `PlacementVersion::stands_on` of the domain says.
fn stood(day: NaiveDate) -> Condition {
    let end = end_of_day(day);
    let known = versions::recorded_at
        .lt(end)
        .and(versions::superseded_at.is_null().or(versions::superseded_at.ge(end)))
        .and(versions::annulled.eq(false));
    let in_its_days = versions::placed_on.le(day).and(versions::removed_on.is_null().or(versions::removed_on.gt(day)));
    Box::new(known.and(in_its_days))
}

impl Tx<'_> {
    /// The pupils of schools in scope who were on the register as of a day, by what was known when it ended.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn school_register_statement(
        &mut self,
        filter: &StatementFilter,
    ) -> Result<Page<StatementItem, StatementKey>, AccessError> {
        self.authorize(Action::SchoolRegisterRead)?;
        let mut query = versions::table
            .select(VersionRow::as_select())
            .filter(stood(filter.as_of))
            .filter(self.school_register_scope())
            .into_boxed();
        if let Some(organisation) = filter.organisation {
            query = query.filter(versions::organisation_id.eq(organisation.as_uuid()));
        }
        if let Some(ground) = &filter.ground {
            query = query.filter(versions::ground.eq(ground));
        }
        if let Some((day, id)) = filter.after {
            let later = versions::placed_on.gt(day);
            query = query.filter(later.or(versions::placed_on.eq(day).and(versions::placement_id.gt(id))));
        }
        let found: Vec<VersionRow> = query
            .order((versions::placed_on, versions::placement_id))
            .limit(filter.limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, filter.limit, |row| (row.placed_on, row.placement_id));
        let next = page.next;
        let items = self.school_register_items(page.items)?;
        self.audit_many(Action::SchoolRegisterRead, items.iter().map(|item| item.placement.as_uuid()).collect());
        Ok(Page { items, next })
    }

    /// How many were on the register as of a day, by ground.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn school_register_counts(
        &mut self,
        as_of: NaiveDate,
        organisation: Option<OrganisationId>,
    ) -> Result<Vec<GroundCount>, AccessError> {
        self.authorize(Action::SchoolRegisterRead)?;
        let mut query = versions::table
            .group_by(versions::ground)
            .select((versions::ground, diesel::dsl::count_star()))
            .into_boxed()
            .filter(stood(as_of))
            .filter(self.school_register_scope());
        if let Some(organisation) = organisation {
            query = query.filter(versions::organisation_id.eq(organisation.as_uuid()));
        }
        let counts = query.order(versions::ground).load(self.connection).map_err(StorageError::from)?;
        self.audit(Action::SchoolRegisterRead, None, None);
        Ok(counts)
    }

    /// The schools that the actor's roles of education reach; row security would also show those that a case opens.
    fn school_register_scope(&self) -> Condition {
        let own = &self.actor.organisation;
        let prefix = scopes(&self.actor, Action::SchoolRegisterRead)
            .into_iter()
            .filter_map(|scope| own.kato.prefix_of_scope(scope))
            .min_by_key(String::len);
        let of_own = versions::organisation_id.eq(own.id.as_uuid());
        match prefix {
            // A school finds its own by the index.
            None => Box::new(of_own.nullable()),
            Some(prefix) => Box::new(
                of_own
                    .or(versions::organisation_agency
                        .eq(own.agency.as_str().to_owned())
                        .and(versions::organisation_kato.like(format!("{prefix}%"))))
                    .nullable(),
            ),
        }
    }

    fn school_register_items(&mut self, found: Vec<VersionRow>) -> Result<Vec<StatementItem>, StorageError> {
        let schools: HashMap<Uuid, String> = organisations::table
            .filter(organisations::id.eq_any(found.iter().map(|row| row.organisation_id)))
            .select((organisations::id, organisations::name))
            .load(self.connection)?
            .into_iter()
            .collect();
        let names: Vec<(Uuid, String, String)> = children::table
            .filter(children::id.eq_any(found.iter().map(|row| row.child_id)))
            .select((children::id, children::last_name, children::first_name))
            .load(self.connection)?;
        let names: HashMap<Uuid, (String, String)> =
            names.into_iter().map(|(id, last, first)| (id, (last, first))).collect();
        let mut items = Vec::with_capacity(found.len());
        for row in found {
            let school = organisation_ref(row.organisation_id, &row.organisation_agency, &row.organisation_kato)?;
            if decide(&self.actor, Action::SchoolRegisterRead, &Subject::Placement(&school)) != Verdict::Allowed {
                tracing::error!(placement = %row.placement_id, "row security shows a placement that the policy hides");
                continue;
            }
            items.push(StatementItem {
                placement: row.placement_id.into(),
                child_id: row.child_id.into(),
                child: names.get(&row.child_id).cloned(),
                school: (school, schools.get(&row.organisation_id).cloned().unwrap_or_default()),
                record: row.record()?,
            });
        }
        Ok(items)
    }
}
