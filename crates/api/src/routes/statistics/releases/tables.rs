//! `GET /statistics/releases/{id}/tables/{code}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ReleaseId;
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::release::ReleaseTableCode;
use qorgan_domain::statistics::{Filters, StatisticsMethod, StatisticsParameters, StatisticsQuery};
use qorgan_storage::statistics::releases::{FrozenTable, Release};
use qorgan_storage::statistics::{CountRow, Counts};
use qorgan_storage::{AccessError, Denial, Tx};

use super::super::export;
use super::super::format::{Accepted, StatisticsFormat};
use super::super::json_stat::JsonStatView;
use super::super::table::Table;
use super::super::view::StatisticsView;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Language, PathId, Query};

query! {
    /// How to read a table of a release.
    pub struct ReleaseTableQuery {
        /// Which numbers; exact where you may and say nothing.
        pub method: Option<StatisticsMethod>,
        /// In what form to answer; by `Accept` when absent.
        pub format: Option<StatisticsFormat>,
    }
}

/// Read a table of a release, as it was frozen: the same for ever.
///
/// Exact for the statistics office, protected for everybody else who may see counts of the register, in the forms of
/// `/statistics/register`. A table of a proposal is open to the statistics office alone.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_table_get",
    params(("id" = ReleaseId, Path), ("code" = String, Path, example = "month_kind"), ReleaseTableQuery),
    responses(
        (status = 200, description = "The table", content(
            (StatisticsView = "application/json"),
            (JsonStatView = "application/vnd.json-stat+json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "application/x-ndjson"),
        )),
        (status = 406, description = "not_acceptable"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_read"))),
)]
#[get("/statistics/releases/{id}/tables/{code}")]
pub async fn release_table_get(
    ctx: Ctx,
    id: PathId<ReleaseId>,
    code: PathId<ReleaseTableCode, 1>,
    accepted: Accepted,
    query: Query<ReleaseTableQuery>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let (format, name, body) = ctx
        .run(move |tx| {
            let release = tx.release_for(id.0, Action::ReleaseRead)?;
            let format = accepted.or_named(query.0.format)?;
            let method = super::method(tx, query.0.method);
            let frozen = tx.release_table(&release, method, code.0.as_str())?;
            let frozen = frozen.ok_or(AccessError::Denied(Denial::NotFound))?;
            let name = format!("{}-{}-{}", release.period.from(), release.period.kind(), frozen.code);
            let table = table(tx, &release, method, frozen, language)?;
            Ok((format, name, export::whole(&table.with_names(tx)?, format)?))
        })
        .await?;
    Ok(export::respond(body, format, language, &format!("release-{name}")))
}

/// A frozen table as the answer to the question that was asked when it was frozen.
fn table(
    tx: &Tx<'_>,
    release: &Release,
    method: StatisticsMethod,
    frozen: FrozenTable,
    language: Language,
) -> Result<Table, Problem> {
    let parameters = StatisticsParameters {
        group_by: frozen.dimensions.clone(),
        from: release.period.from(),
        to: release.period.to(),
        as_of: Some(release.as_of.into()),
        filters: Filters::default(),
    };
    let query = StatisticsQuery::new(parameters, tx.today()).map_err(super::super::register::refused)?;
    let rows = frozen
        .cells
        .into_iter()
        .map(|(values, count)| CountRow { keys: frozen.dimensions.iter().copied().zip(values).collect(), count });
    let counts = Counts { rows: rows.collect(), total: frozen.total, is_final: true };
    let rule = (method == StatisticsMethod::Protected).then(|| release.rule.clone());
    Ok(Table::of(query, counts, rule, language))
}
