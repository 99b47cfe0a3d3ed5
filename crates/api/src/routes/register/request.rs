//! A report as a client sends it, and the rules its fields keep among themselves.

use std::borrow::Cow;

use chrono::NaiveDate;
use qorgan_domain::ids::{CaseId, ChildId, ReportId, client_uuid};
use qorgan_domain::register::{
    ChildRole, FactKind, Nature, Relation, Setting, SuicidalLevel, ViolenceForm, check_relation,
};
use qorgan_domain::territory::Kato;
use qorgan_domain::text::{Narrative, Text};
use qorgan_storage::register::{ExternalReference, ExternalSystem};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{FieldErrors, Issue, Pointer};
use crate::request;
use crate::request::FromText;
use crate::routes::children::ChildRequest;

/// A system of another agency, by its code.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SystemCode(pub ExternalSystem);

impl FromText for SystemCode {
    fn from_text(text: &str) -> Result<Self, Issue> {
        text.parse().map(Self).map_err(Issue::from)
    }
}

crate::json_from_text!(SystemCode);

impl PartialSchema for SystemCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(ExternalSystem::ALL.iter().map(|system| system.as_str())))
            .description(Some(
                "A system of another agency.\n\n* `erdr`: the unified register of pre-trial investigations.\n* `kui`: \
                 the book of records of information about offences.\n* `medical_record`: a record of a health \
                 facility.\n* `other`: another one.",
            ))
            .into()
    }
}

impl ToSchema for SystemCode {
    fn name() -> Cow<'static, str> {
        "ExternalSystem".into()
    }
}

request! {
    /// Where an event took place.
    pub struct PlaceRequest {
        /// City, district or settlement (KATO).
        pub territory: Kato,
        /// In what surroundings.
        pub setting: Setting,
    }

    /// The number by which another system knows the event.
    pub struct ExternalReferenceRequest {
        /// The system.
        pub system: SystemCode,
        /// Its number there.
        #[schema(value_type = String, min_length = 1, max_length = 60)]
        pub number: Text<1, 60>,
    }

    /// What an agency reports to the unified register: violence with its `main_form`, suicidal behaviour with its
    /// `level`.
    #[schema(example = json!({
        "kind": "violence", "main_form": "bullying", "forms": ["psychological"], "occurred_on": "2026-03-12",
        "place": {"territory": "351000000", "setting": "school"}, "child_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab",
        "role": "victim", "alleged_perpetrator_relation": "peer",
        "description": "Threatened by older pupils after lessons, twice in a week.",
        "external_refs": [{"system": "kui", "number": "1402"}]
    }))]
    pub struct ReportRequest {
        /// An id chosen by the client (UUIDv7), so that it can send the report again without filing it twice.
        pub id: Option<ReportId>,
        /// Violence or suicidal behaviour.
        pub kind: FactKind,
        /// Violence: the form by which it is counted.
        pub main_form: Option<ViolenceForm>,
        /// Suicidal behaviour: how far it went.
        pub level: Option<SuicidalLevel>,
        /// Violence: all forms; the main one is added.
        pub forms: Option<Vec<ViolenceForm>>,
        /// The day of the event.
        pub occurred_on: NaiveDate,
        /// Where it took place.
        pub place: PlaceRequest,
        /// The child: a record of the shared index. Either this or `child`.
        pub child_id: Option<ChildId>,
        /// The child, where its record is not known: what is certainly it is found, otherwise it is registered with the
        /// report. `confirm_new`: no record alike is this child.
        pub child: Option<ChildRequest>,
        /// What the child was in the event.
        pub role: ChildRole,
        /// Violence: what the alleged perpetrator is to the child.
        pub alleged_perpetrator_relation: Option<Relation>,
        /// What happened, in the reporter's own words.
        pub description: Narrative,
        /// The open case it is filed for; the caller must see it, and it must be about the child.
        pub case_id: Option<CaseId>,
        /// Where other systems know the event.
        pub external_refs: Vec<ExternalReferenceRequest>,
    }
}

impl ReportRequest {
    /// Checks what fields say together; `today` bounds the day of the event. `None` means that `errors` now says
    /// what is wrong.
    pub fn check(&self, today: NaiveDate, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Nature> {
        if let Some(Err(invalid)) = self.id.map(|id| client_uuid(id.as_uuid())) {
            errors.push(&at.key("id"), invalid);
        }
        if self.occurred_on > today {
            errors.push(&at.key("occurred_on"), Issue::new("date_future"));
        }
        if let Err(invalid) = check_relation(self.kind, self.alleged_perpetrator_relation) {
            errors.push(&at.key("alleged_perpetrator_relation"), invalid);
        }
        match Nature::new(self.kind, self.main_form, self.level, self.forms.clone()) {
            Ok(nature) => Some(nature),
            Err(wrong) => {
                for (field, invalid) in wrong {
                    errors.push(&at.key(field), invalid);
                }
                None
            }
        }
    }
}

request! {
    /// A fact as it is told with a new case: a report to the unified register on the case's child.
    pub struct CaseFactRequest {
        /// Violence or suicidal behaviour.
        pub kind: FactKind,
        /// Violence: the form by which it is counted.
        pub main_form: Option<ViolenceForm>,
        /// Suicidal behaviour: how far it went.
        pub level: Option<SuicidalLevel>,
        /// Violence: all forms; the main one is added.
        pub forms: Option<Vec<ViolenceForm>>,
        /// The day of the event.
        pub occurred_on: NaiveDate,
        /// Where it took place.
        pub place: PlaceRequest,
        /// What the child was in the event.
        pub role: ChildRole,
        /// Violence: what the alleged perpetrator is to the child.
        pub alleged_perpetrator_relation: Option<Relation>,
        /// What happened, in the reporter's own words.
        pub description: Narrative,
        /// Where other systems know the event.
        pub external_refs: Vec<ExternalReferenceRequest>,
    }
}

impl CaseFactRequest {
    /// The report on a child that is filed for a case.
    #[must_use]
    pub fn into_report(self, child: ChildId, case: CaseId) -> ReportRequest {
        ReportRequest {
            id: None,
            kind: self.kind,
            main_form: self.main_form,
            level: self.level,
            forms: self.forms,
            occurred_on: self.occurred_on,
            place: self.place,
            child_id: Some(child),
            child: None,
            role: self.role,
            alleged_perpetrator_relation: self.alleged_perpetrator_relation,
            description: self.description,
            case_id: Some(case),
            external_refs: self.external_refs,
        }
    }
}

impl From<&ExternalReferenceRequest> for ExternalReference {
    fn from(ExternalReferenceRequest { system, number }: &ExternalReferenceRequest) -> Self {
        Self { system: system.0, number: number.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::FromJson;
    use serde_json::{Value, json};

    fn report() -> Value {
        json!({
            "kind": "violence", "main_form": "bullying", "occurred_on": "2026-03-12",
            "place": {"territory": "351000000", "setting": "school"},
            "child_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "role": "victim", "description": "Threats.",
        })
    }

    /// What is wrong with the report after these members are set, by pointer and code.
    fn wrong(members: Value) -> Vec<(String, &'static str)> {
        let mut report = report();
        for (name, value) in members.as_object().unwrap() {
            report[name] = value.clone();
        }
        let mut errors = FieldErrors::new();
        if let Some(request) = ReportRequest::from_json(report, &Pointer::ROOT, &mut errors) {
            let nature = request.check("2026-03-12".parse().unwrap(), &Pointer::ROOT, &mut errors);
            assert!(nature.is_some() || !errors.is_empty());
        }
        errors.iter().map(|error| (error.pointer().to_owned(), error.code())).collect()
    }

    #[test]
    fn a_report_of_today_is_good() {
        assert_eq!(wrong(json!({})), []);
        assert_eq!(wrong(json!({"external_refs": [{"system": "erdr", "number": "26 35 1"}], "forms": []})), []);
    }

    #[test]
    fn fields_that_contradict_each_other_are_all_named() {
        let members = json!({
            "id": "0190a6f8-5b1c-4c3e-9f00-1234567890ab", "kind": "suicidal_behaviour", "occurred_on": "2026-03-13",
            "alleged_perpetrator_relation": "peer", "forms": ["physical"],
        });
        let expected = [
            ("/id", "id_not_v7"),
            ("/occurred_on", "date_future"),
            ("/alleged_perpetrator_relation", "not_allowed"),
            ("/main_form", "not_allowed"),
            ("/forms", "not_allowed"),
            ("/level", "required"),
        ];
        assert_eq!(wrong(members), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn references_name_a_known_system_and_a_number() {
        let members =
            json!({"external_refs": [{"system": "ERDR", "number": ""}, {"system": "kui", "number": "1".repeat(61)}]});
        let expected = [
            ("/external_refs/0/system", "unknown_code"),
            ("/external_refs/0/number", "text_too_short"),
            ("/external_refs/1/number", "text_too_long"),
        ];
        assert_eq!(wrong(members), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }
}
