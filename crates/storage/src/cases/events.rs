//! The events of a case: gathered in the unit of work, written at its end with the outbox.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::parts::part_of;
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;
use serde_json::Value;
use uuid::Uuid;

use super::Case;
use crate::page::Page;
use crate::schema::{case_events, organisations, outbox, users};
use crate::{Authorized, StorageError, Tx, rows};

/// An event to be written.
#[derive(Debug, Clone)]
pub struct CaseEvent {
    /// What happened.
    pub kind: CaseEventKind,
    /// The section it belongs to, where it belongs to one.
    pub section: Option<Section>,
    /// The note, task, assessment… it is about.
    pub subject: Option<Uuid>,
    /// Codes and ids; never content. Where fields of the case changed, `fields` names them.
    pub data: Value,
}

impl CaseEvent {
    /// An event about the case as a whole.
    #[must_use]
    pub const fn of(kind: CaseEventKind, data: Value) -> Self {
        Self { kind, section: None, subject: None, data }
    }

    /// An event about one of its parts.
    #[must_use]
    pub const fn about(kind: CaseEventKind, subject: Uuid, section: Section, data: Value) -> Self {
        Self { kind, section: Some(section), subject: Some(subject), data }
    }
}

#[derive(Debug)]
pub struct PendingEvent {
    pub(crate) case: CaseId,
    pub(crate) event: CaseEvent,
}

/// One line of a timeline.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    /// The event's id.
    pub id: Uuid,
    /// Its place in the order.
    pub seq: i64,
    /// The case it happened to: this one, or one that was merged into it.
    pub case: CaseId,
    /// What happened.
    pub kind: CaseEventKind,
    /// The section.
    pub section: Option<Section>,
    /// The part it is about.
    pub subject: Option<Uuid>,
    /// Codes and ids.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by id and by the name colleagues see; `None` for what the system did by itself.
    pub actor: Option<(Uuid, String)>,
    /// For which organisation.
    pub organisation: Option<(Uuid, String)>,
}

impl Tx<'_> {
    pub(crate) fn event(&mut self, case: CaseId, event: CaseEvent) {
        self.events.push(PendingEvent { case, event });
    }

    pub(crate) fn flush_events(&mut self) -> Result<(), StorageError> {
        if self.events.is_empty() {
            return Ok(());
        }
        self.clocks_follow()?;
        let pending = std::mem::take(&mut self.events);
        let (user, organisation, now) = (self.actor.user.as_uuid(), self.actor.organisation.id.as_uuid(), self.now);
        let rows: Vec<_> = pending
            .iter()
            .map(|PendingEvent { case, event }| {
                (
                    case_events::id.eq(Uuid::now_v7()),
                    case_events::case_id.eq(case.as_uuid()),
                    case_events::kind.eq(event.kind.as_str()),
                    case_events::section.eq(event.section.map(Section::as_str)),
                    case_events::subject_id.eq(event.subject),
                    case_events::data.eq(&event.data),
                    case_events::actor_id.eq(user),
                    case_events::organisation_id.eq(organisation),
                    case_events::at.eq(now),
                )
            })
            .collect();
        diesel::insert_into(case_events::table).values(&rows).execute(self.connection)?;
        let notices: Vec<_> = pending
            .iter()
            .map(|PendingEvent { case, event }| {
                let part = part_of(event.kind).zip(event.subject);
                (
                    outbox::id.eq(Uuid::now_v7()),
                    outbox::topic.eq(format!("case.{}", event.kind)),
                    outbox::subject_kind.eq("case"),
                    outbox::subject_id.eq(case.as_uuid()),
                    outbox::part_kind.eq(part.map(|(kind, _)| kind)),
                    outbox::part_id.eq(part.map(|(_, id)| id)),
                    outbox::created_at.eq(now),
                )
            })
            .collect();
        diesel::insert_into(outbox::table).values(&notices).execute(self.connection)?;
        Ok(())
    }

    /// The timeline of a case, oldest first, with those of the cases that were merged into it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_timeline(
        &mut self,
        case: &Authorized<Case>,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Page<TimelineEntry, i64>, StorageError> {
        let cases = self.case_with_merged(case.id)?;
        let found: Vec<Row> = case_events::table
            .left_join(users::table.on(users::id.nullable().eq(case_events::actor_id)))
            .left_join(organisations::table.on(organisations::id.nullable().eq(case_events::organisation_id)))
            .filter(case_events::case_id.eq_any(cases).and(case_events::seq.gt(after.unwrap_or(0))))
            .order(case_events::seq)
            .limit(limit + 1)
            .select((
                (
                    case_events::id,
                    case_events::seq,
                    case_events::case_id,
                    case_events::kind,
                    case_events::section,
                    case_events::subject_id,
                    case_events::data,
                    case_events::at,
                ),
                (users::id, users::display_name).nullable(),
                (organisations::id, organisations::name).nullable(),
            ))
            .load(self.connection)?;
        let entries = found.into_iter().map(entry_of).collect::<Result<Vec<_>, _>>()?;
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(Page::of(entries, limit, |entry| entry.seq))
    }
}

type Row = (
    (Uuid, i64, Uuid, String, Option<String>, Option<Uuid>, Value, DateTime<Utc>),
    Option<(Uuid, String)>,
    Option<(Uuid, String)>,
);

fn entry_of(
    ((id, seq, case, kind, section, subject, data, at), actor, organisation): Row,
) -> Result<TimelineEntry, StorageError> {
    Ok(TimelineEntry {
        id,
        seq,
        case: case.into(),
        kind: rows::parse(&kind, "case_events", "kind", id)?,
        section: rows::parse_optional(section.as_deref(), "case_events", "section", id)?,
        subject,
        data,
        at,
        actor,
        organisation,
    })
}
