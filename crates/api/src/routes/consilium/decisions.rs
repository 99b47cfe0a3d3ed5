//! `POST /consilium/sessions/{id}/items/{item_id}/decisions`.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::cases::Section;
use qorgan_domain::consilium::{BoardDecision, BoardOutcome, Command, Vote};
use qorgan_domain::ids::{
    ConsiliumDecisionId, ConsiliumItemId, ConsiliumSessionId, OrganisationId, TaskId, UserId, client_uuid,
};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::tasks::TaskOrigin;
use qorgan_domain::text::{Narrative, Title};
use qorgan_storage::cases::{AddedTask, Case};
use qorgan_storage::consilium::{ConsiliumSession, NewDecision};
use qorgan_storage::{Authorized, Tx};
use uuid::Uuid;

use super::view::{DecisionBody, GivenTask, Opinion, SessionView, decision_body, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// What the board decided on a case.
    #[schema(example = json!({
        "outcome": "specialist_help", "text": "Sessions with a psychologist, twice a week for a term.",
        "votes": [{"user_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "vote": "for"}],
        "tasks": [{"title": "Sessions with a psychologist", "organisation_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "due_on": "2030-12-20"}]
    }))]
    pub struct DecisionRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same decision.
        pub id: Option<ConsiliumDecisionId>,
        /// What it comes to.
        pub outcome: BoardOutcome,
        /// The text.
        pub text: Narrative,
        /// The section that protects text, opinions and tasks' results: `general` (where absent) or the item's.
        pub section: Option<Section>,
        /// How everybody voted who is present and votes on this case; none where it is put off.
        pub votes: Vec<VoteRequest>,
        /// What organisations are to do: tasks of the case.
        pub tasks: Vec<BoardTaskRequest>,
    }

    /// How a member voted.
    pub struct VoteRequest {
        /// Who.
        pub user_id: UserId,
        /// How.
        pub vote: Vote,
        /// What the member said, for the record.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 20000)]
        pub opinion: Option<Narrative>,
    }

    /// A task that the decision gives.
    pub struct BoardTaskRequest {
        /// What is to be done.
        pub title: Title,
        /// By whom: it becomes a participant of the case.
        pub organisation_id: OrganisationId,
        /// The last day on which it is in time.
        pub due_on: NaiveDate,
        /// Whether the case cannot be closed without it; `true` where absent.
        pub mandatory: Option<bool>,
    }
}

/// Record what the board decided on a case. It is never changed; its tasks become tasks of the case.
///
/// A refusal (409) names everything that is missing: quorum among those who vote on this case, one who presides, the
/// votes, the majority. A case is put off (`postponed`) without quorum, without votes and tasks.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_decision_record",
    params(("id" = ConsiliumSessionId, Path), ("item_id" = ConsiliumItemId, Path), IfMatch, IdempotencyKey),
    request_body = DecisionRequest,
    responses(
        (status = 201, body = SessionView),
        (status = 200, description = "The decision was recorded before by this very request", body = SessionView),
        (status = 409, description = "transition_refused"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[post("/consilium/sessions/{id}/items/{item_id}/decisions")]
pub async fn consilium_decision_record(
    ctx: Ctx,
    id: PathId<ConsiliumSessionId>,
    item_id: PathId<ConsiliumItemId, 1>,
    if_match: IfMatch,
    body: Body<DecisionRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let session = tx.consilium_for(id.0, Action::ConsiliumManage)?;
        if repeated(&session, item_id.0, &request)? {
            return Ok(Answer::ok(&SessionView::from(&*session))?.etag(session.version));
        }
        unchanged(session.version, if_match)?;
        let item = session.state.item(item_id.0).cloned().ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
        let draft = draft(tx, request)?;
        session.state.decide(Command::RecordDecision(item.id, draft.decision.clone()), tx.now())?;
        let case = readable_case(tx, &item.case, draft.decision.outcome)?;
        let body = serde_json::to_value(&draft.body).map_err(|error| Problem::internal(&error))?;
        let new = NewDecision { id: draft.id, item, decision: draft.decision, body, tasks: draft.tasks };
        tx.consilium_decide(&session, case.as_ref(), &new)?;
        let session = tx.consilium_for(id.0, Action::ConsiliumManage)?;
        Ok(Answer::created(location(id.0), &SessionView::from(&*session))?.etag(session.version))
    })
    .await
}

/// The case, which the recorder must be able to read and which must be open; not where it is put off.
fn readable_case(
    tx: &mut Tx<'_>,
    case: &qorgan_domain::ids::CaseId,
    outcome: BoardOutcome,
) -> Result<Option<Authorized<Case>>, Problem> {
    if outcome == BoardOutcome::Postponed {
        return Ok(None);
    }
    let case = tx.case_for(*case, Action::CaseRead)?;
    if case.state.stage.is_open() {
        Ok(Some(case))
    } else {
        Err(Problem::new(ProblemCode::DomainRule).because("case_closed"))
    }
}

struct Draft {
    id: ConsiliumDecisionId,
    decision: BoardDecision,
    body: DecisionBody,
    tasks: Vec<AddedTask>,
}

/// The decision with its organisations looked up, or every wrong field.
fn draft(tx: &mut Tx<'_>, request: DecisionRequest) -> Result<Draft, Problem> {
    let mut errors = FieldErrors::new();
    let id = request.id.unwrap_or_else(|| Uuid::now_v7().into());
    if let Err(invalid) = client_uuid(id.as_uuid()) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    let section = request.section.unwrap_or(Section::General);
    let (votes, opinions) = votes(request.votes, &mut errors);
    let (added, given) = tasks(tx, request.tasks, id, section, &mut errors)?;
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    Ok(Draft {
        id,
        decision: BoardDecision { outcome: request.outcome, section, votes, tasks: added.len() },
        body: DecisionBody { text: request.text.into_string(), opinions, tasks: given },
        tasks: added,
    })
}

fn votes(told: Vec<VoteRequest>, errors: &mut FieldErrors) -> (BTreeMap<UserId, Vote>, Vec<Opinion>) {
    let at = Pointer::ROOT.key("votes");
    let mut votes = BTreeMap::new();
    let mut opinions = Vec::new();
    for (place, told) in told.into_iter().enumerate() {
        if votes.insert(told.user_id, told.vote).is_some() {
            errors.push(&at.index(place).key("user_id"), Issue::new("user_repeated"));
        }
        let opinion = told.opinion.map(|text| Opinion { user_id: told.user_id, text: text.into_string() });
        opinions.extend(opinion);
    }
    (votes, opinions)
}

fn tasks(
    tx: &mut Tx<'_>,
    requests: Vec<BoardTaskRequest>,
    decision: ConsiliumDecisionId,
    section: Section,
    errors: &mut FieldErrors,
) -> Result<(Vec<AddedTask>, Vec<GivenTask>), Problem> {
    let today = tx.today();
    let ids: Vec<OrganisationId> = requests.iter().map(|task| task.organisation_id).collect();
    let names = tx.organisation_names(&ids)?;
    let known: HashMap<OrganisationId, OrganisationRef> =
        tx.organisation_refs(ids)?.into_iter().map(|organisation| (organisation.id, organisation)).collect();
    let at_tasks = Pointer::ROOT.key("tasks");
    let mut added = Vec::with_capacity(requests.len());
    let mut given = Vec::with_capacity(requests.len());
    for (place, task) in requests.into_iter().enumerate() {
        let at = at_tasks.index(place);
        if task.due_on < today {
            errors.push(&at.key("due_on"), Issue::new("date_past"));
        }
        let Some(organisation) = known.get(&task.organisation_id) else {
            errors.push(&at.key("organisation_id"), Issue::new("unknown_organisation"));
            continue;
        };
        let id = TaskId::from_uuid(Uuid::now_v7());
        let mandatory = task.mandatory.unwrap_or(true);
        given.push(GivenTask {
            id,
            title: task.title.as_str().to_owned(),
            organisation_id: organisation.id,
            organisation: names.get(&organisation.id).cloned().unwrap_or_default(),
            due_on: task.due_on,
            mandatory,
        });
        added.push(AddedTask {
            id,
            origin: TaskOrigin::Consilium,
            source_id: decision.as_uuid(),
            code: None,
            title: task.title,
            organisation: organisation.clone(),
            due_at: end_of_day(task.due_on),
            mandatory,
            section,
            after: Vec::new(),
        });
    }
    Ok((added, given))
}

/// Whether this very decision is on record.
fn repeated(session: &ConsiliumSession, item: ConsiliumItemId, request: &DecisionRequest) -> Result<bool, Problem> {
    let Some(id) = request.id else { return Ok(false) };
    let decided = session.items.iter().find_map(|known| {
        known.decision.as_ref().filter(|decision| decision.id == id).map(|decision| (known.id, decision))
    });
    let Some((at, decision)) = decided else { return Ok(false) };
    let body = decision_body(&decision.body);
    let votes: BTreeMap<UserId, Vote> = request.votes.iter().map(|vote| (vote.user_id, vote.vote)).collect();
    let same = at == item
        && decision.outcome == request.outcome
        && decision.section == request.section.unwrap_or(Section::General)
        && decision.votes == votes
        && body.is_some_and(|body| body.text == request.text.as_str() && body.tasks.len() == request.tasks.len());
    if same { Ok(true) } else { Err(Problem::new(ProblemCode::IdTaken)) }
}
