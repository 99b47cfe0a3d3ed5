//! Types of the domain that requests hold: each is written as one string.

use qorgan_domain::text::Text;
use qorgan_domain::{
    assessments, cases, children, clocks, consilium, family, identity, ids, protocols, register, school_register,
    services, signals, statistics, tasks, territory,
};

use super::json::{self, FromJson, Value};
use super::text::FromText;
use crate::problem::{FieldErrors, Issue, Pointer};

crate::leaf_str!(
    ids::OrganisationId,
    ids::UserId,
    ids::SessionId,
    ids::ChildId,
    ids::SignalId,
    ids::CaseId,
    ids::AssessmentId,
    ids::PlanId,
    ids::GoalId,
    ids::TaskId,
    ids::ReviewId,
    ids::NoteId,
    ids::CaseLinkId,
    ids::LinkedChildId,
    ids::FollowUpCheckId,
    ids::DeadlineId,
    ids::DeadlineRuleId,
    ids::NotificationId,
    ids::ContentId,
    ids::ConsiliumSessionId,
    ids::ConsiliumItemId,
    ids::ConsiliumDecisionId,
    ids::QualificationSessionId,
    ids::QualificationItemId,
    ids::QualificationMaterialId,
    ids::EventId,
    ids::ProtocolApplicationId,
    ids::PlacementId,
    ids::FamilyMemberId,
    ids::ConsentId,
    ids::ServiceId,
    ids::AppointmentId,
    ids::ReportId,
    ids::FactId,
    ids::MatchReviewId,
    ids::ReleaseId,
    ids::ReleasePartId,
    ids::ChildMatchReviewId,
    ids::AttachmentId,
    ids::ReconciliationId,
    ids::ReconciliationItemId,
    ids::AuditEventId,
);

crate::leaf_str!(
    assessments::AssessmentCode,
    assessments::AssessmentStatus,
    assessments::AnswerPurpose,
    assessments::QuestionKind,
    assessments::Respondent,
    assessments::Scoring,
    cases::CaseAction,
    cases::ClosureOutcome,
    cases::EscalationTarget,
    cases::FamilyRole,
    cases::ReviewConclusion,
    cases::RiskLevel,
    cases::Section,
    cases::Stage,
    cases::follow_up::FollowUpFinding,
    cases::links::CaseLinkKind,
    cases::links::LinkedChildRole,
    cases::worklists::Worklist,
    consilium::BoardOutcome,
    consilium::BoardRole,
    consilium::SessionStatus,
    consilium::Vote,
    cases::AttachmentKind,
    cases::FileName,
    children::Iin,
    children::PersonName,
    children::Sex,
    clocks::DeadlineKind,
    clocks::EscalationLevel,
    clocks::TimeUnit,
    family::ConsentForm,
    family::ConsentStatus,
    family::FamilyRelation,
    identity::AccountKind,
    identity::AgencyCode,
    identity::OrganisationKind,
    identity::Role,
    identity::Scope,
    identity::Username,
    protocols::ProtocolCode,
    protocols::StepCode,
    register::ChildRole,
    register::FactKind,
    register::FactStatus,
    register::Relation,
    register::Setting,
    register::SuicidalLevel,
    register::qualification::QualificationOutcome,
    register::ViolenceForm,
    register::AgeGroup,
    register::reconciliation::ReconciliationOutcome,
    register::reconciliation::ReconciliationStatus,
    register::reconciliation::Resolution,
    register::matching::MatchDecision,
    register::matching::ReviewStatus,
    signals::ImportSource,
    school_register::Submitter,
    services::AppointmentStatus,
    services::CapacityPeriod,
    services::ServiceKind,
    services::ServiceLanguage,
    signals::SignalChannel,
    signals::SignalStatus,
    signals::TriageDecision,
    signals::Urgency,
    statistics::AgeFiveYears,
    statistics::AgeSchoolStage,
    statistics::AsOf,
    statistics::ChildAge,
    statistics::Comparison,
    statistics::Dimension,
    statistics::FactOutcome,
    statistics::StatisticsMeasure,
    statistics::StatisticsMethod,
    statistics::release::PartAnswer,
    statistics::release::ReleasePeriodKind,
    statistics::release::ReleaseStatus,
    statistics::risk::Indicator,
    statistics::operations::Counted,
    statistics::operations::OperationsDimension,
    statistics::operations::WorkloadLevel,
    tasks::TaskStatus,
    territory::Kato,
);

impl<const MIN: usize, const MAX: usize> FromText for Text<MIN, MAX> {
    fn from_text(text: &str) -> Result<Self, Issue> {
        Self::new(text).map_err(Issue::from)
    }
}

impl<const MIN: usize, const MAX: usize> FromJson for Text<MIN, MAX> {
    fn from_json(value: Value, at: &Pointer<'_>, errors: &mut FieldErrors) -> Option<Self> {
        json::leaf(value, at, errors)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use crate::problem::messages;

    /// Codes of `Invalid` as they stand in the domain's sources outside tests.
    fn codes_under(folder: &Path, codes: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes_under(&path, codes);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let quoted =
                    source.split("Invalid::new(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
                codes.extend(quoted.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_code_of_the_domain_has_words() {
        let mut codes = BTreeSet::new();
        codes_under(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src"), &mut codes);
        assert!(codes.contains("text_too_long"), "the search itself must find codes");
        let silent: Vec<_> = codes.iter().filter(|code| messages::find(messages::FIELDS, code).is_none()).collect();
        assert!(silent.is_empty(), "no words for {silent:?}");
    }
}
