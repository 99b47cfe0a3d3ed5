//! Texts that a section protects. Whoever may not read one still sees that it is there.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::Section;
use qorgan_domain::ids::{ContentId, OrganisationId, UserId};
use qorgan_domain::policy::sections;
use serde_json::Value;
use uuid::Uuid;

use super::Case;
use crate::schema::case_contents;
use crate::{Authorized, StorageError, Tx, rows};

/// A text to be kept under a section.
#[derive(Debug, Clone)]
pub struct NewContent {
    /// The section that protects it.
    pub section: Section,
    /// The text, with its fields by name.
    pub body: Value,
}

/// Who wrote a piece of content, for which organisation, when: seen by all who see the case.
#[derive(Debug, Clone)]
pub struct Content {
    /// The section.
    pub section: Section,
    /// The author, with the name colleagues see.
    pub author: (UserId, String),
    /// The author's organisation, with its name.
    pub organisation: (OrganisationId, String),
    /// When.
    pub at: DateTime<Utc>,
    /// The text, if the actor may read it.
    pub view: ContentView,
}

/// The text, or that it is there.
#[derive(Debug, Clone)]
pub enum ContentView {
    /// The text's fields by name.
    Open(Value),
    /// The section is closed to the actor.
    Closed,
}

impl Tx<'_> {
    pub(crate) fn content_insert(
        &mut self,
        case: &Authorized<Case>,
        content: &NewContent,
    ) -> Result<ContentId, StorageError> {
        let id = Uuid::now_v7();
        diesel::insert_into(case_contents::table)
            .values((
                case_contents::id.eq(id),
                case_contents::case_id.eq(case.id.as_uuid()),
                case_contents::section.eq(content.section.as_str()),
                case_contents::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                case_contents::author_id.eq(self.actor.user.as_uuid()),
                case_contents::body.eq(&content.body),
                case_contents::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        Ok(id.into())
    }

    /// The texts of some contents that row security shows.
    pub(crate) fn contents_visible(&mut self, ids: &[Uuid]) -> Result<HashMap<Uuid, Value>, StorageError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(Uuid, Value)> = case_contents::table
            .filter(case_contents::id.eq_any(ids))
            .select((case_contents::id, case_contents::body))
            .load(self.connection)?;
        Ok(rows.into_iter().collect())
    }

    /// Those of some contents of a case that the actor may read: open only if both lines of defence agree.
    pub(crate) fn contents_open(&mut self, case: &Case, ids: &[Uuid]) -> Result<HashMap<Uuid, Value>, StorageError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found: Vec<(Uuid, String, Uuid, Value)> = case_contents::table
            .filter(case_contents::id.eq_any(ids).and(case_contents::case_id.eq(case.id.as_uuid())))
            .select((case_contents::id, case_contents::section, case_contents::organisation_id, case_contents::body))
            .load(self.connection)?;
        let mut open = HashMap::with_capacity(found.len());
        for (id, section, organisation, body) in found {
            let section: Section = rows::parse(&section, "case_contents", "section", id)?;
            if sections::may_read(&self.actor, section, organisation.into(), case.state.manager) {
                open.insert(id, body);
            }
        }
        Ok(open)
    }

    /// The text as the actor may see it: open only if both lines of defence agree.
    pub(super) fn content_view(
        &self,
        case: &Case,
        section: Section,
        organisation: OrganisationId,
        text: Option<Value>,
    ) -> ContentView {
        match text {
            Some(body) if sections::may_read(&self.actor, section, organisation, case.state.manager) => {
                ContentView::Open(body)
            }
            _ => ContentView::Closed,
        }
    }
}
