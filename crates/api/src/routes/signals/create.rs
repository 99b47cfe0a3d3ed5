//! `POST /signals`.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::children::{Iin, PersonName, Sex, birth_date_ok};
use qorgan_domain::ids::{ChildId, OrganisationId, SignalId, client_uuid};
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::signals::{ExternalId, SINGLE_SOURCE, SignalChannel, Urgency, told_age};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::{Narrative, Title};
use qorgan_storage::signals::{External, NewSignal, ReportedChild, Signal, content_hash, takes_signals};
use qorgan_storage::{AccessError, Denial, Tx};
use uuid::Uuid;

use super::view::{SignalView, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey};

request! {
    /// What the caller said of the child; kept as it was said.
    pub struct ReportedChildRequest {
        /// Last name.
        pub last_name: PersonName,
        /// First name.
        pub first_name: PersonName,
        /// Patronymic.
        pub patronymic: Option<PersonName>,
        /// Date of birth, where it is known.
        pub birth_date: Option<NaiveDate>,
        /// Age in full years, as told.
        #[schema(minimum = 0, maximum = 17)]
        pub age: Option<i32>,
        /// Sex.
        pub sex: Option<Sex>,
        /// ИИН.
        pub iin: Option<Iin>,
        /// School, as told.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
        pub school: Option<Title>,
    }

    /// A first word of a possible danger to a child.
    #[schema(example = json!({
        "channel": "school_staff", "description": "Came to school with bruises for the second time this month.",
        "occurred_on": "2026-03-12", "territory": "351000000",
        "child": {"last_name": "Әлімов", "first_name": "Қайрат", "age": 11, "school": "School 12"},
        "urgency": "urgent"
    }))]
    pub struct SignalRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same signal.
        pub id: Option<SignalId>,
        /// Its id in the caller's own system, such as the id of a call; it must name no person. A repeat by the caller's
        /// organisation with the same content is the same signal, whatever its `id`.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
        pub external_id: Option<ExternalId>,
        /// Which way it came.
        pub channel: SignalChannel,
        /// What was said.
        #[schema(value_type = String, min_length = 1, max_length = 20000)]
        pub description: Narrative,
        /// When it happened.
        pub occurred_on: Option<NaiveDate>,
        /// Where it happened (KATO).
        pub territory: Kato,
        /// Who is to decide on it. By default the caller's own organisation, if the caller can decide on signals and
        /// open cases there; else the organisation of education on duty in the territory.
        pub organisation_id: Option<OrganisationId>,
        /// What is said of the child; not together with `child_id`.
        pub child: Option<ReportedChildRequest>,
        /// The child's record, where the caller found it; not together with `child`.
        pub child_id: Option<ChildId>,
        /// How soon somebody must look at it.
        pub urgency: Urgency,
    }
}

/// File a signal: the first word of a possible danger to a child. It needs no proof.
#[utoipa::path(
    tag = "signals",
    operation_id = "signal_create",
    params(IdempotencyKey),
    request_body = SignalRequest,
    responses(
        (status = 201, body = SignalView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "The signal was filed before by this very request", body = SignalView),
        (status = 409, description = "domain_rule, id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("signal_file"))),
)]
#[post("/signals")]
pub async fn signal_create(ctx: Ctx, body: Body<SignalRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.authorize(Action::SignalFile)?;
        let client_chose = request.id.is_some();
        let external_id = request.external_id.clone();
        let named = request.organisation_id;
        let new = checked(tx, request)?;
        let external = external_id.map(|id| external(&new, id, named)).transpose()?;
        let known = match &external {
            Some(external) => filed_before(tx, external)?,
            None if client_chose => repeated(tx, &new)?,
            None => None,
        };
        let (signal, created) = match known {
            Some(signal) => (signal, false),
            None => file(tx, new, external.as_ref())?,
        };
        let view = SignalView::of(&signal, tx.actor());
        let answer = if created { Answer::created(location(signal.id), &view)? } else { Answer::ok(&view)? };
        Ok(answer.etag(signal.version))
    })
    .await
}

/// Every wrong field at once, those that only the database knows among them.
fn checked(tx: &mut Tx<'_>, mut request: SignalRequest) -> Result<NewSignal, Problem> {
    let mut errors = FieldErrors::new();
    let today = tx.today();
    own_fields(&request, today, &mut errors);
    if !tx.territory_exists(&request.territory)? {
        errors.push(&Pointer::ROOT.key("territory"), Issue::new("unknown_territory"));
    }
    if let Some(child) = request.child_id {
        match tx.child_for_link(child)? {
            // Of a merged record the surviving one.
            Some(child) => request.child_id = Some(child.id),
            None => errors.push(&Pointer::ROOT.key("child_id"), Issue::new("unknown_child")),
        }
    }
    let named = request.organisation_id.map(|id| named_addressee(tx, id, &mut errors)).transpose()?.flatten();
    let reported_child = request.child.and_then(|child| reported(child, today, &mut errors));
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let addressee = match named {
        Some(addressee) => addressee,
        None => tx
            .signal_addressee(&request.territory)?
            .ok_or_else(|| Problem::new(ProblemCode::DomainRule).because("no_duty_organisation"))?,
    };
    Ok(NewSignal {
        id: request.id.unwrap_or_else(|| Uuid::now_v7().into()),
        channel: request.channel,
        description: request.description,
        occurred_on: request.occurred_on,
        kato: request.territory,
        addressee,
        child_id: request.child_id,
        reported_child,
        urgency: request.urgency,
    })
}

/// What the request says by itself.
fn own_fields(request: &SignalRequest, today: NaiveDate, errors: &mut FieldErrors) {
    if let Some(Err(invalid)) = request.id.map(|id| client_uuid(id.as_uuid())) {
        errors.push(&Pointer::ROOT.key("id"), invalid);
    }
    if request.occurred_on.is_some_and(|day| day > today) {
        errors.push(&Pointer::ROOT.key("occurred_on"), Issue::new("date_future"));
    }
    if request.child.is_some() && request.child_id.is_some() {
        errors.push(&Pointer::ROOT.key("child_id"), Issue::new("not_allowed_here"));
    }
}

/// The child as it was told; none where `errors` now says what is wrong.
fn reported(child: ReportedChildRequest, today: NaiveDate, errors: &mut FieldErrors) -> Option<ReportedChild> {
    let at = Pointer::ROOT.key("child");
    if let Some(Err(invalid)) = child.birth_date.map(|date| birth_date_ok(date, today)) {
        errors.push(&at.key("birth_date"), invalid);
    }
    let age = child.age.map(told_age).transpose();
    let age = age.map_err(|issue| errors.push(&at.key("age"), issue)).ok()?;
    Some(ReportedChild {
        last_name: child.last_name,
        first_name: child.first_name,
        patronymic: child.patronymic,
        birth_date: child.birth_date,
        age,
        sex: child.sex,
        iin: child.iin,
        school: child.school,
    })
}

/// The organisation that the caller named: active, and of an agency that works cases, or nobody would ever see
/// the signal.
fn named_addressee(
    tx: &mut Tx<'_>,
    id: OrganisationId,
    errors: &mut FieldErrors,
) -> Result<Option<OrganisationRef>, Problem> {
    let at = Pointer::ROOT.key("organisation_id");
    let organisation = tx.organisation_ref(id)?;
    match &organisation {
        None => errors.push(&at, Issue::new("unknown_organisation")),
        Some(organisation) if !takes_signals(organisation) => {
            errors.push(&at, Issue::new("organisation_takes_no_signals"));
        }
        Some(_) => {}
    }
    Ok(organisation)
}

/// By what a signal is known again that has an id in the caller's system.
fn external(new: &NewSignal, id: ExternalId, named: Option<OrganisationId>) -> Result<External, Problem> {
    let named = named.map(|organisation| organisation.to_string());
    Ok(External {
        source: SINGLE_SOURCE.to_owned(),
        id: Some(id.into_string()),
        content_hash: content_hash(new, named.as_deref())?,
        import: None,
    })
}

/// The signal that the caller's organisation filed with this external id, if it says the same.
fn filed_before(tx: &mut Tx<'_>, external: &External) -> Result<Option<Signal>, Problem> {
    let ids: Vec<&str> = external.id.as_deref().into_iter().collect();
    let Some(known) = tx.signals_known(&external.source, &ids, &[])?.into_iter().next() else { return Ok(None) };
    if known.content_hash != external.content_hash {
        return Err(Problem::new(ProblemCode::IdTaken).because("external_id_changed"));
    }
    match tx.signal_for(known.id, Action::SignalRead) {
        Ok(signal) => Ok(Some(signal.into_inner())),
        // A colleague filed it, whom the caller may not look over the shoulder.
        Err(AccessError::Denied(_)) => Err(Problem::new(ProblemCode::IdTaken)),
        Err(error) => Err(error.into()),
    }
}

/// Files it. Answers with whether it did: the same request may have been faster on another thread.
fn file(tx: &mut Tx<'_>, new: NewSignal, external: Option<&External>) -> Result<(Signal, bool), Problem> {
    // After the id was looked at: a refusal from here on is one of filing.
    let permit = tx.authorize(Action::SignalFile)?;
    let filed = match external {
        Some(external) => tx.signal_insert_external(&permit, new.clone(), external)?,
        None => tx.signal_insert(&permit, new.clone())?,
    };
    if let Some(signal) = filed {
        return Ok((signal, true));
    }
    let known = match external {
        Some(external) => filed_before(tx, external)?,
        None => repeated(tx, &new)?,
    };
    let signal = known.ok_or_else(|| Problem::new(ProblemCode::IdTaken))?;
    Ok((signal, false))
}

/// The signal of this id, if it says the same.
fn repeated(tx: &mut Tx<'_>, new: &NewSignal) -> Result<Option<Signal>, Problem> {
    match tx.signal_for(new.id, Action::SignalRead) {
        Ok(signal) if new.says_same_as(&signal) => Ok(Some(signal.into_inner())),
        Ok(_) => Err(Problem::new(ProblemCode::IdTaken)),
        // Not known to the caller: it is new, or the insert will find the id taken.
        Err(AccessError::Denied(Denial::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
