//! Protected counts; exact ones are probed where they always were.

use qorgan_domain::policy::Action;

use super::{About, Probe};

pub fn probes() -> Vec<Probe> {
    ["", "&method=protected", "&format=csv", "&rates=true", "&format=ndjson"]
        .map(|asked| Probe {
            operation: "statistics_register",
            action: Action::StatisticsProtected,
            about: About::Nothing,
            method: "GET",
            path: format!("/statistics/register?group_by=month&from=2026-01-01&to=2026-12-31{asked}"),
            body: None,
        })
        .into()
}
