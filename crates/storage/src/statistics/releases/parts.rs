//! The parts of a release and what the agencies say of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{OrganisationId, ReleaseId, ReleasePartId};
use qorgan_domain::policy::{Action, Actor, ResourceKind, Subject, Verdict, decide};
use qorgan_domain::statistics::release::{PartAnswer, PartOutcome, PartState};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Reason;
use serde_json::Value;
use uuid::Uuid;

use super::{FrozenTable, Release};
use crate::schema::{
    statistics_release_answers as answers, statistics_release_outcomes as outcomes, statistics_release_parts as parts,
};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

const TABLE: &str = "statistics_release_parts";

/// The part of an agency in a release.
#[derive(Debug, Clone)]
pub struct ReleasePart {
    /// Its id.
    pub id: ReleasePartId,
    /// The release.
    pub release: ReleaseId,
    /// The agency.
    pub agency: AgencyCode,
    /// The city or district of the organisations that reported first.
    pub place: Kato,
    /// All facts of the part, exact.
    pub facts: i64,
    /// What was said of it, in order.
    pub answers: Vec<GivenAnswer>,
    /// How it went into the release that was published, and why against an objection.
    pub outcome: Option<(PartOutcome, Option<Reason>)>,
}

/// An answer that was given.
#[derive(Debug, Clone)]
pub struct GivenAnswer {
    /// What.
    pub answer: PartAnswer,
    /// Why.
    pub comment: Option<Reason>,
    /// By which organisation.
    pub organisation: OrganisationId,
    /// When.
    pub at: DateTime<Utc>,
}

impl ReleasePart {
    /// How it stands: the last answer counts.
    #[must_use]
    pub fn state(&self) -> PartState {
        PartState::after(self.answers.last().map(|given| given.answer))
    }

    /// Its version: it grows with every answer.
    #[must_use]
    pub fn version(&self) -> i64 {
        i64::try_from(self.answers.len()).unwrap_or(i64::MAX - 1) + 1
    }

    fn verdict(&self, actor: &Actor, action: Action) -> Verdict {
        decide(actor, action, &Subject::ReleasePart(&self.agency, &self.place))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = parts)]
struct PartRow {
    id: Uuid,
    release_id: Uuid,
    agency_code: String,
    kato: String,
    facts: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = answers)]
struct AnswerRow {
    part_id: Uuid,
    answer: String,
    comment: Option<String>,
    organisation_id: Uuid,
    answered_at: DateTime<Utc>,
}

impl Tx<'_> {
    /// The parts of a release that the actor may read, by agency and place.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn release_parts(&mut self, release: &Authorized<Release>) -> Result<Vec<ReleasePart>, AccessError> {
        let action = Action::ReleasePartRead;
        self.authorize(action)?;
        let found: Vec<PartRow> = parts::table
            .filter(parts::release_id.eq(release.id.as_uuid()))
            .order((parts::agency_code, parts::kato))
            .select(PartRow::as_select())
            .load(self.connection)
            .map_err(StorageError::from)?;
        let mut found = self.parts_of(found)?;
        found.retain(|part| part.verdict(&self.actor, action) == Verdict::Allowed);
        self.audit_many(action, found.iter().map(|part| part.id.as_uuid()).collect());
        Ok(found)
    }

    /// Loads a part of a release with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn release_part_for(
        &mut self,
        release: ReleaseId,
        id: ReleasePartId,
        action: Action,
    ) -> Result<Authorized<ReleasePart>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let row: Option<PartRow> = parts::table
            .find(id.as_uuid())
            .filter(parts::release_id.eq(release.as_uuid()))
            .select(PartRow::as_select())
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some(part) = self.parts_of(row.into_iter().collect())?.pop() else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let actor = &self.actor;
        let part = self.decide(action, part, |part| part.verdict(actor, action))?;
        if action == Action::ReleasePartRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(part)
    }

    /// The tables of a part, exact.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn release_part_tables(&mut self, part: &Authorized<ReleasePart>) -> Result<Vec<FrozenTable>, StorageError> {
        let content: Value = parts::table.find(part.id.as_uuid()).select(parts::tables).first(self.connection)?;
        let corrupt = |_| StorageError::Corrupt { table: TABLE, column: "tables", row: part.id.as_uuid() };
        serde_json::from_value(content).map_err(corrupt)
    }

    /// Notes what an agency says of its part. The release must be held and proposed.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where somebody answered meanwhile.
    pub fn release_part_answer(
        &mut self,
        part: &Authorized<ReleasePart>,
        answer: PartAnswer,
        comment: Option<&Reason>,
    ) -> Result<(), AccessError> {
        if part.action() != Action::ReleasePartAnswer {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let written = diesel::insert_into(answers::table)
            .values((
                answers::part_id.eq(part.id.as_uuid()),
                answers::number.eq(i32::try_from(part.version()).unwrap_or(i32::MAX)),
                answers::answer.eq(answer.as_str()),
                answers::comment.eq(comment.map(Reason::as_str)),
                answers::answered_by.eq(self.actor.user.as_uuid()),
                answers::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                answers::answered_at.eq(self.now),
            ))
            .execute(self.connection);
        match written.map_err(StorageError::from) {
            Ok(_) => {}
            Err(StorageError::Duplicate { .. }) => return Err(StorageError::Stale.into()),
            Err(error) => return Err(error.into()),
        }
        self.audit(Action::ReleasePartAnswer, part.id.as_uuid(), None);
        let part_of = Some((ResourceKind::ReleasePart.as_str(), part.id.as_uuid()));
        Ok(self.publish_part("release.answered", ResourceKind::Release, part.release.as_uuid(), part_of)?)
    }

    fn parts_of(&mut self, found: Vec<PartRow>) -> Result<Vec<ReleasePart>, StorageError> {
        let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
        let given: Vec<AnswerRow> = answers::table
            .filter(answers::part_id.eq_any(&ids))
            .order((answers::part_id, answers::number))
            .select(AnswerRow::as_select())
            .load(self.connection)?;
        let settled: Vec<(Uuid, String, Option<String>)> =
            outcomes::table.filter(outcomes::part_id.eq_any(&ids)).load(self.connection)?;
        let mut by_part: BTreeMap<Uuid, Vec<GivenAnswer>> = BTreeMap::new();
        for row in given {
            by_part.entry(row.part_id).or_default().push(row.into_answer()?);
        }
        let mut ends = BTreeMap::new();
        for (part, outcome, reason) in settled {
            let outcome: PartOutcome = rows::parse(&outcome, "statistics_release_outcomes", "outcome", part)?;
            let reason = rows::parse_optional(reason.as_deref(), "statistics_release_outcomes", "reason", part)?;
            ends.insert(part, (outcome, reason));
        }
        found
            .into_iter()
            .map(|row| {
                Ok(ReleasePart {
                    id: row.id.into(),
                    release: row.release_id.into(),
                    agency: rows::parse(&row.agency_code, TABLE, "agency_code", row.id)?,
                    place: rows::parse(&row.kato, TABLE, "kato", row.id)?,
                    facts: row.facts,
                    answers: by_part.remove(&row.id).unwrap_or_default(),
                    outcome: ends.remove(&row.id),
                })
            })
            .collect()
    }
}

impl AnswerRow {
    fn into_answer(self) -> Result<GivenAnswer, StorageError> {
        let (table, row) = ("statistics_release_answers", self.part_id);
        Ok(GivenAnswer {
            answer: rows::parse(&self.answer, table, "answer", row)?,
            comment: rows::parse_optional(self.comment.as_deref(), table, "comment", row)?,
            organisation: self.organisation_id.into(),
            at: self.answered_at,
        })
    }
}
