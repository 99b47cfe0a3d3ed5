//! Accepting a signal: a case opens.

use qorgan_domain::cases::RiskLevel;
use qorgan_domain::ids::{CaseId, ChildId};
use qorgan_domain::text::{Narrative, Title};
use qorgan_storage::cases::{Case, NewCase};
use qorgan_storage::signals::Signal;
use qorgan_storage::{Authorized, Tx};
use uuid::Uuid;

use crate::problem::Problem;
use crate::routes::cases::opening::open_case;

/// The risk of a case whose opener did not judge it yet.
const DEFAULT_RISK: RiskLevel = RiskLevel::Medium;
/// Longest title that is made of a description, in characters.
const TITLE_CHARACTERS: usize = 120;

/// What the caller may say of the case that opens.
#[derive(Debug, Default)]
pub struct Opening {
    /// An id chosen by the client.
    pub id: Option<CaseId>,
    /// The risk as it looks now.
    pub risk_level: Option<RiskLevel>,
    /// A line.
    pub title: Option<Title>,
}

/// Opens the case of a signal, led by the caller's organisation.
///
/// # Errors
/// As [`open_case`].
pub fn open(tx: &mut Tx<'_>, signal: &Signal, child: ChildId, opening: Opening) -> Result<Authorized<Case>, Problem> {
    let description = Narrative::new(&signal.description).map_err(|invalid| Problem::internal(&invalid))?;
    let title = match opening.title {
        Some(title) => title,
        None => title_of(&signal.description)?,
    };
    let new = NewCase {
        id: opening.id.unwrap_or_else(|| Uuid::now_v7().into()),
        child,
        signal: Some(signal.id),
        title,
        description,
        grounds: None,
        risk_level: opening.risk_level.unwrap_or(DEFAULT_RISK),
        manage: true,
    };
    open_case(tx, new)
}

/// The first line of what was said, cut at a word.
fn title_of(description: &str) -> Result<Title, Problem> {
    let line = description.lines().next().unwrap_or_default().trim();
    let mut title: String = line.chars().take(TITLE_CHARACTERS).collect();
    if title.len() < line.len() {
        if let Some((whole_words, _)) = title.rsplit_once(' ') {
            title.truncate(whole_words.len());
        }
        title.push('…');
    }
    Title::new(&title).map_err(|invalid| Problem::internal(&invalid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_line_cut_at_a_word() {
        let title = |text: &str| title_of(text).unwrap().into_string();
        assert_eq!(title("Синяки.\nВо второй раз."), "Синяки.");
        let long = "слово ".repeat(50);
        let cut = title(&long);
        assert!(cut.ends_with("слово…") && cut.chars().count() <= TITLE_CHARACTERS + 1, "{cut}");
        assert_eq!(title(&"я".repeat(20_000)).chars().count(), TITLE_CHARACTERS + 1);
        assert_eq!(title(&"я".repeat(TITLE_CHARACTERS)), "я".repeat(TITLE_CHARACTERS));
    }
}
