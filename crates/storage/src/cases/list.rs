//! The worklist: cases that the actor may see, those in danger of life first, then by latest change.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date};
use qorgan_domain::cases::{RiskLevel, Stage};
use qorgan_domain::identity::Scope;
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::{Action, Subject, Verdict, decide, scopes};
use uuid::Uuid;

use super::Case;
use super::load::{CaseRow, Participant};
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
    /// With a task of the plan that was due before this day (`overdue=true`), or without one (`false`).
    pub overdue: Option<(bool, NaiveDate)>,
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

const CRITICAL: &str = "(cases.risk_level = 'critical' AND cases.stage <> 'closed')";

impl Tx<'_> {
    /// A page of the worklist. Row security filters; the policy is asked again for each row.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn case_list(&mut self, filter: &CaseFilter) -> Result<Page<CaseListItem, CaseKey>, AccessError> {
        self.authorize(Action::CaseRead)?;
        let rows = self.case_rows(filter)?;
        let page = Page::of(rows, filter.limit, |row: &CaseRow| {
            (row.risk_level == "critical" && row.stage != "closed", row.updated_at, row.id)
        });
        let next = page.next;
        let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
        let mut participants: HashMap<Uuid, Vec<Participant>> = HashMap::new();
        for (case, participant) in self.participants_of(&ids)? {
            participants.entry(case).or_default().push(participant);
        }
        let names = self.child_names(page.items.iter().map(|row| row.child_id).collect())?;
        let mut items = Vec::with_capacity(page.items.len());
        for row in page.items {
            let (id, child) = (row.id, row.child_id);
            let case = row.into_case(participants.remove(&id).unwrap_or_default())?;
            if decide(&self.actor, Action::CaseRead, &Subject::Case(&case.subject())) != Verdict::Allowed {
                tracing::error!(case = %id, "row security shows a case that the policy hides");
                continue;
            }
            items.push(CaseListItem { case, child: names.get(&child).cloned() });
        }
        self.audit_many(Action::CaseRead, items.iter().map(|item| item.case.id.as_uuid()).collect());
        Ok(Page { items, next })
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
        if let Some((overdue, day)) = filter.overdue {
            let late = sql::<Bool>(
                "EXISTS (SELECT FROM case_tasks t JOIN case_plans p ON p.id = t.plan_id WHERE t.case_id = cases.id \
                 AND t.status = 'open' AND p.approved_at IS NOT NULL AND cases.stage <> 'closed' AND t.due_on < ",
            )
            .bind::<Date, _>(day)
            .sql(")");
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
    fn child_names(&mut self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, (String, String)>, StorageError> {
        let rows: Vec<(Uuid, String, String)> = children::table
            .filter(children::id.eq_any(ids))
            .select((children::id, children::last_name, children::first_name))
            .load(self.connection)?;
        Ok(rows.into_iter().map(|(id, last, first)| (id, (last, first))).collect())
    }
}
