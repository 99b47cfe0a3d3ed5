//! The forms in which these tables are answered.

use utoipa::ToSchema;

use super::super::format::{Accepted, StatisticsFormat};
use crate::problem::{Issue, Problem, ProblemCode};
use crate::request::FromText;

/// A form of the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum OperationsFormat {
    /// JSON as this document describes it.
    Json,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// A workbook of Office Open XML.
    Xlsx,
}

impl OperationsFormat {
    /// The form asked for by name, or else the one accepted.
    ///
    /// # Errors
    /// `not_acceptable` (406).
    pub fn of(named: Option<Self>, accepted: Accepted) -> Result<Self, Problem> {
        match named {
            Some(format) => Ok(format),
            None => match accepted.or_named(None)? {
                StatisticsFormat::Json => Ok(Self::Json),
                StatisticsFormat::Csv => Ok(Self::Csv),
                StatisticsFormat::Xlsx => Ok(Self::Xlsx),
                // Also a form that other tables learn later.
                _ => Err(Problem::new(ProblemCode::NotAcceptable)),
            },
        }
    }

    /// The `Content-Type` of an answer.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => StatisticsFormat::Json.content_type(),
            Self::Csv => StatisticsFormat::Csv.content_type(),
            Self::Xlsx => StatisticsFormat::Xlsx.content_type(),
        }
    }

    /// The name under which it is kept as a file; none for what is read by programs.
    pub const fn extension(self) -> Option<&'static str> {
        match self {
            Self::Json => None,
            Self::Csv => Some("csv"),
            Self::Xlsx => Some("xlsx"),
        }
    }
}

impl FromText for OperationsFormat {
    fn from_text(text: &str) -> Result<Self, Issue> {
        match text {
            "json" => Ok(Self::Json),
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(Issue::new("unknown_code").with("allowed", "json,csv,xlsx")),
        }
    }
}
