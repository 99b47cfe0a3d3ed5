//! Telling users something.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Date, Text, Uuid as SqlUuid};
use qorgan_domain::cases::CaseAction;
use qorgan_domain::cases::lifecycle::CaseState;
use qorgan_domain::ids::{CaseId, OrganisationId, UserId};
use qorgan_domain::notifications::NoticeKind;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cases::{Case, CaseChange};
use crate::schema::notifications;
use crate::{Authorized, StorageError, Tx};

/// Something to be told.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What.
    pub kind: NoticeKind,
    /// The case it is about; the actor must see it.
    pub case: Option<CaseId>,
    /// The task, session, plan… it is about.
    pub subject: Option<Uuid>,
    /// Whom.
    pub recipients: Recipients,
}

/// Who is told. Disabled users never are, and nobody is told of the own doing.
#[derive(Debug, Clone)]
pub enum Recipients {
    /// These users.
    Users(Vec<UserId>),
    /// Everybody of an organisation who works on cases.
    Organisation(OrganisationId),
    /// The supervisors whose scope covers an organisation, of the organisation itself, its territory or the region.
    SupervisorsOf(OrganisationId),
    /// Of these the supervisors of the region.
    RegionSupervisorsOf(OrganisationId),
    /// Everybody of an organisation who answers what the group that qualifies facts asks it for.
    Answerers(OrganisationId),
    /// The duty contacts of organisations.
    DutyContacts(Vec<OrganisationId>),
}

#[derive(QueryableByName)]
struct Person {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Tx<'_> {
    /// Tells users something; answers with how many were told.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn notify(&mut self, notice: &Notice) -> Result<usize, StorageError> {
        self.notify_with(notice, &json!({}))
    }

    /// The same with codes and ids that the text needs; never personal data.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn notify_with(&mut self, notice: &Notice, data: &Value) -> Result<usize, StorageError> {
        let mut people = self.recipients(&notice.recipients)?;
        people.remove(&self.actor.user.as_uuid());
        let rows: Vec<_> = people
            .iter()
            .map(|person| {
                (
                    notifications::id.eq(Uuid::now_v7()),
                    notifications::recipient_id.eq(*person),
                    notifications::kind.eq(notice.kind.as_str()),
                    notifications::case_id.eq(notice.case.map(|case| case.as_uuid())),
                    notifications::subject_id.eq(notice.subject),
                    notifications::data.eq(data),
                    notifications::created_at.eq(self.now),
                )
            })
            .collect();
        diesel::insert_into(notifications::table).values(&rows).execute(self.connection)?;
        Ok(rows.len())
    }

    fn recipients(&mut self, recipients: &Recipients) -> Result<BTreeSet<Uuid>, StorageError> {
        let today = self.today();
        let found: Vec<Person> = match recipients {
            Recipients::Users(users) => {
                let ids: Vec<Uuid> = users.iter().map(UserId::as_uuid).collect();
                sql_query("SELECT id FROM users WHERE id = ANY ($1) AND disabled_at IS NULL")
                    .bind::<Array<SqlUuid>, _>(ids)
                    .load(self.connection)?
            }
            Recipients::Organisation(organisation) => sql_query("SELECT case_workers_of($1) AS id")
                .bind::<SqlUuid, _>(organisation.as_uuid())
                .load(self.connection)?,
            Recipients::Answerers(organisation) => sql_query("SELECT material_answerers_of($1) AS id")
                .bind::<SqlUuid, _>(organisation.as_uuid())
                .load(self.connection)?,
            Recipients::SupervisorsOf(organisation) => {
                self.supervisors_over(*organisation, &["organisation", "territory", "region"])?
            }
            Recipients::RegionSupervisorsOf(organisation) => self.supervisors_over(*organisation, &["region"])?,
            Recipients::DutyContacts(organisations) => {
                let ids: Vec<Uuid> = organisations.iter().map(OrganisationId::as_uuid).collect();
                sql_query("SELECT c.id FROM unnest($1) AS o (id), duty_contacts_of(o.id, $2) AS c (id)")
                    .bind::<Array<SqlUuid>, _>(ids)
                    .bind::<Date, _>(today)
                    .load(self.connection)?
            }
        };
        Ok(found.into_iter().map(|person| person.id).collect())
    }

    fn supervisors_over(&mut self, organisation: OrganisationId, scopes: &[&str]) -> Result<Vec<Person>, StorageError> {
        Ok(sql_query("SELECT supervisors_over($1, $2) AS id")
            .bind::<SqlUuid, _>(organisation.as_uuid())
            .bind::<Array<Text>, _>(scopes)
            .load(self.connection)?)
    }

    /// The notices that follow from what happens to a case.
    pub(crate) fn notices_follow(
        &mut self,
        case: &Authorized<Case>,
        state: &CaseState,
        change: &CaseChange,
    ) -> Result<(), StorageError> {
        let (kind, recipients) = match change {
            CaseChange::Opened => match state.manager {
                Some(manager) => (NoticeKind::CaseAssigned, Recipients::Users(vec![manager])),
                None => return Ok(()),
            },
            CaseChange::ManagerNamed { manager } => (NoticeKind::CaseAssigned, Recipients::Users(vec![*manager])),
            CaseChange::Moved { action: CaseAction::ProposeClosure, .. } => {
                (NoticeKind::ClosureAwaitsApproval, Recipients::SupervisorsOf(case.lead.id))
            }
            _ => return Ok(()),
        };
        // Who opens a case and manages it knows: one round trip less.
        if matches!(&recipients, Recipients::Users(users) if users.as_slice() == [self.actor.user]) {
            return Ok(());
        }
        self.notify(&Notice { kind, case: Some(case.id), subject: None, recipients }).map(drop)
    }

    /// Tells the supervisors that a plan waits for one of them.
    pub(crate) fn plan_awaits(&mut self, case: &Authorized<Case>, plan: Uuid) -> Result<(), StorageError> {
        if !self.approval_rules()?.of(case.state.risk_level).supervisor {
            return Ok(());
        }
        let recipients = Recipients::SupervisorsOf(case.lead.id);
        let notice =
            Notice { kind: NoticeKind::PlanAwaitsApproval, case: Some(case.id), subject: Some(plan), recipients };
        self.notify(&notice).map(drop)
    }
}
