//! Cases that were brought before the consilium in the actor's scope: what convening needs, nothing more.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::ids::{CaseId, ConsiliumSessionId, OrganisationId};
use qorgan_domain::policy::Action;
use uuid::Uuid;

use crate::page::Page;
use crate::{AccessError, StorageError, Tx, rows};

diesel::define_sql_function! {
    /// The number of a case that the session's user may put on an agenda; null for every other case.
    fn consilium_case_number(case: SqlUuid) -> Nullable<Text>;
}

/// A case that was brought before the consilium and is open.
#[derive(Debug, Clone)]
pub struct BroughtCase {
    /// The case.
    pub id: CaseId,
    /// The number people use.
    pub number: String,
    /// How dangerous the situation is.
    pub risk_level: RiskLevel,
    /// Who leads it.
    pub lead: (OrganisationId, String),
    /// When it was brought.
    pub since: DateTime<Utc>,
    /// The planned or open session that has it on its agenda.
    pub session: Option<ConsiliumSessionId>,
    /// When it was last decided on.
    pub decided_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    case_id: Uuid,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    risk_level: String,
    #[diesel(sql_type = SqlUuid)]
    lead_id: Uuid,
    #[diesel(sql_type = Text)]
    lead_name: String,
    #[diesel(sql_type = Timestamptz)]
    since: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    session_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    decided_at: Option<DateTime<Utc>>,
}

impl Tx<'_> {
    /// A page of the cases brought before the consilium, by id.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn consilium_brought(
        &mut self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Page<BroughtCase, Uuid>, AccessError> {
        self.authorize(Action::ConsiliumManage)?;
        let found: Vec<Row> = sql_query("SELECT * FROM consilium_brought($1, $2)")
            .bind::<Nullable<SqlUuid>, _>(after)
            .bind::<Integer, _>(i32::try_from(limit + 1).unwrap_or(i32::MAX))
            .load(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, limit, |row: &Row| row.case_id);
        self.audit_many(Action::ConsiliumManage, page.items.iter().map(|row| row.case_id).collect());
        let items = page.items.into_iter().map(Row::into_case).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// The number of a case that the actor may put on an agenda: brought before the consilium, open, and an
    /// organisation in the actor's scope takes part in it. Nothing for every other case, known or not.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn consilium_case_number(&mut self, case: CaseId) -> Result<Option<String>, StorageError> {
        Ok(diesel::select(consilium_case_number(case.as_uuid())).get_result(self.connection)?)
    }
}

impl Row {
    fn into_case(self) -> Result<BroughtCase, StorageError> {
        Ok(BroughtCase {
            id: self.case_id.into(),
            number: self.number,
            risk_level: rows::parse(&self.risk_level, "cases", "risk_level", self.case_id)?,
            lead: (self.lead_id.into(), self.lead_name),
            since: self.since,
            session: self.session_id.map(Into::into),
            decided_at: self.decided_at,
        })
    }
}
