//! Territories by their KATO code.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;
use crate::identity::Scope;

/// A code of KATO, the classifier of administrative and territorial units of Kazakhstan (NK RK 11): nine digits.
///
/// Digits 1–2 name the region, 3–4 the district or the city with its administration, 5–6 the group inside it, 7–9 the
/// settlement or the district of a city; zeros fill. So the unit of `351000000` contains that of `351011100`.
/// Whether a unit exists is reference data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kato(String);

impl Kato {
    /// Checks the shape of a code: nine digits that name a region.
    ///
    /// # Errors
    /// `kato_format`.
    pub fn new(code: &str) -> Result<Self, Invalid> {
        if code.len() == 9 && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with("00") {
            Ok(Self(code.to_owned()))
        } else {
            Err(Invalid::new("kato_format"))
        }
    }

    /// The nine digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits that all units inside this one start with: two for a region, four for a district or city, six for
    /// a group of settlements, all nine for a settlement or a district of a city.
    pub fn prefix(&self) -> &str {
        let significant = match (&self.0[2..4], &self.0[4..6], &self.0[6..]) {
            (_, _, settlement) if settlement != "000" => 9,
            (_, group, _) if group != "00" => 6,
            (district, _, _) if district != "00" => 4,
            _ => 2,
        };
        &self.0[..significant]
    }

    /// Whether `other` is this unit or lies inside it.
    pub fn covers(&self, other: &Kato) -> bool {
        other.0.starts_with(self.prefix())
    }

    /// This unit and all that it lies in, from the region on.
    pub fn lineage(&self) -> Vec<Kato> {
        let own = self.prefix().len();
        let prefixes = [2, 4, 6, 9].into_iter().filter(|length| *length <= own);
        let mut units: Vec<Kato> = prefixes.map(|length| Self(format!("{:0<9}", &self.0[..length]))).collect();
        units.dedup();
        units
    }

    /// The region that this unit lies in.
    pub fn region(&self) -> Kato {
        Self(format!("{}0000000", &self.0[..2]))
    }

    /// The first two digits as a number, 1 to 99.
    pub(crate) fn region_number(&self) -> u8 {
        self.0.bytes().take(2).fold(0, |number, digit| number * 10 + (digit - b'0'))
    }

    /// What the codes of organisations must start with to lie in `scope` of a user who stands in this unit; none for
    /// scopes that are not territorial.
    ///
    /// The scope `territory` is the unit that the user's organisation stands in: for an organisation that stands in
    /// the region itself that is the region.
    pub fn prefix_of_scope(&self, scope: Scope) -> Option<String> {
        match scope {
            Scope::Own | Scope::Organisation => None,
            Scope::Territory => Some(self.prefix().to_owned()),
            Scope::Region => Some(self.0[..2].to_owned()),
        }
    }
}

impl fmt::Display for Kato {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Kato {
    type Err = Invalid;

    fn from_str(code: &str) -> Result<Self, Invalid> {
        Self::new(code)
    }
}

impl Serialize for Kato {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Kato {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::words::deserialize_checked(deserializer)
    }
}

#[cfg(feature = "utoipa")]
crate::words::string_schema!(Kato, "Code of a territory by KATO", |string| string
    .pattern(Some("^[0-9]{9}$"))
    .examples(["351000000"]));

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kato(code: &str) -> Kato {
        Kato::new(code).unwrap()
    }

    #[test]
    fn a_unit_lies_in_its_lineage() {
        let lineage = |code| kato(code).lineage().iter().map(|unit| unit.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(lineage("351011100"), ["350000000", "351000000", "351011000", "351011100"]);
        assert_eq!(lineage("351000000"), ["350000000", "351000000"]);
        assert_eq!(lineage("350000000"), ["350000000"]);
        assert!(kato("352433100").lineage().iter().all(|unit| unit.covers(&kato("352433100"))));
    }

    #[test]
    fn malformed_codes() {
        for code in ["", "35", "35100000", "3510000000", "35100000a", "000000000", "٣51000000", " 35100000"] {
            assert_eq!(Kato::new(code).unwrap_err().code(), "kato_format", "{code:?}");
        }
    }

    #[test]
    fn a_unit_covers_what_lies_inside_it() {
        let region = kato("350000000");
        let karaganda = kato("351000000");
        let bokeikhan = kato("351011100");
        let kazybek_bi = kato("351013100");
        let abai_district = kato("353200000");
        let other_region = kato("620000000");
        assert!(region.covers(&region) && region.covers(&karaganda) && region.covers(&bokeikhan));
        assert!(karaganda.covers(&bokeikhan) && karaganda.covers(&kazybek_bi));
        assert!(bokeikhan.covers(&bokeikhan));
        assert!(!bokeikhan.covers(&kazybek_bi) && !bokeikhan.covers(&karaganda));
        assert!(!karaganda.covers(&abai_district) && !karaganda.covers(&region));
        assert!(!region.covers(&other_region));
        assert!(kato("353643000").covers(&kato("353643100")));
    }

    #[test]
    fn prefixes_of_scopes() {
        let table = [
            ("351000000", Scope::Own, None),
            ("351000000", Scope::Organisation, None),
            ("351000000", Scope::Territory, Some("3510")),
            ("351000000", Scope::Region, Some("35")),
            ("353200000", Scope::Territory, Some("3532")),
            ("351011100", Scope::Territory, Some("351011100")),
            ("351011100", Scope::Region, Some("35")),
            ("353643000", Scope::Territory, Some("353643")),
            ("350000000", Scope::Territory, Some("35")),
        ];
        for (code, scope, expected) in table {
            assert_eq!(kato(code).prefix_of_scope(scope).as_deref(), expected, "{code} {scope}");
        }
    }

    proptest! {
        #[test]
        fn covering_is_an_order(a in "[1-9]{2}0{7}|35(10|32)0{5}|3510(11|13)(000|100|200)", b in "35(10|32)0{5}|351011(000|100)",
                                c in "35100{5}|351011(000|100)|3532[0-9]{5}") {
            let (a, b, c) = (kato(&a), kato(&b), kato(&c));
            prop_assert!(a.covers(&a));
            prop_assert!(!(a.covers(&b) && b.covers(&c)) || a.covers(&c));
            prop_assert!(!(a.covers(&b) && b.covers(&a)) || a == b);
            prop_assert!(a.region().covers(&a));
        }
    }
}
