//! Finding a case by number, child's name or words. The index is asked through one function of the database, which
//! looks only where the caller may read; what it answers is read again under row security and asked of the policy.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::cases::search::{CaseSearch, MatchPlace};
use qorgan_domain::cases::{RiskLevel, Section, Stage};
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::{Action, sections};
use uuid::Uuid;

use super::{CaseKey, CaseListItem};
use crate::page::Page;
use crate::schema::case_contents;
use crate::{AccessError, StorageError, Tx, rows};

/// Which cases to look for, among those that the actor may see.
#[derive(Debug, Clone)]
pub struct CaseSearchFilter {
    /// What was typed.
    pub search: CaseSearch,
    /// In this stage.
    pub stage: Option<Stage>,
    /// At this risk.
    pub risk_level: Option<RiskLevel>,
    /// With this organisation among the participants.
    pub organisation: Option<OrganisationId>,
    /// After this key.
    pub after: Option<CaseKey>,
    /// At most so many.
    pub limit: i64,
}

/// A case and where it was found.
#[derive(Debug, Clone)]
pub struct CaseFound {
    /// The case.
    pub item: CaseListItem,
    /// The places, without sections.
    pub places: Vec<MatchPlace>,
    /// The sections of the contents in which it was found; the actor reads all of them.
    pub sections: BTreeSet<Section>,
}

#[derive(QueryableByName)]
struct HitRow {
    #[diesel(sql_type = SqlUuid)]
    case_id: Uuid,
    #[diesel(sql_type = Bool)]
    by_number: bool,
    #[diesel(sql_type = Bool)]
    by_name: bool,
    #[diesel(sql_type = Bool)]
    by_text: bool,
    #[diesel(sql_type = Array<SqlUuid>)]
    contents: Vec<Uuid>,
}

type Protected = (Uuid, Section, OrganisationId);

impl Tx<'_> {
    /// A page of what is found, danger of life first, then by latest change.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn case_search(&mut self, filter: &CaseSearchFilter) -> Result<Page<CaseFound, CaseKey>, AccessError> {
        self.authorize(Action::CaseRead)?;
        let hits = self.hits(filter)?;
        let page = self.case_page(hits.iter().map(|hit| hit.case_id).collect(), filter.limit)?;
        let contents = self.protected(hits.iter().flat_map(|hit| hit.contents.iter().copied()).collect())?;
        let hits: HashMap<Uuid, HitRow> = hits.into_iter().map(|hit| (hit.case_id, hit)).collect();
        let next = page.next;
        let mut found = Vec::with_capacity(page.items.len());
        for item in page.items {
            let id = item.case.id.as_uuid();
            let Some(case) = hits.get(&id).and_then(|hit| self.found(item, hit, &contents)) else {
                tracing::error!(case = %id, user = %self.actor.user, "the index found what the actor may not read");
                continue;
            };
            found.push(case);
        }
        self.audit_many(Action::CaseRead, found.iter().map(|case| case.item.case.id.as_uuid()).collect());
        Ok(Page { items: found, next })
    }

    fn hits(&mut self, filter: &CaseSearchFilter) -> Result<Vec<HitRow>, StorageError> {
        let search = &filter.search;
        let after = filter.after;
        // One more than the page tells whether another follows.
        let limit = i32::try_from(filter.limit + 1).unwrap_or(i32::MAX);
        Ok(sql_query("SELECT * FROM cases_found($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
            .bind::<Nullable<Text>, _>(search.number())
            .bind::<Array<Text>, _>(search.name_tokens())
            .bind::<Text, _>(search.words())
            .bind::<Nullable<Text>, _>(filter.stage.map(Stage::as_str))
            .bind::<Nullable<Text>, _>(filter.risk_level.map(RiskLevel::as_str))
            .bind::<Nullable<SqlUuid>, _>(filter.organisation.map(|organisation| organisation.as_uuid()))
            .bind::<Nullable<Bool>, _>(after.map(|(critical, ..)| critical))
            .bind::<Nullable<Timestamptz>, _>(after.map(|(_, at, _)| at))
            .bind::<Nullable<SqlUuid>, _>(after.map(|(.., id)| id))
            .bind::<Integer, _>(limit)
            .load(self.connection)?)
    }

    /// The contents of these that row security shows, with what the section's rule asks for.
    fn protected(&mut self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<Protected>>, StorageError> {
        let mut contents: HashMap<Uuid, Vec<Protected>> = HashMap::new();
        if ids.is_empty() {
            return Ok(contents);
        }
        let rows: Vec<(Uuid, Uuid, String, Uuid)> = case_contents::table
            .filter(case_contents::id.eq_any(ids))
            .select((case_contents::case_id, case_contents::id, case_contents::section, case_contents::organisation_id))
            .load(self.connection)?;
        for (case, id, section, organisation) in rows {
            let section = rows::parse(&section, "case_contents", "section", id)?;
            contents.entry(case).or_default().push((id, section, organisation.into()));
        }
        Ok(contents)
    }

    /// The case with the places in which the actor may find it; none where nothing is left.
    fn found(&self, item: CaseListItem, hit: &HitRow, contents: &HashMap<Uuid, Vec<Protected>>) -> Option<CaseFound> {
        let manager = item.case.state.manager;
        let sections: BTreeSet<Section> = contents
            .get(&hit.case_id)
            .into_iter()
            .flatten()
            .filter(|(_, section, organisation)| sections::may_read(&self.actor, *section, *organisation, manager))
            .map(|(_, section, _)| *section)
            .collect();
        let places: Vec<MatchPlace> = [
            (MatchPlace::Number, hit.by_number),
            // The name counts only where the record itself may be read.
            (MatchPlace::ChildName, hit.by_name && item.child.is_some()),
            (MatchPlace::CaseText, hit.by_text),
        ]
        .into_iter()
        .filter_map(|(place, holds)| holds.then_some(place))
        .collect();
        (!places.is_empty() || !sections.is_empty()).then_some(CaseFound { item, places, sections })
    }
}
