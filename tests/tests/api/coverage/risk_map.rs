//! The risk map and its alerts.

use qorgan_domain::policy::Action;

use super::{About, Probe};

pub fn probes() -> Vec<Probe> {
    let year = "from=2026-01-01&to=2026-12-31";
    [
        ("risk_map", format!("/risk-map?{year}")),
        ("risk_map", format!("/risk-map?indicator=composite&method=protected&{year}")),
        ("risk_map_alerts", format!("/risk-map/alerts?{year}")),
    ]
    .map(|(operation, path)| Probe {
        operation,
        action: Action::StatisticsProtected,
        about: About::Nothing,
        method: "GET",
        path,
        body: None,
    })
    .into()
}
