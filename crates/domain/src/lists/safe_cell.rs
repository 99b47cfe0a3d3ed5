//! Cells of tables that leave the program.

use std::borrow::Cow;

/// Signs with which a spreadsheet begins a formula, also in their wide forms, and those that it passes over before one.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '|', '＝', '＋', '－', '＠'];

/// A cell that a spreadsheet reads as text: what could begin a formula gets an apostrophe before it.
#[must_use]
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    // Spaces before a formula do not keep every program from running it.
    let first = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    if first.is_some_and(|sign| FORMULA.contains(&sign)) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_texts_and_texts_stay() {
        for text in ["=1+1", "+7 701", "-2", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "\u{a0}=1", "＝1", "|x"] {
            assert_eq!(safe_cell(text), format!("'{text}"));
        }
        for text in ["", "1402", "Сапаров", "a=b", "2026-1", " ", "'=1"] {
            assert_eq!(safe_cell(text), text);
        }
    }
}
