//! Loading a case together with the right to it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::lifecycle::{CaseState, Decider};
use qorgan_domain::cases::{ClosureOutcome, EscalationTarget, ParticipantRole, RiskLevel, Stage};
use qorgan_domain::ids::{CaseId, ChildId, SignalId, UserId};
use qorgan_domain::policy::{Action, Actor, CaseSubject, OrganisationRef, Subject, Verdict, decide};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::reference::organisation_ref;
use crate::schema::{case_participants, cases, organisations, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// A case with its participants.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// The child it is about.
    pub child_id: ChildId,
    /// The signal that opened it.
    pub signal_id: Option<SignalId>,
    /// A line.
    pub title: String,
    /// What is known.
    pub description: String,
    /// On what grounds it was opened.
    pub grounds: Option<String>,
    /// Where it stands, and since when.
    pub state: CaseState,
    /// Territory of opening.
    pub kato: Kato,
    /// The organisation responsible.
    pub lead: OrganisationRef,
    /// The boards it was brought to.
    pub escalated_to: Vec<EscalationTarget>,
    /// The outcome proposed or decided.
    pub closure_outcome: Option<ClosureOutcome>,
    /// Why it can be, or was, closed.
    pub closure_reason: Option<String>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The case into which it was merged.
    pub merged_into: Option<CaseId>,
    /// When the child must be looked at again after closure; none once it was found safe.
    pub follow_up_due_on: Option<NaiveDate>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// By whom.
    pub opened_by: UserId,
    /// When anything of it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, for `ETag`.
    pub version: i64,
    /// The lead first, then by the time they came.
    pub participants: Vec<Participant>,
    /// Whether the actor, who does not work on it, has a seat on a board that opens it now. Only then looked for.
    pub board_seat: bool,
}

/// An organisation that works on a case.
#[derive(Debug, Clone)]
pub struct Participant {
    /// The organisation.
    pub organisation: OrganisationRef,
    /// Its name.
    pub name: String,
    /// Lead or participant.
    pub role: ParticipantRole,
    /// The user assigned there, with the name colleagues see.
    pub assigned: Option<(UserId, String)>,
    /// Why it takes part.
    pub reason: String,
    /// Since when.
    pub added_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
pub(super) struct CaseRow {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) child_id: Uuid,
    pub(super) signal_id: Option<Uuid>,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) grounds: Option<String>,
    pub(super) stage: String,
    pub(super) stage_since: DateTime<Utc>,
    pub(super) risk_level: String,
    pub(super) kato: String,
    pub(super) manager_id: Option<Uuid>,
    pub(super) review_due_on: Option<NaiveDate>,
    pub(super) escalated_to: Vec<String>,
    pub(super) closure_outcome: Option<String>,
    pub(super) closure_reason: Option<String>,
    pub(super) closure_proposed_by: Option<Uuid>,
    pub(super) closed_at: Option<DateTime<Utc>>,
    pub(super) opened_at: DateTime<Utc>,
    pub(super) opened_by: Uuid,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) version: i64,
    pub(super) merged_into: Option<Uuid>,
    pub(super) follow_up_due_on: Option<NaiveDate>,
}

impl CaseRow {
    pub(super) fn into_case(self, participants: Vec<Participant>) -> Result<Case, StorageError> {
        let id = self.id;
        let lead = participants
            .iter()
            .find(|participant| participant.role == ParticipantRole::Lead)
            .map(|participant| participant.organisation.clone())
            .ok_or(StorageError::Corrupt { table: "case_participants", column: "role", row: id })?;
        Ok(Case {
            id: id.into(),
            number: self.number,
            child_id: self.child_id.into(),
            signal_id: self.signal_id.map(Into::into),
            title: self.title,
            description: self.description,
            grounds: self.grounds,
            state: CaseState {
                stage: rows::parse::<Stage>(&self.stage, "cases", "stage", id)?,
                stage_since: self.stage_since,
                risk_level: rows::parse::<RiskLevel>(&self.risk_level, "cases", "risk_level", id)?,
                manager: self.manager_id.map(Into::into),
                review_due_on: self.review_due_on,
                closure_proposed_by: self.closure_proposed_by.map(Into::into),
            },
            kato: rows::parse(&self.kato, "cases", "kato", id)?,
            lead,
            escalated_to: self
                .escalated_to
                .iter()
                .map(|target| rows::parse(target, "cases", "escalated_to", id))
                .collect::<Result<_, _>>()?,
            closure_outcome: rows::parse_optional(self.closure_outcome.as_deref(), "cases", "closure_outcome", id)?,
            closure_reason: self.closure_reason,
            closed_at: self.closed_at,
            merged_into: self.merged_into.map(Into::into),
            follow_up_due_on: self.follow_up_due_on,
            opened_at: self.opened_at,
            opened_by: self.opened_by.into(),
            updated_at: self.updated_at,
            version: self.version,
            participants,
            board_seat: false,
        })
    }
}

impl Case {
    /// The case as far as rights need it.
    #[must_use]
    pub fn subject(&self) -> CaseSubject {
        CaseSubject {
            lead: self.lead.clone(),
            manager: self.state.manager,
            participants: self
                .participants
                .iter()
                .map(|participant| {
                    (participant.organisation.clone(), participant.assigned.as_ref().map(|(user, _)| *user))
                })
                .collect(),
            board_seat: self.board_seat,
        }
    }

    /// The actor as the rules of the case see it.
    #[must_use]
    pub fn decider(&self, actor: &Actor) -> Decider {
        Decider::of(actor, &self.lead)
    }

    /// Refuses a change made on another version than this one.
    ///
    /// # Errors
    /// [`StorageError::Stale`].
    pub const fn at_version(&self, expected: i64) -> Result<(), StorageError> {
        if self.version == expected { Ok(()) } else { Err(StorageError::Stale) }
    }
}

impl Tx<'_> {
    /// Loads a case with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn case_for(&mut self, id: CaseId, action: Action) -> Result<Authorized<Case>, AccessError> {
        self.attempt(action, id.as_uuid(), Some(id.as_uuid()))?;
        let Some(case) = self.case_load(id)? else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let actor = &self.actor;
        self.decide(action, case, |case| decide(actor, action, &Subject::Case(&case.subject())))
    }

    pub(crate) fn case_load(&mut self, id: CaseId) -> Result<Option<Case>, StorageError> {
        let row: Option<CaseRow> =
            cases::table.find(id.as_uuid()).select(CaseRow::as_select()).first(self.connection).optional()?;
        let Some(row) = row else { return Ok(None) };
        let participants = self.participants_of(&[row.id])?.into_iter().map(|(_, participant)| participant).collect();
        let mut case = row.into_case(participants)?;
        if decide(&self.actor, Action::CaseRead, &Subject::Case(&case.subject())) != Verdict::Allowed {
            case.board_seat = self.board_seats(&[id])?.contains(&id);
        }
        Ok(Some(case))
    }

    /// The cases among `ids` that the actor may read, in no particular order. The caller audits what it shows of them.
    pub(crate) fn cases_visible(&mut self, ids: &[Uuid]) -> Result<Vec<Case>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found: Vec<CaseRow> =
            cases::table.filter(cases::id.eq_any(ids)).select(CaseRow::as_select()).load(self.connection)?;
        let mut participants: HashMap<Uuid, Vec<Participant>> = HashMap::new();
        for (case, participant) in self.participants_of(ids)? {
            participants.entry(case).or_default().push(participant);
        }
        let mut visible = Vec::with_capacity(found.len());
        for row in found {
            let of_case = participants.remove(&row.id).unwrap_or_default();
            let case = row.into_case(of_case)?;
            if decide(&self.actor, Action::CaseRead, &Subject::Case(&case.subject())) == Verdict::Allowed {
                visible.push(case);
            } else {
                tracing::error!(case = %case.id, "row security shows a case that the policy hides");
            }
        }
        Ok(visible)
    }

    /// The participants of some cases, leads first.
    pub(super) fn participants_of(&mut self, ids: &[Uuid]) -> Result<Vec<(Uuid, Participant)>, StorageError> {
        type Row = (Uuid, Uuid, String, String, String, Option<Uuid>, String, DateTime<Utc>, String, Option<String>);
        let found: Vec<Row> = case_participants::table
            .inner_join(organisations::table.on(organisations::id.eq(case_participants::organisation_id)))
            .left_join(users::table.on(users::id.nullable().eq(case_participants::assigned_user_id)))
            .filter(case_participants::case_id.eq_any(ids).and(case_participants::ended_at.is_null()))
            .order((case_participants::role.asc(), case_participants::added_at, case_participants::organisation_id))
            .select((
                case_participants::case_id,
                case_participants::organisation_id,
                case_participants::organisation_agency,
                case_participants::organisation_kato,
                case_participants::role,
                case_participants::assigned_user_id,
                case_participants::reason,
                case_participants::added_at,
                organisations::name,
                users::display_name.nullable(),
            ))
            .load(self.connection)?;
        found
            .into_iter()
            .map(|(case, organisation, agency, kato, role, user, reason, added_at, name, user_name)| {
                let participant = Participant {
                    organisation: organisation_ref(organisation, &agency, &kato)?,
                    name,
                    role: rows::parse(&role, "case_participants", "role", case)?,
                    assigned: user.map(|user| (user.into(), user_name.unwrap_or_default())),
                    reason,
                    added_at,
                };
                Ok((case, participant))
            })
            .collect()
    }
}
