//! `PATCH /cases/{id}`.

use actix_web::{HttpResponse, patch};
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::cases::{CasePart, RiskLevel};
use qorgan_domain::ids::{CaseId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::{Narrative, Title};
use qorgan_storage::cases::CaseAmendment;
use serde_json::{Value, json};

use super::view::CaseView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IfMatch, Patch, PathId};
use crate::routes::stage::stage_problem;
use crate::routes::stale::{Wanted, case_overtaken, case_unchanged};

request! {
    /// Changes of a case: fields that are not given stay.
    #[schema(example = json!({"risk_level": "critical"}))]
    pub struct CaseChange {
        /// A line.
        pub title: Option<Title>,
        /// What is known.
        pub description: Option<Narrative>,
        /// On what grounds; `null` takes them away.
        #[schema(value_type = Option<String>)]
        pub grounds: Patch<Narrative>,
        /// The risk.
        pub risk_level: Option<RiskLevel>,
        /// The case manager: somebody of the lead organisation who manages cases.
        pub manager_id: Option<UserId>,
    }
}

/// Change a case's title, description, grounds or risk, or name its case manager.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_update",
    params(("id" = CaseId, Path), IfMatch),
    request_body = CaseChange,
    responses(
        (status = 200, body = CaseView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_update"))),
)]
#[patch("/cases/{id}")]
pub async fn case_update(
    ctx: Ctx,
    id: PathId<CaseId>,
    if_match: IfMatch,
    body: Body<CaseChange>,
) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let change = body.value;
    ctx.answer(move |tx| {
        if change.manager_id.is_some() {
            tx.case_for(id.0, Action::CaseAssign)?;
        }
        let case = tx.case_for(id.0, Action::CaseUpdate)?;
        let wanted = change.wanted();
        case_unchanged(tx, &case, if_match, &wanted, language)?;
        may_write(CasePart::Master, case.state.stage).map_err(stage_problem)?;
        if let Some(manager) = change.manager_id
            && !tx.may_manage(&case, manager)?
        {
            return Err(Problem::new(ProblemCode::DomainRule).because("manager_not_eligible"));
        }
        let amendment = CaseAmendment {
            title: change.title,
            description: change.description,
            grounds: match change.grounds {
                Patch::Absent => None,
                Patch::Null => Some(None),
                Patch::Value(grounds) => Some(Some(grounds)),
            },
            risk_level: change.risk_level,
            manager: change.manager_id,
        };
        if let Err(error) = tx.case_amend(&case, &amendment) {
            return Err(case_overtaken(tx, error, (id.0, Action::CaseUpdate), if_match.0, &wanted, language));
        }
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let evidence = tx.case_evidence(&case)?;
        Ok(Answer::ok(&CaseView::of(&case, &evidence, tx, language))?.etag(case.version))
    })
    .await
}

impl CaseChange {
    /// The fields that are to change, with their new values.
    fn wanted(&self) -> Wanted {
        let grounds = match &self.grounds {
            Patch::Absent => None,
            Patch::Null => Some(Value::Null),
            Patch::Value(grounds) => Some(json!(grounds.as_str())),
        };
        [
            ("title", self.title.as_ref().map(|title| json!(title.as_str()))),
            ("description", self.description.as_ref().map(|description| json!(description.as_str()))),
            ("grounds", grounds),
            ("risk_level", self.risk_level.map(|risk| json!(risk))),
            ("manager_id", self.manager_id.map(|manager| json!(manager))),
        ]
        .into_iter()
        .filter_map(|(field, value)| Some((field.to_owned(), value?)))
        .collect()
    }
}
