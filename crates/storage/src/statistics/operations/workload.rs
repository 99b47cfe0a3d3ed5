//! How the work lies on those who do it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Jsonb, Text, Timestamptz};
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::identity::{AgencyCode, Role};
use qorgan_domain::policy::{Action, Subject, Verdict, decide};
use qorgan_domain::statistics::operations::{Load, Norms, Shown, Staff, Tally, TallyKind, WorkloadLevel, load};
use qorgan_domain::territory::Kato;
use serde_json::json;
use uuid::Uuid;

use super::cells::{CellRow, Cells};
use super::people::{Managed, Specialist};
use super::{Named, OperationsRow, OperationsTable, order, permitted};
use crate::schema::organisations;
use crate::{Permit, StorageError, Tx};

const CELLS: &str = "SELECT * FROM workload_cells($1, $2, $3, $4)";

/// What is asked of the workload.
#[derive(Debug, Clone)]
pub struct WorkloadAsked {
    /// By what.
    pub level: WorkloadLevel,
    /// As the cases stood at the end of this day; who works where is always as it is now.
    pub as_of: NaiveDate,
    /// Of this agency.
    pub agency: Option<AgencyCode>,
    /// In this unit or inside it.
    pub territory: Option<Kato>,
    /// Only specialists of this role; the cases are all there are.
    pub role: Option<Role>,
}

/// Who works in each place.
type Places = BTreeMap<String, Staff>;

impl Tx<'_> {
    /// The workload of places: cities and districts, or organisations. `population` is how many children live in a city
    /// or district, by KATO.
    ///
    /// # Errors
    /// [`StorageError`]; also where `permit` is for another action than what is to be shown, or people are asked for.
    pub fn workload_of_places(
        &mut self,
        permit: &Permit,
        asked: &WorkloadAsked,
        norms: &Norms,
        population: &BTreeMap<String, u64>,
        shown: &Shown,
    ) -> Result<OperationsTable, StorageError> {
        permitted(permit, shown)?;
        if asked.level == WorkloadLevel::Specialist {
            return Err(StorageError::Statement("people are no places"));
        }
        let exact = !shown.is_protected();
        let cells = Cells::of(self.workload_cells(asked, shown)?)?;
        let people = self.specialists(asked, norms, exact)?;
        let managed = if exact { Some(self.managed_by(&people)?) } else { None };
        let (staff, all) = staffed(asked.level, &people, norms, managed.as_ref());
        let mut places: BTreeSet<String> = staff.keys().cloned().collect();
        places.extend(cells.keys().filter_map(|keys| keys.first().cloned().flatten()));
        // Places where children live are known to all, whether anybody works there or not.
        places.extend(population.keys().filter(|kato| is_district_of(asked, kato)).cloned());
        let row = |place: Option<&String>| {
            let keys = place.map(|place| vec![Some(place.clone())]);
            let tally = |kind: TallyKind| -> Tally { cells.tally(keys.as_ref(), kind) };
            let staff = place.map_or(all, |place| staff.get(place).copied().unwrap_or_default());
            let population = match place {
                Some(place) => population.get(place).copied(),
                None => whole_population(asked, population),
            };
            (load(asked.level, &Load { tally, staff, population }, shown), staff)
        };
        let (total, _) = row(None);
        let mut rows = Vec::with_capacity(places.len());
        for place in &places {
            let (figures, staff) = row(Some(place));
            // A place where nobody works is known to have cases: whether it is shown must not tell so.
            let empty = figures.iter().flatten().all(|figure| *figure <= 0.0);
            if exact || staff.specialists > 0 || !empty {
                rows.push(OperationsRow { keys: vec![Some(place.clone())], figures });
            }
        }
        let mut table = OperationsTable { rows, total, names: BTreeMap::new() };
        if asked.level == WorkloadLevel::Organisation {
            self.organisations_described(&mut table)?;
        }
        order::sort(&mut table.rows, asked.level.dimensions());
        self.audit(permit.action(), None, None);
        Ok(table)
    }

    /// The workload of people: of those whose accounts the actor may read, and of the actor.
    ///
    /// # Errors
    /// [`StorageError`]; also where `permit` is for another action than [`Action::OperationsExact`].
    pub fn workload_of_people(
        &mut self,
        permit: &Permit,
        asked: &WorkloadAsked,
        norms: &Norms,
    ) -> Result<OperationsTable, StorageError> {
        permitted(permit, &Shown::Exact)?;
        let mut people = self.specialists(asked, norms, true)?;
        let actor = &self.actor;
        people.retain(|person| {
            let readable = decide(actor, Action::UserRead, &Subject::Account(&person.organisation)) == Verdict::Allowed;
            readable || person.id == actor.user.as_uuid()
        });
        let managed = self.managed_by(&people)?;
        let none = Managed::default();
        let mut rows = Vec::with_capacity(people.len());
        let (mut all, mut sum) = (Staff::default(), Managed::default());
        for person in &people {
            let Some(norm) = norms.of(&person.roles) else { continue };
            let manages = managed.get(&person.id).unwrap_or(&none);
            all = all.and(norm, Some(manages.open.unsigned_abs()));
            sum.open += manages.open;
            sum.high += manages.high;
            let staff = Staff::default().and(norm, None);
            let keys = vec![Some(person.id.to_string()), Some(person.organisation.id.to_string())];
            rows.push(OperationsRow { keys, figures: of_person(staff, *manages, Some(manages.children)) });
        }
        // A child may have cases of several people: how many they are together is told by place.
        let total = of_person(all, sum, None);
        let mut table = OperationsTable { rows, total, names: BTreeMap::new() };
        table.names = self.operations_names(WorkloadLevel::Specialist.dimensions(), &table.rows)?;
        let name = |person: &Specialist| (person.id.to_string(), Named { name: person.name.clone(), name_kk: None });
        table.names.extend(people.iter().map(name));
        let names = table.names.clone();
        let called =
            |row: &OperationsRow| row.keys.first().cloned().flatten().and_then(|id| Some(names.get(&id)?.name.clone()));
        table.rows.sort_by_cached_key(|row| (row.keys.get(1).cloned(), called(row), row.keys.first().cloned()));
        self.audit_many(permit.action(), people.iter().map(|person| person.id).collect());
        Ok(table)
    }

    fn workload_cells(&mut self, asked: &WorkloadAsked, shown: &Shown) -> Result<Vec<CellRow>, StorageError> {
        let filters = json!({
            "agency": asked.agency.as_ref().map(|agency| agency.as_str()),
            "territory": asked.territory.as_ref().map(|territory| territory.prefix()),
        });
        Ok(sql_query(CELLS)
            .bind::<Bool, _>(shown.is_protected())
            .bind::<Text, _>(asked.level.as_str())
            .bind::<Timestamptz, _>(end_of_day(asked.as_of))
            .bind::<Jsonb, _>(filters)
            .load(self.connection)?)
    }

    /// Puts agency and place beside each organisation.
    fn organisations_described(&mut self, table: &mut OperationsTable) -> Result<(), StorageError> {
        let ids: Vec<Uuid> = table.rows.iter().filter_map(|row| row.keys.first()?.as_ref()?.parse().ok()).collect();
        type Described = (Uuid, String, String, String, Option<String>);
        let found: Vec<Described> = organisations::table
            .filter(organisations::id.eq_any(ids))
            .select((
                organisations::id,
                organisations::agency_code,
                organisations::kato,
                organisations::name,
                organisations::name_kk,
            ))
            .load(self.connection)?;
        let mut known: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (id, agency, kato, name, name_kk) in found {
            known.insert(id.to_string(), (agency, district(&kato)));
            table.names.insert(id.to_string(), Named { name, name_kk });
        }
        for row in &mut table.rows {
            let described = row.keys.first().cloned().flatten().and_then(|id| known.get(&id));
            row.keys.extend([described.map(|(agency, _)| agency.clone()), described.map(|(_, kato)| kato.clone())]);
        }
        Ok(())
    }
}

fn of_person(staff: Staff, managed: Managed, children: Option<i64>) -> Vec<Option<f64>> {
    let of = |records: i64, others: Option<i64>| Tally {
        records: records.unsigned_abs(),
        others: others.map(i64::unsigned_abs),
        ..Tally::default()
    };
    let tally = |kind: TallyKind| match kind {
        TallyKind::Open => of(managed.open, children),
        TallyKind::High => of(managed.high, None),
        _ => Tally::default(),
    };
    load(WorkloadLevel::Specialist, &Load { tally, staff, population: None }, &Shown::Exact)
}

/// Who works in each place, and everywhere; who is over the norm only where it is known what each manages.
fn staffed(
    level: WorkloadLevel,
    people: &[Specialist],
    norms: &Norms,
    managed: Option<&HashMap<Uuid, Managed>>,
) -> (Places, Staff) {
    let mut staff = Places::new();
    let mut all = Staff::default();
    for person in people {
        let Some(norm) = norms.of(&person.roles) else { continue };
        let manages = managed.map(|managed| managed.get(&person.id).map_or(0, |of| of.open.unsigned_abs()));
        let there = staff.entry(place(level, person)).or_default();
        *there = there.and(norm, manages);
        all = all.and(norm, manages);
    }
    (staff, all)
}

fn place(level: WorkloadLevel, person: &Specialist) -> String {
    match level {
        WorkloadLevel::Territory => district(person.organisation.kato.as_str()),
        _ => person.organisation.id.to_string(),
    }
}

/// The city or district of a code: its first four digits, filled with zeros.
fn district(kato: &str) -> String {
    format!("{}00000", kato.get(..4).unwrap_or(kato))
}

/// Whether a code names a city or district inside the territory that is asked for.
fn is_district_of(asked: &WorkloadAsked, kato: &str) -> bool {
    let inside = asked.territory.as_ref().is_none_or(|territory| kato.starts_with(territory.prefix()));
    inside && kato.ends_with("00000") && !kato.ends_with("0000000")
}

/// The children of all places that are shown. The number of a whole region is its own, not a sum of estimates.
fn whole_population(asked: &WorkloadAsked, population: &BTreeMap<String, u64>) -> Option<u64> {
    if let Some(territory) = &asked.territory {
        return population.get(territory.as_str()).copied();
    }
    let regions: Vec<u64> =
        population.iter().filter(|(kato, _)| kato.ends_with("0000000")).map(|(_, one)| *one).collect();
    (!regions.is_empty()).then(|| regions.iter().sum())
}
