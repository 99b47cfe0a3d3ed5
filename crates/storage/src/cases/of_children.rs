//! Open cases of some children, for whoever looks whether something is known already.

use std::collections::HashMap;

use diesel::prelude::*;
use qorgan_domain::cases::Stage;
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::{Action, Subject, Verdict, decide};
use uuid::Uuid;

use super::load::CaseRow;
use super::{Case, Participant};
use crate::schema::cases;
use crate::{StorageError, Tx};

impl Tx<'_> {
    /// The open cases of some children that the actor may see. The caller audits what it shows of them.
    pub(crate) fn open_cases_of(&mut self, children: &[ChildId], limit: i64) -> Result<Vec<Case>, StorageError> {
        if children.is_empty() {
            return Ok(Vec::new());
        }
        let children: Vec<Uuid> = children.iter().map(ChildId::as_uuid).collect();
        let found: Vec<CaseRow> = cases::table
            .filter(cases::child_id.eq_any(children))
            .filter(cases::stage.ne(Stage::Closed.as_str()))
            .order((cases::updated_at.desc(), cases::id.desc()))
            .limit(limit)
            .select(CaseRow::as_select())
            .load(self.connection)?;
        let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
        let mut participants: HashMap<Uuid, Vec<Participant>> = HashMap::new();
        for (case, participant) in self.participants_of(&ids)? {
            participants.entry(case).or_default().push(participant);
        }
        let mut open = Vec::with_capacity(found.len());
        for row in found {
            let id = row.id;
            let case = row.into_case(participants.remove(&id).unwrap_or_default())?;
            if decide(&self.actor, Action::CaseRead, &Subject::Case(&case.subject())) == Verdict::Allowed {
                open.push(case);
            } else {
                tracing::error!(case = %id, "row security shows a case that the policy hides");
            }
        }
        Ok(open)
    }
}
