//! `POST /statistics/releases`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::ids::{ReleaseId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::release::{ReleasePeriod, ReleasePeriodKind, as_of_ok, last_month_end};
use qorgan_storage::statistics::releases::NewRelease;
use qorgan_storage::{AccessError, Denial, StorageError, Tx};
use uuid::Uuid;

use super::view::ReleaseView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey};

request! {
    /// A release to be proposed.
    #[schema(as = ReleaseRequest, example = json!({"period": "quarter", "from": "2026-07-01", "as_of": "2026-10-31"}))]
    pub struct ReleaseRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same release.
        pub id: Option<ReleaseId>,
        /// The length of the period.
        pub period: ReleasePeriodKind,
        /// The first day of the period.
        pub from: NaiveDate,
        /// The register as it read at the end of this day, the last one of a month that is over; the latest such day when
        /// absent.
        pub as_of: Option<NaiveDate>,
    }
}

/// Propose a release: close a period as of a day.
///
/// The numbers are counted now and stand from then on, exact and protected. Every agency that reported facts of the period
/// finds its part among `/statistics/releases/{id}/parts` and confirms it or objects. A period has one proposal at a time;
/// after a release is published a new edition may be proposed, as of a later day.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_create",
    params(IdempotencyKey),
    request_body = ReleaseRequest,
    responses(
        (status = 201, body = ReleaseView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "It was proposed before by this very request", body = ReleaseView),
        (status = 409, description = "id_taken, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_manage"))),
)]
#[post("/statistics/releases")]
pub async fn release_create(ctx: Ctx, body: Body<ReleaseRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::ReleaseManage)?;
        let known = repeated(tx, &request)?;
        let id = match known {
            Some(id) => id,
            None => {
                let new = checked(tx, &request)?;
                tx.release_propose(&permit, &new).map_err(refused)?;
                new.id
            }
        };
        let release = tx.release_for(id, Action::ReleaseManage)?;
        let view = ReleaseView::of(&release, tx.actor());
        let location = format!("/api/v1/statistics/releases/{id}");
        let answer = if known.is_none() { Answer::created(location, &view)? } else { Answer::ok(&view)? };
        Ok(answer.etag(release.version))
    })
    .await
}

fn checked(tx: &mut Tx<'_>, request: &ReleaseRequest) -> Result<NewRelease, Problem> {
    let today = tx.today();
    let as_of = request.as_of.unwrap_or_else(|| last_month_end(today, today));
    let mut errors = FieldErrors::new();
    let id = request.id.unwrap_or_else(|| Uuid::now_v7().into());
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let period = match ReleasePeriod::new(request.period, request.from) {
        Ok(period) => {
            if let Err(invalid) = as_of_ok(&period, as_of, today) {
                errors.push(&Pointer::ROOT.key("as_of"), invalid);
            }
            Some(period)
        }
        Err(invalid) => {
            errors.push(&Pointer::ROOT.key("from"), invalid);
            None
        }
    };
    let Some(period) = period.filter(|_| errors.is_empty()) else { return Err(Problem::validation(errors)) };
    let last = tx.release_last_edition(&period)?;
    if last.is_some_and(|last| as_of <= last.as_of) {
        return Err(Problem::field("/as_of", Issue::new("as_of_not_later")));
    }
    Ok(NewRelease { id, period, as_of, last })
}

fn refused(error: AccessError) -> Problem {
    match &error {
        AccessError::Storage(StorageError::Duplicate { constraint })
            if matches!(constraint.as_str(), "statistics_releases_proposed" | "statistics_releases_edition") =>
        {
            Problem::new(ProblemCode::DomainRule).because("release_already_proposed")
        }
        _ => error.into(),
    }
}

/// The release of this id, if it was proposed with the same content.
fn repeated(tx: &mut Tx<'_>, request: &ReleaseRequest) -> Result<Option<ReleaseId>, Problem> {
    let Some(id) = request.id else { return Ok(None) };
    match tx.release_for(id, Action::ReleaseManage) {
        Ok(release)
            if release.proposed_by == tx.actor().user
                && (release.period.kind(), release.period.from()) == (request.period, request.from)
                && request.as_of.is_none_or(|as_of| as_of == release.as_of) =>
        {
            Ok(Some(id))
        }
        Ok(_) => Err(Problem::new(ProblemCode::IdTaken)),
        Err(AccessError::Denied(Denial::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
