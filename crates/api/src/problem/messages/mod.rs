//! Words for the codes inside a problem: of fields (`errors`), of gates (`missing`), of rules (`reason`).
//!
//! A row is `(code, Russian, Kazakh, English)`. `{name}` stands for a parameter of the code, such as the
//! bound that was broken; what the client sent is never repeated, since it may be personal. Each area has a file
//! of its own.

mod assessments;
mod children;
mod clocks;
mod consilium;
mod everyday;
mod fields;
mod gates;
mod help;
mod intake;
mod learning;
mod operations;
mod protocols;
mod qualification;
mod register;
mod register_lists;
mod releases;
mod rules;
mod statistics;
mod sync;

use super::catalogue::Words;

/// One row: code, Russian, Kazakh, English.
pub type Row = (&'static str, &'static str, &'static str, &'static str);

/// What can be wrong with one field of a body, one query parameter or one header.
pub const FIELDS: &[&[Row]] = &[
    fields::FIELDS,
    protocols::FIELDS,
    clocks::FIELDS,
    assessments::FIELDS,
    help::FIELDS,
    consilium::FIELDS,
    qualification::FIELDS,
    everyday::FIELDS,
    register::FIELDS,
    learning::FIELDS,
    intake::FIELDS,
    register_lists::FIELDS,
    statistics::FIELDS,
    releases::FIELDS,
    operations::FIELDS,
    sync::FIELDS,
];

/// What a transition waits for: the codes of `missing` in `transition_refused`.
pub const MISSING: &[&[Row]] =
    &[gates::MISSING, consilium::MISSING, qualification::MISSING, everyday::MISSING, releases::MISSING];

/// Rules of the domain that refuse a request: the codes of `reason` in `domain_rule` and the like.
pub const RULES: &[&[Row]] = &[
    rules::RULES,
    children::RULES,
    protocols::RULES,
    clocks::RULES,
    assessments::RULES,
    help::RULES,
    qualification::RULES,
    everyday::RULES,
    register::RULES,
    learning::RULES,
    intake::RULES,
    register_lists::RULES,
    releases::RULES,
    sync::RULES,
];

/// The words of a code in a table.
pub fn find(table: &[&[Row]], code: &str) -> Option<Words> {
    table.iter().copied().flatten().find(|row| row.0 == code).map(|&(_, ru, kk, en)| Words { ru, kk, en })
}

/// Puts parameters in the place of their names: `{max}` becomes `500`.
pub fn fill(text: &str, parameters: &[(&'static str, String)]) -> String {
    let mut filled = text.to_owned();
    for (name, value) in parameters {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::catalogue::ProblemCode;
    use super::*;

    fn is_cyrillic(text: &str) -> bool {
        text.chars().any(|letter| ('\u{400}'..='\u{4ff}').contains(&letter))
    }

    fn placeholders(text: &str) -> HashSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_code_speaks_three_languages_and_stands_once() {
        for table in [FIELDS, MISSING, RULES] {
            let mut seen = HashSet::new();
            for (code, ru, kk, en) in table.iter().copied().flatten() {
                assert!(seen.insert(*code), "{code} stands twice");
                assert!(code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{code}");
                assert!(is_cyrillic(ru) && is_cyrillic(kk) && !is_cyrillic(en), "{code}");
                assert_ne!(ru, kk, "{code}: Kazakh is a copy of Russian");
                assert!(!en.is_empty(), "{code}");
                assert_eq!(placeholders(ru), placeholders(en), "{code}");
                assert_eq!(placeholders(kk), placeholders(en), "{code}");
            }
        }
    }

    #[test]
    fn every_problem_speaks_three_languages() {
        let mut seen = HashSet::new();
        for code in ProblemCode::ALL {
            assert!(seen.insert(code.as_str()), "{code:?} shares its code");
            assert!(code.status().is_client_error() || code.status().is_server_error());
            for words in [code.title(), code.detail()] {
                assert!(is_cyrillic(words.ru) && is_cyrillic(words.kk) && !is_cyrillic(words.en), "{code:?}");
                assert_ne!(words.ru, words.kk, "{code:?}");
            }
            assert_eq!(ProblemCode::from_code(code.as_str()), Some(*code));
        }
    }

    #[test]
    fn parameters_take_the_place_of_their_names() {
        assert_eq!(fill("at most {max}.", &[("max", "5".into())]), "at most 5.");
        assert_eq!(fill("nothing", &[("max", "5".into())]), "nothing");
    }
}
