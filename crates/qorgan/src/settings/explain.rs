//! `config check`: every setting, its value and where it came from, without secrets.

use std::fmt::Write;

use serde::Serialize;

use super::Problem;
use super::layers::Layers;
use super::table::SETTINGS;

/// The explanation of a configuration.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// Whether the program would start with it.
    pub valid: bool,
    /// All settings.
    pub settings: Vec<Line>,
    /// What is wrong.
    pub problems: Vec<String>,
    /// What is odd.
    pub notices: Vec<String>,
}

/// One setting.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Its key.
    pub key: &'static str,
    /// Its value; `null` when unset, `"(secret)"` for a secret.
    pub value: Option<String>,
    /// Where the value came from; `null` when unset.
    pub source: Option<String>,
    /// Its variable.
    pub variable: String,
    /// What it means.
    pub meaning: &'static str,
}

impl Explanation {
    /// Explains raw values and the problems found in them.
    pub fn new(layers: &Layers, problems: &[Problem]) -> Self {
        let settings = SETTINGS.iter().map(|setting| {
            let value = layers.get(setting.key);
            let shown = value.map(|value| if setting.secret { "(secret)".to_owned() } else { value.text.clone() });
            Line {
                key: setting.key,
                value: shown,
                source: value.map(|value| value.source.to_string()),
                variable: setting.environment(),
                meaning: setting.meaning,
            }
        });
        Self {
            valid: problems.is_empty(),
            settings: settings.collect(),
            problems: problems.iter().map(ToString::to_string).collect(),
            notices: layers.notices.clone(),
        }
    }

    /// For people: a line a setting.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let width = self.settings.iter().map(|line| line.key.len()).max().unwrap_or_default();
        for line in &self.settings {
            let value = line.value.as_deref().unwrap_or("(not set)");
            let source = line.source.as_deref().map(|source| format!("  [{source}]")).unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{:width$}  {value}{source}  - {}", line.key, line.meaning);
        }
        for notice in &self.notices {
            let _ = writeln!(text, "note: {notice}");
        }
        for problem in &self.problems {
            let _ = writeln!(text, "wrong: {problem}");
        }
        text
    }
}
