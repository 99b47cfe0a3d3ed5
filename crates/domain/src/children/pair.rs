//! Two records that may be one child, because two facts about them are one event.
//!
//! Who decides sees one of the records, seldom both, and a merge opens each to those who see the other. So a record is
//! merged only when somebody with the right to it said so: for each of the two, the same person or another.

use super::ChildMergeFacts;
use crate::words::words;

words! {
    /// Why a pair of records is not decided.
    pub enum ChildPairRefusal {
        /// It was decided already; merging and separating the records changes that.
        Decided = "child_match_review_decided",
        /// The caller said so before: the other side has not answered yet.
        Said = "child_match_review_said",
        /// The records hold different numbers.
        IinsDiffer = "child_iins_differ",
        /// Under both records the child stood on an in-school register at one time.
        PlacementsOverlap = "child_placements_overlap",
    }
}

/// What follows when somebody says that two records are one child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// Both sides said so: they are merged.
    Merge,
    /// The other side has not said so yet.
    Wait,
}

/// Decides what follows when somebody says that two records are one child.
///
/// `one_already`: they were merged meanwhile. `said`: for which of the two it was said before. `says`: for which of them the
/// caller may say it.
///
/// # Errors
/// Every rule that stands against it; never empty.
pub fn confirm(
    one_already: bool,
    facts: ChildMergeFacts,
    said: [bool; 2],
    says: [bool; 2],
) -> Result<Confirmation, Vec<ChildPairRefusal>> {
    let adds = said.iter().zip(says).any(|(said, says)| says && !said);
    let refusals: Vec<ChildPairRefusal> = [
        (ChildPairRefusal::Said, !adds),
        (ChildPairRefusal::IinsDiffer, !one_already && facts.iins_differ),
        (ChildPairRefusal::PlacementsOverlap, !one_already && facts.placements_overlap),
    ]
    .into_iter()
    .filter_map(|(refusal, holds)| holds.then_some(refusal))
    .collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let both = said.iter().zip(says).all(|(said, says)| says || *said);
    Ok(if both { Confirmation::Merge } else { Confirmation::Wait })
}

/// Whether somebody who reads `reads` of two records (or two facts) may read what was said of the pair by one who read
/// `written_reading` of them: who writes may name the child whose record lies before him.
#[must_use]
pub fn may_read_words(written_reading: [bool; 2], reads: [bool; 2]) -> bool {
    written_reading.iter().zip(reads).all(|(written, reads)| reads || !written)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: ChildMergeFacts = ChildMergeFacts { iins_differ: false, placements_overlap: false };

    #[test]
    fn records_are_merged_when_it_was_said_of_both() {
        use ChildPairRefusal::{IinsDiffer, PlacementsOverlap, Said};
        let all = ChildMergeFacts { iins_differ: true, placements_overlap: true };
        let table = [
            (false, NOTHING, [false, false], [true, true], Ok(Confirmation::Merge)),
            (false, NOTHING, [false, false], [true, false], Ok(Confirmation::Wait)),
            (false, NOTHING, [true, false], [false, true], Ok(Confirmation::Merge)),
            (false, NOTHING, [false, true], [true, true], Ok(Confirmation::Merge)),
            (false, NOTHING, [true, false], [true, false], Err(vec![Said])),
            (false, NOTHING, [false, false], [false, false], Err(vec![Said])),
            (false, all, [false, false], [true, false], Err(vec![IinsDiffer, PlacementsOverlap])),
            (false, all, [true, false], [true, false], Err(vec![Said, IinsDiffer, PlacementsOverlap])),
            (true, all, [true, false], [false, true], Ok(Confirmation::Merge)),
        ];
        for (one, facts, said, says, expected) in table {
            assert_eq!(confirm(one, facts, said, says), expected, "{one} {facts:?} {said:?} {says:?}");
        }
    }

    #[test]
    fn words_on_a_record_are_for_who_reads_it() {
        let (none, one, other, both) = ([false, false], [true, false], [false, true], [true, true]);
        for (written, reads, may) in [
            (one, one, true),
            (one, other, false),
            (one, both, true),
            (other, one, false),
            (both, one, false),
            (both, other, false),
            (both, both, true),
            (one, none, false),
        ] {
            assert_eq!(may_read_words(written, reads), may, "{written:?} {reads:?}");
        }
    }
}
