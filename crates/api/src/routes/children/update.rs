//! `PATCH /children/{id}`.

use actix_web::{HttpResponse, patch};
use chrono::NaiveDate;
use qorgan_domain::children::{ChildMergeRefusal, Iin, PersonName, Sex};
use qorgan_domain::ids::{ChildId, OrganisationId};
use qorgan_domain::policy::Action;
use qorgan_domain::territory::Kato;
use qorgan_storage::Tx;
use qorgan_storage::children::ChildAmendment;
use serde_json::{Value, json};

use super::check;
use super::view::ChildView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IfMatch, Patch, PathId};
use crate::routes::stale::{Wanted, record_unchanged};

request! {
    /// Corrections of a child's record: fields that are not given stay.
    #[schema(example = json!({"patronymic": "Серікұлы", "territory": "351000000"}))]
    pub struct ChildChange {
        /// Last name.
        pub last_name: Option<PersonName>,
        /// First name.
        pub first_name: Option<PersonName>,
        /// Patronymic; `null` takes it away.
        #[schema(value_type = Option<PersonName>)]
        pub patronymic: Patch<PersonName>,
        /// Date of birth.
        pub birth_date: Option<NaiveDate>,
        /// Sex.
        pub sex: Option<Sex>,
        /// ИИН; `null` takes it away.
        #[schema(value_type = Option<Iin>)]
        pub iin: Patch<Iin>,
        /// The organisation it belongs to; `null` where it belongs to none. The child may leave the caller's sight
        /// by that.
        #[schema(value_type = Option<OrganisationId>)]
        pub organisation_id: Patch<OrganisationId>,
        /// Where the child lives (KATO).
        pub territory: Option<Kato>,
    }
}

/// Correct a child's record. The name it had stays among the names held.
///
/// A record that was merged is not corrected (409 `child_merged`): the surviving one is.
#[utoipa::path(
    tag = "children",
    operation_id = "child_update",
    params(("id" = ChildId, Path), IfMatch),
    request_body = ChildChange,
    responses(
        (status = 200, body = ChildView, headers(("ETag" = String))),
        (status = 409, description = "iin_taken, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("child_update"))),
)]
#[patch("/children/{id}")]
pub async fn child_update(
    ctx: Ctx,
    id: PathId<ChildId>,
    if_match: IfMatch,
    body: Body<ChildChange>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let change = body.value;
    ctx.answer(move |tx| {
        let child = tx.child_for(id.0, Action::ChildUpdate)?;
        if child.version != if_match.0 {
            tx.audit_many(Action::ChildRead, vec![child.id.as_uuid()]);
        }
        let view = ChildView::of(&child, tx.actor(), language);
        record_unchanged((child.version, child.updated_at), if_match, &change.wanted(), &view)?;
        if child.merged_into.is_some() {
            return Err(Problem::new(ProblemCode::DomainRule).because(ChildMergeRefusal::Merged));
        }
        let amendment = checked(tx, change)?;
        if let Some(Some(iin)) = &amendment.iin {
            check::iin(tx, &child, iin, language)?;
        }
        let child = tx.child_update(&child, amendment)?;
        Ok(Answer::ok(&ChildView::of(&child, tx.actor(), language))?.etag(child.version))
    })
    .await
}

/// Every wrong field at once.
fn checked(tx: &mut Tx<'_>, change: ChildChange) -> Result<ChildAmendment, Problem> {
    let mut errors = FieldErrors::new();
    if let Some(date) = change.birth_date {
        check::birth_date(tx, date, &Pointer::ROOT, &mut errors);
    }
    if let Some(kato) = &change.territory {
        check::territory(tx, kato, &Pointer::ROOT, &mut errors)?;
    }
    let organisation = match change.organisation_id {
        Patch::Absent => None,
        Patch::Null => Some(None),
        Patch::Value(id) => Some(check::organisation(tx, id, &Pointer::ROOT, &mut errors)?),
    };
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    Ok(ChildAmendment {
        last_name: change.last_name,
        first_name: change.first_name,
        patronymic: mentioned(change.patronymic),
        birth_date: change.birth_date,
        sex: change.sex,
        iin: mentioned(change.iin),
        kato: change.territory,
        organisation,
    })
}

/// What is to be written, if the field is mentioned.
fn mentioned<T>(patch: Patch<T>) -> Option<Option<T>> {
    patch.is_mentioned().then(|| patch.apply(None))
}

impl ChildChange {
    /// The fields that are to change, with their new values as the record shows them.
    fn wanted(&self) -> Wanted {
        fn patched<T>(patch: &Patch<T>, write: impl Fn(&T) -> Value) -> Option<Value> {
            match patch {
                Patch::Absent => None,
                Patch::Null => Some(Value::Null),
                Patch::Value(value) => Some(write(value)),
            }
        }
        [
            ("last_name", self.last_name.as_ref().map(|name| json!(name.as_str()))),
            ("first_name", self.first_name.as_ref().map(|name| json!(name.as_str()))),
            ("patronymic", patched(&self.patronymic, |name| json!(name.as_str()))),
            ("birth_date", self.birth_date.map(|date| json!(date))),
            ("sex", self.sex.map(|sex| json!(sex))),
            ("iin", patched(&self.iin, |iin| json!(iin.expose()))),
            ("organisation_id", patched(&self.organisation_id, |organisation| json!(organisation))),
            ("territory", self.territory.as_ref().map(|kato| json!(kato.as_str()))),
        ]
        .into_iter()
        .filter_map(|(field, value)| Some((field.to_owned(), value?)))
        .collect()
    }
}
