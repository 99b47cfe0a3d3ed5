//! The sessions of the group in which the actor sits, the latest first.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::consilium::SessionStatus;
use qorgan_domain::ids::{OrganisationId, QualificationSessionId};
use qorgan_domain::policy::{Action, SeatInGroup, Subject, Verdict, decide};
use uuid::Uuid;

use crate::page::Page;
use crate::schema::{organisations, qualification_members as members, qualification_sessions as sessions};
use crate::{AccessError, StorageError, Tx, rows};

/// Which sessions to list.
#[derive(Debug, Clone, Default)]
pub struct QualificationFilter {
    /// In this state.
    pub status: Option<SessionStatus>,
    /// After this key.
    pub after: Option<QualificationKey>,
    /// At most so many.
    pub limit: i64,
}

/// The place of a session in the list: its time, its id.
pub type QualificationKey = (DateTime<Utc>, Uuid);

/// A session as it stands in a list.
#[derive(Debug, Clone)]
pub struct QualificationListItem {
    /// Its id.
    pub id: QualificationSessionId,
    /// Of whom it was convened.
    pub organisation: (OrganisationId, String),
    /// What it is called.
    pub title: String,
    /// When it is to begin.
    pub scheduled_at: DateTime<Utc>,
    /// Where it stands.
    pub status: SessionStatus,
    /// The number of its protocol.
    pub protocol_number: Option<String>,
    /// Its version.
    pub version: i64,
}

type Row = (Uuid, Uuid, String, DateTime<Utc>, String, Option<String>, i64, String);

impl Tx<'_> {
    /// A page of the sessions. Row security filters; the policy is asked again for each row.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn qualification_list(
        &mut self,
        filter: &QualificationFilter,
    ) -> Result<Page<QualificationListItem, QualificationKey>, AccessError> {
        self.authorize(Action::QualificationRead)?;
        let found = self.qualification_rows(filter)?;
        let page = Page::of(found, filter.limit, |row| (row.3, row.0));
        let ids: Vec<Uuid> = page.items.iter().map(|row| row.0).collect();
        let seats: Vec<Uuid> = members::table
            .filter(members::session_id.eq_any(&ids))
            .filter(members::user_id.eq(self.actor.user.as_uuid()))
            .select(members::session_id)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let mut items = Vec::with_capacity(page.items.len());
        for (id, organisation, title, scheduled_at, status, protocol_number, version, name) in page.items {
            let subject = Subject::Group(seats.contains(&id).then(SeatInGroup::default));
            if decide(&self.actor, Action::QualificationRead, &subject) != Verdict::Allowed {
                tracing::error!(session = %id, "row security shows a session that the policy hides");
                continue;
            }
            items.push(QualificationListItem {
                id: id.into(),
                organisation: (organisation.into(), name),
                title,
                scheduled_at,
                status: rows::parse(&status, "qualification_sessions", "status", id)?,
                protocol_number,
                version,
            });
        }
        self.audit_many(Action::QualificationRead, items.iter().map(|item| item.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }

    fn qualification_rows(&mut self, filter: &QualificationFilter) -> Result<Vec<Row>, StorageError> {
        let mut query = sessions::table
            .inner_join(organisations::table.on(organisations::id.eq(sessions::organisation_id)))
            .select((
                sessions::id,
                sessions::organisation_id,
                sessions::title,
                sessions::scheduled_at,
                sessions::status,
                sessions::protocol_number,
                sessions::version,
                organisations::name,
            ))
            .into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(sessions::status.eq(status.as_str()));
        }
        if let Some((at, id)) = filter.after {
            let earlier = sessions::scheduled_at.lt(at).or(sessions::scheduled_at.eq(at).and(sessions::id.lt(id)));
            query = query.filter(earlier);
        }
        Ok(query
            .order((sessions::scheduled_at.desc(), sessions::id.desc()))
            .limit(filter.limit + 1)
            .load(self.connection)?)
    }
}
