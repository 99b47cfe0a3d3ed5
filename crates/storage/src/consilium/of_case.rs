//! What boards were asked about a case and decided, for those who see the case.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::Section;
use qorgan_domain::ids::{ConsiliumItemId, ConsiliumSessionId, OrganisationId};
use qorgan_domain::policy::Action;
use uuid::Uuid;

use super::DecisionView;
use super::agenda::DecisionRow;
use crate::cases::{Case, ContentView};
use crate::schema::{consilium_decisions, consilium_items, organisations};
use crate::{Authorized, StorageError, Tx, rows};

/// An item of an agenda that is about the case.
#[derive(Debug, Clone)]
pub struct CaseDecisionView {
    /// The item.
    pub item: ConsiliumItemId,
    /// The session.
    pub session: ConsiliumSessionId,
    /// Who convened it.
    pub organisation: (OrganisationId, String),
    /// When the case was put on the agenda.
    pub scheduled_at: DateTime<Utc>,
    /// The section that protects the question.
    pub section: Section,
    /// The question, if the actor may read it.
    pub question: ContentView,
    /// What was decided; how each member voted is not told here.
    pub decision: Option<DecisionView>,
}

type Row = (Uuid, Uuid, DateTime<Utc>, String, Uuid, (Uuid, String), Option<DecisionRow>);

impl Tx<'_> {
    /// What boards were asked about a case and decided, the latest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_consilium(&mut self, case: &Authorized<Case>) -> Result<Vec<CaseDecisionView>, StorageError> {
        let found = self.case_consilium_rows(case)?;
        let contents: Vec<Uuid> =
            found.iter().flat_map(|row| [Some(row.4), row.6.as_ref().map(|decision| decision.4)]).flatten().collect();
        let mut texts = self.contents_visible(&contents)?;
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        let manager = case.state.manager;
        found
            .into_iter()
            .map(|(item, session, scheduled_at, section, content, (organisation, name), decision)| {
                let section = rows::parse(&section, "consilium_items", "section", item)?;
                let organisation = OrganisationId::from(organisation);
                let decision = decision
                    .map(|row| {
                        let text = texts.remove(&row.4);
                        self.decision_view(&row, organisation, manager, BTreeMap::new(), text)
                    })
                    .transpose()?;
                Ok(CaseDecisionView {
                    item: item.into(),
                    session: session.into(),
                    scheduled_at,
                    section,
                    question: self.board_text(section, organisation, manager, texts.remove(&content)),
                    organisation: (organisation, name),
                    decision,
                })
            })
            .collect()
    }

    fn case_consilium_rows(&mut self, case: &Case) -> Result<Vec<Row>, StorageError> {
        Ok(consilium_items::table
            .inner_join(organisations::table.on(organisations::id.eq(consilium_items::organisation_id)))
            .left_join(consilium_decisions::table.on(consilium_decisions::item_id.eq(consilium_items::id)))
            .filter(consilium_items::case_id.eq(case.id.as_uuid()))
            .order(consilium_items::created_at.desc())
            .select((
                consilium_items::id,
                consilium_items::session_id,
                consilium_items::created_at,
                consilium_items::section,
                consilium_items::content_id,
                (organisations::id, organisations::name),
                (
                    consilium_decisions::id,
                    consilium_decisions::item_id,
                    consilium_decisions::outcome,
                    consilium_decisions::section,
                    consilium_decisions::content_id,
                    consilium_decisions::decided_at,
                )
                    .nullable(),
            ))
            .load(self.connection)?)
    }
}
