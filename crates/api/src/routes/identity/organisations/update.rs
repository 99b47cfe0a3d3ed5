//! `PATCH /organisations/{id}`.

use actix_web::{HttpResponse, patch};
use qorgan_domain::identity::{OrganisationKind, check_own_organisation};
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::Action;
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Title;
use qorgan_storage::identity::OrganisationChange;

use super::known_references;
use super::view::OrganisationView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IfMatch, Patch, PathId};
use crate::routes::version::unchanged;

request! {
    /// What changes of an organisation; what is left out stays.
    #[schema(example = json!({"name": "Школа-лицей № 300", "active": true}))]
    pub struct OrganisationPatch {
        /// Its name, in Russian.
        pub name: Option<Title>,
        /// Its name in Kazakh; `null` removes it.
        #[schema(value_type = Option<Title>)]
        pub name_kk: Patch<Title>,
        /// What it is.
        pub kind: Option<OrganisationKind>,
        /// Its territory (KATO). The reach of its people, and who sees its cases, follow at once.
        pub territory: Option<Kato>,
        /// Whether it works. Nobody of one that does not can log in, and sessions that are open end at once.
        pub active: Option<bool>,
    }
}

impl From<OrganisationPatch> for OrganisationChange {
    fn from(patch: OrganisationPatch) -> Self {
        Self {
            name: patch.name.map(Title::into_string),
            name_kk: match patch.name_kk {
                Patch::Absent => None,
                Patch::Null => Some(None),
                Patch::Value(name) => Some(Some(name.into_string())),
            },
            kind: patch.kind,
            kato: patch.territory,
            active: patch.active,
        }
    }
}

/// Change an organisation. Its agency never changes, because its people's roles hang on it.
#[utoipa::path(
    tag = "identity",
    operation_id = "organisation_update",
    params(("id" = OrganisationId, Path), IfMatch),
    request_body = OrganisationPatch,
    responses(
        (status = 200, body = OrganisationView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("organisation_manage"))),
)]
#[patch("/organisations/{id}")]
pub async fn organisation_update(
    ctx: Ctx,
    id: PathId<OrganisationId>,
    if_match: IfMatch,
    body: Body<OrganisationPatch>,
) -> Result<HttpResponse, Problem> {
    let change = OrganisationChange::from(body.value);
    ctx.answer(move |tx| {
        let organisation = tx.organisation_for(id.0, Action::OrganisationManage)?;
        unchanged(organisation.version, if_match)?;
        check_own_organisation(tx.actor(), id.0, change.active)
            .map_err(|rule| Problem::new(ProblemCode::DomainRule).because(rule))?;
        let changed = tx.organisation_update(&organisation, change).map_err(known_references)?;
        Ok(Answer::ok(&OrganisationView::from(&changed))?.etag(changed.version))
    })
    .await
}
