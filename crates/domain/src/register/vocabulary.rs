//! The words of the unified register.
//!
//! Two axes: interpersonal violence (by the forms of UNICEF's International Classification of Violence against
//! Children, 2023, with the forms that the law of Kazakhstan names) and self-directed behaviour (by the levels of the
//! Columbia Suicide Severity Rating Scale).

use crate::words::words;

words! {
    /// What kind of event a fact is.
    pub enum FactKind {
        /// Violence against a child, by another person.
        Violence = "violence",
        /// Suicidal or self-injuring behaviour of a child.
        SuicidalBehaviour = "suicidal_behaviour",
    }

    /// A form of violence against a child.
    pub enum ViolenceForm {
        /// A child was killed.
        ViolentDeath = "violent_death",
        /// Physical violence without death.
        Physical = "physical",
        /// Sexual violence.
        Sexual = "sexual",
        /// Psychological violence: threats, humiliation, coercion.
        Psychological = "psychological",
        /// Neglect of a child's needs.
        Neglect = "neglect",
        /// Economic violence: housing, food, clothes or means withheld.
        Economic = "economic",
        /// Bullying.
        Bullying = "bullying",
        /// Bullying through networks or media.
        Cyberbullying = "cyberbullying",
        /// Exploitation: labour, trafficking, prostitution, drawing into crime.
        Exploitation = "exploitation",
        /// The child saw or heard violence against others.
        Witnessed = "witnessed",
    }

    /// How far suicidal behaviour went.
    pub enum SuicidalLevel {
        /// Thoughts of suicide.
        Ideation = "ideation",
        /// Self-injury without the intent to die.
        SelfInjury = "self_injury",
        /// Acts that prepare an attempt.
        Preparatory = "preparatory",
        /// Began an attempt and stopped by oneself.
        Aborted = "aborted",
        /// Was stopped by others or by circumstances.
        Interrupted = "interrupted",
        /// An attempt that the child survived.
        Attempt = "attempt",
        /// The child died.
        Completed = "completed",
    }

    /// Where the event took place.
    pub enum Setting {
        /// At home.
        Home = "home",
        /// At school.
        School = "school",
        /// At a college.
        College = "college",
        /// In a residential institution.
        Residential = "residential",
        /// In a public place.
        PublicPlace = "public_place",
        /// On the internet.
        Online = "online",
        /// Somewhere else.
        Other = "other",
    }

    /// What the alleged perpetrator is to the child.
    pub enum Relation {
        /// A parent or guardian.
        ParentGuardian = "parent_guardian",
        /// Another relative.
        OtherRelative = "other_relative",
        /// The partner of a parent.
        PartnerOfParent = "partner_of_parent",
        /// Another child.
        Peer = "peer",
        /// Staff of an institution that the child attends or lives in.
        Staff = "staff",
        /// The child's own partner.
        Partner = "partner",
        /// Somebody the child knows otherwise.
        Acquaintance = "acquaintance",
        /// Somebody the child does not know.
        Stranger = "stranger",
        /// Not known.
        Unknown = "unknown",
    }

    /// What the child was in the event.
    pub enum ChildRole {
        /// It happened to the child.
        Victim = "victim",
        /// The child saw or heard it.
        Witness = "witness",
        /// The child did it to another.
        Aggressor = "aggressor",
    }

    /// Where a fact stands in the register.
    pub enum FactStatus {
        /// Entered from a report.
        Registered = "registered",
        /// Before the interagency group.
        UnderQualification = "under_qualification",
        /// Confirmed.
        Confirmed = "confirmed",
        /// Found not to have happened, or not to be what was reported.
        NotConfirmed = "not_confirmed",
        /// Entered by mistake; kept, not counted.
        Annulled = "annulled",
        /// The same event as another fact, which stands for both.
        Merged = "merged",
    }

    /// Age of the child on the day of the event, in completed years, in the groups of the region's tables.
    pub enum AgeGroup {
        /// 0 to 2 years.
        From0To2 = "age_0_2",
        /// 3 to 6 years.
        From3To6 = "age_3_6",
        /// 7 to 10 years.
        From7To10 = "age_7_10",
        /// 11 to 13 years.
        From11To13 = "age_11_13",
        /// 14 to 15 years.
        From14To15 = "age_14_15",
        /// 16 to 17 years.
        From16To17 = "age_16_17",
    }
}

impl AgeGroup {
    /// The group of an age in completed years; none before birth and from 18 on.
    pub fn of(age_years: i32) -> Option<Self> {
        match age_years {
            0..=2 => Some(Self::From0To2),
            3..=6 => Some(Self::From3To6),
            7..=10 => Some(Self::From7To10),
            11..=13 => Some(Self::From11To13),
            14..=15 => Some(Self::From14To15),
            16..=17 => Some(Self::From16To17),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_of_a_child_has_the_group_whose_code_spans_it() {
        for age in -3..25 {
            let expected = AgeGroup::ALL.iter().copied().find(|group| {
                let (low, high) = group.as_str()["age_".len()..].split_once('_').unwrap();
                (low.parse().unwrap()..=high.parse().unwrap()).contains(&age)
            });
            assert_eq!(AgeGroup::of(age), expected, "{age}");
            assert_eq!(expected.is_some(), (0..18).contains(&age));
        }
    }
}
