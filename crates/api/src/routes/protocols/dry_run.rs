//! `POST /protocols/{code}/dry-run`: what a protocol would create.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use qorgan_domain::calendar::local_date;
use qorgan_domain::cases::{RiskLevel, Section};
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::protocols::{
    Addressing, CaseFact, Circumstances, Definition, PlannedTask, ProtocolCode, StepCode, matches,
};
use qorgan_domain::register::{ChildRole, FactKind, Nature, SuicidalLevel, ViolenceForm};
use qorgan_domain::territory::Kato;
use qorgan_storage::Tx;
use qorgan_storage::protocols::ProtocolVersion;
use serde::Serialize;
use utoipa::ToSchema;

use super::publish::agencies;
use super::request::DefinitionRequest;
use super::view::title;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Language, PathId};
use crate::routes::cases::view::OrganisationNameView;

request! {
    /// A case as it might be, and the version to try: the one in force where none is named.
    #[schema(example = json!({"kind": "suicidal_behaviour", "level": "attempt", "risk_level": "critical", "territory": "351000000"}))]
    pub struct DryRunRequest {
        /// A fact of this kind; no fact where absent.
        pub kind: Option<FactKind>,
        /// Violence: the form by which it is counted.
        pub main_form: Option<ViolenceForm>,
        /// Violence: all forms; the main one is added.
        pub forms: Option<Vec<ViolenceForm>>,
        /// Suicidal behaviour: how far it went.
        pub level: Option<SuicidalLevel>,
        /// What the child was in the event; `victim` where absent.
        pub child_role: Option<ChildRole>,
        /// The risk of the case.
        pub risk_level: RiskLevel,
        /// Age of the child in completed years; any where absent.
        #[schema(minimum = 0, maximum = 17)]
        pub age: Option<i32>,
        /// Where the case is opened (KATO).
        pub territory: Kato,
        /// Who leads it; the education authority on duty there where absent.
        pub lead_organisation_id: Option<OrganisationId>,
        /// The version to try.
        pub version: Option<i32>,
        /// A version to try that is not published.
        pub definition: Option<DefinitionRequest>,
    }
}

/// What a protocol would create.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DryRun)]
pub struct DryRunView {
    /// The version; none where the definition came with the request.
    version: Option<i32>,
    /// Whether such a case calls for it. If not, these are the tasks where it is applied deliberately.
    called_for: bool,
    /// The tasks, each behind all that it waits for.
    tasks: Vec<PlannedTaskView>,
    /// Steps that are not called for.
    left_out: Vec<StepCode>,
}

/// A task that would be created.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedTask)]
pub struct PlannedTaskView {
    /// The step.
    code: StepCode,
    /// What is to be done, in the language of the answer.
    title: String,
    /// The agency that the step is for.
    agency: AgencyCode,
    /// The organisation that it would fall to.
    organisation: OrganisationNameView,
    /// Why to this one.
    addressing: Addressing,
    /// The section that would protect its result.
    section: Section,
    /// The last day on which it would be in time.
    due_on: NaiveDate,
    /// The first moment at which it would be late.
    due_at: DateTime<Utc>,
    /// Whether the case could not be closed without it.
    mandatory: bool,
    /// The steps that it would wait for.
    after: Vec<StepCode>,
}

/// Show what a protocol would create in a case: tasks, organisations and due times. Nothing is written.
#[utoipa::path(
    tag = "protocols",
    operation_id = "protocol_dry_run",
    params(("code" = String, Path, example = "suicide_attempt"), IdempotencyKey),
    request_body = DryRunRequest,
    responses((status = 200, body = DryRunView), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[post("/protocols/{code}/dry-run")]
pub async fn protocol_dry_run(
    ctx: Ctx,
    code: PathId<String>,
    body: Body<DryRunRequest>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.authorize(Action::ReferenceRead)?;
        let code: ProtocolCode = code.0.parse().map_err(|_| Problem::new(ProblemCode::NotFound))?;
        let tried = tried(tx, &code, request)?;
        Answer::ok(&view(tx, &tried, language)?)
    })
    .await
}

/// What is tried, checked.
struct Tried {
    version: Option<i32>,
    definition: Definition,
    facts: Vec<CaseFact>,
    risk: RiskLevel,
    age_years: Option<i32>,
    lead: OrganisationRef,
    territory: Kato,
}

fn tried(tx: &mut Tx<'_>, code: &ProtocolCode, mut request: DryRunRequest) -> Result<Tried, Problem> {
    let at = Pointer::ROOT;
    let mut errors = FieldErrors::new();
    let facts = facts(&mut request, &mut errors);
    if request.age.is_some_and(|age| !(0..18).contains(&age)) {
        let bound =
            if request.age < Some(0) { ("number_too_small", "min", 0) } else { ("number_too_large", "max", 17) };
        errors.push(&at.key("age"), Issue::new(bound.0).with(bound.1, bound.2));
    }
    if !tx.territory_exists(&request.territory)? {
        errors.push(&at.key("territory"), Issue::new("unknown_territory"));
    }
    let lead = lead(tx, &request, &mut errors)?;
    if request.version.is_some() && request.definition.is_some() {
        errors.push(&at.key("version"), Issue::new("not_allowed_here"));
    }
    let (version, definition) = match request.definition {
        Some(given) => (None, Some(given.into_definition(&agencies(tx)?, &at.key("definition"), &mut errors))),
        None => published(tx, code, request.version, &mut errors)?,
    };
    match definition {
        Some(definition) if errors.is_empty() => Ok(Tried {
            version,
            definition,
            facts,
            risk: request.risk_level,
            age_years: request.age,
            lead,
            territory: request.territory,
        }),
        _ => Err(Problem::validation(errors)),
    }
}

/// The fact as it might be: none where no kind is named.
fn facts(request: &mut DryRunRequest, errors: &mut FieldErrors) -> Vec<CaseFact> {
    let at = Pointer::ROOT;
    let Some(kind) = request.kind else {
        let given = [
            ("main_form", request.main_form.is_some()),
            ("forms", request.forms.is_some()),
            ("level", request.level.is_some()),
            ("child_role", request.child_role.is_some()),
        ];
        for (field, _) in given.into_iter().filter(|(_, given)| *given) {
            errors.push(&at.key(field), Issue::new("not_allowed_here"));
        }
        return Vec::new();
    };
    match Nature::new(kind, request.main_form, request.level, request.forms.take()) {
        Ok(nature) => vec![CaseFact { nature, child_role: request.child_role.unwrap_or(ChildRole::Victim) }],
        Err(wrong) => {
            for (field, invalid) in wrong {
                errors.push(&at.key(field), invalid);
            }
            Vec::new()
        }
    }
}

fn lead(tx: &mut Tx<'_>, request: &DryRunRequest, errors: &mut FieldErrors) -> Result<OrganisationRef, Problem> {
    let own = tx.actor().organisation.clone();
    let today = tx.today();
    let found = match request.lead_organisation_id {
        Some(id) => {
            let found = tx.organisation_ref(id)?;
            if found.is_none() {
                errors.push(&Pointer::ROOT.key("lead_organisation_id"), Issue::new("unknown_organisation"));
            }
            found
        }
        None => tx.duty_organisation("UO", &request.territory, today)?,
    };
    Ok(found.unwrap_or(own))
}

/// A published version: the one of this number, else the one in force.
fn published(
    tx: &mut Tx<'_>,
    code: &ProtocolCode,
    number: Option<i32>,
    errors: &mut FieldErrors,
) -> Result<(Option<i32>, Option<Definition>), Problem> {
    let versions = tx.protocol_versions(code)?;
    if versions.is_empty() {
        return Err(Problem::new(ProblemCode::NotFound));
    }
    let found = match number {
        Some(number) => versions.iter().find(|version| version.version == number),
        None => ProtocolVersion::in_force(&versions, tx.today()),
    };
    match (found, number) {
        (Some(found), _) => Ok((Some(found.version), Some(found.definition.clone()))),
        (None, Some(_)) => {
            errors.push(&Pointer::ROOT.key("version"), Issue::new("unknown_protocol_version"));
            Ok((None, None))
        }
        (None, None) => Err(Problem::new(ProblemCode::DomainRule).because("protocol_not_in_force")),
    }
}

fn view(tx: &mut Tx<'_>, tried: &Tried, language: Language) -> Result<DryRunView, Problem> {
    let circumstances = Circumstances { risk: tried.risk, facts: &tried.facts, age_years: tried.age_years };
    let planned = tx.protocol_plan(&tried.definition, &circumstances, &tried.lead, &tried.territory)?;
    let ids: Vec<OrganisationId> = planned.iter().map(|task| task.organisation.id).collect();
    let names = tx.organisation_names(&ids)?;
    let left_out = tried.definition.steps.iter().map(|step| &step.code);
    let left_out = left_out.filter(|code| planned.iter().all(|task| task.step.code != **code)).cloned().collect();
    let tasks = planned.into_iter().map(|task| {
        let name = names.get(&task.organisation.id).cloned().unwrap_or_default();
        planned_view(task, name, language)
    });
    Ok(DryRunView {
        version: tried.version,
        called_for: matches(&tried.definition.trigger, &circumstances),
        tasks: tasks.collect(),
        left_out,
    })
}

fn planned_view(task: PlannedTask<'_>, name: String, language: Language) -> PlannedTaskView {
    PlannedTaskView {
        code: task.step.code.clone(),
        title: title(&task.step.titles, language),
        agency: task.step.agency.clone(),
        organisation: (task.organisation.id, name).into(),
        addressing: task.addressing,
        section: task.step.section,
        // A limit at midnight is the end of the day before.
        due_on: local_date(task.due_at - TimeDelta::microseconds(1)),
        due_at: task.due_at,
        mandatory: task.step.mandatory,
        after: task.after.into_iter().cloned().collect(),
    }
}
