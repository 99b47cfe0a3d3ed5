//! Statistics of the operation: each table as the caller has it, exactly, and protected.

use qorgan_domain::policy::Action;

use super::{About, Probe};

pub fn probes() -> Vec<Probe> {
    let tables = [
        ("statistics_cases", "/statistics/cases?group_by=stage,risk_level"),
        ("statistics_timeliness", "/statistics/timeliness?from=2026-01-01&to=2026-12-31"),
        ("statistics_recurrence", "/statistics/recurrence?from=2026-01-01&to=2026-12-31"),
        ("statistics_detection", "/statistics/detection?group_by=channel&from=2026-01-01&to=2026-12-31"),
        ("statistics_workload", "/statistics/workload?level=organisation"),
    ];
    let asked = [
        (Action::OperationsRead, ""),
        (Action::OperationsRead, "&format=csv"),
        (Action::OperationsExact, "&method=exact"),
        (Action::OperationsProtected, "&method=protected"),
    ];
    let all = tables.into_iter().flat_map(|table| asked.map(|asked| (table, asked)));
    all.map(|((operation, path), (action, method))| Probe {
        operation,
        action,
        about: About::Nothing,
        method: "GET",
        path: format!("{path}{method}"),
        body: None,
    })
    .collect()
}
