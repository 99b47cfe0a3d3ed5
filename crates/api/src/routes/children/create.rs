//! `POST /children`: search before create.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use qorgan_domain::children::{Iin, PersonName, Sex};
use qorgan_domain::ids::{ChildId, OrganisationId, client_uuid};
use qorgan_domain::policy::Action;
use qorgan_domain::territory::Kato;
use qorgan_storage::children::{Candidate, Child, NewChild};
use qorgan_storage::{AccessError, Denial, Tx};
use uuid::Uuid;

use super::check;
use super::view::{ChildView, candidate_views, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Language};

/// Most candidates that a refusal shows.
const MAX_CANDIDATES: usize = 20;

request! {
    /// A child to be added to the shared index.
    #[schema(example = json!({
        "last_name": "Әлімов", "first_name": "Қайрат", "patronymic": "Серікұлы", "birth_date": "2014-05-10",
        "sex": "male", "territory": "351000000"
    }))]
    pub struct ChildRequest {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same record.
        pub id: Option<ChildId>,
        /// Last name.
        pub last_name: PersonName,
        /// First name.
        pub first_name: PersonName,
        /// Patronymic.
        pub patronymic: Option<PersonName>,
        /// Date of birth.
        pub birth_date: NaiveDate,
        /// Sex.
        pub sex: Sex,
        /// ИИН: a birth date or sex that disagrees with it is warned of, not refused.
        pub iin: Option<Iin>,
        /// The organisation it belongs to; by default the caller's own, if that is a school, a college, a
        /// kindergarten or a boarding school.
        pub organisation_id: Option<OrganisationId>,
        /// Where the child lives (KATO).
        pub territory: Kato,
        /// Register the child though there are records alike: none of the candidates is this child.
        pub confirm_new: Option<bool>,
    }
}

/// Register a child in the shared index.
///
/// Records that may be the same child are answered as 409 `possible_duplicates` with `candidates: [{child, score,
/// evidence}]`, masked where the caller may not read them; `confirm_new` overrides that. Names are compared in Kazakh,
/// Russian and Latin spelling, under all names that a record is held under, with slips of the pen; `score` is the
/// probability that both are one child, `evidence` what each field says for or against it. A record with the same ИИН
/// (409 `iin_taken`) is the same child and cannot be overridden.
#[utoipa::path(
    tag = "children",
    operation_id = "child_create",
    params(IdempotencyKey),
    request_body = ChildRequest,
    responses(
        (status = 201, body = ChildView, headers(("Location" = String), ("ETag" = String))),
        (status = 200, description = "The child was registered before by this very request", body = ChildView),
        (status = 409, description = "possible_duplicates, iin_taken, id_taken"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_register"))),
)]
#[post("/children")]
pub async fn child_create(ctx: Ctx, body: Body<ChildRequest>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.authorize(Action::ChildRegister)?;
        let client_chose = request.id.is_some();
        let confirmed = request.confirm_new == Some(true);
        let mut errors = FieldErrors::new();
        let Some(new) = checked(tx, request, &Pointer::ROOT, &mut errors)? else {
            return Err(Problem::validation(errors));
        };
        let (child, created) = find_or_register(tx, new, client_chose, confirmed, language)?;
        let view = ChildView::of(&child, tx.actor(), language);
        let answer = if created { Answer::created(location(child.id), &view)? } else { Answer::ok(&view)? };
        Ok(answer.etag(child.version))
    })
    .await
}

/// A child named inside another request, checked and ready to be registered with [`InlineChild::register`].
pub struct InlineChild {
    pub(super) new: NewChild,
    pub(super) client_chose: bool,
    pub(super) confirmed: bool,
}

impl InlineChild {
    /// Checks the child found `at` a place of a request. `None` means that `errors` now says what is wrong.
    ///
    /// # Errors
    /// `forbidden`, and failures of the database.
    pub fn checked(
        tx: &mut Tx<'_>,
        request: ChildRequest,
        at: &Pointer<'_>,
        errors: &mut FieldErrors,
    ) -> Result<Option<Self>, Problem> {
        tx.authorize(Action::ChildRegister)?;
        let client_chose = request.id.is_some();
        let confirmed = request.confirm_new == Some(true);
        let new = checked(tx, request, at, errors)?;
        Ok(new.map(|new| Self { new, client_chose, confirmed }))
    }

    /// Searches, then creates, as `POST /children` does.
    ///
    /// # Errors
    /// `possible_duplicates`, `iin_taken`, `id_taken`.
    pub fn register(self, tx: &mut Tx<'_>, language: Language) -> Result<Child, Problem> {
        find_or_register(tx, self.new, self.client_chose, self.confirmed, language).map(|(child, _)| child)
    }
}

/// The record of a repeated request, or a new one; answers with whether it is new.
fn find_or_register(
    tx: &mut Tx<'_>,
    new: NewChild,
    client_chose: bool,
    confirmed: bool,
    language: Language,
) -> Result<(Child, bool), Problem> {
    let known = if client_chose { repeated(tx, &new)? } else { None };
    match known {
        Some(child) => Ok((child, false)),
        None => register(tx, new, confirmed, language),
    }
}

/// Every wrong field at once, those that only the database knows among them. `None` means that `errors` names them.
fn checked(
    tx: &mut Tx<'_>,
    request: ChildRequest,
    at: &Pointer<'_>,
    errors: &mut FieldErrors,
) -> Result<Option<NewChild>, Problem> {
    let before = errors.len();
    if let Some(Err(invalid)) = request.id.map(|id| client_uuid(id.as_uuid())) {
        errors.push(&at.key("id"), invalid);
    }
    check::birth_date(tx, request.birth_date, at, errors);
    check::territory(tx, &request.territory, at, errors)?;
    let organisation = match request.organisation_id {
        Some(id) => check::organisation(tx, id, at, errors)?,
        None => tx.child_default_home()?,
    };
    if errors.len() > before {
        return Ok(None);
    }
    Ok(Some(NewChild {
        id: request.id.unwrap_or_else(|| Uuid::now_v7().into()),
        last_name: request.last_name,
        first_name: request.first_name,
        patronymic: request.patronymic,
        birth_date: request.birth_date,
        sex: request.sex,
        iin: request.iin,
        kato: request.territory,
        organisation,
    }))
}

/// The record of this id, if it says the same.
pub(super) fn repeated(tx: &mut Tx<'_>, new: &NewChild) -> Result<Option<Child>, Problem> {
    match tx.child_for(new.id, Action::ChildRead) {
        Ok(child) if new.says_same_as(&child) => Ok(Some(child.into_inner())),
        Ok(_) => Err(Problem::new(ProblemCode::IdTaken)),
        // Not known to the caller: it is new, or the insert will find the id taken.
        Err(AccessError::Denied(Denial::NotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Searches, then creates. Answers with whether it did: the same request may have been faster on another thread.
fn register(tx: &mut Tx<'_>, new: NewChild, confirmed: bool, language: Language) -> Result<(Child, bool), Problem> {
    // After the id was looked at: a refusal from here on is one of the registration.
    let permit = tx.authorize(Action::ChildRegister)?;
    tx.child_registration_begin(&new)?;
    let candidates = tx.child_candidates(&permit, &new, MAX_CANDIDATES)?;
    if candidates.iter().all(|candidate| candidate.id != new.id) {
        refuse_duplicates(tx, candidates, confirmed, language)?;
        if let Some(child) = tx.child_insert(&permit, new.clone())? {
            return Ok((child, true));
        }
    }
    match repeated(tx, &new)? {
        Some(child) => Ok((child, false)),
        None => Err(taken(tx, new, language)?),
    }
}

/// Refuses where the child may be in the index already.
fn refuse_duplicates(
    tx: &mut Tx<'_>,
    candidates: Vec<Candidate>,
    confirmed: bool,
    language: Language,
) -> Result<(), Problem> {
    if let Some(holder) = candidates.iter().find(|candidate| candidate.same_iin) {
        return Err(check::iin_taken(tx, holder.clone(), language)?);
    }
    if confirmed || candidates.is_empty() {
        return Ok(());
    }
    let candidates = candidate_views(tx, candidates, language)?;
    Err(Problem::new(ProblemCode::PossibleDuplicates).with("candidates", candidates))
}

/// What stood in the way of the insert: a number that another request took just now, or an id of a record that the
/// caller cannot see.
fn taken(tx: &mut Tx<'_>, new: NewChild, language: Language) -> Result<Problem, Problem> {
    let permit = tx.authorize(Action::ChildRegister)?;
    let holder = new.iin.map(|iin| tx.child_iin_holder(&permit, &iin)).transpose()?.flatten();
    match holder {
        Some(holder) => check::iin_taken(tx, holder, language),
        None => Ok(Problem::new(ProblemCode::IdTaken)),
    }
}
