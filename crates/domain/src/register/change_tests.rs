use super::*;
use crate::register::ViolenceForm;
use FactStatus::{Annulled, Confirmed, Merged, NotConfirmed, Registered, UnderQualification};
use proptest::prelude::*;
use uuid::Uuid;

fn content(nature: Nature) -> FactContent {
    FactContent {
        nature,
        occurred_on: "2026-02-10".parse().unwrap(),
        kato: "351000000".parse().unwrap(),
        setting: Setting::Home,
        relation: None,
    }
}

fn suicidal(level: SuicidalLevel) -> FactContent {
    content(Nature::SuicidalBehaviour { level })
}

fn violence() -> FactContent {
    content(Nature::Violence { main_form: ViolenceForm::Bullying, forms: [ViolenceForm::Bullying].into() })
}

fn at(status: FactStatus, resting: FactStatus) -> FactState {
    FactState { status, resting, content: suicidal(SuicidalLevel::Ideation) }
}

fn fact(number: u128) -> FactId {
    Uuid::from_u128(number).into()
}

#[test]
fn every_status_takes_what_it_may_and_names_why_not() {
    use ChangeRefusal as R;
    let detail = Change::Amend(FactContent { setting: Setting::School, ..suicidal(SuicidalLevel::Ideation) });
    let level = Change::Amend(suicidal(SuicidalLevel::Attempt));
    let merge = Change::Merge { into: fact(2) };
    let qualify = Change::Qualify { confirmed: true, level: Some(SuicidalLevel::Attempt) };
    let (open, withdraw) = (Change::OpenQualification, Change::WithdrawQualification);
    type Row<'a> = (&'a Change, [Result<FactStatus, ChangeRefusal>; 6]);
    // Statuses: registered, under qualification, confirmed, not confirmed, annulled, merged.
    let table: &[Row<'_>] = &[
        (
            &detail,
            [Ok(Registered), Ok(UnderQualification), Ok(Confirmed), Ok(NotConfirmed), Err(R::Annulled), Err(R::Merged)],
        ),
        (
            &level,
            [
                Ok(Registered),
                Err(R::UnderQualification),
                Err(R::DecidedByGroup),
                Err(R::DecidedByGroup),
                Err(R::Annulled),
                Err(R::Merged),
            ],
        ),
        (
            &Change::Annul,
            [Ok(Annulled), Err(R::UnderQualification), Ok(Annulled), Ok(Annulled), Err(R::Annulled), Err(R::Merged)],
        ),
        (&merge, [Ok(Merged), Err(R::UnderQualification), Ok(Merged), Ok(Merged), Err(R::Annulled), Err(R::Merged)]),
        (
            &Change::Absorb,
            [Ok(Registered), Ok(UnderQualification), Ok(Confirmed), Ok(NotConfirmed), Err(R::Annulled), Err(R::Merged)],
        ),
        (
            &Change::Split,
            [Ok(Registered), Ok(UnderQualification), Ok(Confirmed), Ok(NotConfirmed), Err(R::Annulled), Err(R::Merged)],
        ),
        (
            &Change::GiveBack,
            [
                Err(R::NotMerged),
                Err(R::NotMerged),
                Err(R::NotMerged),
                Err(R::NotMerged),
                Err(R::Annulled),
                Ok(Registered),
            ],
        ),
        (
            &open,
            [
                Ok(UnderQualification),
                Err(R::UnderQualification),
                Ok(UnderQualification),
                Ok(UnderQualification),
                Err(R::Annulled),
                Err(R::Merged),
            ],
        ),
        (
            &withdraw,
            [
                Err(R::NotUnderQualification),
                Ok(Registered),
                Err(R::NotUnderQualification),
                Err(R::NotUnderQualification),
                Err(R::Annulled),
                Err(R::Merged),
            ],
        ),
        (
            &qualify,
            [
                Err(R::NotUnderQualification),
                Ok(Confirmed),
                Err(R::NotUnderQualification),
                Err(R::NotUnderQualification),
                Err(R::Annulled),
                Err(R::Merged),
            ],
        ),
    ];
    for (change, expected) in table {
        for (status, expected) in
            [Registered, UnderQualification, Confirmed, NotConfirmed, Annulled, Merged].into_iter().zip(expected)
        {
            let resting = if matches!(status, UnderQualification | Merged) { Registered } else { status };
            let after = at(status, resting).after(change).map(|state| state.status);
            assert_eq!(after, *expected, "{status}: {change:?}");
        }
    }
}

#[test]
fn what_changes_nothing_is_no_version_and_what_changes_the_nature_is_a_requalification() {
    let state = FactState::registered(violence());
    assert_eq!(state.after(&Change::Amend(violence())), Err(ChangeRefusal::NothingChanges));
    let moved = Change::Amend(FactContent { setting: Setting::School, ..violence() });
    assert_eq!(moved.kind(&state.content), ChangeKind::Amended);
    let other = Change::Amend(suicidal(SuicidalLevel::Attempt));
    assert_eq!(other.kind(&state.content), ChangeKind::Requalified);
    assert_eq!(state.after(&other).unwrap().content, suicidal(SuicidalLevel::Attempt));
}

#[test]
fn the_group_studies_suicidal_behaviour_and_says_its_level() {
    assert_eq!(FactState::registered(violence()).after(&Change::OpenQualification), Err(ChangeRefusal::NotQualifiable));
    let before = at(UnderQualification, Registered);
    let decided = before.after(&Change::Qualify { confirmed: true, level: Some(SuicidalLevel::Attempt) }).unwrap();
    assert_eq!((decided.status, decided.content), (Confirmed, suicidal(SuicidalLevel::Attempt)));
    let refused = before.after(&Change::Qualify { confirmed: false, level: None }).unwrap();
    assert_eq!((refused.status, refused.content), (NotConfirmed, suicidal(SuicidalLevel::Ideation)));
}

#[test]
fn facts_merge_with_others_of_their_kind() {
    let (one, other) = (violence(), suicidal(SuicidalLevel::Attempt));
    assert_eq!(may_merge((fact(1), &one), (fact(2), &one)), Ok(()));
    assert_eq!(may_merge((fact(1), &one), (fact(1), &one)), Err(ChangeRefusal::SameFact));
    assert_eq!(may_merge((fact(1), &one), (fact(2), &other)), Err(ChangeRefusal::OtherKind));
}

#[test]
fn reports_go_back_where_all_of_them_came_from() {
    let (own, merged, third) = (fact(1), fact(2), fact(3));
    type Row<'a> = (&'a [(bool, FactId, bool)], Result<Option<FactId>, ChangeRefusal>);
    let table: &[Row<'_>] = &[
        (&[(false, own, false), (true, merged, true)], Ok(Some(merged))),
        (&[(false, own, false), (true, merged, true), (true, merged, true)], Ok(Some(merged))),
        (&[(false, own, false), (true, merged, true), (false, merged, true)], Ok(Some(merged))),
        (&[(false, own, false), (true, merged, true), (true, third, true)], Ok(None)),
        (&[(false, own, false), (true, own, false)], Ok(None)),
        (&[(true, own, false), (false, merged, true)], Ok(None)),
        (&[(false, own, false), (true, merged, false)], Ok(None)),
        (&[(true, own, false), (true, merged, true)], Err(ChangeRefusal::NothingLeft)),
        (&[(false, own, false)], Err(ChangeRefusal::NothingLeft)),
    ];
    for (reports, expected) in table {
        assert_eq!(split_target(reports), *expected, "{reports:?}");
    }
}

fn any_change() -> impl Strategy<Value = Change> {
    let level = prop::sample::select(SuicidalLevel::ALL);
    prop_oneof![
        level.clone().prop_map(|level| Change::Amend(suicidal(level))),
        prop::sample::select(Setting::ALL)
            .prop_map(|setting| Change::Amend(FactContent { setting, ..suicidal(SuicidalLevel::Ideation) })),
        Just(Change::Annul),
        Just(Change::Merge { into: fact(2) }),
        Just(Change::Absorb),
        Just(Change::Split),
        Just(Change::GiveBack),
        Just(Change::OpenQualification),
        Just(Change::WithdrawQualification),
        (any::<bool>(), prop::option::of(level)).prop_map(|(confirmed, level)| Change::Qualify { confirmed, level }),
    ]
}

proptest! {
    /// Whatever is tried: an annulled fact stays annulled, a merged one gives back exactly what it was, the kind of
    /// a fact that the group decided on stays, and what a fact rests in is a status one can rest in.
    #[test]
    fn no_sequence_of_changes_breaks_a_fact(changes in prop::collection::vec(any_change(), 0..40)) {
        let mut state = FactState::registered(suicidal(SuicidalLevel::Ideation));
        for change in changes {
            let Ok(next) = state.after(&change) else { continue };
            prop_assert_ne!(state.status, FactStatus::Annulled);
            prop_assert!(!matches!(next.resting, FactStatus::Merged | FactStatus::UnderQualification));
            if state.status == FactStatus::Merged {
                prop_assert_eq!(next.status, state.resting);
                prop_assert_eq!(&next.content, &state.content);
            }
            if matches!(state.status, FactStatus::Confirmed | FactStatus::NotConfirmed) {
                prop_assert_eq!(&next.content.nature, &state.content.nature);
            }
            prop_assert_eq!(
                matches!(change.kind(&state.content), ChangeKind::Amended | ChangeKind::Requalified),
                state.content != next.content && !matches!(change, Change::Qualify { .. })
            );
            state = next;
        }
    }
}
