//! The API document: what stands in it once for all operations, and how it is served.
//!
//! Operations come from `#[utoipa::path]` on the handlers, by the same registration that makes the routes
//! (`utoipa_actix_web`). [`base`] starts the document, [`complete`] adds what follows from an operation's
//! shape, [`complaints`] is the test that nothing is left undocumented.

mod check;
mod complete;
mod serve;

pub use check::complaints;
pub use complete::complete;
pub use serve::{Document, serve};

use std::collections::BTreeMap;

use qorgan_domain::cases::CaseEventKind;
use qorgan_domain::ids;
use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::ServerBuilder;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, ContactBuilder, InfoBuilder, OpenApi, OpenApiBuilder};

use crate::routes::stale::{CurrentVersion, Difference, Named, StaleProblem};

/// Name of the security scheme: `security(("bearer" = []))` on every operation that needs a token.
pub const SECURITY_SCHEME: &str = "bearer";

/// Extension of every operation that names the right it asks for: `extensions(("x-permission" = json!("…")))`.
pub const PERMISSION: &str = "x-permission";

/// Areas of the API, in the order of a case's life.
const TAGS: &[(&str, &str)] = &[
    ("identity", "Log-in, sessions, users, organisations"),
    ("reference", "Agencies, words of the classifiers"),
    ("territory", "Region, cities, districts"),
    ("children", "The shared index of children"),
    ("signals", "First word of a possible danger to a child"),
    ("cases", "The managed work for one child"),
    ("protocols", "What a kind of fact calls for, by agency and deadline"),
    ("tasks", "Steps of organisations"),
    ("consilium", "The board that reviews hard cases"),
    ("clocks", "Working calendar, rules of time, deadlines of cases"),
    ("notifications", "What you are told"),
    ("family", "The family of the child, and what help they agreed to"),
    ("services", "The directory of services, and appointments with them"),
    ("in-school-register", "Pupils under the attention of their school"),
    ("register", "The unified register: reports and facts"),
    ("qualification", "The group that qualifies facts of suicidal behaviour"),
    ("statistics", "Counts of the register"),
    ("sync", "What changed: the feed of apps that work offline"),
    ("audit", "Who did what to which record"),
    ("service", "Is the server alive and ready"),
];

const DESCRIPTION: &str = "\
Qorgan is the back end on which the agencies of the Karaganda region protect children together.

* Errors are problem documents (RFC 9457) in the language of `Accept-Language` (`ru`, `kk`, `en`); `code` is stable, \
and `/problems/{code}` explains it.
* A change needs `If-Match` with the `ETag` that was read; a `POST` may carry an `Idempotency-Key`.
* Lists take `limit` and `cursor`; unknown query parameters and unknown JSON members are refused by name.
* `X-Request-Id` is echoed, `RateLimit` tells what is left of the quota.";

/// The document before any operation is registered.
pub fn base() -> OpenApi {
    let tags =
        TAGS.iter().map(|(name, description)| TagBuilder::new().name(*name).description(Some(*description)).build());
    let components = path_parameters(ComponentsBuilder::new())
        .schema("Problem", problem_schema())
        .schema_from::<StaleProblem>()
        .schema_from::<CurrentVersion>()
        .schema_from::<Difference>()
        .schema_from::<Named>()
        .schema_from::<CaseEventKind>()
        .security_scheme(
            SECURITY_SCHEME,
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("JWT")
                    .description(Some("Access token of `POST /api/v1/auth/login`."))
                    .build(),
            ),
        )
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Qorgan")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .contact(Some(ContactBuilder::new().name(Some("Qorgan")).build()))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/").description(Some("This server")).build()]))
        .tags(Some(tags))
        .components(Some(components))
        .build()
}

/// Schemas of ids that stand in paths: utoipa refers to them, but gathers those of bodies only. [`complete`]
/// takes out what nothing refers to.
fn path_parameters(components: ComponentsBuilder) -> ComponentsBuilder {
    components
        .schema_from::<ids::AttachmentId>()
        .schema_from::<ids::AssessmentId>()
        .schema_from::<ids::AuditEventId>()
        .schema_from::<ids::CaseId>()
        .schema_from::<ids::ChildId>()
        .schema_from::<ids::ChildMatchReviewId>()
        .schema_from::<ids::ConsiliumItemId>()
        .schema_from::<ids::ConsiliumSessionId>()
        .schema_from::<ids::FactId>()
        .schema_from::<ids::QualificationSessionId>()
        .schema_from::<ids::QualificationItemId>()
        .schema_from::<ids::QualificationMaterialId>()
        .schema_from::<ids::AppointmentId>()
        .schema_from::<ids::FamilyMemberId>()
        .schema_from::<ids::PlacementId>()
        .schema_from::<ids::ServiceId>()
        .schema_from::<ids::NoteId>()
        .schema_from::<ids::CaseLinkId>()
        .schema_from::<ids::LinkedChildId>()
        .schema_from::<qorgan_domain::cases::worklists::Worklist>()
        .schema_from::<ids::OrganisationId>()
        .schema_from::<ids::ProtocolApplicationId>()
        .schema_from::<ids::ReconciliationId>()
        .schema_from::<ids::ReconciliationItemId>()
        .schema_from::<ids::ReleaseId>()
        .schema_from::<ids::ReleasePartId>()
        .schema_from::<ids::ReportId>()
        .schema_from::<ids::ReviewId>()
        .schema_from::<ids::SignalId>()
        .schema_from::<ids::TaskId>()
        .schema_from::<ids::UserId>()
}

/// The schema of a problem document: the members of RFC 9457 and those of our convention.
fn problem_schema() -> Schema {
    let text = |description: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(description));
    let error = ObjectBuilder::new()
        .property("pointer", text("JSON pointer to the field, or the name of the parameter or header"))
        .property("code", text("Stable code of what is wrong"))
        .property("message", text("The same in words"))
        .required("pointer")
        .required("code")
        .required("message")
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    let status = ObjectBuilder::new().schema_type(Type::Integer).description(Some("HTTP status"));
    let required = ["type", "title", "status", "detail", "instance", "code", "request_id"];
    let problem = ObjectBuilder::new()
        .description(Some("A problem document (RFC 9457). Kinds of problem may add members of their own."))
        .property("type", text("Address of the page that explains the kind of problem"))
        .property("title", text("The kind in a few words"))
        .property("status", status)
        .property("detail", text("What happened and what to do"))
        .property("instance", text("Path of the request"))
        .property("code", text("Stable code of the kind, never translated"))
        .property("errors", ArrayBuilder::new().items(error).description(Some("Every wrong field")))
        .property("request_id", text("Id of the request, for support"))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    required.into_iter().fold(problem, ObjectBuilder::required).into()
}

/// The document as text, the same for the same operations whatever their order in memory: maps sorted.
///
/// # Errors
/// When the document is not JSON, which a document of utoipa is.
pub fn to_text(document: &OpenApi) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&sorted(serde_json::to_value(document)?))?;
    text.push('\n');
    Ok(text)
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}
