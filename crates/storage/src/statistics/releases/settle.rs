//! The end of a proposal: published or withdrawn, once.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use qorgan_domain::ids::{ReleaseId, ReleasePartId};
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::statistics::release::{PartOutcome, ReleaseStatus};
use qorgan_domain::text::Reason;

use super::load::TABLE;
use super::{Release, SignedRelease};
use crate::schema::{
    statistics_release_documents as documents, statistics_release_outcomes as outcomes, statistics_releases as releases,
};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

diesel::define_sql_function! {
    fn statistics_release_hold(release: SqlUuid) -> Nullable<Text>;
}

impl Tx<'_> {
    /// Holds a release until the unit of work ends, so that nobody else answers, publishes or withdraws meanwhile, and
    /// says where it stands. The right to it must have been asked for, or be asked for afterwards.
    ///
    /// # Errors
    /// [`Denial::NotFound`]; [`Denial::Forbidden`] where the caller can change no release.
    pub fn release_hold(&mut self, id: ReleaseId) -> Result<ReleaseStatus, AccessError> {
        let found: Option<String> = diesel::select(statistics_release_hold(id.as_uuid()))
            .get_result(self.connection)
            .map_err(StorageError::from)?;
        let status = found.ok_or(AccessError::Denied(Denial::NotFound))?;
        Ok(rows::parse(&status, TABLE, "status", id.as_uuid())?)
    }

    /// Publishes a release with its signed documents. The release must be held, and the domain must have agreed.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where it is at another version or no longer proposed.
    pub fn release_publish(
        &mut self,
        release: &Authorized<Release>,
        parts: &BTreeMap<ReleasePartId, PartOutcome>,
        reasons: &BTreeMap<ReleasePartId, Reason>,
        signed: &[SignedRelease],
    ) -> Result<(), AccessError> {
        self.release_settle(release, ReleaseStatus::Published, None)?;
        let rows: Vec<_> = parts
            .iter()
            .map(|(part, outcome)| {
                let reason = reasons.get(part).filter(|_| *outcome == PartOutcome::Overruled);
                (
                    outcomes::part_id.eq(part.as_uuid()),
                    outcomes::outcome.eq(outcome.as_str()),
                    outcomes::reason.eq(reason.map(Reason::as_str)),
                )
            })
            .collect();
        diesel::insert_into(outcomes::table).values(&rows).execute(self.connection).map_err(StorageError::from)?;
        let rows: Vec<_> = signed
            .iter()
            .map(|document| {
                (
                    documents::release_id.eq(release.id.as_uuid()),
                    documents::method.eq(document.method.as_str()),
                    documents::content.eq(&document.content),
                    documents::sha256.eq(document.sha256.as_slice()),
                    documents::jws.eq(&document.jws),
                    documents::jwk.eq(&document.jwk),
                )
            })
            .collect();
        diesel::insert_into(documents::table).values(&rows).execute(self.connection).map_err(StorageError::from)?;
        Ok(self.publish("release.published", ResourceKind::Release, release.id.as_uuid())?)
    }

    /// Gives a release up. It must be held.
    ///
    /// # Errors
    /// As [`Tx::release_publish`].
    pub fn release_withdraw(&mut self, release: &Authorized<Release>, reason: &Reason) -> Result<(), AccessError> {
        self.release_settle(release, ReleaseStatus::Withdrawn, Some(reason))?;
        Ok(self.publish("release.withdrawn", ResourceKind::Release, release.id.as_uuid())?)
    }

    fn release_settle(
        &mut self,
        release: &Authorized<Release>,
        status: ReleaseStatus,
        reason: Option<&Reason>,
    ) -> Result<(), AccessError> {
        if release.action() != Action::ReleaseManage {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let guarded = releases::table
            .find(release.id.as_uuid())
            .filter(releases::version.eq(release.version))
            .filter(releases::status.eq(ReleaseStatus::Proposed.as_str()));
        let changed = diesel::update(guarded)
            .set((
                releases::status.eq(status.as_str()),
                releases::settled_by.eq(self.actor.user.as_uuid()),
                releases::settled_at.eq(self.now),
                releases::withdraw_reason.eq(reason.map(Reason::as_str)),
                releases::version.eq(release.version + 1),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if changed != 1 {
            return Err(StorageError::Stale.into());
        }
        self.audit(Action::ReleaseManage, release.id.as_uuid(), None);
        Ok(())
    }
}
