//! Who may be placed, removed, corrected.

use uuid::Uuid;

use super::*;
use crate::identity::AgencyCode;
use crate::policy::OrganisationRef;
use crate::territory::Kato;
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn school() -> OrganisationRef {
    OrganisationRef {
        id: Uuid::from_u128(1).into(),
        agency: AgencyCode::new("UO").unwrap(),
        kato: Kato::new("351000000").unwrap(),
    }
}

fn state(from: &str, until: Option<&str>) -> PlacementState {
    PlacementState { span: Span { from: day(from), until: until.map(day) }, annulled: false }
}

#[test]
fn a_pupil_of_ones_school_under_18_is_placed() {
    let school = school();
    let pupil = Candidate { birth_date: day("2070-05-10"), school: Some(&school), acts_for_school: true };
    let past = state("2080-01-10", Some("2080-04-01"));
    let open = state("2081-01-10", None);
    let table: [(Candidate<'_>, &str, &[PlacementState], Option<PlacementRefusal>); 9] = [
        (pupil, "2080-09-01", &[], None),
        (Candidate { school: None, ..pupil }, "2080-09-01", &[], Some(PlacementRefusal::WithoutSchool)),
        (Candidate { acts_for_school: false, ..pupil }, "2080-09-01", &[], Some(PlacementRefusal::OtherSchool)),
        (pupil, "2088-05-09", &[], None),
        (pupil, "2088-05-10", &[], Some(PlacementRefusal::NotAChild)),
        (pupil, "2070-05-09", &[], Some(PlacementRefusal::NotAChild)),
        (pupil, "2080-04-01", &[past], None),
        (pupil, "2080-03-31", &[past], Some(PlacementRefusal::AlreadyOnRegister)),
        (pupil, "2080-09-01", &[past, open], Some(PlacementRefusal::AlreadyOnRegister)),
    ];
    for (index, (candidate, on, others, refusal)) in table.into_iter().enumerate() {
        assert_eq!(may_place(&candidate, day(on), others).err(), refusal, "line {index}");
    }
}

#[test]
fn only_an_open_placement_is_removed_and_not_before_it_began() {
    let open = state("2080-01-10", None);
    assert_eq!(may_remove(open, day("2080-01-10")), Ok(state("2080-01-10", Some("2080-01-10"))));
    assert_eq!(may_remove(open, day("2080-01-09")), Err(PlacementRefusal::RemovedBeforePlaced));
    let removed = state("2080-01-10", Some("2080-02-01"));
    assert_eq!(may_remove(removed, day("2080-03-01")), Err(PlacementRefusal::NotOpen));
    let annulled = PlacementState { annulled: true, ..open };
    assert_eq!(may_remove(annulled, day("2080-03-01")), Err(PlacementRefusal::Annulled));
}

#[test]
fn corrections_keep_what_a_placement_is() {
    let birth = day("2070-05-10");
    let open = state("2080-01-10", None);
    let removed = state("2080-01-10", Some("2080-02-01"));
    let annulled = PlacementState { annulled: true, ..open };
    let other = state("2080-03-01", None);
    assert_eq!(may_amend(open, state("2080-01-05", None), birth, &[]), Ok(state("2080-01-05", None)));
    assert_eq!(may_amend(open, removed, birth, &[]), Err(PlacementRefusal::NotOpen));
    assert_eq!(may_amend(removed, open, birth, &[]), Err(PlacementRefusal::NotOpen));
    let reversed = state("2080-02-02", Some("2080-02-01"));
    assert_eq!(may_amend(removed, reversed, birth, &[]), Err(PlacementRefusal::RemovedBeforePlaced));
    let longer = state("2080-01-10", Some("2080-03-02"));
    assert_eq!(may_amend(removed, longer, birth, &[other]), Err(PlacementRefusal::AlreadyOnRegister));
    assert_eq!(
        may_amend(removed, state("2088-06-01", Some("2088-06-02")), birth, &[]),
        Err(PlacementRefusal::NotAChild)
    );
    assert_eq!(may_amend(open, annulled, birth, &[other]), Ok(annulled), "a mistake is annulled whatever stands");
    assert_eq!(may_amend(annulled, open, birth, &[]), Err(PlacementRefusal::Annulled));
}

#[test]
fn grounds_are_those_of_the_regime_in_force() {
    let regimes = [
        LegalRegime { code: "old".into(), valid_from: day("2004-07-09"), valid_to: Some(day("2026-03-02")) },
        LegalRegime { code: "new".into(), valid_from: day("2026-03-02"), valid_to: None },
    ];
    let ground = |code: &str, usage, of: &[&str], to: Option<&str>| Ground {
        usage,
        code: code.into(),
        regimes: of.iter().map(|code| (*code).to_owned()).collect(),
        valid_from: day("2024-01-01"),
        valid_to: to.map(day),
    };
    let grounds = [
        ground("truancy", GroundUse::Placement, &["old", "new"], None),
        ground("family", GroundUse::Placement, &["old"], None),
        ground("withdrawn", GroundUse::Placement, &["old", "new"], Some("2026-06-01")),
        ground("improvement", GroundUse::Removal, &["old", "new"], None),
    ];
    let table = [
        ("truancy", GroundUse::Placement, "2026-03-01", true),
        ("truancy", GroundUse::Placement, "2026-03-02", true),
        ("truancy", GroundUse::Removal, "2026-03-02", false),
        ("truancy", GroundUse::Placement, "2023-12-31", false),
        ("family", GroundUse::Placement, "2026-03-01", true),
        ("family", GroundUse::Placement, "2026-03-02", false),
        ("withdrawn", GroundUse::Placement, "2026-05-31", true),
        ("withdrawn", GroundUse::Placement, "2026-06-01", false),
        ("improvement", GroundUse::Removal, "2026-06-01", true),
        ("nothing", GroundUse::Placement, "2026-06-01", false),
    ];
    for (code, usage, on, allowed) in table {
        let checked = check_ground(code, usage, day(on), &grounds, &regimes);
        assert_eq!(checked.is_ok(), allowed, "{code} for {usage} on {on}");
        assert!(checked.is_ok() || checked.unwrap_err().code() == "ground_not_allowed");
    }
}
