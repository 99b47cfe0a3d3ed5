//! Lists of facts.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::{Action, Verdict, may_ever};
use qorgan_domain::register::{FactKind, FactStatus};
use uuid::Uuid;

use super::load::{FactRow, VersionRow};
use super::{ExternalReference, Fact};
use crate::page::Page;
use crate::schema::{
    register_external_references as references, register_fact_versions as versions, register_facts as facts,
    register_report_links as links, register_reports as reports,
};
use crate::unit_of_work::Attempt;
use crate::{AccessError, Denial, StorageError, Tx};

diesel::define_sql_function! {
    /// All facts that row security shows, if they have at most so many reports; null where there may be more.
    fn facts_in_reach(most: diesel::sql_types::Integer) -> diesel::sql_types::Nullable<diesel::sql_types::Array<diesel::sql_types::Uuid>>;
}

/// Facts of up to so many reports are looked up by their ids; with more in reach, walking over the newest facts of the
/// region soon fills a page. With 10⁵ facts the walk takes a school with few of the kind asked for 2.5 seconds.
const FEW_REPORTS: i32 = 2_000;

/// Which facts to show; what is absent does not narrow.
#[derive(Debug, Clone, Default)]
pub struct FactFilter {
    /// Of this kind.
    pub kind: Option<FactKind>,
    /// Of this status.
    pub status: Option<FactStatus>,
    /// Events not earlier than this day.
    pub from: Option<NaiveDate>,
    /// Events not later than this day.
    pub to: Option<NaiveDate>,
    /// With a report that was filed for this case.
    pub case: Option<CaseId>,
    /// With a report, one that the caller sees, that names this number of another system.
    pub external: Option<ExternalReference>,
    /// As the register read at this moment.
    pub as_of: Option<DateTime<Utc>>,
}

/// The place of a fact in the list: newest entry first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactKey {
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

impl Tx<'_> {
    /// The facts that the caller may see, newest entry first.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] for who may read none; [`StorageError`].
    pub fn fact_list(
        &mut self,
        filter: &FactFilter,
        after: Option<FactKey>,
        limit: i64,
    ) -> Result<Page<Fact, FactKey>, AccessError> {
        let action = Action::RegisterRead;
        self.attempt = Attempt { action, resource: None, case: filter.case.map(|case| case.as_uuid()) };
        if !may_ever(&self.actor, action) {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let rows = self.fact_rows(filter, after, limit)?;
        let page = Page::of(rows, limit, |(fact, _)| FactKey { created_at: fact.created_at, id: fact.id });
        let mut facts = self.facts_of(page.items)?;
        facts.retain(|fact| {
            let allowed = fact.verdict(&self.actor, action) == Verdict::Allowed;
            if !allowed {
                tracing::error!(fact = %fact.id, user = %self.actor.user, "row security showed a fact that the policy refuses");
            }
            allowed
        });
        self.audit_many(action, facts.iter().map(|fact| fact.id.as_uuid()).collect());
        Ok(Page { items: facts, next: page.next })
    }

    fn fact_rows(
        &mut self,
        filter: &FactFilter,
        after: Option<FactKey>,
        limit: i64,
    ) -> Result<Vec<(FactRow, VersionRow)>, StorageError> {
        let mut query = facts::table
            .inner_join(versions::table.on(versions::fact_id.eq(facts::id)))
            .select((FactRow::as_select(), VersionRow::as_select()))
            .into_boxed();
        query = match filter.as_of {
            None => query.filter(versions::version.eq(facts::current_version)),
            Some(moment) => query
                .filter(versions::recorded_at.le(moment))
                .filter(versions::superseded_at.is_null().or(versions::superseded_at.gt(moment))),
        };
        if let Some(ids) =
            diesel::select(facts_in_reach(FEW_REPORTS)).get_result::<Option<Vec<Uuid>>>(self.connection)?
        {
            query = query.filter(facts::id.eq_any(ids));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(versions::kind.eq(kind.as_str()));
        }
        if let Some(status) = filter.status {
            query = query.filter(versions::status.eq(status.as_str()));
        }
        if let Some(from) = filter.from {
            query = query.filter(versions::occurred_on.ge(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(versions::occurred_on.le(to));
        }
        if filter.case.is_some() || filter.external.is_some() {
            query = query.filter(facts::id.eq_any(reported(filter)));
        }
        if let Some(FactKey { created_at, id }) = after {
            // The first condition bounds the walk over the index, the second decides among equals.
            query = query
                .filter(facts::created_at.le(created_at))
                .filter(facts::created_at.lt(created_at).or(facts::id.lt(id)));
        }
        Ok(query.order((facts::created_at.desc(), facts::id.desc())).limit(limit + 1).load(self.connection)?)
    }
}

diesel::define_sql_function! {
    /// How numbers of other systems compare.
    fn external_number_key(number: Text) -> Text;
}

/// The facts that have, or had at the moment asked for, a report for a case or with a number. Of the reports, row
/// security shows those in reach alone.
fn reported(filter: &FactFilter) -> links::BoxedQuery<'static, Pg, diesel::sql_types::Uuid> {
    let mut had = links::table.select(links::fact_id).into_boxed();
    had = match filter.as_of {
        None => had.filter(links::until.is_null()),
        Some(moment) => had.filter(links::since.le(moment)).filter(links::until.is_null().or(links::until.gt(moment))),
    };
    if let Some(case) = filter.case {
        let of_case = reports::table.filter(reports::case_id.eq(case.as_uuid())).select(reports::id);
        had = had.filter(links::report_id.eq_any(of_case));
    }
    if let Some(external) = &filter.external {
        let named = references::table
            .filter(references::system.eq(external.system.as_str()))
            .filter(references::number_key.eq(external_number_key(external.number.as_str().to_owned())))
            .select(references::report_id);
        had = had.filter(links::report_id.eq_any(named));
    }
    had
}
