//! `GET /classifiers/{name}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::policy::Action;

use super::labels;
use super::view::{ClassifierItemView, ClassifierView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request::PathId;

/// Read a classifier: the codes of a closed vocabulary with their words.
///
/// Names: `account_kind`, `age_five_years`, `age_group`, `age_school_stage`, `appointment_status`,
/// `assessment_purpose`, `assessment_respondent`,
/// `assessment_status`, `attachment_kind`, `board_role`, `capacity_period`, `case_action`, `case_event_kind`,
/// `case_link_kind`, `child_role`, `closure_outcome`, `conflict_ground`, `consent_form`, `consent_status`,
/// `material_status`, `qualification_outcome`, `recusal_ground`,
/// `consilium_outcome`, `consilium_status`, `consilium_vote`, `deadline_kind`, `deadline_state`, `duplicate_sign`,
/// `escalation_level`, `escalation_target`, `fact_kind`, `fact_outcome`, `fact_status`, `family_member`, `family_relation`,
/// `follow_up_finding`, `linked_child_role`, `organisation_kind`, `participant_role`, `placement_change`,
/// `placement_status`, `plan_status`, `question_kind`, `relation`, `review_conclusion`, `risk_direction`,
/// `differing_field`, `item_origin`, `reconciliation_outcome`, `reconciliation_status`, `resolution`,
/// `rate_direction`, `rate_sufficiency`, `range_state`, `risk_indicator`,
/// `risk_level`, `risk_override`, `role`, `scope`, `scoring`, `section`, `service_kind`, `service_language`,
/// `setting`, `sex`, `signal_channel`, `signal_status`, `stage`, `submitter`, `suicidal_level`, `task_origin`,
/// `task_status`, `time_unit`, `triage_decision`, `urgency`, `violence_form`, `worklist`.
#[utoipa::path(
    tag = "reference",
    operation_id = "classifier_get",
    params(("name" = String, Path, example = "risk_level")),
    responses((status = 200, body = ClassifierView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/classifiers/{name}")]
pub async fn classifier_get(ctx: Ctx, name: PathId<String>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        tx.authorize(Action::ReferenceRead)?;
        let labels = labels::of(&name.0).ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
        Answer::ok(&ClassifierView {
            name: name.0,
            provisional: labels::PROVISIONAL,
            items: labels.iter().map(|label| ClassifierItemView::of(label, language)).collect(),
        })
    })
    .await
}
