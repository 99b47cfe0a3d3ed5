//! `GET /register/reconciliations/{id}/export`.

use actix_web::http::header;
use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ReconciliationId;
use qorgan_domain::lists::safe_cell;
use qorgan_domain::policy::Action;
use qorgan_domain::register::reconciliation::{ItemOrigin, Resolution};
use qorgan_storage::register::reconciliation::{ItemFilter, ReconciliationItem};

use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// More than any list has.
const ALL: i64 = 1_000_000;
/// By it a spreadsheet knows UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const HEADER: [&str; 6] = ["row", "external_id", "outcome", "differing", "fact_number", "resolution"];

/// Write what came of the rows as a table, for the body whose list it is.
///
/// Its own rows alone, by their numbers and ids, without a name: outcome, names of the fields that differ, number of the
/// fact, how it was settled. UTF-8 with byte order mark, `;`. What could begin a formula stands behind an apostrophe.
#[utoipa::path(
    tag = "register",
    operation_id = "reconciliation_export",
    params(("id" = ReconciliationId, Path)),
    responses((status = 200, description = "The table", content((String = "text/csv")))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reconciliation_read"))),
)]
#[get("/register/reconciliations/{id}/export")]
pub async fn reconciliation_export(ctx: Ctx, id: PathId<ReconciliationId>) -> Result<HttpResponse, Problem> {
    let table = ctx
        .run(move |tx| {
            let list = tx.reconciliation_for(id.0, Action::ReconciliationRead)?;
            let all = tx.reconciliation_items(&list, &ItemFilter { limit: ALL, ..ItemFilter::default() })?;
            let mut text = format!("{BYTE_ORDER_MARK}{}\r\n", HEADER.join(";"));
            let mut rows: Vec<_> = all.items.iter().filter(|item| item.origin == ItemOrigin::Row).collect();
            rows.sort_by_key(|item| item.row_number);
            for item in rows {
                text.push_str(&line(item));
            }
            Ok(text)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"reconciliation.csv\""))
        .body(table))
}

fn line(item: &ReconciliationItem) -> String {
    let differing: Vec<&str> = item.differing.iter().map(|field| field.as_str()).collect();
    let number = item.resolution_fact.or(item.fact.as_ref().map(|(_, number)| *number));
    let cells = [
        item.row_number.map(|row| row.to_string()).unwrap_or_default(),
        item.external_id.clone().unwrap_or_default(),
        item.outcome.as_str().to_owned(),
        differing.join(","),
        number.map(|number| number.to_string()).unwrap_or_default(),
        item.resolution.map(Resolution::as_str).unwrap_or_default().to_owned(),
    ];
    let cells = cells.map(|cell| quoted(&safe_cell(&cell)));
    format!("{}\r\n", cells.join(";"))
}

/// A cell of RFC 4180.
fn quoted(cell: &str) -> String {
    if cell.contains([';', ',', '"', '\n', '\r', '\t', '\'']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
