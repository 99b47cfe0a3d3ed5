//! `GET /statistics/register`.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE, VARY};
use actix_web::{HttpResponse, get};
use chrono::{Datelike, NaiveDate};
use qorgan_domain::Invalid;
use qorgan_domain::children::Sex;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::policy::{Action, may_ever};
use qorgan_domain::register::{AgeGroup, FactKind, FactStatus, Relation, Setting, SuicidalLevel, ViolenceForm};
use qorgan_domain::statistics::protection::guard;
use qorgan_domain::statistics::{Dimension, Filters, StatisticsMethod, StatisticsParameters, StatisticsQuery};
use qorgan_domain::territory::Kato;
use qorgan_storage::{Permit, Tx};

use super::format::{Accepted, StatisticsFormat};
use super::json_stat::{self, JsonStatView};
use super::table::Table;
use super::view::StatisticsView;
use super::{csv, xlsx};
use crate::context::Ctx;
use crate::problem::{FieldErrors, Problem, ProblemCode};
use crate::query;
use crate::request::Query;

query! {
    /// What to count.
    pub struct RegisterStatisticsQuery {
        /// By what to group, in the order of the columns, with commas between; one total when absent.
        #[param(example = "month,territory,main_form", style = Form, explode = false)]
        pub group_by: Vec<Dimension>,
        /// First day of the events; 1 January of the year of `to` when absent.
        pub from: Option<NaiveDate>,
        /// Last day of the events, itself included; `as_of` when absent.
        pub to: Option<NaiveDate>,
        /// The register as it read at the end of this day; today when absent.
        pub as_of: Option<NaiveDate>,
        /// Events in this territory or inside it (KATO).
        pub territory: Option<Kato>,
        /// Facts of this kind.
        pub kind: Option<FactKind>,
        /// Violence whose main form is this.
        pub main_form: Option<ViolenceForm>,
        /// Suicidal behaviour of this level.
        pub level: Option<SuicidalLevel>,
        /// Children of this sex.
        pub sex: Option<Sex>,
        /// Children of this age on the day of the event.
        pub age_group: Option<AgeGroup>,
        /// Events in this setting.
        pub setting: Option<Setting>,
        /// Violence by a person of this relation to the child.
        pub relation: Option<Relation>,
        /// Facts first reported by this agency.
        pub agency: Option<AgencyCode>,
        /// Facts of this status.
        pub status: Option<FactStatus>,
        /// How to count; exactly where you may and say nothing.
        pub method: Option<StatisticsMethod>,
        /// In what form to answer; by `Accept` when absent.
        pub format: Option<StatisticsFormat>,
    }
}

/// Count the facts of the unified register: exactly for the statistics office, protected for everybody else.
///
/// Annulled facts and those merged into another are not counted, unless `status` asks for them. With the same `as_of` of a
/// past day the numbers are the same for ever.
///
/// **Protected** counts are changed by noise that depends on the facts in a cell alone (cell-key method): the same cell has
/// the same answer in every table, 1 and 2 are never shown, 0 stays 0, and the rows need not add up to the total, which is
/// changed by itself. They are counted for one whole month, quarter, year or school year (or what has passed of it), for
/// cities and districts, by few attributes at once, from the register at the end of the last month before `as_of`. See
/// `docs/disclosure-control.md`.
///
/// CSV is UTF-8 with a byte order mark; a value that an office program could take for a formula has an apostrophe before it.
#[utoipa::path(
    tag = "statistics",
    operation_id = "statistics_register",
    params(RegisterStatisticsQuery),
    responses(
        (status = 200, description = "The table", content(
            (StatisticsView = "application/json"),
            (JsonStatView = "application/vnd.json-stat+json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 406, description = "not_acceptable"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("statistics_protected"))),
)]
#[get("/statistics/register")]
pub async fn statistics_register(
    ctx: Ctx,
    accepted: Accepted,
    query: Query<RegisterStatisticsQuery>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let (format, body) = ctx
        .run(move |tx| {
            let (named, method) = (query.0.format, query.0.method);
            let permit = permit(tx, method)?;
            let format = accepted.or_named(named)?;
            let today = tx.today();
            let query = query.0.check(today)?;
            let table = if permit.action() == Action::StatisticsExact {
                let counts = tx.register_counts(&permit, &query)?;
                Table::of(query, counts, None, language)
            } else {
                let rule = tx.disclosure_rule(query.as_of())?;
                let query = guard(query, &rule, today).map_err(refused)?;
                let rule = tx.disclosure_rule(query.as_of())?;
                let counts = tx.register_counts_protected(&permit, &query, &rule)?;
                Table::of(query, counts, Some(rule), language)
            };
            Ok((format, written(tx, table, format)?))
        })
        .await?;
    let mut response = HttpResponse::Ok();
    response.content_type(format.content_type()).insert_header((VARY, "accept, accept-language"));
    response.insert_header((CONTENT_LANGUAGE, language.as_str()));
    if matches!(format, StatisticsFormat::Csv | StatisticsFormat::Xlsx) {
        let name = format!("attachment; filename=\"register-statistics.{}\"", format.as_str());
        response.insert_header((CONTENT_DISPOSITION, name));
    }
    Ok(response.body(body))
}

/// The right to the method asked for: exact where the caller may and says nothing.
fn permit(tx: &mut Tx<'_>, method: Option<StatisticsMethod>) -> Result<Permit, Problem> {
    let exact = may_ever(tx.actor(), Action::StatisticsExact);
    let action = match method {
        Some(StatisticsMethod::Exact) => Action::StatisticsExact,
        None if exact => Action::StatisticsExact,
        Some(StatisticsMethod::Protected) | None => Action::StatisticsProtected,
    };
    Ok(tx.authorize(action)?)
}

fn written(tx: &mut Tx<'_>, table: Table, format: StatisticsFormat) -> Result<Vec<u8>, Problem> {
    let json = |value: serde_json::Result<Vec<u8>>| value.map_err(|error| Problem::internal(&error));
    match format {
        StatisticsFormat::Json => json(serde_json::to_vec(&StatisticsView::of(&table))),
        StatisticsFormat::JsonStat => json(serde_json::to_vec(&json_stat::write(&table.with_names(tx)?))),
        StatisticsFormat::Csv => csv::write(&table.with_names(tx)?),
        StatisticsFormat::Xlsx => xlsx::write(&table.with_names(tx)?),
    }
}

fn refused(wrong: Vec<(&'static str, Invalid)>) -> Problem {
    let mut errors = FieldErrors::new();
    for (name, invalid) in wrong {
        errors.push_named(name, invalid);
    }
    Problem::new(ProblemCode::InvalidQuery).with_errors(errors)
}

impl RegisterStatisticsQuery {
    fn check(self, today: NaiveDate) -> Result<StatisticsQuery, Problem> {
        let to = self.to.or(self.as_of).unwrap_or(today);
        let from = self.from.unwrap_or_else(|| to.with_ordinal(1).unwrap_or(to));
        let filters = Filters::default()
            .narrowed(Dimension::Territory, self.territory)
            .and_then(|filters| filters.narrowed(Dimension::Kind, self.kind))
            .and_then(|filters| filters.narrowed(Dimension::MainForm, self.main_form))
            .and_then(|filters| filters.narrowed(Dimension::Level, self.level))
            .and_then(|filters| filters.narrowed(Dimension::Sex, self.sex))
            .and_then(|filters| filters.narrowed(Dimension::AgeGroup, self.age_group))
            .and_then(|filters| filters.narrowed(Dimension::Setting, self.setting))
            .and_then(|filters| filters.narrowed(Dimension::Relation, self.relation))
            .and_then(|filters| filters.narrowed(Dimension::Agency, self.agency))
            .and_then(|filters| filters.narrowed(Dimension::Status, self.status))
            .map_err(|invalid| refused(vec![("filter", invalid)]))?;
        let parameters = StatisticsParameters { group_by: self.group_by, from, to, as_of: self.as_of, filters };
        StatisticsQuery::new(parameters, today).map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::FromRequest;
    use actix_web::test::TestRequest;

    async fn read(query: &str) -> Result<StatisticsQuery, Problem> {
        let (request, mut payload) = TestRequest::with_uri(&format!("/?{query}")).to_http_parts();
        let query = Query::<RegisterStatisticsQuery>::from_request(&request, &mut payload).await?;
        query.0.check("2026-03-31".parse().unwrap())
    }

    #[actix_web::test]
    async fn a_period_not_given_is_the_year_up_to_as_of() {
        let query = read("as_of=2025-06-30").await.unwrap();
        assert_eq!((query.from().to_string(), query.to().to_string()), ("2025-01-01".into(), "2025-06-30".into()));
        let query = read("").await.unwrap();
        assert_eq!((query.from().to_string(), query.to().to_string()), ("2026-01-01".into(), "2026-03-31".into()));
    }

    #[actix_web::test]
    async fn dimensions_keep_their_order_and_filters_their_values() {
        let query = read("group_by=territory,month&kind=violence&territory=351000000&agency=UO").await.unwrap();
        assert_eq!(query.group_by(), [Dimension::Territory, Dimension::Month]);
        assert!(query.filters().values(Dimension::Kind).is_some());
    }

    #[actix_web::test]
    async fn what_cannot_be_counted_is_refused_by_name() {
        for (query, name) in [
            ("group_by=month,child_id", "group_by"),
            ("group_by=month,month", "group_by"),
            ("as_of=2026-04-01", "as_of"),
            ("from=2026-02-01&to=2026-01-01", "to"),
            ("surname=x", "surname"),
        ] {
            let problem = read(query).await.unwrap_err();
            assert_eq!(problem.code(), ProblemCode::InvalidQuery, "{query}");
            assert!(format!("{problem:?}").contains(name), "{query}: {problem:?}");
        }
    }
}
