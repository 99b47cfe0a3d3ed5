//! `GET /statistics/register`.

use actix_web::{HttpResponse, get};
use chrono::{Datelike, NaiveDate};
use qorgan_domain::Invalid;
use qorgan_domain::children::Sex;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::policy::{Action, may_ever};
use qorgan_domain::register::{AgeGroup, FactKind, FactStatus, Relation, Setting, SuicidalLevel, ViolenceForm};
use qorgan_domain::signals::SignalChannel;
use qorgan_domain::statistics::{
    AgeFiveYears, AgeSchoolStage, AsOf, ChildAge, Comparison, Dimension, FactOutcome, Filters, StatisticsMeasure,
    StatisticsMethod, StatisticsParameters, StatisticsQuery,
};
use qorgan_domain::territory::Kato;
use qorgan_storage::{Permit, Tx};

use super::export;
use super::format::{Accepted, StatisticsFormat};
use super::json_stat::JsonStatView;
use super::make::{self, Asked};
use super::view::StatisticsView;
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
        /// Last day of the events, itself included; the day of `as_of` when absent.
        pub to: Option<NaiveDate>,
        /// The register as it read at the end of this day, or at this moment (RFC 3339; `+` as `%2B`); today when absent.
        pub as_of: Option<AsOf>,
        /// Events in these territories or inside them (KATO); of every filter several values, with commas between, for the statistics office.
        #[param(style = Form, explode = false)]
        pub territory: Vec<Kato>,
        /// Facts first reported by an organisation in these territories.
        #[param(style = Form, explode = false)]
        pub reporter_territory: Vec<Kato>,
        /// Facts of this kind.
        #[param(style = Form, explode = false)]
        pub kind: Vec<FactKind>,
        /// Violence whose main form is this.
        #[param(style = Form, explode = false)]
        pub main_form: Vec<ViolenceForm>,
        /// Violence of this form, among others.
        #[param(style = Form, explode = false)]
        pub any_form: Vec<ViolenceForm>,
        /// Suicidal behaviour of this level.
        #[param(style = Form, explode = false)]
        pub level: Vec<SuicidalLevel>,
        /// Children of this sex.
        #[param(style = Form, explode = false)]
        pub sex: Vec<Sex>,
        /// Children of this age on the day of the event, as the register groups it.
        #[param(style = Form, explode = false)]
        pub age_group: Vec<AgeGroup>,
        /// Children of this age, in groups of five years.
        #[param(style = Form, explode = false)]
        pub age_five_years: Vec<AgeFiveYears>,
        /// Children of this age, by stage of school.
        #[param(style = Form, explode = false)]
        pub age_school_stage: Vec<AgeSchoolStage>,
        /// Children of this age in completed years.
        #[param(style = Form, explode = false)]
        pub age: Vec<ChildAge>,
        /// Events in this setting.
        #[param(style = Form, explode = false)]
        pub setting: Vec<Setting>,
        /// Violence by a person of this relation to the child.
        #[param(style = Form, explode = false)]
        pub relation: Vec<Relation>,
        /// Facts first reported by this agency.
        #[param(style = Form, explode = false)]
        pub agency: Vec<AgencyCode>,
        /// Facts of this status.
        #[param(style = Form, explode = false)]
        pub status: Vec<FactStatus>,
        /// Facts on which the interagency group decided so.
        #[param(style = Form, explode = false)]
        pub outcome: Vec<FactOutcome>,
        /// Facts detected in this way.
        #[param(style = Form, explode = false)]
        pub channel: Vec<SignalChannel>,
        /// With which earlier periods to compare: the one right before, the same a year before.
        #[param(style = Form, explode = false)]
        pub compare: Vec<Comparison>,
        /// Whether to give facts per 10 000 children of the place.
        pub rates: Option<bool>,
        /// What to count besides facts.
        #[param(style = Form, explode = false)]
        pub measures: Vec<StatisticsMeasure>,
        /// How to count; exactly where you may and say nothing.
        pub method: Option<StatisticsMethod>,
        /// In what form to answer; by `Accept` when absent.
        pub format: Option<StatisticsFormat>,
    }
}

/// Count the facts of the unified register: exactly for the statistics office, protected for everybody else.
///
/// Annulled facts and those merged into another are not counted, unless `status` asks for them. With the same `as_of` of a
/// day that is over, or a moment of it, the numbers are the same for ever.
///
/// **Protected** counts are changed by noise that depends on the facts in a cell alone (cell-key method): the same cell has
/// the same answer in every table, 1 and 2 are never shown, 0 stays 0, and the rows need not add up to the total, which is
/// changed by itself. They are counted for one whole month, quarter, year or school year (or what has passed of it), for
/// cities and districts, by few attributes and one value of each filter, from the register at the end of the last month that
/// was over on `as_of`. Days, settlements, single years of age and distinct children are for the statistics office. See
/// `docs/disclosure-control.md`.
///
/// **Comparison**: both periods are read from the register as of the same day. Of a period that is not over, the part that has
/// passed is compared; protected counts are compared when it is over. **Rates** are per 10 000 children who live in the place, by
/// dated numbers that the answer lists; where cells are told apart by what these are not known for, there are none.
/// **Children** are distinct records, of merged ones the one that stood for them on `as_of`.
///
/// CSV is UTF-8 with a byte order mark; a value that an office program could take for a formula has an apostrophe before it.
/// JSON holds at most 100 000 cells; CSV and NDJSON hold any number, a workbook as many as a sheet has rows.
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
            (String = "application/x-ndjson"),
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
            let asked = query.0.check(today)?;
            let make = if permit.action() == Action::StatisticsExact { make::exact } else { make::protected };
            Ok((format, make(tx, &permit, asked, format, language)?))
        })
        .await?;
    Ok(export::respond(body, format, language, "register-statistics"))
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

/// Wrong parameters, by name.
pub fn refused(wrong: Vec<(&'static str, Invalid)>) -> Problem {
    let mut errors = FieldErrors::new();
    for (name, invalid) in wrong {
        errors.push_named(name, invalid);
    }
    Problem::new(ProblemCode::InvalidQuery).with_errors(errors)
}

impl RegisterStatisticsQuery {
    fn check(self, today: NaiveDate) -> Result<Asked, Problem> {
        let to = self.to.or(self.as_of.map(AsOf::day)).unwrap_or(today);
        let from = self.from.unwrap_or_else(|| to.with_ordinal(1).unwrap_or(to));
        let mut wrong = Vec::new();
        let filters = self.filters(&mut wrong);
        if (1..self.compare.len()).any(|at| self.compare[..at].contains(&self.compare[at])) {
            wrong.push(("compare", Invalid::new("dimension_repeated")));
        }
        let children = self.measures.contains(&StatisticsMeasure::Children);
        let parameters = StatisticsParameters { group_by: self.group_by, from, to, as_of: self.as_of, filters };
        match StatisticsQuery::new(parameters, today) {
            Ok(query) if wrong.is_empty() => {
                let asked = Asked { query, compare: self.compare, rates: self.rates.unwrap_or(false), children };
                asked.earlier()?;
                Ok(asked)
            }
            checked => Err(refused(checked.err().into_iter().flatten().chain(wrong).collect())),
        }
    }

    fn filters(&self, wrong: &mut Vec<(&'static str, Invalid)>) -> Filters {
        let mut filters = Filters::default();
        macro_rules! narrow {
            ($($field:ident: $dimension:ident),+ $(,)?) => { $(
                filters = filters.clone().narrowed(Dimension::$dimension, &self.$field).unwrap_or_else(|invalid| {
                    wrong.push((Dimension::$dimension.as_str(), invalid));
                    filters
                });
            )+ };
        }
        narrow!(
            territory: Territory,
            reporter_territory: ReporterTerritory,
            kind: Kind,
            main_form: MainForm,
            any_form: AnyForm,
            level: Level,
            sex: Sex,
            age_group: AgeGroup,
            age_five_years: AgeFiveYears,
            age_school_stage: AgeSchoolStage,
            age: Age,
            setting: Setting,
            relation: Relation,
            agency: Agency,
            status: Status,
            outcome: Outcome,
            channel: Channel,
        );
        filters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::FromRequest;
    use actix_web::test::TestRequest;

    async fn asked(query: &str) -> Result<Asked, Problem> {
        let (request, mut payload) = TestRequest::with_uri(&format!("/?{query}")).to_http_parts();
        let query = Query::<RegisterStatisticsQuery>::from_request(&request, &mut payload).await?;
        query.0.check("2026-03-31".parse().unwrap())
    }

    async fn read(query: &str) -> Result<StatisticsQuery, Problem> {
        asked(query).await.map(|asked| asked.query)
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
        let given = |of| query.filters().values(of).map(|values| values.iter().cloned().collect::<Vec<_>>());
        assert_eq!(given(Dimension::Kind), Some(vec!["violence".to_owned()]));
        assert_eq!(given(Dimension::Agency), Some(vec!["UO".to_owned()]));
        assert_eq!(given(Dimension::Sex), None);
        let query =
            read("age=7,16&outcome=confirmed&channel=police,parent&reporter_territory=352400000").await.unwrap();
        let given = |of| query.filters().values(of).map(|values| values.iter().cloned().collect::<Vec<_>>());
        assert_eq!(given(Dimension::Age), Some(vec!["16".to_owned(), "7".to_owned()]));
        assert_eq!(given(Dimension::Channel), Some(vec!["parent".to_owned(), "police".to_owned()]));
    }

    #[actix_web::test]
    async fn measures_are_named() {
        let asked = asked("compare=previous,year_before&rates=true&measures=children").await.unwrap();
        assert_eq!((asked.compare.as_slice(), asked.rates, asked.children), (Comparison::ALL, true, true));
    }

    #[actix_web::test]
    async fn what_cannot_be_counted_is_refused_by_name() {
        for (query, name) in [
            ("group_by=month,child_id", "group_by"),
            ("group_by=month,month", "group_by"),
            ("as_of=2026-04-01", "as_of"),
            ("from=2026-02-01&to=2026-01-01", "to"),
            ("surname=x", "surname"),
            ("age=18", "age"),
            ("compare=previous,previous", "compare"),
            ("compare=previous&group_by=month&from=2026-01-05", "compare"),
            ("measures=households", "measures"),
            ("rates=perhaps", "rates"),
        ] {
            let problem = read(query).await.unwrap_err();
            assert_eq!(problem.code(), ProblemCode::InvalidQuery, "{query}");
            assert!(format!("{problem:?}").contains(name), "{query}: {problem:?}");
        }
    }
}
