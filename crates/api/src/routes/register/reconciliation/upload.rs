//! `POST /register/reconciliations`.

use std::io::{Read, Seek};

use actix_web::{HttpRequest, HttpResponse, post, web};
use chrono::NaiveDate;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::ReconciliationId;
use qorgan_domain::lists::{ListFormat, OtherColumns, Reading, TextEncoding, feed};
use qorgan_domain::policy::Action;
use qorgan_domain::register::FactKind;
use qorgan_domain::register::import::{Demands, FactField, RowRules, check};
use qorgan_domain::signals::ImportSource;
use qorgan_domain::territory::Kato;
use qorgan_storage::Tx;
use qorgan_storage::register::reconciliation::NewReconciliation;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{SummaryView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Problem};
use crate::query;
use crate::request::{IdempotencyKey, ImportLimit, Language, Query, Spooled, spool};
use crate::routes::lists::{ImportRowView, MAX_LISTED, feed_problem, written};
use crate::routes::reference::code_of;

/// Most rows of a list: all events of a region in a year, several times over.
const MAX_ROWS: u64 = 20_000;
/// Longest period: a year, and the month in which its list is made.
const MAX_DAYS: i64 = 400;

query! {
    /// What is said of the list.
    pub struct ReconciliationQuery {
        /// A code for the list, such as `police-2026-03`. It stands in logs and must name no person.
        pub title: ImportSource,
        /// Whose list it is; by default the caller's own agency's.
        pub agency: Option<AgencyCode>,
        /// The first day of the period that it covers.
        pub from: NaiveDate,
        /// The last day of it.
        pub to: NaiveDate,
        /// The kind of events that it lists; all where there is none.
        pub kind: Option<FactKind>,
        /// The territory that it covers; the region where there is none.
        pub territory: Option<Kato>,
        /// `true`: columns that no field has the name of are passed over.
        pub ignore_unknown: Option<bool>,
    }
}

/// What came of a list, and what was wrong with its rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationUploaded)]
pub struct UploadedView {
    /// The reconciliation.
    #[serde(flatten)]
    pub summary: SummaryView,
    /// Every problem, by row.
    pub problems: Vec<ImportRowView>,
    /// Problems beyond those listed; the list ends at 10 000.
    pub problems_left_off: usize,
}

/// Compare a list of another body with the register.
///
/// CSV (RFC 4180; UTF-8, or `charset=windows-1251` or `kz-1048`; `;`, `,` or tab, a header line) or NDJSON (one object a
/// line). Needed are `occurred_on` and the child: `last_name` and `first_name`, or `iin`. What else a row says is compared:
/// `kind`, `main_form` or `level`, `territory` (KATO code or name), `setting`, `relation`, `birth_date`, `sex`. Words may
/// be codes, or stand in Russian or Kazakh. `external_id` comes back in the export.
///
/// Each row is compared with the facts of the whole region within the period and some days around it, and kept with what
/// came of it. Of a fact beyond the caller's reach it learns the number, that it is known, and the names of the fields that
/// differ. Facts of the period that no row tells of are listed where they lie in the caller's reach or were reported by the
/// caller's own agency. Only in a scope of a territory or wider.
#[utoipa::path(
    tag = "register",
    operation_id = "reconciliation_create",
    params(ReconciliationQuery, IdempotencyKey),
    request_body(content(
        (String = "text/csv", example = "external_id;occurred_on;last_name;first_name;birth_date;main_form;territory\n17;10.02.2026;Әлімов;Қайрат;17.05.2014;physical;351000000\n"),
        (String = "application/x-ndjson", example = "{\"external_id\":\"17\",\"occurred_on\":\"2026-02-10\",\"last_name\":\"Әлімов\",\"first_name\":\"Қайрат\"}\n")
    )),
    responses((status = 201, body = UploadedView, headers(("Location" = String), ("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reconciliation_write"))),
)]
#[post("/register/reconciliations")]
pub async fn reconciliation_create(
    ctx: Ctx,
    query: Query<ReconciliationQuery>,
    limit: web::Data<ImportLimit>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let how = written(&request, TextEncoding::ALL)?;
    // Before the file is taken in.
    ctx.clone().run(|tx| tx.reconciliation_permit().map(drop).map_err(Problem::from)).await?;
    let file = spool(body, limit.0).await?;
    let (query, language) = (query.0, ctx.language);
    ctx.post(fingerprint(&query, &file), move |tx| {
        let new = checked(tx, &query, file.sha256)?;
        compared(tx, new, how, file.file, query.ignore_unknown == Some(true), language)
    })
    .await
}

/// Every wrong parameter at once.
fn checked(tx: &mut Tx<'_>, query: &ReconciliationQuery, file_sha256: [u8; 32]) -> Result<NewReconciliation, Problem> {
    let mut errors = FieldErrors::new();
    if query.to < query.from {
        errors.push_named("to", Issue::new("period_order"));
    } else if (query.to - query.from).num_days() > MAX_DAYS {
        errors.push_named("to", Issue::new("list_period_too_long").with("max_days", MAX_DAYS));
    } else if query.from > tx.today() {
        errors.push_named("from", Issue::new("date_future"));
    }
    let agency = query.agency.clone().unwrap_or_else(|| tx.actor().organisation.agency.clone());
    if !tx.agency_exists(&agency)? {
        errors.push_named("agency", Issue::new("unknown_agency"));
    }
    if let Some(kato) = &query.territory
        && !tx.territory_exists(kato)?
    {
        errors.push_named("territory", Issue::new("unknown_territory"));
    }
    if errors.is_empty() {
        Ok(NewReconciliation {
            id: ReconciliationId::from_uuid(Uuid::now_v7()),
            title: query.title.clone(),
            agency,
            period: (query.from, query.to),
            kind: query.kind,
            kato: query.territory.clone(),
            file_sha256,
        })
    } else {
        Err(Problem::validation(errors))
    }
}

fn compared(
    tx: &mut Tx<'_>,
    new: NewReconciliation,
    (format, encoding): (ListFormat, TextEncoding),
    mut file: impl Read + Seek,
    ignore_unknown: bool,
    language: Language,
) -> Result<Answer, Problem> {
    file.rewind().map_err(|error| Problem::internal(&error))?;
    let id = new.id;
    let mut run = tx.reconciliation_begin(new)?;
    let reading = Reading { format, encoding, max_rows: MAX_ROWS };
    let others = if ignore_unknown { OtherColumns::PassedOver } else { OtherColumns::Refused };
    let columns = FactField::columns(Demands::Comparison).others(others);
    let rules = RowRules { demands: Demands::Comparison, today: tx.today(), words: code_of };
    let fed = feed(reading, file, &columns, |raw| check(raw, rules), |rows| tx.reconciliation_batch(&mut run, rows));
    let done = fed.map_err(|error| feed_problem(error, Problem::from))?;
    tx.reconciliation_end(&mut run, &done.problems)?;
    let list = tx.reconciliation_for(id, Action::ReconciliationRead)?;
    let counts = tx.reconciliation_counts(&list)?;
    let view = UploadedView {
        summary: SummaryView::of(&list, &counts),
        problems: ImportRowView::listed(&done.problems, language),
        problems_left_off: done.problems.len().saturating_sub(MAX_LISTED),
    };
    Ok(Answer::created(location(id), &view)?.etag(list.version))
}

/// What tells a repeat of the request from another one under the same key.
fn fingerprint(query: &ReconciliationQuery, file: &Spooled) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!(
        "{} {:?} {} {} {:?} {:?} {:?} ",
        query.title, query.agency, query.from, query.to, query.kind, query.territory, query.ignore_unknown
    ));
    hash.update(file.sha256);
    hash.finalize().into()
}
