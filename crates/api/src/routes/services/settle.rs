//! `PATCH /cases/{id}/appointments/{appointment_id}`.

use actix_web::{HttpResponse, patch};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::ids::{AppointmentId, CaseId};
use qorgan_domain::policy::Action;
use qorgan_domain::services::{AppointmentStatus, may_settle};
use qorgan_domain::text::Reason;
use qorgan_storage::services::Settlement;

use super::view::AppointmentView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IfMatch, PathId};
use crate::routes::stage::stage_problem;
use crate::routes::version::unchanged;

request! {
    /// What became of an appointment.
    #[schema(example = json!({"status": "cancelled", "reason": "The mother is ill; a new one follows."}))]
    pub struct AppointmentChange {
        /// `kept`, `missed` or `cancelled`.
        pub status: AppointmentStatus,
        /// Why it was cancelled (needed then) or missed, or what is to be noted; in the appointment's section.
        pub reason: Option<Reason>,
    }
}

/// Record that an appointment was kept, missed or cancelled. A cancelled one frees its place; another time is another
/// appointment.
#[utoipa::path(
    tag = "services",
    operation_id = "appointment_update",
    params(("id" = CaseId, Path), ("appointment_id" = AppointmentId, Path), IfMatch),
    request_body = AppointmentChange,
    responses(
        (status = 200, body = AppointmentView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("appointment_write"))),
)]
#[patch("/cases/{id}/appointments/{appointment_id}")]
pub async fn appointment_update(
    ctx: Ctx,
    id: PathId<CaseId>,
    appointment_id: PathId<AppointmentId, 1>,
    if_match: IfMatch,
    body: Body<AppointmentChange>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let change = body.value;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::AppointmentWrite)?;
        let appointment = tx.appointment_of(&case, appointment_id.0)?;
        unchanged(appointment.version, if_match)?;
        if change.status == AppointmentStatus::Cancelled && change.reason.is_none() {
            return Err(Problem::field("/reason", Issue::new("required_here")));
        }
        may_write(CasePart::Help, case.state.stage).map_err(stage_problem)?;
        may_settle(appointment.status, change.status, appointment.starts_at, tx.now())
            .map_err(|refusal| Problem::new(ProblemCode::DomainRule).because(refusal))?;
        let settlement = Settlement { status: change.status, reason: change.reason.map(Reason::into_string) };
        tx.appointment_settle(&case, &appointment, &settlement)?;
        let settled = tx.appointment_of(&case, appointment_id.0)?;
        let version = settled.version;
        Ok(Answer::ok(&AppointmentView::of(settled, language))?.etag(version))
    })
    .await
}
