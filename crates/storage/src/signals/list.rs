//! Lists of signals, the latest first.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::{OrganisationId, SignalId};
use qorgan_domain::policy::table::TABLE;
use qorgan_domain::policy::{Action, Relation, Verdict, decide};
use qorgan_domain::signals::{SignalChannel, SignalStatus, Urgency};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Signal;
use super::load::{SignalRow, case_visible};
use crate::page::Page;
use crate::schema::signals;
use crate::{AccessError, StorageError, Tx};

/// Which signals to list; an empty filter lists all that the actor may read.
#[derive(Debug, Clone, Default)]
pub struct SignalFilter {
    /// Standing so.
    pub status: Option<SignalStatus>,
    /// That came this way.
    pub channel: Option<SignalChannel>,
    /// As urgent as this.
    pub urgency: Option<Urgency>,
    /// Addressed to this organisation.
    pub organisation: Option<OrganisationId>,
    /// Received then or later.
    pub since: Option<DateTime<Utc>>,
}

/// The place of a signal in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalKey {
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Its id.
    pub id: SignalId,
}

impl Tx<'_> {
    /// Signals that the actor may read, the latest first. What is shown is audited.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn signal_list(
        &mut self,
        filter: &SignalFilter,
        after: Option<SignalKey>,
        limit: i64,
    ) -> Result<Page<Signal, SignalKey>, AccessError> {
        self.authorize(Action::SignalRead)?;
        let found = self.signal_rows(filter, after, limit)?;
        let read = found
            .into_iter()
            .map(|(row, case_visible)| row.into_signal(case_visible))
            .collect::<Result<Vec<_>, StorageError>>()?;
        let mut page = Page::of(read, limit, |signal| SignalKey { received_at: signal.received_at, id: signal.id });
        page.items.retain(|signal| {
            let allowed = decide(&self.actor, Action::SignalRead, &signal.subject()) == Verdict::Allowed;
            if !allowed {
                tracing::error!(signal = %signal.id, user = %self.actor.user, "row security let a signal through");
            }
            allowed
        });
        if !page.items.is_empty() {
            self.audit_many(Action::SignalRead, page.items.iter().map(|signal| signal.id.as_uuid()).collect());
        }
        Ok(page)
    }

    /// One row more than a page holds.
    fn signal_rows(
        &mut self,
        filter: &SignalFilter,
        after: Option<SignalKey>,
        limit: i64,
    ) -> Result<Vec<(SignalRow, bool)>, StorageError> {
        let mut query = signals::table.select((SignalRow::as_select(), case_visible(signals::case_id))).into_boxed();
        if !self.reads_correspondence() {
            query = query.filter(signals::filed_by.eq(self.actor.user.as_uuid()));
        }
        if let Some(status) = filter.status {
            query = query.filter(signals::status.eq(status.as_str()));
        }
        if let Some(channel) = filter.channel {
            query = query.filter(signals::channel.eq(channel.as_str()));
        }
        if let Some(urgency) = filter.urgency {
            query = query.filter(signals::urgency.eq(urgency.as_str()));
        }
        if let Some(organisation) = filter.organisation {
            query = query.filter(signals::organisation_id.eq(organisation.as_uuid()));
        }
        if let Some(since) = filter.since {
            query = query.filter(signals::received_at.ge(since));
        }
        if let Some(SignalKey { received_at, id }) = after {
            // The first condition is implied by the second; the index is walked by it.
            query = query
                .filter(signals::received_at.le(received_at))
                .filter(signals::received_at.lt(received_at).or(signals::id.lt(Uuid::from(id))));
        }
        let latest_first = query.order((signals::received_at.desc(), signals::id.desc())).limit(limit + 1);
        Ok(latest_first.load(self.connection)?)
    }

    /// Whether a role of the actor reads more than what its user filed. Row security does not tell apart who
    /// of an organisation filed what, so the list must ask.
    fn reads_correspondence(&self) -> bool {
        TABLE
            .iter()
            .filter(|rule| rule.action == Action::SignalRead && rule.relation == Relation::Correspondent)
            .any(|rule| rule.roles.iter().any(|role| self.actor.holds(*role)))
    }
}
