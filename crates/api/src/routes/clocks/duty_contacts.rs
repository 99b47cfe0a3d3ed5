//! `/organisations/{id}/duty-contacts`: whom a crisis wakes.

use actix_web::{HttpResponse, get, put};
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_domain::policy::Action;
use qorgan_storage::Tx;
use qorgan_storage::identity::OrganisationChange;

use super::view::DutyContactView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem};
use crate::request;
use crate::request::{Body, IfMatch, Page, PathId};
use crate::routes::version::unchanged;

request! {
    /// Whom a crisis wakes, from today on.
    #[schema(example = json!({"user_ids": ["0190a6f8-5b1c-7c3e-9f00-1234567890ab"]}))]
    pub struct DutyContactsRequest {
        /// Users of the organisation; none lets its supervisors be told again.
        pub user_ids: Vec<UserId>,
    }
}

/// List whom a crisis wakes in an organisation. Where nobody is named its supervisors are told, and where it has none of
/// these, everybody there who works on cases.
#[utoipa::path(
    tag = "clocks",
    operation_id = "duty_contact_list",
    params(("id" = OrganisationId, Path)),
    responses((status = 200, body = Page<DutyContactView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("organisation_read"))),
)]
#[get("/organisations/{id}/duty-contacts")]
pub async fn duty_contact_list(ctx: Ctx, id: PathId<OrganisationId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let organisation = tx.organisation_for(id.0, Action::OrganisationRead)?;
        Ok(page(tx, id.0)?.etag(organisation.version))
    })
    .await
}

/// Name whom a crisis wakes in an organisation. The version is that of the organisation.
#[utoipa::path(
    tag = "clocks",
    operation_id = "duty_contact_name",
    params(("id" = OrganisationId, Path), IfMatch),
    request_body = DutyContactsRequest,
    responses((status = 200, body = Page<DutyContactView>, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("organisation_manage"))),
)]
#[put("/organisations/{id}/duty-contacts")]
pub async fn duty_contact_name(
    ctx: Ctx,
    id: PathId<OrganisationId>,
    if_match: IfMatch,
    body: Body<DutyContactsRequest>,
) -> Result<HttpResponse, Problem> {
    let mut users = body.value.user_ids;
    ctx.answer(move |tx| {
        let organisation = tx.organisation_for(id.0, Action::OrganisationManage)?;
        unchanged(organisation.version, if_match)?;
        let mut errors = FieldErrors::new();
        let list = Pointer::ROOT.key("user_ids");
        let unfit = tx.duty_contacts_unfit(id.0, &users)?;
        for (place, _) in users.iter().enumerate().filter(|(_, user)| unfit.contains(user)) {
            errors.push(&list.index(place), Issue::new("not_a_member"));
        }
        if !errors.is_empty() {
            return Err(Problem::validation(errors));
        }
        users.sort_unstable();
        users.dedup();
        tx.duty_contacts_name(&organisation, &users)?;
        let changed = tx.organisation_update(&organisation, OrganisationChange::default())?;
        Ok(page(tx, id.0)?.etag(changed.version))
    })
    .await
}

fn page(tx: &mut Tx<'_>, organisation: OrganisationId) -> Result<Answer, Problem> {
    let contacts = tx.duty_contact_list(organisation)?;
    Answer::ok(&Page { items: contacts.into_iter().map(DutyContactView::from).collect(), next_cursor: None })
}
