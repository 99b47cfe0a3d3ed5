//! `PATCH /cases/{id}/family/{member_id}`.

use actix_web::{HttpResponse, patch};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::children::PersonName;
use qorgan_domain::family::FamilyRelation;
use qorgan_domain::ids::{CaseId, FamilyMemberId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Narrative;
use qorgan_storage::family::{Contact, FamilyChange, FamilyDetails, FamilyMember};

use super::view::FamilyMemberView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IfMatch, Patch, PathId};
use crate::routes::stage::stage_problem;
use crate::routes::version::unchanged;

request! {
    /// What changes of what is known of somebody; what is left out stays. What stood before is kept.
    #[schema(example = json!({"lives_with_child": false}))]
    pub struct FamilyMemberChange {
        /// What they are to the child.
        pub relation: Option<FamilyRelation>,
        /// Last name; `null` takes it away.
        #[schema(value_type = Option<PersonName>)]
        pub last_name: Patch<PersonName>,
        /// First name; `null` takes it away.
        #[schema(value_type = Option<PersonName>)]
        pub first_name: Patch<PersonName>,
        /// Patronymic; `null` takes it away.
        #[schema(value_type = Option<PersonName>)]
        pub patronymic: Patch<PersonName>,
        /// How to reach them; `null` takes it away.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
        pub contact: Patch<Contact>,
        /// Whether they live with the child; `null`: not known.
        #[schema(value_type = Option<bool>)]
        pub lives_with_child: Patch<bool>,
        /// What else matters; `null` takes it away.
        #[schema(value_type = Option<Narrative>)]
        pub note: Patch<Narrative>,
        /// Whether they are the alleged perpetrator; section `investigation`.
        pub alleged_perpetrator: Option<bool>,
    }
}

impl FamilyMemberChange {
    fn touches_details(&self) -> bool {
        [&self.last_name, &self.first_name, &self.patronymic].into_iter().any(Patch::is_mentioned)
            || self.contact.is_mentioned()
            || self.lives_with_child.is_mentioned()
            || self.note.is_mentioned()
    }
}

/// Change what is known of somebody of the family. Whoever may not read what the section `social` protects cannot
/// change it, but may say whether somebody is the alleged perpetrator.
#[utoipa::path(
    tag = "family",
    operation_id = "family_member_update",
    params(("id" = CaseId, Path), ("member_id" = FamilyMemberId, Path), IfMatch),
    request_body = FamilyMemberChange,
    responses(
        (status = 200, body = FamilyMemberView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("family_write"))),
)]
#[patch("/cases/{id}/family/{member_id}")]
pub async fn family_member_update(
    ctx: Ctx,
    id: PathId<CaseId>,
    member_id: PathId<FamilyMemberId, 1>,
    if_match: IfMatch,
    body: Body<FamilyMemberChange>,
) -> Result<HttpResponse, Problem> {
    let change = body.value;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::FamilyWrite)?;
        let member = tx.family_member_of(&case, member_id.0)?;
        unchanged(member.version, if_match)?;
        may_write(CasePart::Help, case.state.stage).map_err(stage_problem)?;
        let change = change_of(&member, change)?;
        tx.family_update(&case, &member, &change)?;
        let view = FamilyMemberView::from(tx.family_member_of(&case, member_id.0)?);
        let version = view.version;
        Ok(Answer::ok(&view)?.etag(version))
    })
    .await
}

fn change_of(member: &FamilyMember, change: FamilyMemberChange) -> Result<FamilyChange, Problem> {
    let details = if change.touches_details() {
        let present = member.details.clone().ok_or_else(|| Problem::new(ProblemCode::Forbidden))?;
        Some(FamilyDetails {
            last_name: change.last_name.apply(present.last_name),
            first_name: change.first_name.apply(present.first_name),
            patronymic: change.patronymic.apply(present.patronymic),
            contact: change.contact.apply(present.contact),
            lives_with_child: change.lives_with_child.apply(present.lives_with_child),
            note: change.note.apply(present.note),
        })
    } else {
        None
    };
    Ok(FamilyChange { relation: change.relation, details, alleged_perpetrator: change.alleged_perpetrator })
}
