//! `GET /statistics/releases/{id}/revisions`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::ids::ReleaseId;
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::release::{ReleaseStatus, ReleaseTableCode, RevisedCell, last_month_end, revisions};
use qorgan_storage::Tx;
use qorgan_storage::statistics::releases::{FrozenTable, Release};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::view::{TableHeadView, named};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Problem, ProblemCode};
use crate::query;
use crate::request::{Language, PathId, Query};

query! {
    /// Which revisions of a release.
    pub struct ReleaseRevisionsQuery {
        /// The register as it read at the end of this day; protected numbers are those of the last end of a month that is
        /// over by then. Today when absent.
        pub as_of: Option<NaiveDate>,
        /// Of this table; of all when absent.
        #[param(value_type = Option<String>, example = "month_kind")]
        pub table: Option<ReleaseTableCode>,
        /// Which numbers; exact where you may and say nothing.
        pub method: Option<StatisticsMethod>,
    }
}

/// What became known after a release.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleaseRevisions)]
pub struct RevisionsView {
    /// The release.
    release_id: ReleaseId,
    /// The register as it read at the end of this day is what was published.
    published_as_of: NaiveDate,
    /// The register as it read at the end of this day is what is compared with it.
    as_of: NaiveDate,
    /// How the counts were made.
    method: StatisticsMethod,
    /// Whether protected counts of the two days were made by different rules: then cells differ by noise alone.
    rule_changed: bool,
    /// The tables.
    tables: Vec<RevisedTableView>,
}

/// The revisions of one table.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleaseRevisedTable)]
pub struct RevisedTableView {
    #[serde(flatten)]
    head: TableHeadView,
    /// One row a cell whose number is another one: a member for every dimension, and `published`, `now`, `difference`.
    #[schema(value_type = Vec<Object>, example = json!([{"month": "2026-03", "kind": "violence", "published": 12, "now": 14, "difference": 2}]))]
    rows: Vec<Map<String, Value>>,
    /// All facts as published.
    #[schema(example = 12)]
    published: i64,
    /// All facts now.
    #[schema(example = 14)]
    now: i64,
    /// By how much they grew.
    #[schema(example = 2)]
    difference: i64,
}

/// Compare a published release with the register later on, cell by cell.
///
/// Exact for the statistics office, as of any day. For everybody else both numbers are protected, and the register is read at
/// the end of a month that is over: numbers that `/statistics/register` gives too. A difference of protected numbers may be
/// off by twice the noise.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_revisions",
    params(("id" = ReleaseId, Path), ReleaseRevisionsQuery),
    responses(
        (status = 200, body = RevisionsView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_read"))),
)]
#[get("/statistics/releases/{id}/revisions")]
pub async fn release_revisions(
    ctx: Ctx,
    id: PathId<ReleaseId>,
    query: Query<ReleaseRevisionsQuery>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let query = query.0;
    ctx.answer(move |tx| {
        let release = tx.release_for(id.0, Action::ReleaseRead)?;
        if release.status != ReleaseStatus::Published {
            return Err(Problem::new(ProblemCode::DomainRule).because("release_not_published"));
        }
        let method = super::method(tx, query.method);
        let as_of = compared(tx, &release, method, query.as_of)?;
        let mut frozen = tx.release_tables(&release, method)?;
        if let Some(code) = &query.table {
            frozen.retain(|table| table.code == code.as_str());
        }
        let later = tx.release_tables_later(&release, method, &frozen, as_of)?;
        let rule_changed = method == StatisticsMethod::Protected && tx.disclosure_rule(as_of)? != release.rule;
        Answer::ok(&RevisionsView {
            release_id: release.id,
            published_as_of: release.as_of,
            as_of,
            method,
            rule_changed,
            tables: frozen.iter().zip(&later).map(|(before, now)| revised(before, now, language)).collect(),
        })
    })
    .await
}

/// The day to compare with: not before the one that was published.
fn compared(
    tx: &Tx<'_>,
    release: &Release,
    method: StatisticsMethod,
    asked: Option<NaiveDate>,
) -> Result<NaiveDate, Problem> {
    let today = tx.today();
    let wrong = |code| {
        let mut errors = FieldErrors::new();
        errors.push_named("as_of", Issue::new(code));
        Problem::new(ProblemCode::InvalidQuery).with_errors(errors)
    };
    let day = asked.unwrap_or(today);
    if day > today {
        return Err(wrong("as_of_future"));
    }
    if day < release.as_of {
        return Err(wrong("as_of_before_release"));
    }
    Ok(match method {
        StatisticsMethod::Exact => day,
        StatisticsMethod::Protected => last_month_end(day, today),
    })
}

fn revised(before: &FrozenTable, now: &FrozenTable, language: Language) -> RevisedTableView {
    let row = |cell: &RevisedCell| {
        let mut row = named(&before.dimensions, &cell.values);
        row.insert("published".to_owned(), cell.published.into());
        row.insert("now".to_owned(), cell.now.into());
        row.insert("difference".to_owned(), cell.difference().into());
        row
    };
    RevisedTableView {
        head: TableHeadView::of(before, language),
        rows: revisions(&before.cells, &now.cells).iter().map(row).collect(),
        published: before.total,
        now: now.total,
        difference: now.total - before.total,
    }
}
