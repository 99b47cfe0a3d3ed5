//! Typed values from raw ones. Reading goes on after a bad value, so that every bad one is named at once.

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::Problem;
use super::layers::{Layers, Source, Value};
use super::table::Setting;

/// Reads settings and gathers what is wrong with them.
pub(super) struct Reader<'a> {
    layers: &'a Layers,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(layers: &'a Layers) -> Self {
        Self { layers, problems: layers.problems.clone() }
    }

    /// A text that may be absent; an empty one counts as absent.
    pub(super) fn optional(&self, key: &str) -> Option<String> {
        self.layers.get(key).map(|value| value.text.clone()).filter(|text| !text.is_empty())
    }

    /// A text that must not be empty.
    pub(super) fn text(&mut self, key: &str) -> String {
        self.parsed(key, |text| if text.is_empty() { Err("is empty".to_owned()) } else { Ok(text.to_owned()) })
            .unwrap_or_default()
    }

    /// A whole number within bounds; the least one stands in for a bad value.
    pub(super) fn number<T>(&mut self, key: &str, bounds: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let parsed = self.parsed(key, |text| match text.parse::<T>() {
            Ok(number) if bounds.contains(&number) => Ok(number),
            _ => Err(format!("is not a whole number from {} to {}", bounds.start(), bounds.end())),
        });
        parsed.unwrap_or(*bounds.start())
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self, key: &str) -> bool {
        self.parsed(key, |text| text.parse().map_err(|_| "is neither true nor false".to_owned())).unwrap_or_default()
    }

    /// An address with a port.
    pub(super) fn address(&mut self, key: &str) -> SocketAddr {
        let parsed = self.parsed(key, |text| {
            // So that the commonest name works without a look-up.
            let text = text.replacen("localhost:", "127.0.0.1:", 1);
            text.parse().map_err(|_| "is not an address with a port, such as 127.0.0.1:8080".to_owned())
        });
        parsed.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Any other form.
    pub(super) fn parsed<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let missing = Value { text: String::new(), source: Source::Preset };
        let value = self.layers.get(key).unwrap_or(&missing);
        match parse(&value.text) {
            Ok(parsed) => Some(parsed),
            Err(complaint) => {
                let shown = if Setting::find(key).is_some_and(|setting| setting.secret) {
                    "the value".to_owned()
                } else {
                    format!("{:?}", value.text)
                };
                let message = format!("{shown} {complaint} (from {})", value.source);
                self.problems.push(Problem { key: key.to_owned(), message });
                None
            }
        }
    }
}
