//! What is written when the board decides on a case: the decision in the session, its text under a section of the case,
//! and its tasks among those of the case.

use diesel::prelude::*;
use qorgan_domain::cases::CaseEventKind;
use qorgan_domain::consilium::{AgendaItem, BoardDecision, ConflictGround};
use qorgan_domain::ids::ConsiliumDecisionId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::ConsiliumSession;
use crate::cases::{AddedTask, Case};
use crate::schema::{consilium_conflicts, consilium_decisions, consilium_votes};
use crate::{Authorized, StorageError, Tx};

/// A decision to be recorded.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// Its id, perhaps chosen by the client.
    pub id: ConsiliumDecisionId,
    /// The item as it stood, with who did not vote on it.
    pub item: AgendaItem,
    /// Outcome, section, votes.
    pub decision: BoardDecision,
    /// Text, opinions and tasks as they are given.
    pub body: Value,
    /// The tasks.
    pub tasks: Vec<AddedTask>,
}

impl Tx<'_> {
    /// Records a decision; its tasks become tasks of the case, and their organisations participants. The case is not
    /// needed where the decision has no tasks.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the session changed since it was read; [`StorageError::Duplicate`] where the id
    /// is taken.
    pub fn consilium_decide(
        &mut self,
        session: &Authorized<ConsiliumSession>,
        case: Option<&Authorized<Case>>,
        new: &NewDecision,
    ) -> Result<(), StorageError> {
        self.consilium_bump(session, "consilium.decided")?;
        let content = Uuid::now_v7();
        diesel::insert_into(consilium_decisions::table)
            .values((
                consilium_decisions::id.eq(new.id.as_uuid()),
                consilium_decisions::item_id.eq(new.item.id.as_uuid()),
                consilium_decisions::session_id.eq(session.id.as_uuid()),
                consilium_decisions::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                consilium_decisions::case_id.eq(new.item.case.as_uuid()),
                consilium_decisions::outcome.eq(new.decision.outcome.as_str()),
                consilium_decisions::section.eq(new.decision.section.as_str()),
                consilium_decisions::content_id.eq(content),
                consilium_decisions::recorded_by.eq(self.actor.user.as_uuid()),
                consilium_decisions::decided_at.eq(self.now),
            ))
            .execute(self.connection)?;
        self.board_content(content, new.item.case, new.decision.section, &new.body)?;
        self.votes_insert(new)?;
        self.grounds_insert(new)?;
        let data = json!({"session_id": session.id, "outcome": new.decision.outcome, "tasks": new.tasks.len()});
        let kind = CaseEventKind::ConsiliumDecided;
        self.board_event(new.item.case, kind, new.id.as_uuid(), new.decision.section, data)?;
        match case {
            Some(case) => self.tasks_add(case, &new.tasks, "has tasks by a decision of the consilium"),
            None if new.tasks.is_empty() => Ok(()),
            None => Err(StorageError::Statement("tasks of a case that was not loaded")),
        }
    }

    fn votes_insert(&mut self, new: &NewDecision) -> Result<(), StorageError> {
        let rows: Vec<_> = new
            .decision
            .votes
            .iter()
            .map(|(user, vote)| {
                (
                    consilium_votes::decision_id.eq(new.id.as_uuid()),
                    consilium_votes::user_id.eq(user.as_uuid()),
                    consilium_votes::vote.eq(vote.as_str()),
                )
            })
            .collect();
        diesel::insert_into(consilium_votes::table).values(rows).execute(self.connection)?;
        Ok(())
    }

    /// Keeps who had no vote because of what they are to the case: that may change later.
    fn grounds_insert(&mut self, new: &NewDecision) -> Result<(), StorageError> {
        let rows: Vec<_> = new
            .item
            .conflicts
            .iter()
            .filter(|(_, ground)| **ground != ConflictGround::Declared)
            .map(|(user, ground)| {
                (
                    consilium_conflicts::item_id.eq(new.item.id.as_uuid()),
                    consilium_conflicts::user_id.eq(user.as_uuid()),
                    consilium_conflicts::ground.eq(ground.as_str()),
                    consilium_conflicts::told_by.eq(self.actor.user.as_uuid()),
                    consilium_conflicts::told_at.eq(self.now),
                )
            })
            .collect();
        diesel::insert_into(consilium_conflicts::table).values(rows).execute(self.connection)?;
        Ok(())
    }
}
