//! `POST /signals/import`.

use std::io::{Read, Seek};

use actix_web::{HttpRequest, HttpResponse, post, web};
use qorgan_domain::ids::SignalImportId;
use qorgan_domain::lists::TextEncoding;
use qorgan_domain::policy::Action;
use qorgan_domain::signals::import::{ImportDefaults, ImportFormat, Imported, feed};
use qorgan_domain::signals::{ImportSource, SignalChannel};
use qorgan_storage::Tx;
use qorgan_storage::signals::ImportRun;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{IdempotencyKey, ImportLimit, Language, Query, Spooled, spool};
use crate::routes::lists::{ImportRowView, MAX_LISTED, feed_problem, written};

query! {
    /// What is said of all rows of a file.
    pub struct ImportQuery {
        /// Where the file comes from: a code such as `raid-2026-03`. External ids are unique within it. It must name no
        /// person.
        pub source: ImportSource,
        /// Which way the signals came whose row does not say; `raid` or `asppm_screening`, mostly.
        pub channel: Option<SignalChannel>,
        /// `true`: check all rows, write nothing.
        pub dry_run: Option<bool>,
    }
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignalImportResult)]
pub struct ImportView {
    /// The import; `null` for a dry run.
    pub id: Option<SignalImportId>,
    /// Where the file comes from.
    pub source: ImportSource,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Rows filed now (in a dry run: that would be).
    pub accepted: u64,
    /// Rows that were filed before, or stand twice in the file, with the same content.
    pub repeated: u64,
    /// Rows with at least one problem: nothing of them was kept.
    pub rejected: u64,
    /// Every problem, by row.
    pub rows: Vec<ImportRowView>,
    /// Problems beyond those listed; the list ends at 10 000.
    pub rows_left_off: usize,
}

/// Import a file of signals: the list of a raid or of a screening.
///
/// CSV (RFC 4180, UTF-8, `;`, `,` or tab, a header line) or NDJSON (one object a line), with the same names:
/// `external_id`, `channel`, `description`, `occurred_on`, `territory`, `organisation` (an id, or the code of an agency:
/// then its organisation on duty in the territory), `urgency`, and of the child `last_name`, `first_name`, `patronymic`,
/// `birth_date`, `age`, `sex`, `iin`, `school`. Needed are `description`, `territory`, `urgency` and, unless the query
/// names one, `channel`. Dates are `YYYY-MM-DD` or `DD.MM.YYYY`.
///
/// Right rows are filed, all in one transaction; every wrong field of the others is named. A row that came before from
/// the same source (by `external_id`; without one by its content) is not filed again; one whose `external_id` said
/// something else before is refused with `external_id_changed`. So a file may be sent again at any time.
#[utoipa::path(
    tag = "signals",
    operation_id = "signal_import",
    params(ImportQuery, IdempotencyKey),
    request_body(content(
        (String = "text/csv", example = "external_id;description;territory;urgency;last_name;first_name;age\n17;Found alone at the station at night;351000000;urgent;Әлімов;Қайрат;11\n"),
        (String = "application/x-ndjson", example = "{\"external_id\":\"17\",\"description\":\"Found alone at the station at night\",\"territory\":\"351000000\",\"urgency\":\"urgent\"}\n")
    )),
    responses((status = 200, body = ImportView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("signal_import"))),
)]
#[post("/signals/import")]
pub async fn signal_import(
    ctx: Ctx,
    query: Query<ImportQuery>,
    limit: web::Data<ImportLimit>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (format, _) = written(&request, &[TextEncoding::Utf8])?;
    // Before the file is taken in.
    ctx.clone().run(|tx| tx.authorize(Action::SignalImport).map(drop).map_err(Problem::from)).await?;
    let file = spool(body, limit.0).await?;
    let (query, language) = (query.0, ctx.language);
    ctx.post(fingerprint(&query, &file), move |tx| {
        let dry_run = query.dry_run.unwrap_or(false);
        let mut run = ImportRun::new(query.source.clone(), file.sha256, dry_run);
        let defaults = ImportDefaults { channel: query.channel };
        let done = work(tx, &mut run, format, file.file, defaults)?;
        Answer::ok(&view(&run, done, &query, language))
    })
    .await
}

fn work(
    tx: &mut Tx<'_>,
    run: &mut ImportRun,
    format: ImportFormat,
    mut file: impl Read + Seek,
    defaults: ImportDefaults,
) -> Result<Imported, Problem> {
    file.rewind().map_err(|error| Problem::internal(&error))?;
    tx.signal_import_begin(run)?;
    let today = tx.today();
    let fed = feed(format, file, defaults, today, |rows| tx.signal_import_batch(run, rows));
    let done = fed.map_err(|error| feed_problem(error, Problem::from))?;
    run.counts.rejected = done.rejected;
    tx.signal_import_end(run)?;
    Ok(done)
}

/// What tells a repeat of the request from another one under the same key.
fn fingerprint(query: &ImportQuery, file: &Spooled) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("{} {:?} {:?} ", query.source, query.channel, query.dry_run));
    hash.update(file.sha256);
    hash.finalize().into()
}

fn view(run: &ImportRun, done: Imported, query: &ImportQuery, language: Language) -> ImportView {
    let dry_run = query.dry_run.unwrap_or(false);
    ImportView {
        id: (!dry_run).then_some(run.id),
        source: query.source.clone(),
        dry_run,
        accepted: run.counts.accepted,
        repeated: run.counts.repeated,
        rejected: run.counts.rejected,
        rows: ImportRowView::listed(&done.problems, language),
        rows_left_off: done.problems.len().saturating_sub(MAX_LISTED),
    }
}
