//! The agenda of a session: what row security shows of it. Who keeps the session sees all of it; a member, what the seat
//! opens now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Uuid as SqlUuid;
use qorgan_domain::ids::{FactId, QualificationItemId, QualificationSessionId, UserId};
use qorgan_domain::register::qualification::{Conclusion, GroupItem, QualificationOutcome, RecusalGround};
use qorgan_domain::register::{FactStatus, SuicidalLevel};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::schema::{
    qualification_items as items, qualification_opinions as opinions, qualification_recusals as recusals,
    register_fact_versions as versions, register_facts as facts,
};
use crate::{StorageError, Tx, rows};

/// A fact on the agenda.
#[derive(Debug, Clone)]
pub struct QualificationItem {
    /// Its id.
    pub id: QualificationItemId,
    /// Its place on the agenda, from 1.
    pub position: i32,
    /// The fact, with the number people use.
    pub fact: (FactId, String),
    /// How the fact reads in the register now, as far as the actor may know.
    pub standing: Option<FactStanding>,
    /// Why members told of an interest, as far as the actor may read it.
    pub reasons: BTreeMap<UserId, String>,
    /// Who gave an opinion.
    pub heard: BTreeSet<UserId>,
    /// What was decided.
    pub decision: Option<QualificationDecision>,
}

/// How a fact reads in the register, without the child.
#[derive(Debug, Clone)]
pub struct FactStanding {
    /// Where it stands.
    pub status: FactStatus,
    /// How far it went, as the register says now.
    pub level: Option<SuicidalLevel>,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub kato: Kato,
    /// Into which fact it was merged.
    pub survivor: Option<FactId>,
}

/// What a session came to on a fact.
#[derive(Debug, Clone)]
pub struct QualificationDecision {
    /// In a word.
    pub outcome: QualificationOutcome,
    /// The level of a confirmed fact.
    pub level: Option<SuicidalLevel>,
    /// Why.
    pub reason: String,
    /// Whose opinions counted.
    pub voters: Vec<UserId>,
    /// When.
    pub at: DateTime<Utc>,
}

type DecisionColumns = (Option<String>, Option<String>, Option<String>, Option<Vec<Uuid>>, Option<DateTime<Utc>>);
type StandingColumns = (String, Option<String>, NaiveDate, String, Option<Uuid>);
type ItemRow = (Uuid, Uuid, String, i32, DecisionColumns, Option<StandingColumns>);

#[derive(QueryableByName)]
struct OfItem {
    #[diesel(sql_type = SqlUuid)]
    item_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
}

const TABLE: &str = "qualification_items";

fn decision(id: Uuid, columns: DecisionColumns) -> Result<Option<QualificationDecision>, StorageError> {
    let (Some(outcome), level, Some(reason), Some(voters), Some(at)) = columns else { return Ok(None) };
    Ok(Some(QualificationDecision {
        outcome: rows::parse(&outcome, TABLE, "outcome", id)?,
        level: rows::parse_optional(level.as_deref(), TABLE, "level", id)?,
        reason,
        voters: voters.into_iter().map(UserId::from).collect(),
        at,
    }))
}

fn standing(id: Uuid, columns: StandingColumns) -> Result<FactStanding, StorageError> {
    const VERSIONS: &str = "register_fact_versions";
    let (status, level, occurred_on, kato, survivor) = columns;
    Ok(FactStanding {
        status: rows::parse(&status, VERSIONS, "status", id)?,
        level: rows::parse_optional(level.as_deref(), VERSIONS, "level", id)?,
        occurred_on,
        kato: rows::parse(&kato, VERSIONS, "kato", id)?,
        survivor: survivor.map(FactId::from),
    })
}

impl Tx<'_> {
    fn qualification_item_rows(&mut self, id: QualificationSessionId) -> Result<Vec<ItemRow>, StorageError> {
        let present =
            versions::table.on(versions::fact_id.eq(facts::id).and(versions::version.eq(facts::current_version)));
        Ok(items::table
            .left_join(facts::table.on(facts::id.eq(items::fact_id)).inner_join(present))
            .filter(items::session_id.eq(id.as_uuid()))
            .order(items::position)
            .select((
                items::id,
                items::fact_id,
                items::fact_number,
                items::position,
                (items::outcome, items::level, items::reason, items::voters, items::settled_at),
                (versions::status, versions::level, versions::occurred_on, versions::kato, facts::merged_into)
                    .nullable(),
            ))
            .load(self.connection)?)
    }

    pub(super) fn qualification_agenda(
        &mut self,
        id: QualificationSessionId,
    ) -> Result<(Vec<GroupItem>, Vec<QualificationItem>), StorageError> {
        let found = self.qualification_item_rows(id)?;
        let ids: Vec<Uuid> = found.iter().map(|row| row.0).collect();
        let mut told = self.recusals_told(&ids)?;
        let mut reporters = self.group_pairs("SELECT item_id, user_id FROM group_reporters($1)", id)?;
        let mut heard = self.group_pairs("SELECT item_id, user_id FROM group_opinions_given($1)", id)?;
        let mut held = self.opinions_held(&ids)?;
        let mut state = Vec::with_capacity(found.len());
        let mut views = Vec::with_capacity(found.len());
        for (item, fact, number, position, settled, columns) in found {
            let standing = columns.map(|columns| standing(fact, columns)).transpose()?;
            let decision = decision(item, settled)?;
            let told = told.remove(&item).unwrap_or_default();
            let reporters = reporters.remove(&item).unwrap_or_default();
            let mut recused: BTreeMap<UserId, RecusalGround> =
                reporters.into_iter().map(|user| (user, RecusalGround::Reporter)).collect();
            recused.extend(told.keys().map(|user| (*user, RecusalGround::Declared)));
            state.push(GroupItem {
                id: item.into(),
                fact: fact.into(),
                standing: standing.as_ref().map_or(FactStatus::UnderQualification, |standing| standing.status),
                survivor: standing.as_ref().and_then(|standing| standing.survivor),
                recused,
                opinions: held.remove(&item).unwrap_or_default(),
                outcome: decision.as_ref().map(|decision| decision.outcome),
            });
            views.push(QualificationItem {
                id: item.into(),
                position,
                fact: (fact.into(), number),
                standing,
                reasons: told.into_iter().filter_map(|(user, reason)| Some((user, reason?))).collect(),
                heard: heard.remove(&item).unwrap_or_default(),
                decision,
            });
        }
        Ok((state, views))
    }

    fn group_pairs(
        &mut self,
        query: &str,
        session: QualificationSessionId,
    ) -> Result<HashMap<Uuid, BTreeSet<UserId>>, StorageError> {
        let found: Vec<OfItem> = sql_query(query).bind::<SqlUuid, _>(session.as_uuid()).load(self.connection)?;
        let mut users: HashMap<Uuid, BTreeSet<UserId>> = HashMap::new();
        for row in found {
            users.entry(row.item_id).or_default().insert(row.user_id.into());
        }
        Ok(users)
    }

    /// Interests that were told, as far as the actor may read them.
    fn recusals_told(&mut self, ids: &[Uuid]) -> Result<HashMap<Uuid, BTreeMap<UserId, Option<String>>>, StorageError> {
        let found: Vec<(Uuid, Uuid, Option<String>)> = recusals::table
            .filter(recusals::item_id.eq_any(ids))
            .select((recusals::item_id, recusals::user_id, recusals::reason))
            .load(self.connection)?;
        let mut told: HashMap<Uuid, BTreeMap<UserId, Option<String>>> = HashMap::new();
        for (item, user, reason) in found {
            told.entry(item).or_default().insert(user.into(), reason);
        }
        Ok(told)
    }

    /// The opinions that are unsealed for the actor.
    fn opinions_held(&mut self, ids: &[Uuid]) -> Result<HashMap<Uuid, BTreeMap<UserId, Conclusion>>, StorageError> {
        let found: Vec<(Uuid, Uuid, String, Option<String>)> = opinions::table
            .filter(opinions::item_id.eq_any(ids))
            .select((opinions::item_id, opinions::user_id, opinions::outcome, opinions::level))
            .load(self.connection)?;
        let mut held: HashMap<Uuid, BTreeMap<UserId, Conclusion>> = HashMap::new();
        for (item, user, outcome, level) in found {
            let conclusion = super::opinions::conclusion(item, &outcome, level.as_deref())?;
            held.entry(item).or_default().insert(user.into(), conclusion);
        }
        Ok(held)
    }
}
