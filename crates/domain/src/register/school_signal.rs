//! What a school is told of suicidal behaviour of its pupil that another agency reported: that there is something, how
//! urgent it is, where it stands in the register. Nothing that was said to a doctor or to the police.

use super::{FactNumber, SuicidalLevel};
use crate::identity::AgencyCode;
use crate::signals::{SignalChannel, Urgency};
use crate::text::Narrative;

/// How soon the school must look at it.
#[must_use]
pub const fn urgency_of(level: SuicidalLevel) -> Urgency {
    match level {
        SuicidalLevel::Ideation | SuicidalLevel::SelfInjury => Urgency::Urgent,
        SuicidalLevel::Preparatory
        | SuicidalLevel::Aborted
        | SuicidalLevel::Interrupted
        | SuicidalLevel::Attempt
        | SuicidalLevel::Completed => Urgency::Immediate,
    }
}

/// By which way it came, by the agency that reports.
#[must_use]
pub fn channel_of(agency: &AgencyCode) -> SignalChannel {
    match agency.as_str() {
        "UO" | "OO" => SignalChannel::SchoolStaff,
        "UZ" => SignalChannel::HealthFacility,
        "DP" => SignalChannel::Police,
        "CC111" => SignalChannel::Hotline111,
        "BALAQORGAU" => SignalChannel::BalaqorgauQr,
        "ASPPM" => SignalChannel::AsppmScreening,
        _ => SignalChannel::Other,
    }
}

/// The text, in both languages of the region.
///
/// # Panics
/// Never: it is of a bounded length.
#[must_use]
#[expect(clippy::expect_used, reason = "a text of bounded length")]
pub fn text_of(number: FactNumber) -> Narrative {
    Narrative::new(&format!(
        "Баланың суицидтік мінез-құлқы туралы бірыңғай есепке хабарлама түсті ({number}). Жағдай ашып, алгоритм \
         бойынша жұмысты бастаңыз.\n\nВ единый учёт поступило сообщение о суицидальном поведении ребёнка ({number}). \
         Откройте случай и начните работу по алгоритму."
    ))
    .expect("a text of less than 20 000 characters without control characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_the_sooner_and_never_in_the_usual_order() {
        for level in SuicidalLevel::ALL {
            assert!(urgency_of(*level) > Urgency::Routine);
        }
        assert_eq!(urgency_of(SuicidalLevel::Attempt), Urgency::Immediate);
        assert_eq!(urgency_of(SuicidalLevel::Ideation), Urgency::Urgent);
    }

    #[test]
    fn the_text_names_the_fact_and_nothing_else() {
        let number: FactNumber = "F-35-2026-000123-6".parse().unwrap();
        let text = text_of(number);
        assert_eq!(text.as_str().matches("F-35-2026-000123-6").count(), 2);
    }
}
