//! `POST /organisations`.

use actix_web::{HttpResponse, post};
use qorgan_domain::identity::{AgencyCode, OrganisationKind};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::Title;
use qorgan_storage::identity::NewOrganisation;
use uuid::Uuid;

use super::known_references;
use super::view::OrganisationView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request;
use crate::request::{Body, IdempotencyKey};

request! {
    /// An organisation to add.
    #[schema(example = json!({
        "agency": "UO", "territory": "351000000", "kind": "school", "name": "Школа № 300", "name_kk": "№ 300 мектеп",
    }))]
    pub struct NewOrganisationRequest {
        /// The code of its agency; it never changes.
        pub agency: AgencyCode,
        /// Its territory (KATO).
        pub territory: Kato,
        /// What it is.
        pub kind: OrganisationKind,
        /// Its name, in Russian.
        pub name: Title,
        /// Its name, in Kazakh.
        pub name_kk: Option<Title>,
    }
}

/// Add an organisation.
#[utoipa::path(
    tag = "identity",
    operation_id = "organisation_create",
    params(IdempotencyKey),
    request_body = NewOrganisationRequest,
    responses((status = 201, body = OrganisationView, headers(("ETag" = String), ("Location" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("organisation_manage"))),
)]
#[post("/organisations")]
pub async fn organisation_create(ctx: Ctx, body: Body<NewOrganisationRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let permit = tx.authorize(Action::OrganisationManage)?;
        let id = Uuid::now_v7().into();
        let new = NewOrganisation {
            reference: OrganisationRef { id, agency: request.agency, kato: request.territory },
            kind: request.kind,
            name: request.name.into_string(),
            name_kk: request.name_kk.map(Title::into_string),
        };
        tx.organisation_insert(&permit, &new).map_err(known_references)?;
        let added = tx.organisation_for(id, Action::OrganisationRead)?;
        let location = format!("/api/v1/organisations/{id}");
        Ok(Answer::created(location, &OrganisationView::from(&*added))?.etag(added.version))
    })
    .await
}
