//! The facts of a case, as far as protocols look at them.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::ids::{CaseId, FactId};
use qorgan_domain::protocols::CaseFact;
use qorgan_domain::register::{ChildRole, FactStatus};
use uuid::Uuid;

use super::load::VersionRow;
use crate::schema::{register_fact_versions as versions, register_facts as facts, register_reports as reports};
use crate::{StorageError, Tx, rows};

impl Tx<'_> {
    /// The facts that reports for the case tell of, as they stand now; those found not to have happened are left out.
    pub(crate) fn case_facts(&mut self, case: CaseId) -> Result<Vec<CaseFact>, StorageError> {
        const GONE: [FactStatus; 3] = [FactStatus::NotConfirmed, FactStatus::Annulled, FactStatus::Merged];
        let found: Vec<(String, VersionRow)> = reports::table
            .inner_join(facts::table)
            .inner_join(
                versions::table.on(versions::fact_id.eq(facts::id).and(versions::version.eq(facts::current_version))),
            )
            .filter(reports::case_id.eq(case.as_uuid()))
            .filter(versions::status.ne_all(GONE.map(FactStatus::as_str)))
            .order((reports::created_at, reports::id))
            .select((reports::child_role, VersionRow::as_select()))
            .load(self.connection)?;
        found
            .into_iter()
            .map(|(role, version)| {
                let child_role = rows::parse(&role, "register_reports", "child_role", case.as_uuid())?;
                Ok(CaseFact { nature: version.into_version()?.nature, child_role })
            })
            .collect()
    }

    /// What the child was in a fact that was just reported for a case, and the day of the event.
    pub(crate) fn fact_of_case(
        &mut self,
        case: CaseId,
        fact: FactId,
    ) -> Result<Option<(ChildRole, NaiveDate)>, StorageError> {
        let found: Option<(Uuid, String, NaiveDate)> = reports::table
            .filter(reports::fact_id.eq(fact.as_uuid()).and(reports::case_id.eq(case.as_uuid())))
            .order(reports::created_at.desc())
            .select((reports::id, reports::child_role, reports::occurred_on))
            .first(self.connection)
            .optional()?;
        found
            .map(|(id, role, occurred_on)| Ok((rows::parse(&role, "register_reports", "child_role", id)?, occurred_on)))
            .transpose()
    }
}
