//! The in-school register, families, services, appointments.

use qorgan_domain::policy::Action;
use serde_json::{Value, json};

use super::{About, Fixture, Probe};

/// Of the shipped directory: it needs no consent and has no limit.
const HOTLINE: &str = "0190a000-0000-7000-8000-000000000111";

/// A placement in good form.
fn placement() -> Value {
    json!({"ground": "truancy", "placed_on": "2026-09-15", "decided_on": "2026-09-14", "protocol_number": "3",
        "submitted_by": "class_teacher"})
}

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let Fixture { cast, child, case, .. } = fixture;
    let pedagogue = &cast.pedagogue;
    // Pupils of their own: a placement hinders another one of the same child.
    let pupil = cast.child("Учётная");
    let placed = pedagogue.post(&format!("/children/{pupil}/in-school-register"), &placement()).expect(201).id();
    let service = json!({"kind": "other", "name_ru": "Кабинет", "territory": "351000000", "serves": ["351000000"],
        "organisation_id": cast.organisation("school home"), "source": "A test"});
    let kept = cast.supervisor.post("/services", &service).expect(201).id();
    let member = pedagogue.post(&format!("/cases/{case}/family"), &json!({"relation": "mother"})).expect(201).id();
    let appointment = json!({"service_id": HOTLINE, "starts_at": "2090-01-01T05:00:00Z", "purpose": "A talk"});
    let made = pedagogue.post(&format!("/cases/{case}/appointments"), &appointment).expect(201).id();

    let probe =
        |operation, action, about, method, path: String, body| Probe { operation, action, about, method, path, body };
    let get = |operation, action, about, path: String| probe(operation, action, about, "GET", path, None);
    let post = |operation, action, about, path: String, body| probe(operation, action, about, "POST", path, Some(body));
    let patch =
        |operation, action, about, path: String, body| probe(operation, action, about, "PATCH", path, Some(body));
    let register = |tail: &str| format!("/in-school-register/{placed}{tail}");
    vec![
        get("legal_regime_list", Action::ReferenceRead, About::Nothing, "/legal-regimes".into()),
        get("school_register_ground_list", Action::ReferenceRead, About::Nothing, "/in-school-register/grounds".into()),
        get("school_register_counts", Action::SchoolRegisterRead, About::Nothing, "/in-school-register/counts".into()),
        get("school_register_list", Action::SchoolRegisterRead, About::Nothing, "/in-school-register".into()),
        get("school_placement_get", Action::SchoolRegisterRead, About::Placement, register("")),
        get("school_placement_versions", Action::SchoolRegisterRead, About::Placement, register("/versions")),
        post(
            "school_placement_amend",
            Action::SchoolRegisterWrite,
            About::Placement,
            register("/amend"),
            json!({"review_on": "2090-01-01", "reason": "Reviewed"}),
        ),
        post(
            "school_placement_remove",
            Action::SchoolRegisterWrite,
            About::Placement,
            register("/remove"),
            json!({"ground": "other", "removed_on": "2026-11-01", "decided_on": "2026-11-01", "protocol_number": "9",
                "reason": "A test"}),
        ),
        post(
            "case_school_placement_create",
            Action::SchoolRegisterWrite,
            About::Case,
            format!("/cases/{case}/in-school-register"),
            placement(),
        ),
        get("case_school_placement_list", Action::CaseRead, About::Case, format!("/cases/{case}/in-school-register")),
        post(
            "child_school_placement_create",
            Action::SchoolRegisterWrite,
            About::Child,
            format!("/children/{child}/in-school-register"),
            placement(),
        ),
        get(
            "child_school_placement_list",
            Action::SchoolRegisterRead,
            About::Child,
            format!("/children/{child}/in-school-register"),
        ),
        post(
            "family_member_create",
            Action::FamilyWrite,
            About::Case,
            format!("/cases/{case}/family"),
            json!({"relation": "father"}),
        ),
        get("family_list", Action::CaseRead, About::Case, format!("/cases/{case}/family")),
        patch(
            "family_member_update",
            Action::FamilyWrite,
            About::Case,
            format!("/cases/{case}/family/{member}"),
            json!({"relation": "guardian"}),
        ),
        post(
            "consent_create",
            Action::FamilyWrite,
            About::Case,
            format!("/cases/{case}/family/{member}/consents"),
            json!({"status": "given", "decided_on": "2026-09-01", "form": "oral"}),
        ),
        get("service_list", Action::ServiceRead, About::Nothing, "/services".into()),
        get("service_get", Action::ServiceRead, About::Nothing, format!("/services/{kept}")),
        post("service_create", Action::ServiceManage, About::Service, "/services".into(), service),
        patch(
            "service_update",
            Action::ServiceManage,
            About::Service,
            format!("/services/{kept}"),
            json!({"phones": ["111"]}),
        ),
        post(
            "appointment_create",
            Action::AppointmentWrite,
            About::Case,
            format!("/cases/{case}/appointments"),
            appointment,
        ),
        get("appointment_list", Action::CaseRead, About::Case, format!("/cases/{case}/appointments")),
        patch(
            "appointment_update",
            Action::AppointmentWrite,
            About::Case,
            format!("/cases/{case}/appointments/{made}"),
            json!({"status": "cancelled", "reason": "A test"}),
        ),
    ]
}
