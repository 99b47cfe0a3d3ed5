//! By what facts can be counted: one table.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use super::{Attribute, PeriodUnit};
use crate::Invalid;
use crate::children::Sex;
use crate::register::{AgeGroup, FactKind, FactStatus, Relation, Setting, SuicidalLevel, ViolenceForm};
use crate::signals::SignalChannel;
use crate::words::words;

words! {
    /// By what facts are grouped when they are counted.
    pub enum Dimension {
        /// Day of the event.
        Day = "day",
        /// Month of the event.
        Month = "month",
        /// Quarter of the event.
        Quarter = "quarter",
        /// Calendar year of the event.
        Year = "year",
        /// School year of the event: 1 September to 31 August.
        SchoolYear = "school_year",
        /// Region of the event.
        Region = "region",
        /// City or district of the event.
        Territory = "territory",
        /// Place of the event as it stands in the register: a settlement or a district of a city, where that is known.
        Settlement = "settlement",
        /// City or district of the organisation that reported first.
        ReporterTerritory = "reporter_territory",
        /// Violence or suicidal behaviour.
        Kind = "kind",
        /// Main form of violence.
        MainForm = "main_form",
        /// Any form of violence: a fact counts once for each of its forms, so rows may add up to more than the total.
        AnyForm = "any_form",
        /// Level of suicidal behaviour.
        Level = "level",
        /// Sex of the child.
        Sex = "sex",
        /// Age group of the child on the day of the event, as the register groups it.
        AgeGroup = "age_group",
        /// Age of the child in groups of five years.
        AgeFiveYears = "age_five_years",
        /// Age of the child by stage of school.
        AgeSchoolStage = "age_school_stage",
        /// Age of the child in completed years.
        Age = "age",
        /// Where it took place.
        Setting = "setting",
        /// What the alleged perpetrator is to the child.
        Relation = "relation",
        /// The agency that reported first.
        Agency = "agency",
        /// Status of the fact.
        Status = "status",
        /// What the interagency group decided.
        Outcome = "outcome",
        /// How the fact was detected.
        Channel = "channel",
    }
}

words! {
    /// Age in groups of five years, as the World Health Organization and the United Nations group it (United Nations,
    /// "Provisional guidelines on standard international age classifications", 1982); the last ends with childhood.
    pub enum AgeFiveYears {
        /// 0 to 4 years.
        From0To4 = "age_0_4",
        /// 5 to 9 years.
        From5To9 = "age_5_9",
        /// 10 to 14 years.
        From10To14 = "age_10_14",
        /// 15 to 17 years.
        From15To17 = "age_15_17",
    }

    /// Age by the stage of school at which children of this age are: before school, primary, basic, senior.
    pub enum AgeSchoolStage {
        /// 0 to 6 years: before school.
        From0To6 = "age_0_6",
        /// 7 to 10 years: primary school.
        From7To10 = "age_7_10",
        /// 11 to 15 years: basic school.
        From11To15 = "age_11_15",
        /// 16 to 17 years: senior school or college.
        From16To17 = "age_16_17",
    }

    /// What became of a fact before the interagency group.
    pub enum FactOutcome {
        /// It has not decided on it, or will not: the group studies suicidal behaviour.
        NotDecided = "not_decided",
        /// It confirmed the fact.
        Confirmed = "confirmed",
        /// It did not confirm the fact.
        NotConfirmed = "not_confirmed",
    }
}

impl FactOutcome {
    /// The outcome that a status says; none for facts that are not counted.
    #[must_use]
    pub const fn of(status: FactStatus) -> Option<Self> {
        match status {
            FactStatus::Registered | FactStatus::UnderQualification => Some(Self::NotDecided),
            FactStatus::Confirmed => Some(Self::Confirmed),
            FactStatus::NotConfirmed => Some(Self::NotConfirmed),
            FactStatus::Annulled | FactStatus::Merged => None,
        }
    }
}

/// Age of a child in completed years: 0 to 17.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChildAge(u8);

impl FromStr for ChildAge {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let place = YEARS.iter().position(|age| *age == text).and_then(|age| u8::try_from(age).ok());
        place.map(Self).ok_or_else(|| Invalid::new("unknown_code").with("allowed", YEARS.join(",")))
    }
}

impl fmt::Display for ChildAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(feature = "utoipa")]
crate::words::string_schema!(ChildAge, "Age of a child in completed years, 0 to 17", |string| string
    .pattern(Some("^([0-9]|1[0-7])$"))
    .examples(["14"]));

/// The first and last year of age that a code `age_<first>_<last>` names.
fn span(code: &str) -> Option<(u8, u8)> {
    let (first, last) = code.strip_prefix("age_")?.split_once('_')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

macro_rules! codes {
    ($vocabulary:ty) => {{
        const CODES: &[&str] = &{
            let mut codes = [""; <$vocabulary>::ALL.len()];
            let mut at = 0;
            while at < codes.len() {
                codes[at] = <$vocabulary>::ALL[at].as_str();
                at += 1;
            }
            codes
        };
        CODES
    }};
}

impl Dimension {
    /// The attribute of a fact that it is a function of: the coarsest that suffices to group by it. A filter may need a finer
    /// one: see [`super::Filters::attribute`].
    #[must_use]
    pub const fn attribute(self) -> Attribute {
        match self {
            Self::Day => Attribute::OccurredOn,
            Self::Month | Self::Quarter | Self::Year | Self::SchoolYear => Attribute::OccurredMonth,
            Self::Region | Self::Territory => Attribute::District,
            Self::Settlement => Attribute::Kato,
            Self::ReporterTerritory => Attribute::OrganisationDistrict,
            Self::Kind => Attribute::Kind,
            Self::MainForm => Attribute::MainForm,
            Self::AnyForm => Attribute::Form,
            Self::Level => Attribute::Level,
            Self::Sex => Attribute::Sex,
            Self::AgeGroup | Self::AgeFiveYears | Self::AgeSchoolStage | Self::Age => Attribute::AgeYears,
            Self::Setting => Attribute::Setting,
            Self::Relation => Attribute::Relation,
            Self::Agency => Attribute::Agency,
            Self::Status | Self::Outcome => Attribute::Status,
            Self::Channel => Attribute::Channel,
        }
    }

    /// The unit of time that it divides a period into; none for what is no time.
    #[must_use]
    pub const fn unit(self) -> Option<PeriodUnit> {
        match self {
            Self::Day => Some(PeriodUnit::Day),
            Self::Month => Some(PeriodUnit::Month),
            Self::Quarter => Some(PeriodUnit::Quarter),
            Self::Year => Some(PeriodUnit::Year),
            Self::SchoolYear => Some(PeriodUnit::SchoolYear),
            _ => None,
        }
    }

    /// Whether its values are territories by their KATO code.
    #[must_use]
    pub const fn is_place(self) -> bool {
        self.place_digits().is_some()
    }

    /// How many leading digits of KATO name a value; zeros fill.
    #[must_use]
    pub const fn place_digits(self) -> Option<usize> {
        match self {
            Self::Region => Some(2),
            Self::Territory | Self::ReporterTerritory => Some(4),
            Self::Settlement => Some(9),
            _ => None,
        }
    }

    /// Whether it is so fine that it is counted for the statistics office alone.
    #[must_use]
    pub const fn is_exact_only(self) -> bool {
        matches!(self, Self::Day | Self::Settlement | Self::Age)
    }

    /// Whether every fact has at most one value, so that the rows add up to the total.
    #[must_use]
    pub const fn is_single(self) -> bool {
        !matches!(self, Self::AnyForm)
    }

    /// The codes of its values in their order; none where they are no closed vocabulary.
    #[must_use]
    pub const fn codes(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Kind => Some(codes!(FactKind)),
            Self::MainForm | Self::AnyForm => Some(codes!(ViolenceForm)),
            Self::Level => Some(codes!(SuicidalLevel)),
            Self::Sex => Some(codes!(Sex)),
            Self::AgeGroup => Some(codes!(AgeGroup)),
            Self::AgeFiveYears => Some(codes!(AgeFiveYears)),
            Self::AgeSchoolStage => Some(codes!(AgeSchoolStage)),
            Self::Age => Some(YEARS),
            Self::Setting => Some(codes!(Setting)),
            Self::Relation => Some(codes!(Relation)),
            Self::Status => Some(codes!(FactStatus)),
            Self::Outcome => Some(codes!(FactOutcome)),
            Self::Channel => Some(codes!(SignalChannel)),
            Self::Day | Self::Month | Self::Quarter | Self::Year | Self::SchoolYear => None,
            Self::Region | Self::Territory | Self::Settlement | Self::ReporterTerritory | Self::Agency => None,
        }
    }

    /// The value that follows from one value of its attribute, as text: a date (`2026-03-05`), a KATO code, an age, a code.
    /// None where there is none, as for an age past childhood.
    #[must_use]
    pub fn value(self, base: &str) -> Option<Cow<'_, str>> {
        if let Some(unit) = self.unit() {
            let day: NaiveDate = base.parse().ok()?;
            return Some(unit.code(day).into());
        }
        if let Some(digits) = self.place_digits() {
            return Some(format!("{:0<9}", base.get(..digits)?).into());
        }
        match self {
            Self::AgeGroup | Self::AgeFiveYears | Self::AgeSchoolStage => {
                let age: u8 = base.parse().ok()?;
                let mut groups = self.codes()?.iter();
                let group = groups.find(|code| span(code).is_some_and(|(first, last)| (first..=last).contains(&age)));
                group.map(|code| (*code).into())
            }
            Self::Outcome => FactOutcome::of(base.parse().ok()?).map(|outcome| outcome.as_str().into()),
            _ => Some(base.into()),
        }
    }
}

/// Ages of children, in completed years.
const YEARS: &[&str] =
    &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_of_a_child_is_in_one_group_of_each_grouping() {
        for grouping in [Dimension::AgeGroup, Dimension::AgeFiveYears, Dimension::AgeSchoolStage] {
            let spans: Vec<(u8, u8)> = grouping.codes().unwrap().iter().map(|code| span(code).unwrap()).collect();
            assert_eq!((spans[0].0, spans[spans.len() - 1].1), (0, 17), "{grouping}");
            assert!(spans.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0), "{grouping}: {spans:?}");
            assert_eq!(grouping.value("18"), None);
        }
        for age in 0..18 {
            let own = Dimension::AgeGroup.value(&age.to_string()).map(Cow::into_owned);
            assert_eq!(own.as_deref(), AgeGroup::of(age).map(AgeGroup::as_str), "{age}");
        }
        assert_eq!(Dimension::AgeFiveYears.value("15").as_deref(), Some("age_15_17"));
        assert_eq!(Dimension::AgeSchoolStage.value("15").as_deref(), Some("age_11_15"));
    }

    #[test]
    fn values_follow_from_attributes() {
        for (dimension, base, value) in [
            (Dimension::Quarter, "2026-05-31", Some("2026-Q2")),
            (Dimension::SchoolYear, "2026-05-31", Some("2025-2026")),
            (Dimension::Region, "351011100", Some("350000000")),
            (Dimension::Territory, "351011100", Some("351000000")),
            (Dimension::Settlement, "351011100", Some("351011100")),
            (Dimension::ReporterTerritory, "352410000", Some("352400000")),
            (Dimension::Outcome, "under_qualification", Some("not_decided")),
            (Dimension::Outcome, "merged", None),
            (Dimension::Agency, "UO", Some("UO")),
            (Dimension::Age, "17", Some("17")),
        ] {
            assert_eq!(dimension.value(base).as_deref(), value, "{dimension} {base}");
        }
    }

    #[test]
    fn closed_vocabularies_are_those_of_the_register() {
        assert_eq!(Dimension::Level.codes().unwrap().len(), SuicidalLevel::ALL.len());
        assert_eq!(Dimension::Sex.codes(), Some(["female", "male"].as_slice()));
        assert_eq!(Dimension::Agency.codes(), None);
        assert_eq!(Dimension::Age.codes().unwrap().len(), 18);
        for (text, age) in [("0", Some("0")), ("17", Some("17")), ("18", None), ("07", None), ("-1", None), ("", None)]
        {
            assert_eq!(text.parse::<ChildAge>().ok().map(|age| age.to_string()).as_deref(), age, "{text}");
        }
    }
}
