//! Worklists: pages and counts of the cases that wait for the actor.

pub(super) mod predicates;
mod seen;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::BoxedSqlQuery;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::cases::worklists::{NEWS_DAYS, Worklist, waits_for};
use qorgan_domain::identity::{Role, Scope};
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::{Action, Actor, scopes};
use uuid::Uuid;

use super::{CaseKey, CaseListItem};
use crate::page::Page;
use crate::schema::case_plans;
use crate::{AccessError, StorageError, Tx};
use predicates::{CRITICAL, OWN_ORGANISATION, TYPES};

/// How far a worklist is counted: nobody needs to know more than that there are more.
pub const COUNT_CAP: i64 = 200;

/// How many cases a worklist holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorklistCount {
    /// The worklist.
    pub list: Worklist,
    /// How many; [`COUNT_CAP`] at most.
    pub count: i64,
    /// Whether there are more.
    pub more: bool,
}

/// What the predicates know of who asks: their parameters `$1` to `$8`, in order.
struct Reader {
    user: Uuid,
    organisation: Uuid,
    now: DateTime<Utc>,
    today: NaiveDate,
    news_since: DateTime<Utc>,
    agency: String,
    supervises: Option<String>,
    follows_up: Option<String>,
    /// Whether every reach is the own organisation's.
    narrow: bool,
    supervisor: bool,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Array<BigInt>)]
    counts: Vec<i64>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Reader {
    fn of(actor: &Actor, now: DateTime<Utc>, today: NaiveDate) -> Self {
        let prefix = |widest: Option<Scope>| {
            widest
                .and_then(|scope| actor.organisation.kato.prefix_of_scope(scope))
                .map(|prefix| prefix.as_str().to_owned())
        };
        let supervising = actor.roles.iter().filter(|grant| grant.role == Role::Supervisor).map(|grant| grant.scope);
        let supervising: Vec<Scope> = supervising.filter(|scope| *scope != Scope::Own).collect();
        Self {
            user: actor.user.as_uuid(),
            organisation: actor.organisation.id.as_uuid(),
            now,
            today,
            news_since: now - TimeDelta::days(NEWS_DAYS),
            agency: actor.organisation.agency.as_str().to_owned(),
            supervises: prefix(supervising.iter().copied().max()),
            follows_up: prefix(scopes(actor, Action::FollowUpWrite).into_iter().max()),
            narrow: scopes(actor, Action::CaseRead).iter().all(|scope| *scope == Scope::Organisation),
            supervisor: !supervising.is_empty(),
        }
    }

    /// The condition of a worklist, or none where it is always empty for this reader.
    fn condition(&self, list: Worklist) -> Option<String> {
        if list == Worklist::WaitingForMyApproval && !self.supervisor {
            return None;
        }
        let own = if self.narrow { OWN_ORGANISATION } else { "true" };
        Some(format!("{TYPES} AND {own} AND {}", predicates::of(list)))
    }

    fn bind<'q>(&self, sql: String) -> BoxedSqlQuery<'q, Pg, diesel::query_builder::SqlQuery> {
        sql_query(sql)
            .into_boxed::<Pg>()
            .bind::<SqlUuid, _>(self.user)
            .bind::<SqlUuid, _>(self.organisation)
            .bind::<Timestamptz, _>(self.now)
            .bind::<Date, _>(self.today)
            .bind::<Timestamptz, _>(self.news_since)
            .bind::<Text, _>(self.agency.clone())
            .bind::<Nullable<Text>, _>(self.supervises.clone())
            .bind::<Nullable<Text>, _>(self.follows_up.clone())
    }
}

impl Tx<'_> {
    /// How many cases each worklist holds, up to [`COUNT_CAP`], in one statement.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn worklist_counts(&mut self) -> Result<Vec<WorklistCount>, AccessError> {
        self.authorize(Action::CaseRead)?;
        let reader = Reader::of(&self.actor, self.now, self.today());
        let counts: Vec<String> = Worklist::ALL
            .iter()
            .map(|list| match reader.condition(*list) {
                Some(condition) => {
                    format!("(SELECT count(*) FROM (SELECT FROM cases WHERE {condition} LIMIT $9::bigint) AS counted)")
                }
                None => "0".to_owned(),
            })
            .collect();
        let query = reader.bind(format!("SELECT ARRAY[{}]::bigint[] AS counts", counts.join(", ")));
        let counted: Counted =
            query.bind::<BigInt, _>(COUNT_CAP + 1).get_result(self.connection).map_err(StorageError::from)?;
        let of = |(list, count): (&Worklist, i64)| WorklistCount {
            list: *list,
            count: count.min(COUNT_CAP),
            more: count > COUNT_CAP,
        };
        Ok(Worklist::ALL.iter().zip(counted.counts).map(of).collect())
    }

    /// A page of a worklist. Row security filters; the policy, and for approvals the rule, is asked again for each
    /// case.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn worklist(
        &mut self,
        list: Worklist,
        after: Option<CaseKey>,
        limit: i64,
    ) -> Result<Page<CaseListItem, CaseKey>, AccessError> {
        self.authorize(Action::CaseRead)?;
        let reader = Reader::of(&self.actor, self.now, self.today());
        let Some(condition) = reader.condition(list) else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        let sql = format!(
            "SELECT cases.id FROM cases WHERE {condition}
               AND ($10::boolean IS NULL OR ({CRITICAL}, cases.updated_at, cases.id) < ($10, $11::timestamptz, $12::uuid))
             ORDER BY {CRITICAL} DESC, cases.updated_at DESC, cases.id DESC LIMIT $9::bigint"
        );
        let found: Vec<Found> = reader
            .bind(sql)
            .bind::<BigInt, _>(limit + 1)
            .bind::<Nullable<Bool>, _>(after.map(|(critical, ..)| critical))
            .bind::<Nullable<Timestamptz>, _>(after.map(|(_, at, _)| at))
            .bind::<Nullable<SqlUuid>, _>(after.map(|(.., id)| id))
            .load(self.connection)
            .map_err(StorageError::from)?;
        let mut page = self.case_page(found.into_iter().map(|found| found.id).collect(), limit)?;
        if list == Worklist::WaitingForMyApproval {
            self.keep_what_waits(&mut page.items)?;
        }
        self.audit_many(Action::CaseRead, page.items.iter().map(|item| item.case.id.as_uuid()).collect());
        Ok(page)
    }

    /// The rule itself has the last word on what waits for the actor.
    fn keep_what_waits(&mut self, items: &mut Vec<CaseListItem>) -> Result<(), StorageError> {
        let ids: Vec<Uuid> = items.iter().map(|item| item.case.id.as_uuid()).collect();
        let drafts: Vec<(Uuid, Uuid)> = case_plans::table
            .filter(case_plans::case_id.eq_any(ids).and(case_plans::status.eq("draft")))
            .select((case_plans::case_id, case_plans::author_id))
            .load(self.connection)?;
        let authors: HashMap<Uuid, UserId> = drafts.into_iter().map(|(case, author)| (case, author.into())).collect();
        let rules = self.approval_rules()?;
        let actor = &self.actor;
        items.retain(|CaseListItem { case, .. }| {
            waits_for(&case.state, authors.get(&case.id.as_uuid()).copied(), case.decider(actor), &rules)
        });
        Ok(())
    }
}
