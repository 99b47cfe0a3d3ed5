//! `GET /signals/{id}/duplicates`: what is known already about the child of a signal.

use actix_web::{HttpResponse, get};
use qorgan_domain::cases::{RiskLevel, Stage};
use qorgan_domain::ids::{CaseId, OrganisationId, SignalId};
use qorgan_domain::policy::{Action, Actor};
use qorgan_domain::signals::DuplicateSign;
use qorgan_storage::signals::{DuplicateCase, DuplicateSignal, Duplicates};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::SignalView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldError, Issue, Problem, ProblemCode};
use crate::query;
use crate::request::{PathId, Query};

/// Days before and after the signal in which others count, unless the caller asks for another number.
pub const DEFAULT_DAYS: i32 = 90;
const MOST_DAYS: i32 = 3650;

query! {
    /// How far to look.
    pub struct DuplicateQuery {
        /// Other signals that came within so many days of this one, 1 to 3650; 90 by default.
        pub days: Option<i32>,
    }
}

/// Another signal that looks like one about the same child.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicateSignal)]
pub struct DuplicateSignalView {
    /// The signal.
    pub signal: SignalView,
    /// By what, the strongest first.
    pub evidence: Vec<DuplicateSign>,
}

/// An open case whose child looks like the signal's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuplicateCase)]
pub struct DuplicateCaseView {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub stage: Stage,
    /// Its risk.
    pub risk_level: RiskLevel,
    /// The organisation responsible.
    pub lead_organisation_id: OrganisationId,
    /// By what, the strongest first.
    pub evidence: Vec<DuplicateSign>,
}

/// What is known already, as far as the caller may read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignalDuplicates)]
pub struct DuplicatesView {
    /// Other signals, the latest first.
    pub signals: Vec<DuplicateSignalView>,
    /// Open cases, the latest change first.
    pub cases: Vec<DuplicateCaseView>,
}

impl DuplicatesView {
    fn of(found: &Duplicates, actor: &Actor) -> Self {
        let signal = |found: &DuplicateSignal| DuplicateSignalView {
            signal: SignalView::of(&found.signal, actor),
            evidence: found.signs.clone(),
        };
        let case = |found: &DuplicateCase| DuplicateCaseView {
            id: found.case.id,
            number: found.case.number.clone(),
            stage: found.case.state.stage,
            risk_level: found.case.state.risk_level,
            lead_organisation_id: found.case.lead.id,
            evidence: found.signs.clone(),
        };
        Self { signals: found.signals.iter().map(signal).collect(), cases: found.cases.iter().map(case).collect() }
    }
}

/// What is known already about the child of a signal: other signals, and open cases.
///
/// For those who decide on the signal. It shows only what the caller may read anyway; nothing tells of signals that
/// went to others. Signs are the same record of a child, the same ИИН, the same name with the date of birth, the same
/// name with a fitting age. Where two ИИН or two dates of birth differ the name is no sign.
#[utoipa::path(
    tag = "signals",
    operation_id = "signal_duplicates",
    params(("id" = SignalId, Path), DuplicateQuery),
    responses((status = 200, body = DuplicatesView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("signal_triage"))),
)]
#[get("/signals/{id}/duplicates")]
pub async fn signal_duplicates(
    ctx: Ctx,
    id: PathId<SignalId>,
    query: Query<DuplicateQuery>,
) -> Result<HttpResponse, Problem> {
    let days = days(query.0.days)?;
    ctx.answer(move |tx| {
        let signal = tx.signal_for(id.0, Action::SignalTriage)?;
        let found = tx.signal_duplicates(&signal, days)?;
        tx.signal_duplicates_shown(&found);
        Answer::ok(&DuplicatesView::of(&found, tx.actor()))
    })
    .await
}

fn days(asked: Option<i32>) -> Result<i64, Problem> {
    let days = asked.unwrap_or(DEFAULT_DAYS);
    let issue = if days < 1 {
        Issue::new("number_too_small").with("min", 1)
    } else if days > MOST_DAYS {
        Issue::new("number_too_large").with("max", MOST_DAYS)
    } else {
        return Ok(i64::from(days));
    };
    Err(Problem::new(ProblemCode::InvalidQuery).with_error(FieldError::new("days", issue)))
}
