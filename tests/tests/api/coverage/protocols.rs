//! Protocols and how they apply to cases.

use qorgan_domain::policy::Action;
use serde_json::{Value, json};

use super::{About, Fixture, Probe};

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let case = &fixture.case;
    let applications = fixture.cast.pedagogue.get(&format!("/cases/{case}/protocols")).expect(200);
    let application = applications.body["items"][0]["id"].as_str().expect("the fact called for a protocol");
    let probe = |operation, action, about, path: String, body: Option<Value>| Probe {
        operation,
        action,
        about,
        method: if body.is_some() { "POST" } else { "GET" },
        path,
        body,
    };
    let version = json!({"version": 1, "valid_from": "2090-01-01", "source": "A test", "titles": titles(),
        "trigger": {"risk_levels": ["critical"]},
        "steps": [{"code": "visit", "titles": titles(), "agency": "UZ", "due": {"amount": 3, "unit": "hours"}}]});
    vec![
        probe("protocol_list", Action::ReferenceRead, About::Nothing, "/protocols".into(), None),
        probe("protocol_get", Action::ReferenceRead, About::Nothing, "/protocols/crisis".into(), None),
        probe(
            "protocol_version_create",
            Action::ProtocolManage,
            About::Nothing,
            "/protocols/of_the_coverage_test/versions".into(),
            Some(version),
        ),
        probe(
            "protocol_dry_run",
            Action::ReferenceRead,
            About::Nothing,
            "/protocols/crisis/dry-run".into(),
            Some(json!({"risk_level": "critical", "territory": "351000000"})),
        ),
        probe("protocol_application_list", Action::CaseRead, About::Case, format!("/cases/{case}/protocols"), None),
        probe(
            "protocol_application_create",
            Action::ProtocolApply,
            About::Case,
            format!("/cases/{case}/protocols"),
            Some(json!({"code": "neglect", "reason": "Nobody is at home in the evening."})),
        ),
        probe(
            "protocol_application_move",
            Action::ProtocolApply,
            About::Case,
            format!("/cases/{case}/protocols/{application}/move"),
            Some(json!({"to_version": 1, "reason": "A new order"})),
        ),
    ]
}

fn titles() -> Value {
    json!({"ru": "Шаг", "kk": "Қадам", "en": "Step"})
}
