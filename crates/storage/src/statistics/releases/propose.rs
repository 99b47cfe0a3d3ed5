//! Proposing a release: its numbers are counted and stand from then on.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::ids::ReleaseId;
use qorgan_domain::notifications::NoticeKind;
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::protection::DisclosureRule;
use qorgan_domain::statistics::release::{ReleasePeriod, ReleaseRules, ReleaseStatus};
use serde_json::json;
use uuid::Uuid;

use super::FrozenTable;
use super::counted::CountedParts;
use crate::notifications::{Notice, Recipients};
use crate::schema::{
    statistics_release_parts as parts, statistics_release_tables as tables, statistics_releases as releases,
};
use crate::{AccessError, Denial, Permit, StorageError, Tx};

/// A release to be proposed.
#[derive(Debug, Clone)]
pub struct NewRelease {
    /// Its id.
    pub id: ReleaseId,
    /// The days of the events.
    pub period: ReleasePeriod,
    /// The register as it read at the end of this day.
    pub as_of: NaiveDate,
    /// The published edition of the period whose place it takes.
    pub last: Option<LastEdition>,
}

/// The last published edition of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastEdition {
    /// Its id.
    pub id: ReleaseId,
    /// Its number.
    pub edition: i32,
    /// The register as it read at the end of this day.
    pub as_of: NaiveDate,
}

#[derive(QueryableByName)]
struct Answerer {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Tx<'_> {
    /// The last published edition of a period.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn release_last_edition(&mut self, period: &ReleasePeriod) -> Result<Option<LastEdition>, StorageError> {
        let found: Option<(Uuid, i32, NaiveDate)> = releases::table
            .filter(releases::period_kind.eq(period.kind().as_str()))
            .filter(releases::period_from.eq(period.from()))
            .filter(releases::status.eq(ReleaseStatus::Published.as_str()))
            .order(releases::edition.desc())
            .select((releases::id, releases::edition, releases::as_of))
            .first(self.connection)
            .optional()?;
        Ok(found.map(|(id, edition, as_of)| LastEdition { id: id.into(), edition, as_of }))
    }

    /// Proposes a release: counts its tables, exact and protected, and the parts of the agencies. The caller must have
    /// checked the period and the day with the domain.
    ///
    /// # Errors
    /// [`AccessError`]; [`StorageError::Duplicate`] of `statistics_releases_proposed` or `…_edition` where the period is
    /// proposed already, of its primary key where the id is taken.
    pub fn release_propose(&mut self, permit: &Permit, new: &NewRelease) -> Result<(), AccessError> {
        if permit.action() != Action::ReleaseManage {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let (exact, protected) = self.release_permits()?;
        let rule = self.disclosure_rule(new.as_of)?;
        let rules = self.release_rules()?;
        // First, so that of two who propose one period at once the second waits here and counts nothing.
        self.release_insert(new, &rule, rules)?;
        // In its first seconds after midnight a day may still be joined by a transaction that began before.
        if !self.register_day_settled(new.as_of)? {
            return Err(StorageError::Collision.into());
        }
        let when = (new.period, new.as_of);
        let in_force = self.release_tables_in_force()?;
        let mut frozen = Vec::with_capacity(2 * in_force.len());
        for table in &in_force {
            frozen.push((StatisticsMethod::Exact, self.release_counted(&exact, table, when, None)?));
            frozen.push((StatisticsMethod::Protected, self.release_counted(&protected, table, when, Some(&rule))?));
        }
        let counted = self.release_parts_counted(&exact, &in_force, when)?;
        self.release_freeze(new.id, &frozen)?;
        self.release_parts_insert(new.id, &counted)?;
        self.authorize(Action::ReleaseManage)?;
        self.release_ask(new.id, rules)?;
        self.audit(Action::ReleaseManage, new.id.as_uuid(), None);
        Ok(self.publish("release.proposed", ResourceKind::Release, new.id.as_uuid())?)
    }

    /// Tells those who answer for its parts, until when.
    fn release_ask(&mut self, id: ReleaseId, rules: ReleaseRules) -> Result<(), StorageError> {
        let asked: Vec<Answerer> = diesel::sql_query("SELECT statistics_release_answerers($1) AS id")
            .bind::<SqlUuid, _>(id.as_uuid())
            .load(self.connection)?;
        let recipients = Recipients::Users(asked.into_iter().map(|person| person.id.into()).collect());
        let due = end_of_day(confirm_by(self.today(), rules));
        let kind = NoticeKind::ReleaseAwaitsAnswer;
        let notice = Notice { kind, case: None, subject: Some(id.as_uuid()), recipients };
        self.notify_with(&notice, &json!({"due_at": due})).map(drop)
    }

    fn release_insert(
        &mut self,
        new: &NewRelease,
        rule: &DisclosureRule,
        rules: ReleaseRules,
    ) -> Result<(), StorageError> {
        let (period, last) = (new.period, new.last);
        diesel::insert_into(releases::table)
            .values((
                (
                    releases::id.eq(new.id.as_uuid()),
                    releases::period_kind.eq(period.kind().as_str()),
                    releases::period_from.eq(period.from()),
                    releases::period_to.eq(period.to()),
                    releases::edition.eq(last.map_or(1, |last| last.edition.saturating_add(1))),
                    releases::supersedes.eq(last.map(|last| last.id.as_uuid())),
                    releases::as_of.eq(new.as_of),
                ),
                (
                    releases::max_noise.eq(i16::from(rule.max_noise)),
                    releases::variance.eq(rule.variance),
                    releases::threshold.eq(i16::from(rule.threshold)),
                    releases::hidden_below.eq(i16::from(rule.hidden_below)),
                    releases::max_attributes.eq(i16::from(rule.max_attributes)),
                    releases::confirm_by.eq(confirm_by(self.today(), rules)),
                    releases::other_than_proposer.eq(rules.other_than_proposer),
                    releases::proposed_by.eq(self.actor.user.as_uuid()),
                    releases::proposed_at.eq(self.now),
                ),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    fn release_freeze(
        &mut self,
        id: ReleaseId,
        frozen: &[(StatisticsMethod, FrozenTable)],
    ) -> Result<(), StorageError> {
        let mut rows = Vec::with_capacity(frozen.len());
        for (place, (method, table)) in (0_i16..).zip(frozen) {
            let dimensions: Vec<&str> = table.dimensions.iter().map(|dimension| dimension.as_str()).collect();
            let [ru, kk, en] = &table.names;
            rows.push((
                tables::release_id.eq(id.as_uuid()),
                tables::method.eq(method.as_str()),
                tables::code.eq(&table.code),
                tables::place.eq(place),
                tables::dimensions.eq(dimensions),
                tables::name_ru.eq(ru),
                tables::name_kk.eq(kk),
                tables::name_en.eq(en),
                tables::cells.eq(json!(table.cells)),
                tables::total.eq(table.total),
            ));
        }
        diesel::insert_into(tables::table).values(&rows).execute(self.connection)?;
        Ok(())
    }

    fn release_parts_insert(&mut self, id: ReleaseId, counted: &CountedParts) -> Result<(), StorageError> {
        let rows: Vec<_> = counted
            .iter()
            .map(|((agency, place), tables)| {
                // Every table counts all facts of the part.
                let facts = tables.first().map_or(0, |table| table.total);
                (
                    parts::id.eq(Uuid::now_v7()),
                    parts::release_id.eq(id.as_uuid()),
                    parts::agency_code.eq(agency.as_str()),
                    parts::kato.eq(place.as_str()),
                    parts::facts.eq(facts),
                    parts::tables.eq(json!(tables)),
                )
            })
            .collect();
        diesel::insert_into(parts::table).values(&rows).execute(self.connection)?;
        Ok(())
    }
}

/// The last day on which agencies may answer to what is proposed today.
fn confirm_by(today: NaiveDate, rules: ReleaseRules) -> NaiveDate {
    today.checked_add_days(Days::new(rules.confirm_days.into())).unwrap_or(NaiveDate::MAX)
}
