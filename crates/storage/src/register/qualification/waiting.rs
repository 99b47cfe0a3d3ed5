//! Facts that wait for a session: what convening needs, nothing of the child.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::FactId;
use qorgan_domain::policy::Action;
use qorgan_domain::register::SuicidalLevel;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::page::Page;
use crate::{AccessError, StorageError, Tx, rows};

diesel::define_sql_function! {
    /// The number of a fact that the session's user may put on an agenda; null for every other fact.
    fn group_may_take(fact: SqlUuid) -> Nullable<Text>;
}

/// A fact of suicidal behaviour that no session has before it.
#[derive(Debug, Clone)]
pub struct WaitingFact {
    /// The fact.
    pub id: FactId,
    /// The number people use.
    pub number: String,
    /// How far it went, as it was reported.
    pub level: SuicidalLevel,
    /// The day of the event.
    pub occurred_on: NaiveDate,
    /// The territory of the event.
    pub kato: Kato,
    /// The agency that reported first.
    pub agency: AgencyCode,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    fact_id: Uuid,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    level: String,
    #[diesel(sql_type = Date)]
    occurred_on: NaiveDate,
    #[diesel(sql_type = Text)]
    kato: String,
    #[diesel(sql_type = Text)]
    agency_code: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

impl Tx<'_> {
    /// A page of the facts that wait for a session in the actor's territory, in the order in which they were entered.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn facts_waiting(&mut self, after: Option<Uuid>, limit: i64) -> Result<Page<WaitingFact, Uuid>, AccessError> {
        self.authorize(Action::QualificationManage)?;
        let found: Vec<Row> = sql_query("SELECT * FROM group_waiting($1, $2)")
            .bind::<Nullable<SqlUuid>, _>(after)
            .bind::<Integer, _>(i32::try_from(limit + 1).unwrap_or(i32::MAX))
            .load(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, limit, |row: &Row| row.fact_id);
        self.audit_many(Action::QualificationManage, page.items.iter().map(|row| row.fact_id).collect());
        let items = page.items.into_iter().map(Row::into_fact).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// The number of a fact that the actor may put on an agenda. Nothing for every other one, known or not.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn fact_may_be_taken(&mut self, fact: FactId) -> Result<Option<String>, StorageError> {
        // Whoever takes it at the same moment is waited for: what is answered holds until this unit of work ends.
        self.facts_lock(&[fact])?;
        Ok(diesel::select(group_may_take(fact.as_uuid())).get_result(self.connection)?)
    }
}

impl Row {
    fn into_fact(self) -> Result<WaitingFact, StorageError> {
        const VERSIONS: &str = "register_fact_versions";
        let id = self.fact_id;
        Ok(WaitingFact {
            id: id.into(),
            number: self.number,
            level: rows::parse(&self.level, VERSIONS, "level", id)?,
            occurred_on: self.occurred_on,
            kato: rows::parse(&self.kato, VERSIONS, "kato", id)?,
            agency: rows::parse(&self.agency_code, VERSIONS, "agency_code", id)?,
            created_at: self.created_at,
        })
    }
}
