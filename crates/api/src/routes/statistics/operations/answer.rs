//! What the tables have in common: by what right they are counted, and how they are answered.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE, VARY};
use qorgan_domain::Invalid;
use qorgan_domain::policy::{Action, may_ever};
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::operations::{OperationsParameters, OperationsQuery, OperationsReport, Shown, guard};
use qorgan_domain::statistics::protection::{DisclosureRule, NoiseTable};
use qorgan_storage::{Permit, Tx};
use serde_json::json;

use super::super::format::{Accepted, StatisticsFormat};
use super::sheet::{Head, Sheet};
use super::view::{self, OperationsView};
use super::{csv, json_stat, words, xlsx};
use crate::context::Ctx;
use crate::problem::{FieldErrors, Problem, ProblemCode};
use crate::query;
use crate::request::Language;

query! {
    /// How a client wants a table.
    pub struct Wanted {
        /// How to count; exactly where you may and say nothing.
        pub method: Option<StatisticsMethod>,
        /// In what form to answer; by `Accept` when absent.
        pub format: Option<StatisticsFormat>,
    }
}

/// Makes a table as the caller may have it, and writes it as it is wanted.
///
/// # Errors
/// `forbidden`, `not_acceptable`, and what `make` answers.
pub async fn answer(
    ctx: Ctx,
    wanted: Wanted,
    accepted: Accepted,
    make: impl FnOnce(&mut Tx<'_>, &Permit, Language) -> Result<Sheet, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let (format, code, body) = ctx
        .run(move |tx| {
            let permit = permit(tx, wanted.method)?;
            let format = accepted.or_named(wanted.format)?;
            let sheet = make(tx, &permit, language)?;
            Ok((format, sheet.head.code, written(&sheet, format)?))
        })
        .await?;
    let mut response = HttpResponse::Ok();
    response.content_type(format.content_type()).insert_header((VARY, "accept, accept-language"));
    response.insert_header((CONTENT_LANGUAGE, language.as_str()));
    if format.is_file() {
        let name = format!("attachment; filename=\"statistics-{code}.{}\"", format.as_str());
        response.insert_header((CONTENT_DISPOSITION, name));
    }
    Ok(response.body(body))
}

fn permit(tx: &mut Tx<'_>, method: Option<StatisticsMethod>) -> Result<Permit, Problem> {
    let exact = may_ever(tx.actor(), Action::OperationsExact);
    let action = match method {
        Some(StatisticsMethod::Exact) => Action::OperationsExact,
        None if exact => Action::OperationsExact,
        Some(StatisticsMethod::Protected) | None => Action::OperationsProtected,
    };
    Ok(tx.authorize(action)?)
}

fn written(sheet: &Sheet, format: StatisticsFormat) -> Result<Vec<u8>, Problem> {
    let json = |bytes: serde_json::Result<Vec<u8>>| bytes.map_err(|error| Problem::internal(&error));
    match format {
        StatisticsFormat::Json => json(serde_json::to_vec(&OperationsView::of(sheet))),
        StatisticsFormat::JsonStat => json(serde_json::to_vec(&json_stat::write(sheet))),
        StatisticsFormat::Csv => csv::write(sheet),
        StatisticsFormat::Xlsx => xlsx::write(sheet),
        StatisticsFormat::Ndjson => json(ndjson(sheet)),
    }
}

/// One row a line, and how it was made.
fn ndjson(sheet: &Sheet) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for row in &sheet.rows {
        let mut line = view::line(sheet, &row.keys, &row.figures);
        let (from, to) = sheet.head.period.unzip();
        for (name, day) in [("from", from), ("to", to), ("as_of", Some(sheet.head.as_of))] {
            line.insert(name.to_owned(), json!(day));
        }
        line.insert("method".to_owned(), json!(sheet.method()));
        serde_json::to_writer(&mut bytes, &line)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Wrong parameters, by name.
pub fn refused(wrong: Vec<(&'static str, Invalid)>) -> Problem {
    let mut errors = FieldErrors::new();
    for (name, invalid) in wrong {
        errors.push_named(name, invalid);
    }
    Problem::new(ProblemCode::InvalidQuery).with_errors(errors)
}

/// How counts are shown by a rule.
///
/// # Errors
/// `internal`: the rule makes no table of noise.
pub fn shown(rule: &DisclosureRule, smallest_for_time: u16) -> Result<Shown, Problem> {
    let noise = NoiseTable::of(rule).map_err(|error| Problem::internal(&error))?;
    Ok(Shown::Protected { noise: Box::new(noise), smallest_for_time })
}

/// Counts what is asked for.
///
/// # Errors
/// `invalid_query`; as the storage.
pub fn count(
    tx: &mut Tx<'_>,
    permit: &Permit,
    language: Language,
    parameters: OperationsParameters,
) -> Result<Sheet, Problem> {
    let today = tx.today();
    let mut query = OperationsQuery::new(parameters, today).map_err(refused)?;
    let mut protection = None;
    if permit.action() == Action::OperationsProtected {
        let rule = tx.disclosure_rule(query.as_of())?;
        query = guard(query, &rule, today).map_err(refused)?;
        // The rule in force on the day that is shown.
        protection = Some(tx.disclosure_rule(query.as_of())?);
    }
    let rule = tx.operations_rule(query.as_of())?;
    let shown = match &protection {
        Some(disclosure) => shown(disclosure, rule.smallest_for_time)?,
        None => Shown::Exact,
    };
    let table = tx.operations_table(permit, &query, &rule, &shown)?;
    let notes = match query.report() {
        OperationsReport::Timeliness if shown.is_protected() => vec![words::CASES_NOT_DEADLINES],
        OperationsReport::Recurrence if !shown.is_protected() => vec![words::RECURRENCE, words::RECURRENCE_IN_REACH],
        OperationsReport::Recurrence => vec![words::RECURRENCE],
        OperationsReport::Detection => vec![words::DETECTION],
        OperationsReport::Cases | OperationsReport::Timeliness => Vec::new(),
    };
    let head = Head {
        code: query.report().as_str(),
        dimensions: query.group_by().to_vec(),
        keys: query.group_by().len(),
        measures: query.report().measures(),
        period: (!query.at_a_moment()).then(|| (query.from(), query.to())),
        as_of: query.as_of(),
        rule: protection,
        filters: query.filters().given().collect(),
        notes,
        norms: None,
    };
    Sheet::of(tx, head, table, language)
}
