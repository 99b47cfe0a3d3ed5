//! Instruments, assessments by them, revisions of plans.

use super::*;

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let case = &fixture.case;
    let list = fixture.cast.pedagogue.get(&format!("/cases/{case}/assessments")).expect(200);
    let assessment = list.body["items"][0]["id"].as_str().expect("an assessment").to_owned();
    let at = format!("/cases/{case}/assessments/{assessment}");
    let probe =
        |operation, action, about, method, path: String, body| Probe { operation, action, about, method, path, body };
    let texts = json!({"ru": "Вопрос", "kk": "Сұрақ", "en": "Question"});
    let definition = json!({"titles": texts, "section": "general", "meant_for": {"respondent": "child"},
        "valid_from": "2090-01-01", "source": "Made up", "scoring": "sum",
        "questions": [{"code": "child_view", "kind": "text", "text": texts, "required": true, "purpose": "child_view"}],
        "thresholds": [{"from": 0, "risk_level": "low"}]});
    vec![
        probe("instrument_list", Action::ReferenceRead, About::Nothing, "GET", "/assessment-instruments".into(), None),
        probe(
            "instrument_versions",
            Action::ReferenceRead,
            About::Nothing,
            "GET",
            "/assessment-instruments/needs_and_safety".into(),
            None,
        ),
        probe(
            "instrument_publish",
            Action::InstrumentManage,
            About::Nothing,
            "POST",
            "/assessment-instruments/made_up/versions".into(),
            Some(definition),
        ),
        probe("assessment_get", Action::CaseRead, About::Case, "GET", at.clone(), None),
        // It is completed: whoever may write hears the rule.
        probe(
            "assessment_update",
            Action::AssessmentWrite,
            About::Case,
            "PATCH",
            at.clone(),
            Some(json!({"answers": []})),
        ),
        probe(
            "assessment_complete",
            Action::AssessmentWrite,
            About::Case,
            "POST",
            format!("{at}/complete"),
            Some(json!({})),
        ),
        probe(
            "assessment_compare",
            Action::CaseRead,
            About::Case,
            "GET",
            format!("/cases/{case}/assessments/compare?from={assessment}&to={assessment}"),
            None,
        ),
        probe(
            "plan_compare",
            Action::CaseRead,
            About::Case,
            "GET",
            format!("/cases/{case}/plan/compare?from=1&to=1"),
            None,
        ),
        probe(
            "plan_return",
            Action::PlanApprove,
            About::Case,
            "POST",
            format!("/cases/{case}/plan/return"),
            Some(json!({"plan_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "reason": "Not yet"})),
        ),
    ]
}
