//! The sessions that the actor keeps or sits in, the latest first.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::consilium::SessionStatus;
use qorgan_domain::ids::{ConsiliumSessionId, OrganisationId};
use qorgan_domain::policy::{Action, Subject, Verdict, decide};
use uuid::Uuid;

use crate::page::Page;
use crate::schema::{consilium_members, consilium_sessions, organisations};
use crate::{AccessError, StorageError, Tx, rows};

/// Which sessions to list.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    /// In this state.
    pub status: Option<SessionStatus>,
    /// After this key.
    pub after: Option<SessionKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a session in the list: its time, its id.
pub type SessionKey = (DateTime<Utc>, Uuid);

/// A session as it stands in a list.
#[derive(Debug, Clone)]
pub struct SessionListItem {
    /// Its id.
    pub id: ConsiliumSessionId,
    /// Who convened it.
    pub organisation: (OrganisationId, String),
    /// What it is called.
    pub title: String,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// Where it stands.
    pub status: SessionStatus,
    /// Its version.
    pub version: i64,
}

type Row = (Uuid, Uuid, String, DateTime<Utc>, String, i64, String);

impl Tx<'_> {
    /// A page of the sessions. Row security filters; the policy is asked again for each row.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn consilium_list(&mut self, filter: &SessionFilter) -> Result<Page<SessionListItem, SessionKey>, AccessError> {
        self.authorize(Action::ConsiliumRead)?;
        let found = self.consilium_rows(filter)?;
        let page = Page::of(found, filter.limit, |row| (row.3, row.0));
        let ids: Vec<Uuid> = page.items.iter().map(|row| row.0).collect();
        let seats: Vec<Uuid> = consilium_members::table
            .filter(consilium_members::session_id.eq_any(&ids))
            .filter(consilium_members::user_id.eq(self.actor.user.as_uuid()))
            .select(consilium_members::session_id)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let mut items = Vec::with_capacity(page.items.len());
        for (id, organisation, title, scheduled_at, status, version, name) in page.items {
            let subject = Subject::Session { convener: organisation.into(), member: seats.contains(&id) };
            if decide(&self.actor, Action::ConsiliumRead, &subject) != Verdict::Allowed {
                tracing::error!(session = %id, "row security shows a session that the policy hides");
                continue;
            }
            items.push(SessionListItem {
                id: id.into(),
                organisation: (organisation.into(), name),
                title,
                scheduled_at,
                status: rows::parse(&status, "consilium_sessions", "status", id)?,
                version,
            });
        }
        self.audit_many(Action::ConsiliumRead, items.iter().map(|item| item.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }

    fn consilium_rows(&mut self, filter: &SessionFilter) -> Result<Vec<Row>, StorageError> {
        let mut query = consilium_sessions::table
            .inner_join(organisations::table.on(organisations::id.eq(consilium_sessions::organisation_id)))
            .select((
                consilium_sessions::id,
                consilium_sessions::organisation_id,
                consilium_sessions::title,
                consilium_sessions::scheduled_at,
                consilium_sessions::status,
                consilium_sessions::version,
                organisations::name,
            ))
            .into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(consilium_sessions::status.eq(status.as_str()));
        }
        if let Some((at, id)) = filter.after {
            let earlier = consilium_sessions::scheduled_at
                .lt(at)
                .or(consilium_sessions::scheduled_at.eq(at).and(consilium_sessions::id.lt(id)));
            query = query.filter(earlier);
        }
        Ok(query
            .order((consilium_sessions::scheduled_at.desc(), consilium_sessions::id.desc()))
            .limit(filter.limit + 1)
            .load(self.connection)?)
    }
}
