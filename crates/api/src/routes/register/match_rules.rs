//! `/register/match-rules`: by what a report joins a fact, and learning it from decisions.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::Action;
use qorgan_domain::register::learning::{
    LearnedThreshold, LearnedWeight, Learning, LearningRefusal, LearningReport, Outcomes, SPREADS,
};
use qorgan_domain::register::matching::{Agreement, MatchField, Window};
use qorgan_storage::register::{DatedMatchRules, LearnError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Page};

request! {
    /// How weights are to be learned, and from when on they count.
    #[schema(example = json!({"valid_from": "2027-01-01", "spread": 1.0, "dry_run": true}))]
    pub struct MatchRulesLearnRequest {
        /// From this day on; tomorrow where absent, and at the earliest.
        pub valid_from: Option<NaiveDate>,
        /// How far off the weights that were set are believed to be, in bits: 0.01 to 10, 1 where absent. The less, the more
        /// decisions it takes to move them.
        pub spread: Option<f64>,
        /// Show what would be learned and keep nothing; `false` where absent.
        pub dry_run: Option<bool>,
    }
}

/// How far apart events of some natures may be said to lie and still be one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchWindow)]
pub struct WindowView {
    /// Codes of forms and levels.
    pub natures: Vec<String>,
    /// Up to so many days apart a report may join a fact.
    pub automatic_days: i64,
    /// Up to so many days apart a person is asked.
    pub review_days: i64,
}

/// What decisions said of one weight.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LearnedMatchWeight)]
pub struct LearnedWeightView {
    /// The field.
    pub field: MatchField,
    /// How it agreed.
    pub agreement: Agreement,
    /// Pairs that agreed so and were decided to be one event.
    pub same: usize,
    /// Pairs that agreed so and were decided to be two.
    pub different: usize,
    /// The weight that was set, in bits.
    pub set: f64,
    /// The weight learned, in bits.
    pub learned: f64,
}

/// A threshold before and after learning, in bits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LearnedMatchThreshold)]
pub struct LearnedThresholdView {
    /// As it was set.
    pub set: f64,
    /// As it is after learning.
    pub learned: f64,
}

/// What rules make of the decided pairs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchOutcomes)]
pub struct OutcomesView {
    /// One event, and joined by itself.
    pub same_matched: usize,
    /// One event, put before a person.
    pub same_reviewed: usize,
    /// One event, counted as two without anybody being asked.
    pub same_missed: usize,
    /// Two events, and joined by themselves.
    pub different_matched: usize,
    /// Two events, put before a person.
    pub different_reviewed: usize,
    /// Two events, and nobody asked.
    pub different_apart: usize,
}

/// How weights were learned.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchLearning)]
pub struct LearningView {
    /// The rules that it began with: the last that were set.
    pub learned_on: NaiveDate,
    /// Pairs decided to be one event.
    pub same: usize,
    /// Pairs decided to be two.
    pub different: usize,
    /// How far off the weights that were set were believed to be, in bits.
    pub spread: f64,
    /// Binary logarithm of the odds of one event where the weights add up to nothing, as the decisions say.
    pub prior: f64,
    /// Every weight that decisions may move.
    pub weights: Vec<LearnedWeightView>,
    /// From where on a report joins a fact: learning never lowers it.
    pub automatic: LearnedThresholdView,
    /// From where on a person is asked: learning never raises it.
    pub review: LearnedThresholdView,
    /// What the rules that were set would have made of the decided pairs.
    pub before: OutcomesView,
    /// What the learned ones would make of them.
    pub after: OutcomesView,
}

/// The rules of matching from some day on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatchRules)]
pub struct MatchRulesView {
    /// From this day on, until later ones are in force.
    pub valid_from: NaiveDate,
    /// Until before this day, where somebody set an end.
    pub valid_to: Option<NaiveDate>,
    /// From this score on a report may join a fact, in bits.
    pub automatic: f64,
    /// From this score on a person is asked, in bits.
    pub review: f64,
    /// What an agreement adds to the score, by field and agreement, in bits.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, f64>>)]
    pub weights: BTreeMap<MatchField, BTreeMap<Agreement, f64>>,
    /// How far apart events may be said to lie.
    pub windows: Vec<WindowView>,
    /// Pairs of forms, or of levels, by which agencies call one event.
    pub compatible: Vec<[String; 2]>,
    /// Where they come from.
    pub source: String,
    /// Whether that is unverified: do not call it official.
    pub provisional: bool,
    /// How the weights were learned; `null` where they were set.
    pub learned: Option<LearningView>,
    /// Who published them; `null` for what came with the program, and for what is only shown.
    pub published_by: Option<UserId>,
    /// When.
    pub published_at: Option<DateTime<Utc>>,
}

impl From<LearnedWeight> for LearnedWeightView {
    fn from(LearnedWeight { field, agreement, same, different, set, learned }: LearnedWeight) -> Self {
        Self { field, agreement, same, different, set, learned }
    }
}

impl From<LearnedThreshold> for LearnedThresholdView {
    fn from(LearnedThreshold { set, learned }: LearnedThreshold) -> Self {
        Self { set, learned }
    }
}

impl From<Outcomes> for OutcomesView {
    fn from(outcomes: Outcomes) -> Self {
        Self {
            same_matched: outcomes.same_matched,
            same_reviewed: outcomes.same_reviewed,
            same_missed: outcomes.same_missed,
            different_matched: outcomes.different_matched,
            different_reviewed: outcomes.different_reviewed,
            different_apart: outcomes.different_apart,
        }
    }
}

impl From<Window> for WindowView {
    fn from(Window { natures, automatic_days, review_days }: Window) -> Self {
        Self { natures, automatic_days, review_days }
    }
}

impl LearningView {
    fn of(report: LearningReport, learned_on: NaiveDate) -> Self {
        Self {
            learned_on,
            same: report.same,
            different: report.different,
            spread: report.spread,
            prior: report.prior,
            weights: report.weights.into_iter().map(Into::into).collect(),
            automatic: report.automatic.into(),
            review: report.review.into(),
            before: report.before.into(),
            after: report.after.into(),
        }
    }
}

impl From<DatedMatchRules> for MatchRulesView {
    fn from(dated: DatedMatchRules) -> Self {
        let rules = dated.rules;
        Self {
            valid_from: dated.valid_from,
            valid_to: dated.valid_to,
            automatic: rules.automatic,
            review: rules.review,
            weights: rules.weights,
            windows: rules.windows.into_iter().map(Into::into).collect(),
            compatible: rules.compatible.into_iter().map(|(one, other)| [one, other]).collect(),
            source: dated.source,
            provisional: dated.provisional,
            learned: dated.learned.map(|(report, on)| LearningView::of(report, on)),
            published_by: dated.published.map(|(by, _)| by),
            published_at: dated.published.map(|(_, at)| at),
        }
    }
}

/// List the rules by which reports are matched, the latest first: weights, windows, thresholds, and how they were learned.
/// One page.
#[utoipa::path(
    tag = "register",
    operation_id = "match_rules_list",
    responses((status = 200, body = Page<MatchRulesView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/register/match-rules")]
pub async fn match_rules_list(ctx: Ctx) -> Result<HttpResponse, Problem> {
    ctx.answer(|tx| {
        let items = tx.match_rules_list()?.into_iter().map(MatchRulesView::from).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}

/// Learn the weights of matching from what people decided on match reviews, and publish them as rules of their own from a
/// day on; with `dry_run` only show them (200).
///
/// Learning begins with the rules that were set last, so that no decision counts twice; windows, and what goes together,
/// stay as they are. Thresholds move to the side of asking alone: nothing that was decided to be two events would be joined.
/// Needs at least 50 decisions, 10 of each answer (409 `too_few_decisions`). Reviews keep the rules by which they were made.
#[utoipa::path(
    tag = "register",
    operation_id = "match_rules_learn",
    params(IdempotencyKey),
    request_body = MatchRulesLearnRequest,
    responses(
        (status = 201, body = MatchRulesView, headers(("Location" = String))),
        (status = 200, body = MatchRulesView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("match_rules_manage"))),
)]
#[post("/register/match-rules/learn")]
pub async fn match_rules_learn(ctx: Ctx, body: Body<MatchRulesLearnRequest>) -> Result<HttpResponse, Problem> {
    let MatchRulesLearnRequest { valid_from, spread, dry_run } = body.value;
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::MatchRulesManage)?;
        let tomorrow = tx.today().succ_opt().unwrap_or(NaiveDate::MAX);
        let valid_from = valid_from.unwrap_or(tomorrow);
        if valid_from < tomorrow {
            return Err(Problem::field("/valid_from", Issue::new("rules_begin_tomorrow")));
        }
        let how = spread.map_or_else(Learning::default, |spread| Learning { spread });
        let learned = tx.match_rules_learn(&permit, valid_from, how).map_err(refused)?;
        if dry_run == Some(true) {
            return Answer::ok(&MatchRulesView::from(DatedMatchRules { published: None, ..learned }));
        }
        let fresh = tx.match_rules_publish(&permit, &learned).map_err(refused)?;
        let view = MatchRulesView::from(learned);
        if fresh { Answer::created("/api/v1/register/match-rules", &view) } else { Answer::ok(&view) }
    })
    .await
}

fn refused(error: LearnError) -> Problem {
    match error {
        LearnError::Refused(LearningRefusal::Spread) => {
            Problem::field("/spread", Issue::new("spread_out_of_range").with("min", SPREADS.0).with("max", SPREADS.1))
        }
        LearnError::Refused(refusal @ LearningRefusal::TooFew { same, different }) => {
            Problem::new(ProblemCode::DomainRule)
                .because(refusal.code())
                .with("same", same)
                .with("different", different)
        }
        LearnError::Refused(refusal) => Problem::new(ProblemCode::DomainRule).because(refusal.code()),
        LearnError::DateTaken => Problem::new(ProblemCode::DomainRule).because("match_rules_date_taken"),
        LearnError::Storage(error) => error.into(),
    }
}
