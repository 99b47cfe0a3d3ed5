//! The facts with which rows are compared.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::ids::{ChildId, FactId};
use qorgan_domain::register::FactNumber;
use qorgan_domain::register::import::EventRow;
use qorgan_domain::register::reconciliation::{ChildLikeness, ComparedFact, NumberAgreement};
use uuid::Uuid;

use crate::register::ExternalSystem;
use crate::{StorageError, Tx, rows};

/// Children asked for in one statement; the function of the database refuses more.
const AT_ONCE: usize = 1000;

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = Nullable<Integer>)]
    row_place: Option<i32>,
    #[diesel(sql_type = Text)]
    system: String,
    #[diesel(embed)]
    fact: FactRow,
}

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

/// A fact that names a number of a row.
#[derive(Debug)]
pub(super) struct Named {
    /// The record that stands for its child.
    pub(super) child: ChildId,
    pub(super) fact: ComparedFact,
    pub(super) number: FactNumber,
    /// Whether the number is one of the whole country (ЕРДР). Those of the book of records (КУИ) begin anew every year at
    /// each police station: of another child they say nothing, and anybody guesses them.
    pub(super) of_country: bool,
}

/// What the numbers of rows and facts say.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// By place of the row: the facts that name one of its numbers.
    named: HashMap<usize, Vec<Named>>,
    /// The systems in which facts have numbers.
    systems: HashMap<FactId, BTreeSet<String>>,
}

impl Numbers {
    /// The facts that name a number of a row.
    pub(super) fn named(&self, place: usize) -> &[Named] {
        self.named.get(&place).map_or(&[], Vec::as_slice)
    }

    /// What the numbers of a row and a fact say of each other.
    pub(super) fn agreement(&self, place: usize, row: &EventRow, fact: FactId) -> NumberAgreement {
        if self.named(place).iter().any(|named| named.fact.id == fact) {
            return NumberAgreement::Same;
        }
        let systems = self.systems.get(&fact);
        let both = |system: &str| systems.is_some_and(|systems| systems.contains(system));
        let differs = row.references.iter().any(|it| both(&it.system));
        if differs { NumberAgreement::Differs } else { NumberAgreement::Unknown }
    }
}

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
            number: NumberAgreement::Unknown,
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

    /// Which facts name numbers of the rows, wherever they were reported, and in which systems the facts of `known` have
    /// numbers.
    pub(super) fn reconciliation_numbers<'r>(
        &mut self,
        rows: impl Iterator<Item = &'r EventRow>,
        known: &FactsOfChildren,
    ) -> Result<Numbers, StorageError> {
        let (mut places, mut systems, mut numbers) = (Vec::<i32>::new(), Vec::new(), Vec::new());
        for (place, row) in (0..).zip(rows) {
            for reference in &row.references {
                places.push(place);
                systems.push(reference.system.as_str());
                numbers.push(reference.number.as_str());
            }
        }
        let mut found = Numbers::default();
        if places.is_empty() {
            return Ok(found);
        }
        let facts: BTreeSet<Uuid> = known.values().flatten().map(|(fact, _)| fact.id.as_uuid()).collect();
        let rows: Vec<NumberRow> = diesel::sql_query("SELECT * FROM reconciliation_numbers($1, $2, $3, $4)")
            .bind::<Array<Integer>, _>(places)
            .bind::<Array<Text>, _>(systems)
            .bind::<Array<Text>, _>(numbers)
            .bind::<Array<SqlUuid>, _>(facts.into_iter().collect::<Vec<_>>())
            .load(self.connection)?;
        for row in rows {
            let fact = FactId::from_uuid(row.fact.fact_id);
            match row.row_place.and_then(|place| usize::try_from(place).ok()) {
                Some(place) => {
                    let of_country = row.system == ExternalSystem::Erdr.as_str();
                    let child = ChildId::from_uuid(row.fact.child_id);
                    let (fact, number) = row.fact.into_fact()?;
                    let named = found.named.entry(place).or_default();
                    match named.iter_mut().find(|known| known.fact.id == fact.id) {
                        Some(known) => known.of_country |= of_country,
                        None => named.push(Named { child, fact, number, of_country }),
                    }
                }
                None => _ = found.systems.entry(fact).or_default().insert(row.system),
            }
        }
        Ok(found)
    }
}
