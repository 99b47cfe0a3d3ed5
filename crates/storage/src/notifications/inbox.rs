//! The notices of the actor.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::{CaseId, NotificationId};
use qorgan_domain::notifications::NoticeKind;
use qorgan_domain::policy::Action;
use serde_json::Value;
use uuid::Uuid;

use crate::page::Page;
use crate::schema::{cases, notifications};
use crate::{AccessError, Permit, StorageError, Tx, rows};

/// A notice.
#[derive(Debug, Clone)]
pub struct NoticeView {
    /// Its id.
    pub id: NotificationId,
    /// What is told.
    pub kind: NoticeKind,
    /// The case, with its number where the actor may see it.
    pub case: Option<(CaseId, Option<String>)>,
    /// The task, deadline, plan… it is about.
    pub subject: Option<Uuid>,
    /// Codes and ids for the text.
    pub data: Value,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When the actor read it.
    pub read_at: Option<DateTime<Utc>>,
}

/// The place of a notice in the list: time, id, both descending.
pub type NoticeKey = (DateTime<Utc>, Uuid);

/// Which notices to list.
#[derive(Debug, Clone, Default)]
pub struct NoticeFilter {
    /// Only those that were not read (`true`), or were (`false`).
    pub unread: Option<bool>,
    /// After this key.
    pub after: Option<NoticeKey>,
    /// At most so many.
    pub limit: i64,
}

/// Which notices were read.
#[derive(Debug, Clone)]
pub enum ReadNotices {
    /// These.
    Ids(Vec<NotificationId>),
    /// All that came until then.
    UpTo(DateTime<Utc>),
}

type Row = (Uuid, String, Option<Uuid>, Option<Uuid>, Value, DateTime<Utc>, Option<DateTime<Utc>>, Option<String>);

impl Tx<'_> {
    /// The actor's notices, newest first. Row security shows nobody else's.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn notice_list(&mut self, filter: &NoticeFilter) -> Result<Page<NoticeView, NoticeKey>, AccessError> {
        self.authorize(Action::AccountUse)?;
        let mut query = notifications::table
            .left_join(cases::table.on(cases::id.nullable().eq(notifications::case_id)))
            .filter(notifications::recipient_id.eq(self.actor.user.as_uuid()))
            .select((
                notifications::id,
                notifications::kind,
                notifications::case_id,
                notifications::subject_id,
                notifications::data,
                notifications::created_at,
                notifications::read_at,
                cases::number.nullable(),
            ))
            .into_boxed();
        match filter.unread {
            Some(true) => query = query.filter(notifications::read_at.is_null()),
            Some(false) => query = query.filter(notifications::read_at.is_not_null()),
            None => {}
        }
        if let Some((at, id)) = filter.after {
            let older = notifications::created_at.eq(at).and(notifications::id.lt(id));
            query = query.filter(notifications::created_at.lt(at).or(older));
        }
        let found: Vec<Row> = query
            .order((notifications::created_at.desc(), notifications::id.desc()))
            .limit(filter.limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let notices = found.into_iter().map(view_of).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::of(notices, filter.limit, |notice| (notice.created_at, notice.id.as_uuid())))
    }

    /// Notes that the actor read notices; answers with how many were unread until now.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn notices_read(&mut self, permit: &Permit, read: &ReadNotices) -> Result<usize, StorageError> {
        let unread = notifications::table
            .filter(notifications::recipient_id.eq(self.actor.user.as_uuid()).and(notifications::read_at.is_null()));
        let set = notifications::read_at.eq(self.now);
        let changed = match read {
            ReadNotices::Ids(ids) => {
                let ids: Vec<Uuid> = ids.iter().map(NotificationId::as_uuid).collect();
                diesel::update(unread.filter(notifications::id.eq_any(ids))).set(set).execute(self.connection)?
            }
            ReadNotices::UpTo(moment) => {
                diesel::update(unread.filter(notifications::created_at.le(moment))).set(set).execute(self.connection)?
            }
        };
        self.audit(permit.action(), self.actor.user.as_uuid(), None);
        Ok(changed)
    }
}

fn view_of((id, kind, case, subject, data, created_at, read_at, number): Row) -> Result<NoticeView, StorageError> {
    Ok(NoticeView {
        id: id.into(),
        kind: rows::parse(&kind, "notifications", "kind", id)?,
        case: case.map(|case| (case.into(), number)),
        subject,
        data,
        created_at,
        read_at,
    })
}
