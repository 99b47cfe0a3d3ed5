//! The worklist: cases that the actor may see, those in danger of life first, then by latest change.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Timestamptz};
use qorgan_domain::cases::{RiskLevel, Stage};
use qorgan_domain::identity::Scope;
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::{Action, Subject, Verdict, decide, scopes};
use uuid::Uuid;

use super::Case;
use super::load::{CaseRow, Participant};
use super::worklists::predicates::{CRITICAL, OVERDUE_AFTER, OVERDUE_BEFORE};
use crate::page::Page;
use crate::schema::{case_participants, cases, children};
use crate::{AccessError, StorageError, Tx};

/// Which cases to list.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// In this stage.
    pub stage: Option<Stage>,
    /// At this risk.
    pub risk_level: Option<RiskLevel>,
    /// With this organisation among the participants.
    pub organisation: Option<OrganisationId>,
    /// With a deadline that passed (`true`), or without one (`false`).
    pub overdue: Option<bool>,
    /// With this user assigned in some organisation.
    pub assigned_to: Option<UserId>,
    /// Changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
    /// After this key.
    pub after: Option<CaseKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a case in the worklist: in danger of life, latest change, id.
pub type CaseKey = (bool, DateTime<Utc>, Uuid);

/// A case and the child's name as it stands in the worklist.
#[derive(Debug, Clone)]
pub struct CaseListItem {
    /// The case.
    pub case: Case,
    /// The child: last and first name, if the actor may read the record.
    pub child: Option<(String, String)>,
}

/// The place of a row in every list of cases.
fn key(row: &CaseRow) -> CaseKey {
    (row.risk_level == "critical" && row.stage != "closed", row.updated_at, row.id)
}

impl Tx<'_> {
    /// A page of the worklist. Row security filters; the policy is asked again for each row.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn case_list(&mut self, filter: &CaseFilter) -> Result<Page<CaseListItem, CaseKey>, AccessError> {
        self.authorize(Action::CaseRead)?;
        let rows = self.case_rows(filter)?;
        let page = Page::of(rows, filter.limit, key);
        let items = self.case_items(page.items)?;
        self.audit_many(Action::CaseRead, items.iter().map(|item| item.case.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }

    /// A page of the cases of these ids, in their order; `ids` may hold one more than the page. The caller audits.
    pub(super) fn case_page(
        &mut self,
        ids: Vec<Uuid>,
        limit: i64,
    ) -> Result<Page<CaseListItem, CaseKey>, StorageError> {
        let found: Vec<CaseRow> =
            cases::table.filter(cases::id.eq_any(&ids)).select(CaseRow::as_select()).load(self.connection)?;
        let mut found: HashMap<Uuid, CaseRow> = found.into_iter().map(|row| (row.id, row)).collect();
        let rows: Vec<CaseRow> = ids.iter().filter_map(|id| found.remove(id)).collect();
        let page = Page::of(rows, limit, key);
        Ok(Page { items: self.case_items(page.items)?, next: page.next })
    }

    /// Rows with participants and the child's name; the policy is asked again for each.
    fn case_items(&mut self, rows: Vec<CaseRow>) -> Result<Vec<CaseListItem>, StorageError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut participants: HashMap<Uuid, Vec<Participant>> = HashMap::new();
        for (case, participant) in self.participants_of(&ids)? {
            participants.entry(case).or_default().push(participant);
        }
        let names = self.child_names(rows.iter().map(|row| row.child_id).collect())?;
        let mut items = Vec::with_capacity(rows.len());
        let mut not_at_work = Vec::new();
        for row in rows {
            let (id, child) = (row.id, row.child_id);
            let case = row.into_case(participants.remove(&id).unwrap_or_default())?;
            if decide(&self.actor, Action::CaseRead, &Subject::Case(&case.subject())) != Verdict::Allowed {
                not_at_work.push(case.id);
                continue;
            }
            items.push(CaseListItem { case, child: names.get(&child).cloned() });
        }
        self.only_by_a_seat(&not_at_work)?;
        Ok(items)
    }

    fn case_rows(&mut self, filter: &CaseFilter) -> Result<Vec<CaseRow>, StorageError> {
        let mut query = cases::table.select(CaseRow::as_select()).into_boxed();
        if scopes(&self.actor, Action::CaseRead).iter().all(|scope| *scope == Scope::Organisation) {
            // A school has few of the region's cases: from its participations, not through the whole worklist.
            let own = case_participants::table
                .filter(case_participants::organisation_id.eq(self.actor.organisation.id.as_uuid()))
                .filter(case_participants::ended_at.is_null())
                .select(case_participants::case_id);
            query = query.filter(cases::id.eq_any(own));
        }
        if let Some(stage) = filter.stage {
            query = query.filter(cases::stage.eq(stage.as_str()));
        }
        if let Some(risk) = filter.risk_level {
            query = query.filter(cases::risk_level.eq(risk.as_str()));
        }
        if let Some(since) = filter.updated_since {
            query = query.filter(cases::updated_at.ge(since));
        }
        if let Some(organisation) = filter.organisation {
            let of = case_participants::table
                .filter(case_participants::organisation_id.eq(organisation.as_uuid()))
                .filter(case_participants::ended_at.is_null())
                .select(case_participants::case_id);
            query = query.filter(cases::id.eq_any(of));
        }
        if let Some(user) = filter.assigned_to {
            let of = case_participants::table
                .filter(case_participants::assigned_user_id.eq(user.as_uuid()))
                .filter(case_participants::ended_at.is_null())
                .select(case_participants::case_id);
            query = query.filter(cases::id.eq_any(of));
        }
        if let Some(overdue) = filter.overdue {
            let late = sql::<Bool>(OVERDUE_BEFORE).bind::<Timestamptz, _>(self.now).sql(OVERDUE_AFTER);
            query = if overdue { query.filter(late) } else { query.filter(diesel::dsl::not(late)) };
        }
        if let Some((critical, at, id)) = filter.after {
            // Keyset in the order (critical, updated_at, id), all descending.
            let older = cases::updated_at.lt(at).or(cases::updated_at.eq(at).and(cases::id.lt(id)));
            query = if critical {
                query.filter(diesel::dsl::not(sql::<Bool>(CRITICAL)).or(older))
            } else {
                query.filter(diesel::dsl::not(sql::<Bool>(CRITICAL))).filter(older)
            };
        }
        Ok(query
            .order((sql::<Bool>(CRITICAL).desc(), cases::updated_at.desc(), cases::id.desc()))
            .limit(filter.limit + 1)
            .load(self.connection)?)
    }

    /// Last and first names of children, as far as row security shows them.
    pub(super) fn child_names(&mut self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, (String, String)>, StorageError> {
        let rows: Vec<(Uuid, String, String)> = children::table
            .filter(children::id.eq_any(ids))
            .select((children::id, children::last_name, children::first_name))
            .load(self.connection)?;
        Ok(rows.into_iter().map(|(id, last, first)| (id, (last, first))).collect())
    }
}
