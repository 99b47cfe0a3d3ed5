//! The request types of assessments.

use std::collections::BTreeMap;

use qorgan_domain::assessments::{AnswerValue, Answers, AssessmentCode, AssessmentStatus};
use qorgan_domain::cases::{RiskLevel, Section};
use qorgan_domain::ids::{AssessmentId, client_uuid};
use qorgan_domain::text::{Narrative, Reason};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{FieldErrors, Issue, Pointer};
use crate::request;
use crate::request::FromJson;
use crate::request::json::Value;

/// An answer as JSON has it: yes or no, a number, a text (also a code or a day), or several codes.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct AnswerJson(pub AnswerValue);

impl FromJson for AnswerJson {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        let answer = match value {
            Value::Bool(yes) => AnswerValue::Flag(yes),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => AnswerValue::Integer(whole),
                (None, Some(number)) => AnswerValue::Number(number),
                (None, None) => {
                    errors.push(at, Issue::wrong_type("number"));
                    return None;
                }
            },
            Value::String(text) => AnswerValue::Text(text),
            Value::Array(_) => AnswerValue::Many(Vec::from_json(value, at, errors)?),
            Value::Null | Value::Object(_) => {
                errors.push(at, Issue::wrong_type("boolean, number, string, array"));
                return None;
            }
        };
        Some(Self(answer))
    }
}

impl PartialSchema for AnswerJson {
    fn schema() -> RefOr<Schema> {
        let of = |kind| ObjectBuilder::new().schema_type(kind);
        OneOfBuilder::new()
            .description(Some("Of the kind that the question takes"))
            .item(of(Type::Boolean))
            .item(of(Type::Number))
            .item(of(Type::String))
            .item(ArrayBuilder::new().items(of(Type::String)))
            .into()
    }
}

impl ToSchema for AnswerJson {
    fn name() -> std::borrow::Cow<'static, str> {
        "AnswerValue".into()
    }
}

/// A member that may be left out but is not `null`.
pub struct Given<T>(pub Option<T>);

impl<T: FromJson> FromJson for Given<T> {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        T::from_json(value, at, errors).map(|value| Self(Some(value)))
    }

    fn absent(_: &Pointer<'_>, _: &mut FieldErrors) -> Option<Self> {
        Some(Self(None))
    }
}

request! {
    /// An answer to one question.
    #[schema(as = AssessmentAnswerRequest)]
    pub struct AnswerRequest {
        /// The question's code.
        pub question: AssessmentCode,
        /// The answer.
        pub value: AnswerJson,
    }

    /// An assessment: completed in free form (`risk_level`, `needs`, `child_view`), or by an instrument, as a draft or
    /// completed. A completed one is never changed; a later one replaces it.
    #[schema(as = AssessmentRequest, example = json!({
        "risk_level": "high", "needs": "Safety at home; talks with the psychologist; medical examination.",
        "child_view": "Wants to stay with the grandmother for now."
    }))]
    pub struct AssessmentFields {
        /// An id chosen by the client (UUIDv7): a repeat with the same content is the same assessment.
        pub id: Option<AssessmentId>,
        /// Draft or completed; `completed` where absent. A draft needs an instrument.
        pub status: Option<AssessmentStatus>,
        /// The section that protects its text; `general` where absent. An instrument brings its own.
        pub section: Option<Section>,
        /// The risk it found. By an instrument: the assessor's own judgement, where it differs from the scores. It
        /// becomes the case's risk when the assessment stage is completed, and at once where it is critical.
        #[schema(value_type = RiskLevel, required = false)]
        pub risk_level: Given<RiskLevel>,
        /// Why the assessor's judgement differs from the scores.
        pub risk_reason: Option<Reason>,
        /// What the child and the family need: in free form.
        #[schema(value_type = Narrative, required = false)]
        pub needs: Given<Narrative>,
        /// The child's own view, in the child's words where possible: in free form.
        #[schema(value_type = Narrative, required = false)]
        pub child_view: Given<Narrative>,
        /// The instrument's code.
        pub instrument: Option<AssessmentCode>,
        /// The instrument's version; the one in force where absent.
        pub instrument_version: Option<i32>,
        /// Answers to the instrument's questions.
        #[schema(required = false)]
        pub answers: Vec<AnswerRequest>,
    }

    /// Other answers in the place of a draft's.
    #[schema(as = AssessmentDraftChange, example = json!({"answers": [{"question": "danger_now", "value": false}]}))]
    pub struct DraftChange {
        /// All answers so far.
        pub answers: Vec<AnswerRequest>,
    }

    /// What the assessor says in completing a draft.
    #[schema(as = AssessmentCompletionRequest, example = json!({"risk_level": "high", "risk_reason": "The child was frightened when the stepfather came in."}))]
    pub struct CompletionRequest {
        /// The assessor's own judgement, where it differs from the scores.
        pub risk_level: Option<RiskLevel>,
        /// Why it differs.
        pub risk_reason: Option<Reason>,
    }
}

/// What is told in free form.
pub struct FreeForm {
    /// The section.
    pub section: Section,
    /// The risk.
    pub risk_level: RiskLevel,
    /// Needs.
    pub needs: Narrative,
    /// The child's own view.
    pub child_view: Narrative,
}

/// What is told by an instrument.
pub struct ByInstrument {
    /// The instrument.
    pub instrument: AssessmentCode,
    /// Its version.
    pub version: Option<i32>,
    /// Draft or completed.
    pub status: AssessmentStatus,
    /// The answers, in the order in which they were sent.
    pub answers: Vec<AnswerRequest>,
    /// The assessor's own judgement.
    pub risk_level: Option<RiskLevel>,
    /// Why it differs.
    pub risk_reason: Option<Reason>,
}

/// A request in one of its two forms.
pub struct AssessmentRequest {
    /// The id that the client chose.
    pub id: Option<AssessmentId>,
    /// The rest.
    pub form: Form,
}

/// The two forms of an assessment.
pub enum Form {
    /// Without an instrument.
    Free(FreeForm),
    /// By an instrument.
    Instrument(ByInstrument),
}

impl FromJson for AssessmentRequest {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        let fields = AssessmentFields::from_json(value, at, errors)?;
        let before = errors.len();
        if let Some(Err(invalid)) = fields.id.map(|id| client_uuid(id.as_uuid())) {
            errors.push(&at.key("id"), invalid);
        }
        let id = fields.id;
        let form =
            if fields.instrument.is_some() { by_instrument(fields, at, errors) } else { free(fields, at, errors) };
        form.filter(|_| errors.len() == before).map(|form| Self { id, form })
    }
}

/// Refuses members that do not belong to the form.
fn foreign(members: &[(&str, bool)], at: &Pointer<'_>, errors: &mut FieldErrors) {
    for (name, _) in members.iter().filter(|(_, given)| *given) {
        errors.push(&at.key(name), Issue::new("not_allowed_here"));
    }
}

fn free(fields: AssessmentFields, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Form> {
    if fields.status == Some(AssessmentStatus::Draft) {
        errors.push(&at.key("instrument"), Issue::new("required_here"));
    }
    let members = [
        ("instrument_version", fields.instrument_version.is_some()),
        ("answers", !fields.answers.is_empty()),
        ("risk_reason", fields.risk_reason.is_some()),
    ];
    foreign(&members, at, errors);
    let needed = [
        ("child_view", fields.child_view.0.is_none()),
        ("needs", fields.needs.0.is_none()),
        ("risk_level", fields.risk_level.0.is_none()),
    ];
    for (name, _) in needed.iter().filter(|(_, missing)| *missing) {
        errors.push(&at.key(name), Issue::new("missing_field"));
    }
    Some(Form::Free(FreeForm {
        section: fields.section.unwrap_or(Section::General),
        risk_level: fields.risk_level.0?,
        needs: fields.needs.0?,
        child_view: fields.child_view.0?,
    }))
}

fn by_instrument(fields: AssessmentFields, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Form> {
    let status = fields.status.unwrap_or(AssessmentStatus::Completed);
    let draft = status == AssessmentStatus::Draft;
    let members = [
        ("section", fields.section.is_some()),
        ("needs", fields.needs.0.is_some()),
        ("child_view", fields.child_view.0.is_some()),
        ("risk_level", draft && fields.risk_level.0.is_some()),
        ("risk_reason", draft && fields.risk_reason.is_some()),
    ];
    foreign(&members, at, errors);
    Some(Form::Instrument(ByInstrument {
        instrument: fields.instrument?,
        version: fields.instrument_version,
        status,
        answers: fields.answers,
        risk_level: fields.risk_level.0,
        risk_reason: fields.risk_reason,
    }))
}

/// Answers by question, and where in the request each stands. A question that is answered twice is refused.
pub fn by_question(sent: Vec<AnswerRequest>) -> Result<(Answers, BTreeMap<AssessmentCode, usize>), FieldErrors> {
    let mut errors = FieldErrors::new();
    let (mut answers, mut places) = (Answers::new(), BTreeMap::new());
    let at = Pointer::ROOT.key("answers");
    for (place, answer) in sent.into_iter().enumerate() {
        if answers.contains_key(&answer.question) {
            errors.push(&at.index(place).key("question"), Issue::new("code_repeated"));
        }
        places.insert(answer.question.clone(), place);
        answers.insert(answer.question, answer.value.0);
    }
    if errors.is_empty() { Ok((answers, places)) } else { Err(errors) }
}
