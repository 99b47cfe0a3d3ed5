//! In what form a table is answered: by `format`, or by `Accept` (RFC 9110, section 12.5.1).

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use utoipa::ToSchema;

use crate::problem::{Issue, Problem, ProblemCode};
use crate::request::FromText;

/// A form of the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum StatisticsFormat {
    /// JSON as this document describes it.
    Json,
    /// JSON-stat 2.0.
    JsonStat,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// A workbook of Office Open XML.
    Xlsx,
    /// One JSON object a line.
    Ndjson,
}

impl StatisticsFormat {
    /// All forms; of those that a client likes equally the first is taken.
    const ALL: &'static [Self] = &[Self::Json, Self::JsonStat, Self::Csv, Self::Xlsx, Self::Ndjson];

    /// The code, as in `format`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::JsonStat => "json-stat",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ndjson => "ndjson",
        }
    }

    /// The media type without parameters.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::JsonStat => "application/vnd.json-stat+json",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// Whether it is a file to keep rather than an answer to show.
    pub const fn is_file(self) -> bool {
        matches!(self, Self::Csv | Self::Xlsx | Self::Ndjson)
    }

    /// The `Content-Type` of an answer.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            _ => self.media_type(),
        }
    }
}

impl FromText for StatisticsFormat {
    fn from_text(text: &str) -> Result<Self, Issue> {
        let known = Self::ALL.iter().copied().find(|format| format.as_str() == text);
        known.ok_or_else(|| Issue::new("unknown_code").with("allowed", "json,json-stat,csv,xlsx,ndjson"))
    }
}

/// What a client's `Accept` asks for; nothing where it takes none of the forms. As an extractor it never fails, so that
/// rights are asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted(Option<StatisticsFormat>);

impl Accepted {
    /// The form asked for by name, or else the one accepted.
    ///
    /// # Errors
    /// `not_acceptable` (406).
    pub fn or_named(self, named: Option<StatisticsFormat>) -> Result<StatisticsFormat, Problem> {
        named.or(self.0).ok_or_else(|| Problem::new(ProblemCode::NotAcceptable))
    }

    fn of(headers: &HeaderMap) -> Self {
        let ranges: Vec<&str> = headers
            .get_all(ACCEPT)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter(|range| !range.trim().is_empty())
            .collect();
        if ranges.is_empty() {
            return Self(Some(StatisticsFormat::Json));
        }
        let mut best = (None, 0);
        for format in StatisticsFormat::ALL {
            let weight = weight(*format, &ranges);
            if weight > best.1 {
                best = (Some(*format), weight);
            }
        }
        Self(best.0)
    }
}

/// How much a form is liked, in thousandths: the most specific range that fits it counts.
fn weight(format: StatisticsFormat, ranges: &[&str]) -> u32 {
    let (kind, _) = format.media_type().split_once('/').unwrap_or_default();
    let mut found = (0, 0);
    for range in ranges {
        let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
        let name = parts.next().unwrap_or_default();
        let specific = match name.as_str() {
            "*/*" => 1,
            _ if name.strip_suffix("/*") == Some(kind) => 2,
            _ if name == format.media_type() => 3,
            _ => continue,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=").map(str::to_owned));
        let quality = quality.map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0)).clamp(0.0, 1.0);
        if specific > found.0 {
            // In range, so the conversion cannot overflow.
            found = (specific, (quality * 1000.0) as u32);
        }
    }
    found.1
}

impl FromRequest for Accepted {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request.headers())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn the_best_form_that_a_client_takes_is_chosen() {
        use StatisticsFormat::{Csv, Json, JsonStat, Ndjson, Xlsx};
        let sheet = Xlsx.media_type();
        for (accept, expected) in [
            (None, Some(Json)),
            (Some("*/*"), Some(Json)),
            (Some("application/*"), Some(Json)),
            (Some("text/html, */*;q=0.1"), Some(Json)),
            (Some("text/csv"), Some(Csv)),
            (Some("TEXT/*;q=0.5, application/json;q=0.4"), Some(Csv)),
            (Some("application/vnd.json-stat+json, application/json;q=0.9"), Some(JsonStat)),
            (Some("application/json;q=0, */*"), Some(JsonStat)),
            (Some(sheet), Some(Xlsx)),
            (Some("application/json; charset=utf-8"), Some(Json)),
            (Some("application/x-ndjson"), Some(Ndjson)),
            (Some("text/html"), None),
            (Some("application/json;q=0"), None),
            (Some("application/json;q=x"), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
            }
            assert_eq!(Accepted::of(&headers).0, expected, "{accept:?}");
        }
    }
}
