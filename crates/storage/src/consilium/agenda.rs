//! The agenda of a session: what row security shows of it, with the texts that the actor may read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::Section;
use qorgan_domain::consilium::{AgendaItem, BoardDecision, ConflictGround, Vote};
use qorgan_domain::ids::{ConsiliumSessionId, OrganisationId, UserId};
use qorgan_domain::policy::sections;
use serde_json::Value;
use uuid::Uuid;

use super::{DecisionView, ItemView, SeatView};
use crate::cases::ContentView;
use crate::schema::{cases, consilium_conflicts, consilium_decisions, consilium_items, consilium_votes};
use crate::{StorageError, Tx, rows};

type ItemRow = (Uuid, Uuid, String, i32, String, Uuid, Uuid, Option<(Option<Uuid>, Uuid)>);

/// Id, item, outcome, section, content and time of a decision.
pub(super) type DecisionRow = (Uuid, Uuid, String, String, Uuid, DateTime<Utc>);

impl Tx<'_> {
    fn consilium_item_rows(&mut self, id: ConsiliumSessionId) -> Result<Vec<ItemRow>, StorageError> {
        Ok(consilium_items::table
            .left_join(cases::table.on(cases::id.eq(consilium_items::case_id)))
            .filter(consilium_items::session_id.eq(id.as_uuid()))
            .order(consilium_items::position)
            .select((
                consilium_items::id,
                consilium_items::case_id,
                consilium_items::case_number,
                consilium_items::position,
                consilium_items::section,
                consilium_items::content_id,
                consilium_items::organisation_id,
                (cases::manager_id, cases::opened_by).nullable(),
            ))
            .load(self.connection)?)
    }

    pub(super) fn consilium_agenda(
        &mut self,
        id: ConsiliumSessionId,
        seats: &[SeatView],
    ) -> Result<(Vec<AgendaItem>, Vec<ItemView>), StorageError> {
        let found = self.consilium_item_rows(id)?;
        let ids: Vec<Uuid> = found.iter().map(|row| row.0).collect();
        let decisions = self.consilium_decisions(&ids)?;
        let mut votes = self.consilium_votes(&decisions)?;
        let mut conflicts = self.consilium_conflicts(&ids)?;
        let contents = found.iter().map(|row| row.5).chain(decisions.values().map(|row| row.4)).collect::<Vec<_>>();
        let mut texts = self.contents_visible(&contents)?;
        let mut state = Vec::with_capacity(found.len());
        let mut views = Vec::with_capacity(found.len());
        for (item, case, number, position, section, content, organisation, people) in found {
            let section: Section = rows::parse(&section, "consilium_items", "section", item)?;
            let manager = people.and_then(|(manager, _)| manager).map(UserId::from);
            let told = conflicts.remove(&item).unwrap_or_default();
            let decision = match decisions.get(&item) {
                None => None,
                Some(row) => {
                    let votes = votes.remove(&row.0).unwrap_or_default();
                    let text = texts.remove(&row.4);
                    Some(self.decision_view(row, organisation.into(), manager, votes, text)?)
                }
            };
            state.push(AgendaItem {
                id: item.into(),
                case: case.into(),
                section,
                conflicts: grounds(&told, people, seats),
                decision: decision.as_ref().map(|decision| BoardDecision {
                    outcome: decision.outcome,
                    section: decision.section,
                    votes: decision.votes.clone(),
                    tasks: 0,
                }),
            });
            views.push(ItemView {
                id: item.into(),
                position,
                case: (case.into(), number),
                section,
                question: self.board_text(section, organisation.into(), manager, texts.remove(&content)),
                reasons: told.into_iter().filter_map(|(user, (_, reason))| Some((user, reason?))).collect(),
                decision,
            });
        }
        Ok((state, views))
    }

    pub(super) fn decision_view(
        &self,
        row: &DecisionRow,
        organisation: OrganisationId,
        manager: Option<UserId>,
        votes: BTreeMap<UserId, Vote>,
        text: Option<Value>,
    ) -> Result<DecisionView, StorageError> {
        let (id, _, outcome, section, _, decided_at) = row;
        let section = rows::parse(section, "consilium_decisions", "section", *id)?;
        Ok(DecisionView {
            id: (*id).into(),
            outcome: rows::parse(outcome, "consilium_decisions", "outcome", *id)?,
            section,
            body: self.board_text(section, organisation, manager, text),
            votes,
            decided_at: *decided_at,
        })
    }

    /// A text as the actor may see it: open only if both lines of defence agree.
    pub(super) fn board_text(
        &self,
        section: Section,
        organisation: OrganisationId,
        manager: Option<UserId>,
        text: Option<Value>,
    ) -> ContentView {
        match text {
            Some(body) if sections::may_read(&self.actor, section, organisation, manager) => ContentView::Open(body),
            _ => ContentView::Closed,
        }
    }

    fn consilium_decisions(&mut self, items: &[Uuid]) -> Result<HashMap<Uuid, DecisionRow>, StorageError> {
        if items.is_empty() {
            return Ok(HashMap::new());
        }
        let found: Vec<DecisionRow> = consilium_decisions::table
            .filter(consilium_decisions::item_id.eq_any(items))
            .select((
                consilium_decisions::id,
                consilium_decisions::item_id,
                consilium_decisions::outcome,
                consilium_decisions::section,
                consilium_decisions::content_id,
                consilium_decisions::decided_at,
            ))
            .load(self.connection)?;
        Ok(found.into_iter().map(|row| (row.1, row)).collect())
    }

    fn consilium_votes(
        &mut self,
        decisions: &HashMap<Uuid, DecisionRow>,
    ) -> Result<HashMap<Uuid, BTreeMap<UserId, Vote>>, StorageError> {
        let mut votes: HashMap<Uuid, BTreeMap<UserId, Vote>> = HashMap::new();
        if decisions.is_empty() {
            return Ok(votes);
        }
        let ids: Vec<Uuid> = decisions.values().map(|row| row.0).collect();
        let found: Vec<(Uuid, Uuid, String)> =
            consilium_votes::table.filter(consilium_votes::decision_id.eq_any(ids)).load(self.connection)?;
        for (decision, user, vote) in found {
            let vote = rows::parse(&vote, "consilium_votes", "vote", decision)?;
            votes.entry(decision).or_default().insert(user.into(), vote);
        }
        Ok(votes)
    }

    fn consilium_conflicts(&mut self, items: &[Uuid]) -> Result<HashMap<Uuid, Told>, StorageError> {
        let mut told: HashMap<Uuid, Told> = HashMap::new();
        if items.is_empty() {
            return Ok(told);
        }
        let found: Vec<(Uuid, Uuid, String, Option<String>)> = consilium_conflicts::table
            .filter(consilium_conflicts::item_id.eq_any(items))
            .select((
                consilium_conflicts::item_id,
                consilium_conflicts::user_id,
                consilium_conflicts::ground,
                consilium_conflicts::reason,
            ))
            .load(self.connection)?;
        for (item, user, ground, reason) in found {
            let ground = rows::parse(&ground, "consilium_conflicts", "ground", item)?;
            told.entry(item).or_default().insert(user.into(), (ground, reason));
        }
        Ok(told)
    }
}

/// What was told of interests in a case: by whom, on what ground, why.
type Told = BTreeMap<UserId, (ConflictGround, Option<String>)>;

/// Who does not vote on a case: who told of an interest, and its manager and author if they sit on the board.
fn grounds(told: &Told, people: Option<(Option<Uuid>, Uuid)>, seats: &[SeatView]) -> BTreeMap<UserId, ConflictGround> {
    let seated: BTreeSet<UserId> = seats.iter().map(|seat| seat.member.user).collect();
    let mut grounds = BTreeMap::new();
    if let Some((manager, author)) = people {
        grounds.insert(author.into(), ConflictGround::CaseAuthor);
        grounds.extend(manager.map(|manager| (manager.into(), ConflictGround::CaseManager)));
    }
    grounds.retain(|user, _| seated.contains(user));
    grounds.extend(told.iter().map(|(user, (ground, _))| (*user, *ground)));
    grounds
}
