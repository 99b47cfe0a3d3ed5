//! How the work lies on those who do it, against the norm.
//!
//! The norm is dated reference data by role. A caseload of 25 for each worker is what the Inter-Agency Guidelines for Case
//! Management and Child Protection (2014) advise; what is shipped besides is this program's proposal.

use std::collections::BTreeMap;

use super::shown::{percent, tenth};
use super::{Figures, OperationsMeasure, Shown, Tally, TallyKind, WorkloadLevel};
use crate::identity::Role;

/// What one specialist of a role may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Norm {
    /// Open cases to manage at once.
    pub open_cases: u32,
    /// Of them, of high or critical risk.
    pub high_risk_cases: u32,
    /// Children of the place for each specialist, where there is such a norm.
    pub children: Option<u32>,
}

/// The norms in force, by role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Norms(pub BTreeMap<Role, Norm>);

impl Norms {
    /// The norm of somebody with these roles: the widest of theirs. None for whoever manages no cases.
    #[must_use]
    pub fn of(&self, roles: &[Role]) -> Option<Norm> {
        roles.iter().filter_map(|role| self.0.get(role)).copied().max_by_key(|norm| norm.open_cases)
    }
}

/// Who works in a place: all that a row needs to know of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Staff {
    /// How many people.
    pub specialists: u64,
    /// How many cases they may manage at once.
    pub capacity: u64,
    /// How many cases of high risk.
    pub high_risk_capacity: u64,
    /// How many of them manage more than their norm; none where that is not known.
    pub over_norm: Option<u64>,
}

impl Staff {
    /// The staff with one more.
    #[must_use]
    pub fn and(self, norm: Norm, managed: Option<u64>) -> Self {
        let over = |count: u64| count + u64::from(managed.is_some_and(|managed| managed > u64::from(norm.open_cases)));
        Self {
            specialists: self.specialists + 1,
            capacity: self.capacity + u64::from(norm.open_cases),
            high_risk_capacity: self.high_risk_capacity + u64::from(norm.high_risk_cases),
            over_norm: managed.and(Some(over(self.over_norm.unwrap_or_default()))),
        }
    }
}

/// One row before it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Load<F> {
    /// What the database counted.
    pub tally: F,
    /// Who does it.
    pub staff: Staff,
    /// Children who live there.
    pub population: Option<u64>,
}

/// The numbers of a row. Staff and population are no secret and exact; all that is made of cases is made of the counts
/// that are shown.
pub fn load<F: Fn(TallyKind) -> Tally>(level: WorkloadLevel, row: &Load<F>, shown: &Shown) -> Figures {
    use OperationsMeasure as M;
    let exact = !shown.is_protected();
    let count = |kind| {
        let tally = (row.tally)(kind);
        shown.count(tally.records, tally.key)
    };
    let (open, high) = (count(TallyKind::Open), count(TallyKind::High));
    let Staff { specialists, capacity, high_risk_capacity, over_norm } = row.staff;
    let each = |number: u64| (specialists > 0).then(|| tenth(number as f64 / specialists as f64));
    let figure = |measure: &M| match measure {
        M::Specialists => Some(specialists as f64),
        M::OpenCases => Some(open as f64),
        M::HighRiskCases => Some(high as f64),
        M::Unassigned => exact.then(|| count(TallyKind::Unassigned) as f64),
        M::Children => (row.tally)(TallyKind::Open).others.filter(|_| exact).map(|children| children as f64),
        M::CasesPerSpecialist => each(open),
        M::Capacity => Some(capacity as f64),
        M::LoadShare => over_whole(open, capacity),
        M::HighRiskShare => over_whole(high, high_risk_capacity),
        M::OverNorm => over_norm.filter(|_| exact).map(|over| over as f64),
        M::ChildPopulation => row.population.map(|children| children as f64),
        M::ChildrenPerSpecialist => row.population.and_then(each),
        _ => None,
    };
    level.measures().iter().map(figure).collect()
}

/// Per cent, over 100 too: that is what it is for.
fn over_whole(part: u64, whole: u64) -> Option<f64> {
    if part <= whole { percent(part, whole) } else { (whole > 0).then(|| tenth(part as f64 * 100.0 / whole as f64)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORM: Norm = Norm { open_cases: 25, high_risk_cases: 8, children: Some(500) };

    #[test]
    fn the_widest_norm_of_somebodys_roles_counts() {
        let norms = Norms(
            [(Role::Psychologist, Norm { open_cases: 15, ..NORM }), (Role::SocialPedagogue, NORM)]
                .into_iter()
                .collect(),
        );
        assert_eq!(norms.of(&[Role::Psychologist, Role::SocialPedagogue]).map(|norm| norm.open_cases), Some(25));
        assert_eq!(norms.of(&[Role::Psychologist]).map(|norm| norm.open_cases), Some(15));
        assert_eq!(norms.of(&[Role::Administrator]), None);
    }

    #[test]
    fn a_row_against_the_norm() {
        let staff = Staff::default().and(NORM, Some(30)).and(NORM, Some(25));
        assert_eq!(staff, Staff { specialists: 2, capacity: 50, high_risk_capacity: 16, over_norm: Some(1) });
        let tally = |kind| match kind {
            TallyKind::Open => Tally { records: 60, others: Some(55), ..Tally::default() },
            TallyKind::High => Tally { records: 4, ..Tally::default() },
            TallyKind::Unassigned => Tally { records: 5, ..Tally::default() },
            _ => Tally::default(),
        };
        let row = Load { tally, staff, population: Some(1234) };
        let shown = load(WorkloadLevel::Territory, &row, &Shown::Exact);
        assert_eq!(shown, [2.0, 60.0, 4.0, 5.0, 55.0, 30.0, 50.0, 120.0, 1234.0, 617.0].map(Some));
        let nobody = Load { tally, staff: Staff::default(), population: Some(1234) };
        let shown = load(WorkloadLevel::Territory, &nobody, &Shown::Exact);
        assert_eq!((shown[5], shown[7], shown[9]), (None, None, None), "nobody to share it");
    }
}
