//! A release with the right to it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{ReleaseId, UserId};
use qorgan_domain::policy::{Action, Actor, Subject, Verdict, decide};
use qorgan_domain::statistics::protection::DisclosureRule;
use qorgan_domain::statistics::release::{ReleasePeriod, ReleaseStatus};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Reason;
use uuid::Uuid;

use crate::schema::{statistics_release_parts as parts, statistics_releases as releases};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

pub(super) const TABLE: &str = "statistics_releases";

/// A period of the register, closed and published, or proposed to be.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its id.
    pub id: ReleaseId,
    /// The days of the events.
    pub period: ReleasePeriod,
    /// The first, second … of its period.
    pub edition: i32,
    /// The edition that it takes the place of.
    pub supersedes: Option<ReleaseId>,
    /// The published edition that took its place.
    pub superseded_by: Option<ReleaseId>,
    /// The register as it read at the end of this day.
    pub as_of: NaiveDate,
    /// By which rule its counts are protected.
    pub rule: DisclosureRule,
    /// Where it stands.
    pub status: ReleaseStatus,
    /// The last day on which agencies may answer.
    pub confirm_by: NaiveDate,
    /// Whether somebody else than who proposed it has to publish it.
    pub other_than_proposer: bool,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who published or withdrew it.
    pub settled_by: Option<UserId>,
    /// When.
    pub settled_at: Option<DateTime<Utc>>,
    /// Why it was withdrawn.
    pub withdraw_reason: Option<Reason>,
    /// Its version.
    pub version: i64,
    /// The agencies and places that have a part in it, as far as the actor sees them.
    pub(super) places: Vec<(AgencyCode, Kato)>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = releases)]
pub(super) struct ReleaseRow {
    pub(super) id: Uuid,
    period_kind: String,
    pub(super) period_from: NaiveDate,
    edition: i32,
    supersedes: Option<Uuid>,
    as_of: NaiveDate,
    max_noise: i16,
    variance: f64,
    threshold: i16,
    hidden_below: i16,
    max_attributes: i16,
    status: String,
    confirm_by: NaiveDate,
    other_than_proposer: bool,
    proposed_by: Uuid,
    proposed_at: DateTime<Utc>,
    settled_by: Option<Uuid>,
    settled_at: Option<DateTime<Utc>>,
    withdraw_reason: Option<String>,
    version: i64,
}

impl ReleaseRow {
    fn into_release(self) -> Result<Release, StorageError> {
        let id = self.id;
        let kind = rows::parse(&self.period_kind, TABLE, "period_kind", id)?;
        let corrupt = |column| StorageError::Corrupt { table: TABLE, column, row: id };
        let small = |value: i16, column| u8::try_from(value).map_err(|_| corrupt(column));
        Ok(Release {
            id: id.into(),
            period: ReleasePeriod::new(kind, self.period_from).map_err(|_| corrupt("period_from"))?,
            edition: self.edition,
            supersedes: self.supersedes.map(Into::into),
            superseded_by: None,
            as_of: self.as_of,
            rule: DisclosureRule {
                max_noise: small(self.max_noise, "max_noise")?,
                variance: self.variance,
                threshold: small(self.threshold, "threshold")?,
                hidden_below: small(self.hidden_below, "hidden_below")?,
                max_attributes: small(self.max_attributes, "max_attributes")?,
            },
            status: rows::parse(&self.status, TABLE, "status", id)?,
            confirm_by: self.confirm_by,
            other_than_proposer: self.other_than_proposer,
            proposed_by: self.proposed_by.into(),
            proposed_at: self.proposed_at,
            settled_by: self.settled_by.map(Into::into),
            settled_at: self.settled_at,
            withdraw_reason: rows::parse_optional(self.withdraw_reason.as_deref(), TABLE, "withdraw_reason", id)?,
            version: self.version,
            places: Vec::new(),
        })
    }
}

impl Release {
    /// What the permission table says about it.
    pub(super) fn verdict(&self, actor: &Actor, action: Action) -> Verdict {
        let published = self.status == ReleaseStatus::Published;
        decide(actor, action, &Subject::Release { published, parts: &self.places })
    }
}

impl Tx<'_> {
    /// Loads a release with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn release_for(&mut self, id: ReleaseId, action: Action) -> Result<Authorized<Release>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let row: Option<ReleaseRow> = releases::table
            .find(id.as_uuid())
            .select(ReleaseRow::as_select())
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some(release) = self.releases_of(row.into_iter().collect())?.pop() else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let actor = &self.actor;
        let release = self.decide(action, release, |release| release.verdict(actor, action))?;
        if action == Action::ReleaseRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(release)
    }

    /// Rows with what is needed to ask the policy about them, and the editions that took their place.
    pub(super) fn releases_of(&mut self, rows: Vec<ReleaseRow>) -> Result<Vec<Release>, StorageError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let found: Vec<(Uuid, String, String)> = parts::table
            .filter(parts::release_id.eq_any(&ids))
            .select((parts::release_id, parts::agency_code, parts::kato))
            .load(self.connection)?;
        let later: Vec<(Option<Uuid>, Uuid)> = releases::table
            .filter(releases::supersedes.eq_any(&ids))
            .filter(releases::status.eq(ReleaseStatus::Published.as_str()))
            .select((releases::supersedes, releases::id))
            .load(self.connection)?;
        let later: BTreeMap<Uuid, Uuid> = later.into_iter().filter_map(|(of, by)| Some((of?, by))).collect();
        let mut places: BTreeMap<Uuid, Vec<(AgencyCode, Kato)>> = BTreeMap::new();
        for (release, agency, kato) in found {
            let agency = rows::parse(&agency, "statistics_release_parts", "agency_code", release)?;
            let kato = rows::parse(&kato, "statistics_release_parts", "kato", release)?;
            places.entry(release).or_default().push((agency, kato));
        }
        rows.into_iter()
            .map(|row| {
                let (superseded_by, places) = (later.get(&row.id).copied(), places.remove(&row.id));
                let release = row.into_release()?;
                let superseded_by = superseded_by.map(Into::into);
                Ok(Release { superseded_by, places: places.unwrap_or_default(), ..release })
            })
            .collect()
    }
}
