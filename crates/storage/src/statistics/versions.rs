//! The versions of facts in force at a moment as the relation `v` of `dimensions` and `conditions`.

use qorgan_domain::statistics::{Attribute, Dimension, StatisticsQuery};
use serde_json::Value;

use super::conditions::conditions;
use super::count::NOT_COUNTED;

/// `FROM` and `WHERE` of a count of a query, and what is to be bound: `$1` first day, `$2` last day, `$3` the moment, `$4`
/// the document of filters. Each fact has at most one version in force; by forms it has a row for each of them.
pub(super) fn from_versions(query: &StatisticsQuery) -> (String, Value) {
    let (conditions, values) = conditions(query, "$4");
    let relation = if query.attributes().contains(&Attribute::Form) {
        "(SELECT w.*, f.form FROM register_fact_versions w LEFT JOIN LATERAL unnest(w.forms) f (form) ON true)"
    } else {
        "register_fact_versions"
    };
    let counted = if query.filters().values(Dimension::Status).is_some() {
        String::new()
    } else {
        format!(" AND v.status <> ALL ('{{{}}}')", NOT_COUNTED.join(","))
    };
    let sql = format!(
        "FROM {relation} v WHERE v.occurred_on BETWEEN $1 AND $2 \
         AND v.recorded_at < $3 AND (v.superseded_at IS NULL OR v.superseded_at >= $3) \
         AND $4::jsonb IS NOT NULL{counted}{conditions}"
    );
    (sql, values)
}
