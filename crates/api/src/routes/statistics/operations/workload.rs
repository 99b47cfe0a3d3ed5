//! `GET /statistics/workload`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::Invalid;
use qorgan_domain::identity::{AgencyCode, Role};
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::operations::{Norms, OperationsDimension, Shown, WorkloadLevel};
use qorgan_domain::statistics::protection::{DisclosureRule, end_of_month_before};
use qorgan_domain::territory::Kato;
use qorgan_storage::statistics::operations::{OperationsTable, WorkloadAsked};
use qorgan_storage::{Permit, Tx};

use super::super::format::Accepted;
use super::super::json_stat::JsonStatView;
use super::answer::{Wanted, answer, refused, shown};
use super::sheet::{Head, Sheet};
use super::view::OperationsView;
use super::words;
use crate::context::Ctx;
use crate::problem::{Problem, Words};
use crate::query;
use crate::request::{Language, Query};

query! {
    /// Whose workload.
    pub struct WorkloadQuery {
        /// By what; by city and district when absent. By `specialist` only exactly, and only people whose accounts you may read.
        pub level: Option<WorkloadLevel>,
        /// Of this agency.
        pub agency: Option<AgencyCode>,
        /// Where the organisation stands in this territory or inside it (KATO).
        pub territory: Option<Kato>,
        /// Only specialists of this role; cases are counted all the same.
        pub role: Option<Role>,
    }
}

/// Show how the work lies on those who do it: open cases, cases of high risk and children for each specialist, against the
/// norm.
///
/// By city and district also how many children live there for each specialist. Specialists are the people with a role for
/// which there is a norm (dated reference data, `norms`), where they work now; of somebody with several roles the widest
/// norm counts. `capacity` is how many cases they may manage at once, `load_share` the open cases among it: over 100 is too
/// much.
///
/// Exact counts are those of now, in the organisations in reach; protected ones those at the end of the last month.
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_workload",
    params(WorkloadQuery, Wanted),
    responses(
        (status = 200, description = "The table", content(
            (OperationsView = "application/json"),
            (JsonStatView = "application/vnd.json-stat+json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "application/x-ndjson"),
        )),
        (status = 406, description = "not_acceptable"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operations_read"))),
)]
#[get("/statistics/workload")]
pub async fn statistics_workload(
    ctx: Ctx,
    accepted: Accepted,
    query: Query<(WorkloadQuery, Wanted)>,
) -> Result<HttpResponse, Problem> {
    let (query, wanted) = query.0;
    answer(ctx, wanted, accepted, move |tx, permit, language| workload(tx, permit, language, query)).await
}

fn workload(tx: &mut Tx<'_>, permit: &Permit, language: Language, query: WorkloadQuery) -> Result<Sheet, Problem> {
    let today = tx.today();
    let protected = permit.action() == Action::OperationsProtected;
    let as_of = if protected { end_of_month_before(today, today) } else { today };
    let level = query.level.unwrap_or(WorkloadLevel::Territory);
    let WorkloadQuery { level: _, agency, territory, role } = query;
    let asked = WorkloadAsked { level, as_of, agency, territory, role };
    let rule = if protected { Some(guarded(tx, &asked)?) } else { None };
    let norms = tx.workload_norms(today)?;
    let table = match (level, &rule) {
        (WorkloadLevel::Specialist, _) => tx.workload_of_people(permit, &asked, &norms)?,
        _ => places(tx, permit, &asked, &norms, rule.as_ref())?,
    };
    let head = Head {
        code: "workload",
        dimensions: level.dimensions().to_vec(),
        keys: 1,
        measures: level.measures(),
        period: None,
        as_of,
        rule,
        filters: filters(&asked),
        notes: notes(level),
        norms: Some(norms),
    };
    Sheet::of(tx, head, table, language)
}

/// The rule of protection, where what is asked for may be shown protected at all.
fn guarded(tx: &mut Tx<'_>, asked: &WorkloadAsked) -> Result<DisclosureRule, Problem> {
    let mut wrong = Vec::new();
    if asked.level == WorkloadLevel::Specialist {
        wrong.push(("level", Invalid::new("specialist_too_fine")));
    }
    // Four digits name a city or district.
    if asked.territory.as_ref().is_some_and(|territory| territory.prefix().len() > 4) {
        wrong.push(("territory", Invalid::new("territory_too_fine")));
    }
    if wrong.is_empty() { Ok(tx.disclosure_rule(asked.as_of)?) } else { Err(refused(wrong)) }
}

fn places(
    tx: &mut Tx<'_>,
    permit: &Permit,
    asked: &WorkloadAsked,
    norms: &Norms,
    rule: Option<&DisclosureRule>,
) -> Result<OperationsTable, Problem> {
    let shown = match rule {
        Some(rule) => shown(rule, tx.operations_rule(asked.as_of)?.smallest_for_time)?,
        None => Shown::Exact,
    };
    let population =
        if asked.level == WorkloadLevel::Territory { population(tx, asked.as_of)? } else { BTreeMap::new() };
    Ok(tx.workload_of_places(permit, asked, norms, &population, &shown)?)
}

/// Children who live in the region and in each city and district, by code.
fn population(tx: &mut Tx<'_>, day: NaiveDate) -> Result<BTreeMap<String, u64>, Problem> {
    let known = tx.child_population(day)?;
    let rows = known.rows().iter();
    Ok(rows.map(|row| (row.territory.as_str().to_owned(), u64::from(row.children))).collect())
}

fn filters(asked: &WorkloadAsked) -> Vec<(OperationsDimension, String)> {
    let agency = asked.agency.as_ref().map(|agency| (OperationsDimension::Agency, agency.as_str().to_owned()));
    let territory = asked.territory.as_ref().map(|kato| (OperationsDimension::Territory, kato.as_str().to_owned()));
    let role = asked.role.map(|role| (OperationsDimension::Role, role.as_str().to_owned()));
    agency.into_iter().chain(territory).chain(role).collect()
}

fn notes(level: WorkloadLevel) -> Vec<Words> {
    match level {
        WorkloadLevel::Territory => vec![words::NORMS, words::POPULATION],
        WorkloadLevel::Organisation | WorkloadLevel::Specialist => vec![words::NORMS],
    }
}
