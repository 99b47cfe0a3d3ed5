//! `POST /cases/bulk-assign`: somebody leaves, and the cases get another manager.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::bulk::{ItemOutcome, MOST_ITEMS};
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::ids::{CaseId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use qorgan_storage::cases::CaseAmendment;
use qorgan_storage::{AccessError, Denial, StorageError, Tx};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem};
use crate::request;
use crate::request::{Body, IdempotencyKey};

request! {
    /// Cases that are to get another case manager: 1 to 100, each once.
    #[schema(example = json!({
        "items": [{"case_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "version": 4}],
        "manager_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ac", "reason": "The colleague went on leave."
    }))]
    pub struct BulkAssignRequest {
        /// The cases.
        #[schema(min_items = 1, max_items = 100)]
        pub items: Vec<BulkAssignItem>,
        /// The case manager of every case for which none is named.
        pub manager_id: Option<UserId>,
        /// Why; it is kept as a note of each case.
        pub reason: Reason,
    }

    /// One case.
    #[schema(example = json!({"case_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "version": 4}))]
    pub struct BulkAssignItem {
        /// The case.
        pub case_id: CaseId,
        /// The version that was read.
        pub version: i64,
        /// Its case manager.
        pub manager_id: Option<UserId>,
    }
}

/// What came of one case.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAssignResult {
    /// The case.
    pub case_id: CaseId,
    /// What came of it.
    pub outcome: ItemOutcome,
    /// The rule that stands against it, for `domain_rule`.
    pub code: Option<&'static str>,
    /// The present version: the new one for `done`, the one to be read again for `stale`.
    pub version: Option<i64>,
}

/// What came of each case, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAssignResults {
    /// How many were changed.
    pub done: usize,
    /// What came of each.
    pub results: Vec<BulkAssignResult>,
}

/// Why a case was not changed, or why nothing can be.
enum Refused {
    Item { outcome: ItemOutcome, code: Option<&'static str>, version: Option<i64> },
    Failed(StorageError),
}

impl Refused {
    const fn item(outcome: ItemOutcome) -> Self {
        Self::Item { outcome, code: None, version: None }
    }

    const fn rule(code: &'static str) -> Self {
        Self::Item { outcome: ItemOutcome::DomainRule, code: Some(code), version: None }
    }
}

impl From<StorageError> for Refused {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Stale => Self::item(ItemOutcome::Stale),
            error => Self::Failed(error),
        }
    }
}

impl From<AccessError> for Refused {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Denied(Denial::NotFound) => Self::item(ItemOutcome::NotFound),
            AccessError::Denied(Denial::Forbidden) => Self::item(ItemOutcome::Forbidden),
            AccessError::Storage(error) => error.into(),
        }
    }
}

/// Name the case manager of many cases at once.
///
/// Each case fares by itself: what stands against one is told in its result and changes nothing for the others. Every
/// change, and every refusal, is audited. Send an `Idempotency-Key`: a repeat is answered with the first results.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_bulk_assign",
    params(IdempotencyKey),
    request_body = BulkAssignRequest,
    responses((status = 200, body = BulkAssignResults)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_assign"))),
)]
#[post("/cases/bulk-assign")]
pub async fn case_bulk_assign(ctx: Ctx, body: Body<BulkAssignRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.authorize(Action::CaseAssign)?;
        check(&request)?;
        Answer::ok(&assign_all(tx, &request)?)
    })
    .await
}

/// What is wrong with the request as a whole.
fn check(request: &BulkAssignRequest) -> Result<(), Problem> {
    let mut errors = FieldErrors::new();
    let at_items = Pointer::ROOT.key("items");
    if request.items.is_empty() {
        errors.push(&at_items, Issue::new("too_few_items").with("min", 1));
    }
    if request.items.len() > MOST_ITEMS {
        errors.push(&at_items, Issue::new("too_many_items").with("max", MOST_ITEMS));
    }
    let mut seen = BTreeSet::new();
    for (place, item) in request.items.iter().enumerate() {
        let at = at_items.index(place);
        if !seen.insert(item.case_id) {
            errors.push(&at.key("case_id"), Issue::new("repeated_item"));
        }
        if item.manager_id.or(request.manager_id).is_none() {
            errors.push(&at.key("manager_id"), Issue::new("required_here"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}

fn assign_all(tx: &mut Tx<'_>, request: &BulkAssignRequest) -> Result<BulkAssignResults, Problem> {
    // Always in the order of the ids: two requests at once wait for one another instead of standing in each other's way.
    let mut order: Vec<(usize, &BulkAssignItem)> = request.items.iter().enumerate().collect();
    order.sort_by_key(|(_, item)| item.case_id);
    let mut results = Vec::with_capacity(order.len());
    for (place, item) in order {
        let (outcome, code, version) = match tx.part(|tx| assign(tx, item, request)) {
            Ok(version) => (ItemOutcome::Done, None, Some(version)),
            Err(Refused::Item { outcome, code, version }) => (outcome, code, version),
            Err(Refused::Failed(error)) => return Err(error.into()),
        };
        if outcome != ItemOutcome::Done {
            let case = item.case_id.as_uuid();
            tx.audit_refused(Action::CaseAssign, case, Some(case), code.unwrap_or(outcome.as_str()));
        }
        results.push((place, BulkAssignResult { case_id: item.case_id, outcome, code, version }));
    }
    results.sort_by_key(|(place, _)| *place);
    let results: Vec<BulkAssignResult> = results.into_iter().map(|(_, result)| result).collect();
    let done = results.iter().filter(|result| result.outcome == ItemOutcome::Done).count();
    Ok(BulkAssignResults { done, results })
}

/// Names the manager of one case; answers with its new version.
fn assign(tx: &mut Tx<'_>, item: &BulkAssignItem, request: &BulkAssignRequest) -> Result<i64, Refused> {
    let case = tx.case_for(item.case_id, Action::CaseAssign)?;
    if case.version != item.version {
        return Err(Refused::Item { outcome: ItemOutcome::Stale, code: None, version: Some(case.version) });
    }
    may_write(CasePart::Master, case.state.stage).map_err(|_| Refused::rule("wrong_stage"))?;
    let Some(manager) = item.manager_id.or(request.manager_id) else {
        return Err(Refused::rule("manager_not_eligible"));
    };
    if !tx.may_manage(&case, manager)? {
        return Err(Refused::rule("manager_not_eligible"));
    }
    tx.case_amend(&case, &CaseAmendment { manager: Some(manager), ..CaseAmendment::default() })?;
    tx.reason_note(&case, &request.reason)?;
    Ok(case.version + 1)
}
