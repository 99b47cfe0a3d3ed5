//! `POST /deadline-rules`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::cases::{RiskLevel, Stage};
use qorgan_domain::clocks::{Allowance, DeadlineKind, DeadlineRule, EscalationLevel, EscalationStep, TimeUnit};
use qorgan_domain::ids::{DeadlineRuleId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Title;
use qorgan_storage::clocks::{NewDeadlineRule, PublishedRule};
use qorgan_storage::{StorageError, Tx};
use uuid::Uuid;

use super::view::DeadlineRuleView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey};

request! {
    /// A time limit.
    pub struct TimeLimitRequest {
        /// How many.
        pub amount: i32,
        /// Of what.
        pub unit: TimeUnit,
    }

    /// A step of escalation.
    pub struct EscalationStepRequest {
        /// Who is told.
        pub to: EscalationLevel,
        /// How long after the due time; 0 hours is at once.
        pub after: TimeLimitRequest,
    }

    /// A rule of time. It replaces the rule of the same code and risk from its first day on.
    #[schema(example = json!({
        "code": "assessment", "risk_level": "high", "valid_from": "2027-01-01",
        "allowance": {"amount": 5, "unit": "working_days"}, "remind_before": {"amount": 1, "unit": "working_days"},
        "escalation": [{"to": "manager", "after": {"amount": 0, "unit": "hours"}},
                       {"to": "supervisor", "after": {"amount": 1, "unit": "working_days"}}],
        "source": "Order of the department",
    }))]
    pub struct DeadlineRuleRequest {
        /// Its id, if the client chooses one (UUIDv7).
        pub id: Option<DeadlineRuleId>,
        /// What has a deadline.
        pub code: DeadlineKind,
        /// At which risk.
        pub risk_level: RiskLevel,
        /// From this day on; not before today.
        pub valid_from: NaiveDate,
        /// How long it may take; not for `task_due`: tasks bring their own due time.
        pub allowance: Option<TimeLimitRequest>,
        /// It may never take longer than this.
        pub at_latest: Option<TimeLimitRequest>,
        /// How long before the due time it is called to mind.
        pub remind_before: TimeLimitRequest,
        /// Who is told once it is late, in the order of the levels.
        pub escalation: Vec<EscalationStepRequest>,
        /// In these stages of the case the clock stands still.
        pub pause_stages: Vec<Stage>,
        /// The act it comes from.
        pub source: Title,
        /// Whether that is not verified yet; `false` where absent.
        pub provisional: Option<bool>,
    }
}

/// Publish a rule of time. Deadlines that run keep the rule they began with, unless the risk of their case changes.
#[utoipa::path(
    tag = "clocks",
    operation_id = "deadline_rule_publish",
    params(IdempotencyKey),
    request_body = DeadlineRuleRequest,
    responses(
        (status = 201, body = DeadlineRuleView, headers(("Location" = String))),
        (status = 200, body = DeadlineRuleView),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("clock_manage"))),
)]
#[post("/deadline-rules")]
pub async fn deadline_rule_publish(ctx: Ctx, body: Body<DeadlineRuleRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::ClockManage)?;
        let new = checked(request)?;
        if let Some(known) = tx.deadline_rule(new.id)? {
            return if same(&known, &new, tx) {
                Answer::ok(&DeadlineRuleView::from(known))
            } else {
                Err(Problem::new(ProblemCode::IdTaken))
            };
        }
        if new.valid_from < tx.today() {
            return Err(Problem::field("/valid_from", Issue::new("date_past")));
        }
        tx.deadline_rule_publish(&permit, &new).map_err(date_taken)?;
        let written = tx.deadline_rule(new.id)?.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created("/api/v1/deadline-rules", &DeadlineRuleView::from(written))
    })
    .await
}

fn date_taken(error: StorageError) -> Problem {
    match &error {
        StorageError::Duplicate { constraint } if constraint == "clock_rules_code_risk_level_valid_from_key" => {
            Problem::new(ProblemCode::DomainRule).because("rule_date_taken")
        }
        _ => error.into(),
    }
}

fn same(known: &PublishedRule, new: &NewDeadlineRule, tx: &Tx<'_>) -> bool {
    known.published.is_some_and(|(by, _)| by == tx.actor().user)
        && (known.kind, known.risk_level, known.valid_from) == (new.kind, new.risk_level, new.valid_from)
        && known.rule == new.rule
        && known.source == new.source.as_str()
        && known.provisional == new.provisional
}

/// The rule, or everything that is wrong with it.
fn checked(request: DeadlineRuleRequest) -> Result<NewDeadlineRule, Problem> {
    let mut errors = FieldErrors::new();
    let id = request.id.unwrap_or_else(|| DeadlineRuleId::from_uuid(Uuid::now_v7()));
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let rule = DeadlineRule {
        allowance: request.allowance.and_then(|limit| limit.read(&Pointer::ROOT.key("allowance"), &mut errors)),
        at_latest: request.at_latest.and_then(|limit| limit.read(&Pointer::ROOT.key("at_latest"), &mut errors)),
        remind_before: request
            .remind_before
            .read(&Pointer::ROOT.key("remind_before"), &mut errors)
            .unwrap_or(Allowance::new(0, TimeUnit::Hours)),
        escalation: steps(request.escalation, &mut errors),
        pause_stages: request.pause_stages,
    };
    if errors.is_empty() {
        for (field, invalid) in rule.complaints(request.code) {
            let mut parts = field.split('/');
            let at = Pointer::ROOT.key(parts.next().unwrap_or_default());
            match parts.next() {
                Some(member) => errors.push(&at.key(member), invalid),
                None => errors.push(&at, invalid),
            }
        }
    }
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    Ok(NewDeadlineRule {
        id,
        kind: request.code,
        risk_level: request.risk_level,
        valid_from: request.valid_from,
        rule,
        source: request.source,
        provisional: request.provisional.unwrap_or(false),
    })
}

fn steps(steps: Vec<EscalationStepRequest>, errors: &mut FieldErrors) -> Vec<EscalationStep> {
    let list = Pointer::ROOT.key("escalation");
    let mut read = Vec::with_capacity(steps.len());
    for (place, step) in steps.into_iter().enumerate() {
        let after = step.after.read(&list.index(place).key("after"), errors);
        read.extend(after.map(|after| EscalationStep { to: step.to, after }));
    }
    read
}

impl TimeLimitRequest {
    fn read(self, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Allowance> {
        let issue = match u16::try_from(self.amount) {
            Ok(amount) => return Some(Allowance::new(amount, self.unit)),
            Err(_) if self.amount < 0 => Issue::new("number_too_small").with("min", 0),
            Err(_) => Issue::new("number_too_large").with("max", u16::MAX),
        };
        errors.push(&at.key("amount"), issue);
        None
    }
}
