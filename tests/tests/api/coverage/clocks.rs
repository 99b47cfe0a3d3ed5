//! Calendar, rules of time, deadlines, duty contacts, notices.

use qorgan_domain::policy::Action;
use serde_json::json;

use super::{About, Fixture, Probe};

pub fn probes(fixture: &Fixture) -> Vec<Probe> {
    let case = &fixture.case;
    let clinic = fixture.cast.organisation("UZ home");
    let probe =
        |operation, action, about, method, path: String, body| Probe { operation, action, about, method, path, body };
    let get = |operation, action, about, path: String| probe(operation, action, about, "GET", path, None);
    let day = json!({"working": false, "title_ru": "Выходной", "source": "Order"});
    let hours = |amount: i32| json!({"amount": amount, "unit": "hours"});
    let rule = json!({"code": "assessment", "risk_level": "low", "valid_from": "2090-01-01", "allowance": hours(100),
        "remind_before": hours(10), "escalation": [{"to": "manager", "after": hours(0)}], "source": "Order"});
    vec![
        get("calendar_list", Action::ReferenceRead, About::Nothing, "/calendar?from=2026-01-01&to=2026-12-31".into()),
        get("calendar_day_get", Action::ReferenceRead, About::Nothing, "/calendar/2026-03-24".into()),
        probe("calendar_day_set", Action::ClockManage, About::Nothing, "PUT", "/calendar/2026-03-24".into(), Some(day)),
        probe(
            "calendar_day_withdraw",
            Action::ClockManage,
            About::Nothing,
            "DELETE",
            "/calendar/2026-07-06".into(),
            None,
        ),
        get("deadline_rule_list", Action::ReferenceRead, About::Nothing, "/deadline-rules".into()),
        probe(
            "deadline_rule_publish",
            Action::ClockManage,
            About::Nothing,
            "POST",
            "/deadline-rules".into(),
            Some(rule),
        ),
        get("case_deadline_list", Action::CaseRead, About::Case, format!("/cases/{case}/deadlines")),
        get(
            "duty_contact_list",
            Action::OrganisationRead,
            About::Nothing,
            format!("/organisations/{clinic}/duty-contacts"),
        ),
        probe(
            "duty_contact_name",
            Action::OrganisationManage,
            About::Nothing,
            "PUT",
            format!("/organisations/{clinic}/duty-contacts"),
            Some(json!({"user_ids": []})),
        ),
        get("notification_list", Action::AccountUse, About::Nothing, "/notifications?unread=true".into()),
        probe(
            "notification_read",
            Action::AccountUse,
            About::Nothing,
            "POST",
            "/notifications/read".into(),
            Some(json!({"up_to": "2026-01-01T00:00:00Z"})),
        ),
    ]
}
