//! The document of a release: what is signed.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{FrozenCell, PartOutcome, ReleasePeriod};
use crate::identity::AgencyCode;
use crate::ids::ReleaseId;
use crate::statistics::protection::DisclosureRule;
use crate::statistics::{Dimension, StatisticsMethod};
use crate::territory::Kato;

/// A name of the form, so that no other document that is signed can pass for a release.
const FORM: &str = "qorgan-release/1";

/// A table in the document.
#[derive(Debug, Clone)]
pub struct DocumentTable<'a> {
    /// Its code.
    pub code: &'a str,
    /// What it is called in Russian, Kazakh and English.
    pub names: [&'a str; 3],
    /// By what facts are grouped in it.
    pub dimensions: &'a [Dimension],
    /// Its cells.
    pub cells: &'a [FrozenCell],
    /// All facts together.
    pub total: i64,
}

/// How a part of an agency went into the release.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentPart<'a> {
    /// The agency.
    pub agency: &'a AgencyCode,
    /// The city or district of its organisations.
    pub territory: &'a Kato,
    /// How.
    pub outcome: PartOutcome,
}

/// Everything that a signature of a release vouches for.
#[derive(Debug, Clone)]
pub struct ReleaseDocument<'a> {
    /// The release.
    pub id: ReleaseId,
    /// The first, second … of its period.
    pub edition: i32,
    /// The edition that it takes the place of.
    pub supersedes: Option<ReleaseId>,
    /// The days of the events.
    pub period: ReleasePeriod,
    /// The register as it read at the end of this day.
    pub as_of: NaiveDate,
    /// By which rule its counts are protected; exact where there is none.
    pub rule: Option<&'a DisclosureRule>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// How the parts went into it.
    pub parts: &'a [DocumentPart<'a>],
    /// The tables.
    pub tables: &'a [DocumentTable<'a>],
}

impl ReleaseDocument<'_> {
    /// The document. All numbers are whole.
    ///
    /// Which agencies reported facts of which places is itself a count: a protected document says only whether all of
    /// them confirmed.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let method = if self.rule.is_some() { StatisticsMethod::Protected } else { StatisticsMethod::Exact };
        let complete = self.parts.iter().all(|part| part.outcome == PartOutcome::Confirmed);
        let mut document = json!({
            "form": FORM,
            "id": self.id,
            "edition": self.edition,
            "supersedes": self.supersedes,
            "period": {"kind": self.period.kind(), "from": self.period.from(), "to": self.period.to()},
            "as_of": self.as_of,
            "method": method,
            "published_at": self.published_at,
            "all_parts_confirmed": complete,
            "tables": self.tables.iter().map(table).collect::<Vec<_>>(),
        });
        match self.rule {
            // A fraction has more than one spelling: it goes as text.
            Some(rule) => {
                document["protection"] = json!({"max_noise": rule.max_noise, "threshold": rule.threshold,
                    "hidden_below": rule.hidden_below,
                    "variance": rule.variance.to_string()});
            }
            None => document["parts"] = json!(self.parts),
        }
        document
    }
}

fn table(table: &DocumentTable<'_>) -> Value {
    let [ru, kk, en] = table.names;
    let rows: Vec<Value> = table.cells.iter().map(|cell| row(table.dimensions, cell)).collect();
    json!({"code": table.code, "names": {"ru": ru, "kk": kk, "en": en}, "dimensions": table.dimensions,
        "rows": rows, "total": table.total})
}

fn row(dimensions: &[Dimension], (values, count): &FrozenCell) -> Value {
    let named = dimensions.iter().zip(values);
    let mut row: Map<String, Value> = named.map(|(of, value)| (of.to_string(), json!(value))).collect();
    row.insert("count".to_owned(), json!(count));
    Value::Object(row)
}

#[cfg(test)]
mod tests {
    use super::super::{ReleasePeriodKind, canonical};
    use super::*;
    use uuid::Uuid;

    fn document(rule: Option<&DisclosureRule>, outcome: PartOutcome) -> Value {
        let agency = AgencyCode::new("UO").unwrap();
        let territory = Kato::new("352400000").unwrap();
        let cells = [(vec![Some("2026-10".to_owned()), None], 12)];
        let tables = [DocumentTable {
            code: "month_level",
            names: ["Рус", "Қаз", "En"],
            dimensions: &[Dimension::Month, Dimension::Level],
            cells: &cells,
            total: 12,
        }];
        ReleaseDocument {
            id: Uuid::from_u128(7).into(),
            edition: 2,
            supersedes: Some(Uuid::from_u128(6).into()),
            period: ReleasePeriod::new(ReleasePeriodKind::Month, "2026-10-01".parse().unwrap()).unwrap(),
            as_of: "2026-10-31".parse().unwrap(),
            rule,
            published_at: "2026-11-20T05:00:00Z".parse().unwrap(),
            parts: &[DocumentPart { agency: &agency, territory: &territory, outcome }],
            tables: &tables,
        }
        .to_json()
    }

    #[test]
    fn exact_and_protected_documents_tell_themselves_apart_and_can_be_signed() {
        let rule = DisclosureRule { max_noise: 5, variance: 3.5, threshold: 3, hidden_below: 3, max_attributes: 4 };
        let exact = document(None, PartOutcome::Silent);
        let protected = document(Some(&rule), PartOutcome::Confirmed);
        assert_eq!((&exact["method"], &protected["method"]), (&json!("exact"), &json!("protected")));
        assert_eq!(exact["parts"], json!([{"agency": "UO", "territory": "352400000", "outcome": "silent"}]));
        assert_eq!((&exact["all_parts_confirmed"], &protected["all_parts_confirmed"]), (&json!(false), &json!(true)));
        assert_eq!(protected["protection"]["variance"], "3.5");
        assert_eq!(exact["tables"][0]["rows"], json!([{"month": "2026-10", "level": null, "count": 12}]));
        assert!(canonical(&exact).is_ok() && canonical(&protected).is_ok());
    }

    #[test]
    fn a_protected_document_does_not_say_who_reported_where() {
        let rule = DisclosureRule { max_noise: 5, variance: 3.0, threshold: 3, hidden_below: 3, max_attributes: 4 };
        let text = canonical(&document(Some(&rule), PartOutcome::Silent)).unwrap();
        assert!(!text.contains("UO") && !text.contains("352400000"), "{text}");
    }
}
