//! The check after closure: when it is due, and what was found.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::cases::follow_up::FollowUpFinding;
use qorgan_domain::cases::{CaseEventKind, Stage};
use qorgan_domain::clocks::DeadlineKind;
use qorgan_domain::ids::FollowUpCheckId;
use serde_json::json;
use uuid::Uuid;

use super::parts::{Authored, Part};
use super::{Case, CaseChange, Content, NewContent};
use crate::schema::{case_follow_up_checks, cases, organisations, users};
use crate::{Authorized, StorageError, Tx, rows};

/// A check to be recorded.
#[derive(Debug, Clone)]
pub struct NewFollowUp {
    /// Its id, perhaps chosen by the client.
    pub id: FollowUpCheckId,
    /// When it was made.
    pub checked_on: NaiveDate,
    /// Whether the child was found safe.
    pub safe: FollowUpFinding,
    /// Whether who made it proposes to open the case again.
    pub reopen_proposed: bool,
    /// What was seen.
    pub content: NewContent,
}

/// A check.
#[derive(Debug, Clone)]
pub struct FollowUpView {
    /// Its id.
    pub id: FollowUpCheckId,
    /// When it was made.
    pub checked_on: NaiveDate,
    /// Whether the child was found safe.
    pub safe: FollowUpFinding,
    /// Whether who made it proposes to open the case again.
    pub reopen_proposed: bool,
    /// Author, section, text.
    pub content: Content,
}

impl Tx<'_> {
    /// Sets when the check is due as a case is closed, and takes it away as it is opened again.
    pub(super) fn follow_up_clock(&mut self, case: &Authorized<Case>, change: &CaseChange) -> Result<(), StorageError> {
        let due = match change {
            CaseChange::Moved { to: Stage::Closed, .. } => {
                Some(self.last_day_by_rule(DeadlineKind::PostClosureCheck, case.state.risk_level)?)
            }
            CaseChange::Moved { from: Stage::Closed, .. } => None,
            CaseChange::FollowedUp { finding } if finding.settles() => None,
            _ => return Ok(()),
        };
        diesel::update(cases::table.find(case.id.as_uuid()))
            .set(cases::follow_up_due_on.eq(due))
            .execute(self.connection)?;
        Ok(())
    }

    /// Records a check.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn follow_up_insert(&mut self, case: &Authorized<Case>, new: &NewFollowUp) -> Result<(), StorageError> {
        let content_id = self.content_insert(case, &new.content)?;
        diesel::insert_into(case_follow_up_checks::table)
            .values((
                case_follow_up_checks::id.eq(new.id.as_uuid()),
                case_follow_up_checks::case_id.eq(case.id.as_uuid()),
                case_follow_up_checks::checked_on.eq(new.checked_on),
                case_follow_up_checks::safe.eq(new.safe.as_str()),
                case_follow_up_checks::reopen_proposed.eq(new.reopen_proposed),
                case_follow_up_checks::content_id.eq(content_id.as_uuid()),
                case_follow_up_checks::section.eq(new.content.section.as_str()),
                case_follow_up_checks::author_id.eq(self.actor.user.as_uuid()),
                case_follow_up_checks::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                case_follow_up_checks::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        let data = json!({
            "safe": new.safe, "checked_on": new.checked_on,
            "reopening_expected": new.safe.expects_reopening(new.reopen_proposed),
        });
        self.part_written(case, CaseEventKind::FollowUpRecorded, new.id.as_uuid(), new.content.section, data)?;
        self.case_follow(case, &case.state, &CaseChange::FollowedUp { finding: new.safe })
    }

    /// The checks of a case, newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn follow_up_list(&mut self, case: &Authorized<Case>) -> Result<Vec<FollowUpView>, StorageError> {
        type Row = ((Uuid, String, Uuid, chrono::DateTime<chrono::Utc>), (NaiveDate, String, bool), Authored);
        let found: Vec<Row> = case_follow_up_checks::table
            .inner_join(users::table.on(users::id.eq(case_follow_up_checks::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(case_follow_up_checks::organisation_id)))
            .filter(case_follow_up_checks::case_id.eq(case.id.as_uuid()))
            .order((case_follow_up_checks::created_at.desc(), case_follow_up_checks::id.desc()))
            .select((
                (
                    case_follow_up_checks::id,
                    case_follow_up_checks::section,
                    case_follow_up_checks::content_id,
                    case_follow_up_checks::created_at,
                ),
                (
                    case_follow_up_checks::checked_on,
                    case_follow_up_checks::safe,
                    case_follow_up_checks::reopen_proposed,
                ),
                ((users::id, users::display_name), (organisations::id, organisations::name)),
            ))
            .load(self.connection)?;
        let parts = found
            .into_iter()
            .map(|((id, section, content, at), extra, by)| Part { id, section, content, at, by, extra })
            .collect();
        self.with_contents(case, "case_follow_up_checks", parts)?
            .into_iter()
            .map(|(id, (checked_on, safe, reopen_proposed), content)| {
                let safe = rows::parse(&safe, "case_follow_up_checks", "safe", id)?;
                Ok(FollowUpView { id: id.into(), checked_on, safe, reopen_proposed, content })
            })
            .collect()
    }
}
