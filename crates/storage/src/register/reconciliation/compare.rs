//! The facts with which rows are compared.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::ids::{ChildId, FactId};
use qorgan_domain::register::FactNumber;
use qorgan_domain::register::reconciliation::{ChildLikeness, ComparedFact};
use uuid::Uuid;

use crate::{StorageError, Tx, rows};

/// Children asked for in one statement; the function of the database refuses more.
const AT_ONCE: usize = 1000;

#[derive(QueryableByName)]
struct FactRow {
    #[diesel(sql_type = SqlUuid)]
    child_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    fact_id: Uuid,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    main_form: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    forms: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    level: Option<String>,
    #[diesel(sql_type = Date)]
    occurred_on: NaiveDate,
    #[diesel(sql_type = Text)]
    kato: String,
    #[diesel(sql_type = Text)]
    setting: String,
    #[diesel(sql_type = Nullable<Text>)]
    relation: Option<String>,
    #[diesel(sql_type = Text)]
    sex: String,
}

/// Facts by the child that was asked for, with their numbers. How alike the child is stays to be said.
pub(super) type FactsOfChildren = HashMap<ChildId, Vec<(ComparedFact, FactNumber)>>;

impl FactRow {
    fn into_fact(self) -> Result<(ComparedFact, FactNumber), StorageError> {
        const TABLE: &str = "register_fact_versions";
        let id = self.fact_id;
        let forms = self.forms.iter().map(|form| rows::parse(form, TABLE, "forms", id));
        let fact = ComparedFact {
            id: FactId::from_uuid(id),
            likeness: ChildLikeness::Likely,
            kind: rows::parse(&self.kind, TABLE, "kind", id)?,
            main_form: rows::parse_optional(self.main_form.as_deref(), TABLE, "main_form", id)?,
            forms: forms.collect::<Result<_, _>>()?,
            level: rows::parse_optional(self.level.as_deref(), TABLE, "level", id)?,
            occurred_on: self.occurred_on,
            kato: rows::parse(&self.kato, TABLE, "kato", id)?,
            setting: rows::parse(&self.setting, TABLE, "setting", id)?,
            relation: rows::parse_optional(self.relation.as_deref(), TABLE, "relation", id)?,
            sex: rows::parse(&self.sex, TABLE, "sex", id)?,
        };
        Ok((fact, rows::parse(&self.number, "register_facts", "number", id)?))
    }
}

impl Tx<'_> {
    /// The facts of some children in a period, wherever they were reported.
    pub(super) fn reconciliation_facts(
        &mut self,
        children: &[ChildId],
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<FactsOfChildren, StorageError> {
        let mut facts = FactsOfChildren::new();
        for part in children.chunks(AT_ONCE) {
            let ids: Vec<Uuid> = part.iter().map(|child| child.as_uuid()).collect();
            let found: Vec<FactRow> = diesel::sql_query("SELECT * FROM reconciliation_facts($1, $2, $3)")
                .bind::<Array<SqlUuid>, _>(ids)
                .bind::<Date, _>(from)
                .bind::<Date, _>(to)
                .load(self.connection)?;
            for row in found {
                facts.entry(ChildId::from_uuid(row.child_id)).or_default().push(row.into_fact()?);
            }
        }
        Ok(facts)
    }
}
